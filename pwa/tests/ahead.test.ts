import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keepAhead } from '../src/features/rounds/ahead';
import { inside } from '../src/lib/db';
import { pathsOf } from '../src/lib/device';
import { dropPage, keepPage, keptPage, readAhead } from '../src/lib/local';
import { me, online } from '../src/lib/session';
import { vaultOf } from '../src/lib/vault';
import { cutOff, freshPhone, person, serve, signInHere } from './own-phone';

vi.mock('../src/features/rounds/parts', () => ({ PARTS: [] }));

const ANA = person('ana', { navigation: ['rounds'] });
const group = (id: string, open = true) => ({ id, title: id, subject: '', done: 0, incomplete: 0, total: 1, open });
const rounds = [
  { id: 'now', state: 'open', groups: [group('a'), group('b'), group('shut', false)] },
  { id: 'past', state: 'closed', groups: [group('a', false)] },
];
const history = [{ student: 's', entries: [{ remark: 'vorig jaar' }] }];
const all = {
  '/my/rounds': { body: rounds },
  '/rounds/now/groups/a': { body: { group: 'a' } },
  '/rounds/now/groups/a/history': { body: history },
  '/rounds/now/groups/b': { body: { group: 'b' } },
  '/rounds/now/groups/b/history': { body: history },
};
const EVERYTHING = Object.keys(all);

beforeEach(async () => {
  await freshPhone();
  await signInHere('ana');
  me.value = ANA;
  online.value = true;
  vi.stubGlobal('requestIdleCallback', (job: () => void) => setTimeout(job));
});

describe('before the basement', () => {
  it('all of the open rounds comes onto the phone, one after the other', async () => {
    const log = serve(all);
    await keepAhead(ANA);
    expect(log).toEqual(EVERYTHING);
    expect((await pathsOf('ana')).sort()).toEqual([...EVERYTHING].sort());
    cutOff();
    expect((await keptPage('ana', '/rounds/now/groups/b/history'))?.value).toEqual(history);
  });

  it('what is young is not asked for again, what is old is', async () => {
    const log = serve(all);
    await keepAhead(ANA);
    await keepAhead(ANA);
    expect(log.length).toBe(EVERYTHING.length);
    await keepPage('ana', '/rounds/now/groups/a', {}, Date.now() - 6 * 60_000);
    await keepAhead(ANA);
    expect(log.slice(EVERYTHING.length)).toEqual(['/rounds/now/groups/a']);
  });

  it('two wishes at the same moment are one', async () => {
    const log = serve(all);
    await Promise.all([keepAhead(ANA), keepAhead(ANA)]);
    expect(log).toEqual(EVERYTHING);
  });

  it('stops without a network and keeps what is there', async () => {
    await keepPage('ana', '/my/rounds', rounds, 0);
    await keepPage('ana', '/rounds/now/groups/a', { old: true }, 0);
    cutOff();
    await keepAhead(ANA);
    online.value = false;
    await keepAhead(ANA);
    expect((await keptPage('ana', '/rounds/now/groups/a'))?.value).toEqual({ old: true });
  });

  it('stops when somebody else is on the page', async () => {
    const log = serve(all);
    me.value = person('bo');
    await keepAhead(ANA);
    expect(log).toEqual([]);
  });

  it('asks for no rounds of who has none', async () => {
    const log = serve(all);
    me.value = person('ana', { navigation: ['reports'] });
    await keepAhead(me.value);
    expect(log).toEqual([]);
  });
});

describe('who lost a group or a student', () => {
  it('loses the copies of it at the next start', async () => {
    serve(all);
    await keepPage('ana', '/rounds/now/groups/gone', { secret: 1 });
    await keepPage('ana', '/rounds/now/groups/gone/history', { secret: 1 });
    await keepPage('ana', '/undo/now/gone', { secret: 1 });
    await keepPage('ana', '/undo/now/a', { mine: 1 });
    await keepPage('ana', '/rounds/past/groups/a', { mine: 1 });
    await keepAhead(ANA);
    expect((await pathsOf('ana')).sort()).toEqual([...EVERYTHING, '/rounds/past/groups/a', '/undo/now/a'].sort());
  });

  it('loses what answers 404, with its clock', async () => {
    await keepPage('ana', '/rounds/now/groups/a', { secret: 1 }, 0);
    await keepPage('ana', '/rounds/now/groups/a/history', history, 0);
    await keepPage('ana', '/rounds/now/students/x/report', { secret: 1 }, 0);
    const { '/rounds/now/groups/a': _gone, '/rounds/now/groups/a/history': _clock, ...left } = all;
    serve(left);
    await keepAhead(ANA);
    expect((await pathsOf('ana')).sort()).toEqual(Object.keys(left).sort());
  });

  it('keeps a report that may still be read, as it is now', async () => {
    await keepPage('ana', '/rounds/now/students/x/report', { version: 1 }, 0);
    serve({ ...all, '/rounds/now/students/x/report': { body: { version: 2 } } });
    await keepAhead(ANA);
    expect((await keptPage('ana', '/rounds/now/students/x/report'))?.value).toEqual({ version: 2 });
  });

  it('keeps everything when the server is not well', async () => {
    await keepPage('ana', '/rounds/now/groups/a', { mine: 1 }, 0);
    serve({ '/my/rounds': { status: 503 } });
    await keepAhead(ANA);
    expect(await pathsOf('ana')).toEqual(['/rounds/now/groups/a']);
    expect(await inside('pages', 'readonly', (at) => at('pages').name)).toBe('pages');
  });
});

describe('what the first screen will ask for', () => {
  it('is read before it is asked for, once', async () => {
    await keepPage('ana', '/rounds/now/groups/a', { first: true });
    readAhead(await vaultOf('ana'), ['/rounds/now/groups/a', '/nowhere']);
    const early = keptPage('ana', '/rounds/now/groups/a');
    expect((await early)?.value).toEqual({ first: true });
    expect(await keptPage('ana', '/nowhere')).toBeUndefined();
    await keepPage('ana', '/rounds/now/groups/a', { second: true });
    expect((await keptPage('ana', '/rounds/now/groups/a'))?.value).toEqual({ second: true });
  });

  it('is never older than what was kept or let go since', async () => {
    await keepPage('ana', '/rounds/now/groups/a', { first: true });
    readAhead(await vaultOf('ana'), ['/rounds/now/groups/a']);
    await keepPage('ana', '/rounds/now/groups/a', { second: true });
    expect((await keptPage('ana', '/rounds/now/groups/a'))?.value).toEqual({ second: true });
    readAhead(await vaultOf('ana'), ['/rounds/now/groups/a']);
    await dropPage('ana', '/rounds/now/groups/a');
    expect(await keptPage('ana', '/rounds/now/groups/a')).toBeUndefined();
  });

  it('takes nothing from who signed in meanwhile, and stays with whose it is', async () => {
    await keepPage('ana', '/rounds/now/groups/a', { hers: true });
    const anas = await vaultOf('ana');
    await signInHere('ben');
    const bens = await vaultOf('ben');
    readAhead(anas, ['/rounds/now/groups/a']);
    expect(await vaultOf('ben')).toBe(bens);
    expect(await keptPage('ben', '/rounds/now/groups/a')).toBeUndefined();
  });
});
