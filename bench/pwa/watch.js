/**
 * Runs in every page that is measured, before anything of the page itself; `webVitals` stands above it. Answers of `bench`
 * are asked for by CDP, so that nothing of the tool that drives the browser runs in the page while it is measured.
 *
 *   bench.usable   when the first card could be used: it is there, its four buttons are enabled and listen, and so does what
 *                  is swiped; ms since the navigation began
 *   bench.swipes   each time another card came: {kind, from, beneath, shown, mutated, painted, framed}. `from` is the
 *                  browser's own time stamp of the finger that let go (or of the key); `beneath`: the next student's card
 *                  lay painted under the one that was swiped away; `shown` when the first frame after the finger was on the
 *                  screen (Event Timing, in steps of 8 ms); `mutated` when the next card was the one in use; `painted` when
 *                  its name was newly painted (Element Timing; null when it had been painted beneath); `framed` two
 *                  animation frames after `mutated`
 *   bench.tasks    long tasks, {start, duration}
 *   bench.inp      as web-vitals reckons it; bench.slowest the slowest interactions, {name, duration, target}
 */
(() => {
  if (globalThis.bench || globalThis !== globalThis.top) return;
  const CARD = 'main article:not([inert])';
  const BENEATH = 'main article[inert]';
  const waiting = new Set();
  const bench = { usable: null, swipes: [], tasks: [], inp: 0, slowest: [], card: null, state: 'none' };
  globalThis.bench = bench;

  // ── Who listens to what
  const heard = new WeakMap();
  let soon = false;
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (this instanceof Element && (type === 'click' || type === 'pointerdown')) {
      heard.set(this, (heard.get(this) ?? new Set()).add(type));
      if (bench.usable === null && !soon) {
        soon = true;
        queueMicrotask(() => {
          soon = false;
          look();
        });
      }
    }
    return add.call(this, type, ...rest);
  };
  const listens = (element, type) => {
    for (let at = element; at; at = at.parentElement) if (heard.get(at)?.has(type)) return true;
    return false;
  };

  const card = () => document.querySelector(CARD);
  /** Two students may share a name; what the name leads to is one student's own. */
  const who = (top) => top && `${top.getAttribute('aria-label')} ${top.querySelector('a')?.getAttribute('href') ?? ''}`;
  const four = () => [...document.querySelectorAll('main [role=radio]:not(:disabled)')];
  const openSheet = () => document.querySelector('dialog[open]');

  // ── What happened last under the finger, and what came of it
  let last = { kind: 'none', at: 0, x: 0, y: 0 };
  const note = (event) => {
    if (event.type === 'pointerdown') last = { ...last, x: event.clientX, y: event.clientY };
    else if (event.type === 'keydown') last = { ...last, kind: 'key', at: event.timeStamp };
    else {
      const far = Math.hypot(event.clientX - last.x, event.clientY - last.y) > 40;
      const now = { ...last, kind: far ? 'swipe' : 'tap', at: event.timeStamp, moving: false };
      last = now;
      const top = card();
      now.beneath = who(document.querySelector(BENEATH));
      // In the very next frame the card is on its way, so that the one beneath shows.
      requestAnimationFrame(() => {
        now.moving = !!top?.getAnimations().some((one) => one.playState === 'running');
      });
    }
  };
  for (const type of ['pointerdown', 'pointerup', 'keydown']) add.call(globalThis, type, note, true);

  /** What stands on the screen now. Little is asked, as this runs in the time that is measured. */
  function look() {
    const top = card();
    const name = who(top);
    if (bench.usable === null && top && four().length >= 4 && listens(top, 'pointerdown')) {
      if (four().every((one) => listens(one, 'click'))) bench.usable = performance.now();
    }
    bench.state = openSheet() ? 'sheet' : top ? 'card' : 'none';
    if (name !== null && name !== bench.card) {
      if (bench.card !== null) mark(top, name);
      bench.card = name;
    }
    for (const done of [...waiting]) done();
  }

  /** Another card came: it is watched until it is on the screen. */
  function mark(top, name) {
    const { kind, at, beneath, moving } = last;
    const change = { kind, from: at, beneath: !!moving && beneath === name, mutated: performance.now(), painted: null };
    const heading = top.querySelector('h1, h2, h3') ?? top;
    heading.setAttribute('elementtiming', `card-${bench.swipes.length}`);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        change.framed = performance.now();
      }),
    );
    bench.swipes.push(change);
  }
  new MutationObserver(look).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['open', 'aria-label', 'disabled'],
  });

  // ── What the browser measures itself
  const watch = (type, each, more = {}) => {
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more });
  };
  watch('longtask', ({ startTime, duration }) => bench.tasks.push({ start: startTime, duration }));
  watch('element', (entry) => {
    const change = bench.swipes[Number(/^card-(\d+)$/.exec(entry.identifier)?.[1] ?? -1)];
    if (change && change.painted === null) change.painted = entry.renderTime || entry.loadTime;
  });
  const ends = new Map();
  watch(
    'event',
    (entry) => {
      if (entry.name === 'pointerup') ends.set(Math.round(entry.startTime), entry.startTime + entry.duration);
      if (!entry.interactionId) return;
      const target = entry.target?.className || entry.target?.nodeName || '';
      const [start, end] = [entry.processingStart - entry.startTime, entry.processingEnd - entry.startTime];
      bench.slowest.push({
        name: entry.name,
        duration: entry.duration,
        start,
        end,
        target: String(target),
        at: entry.startTime,
      });
      bench.slowest.sort((a, b) => b.duration - a.duration);
      bench.slowest.length = Math.min(bench.slowest.length, 12);
    },
    { durationThreshold: 16 },
  );
  webVitals.onINP(
    ({ value }) => {
      bench.inp = value;
    },
    { reportAllChanges: true, durationThreshold: 16 },
  );

  // ── What the driver asks
  const middle = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };
  const shown = (element) => element.getClientRects().length > 0;
  const button = (label) => {
    const all = [...(openSheet() ?? document).querySelectorAll('button, a.button')].filter(shown);
    return (
      all.find((one) => one.textContent.trim() === label || one.getAttribute('aria-label') === label) ??
      all.find((one) => one.textContent.includes(label))
    );
  };
  /** Answers when `test` does; false after `ms`. */
  bench.until = (test, ms = 10000) =>
    new Promise((resolve) => {
      const check = () => {
        if (test()) end(true);
      };
      const end = (found) => {
        waiting.delete(check);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => end(test()), ms);
      waiting.add(check);
      check();
    });
  bench.untilUsable = () => bench.until(() => bench.usable !== null, 30000);
  /** After a rating: `next`, `sheet`, or `done` when nobody is left. */
  bench.after = async (name) => {
    const came = () => bench.state === 'sheet' || bench.state === 'none' || bench.card !== name || !card();
    if (!(await bench.until(came))) return 'nothing';
    return bench.state === 'sheet' ? 'sheet' : card() ? 'next' : 'done';
  };
  bench.where = (what, which) => {
    const found = {
      card,
      button: () => button(which),
      four: () => four()[which],
      field: () => [...openSheet().querySelectorAll('textarea')][which],
    }[what]();
    if (!found) return null;
    found.scrollIntoView({ block: 'nearest' });
    return middle(found);
  };
  bench.fields = () =>
    [...(openSheet()?.querySelectorAll('textarea') ?? [])].map(
      (one) => one.required || one.getAttribute('aria-required') === 'true',
    );
  bench.sheetOpen = () => bench.until(() => openSheet()?.querySelector('textarea'));
  bench.sheetClosed = () => bench.until(() => !openSheet());
  /** Nothing moves any more. */
  bench.calm = async () => {
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
    await new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    });
  };
  bench.focused = () => document.activeElement?.nodeName ?? '';
  bench.result = () => ({
    usable: bench.usable,
    swipes: bench.swipes.map((one) => ({ ...one, shown: ends.get(Math.round(one.from)) ?? null })),
    tasks: bench.tasks,
    inp: bench.inp,
    slowest: bench.slowest,
  });
  /** How long a fixed piece of work takes: four times as long at a quarter of the speed. */
  bench.work = () => {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 4e6; i += 1) sum = (sum + Math.imul(i, 2654435761)) | 0;
    return performance.now() - start + sum * 0;
  };
})();
