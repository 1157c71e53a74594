import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asked, DATABASE, inside } from '../src/lib/db';
import { freshPhone } from './own-phone';

const leave = () => dispatchEvent(new Event('pagehide'));
const comeBack = () => dispatchEvent(new Event('pageshow'));

/** What stands at a key, as another page of this device reads it. */
async function elsewhere(key: string): Promise<unknown> {
  const db = await asked(indexedDB.open(DATABASE));
  const value = await asked(db.transaction('pages', 'readwrite').objectStore('pages').get(key));
  db.close();
  return value;
}

const write = (key: string, value: unknown) =>
  inside('pages', 'readwrite', (at) => {
    at('pages').put(value, key);
  });

beforeEach(freshPhone);
afterEach(comeBack);

describe('a page that is left', () => {
  it('stops what still has something to ask, so that other pages need not wait, and does all of it when it is back', async () => {
    await write('a', 1);
    let times = 0;
    let reached: () => void = () => undefined;
    const midway = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const doubled = inside('pages', 'readwrite', async (at) => {
      times += 1;
      const was = await asked<number>(at('pages').get('a'));
      reached();
      // Asks on and on until the page is left.
      while (times === 1) await asked(at('pages').get('a'));
      at('pages').put(was * 2, 'a');
      return was;
    });
    await midway;
    leave();
    expect(await elsewhere('a')).toBe(1);
    comeBack();
    expect(await doubled).toBe(1);
    expect(times).toBe(2);
    expect(await elsewhere('a')).toBe(2);
  });

  it('keeps what was all asked for, also when it never comes back', async () => {
    await write('a', 1);
    const writing = write('a', 2);
    // It is asked as soon as the promises before it have had their turn; the answer takes longer than that.
    for (let turn = 0; turn < 9; turn++) await null;
    leave();
    expect(await elsewhere('a')).toBe(2);
    await writing;
  });

  it('begins nothing before it is back', async () => {
    await write('a', 1);
    leave();
    const late = write('a', 2);
    expect(await elsewhere('a')).toBe(1);
    comeBack();
    await late;
    expect(await elsewhere('a')).toBe(2);
  });

  it('lets go of the database, so that another page can empty the device', async () => {
    await write('a', 1);
    leave();
    await asked(indexedDB.deleteDatabase(DATABASE));
    comeBack();
    expect(await inside('pages', 'readonly', (at) => asked(at('pages').get('a')))).toBeUndefined();
  });
});

it('what the device refuses is not tried again', async () => {
  let times = 0;
  await expect(
    inside('pages', 'readwrite', (at) => {
      times += 1;
      at('pages').add(1, 'a');
      return asked(at('pages').add(2, 'a'));
    }),
  ).rejects.toThrow();
  expect(times).toBe(1);
  expect(await elsewhere('a')).toBeUndefined();
});
