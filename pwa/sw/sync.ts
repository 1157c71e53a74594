import { counted, counting } from '../src/lib/counted';
import { exchange } from '../src/lib/exchange';
import { deviceStore } from '../src/lib/local';
import { Sender, type SenderOptions } from '../src/lib/sender';
import { CHANNEL } from '../src/lib/sync';
import { vaultHere } from '../src/lib/vault';

/** The device's store; pages that are open hear of each change. */
function told(person: string): SenderOptions['store'] {
  const pages = new BroadcastChannel(CHANNEL);
  return {
    waiting: deviceStore.waiting,
    change: async (id, step) => {
      const done = await deviceStore.change(id, step);
      pages.postMessage(person);
      return done;
    },
  };
}

/**
 * There is a line again: sends what waits for the person whose key is on this device, also when no page is open.
 *
 * @throws when something is left that could not be sent now, so that the browser tries again later.
 */
export async function onSync(): Promise<void> {
  const person = (await vaultHere())?.person;
  if (!person) return;
  const sender = new Sender({
    person,
    store: counting(told(person)),
    send: (path, body, headers) => exchange((request) => fetch(request), 'PUT', path, body, new Headers(headers)),
  });
  const { kind } = await sender.pass();
  await counted();
  // Without a session there is no use in trying again: the next visit asks to sign in, and sends.
  if (kind === 'lost') throw new Error('Not everything could be sent');
}
