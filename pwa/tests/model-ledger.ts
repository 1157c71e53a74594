import { expect } from 'vitest';
import type { Reply } from '../src/lib/answers';
import { type Content, EMPTY, nameOf, type Place, same, type Waiting } from '../src/lib/conflict';
import type { Server } from './outbox-server';

/** Whose act it is, and in which browser. */
export interface Who {
  person: string;
  browser: { name: string; store: { waiting(person: string): Promise<Waiting[]> } };
}

interface Word {
  who: Who;
  place: string;
  light: boolean;
  /** `meant`: the writer wants it there. `gone`: the writer took it away. `typing`: not on the device yet. */
  state: 'typing' | 'meant' | 'gone';
}

interface Act {
  who: Who;
  place: string;
  added: string[];
  removed: string[];
}

/** Each text that is typed in the model is a word of its own, and each stoplight too, so that one can follow them. */
export function wordsOf({ stoplight, remark, action }: Content): string[] {
  return [...`${remark} ${action}`.matchAll(/<\d+>/g)].map(([word]) => word).concat(stoplight ?? []);
}

/** What was typed, seen and taken away by whom; and the promises that are kept about it. */
export class Ledger {
  private readonly words = new Map<string, Word>();
  private readonly sights = new Set<string>();
  private readonly acts = new Set<Act>();
  private readonly made = new Map<string, number>();

  constructor(private readonly server: Server) {}

  /** A writer makes `after` of what is on the screen. */
  typed(who: Who, place: Place, before: Content, after: Content): { stored(): void } {
    const [had, has] = [wordsOf(before), wordsOf(after)];
    const added = has.filter((word) => !had.includes(word));
    for (const word of added) {
      const old = this.words.get(word);
      if (!old) {
        this.words.set(word, { who, place: nameOf(place), light: word === after.stoplight, state: 'typing' });
      }
    }
    this.saw(who.browser.name, who.person, after);
    return this.act({ who, place: nameOf(place), added, removed: had.filter((word) => !has.includes(word)) });
  }

  /** The writer lets this text go, at least as far as it goes. */
  letGo(who: Who, place: Place, content: Content): void {
    const [words, here] = [wordsOf(content), { who, place: nameOf(place), added: [], removed: [] }];
    for (const word of words) this.take(word, here);
    // Words that are still on their way to the store are let go with the others.
    for (const act of this.acts) act.added = act.added.filter((word) => !words.includes(word));
  }

  private act(act: Act): { stored(): void } {
    this.acts.add(act);
    return {
      stored: () => {
        this.acts.delete(act);
        this.relit(act);
        for (const name of act.removed) this.take(name, act);
        for (const name of act.added) {
          const word = this.words.get(name);
          if (word && this.isHere(word, act)) word.state = 'meant';
        }
      },
    };
  }

  /** Of two stoplights, or a stoplight and its taking away, the last counts, also when the other page had not shown the first. */
  private relit(act: Act): void {
    if (![...act.added, ...act.removed].some((word) => this.words.get(word)?.light)) return;
    for (const word of this.words.values()) if (word.light && this.isHere(word, act)) word.state = 'gone';
  }

  private isHere({ who, place }: Word, act: Act): boolean {
    return who.browser === act.who.browser && who.person === act.who.person && place === act.place;
  }

  private take(name: string, act: Act): void {
    const word = this.words.get(name);
    if (word && this.isHere(word, act)) word.state = 'gone';
  }

  /** A page died: whether its last acts were stored, nobody knows. */
  died(who: Who): void {
    for (const act of this.acts) {
      if (act.who !== who) continue;
      this.acts.delete(act);
      this.relit(act);
      for (const name of [...act.removed, ...act.added]) this.take(name, act);
    }
  }

  saw(browser: string, person: string, content: Content): void {
    for (const word of wordsOf(content)) this.sights.add(`${browser} ${person} ${word}`);
  }

  /** This content came to wait somewhere. */
  formed(item: Waiting): void {
    const name = `${item.person} ${nameOf(item)} ${JSON.stringify(item.content)}`;
    this.made.set(name, (this.made.get(name) ?? 0) + 1);
  }

  /** *Bewaard*: what is shown without waiting is what the server has, or had. */
  showsAsSaved(place: Place, content: Content): void {
    const had = this.server.log.some((entry) => entry.place === nameOf(place) && same(entry.content, content));
    expect(had || same(content, EMPTY), `shown as saved: ${JSON.stringify(content)}`).toBe(true);
  }

  /** The server does something; whatever it writes over, the writer had seen. */
  heard({ name }: { name: string }, act: () => Reply): Reply {
    const from = this.server.log.length;
    const answer = act();
    for (const entry of this.server.log.slice(from)) {
      const saw = (word: string) => this.sights.has(`${name} ${entry.author} ${word}`);
      const before = this.server.log
        .slice(0, this.server.log.indexOf(entry))
        .findLast(({ place }) => place === entry.place);
      const now = wordsOf(entry.content);
      for (const word of wordsOf(before?.content ?? EMPTY)) {
        expect(now.includes(word) || saw(word), `${word} overwritten unseen by ${entry.author} on ${name}`).toBe(true);
      }
      for (const word of now) {
        const owner = this.words.get(word)?.who.person;
        expect(owner === entry.author || saw(word), `${word} of ${owner} sent as ${entry.author}'s`).toBe(true);
      }
      const twins = this.server.log.filter(
        ({ author, place, content }) =>
          author === entry.author && place === entry.place && same(content, entry.content),
      );
      const made = this.made.get(`${entry.author} ${entry.place} ${JSON.stringify(entry.content)}`) ?? 0;
      expect(twins.length, `done more often than written: ${JSON.stringify(entry)}`).toBeLessThanOrEqual(made);
      const keys = this.server.log.filter(({ author, key }) => author === entry.author && key === entry.key);
      expect(keys.length, `key ${entry.key} did two things`).toBe(1);
    }
    return answer;
  }

  /**
   * Each word that is meant is at the server, in its history, or waits on the device (which is where the writer is told of
   * those that came too late, although the server keeps them aside).
   */
  async nothingLost(): Promise<void> {
    const there = new Set(this.server.log.flatMap(({ content }) => wordsOf(content)));
    for (const [name, { who, state, place }] of this.words) {
      if (state !== 'meant' || there.has(name)) continue;
      const items = await who.browser.store.waiting(who.person);
      const here = items.find((item) => nameOf(item) === place);
      expect(here ? wordsOf(here.content) : [], `${name} of ${who.person} in ${who.browser.name} is lost`).toContain(
        name,
      );
    }
  }
}
