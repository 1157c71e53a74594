import { api } from './api';
import type { components } from './api.gen';
import { place } from './navigate';
import { type Me, me } from './session';
import { closeRead, showCount } from './shown';
import { effect } from './signals';

export type Notice = components['schemas']['NoticeItem'];

/** What is unread, as far as this page has heard. */
let unread: readonly Notice[] = [];

function count(n: number): void {
  const person = me.peek();
  if (person && person.unread_notices !== n) me.value = { ...person, unread_notices: n };
}

async function shownHere(): Promise<readonly Notification[]> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return (await registration?.getNotifications?.()) ?? [];
}

/** These notices, or all, were seen: here at once, on the person's other devices as soon as they look. */
export async function read(ids: readonly string[] | null): Promise<void> {
  const answer = await api.post<{ unread: number }>('/notices/read', { ids });
  unread = ids ? unread.filter(({ id }) => !ids.includes(id)) : [];
  count(answer.unread);
  closeRead(await shownHere(), unread);
}

/** Whoever is where a notice leads has seen what it is about. */
function readHere(path: string): void {
  if (document.visibilityState !== 'visible') return;
  const here = unread.filter(({ url }) => new URL(url, location.origin).pathname === path);
  if (here.length === 0) return;
  unread = unread.filter((notice) => !here.includes(notice));
  // They stay unread at the server, and are read at the next visit.
  read(here.map(({ id }) => id)).catch(() => undefined);
}

/**
 * Asks what is unread. What was read elsewhere goes: from the count, from the app's icon and from what this device still
 * shows.
 *
 * @param known How many are unread, where that was told when the page came.
 */
export async function lookForNews(known?: number): Promise<void> {
  // Taken before the question: what comes while the answer is under way is news.
  const shown = await shownHere();
  // What was told when the page came may be older than what is shown since.
  const n = shown.length === 0 && known !== undefined ? known : (await api.get<Me>('/me')).unread_notices;
  if (n === 0 && unread.length === 0 && shown.length === 0) return count(0);
  const all = n > 0 ? await api.get<Notice[]>('/notices') : [];
  unread = all.filter(({ read_at }) => read_at === null);
  count(unread.length);
  closeRead(shown, unread);
  readHere(place.peek().path);
}

/** From now on the count follows what happens: here, on other devices, and while the app was away. */
export function watchInbox(person: Me): void {
  const look = (known?: number) => void lookForNews(known).catch(() => undefined);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<{ type?: string } | null>) => {
    if (data?.type === 'news') look();
  });
  effect(() => readHere(place.value.path));
  look(person.unread_notices);
  // Whoever holds a shared device next is told nothing by its icon.
  if (person.device === 'own') effect(() => void showCount(me.value?.unread_notices ?? 0));
}
