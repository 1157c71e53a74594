import { ApiProblem } from './api';
import type { Draft, DraftStore } from './drafts';
import { online } from './session';
import { effect, type ReadonlySignal, signal } from './signals';

/**
 * Where a text is. `phone`: stored on this device, the server does not have it yet (*Op je telefoon*). `saved`: the
 * server has it (*Bewaard*). `writing`: typed a moment ago and on its way to the device. `conflict`: somebody, or
 * another device, wrote something else meanwhile. `refused`: the server does not accept it; the text stays here.
 * `memory`: the device refuses to store (private window, full disk); the text is only on this page.
 */
export type SaveState = 'untouched' | 'writing' | 'memory' | 'phone' | 'saved' | 'conflict' | 'refused';

export interface Conflict<T> {
  theirs: T;
  version: number;
}

export interface AutosaveOptions<T> {
  store: DraftStore<T>;
  /** Sends the text with the version it is based on; answers with the new version. */
  send: (value: T, version: number, key: string) => Promise<{ version: number }>;
  same: (a: T, b: T) => boolean;
  /** Reads the server's text from a 409. */
  current: (problem: ApiProblem) => Conflict<T>;
  /** Keeps a copy on the device after saving, to go on with it without a network. */
  keepCopy?: boolean;
  /** Rest after the last keystroke before sending, in milliseconds. */
  delay?: number;
}

const RETRY_MS = [3_000, 10_000, 30_000, 60_000];

/**
 * One text that saves itself: on the device at every keystroke, on the server when the writer rests.
 *
 * The state it shows is true at any moment. A lost answer is repeated under the same idempotency key. When the server
 * has something else, both texts are kept and the writer chooses.
 */
export class Autosave<T> {
  private readonly shown = signal<SaveState>('untouched');
  private readonly clash = signal<Conflict<T> | null>(null);
  private readonly complaint = signal<ApiProblem | null>(null);
  private readonly text;
  private version = 0;
  private changes = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private sending: Promise<boolean> | undefined;
  /** What was sent last without an answer, and its key: repeated as it was, so that the server does it once. */
  private attempt: { value: T; version: number; key: string } | undefined;
  /** Texts that were sent since the last answer: any of them may have arrived. */
  private unanswered: T[] = [];
  private readonly stops: (() => void)[] = [];

  constructor(
    initial: T,
    private readonly options: AutosaveOptions<T>,
  ) {
    this.text = signal(initial);
  }

  get value(): ReadonlySignal<T> {
    return this.text;
  }

  get state(): ReadonlySignal<SaveState> {
    return this.shown;
  }

  get conflict(): ReadonlySignal<Conflict<T> | null> {
    return this.clash;
  }

  /** Why the server refused, in its words. */
  get problem(): ReadonlySignal<ApiProblem | null> {
    return this.complaint;
  }

  /** The server's version of the text that was saved last. */
  get savedVersion(): number {
    return this.version;
  }

  /**
   * Starts with what the server has, or with `null` when it could not be asked. A draft on this device that the server
   * does not have comes first; based on an older version, it is a conflict.
   *
   * @returns false when there is neither: nothing on the device and no server.
   */
  async start(server: { value: T; version: number } | null): Promise<boolean> {
    const draft = await this.options.store.read().catch(() => undefined);
    if (server) this.version = server.version;
    if (server && (!draft || draft.sent || this.options.same(draft.value, server.value))) {
      this.text.value = server.value;
      this.shown.value = server.version > 0 ? 'saved' : 'untouched';
      await this.keep({ value: server.value, base: server.version, sent: true });
    } else if (draft) {
      this.text.value = draft.value;
      this.version = draft.base;
      this.shown.value = draft.sent ? 'saved' : 'phone';
      if (server && draft.base !== server.version) this.raise({ theirs: server.value, version: server.version });
      else if (!draft.sent) this.schedule(0);
    } else if (!server) return false;
    this.listen();
    return true;
  }

  /** Takes the text as it is typed. */
  change(value: T): void {
    this.text.value = value;
    this.changes += 1;
    const mine = this.changes;
    if (!this.clash.value) this.shown.value = 'writing';
    this.complaint.value = null;
    const stored = this.options.store.write({ value, base: this.version, sent: false }).then(
      () => 'phone' as const,
      () => 'memory' as const,
    );
    void stored.then((where) => {
      if (mine === this.changes && this.shown.value === 'writing') this.shown.value = where;
    });
    this.failures = 0;
    if (!this.clash.value) this.schedule(this.options.delay ?? 800);
  }

  /** Sends now what is not on the server yet; resolves when that is settled, saved or not. */
  async flush(): Promise<SaveState> {
    clearTimeout(this.timer);
    // What was typed while an earlier text was under way goes after it; without an answer there is no use in going on.
    while (this.pending() && (await this.push()));
    return this.shown.value;
  }

  /** Ends a conflict with the text the writer chose; `theirs` needs no sending. */
  resolve(value: T): void {
    const clash = this.clash.value;
    if (!clash) return;
    this.version = clash.version;
    this.clash.value = null;
    this.attempt = undefined;
    if (this.options.same(value, clash.theirs)) {
      this.text.value = clash.theirs;
      this.shown.value = 'saved';
      void this.keep({ value: clash.theirs, base: clash.version, sent: true });
    } else this.change(value);
  }

  /** The version moved on by another act of the same person, such as handing in. */
  moved(version: number): void {
    this.version = version;
    if (!this.pending()) void this.keep({ value: this.text.value, base: version, sent: true });
  }

  /** Sends what is left and lets go of timers and listeners. */
  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    void this.flush().finally(() => clearTimeout(this.timer));
  }

  private pending(): boolean {
    return ['writing', 'memory', 'phone'].includes(this.shown.value);
  }

  private listen(): void {
    const hidden = () => {
      if (document.visibilityState === 'hidden' && this.pending()) void this.push();
    };
    document.addEventListener('visibilitychange', hidden);
    this.stops.push(() => document.removeEventListener('visibilitychange', hidden));
    let was = online.peek();
    this.stops.push(
      effect(() => {
        const now = online.value;
        if (now && !was && this.shown.peek() === 'phone') this.schedule(0);
        was = now;
      }),
    );
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.push(), ms);
  }

  private push(): Promise<boolean> {
    this.sending ??= this.sendOnce().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  /** True when the server answered in a way that lets the next text go. */
  private async sendOnce(): Promise<boolean> {
    clearTimeout(this.timer);
    const mine = this.changes;
    const value = this.text.value;
    const version = this.version;
    const again = this.attempt && this.attempt.version === version && this.options.same(this.attempt.value, value);
    const attempt = again && this.attempt ? this.attempt : { value, version, key: crypto.randomUUID() };
    this.attempt = attempt;
    this.unanswered.push(value);
    try {
      const answer = await this.options.send(value, version, attempt.key);
      this.attempt = undefined;
      this.unanswered = [];
      this.failures = 0;
      this.version = answer.version;
      if (mine === this.changes) {
        await this.keep({ value, base: answer.version, sent: true });
        if (mine === this.changes) this.shown.value = 'saved';
      } else {
        // Something was typed meanwhile: it is now based on what was just saved.
        await this.options.store
          .write({ value: this.text.value, base: answer.version, sent: false })
          .catch(() => undefined);
        this.schedule(this.options.delay ?? 800);
      }
      return true;
    } catch (error) {
      return this.failed(error);
    }
  }

  private failed(error: unknown): boolean {
    if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429) {
      const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 60_000;
      this.failures += 1;
      this.schedule(wait);
      return false;
    }
    const sent = this.unanswered;
    this.attempt = undefined;
    this.unanswered = [];
    if (error.status === 409 && error.type.endsWith('stale')) {
      const clash = this.options.current(error);
      if (this.options.same(this.text.value, clash.theirs)) {
        this.version = clash.version;
        this.shown.value = 'saved';
        void this.keep({ value: clash.theirs, base: clash.version, sent: true });
        return true;
      }
      // An earlier text of our own arrived after all, only its answer was lost: go on from there. The last one of these
      // is what was refused just now.
      if (sent.slice(0, -1).some((own) => this.options.same(own, clash.theirs))) {
        this.version = clash.version;
        this.schedule(0);
        return true;
      }
      this.raise(clash);
      return false;
    }
    // Signed out: the text waits on the device until the person is back.
    if (error.status === 401) return false;
    this.complaint.value = error;
    this.shown.value = 'refused';
    return false;
  }

  private raise(clash: Conflict<T>): void {
    this.clash.value = clash;
    this.shown.value = 'conflict';
  }

  private async keep(draft: Draft<T>): Promise<void> {
    const done = this.options.keepCopy ? this.options.store.write(draft) : this.options.store.remove();
    await done.catch(() => undefined);
  }
}
