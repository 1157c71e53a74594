/** A notice, as far as its notification on a device goes. */
export interface Told {
  url: string;
  read_at: string | null;
}

/** Where all notices stand; a digest leads there. */
const INBOX = '/notices';
/** Somebody is waiting for this one: it goes with a tap. */
const TEST = 'test';

const pathOf = (url: string) => new URL(url, self.location.origin).pathname;

/** Puts a number on the app's icon, where a browser can; without one only that there is something. */
export async function showCount(n?: number): Promise<void> {
  // Where the app is not on the home screen, browsers that know it refuse.
  await (n === 0 ? navigator.clearAppBadge?.() : navigator.setAppBadge?.(n))?.catch(() => undefined);
}

/** Closes those that tell nothing new: no unread notice leads to their place any more. */
export function closeRead(shown: readonly Notification[], notices: readonly Told[]): void {
  const unread = new Set(notices.filter((notice) => notice.read_at === null).map((notice) => pathOf(notice.url)));
  for (const one of shown) {
    const place = pathOf((one.data as { url?: string } | null)?.url ?? '');
    const stays = one.tag === TEST || unread.has(place) || (place === INBOX && unread.size > 0);
    if (!stays) one.close();
  }
}
