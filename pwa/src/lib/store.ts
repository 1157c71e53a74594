import type { Known, Step, Waiting } from './conflict';

/** Who and what: person, round, group, student. The person comes first, so that nobody meets another's texts. */
export type Id = readonly [person: string, round: string, group: string, student: string];

export const idOf = (item: Pick<Waiting, 'person' | 'round' | 'group' | 'student'>): Id => [
  item.person,
  item.round,
  item.group,
  item.student,
];

/** Where waiting texts live. One change is one step: read, decide, write; other tabs see all of it or nothing. */
export interface Store {
  waiting(person: string): Promise<Waiting[]>;
  known(person: string): Promise<[Id, Known][]>;
  /** `step` is pure: it runs again when somebody else was faster. */
  change(id: Id, step: (item: Waiting | null, known: Known | null) => Step): Promise<Step>;
}

/** A store in memory: for devices that keep nothing, and for tests. */
export class MemoryStore implements Store {
  private readonly items = new Map<string, Waiting>();
  private readonly facts = new Map<string, [Id, Known]>();

  constructor(items: Iterable<Waiting> = [], facts: Iterable<[Id, Known]> = []) {
    for (const item of items) this.items.set(idOf(item).join(), item);
    for (const fact of facts) this.facts.set(fact[0].join(), fact);
  }

  async waiting(person: string): Promise<Waiting[]> {
    return [...this.items.values()].filter((item) => item.person === person);
  }

  async known(person: string): Promise<[Id, Known][]> {
    return [...this.facts.values()].filter(([id]) => id[0] === person);
  }

  async change(id: Id, step: (item: Waiting | null, known: Known | null) => Step): Promise<Step> {
    const name = id.join();
    const next = step(this.items.get(name) ?? null, this.facts.get(name)?.[1] ?? null);
    if (next.item) this.items.set(name, next.item);
    else this.items.delete(name);
    if (next.known) this.facts.set(name, [id, next.known]);
    else if (next.known === null) this.facts.delete(name);
    return next;
  }
}
