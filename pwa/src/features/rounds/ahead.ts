import { ApiProblem, api } from '../../lib/api';
import { pathsOf } from '../../lib/device';
import { dropPage, keepPage, keptPage } from '../../lib/local';
import { type Me, me, online } from '../../lib/session';
import type { MyGroup, MyRound } from '../rate/types';
import { PARTS } from './parts';

const FRESH_MS = 5 * 60 * 1000;

/** Until the phone has nothing better to do. */
function atRest(): Promise<unknown> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout: 2000 });
    else setTimeout(resolve, 50);
  });
}

/** One page, from the device when its copy is young; undefined when this person may not see it (any more). */
async function keep<T>(person: string, path: string): Promise<T | undefined> {
  const copy = await keptPage<T>(person, path);
  if (copy && Date.now() - copy.at < FRESH_MS) return copy.value;
  await atRest();
  if (!online.peek() || me.peek()?.id !== person) throw new Error('Not now');
  try {
    const value = await api.get<T>(path);
    await keepPage(person, path, value);
    return value;
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    await dropPage(person, path);
    return undefined;
  }
}

/** "/rounds/r/groups/g" of that page, of all that lies under it, and of what can be undone there. */
function groupOf(path: string): string | undefined {
  const [, round, group] =
    /^\/rounds\/([^/]+)\/groups\/([^/]+)/.exec(path) ?? /^\/undo\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return group && `/rounds/${round}/groups/${group}`;
}

/** The groups of the open rounds and their clocks come; those one no longer has go. */
async function keepRounds(person: string, kept: readonly string[]): Promise<void> {
  const rounds = (await keep<MyRound[]>(person, '/my/rounds')) ?? [];
  const paths = (those: (group: MyGroup) => boolean) =>
    rounds.flatMap(({ id, groups }) => groups.filter(those).map((group) => `/rounds/${id}/groups/${group.id}`));
  const mine = new Set(paths(() => true));
  for (const path of kept) {
    const group = groupOf(path);
    if (group && !mine.has(group)) await dropPage(person, path);
  }
  for (const path of paths(({ open }) => open)) {
    if (await keep(person, path)) await keep(person, `${path}/history`);
    else await dropPage(person, `${path}/history`);
  }
  for (const part of PARTS) {
    await atRest();
    await part();
  }
}

async function bringUpToDate({ id, navigation }: Me): Promise<void> {
  const kept = await pathsOf(id).catch((): string[] => []);
  if (navigation.includes('rounds')) await keepRounds(id, kept);
  // What else was read here: if one may not see it any more, its copy goes as well.
  for (const path of kept) if (path !== '/me' && !groupOf(path)) await keep(id, path);
}

let running: Promise<void> | undefined;

/**
 * Brings the copies on the device up to date, whatever screen one is on.
 *
 * All that a teacher needs for the open rounds comes onto the device: groups, students, own texts, required fields, last
 * stoplights, the clocks, and the parts of the app. Quietly: one after the other, and not again what is young.
 */
export function keepAhead(person: Me): Promise<void> {
  running ??= bringUpToDate(person)
    // No network, or a server that is not well: the next start tries again.
    .catch(() => undefined)
    .finally(() => {
      running = undefined;
    });
  return running;
}
