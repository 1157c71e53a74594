/** The script of the server's own pages of the way in: passkeys where the browser knows them. Without it, codes do. */
import { makePasskey, type Options, passkeysWork, showPasskey, wasDeclined } from './lib/passkeys';

/** Shorter than the five minutes that a challenge lives. */
const RENEW_MS = 4 * 60_000;

async function post<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    credentials: 'same-origin',
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}

/** What stands in the form around the part: on which device, and where to. */
function chosen(part: HTMLElement): { device: string; next: string } {
  const form = new FormData(part.closest('form') ?? undefined);
  return { device: String(form.get('device') ?? 'shared'), next: String(form.get('next') ?? '/') };
}

/** Does something with a passkey and says it when that failed; closing the browser's question is no failure. */
async function attempt(part: HTMLElement, act: () => Promise<void>): Promise<void> {
  const failed = part.querySelector<HTMLElement>('[data-passkey-failed]');
  if (failed) failed.hidden = true;
  try {
    await act();
  } catch (error) {
    if (failed && !wasDeclined(error)) failed.hidden = false;
  }
}

/** Shows the part, and lets its button do something, once at a time. */
function offer(part: HTMLElement, act: () => Promise<void>): void {
  const button = part.querySelector<HTMLButtonElement>('[data-passkey-start]');
  part.hidden = false;
  button?.addEventListener('click', async () => {
    button.disabled = true;
    await attempt(part, act);
    button.disabled = false;
  });
}

function offerSignIn(part: HTMLElement): void {
  let waiting: AbortController | undefined;
  const signIn = async (quietly?: AbortController) => {
    const options = await post<Options>('/auth/passkey/options');
    const shown = await showPasskey(options, quietly);
    const { next } = await post<{ next: string }>('/auth/passkey', { ...shown, ...chosen(part) });
    location.assign(next);
  };
  // The browser offers a passkey at the field of the address as long as the page is open; a challenge does not live so long.
  const wait = async () => {
    const mine = new AbortController();
    waiting = mine;
    const renew = setTimeout(() => {
      mine.abort();
      void wait();
    }, RENEW_MS);
    await attempt(part, () => signIn(mine));
    clearTimeout(renew);
  };
  offer(part, async () => {
    waiting?.abort();
    await signIn();
  });
  PublicKeyCredential.isConditionalMediationAvailable?.().then(
    (can) => (can ? wait() : undefined),
    () => undefined,
  );
}

function offerMaking(part: HTMLElement): void {
  offer(part, async () => {
    const options = await post<Options>('/api/v1/me/passkeys/options');
    await post('/api/v1/me/passkeys', await makePasskey(options));
    location.assign(part.dataset.next ?? '/');
  });
}

if (passkeysWork()) {
  for (const part of document.querySelectorAll<HTMLElement>('[data-passkey]')) {
    (part.dataset.passkey === 'make' ? offerMaking : offerSignIn)(part);
  }
}
