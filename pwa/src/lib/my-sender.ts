import { chosen, retried } from './answers';
import { door } from './api';
import { counting } from './counted';
import { askSync } from './my-outbox';
import type { Sending } from './outbox';
import { Sender } from './sender';

export const answers: Sending['answers'] = { chosen, retried };

/** What sends for this page. What it cannot send now, the service worker may send later. */
export const sender: Sending['sender'] = (options) =>
  new Sender({
    ...options,
    store: counting(options.store),
    send: (path, body, headers) => door('PUT', path, body, new Headers(headers)),
    told: (outcome) => {
      options.told(outcome);
      if (outcome.kind === 'lost') void askSync();
    },
  });
