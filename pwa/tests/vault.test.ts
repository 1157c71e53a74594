import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY } from '../src/lib/conflict';
import { inside } from '../src/lib/db';
import { draftStore, unkeptDrafts, unsentDrafts } from '../src/lib/drafts';
import { deviceStore, keepPage, keptPage } from '../src/lib/local';
import type { Id } from '../src/lib/store';
import { seal, unseal, vaultHere } from '../src/lib/vault';
import { bytesOf, counts, DAY_MS, everything, forgetPage, freshPhone, signInHere, vaultFor } from './own-phone';
import { waitingText } from './waiting-text';

const ID: Id = ['ana', 'r', 'g', 's'];
const waiting = (remark: string, [person, round, group, student]: Id = ID) =>
  waitingText({ person, round, group, student, content: { ...EMPTY, remark } });
const put = (remark: string, id: Id = ID) => deviceStore.change(id, () => ({ item: waiting(remark, id) }));
const remarks = async (person = 'ana') => (await deviceStore.waiting(person)).map((item) => item.content.remark);

/** Somebody changes what stands in the database. */
async function meddle(place: 'waiting' | 'drafts', from: string[], to: string[], change = (v: never): unknown => v) {
  const stored = (await everything())[place]?.find(([key]) => String(key) === String(from))?.[1];
  await inside(place, 'readwrite', (at) => {
    at(place).put(change(stored as never), to);
  });
}
const flip = ({ data, ...rest }: { data: ArrayBuffer }) => {
  const bytes = new Uint8Array(data.slice(0));
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return { ...rest, data: bytes.buffer };
};

beforeEach(freshPhone);

describe('what is sealed', () => {
  it('opens with the same key at the same place, and nowhere else', async () => {
    const ana = await vaultFor('ana');
    const sealed = await seal(ana, ['pages', 'ana', '/my/rounds'], { secret: 'x' });
    expect(await unseal(ana, ['pages', 'ana', '/my/rounds'], sealed)).toEqual({ secret: 'x' });
    expect(await unseal(ana, ['drafts', 'ana', '/my/rounds'], sealed)).toBeUndefined();
    expect(await unseal(ana, ['pages', 'ana', '/my/reports'], sealed)).toBeUndefined();
    expect(await unseal(ana, ['pages', 'bo', '/my/rounds'], sealed)).toBeUndefined();
    expect(await unseal(await vaultFor('bo'), ['pages', 'ana', '/my/rounds'], sealed)).toBeUndefined();
    expect(await unseal(ana, ['pages', 'ana', '/my/rounds'], flip(sealed) as never)).toBeUndefined();
    expect(await unseal(ana, ['pages', 'ana', '/my/rounds'], undefined)).toBeUndefined();
  });

  it('opens again with the key that the next sign-in makes', async () => {
    const sealed = await seal(await vaultFor('ana'), ['drafts', 'ana', 'plan'], 'mijn plan');
    expect(await unseal(await vaultFor('ana'), ['drafts', 'ana', 'plan'], sealed)).toBe('mijn plan');
  });

  it('has a key that cannot be taken out of the browser', async () => {
    await signInHere('ana');
    const key = (await everything()).keys?.[0]?.[1].key as CryptoKey;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  it('shows no word of what somebody wrote or read, and no name, to who looks into the database', async () => {
    await signInHere('ana');
    await put('KANARIE in een opmerking');
    await deviceStore.change(ID, (item) => ({ item, known: { version: 1, content: { ...EMPTY, action: 'KANARIE' } } }));
    await keepPage('ana', '/me', { name: 'KANARIE' });
    await draftStore<string>('ana', 'plan/r').write({ value: 'KANARIE', base: 0, sent: false });
    const stored = bytesOf(await everything());
    expect(await counts()).toEqual({ keys: 1, waiting: 1, known: 1, pages: 1, drafts: 1 });
    expect(stored).not.toContain('KANARIE');
    expect(stored).not.toContain('Sara');
  });
});

describe('the key on the device', () => {
  it('is there at the next start, without asking anybody', async () => {
    await signInHere('ana');
    await put('bewaard');
    forgetPage();
    expect((await vaultHere())?.person).toBe('ana');
    expect(await remarks()).toEqual(['bewaard']);
  });

  it('goes after 14 idle days, at any start; what waits stays and comes back with the key', async () => {
    await signInHere('ana', Date.now() - 14 * DAY_MS);
    await put('uit de kelder');
    forgetPage();
    expect(await vaultHere()).toBeUndefined();
    expect(await counts()).toEqual({ waiting: 1 });
    await expect(deviceStore.waiting('ana')).rejects.toThrow();
    await signInHere('ana');
    expect(await remarks()).toEqual(['uit de kelder']);
  });

  it('stays when it was used less than 14 days ago', async () => {
    await signInHere('ana', Date.now() - 13.9 * DAY_MS);
    forgetPage();
    expect((await vaultHere())?.person).toBe('ana');
  });

  it('is of one person: another one neither lists nor reads what the first one left, until that one is back', async () => {
    await signInHere('ana');
    await put('van ana');
    await draftStore<string>('ana', 'plan/r').write({ value: 'plan van ana', base: 0, sent: false });
    await signInHere('bo');
    expect(await remarks('bo')).toEqual([]);
    expect(await unsentDrafts('bo')).toEqual([]);
    await expect(deviceStore.waiting('ana')).rejects.toThrow();
    await expect(put('bo schrijft als ana')).rejects.toThrow();
    expect(await unsentDrafts('ana')).toEqual([]);
    await expect(draftStore<string>('ana', 'plan/r').read()).rejects.toThrow();
    await signInHere('ana');
    expect(await remarks()).toEqual(['van ana']);
    expect((await draftStore<string>('ana', 'plan/r').read())?.value).toBe('plan van ana');
  });
});

describe('a text that does not open', () => {
  it.each([
    ['damaged', (value: never) => flip(value)],
    ['without its parts', () => ({})],
    ['of another make', () => ({ iv: new Uint8Array(3), data: new ArrayBuffer(2) })],
  ])('because it is %s is not listed, breaks nothing, and stays', async (_how, change) => {
    await signInHere('ana');
    await put('eerst');
    await put('een ander', ['ana', 'r', 'g', 't']);
    await meddle('waiting', [...ID], [...ID], change);
    expect(await remarks()).toEqual(['een ander']);
    const left = await deviceStore.change(ID, (item, known) => {
      expect([item, known]).toEqual([null, null]);
      return { item: null };
    });
    expect(left.item).toBeNull();
    expect(await counts()).toMatchObject({ waiting: 2 });
  });

  it('because it was moved to another student or another person is not taken for theirs', async () => {
    await signInHere('ana');
    await put('over s');
    await meddle('waiting', [...ID], ['ana', 'r', 'g', 't']);
    expect(await remarks()).toEqual(['over s']);
    await meddle('waiting', [...ID], ['bo', 'r', 'g', 's']);
    await signInHere('bo');
    expect(await remarks('bo')).toEqual([]);
    expect(await counts()).toMatchObject({ waiting: 3 });
  });

  it('makes room for new words, and is kept aside', async () => {
    await signInHere('ana');
    await put('eerst');
    await meddle('waiting', [...ID], [...ID], flip);
    await put('nieuw');
    expect(await remarks()).toEqual(['nieuw']);
    expect(await counts()).toMatchObject({ waiting: 1, aside: 1 });
  });

  it('is kept aside as a draft too, also when the new words have reached the server', async () => {
    await signInHere('ana');
    await draftStore<string>('ana', 'plan/r').write({ value: 'eerst', base: 0, sent: false });
    await meddle('drafts', ['ana', 'plan/r'], ['ana', 'plan/r'], flip);
    const store = draftStore<string>('ana', 'plan/r');
    expect(await store.read()).toBeUndefined();
    await store.write({ value: 'nieuw', base: 0, sent: false });
    expect((await store.read())?.value).toBe('nieuw');
    await store.remove();
    expect(await counts()).toEqual({ keys: 1, aside: 1 });
  });

  it('is fetched again when it is only the copy of a page', async () => {
    await signInHere('ana');
    await keepPage('ana', '/my/rounds', [1]);
    await signInHere('bo');
    expect(await keptPage('ana', '/my/rounds')).toBeUndefined();
  });
});

describe('a change of a waiting text', () => {
  it('loses nothing when two tabs change it at the same moment: one of them decides again', async () => {
    await signInHere('ana');
    await put('');
    const add = (word: string) =>
      deviceStore.change(ID, (item) => ({ item: waiting([item?.content.remark, word].filter(Boolean).join(' ')) }));
    await Promise.all(['een', 'twee', 'drie', 'vier', 'vijf'].map(add));
    const [found = ''] = await remarks();
    expect(found.split(' ').sort()).toEqual(['drie', 'een', 'twee', 'vier', 'vijf']);
  });

  it('sees that the text went and came back meanwhile', async () => {
    await signInHere('ana');
    await put('oud');
    const seen: unknown[] = [];
    let meanwhile: Promise<unknown> | undefined;
    await deviceStore.change(ID, (item) => {
      seen.push(item?.content.remark);
      meanwhile ??= deviceStore.change(ID, () => ({ item: null })).then(() => put('weer'));
      return { item: waiting(`na ${item?.content.remark}`) };
    });
    await meanwhile;
    // Whoever was first: nobody wrote over words that they had not seen.
    expect(await remarks()).toEqual(seen.length > 1 ? [`na ${seen.at(-1)}`] : ['weer']);
  });

  it('that changes nothing writes nothing', async () => {
    await signInHere('ana');
    await put('zo');
    const before = bytesOf(await everything());
    await deviceStore.change(ID, (item) => ({ item }));
    expect(bytesOf(await everything())).toBe(before);
  });

  it('tells what the server has, until the page tells as much', async () => {
    await signInHere('ana');
    await put('zo');
    await deviceStore.change(ID, () => ({ item: null, known: { version: 3, content: EMPTY } }));
    expect(await deviceStore.waiting('ana')).toEqual([]);
    expect(await deviceStore.known('ana')).toEqual([[ID, { version: 3, content: EMPTY }]]);
    await deviceStore.change(ID, (item) => ({ item, known: null }));
    expect(await counts()).toEqual({ keys: 1 });
  });
});

describe('a device that may keep nothing', () => {
  it('refuses texts, so that nobody is told they are safe, and remembers pages and drafts while the app is open', async () => {
    await expect(put('x')).rejects.toThrow();
    await keepPage('cas', '/my/rounds', [1]);
    expect((await keptPage('cas', '/my/rounds'))?.value).toEqual([1]);
    const store = draftStore<string>('cas', 'plan/r');
    await expect(store.write({ value: 'plan', base: 0, sent: false })).rejects.toThrow();
    expect((await draftStore<string>('cas', 'plan/r').read())?.value).toBe('plan');
    expect(await unsentDrafts('cas')).toEqual(['plan/r']);
    expect(unkeptDrafts('cas')).toEqual(['plan/r']);
    expect(await counts()).toEqual({});
  });
});

describe('a draft', () => {
  it('is laid down in the order in which it was typed', async () => {
    await signInHere('ana');
    const store = draftStore<string>('ana', 'plan/r');
    const typed = ['d', 'dr', 'dri', 'drie'].map((value) => store.write({ value, base: 0, sent: false }));
    await Promise.all(typed);
    expect((await store.read())?.value).toBe('drie');
    expect(unkeptDrafts('ana')).toEqual([]);
  });

  it('counts as unsent until the server has it', async () => {
    await signInHere('ana');
    const store = draftStore<string>('ana', 'plan/r');
    await store.write({ value: 'drie', base: 0, sent: false });
    expect(await unsentDrafts('ana')).toEqual(['plan/r']);
    await store.write({ value: 'drie', base: 1, sent: true });
    expect(await unsentDrafts('ana')).toEqual([]);
  });
});
