/**
 * Does the model of outbox and server (tests/outbox-model.test.ts) notice mistakes? Makes each of them in turn, runs the
 * model, and says which ones it noticed. Ends with 1 when one went unnoticed. `RUNS=2000` looks harder.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** [what is wrong, file, the code, what stands there instead] */
const MUTANTS = [
  [
    'the version is not sent as it was seen',
    'sender.ts',
    `'If-Match': \`"\${base}"\``,
    `'If-Match': \`"\${item.base + 1}"\``,
  ],
  [
    'a stale answer counts as sent',
    'answers.ts',
    `    return { item: { ...idle, trouble: { kind: 'stale', current: answer.current } } };`,
    `    return { item: null, known };`,
  ],
  [
    'a stale text goes over theirs by itself',
    'answers.ts',
    `    return { item: { ...idle, trouble: { kind: 'stale', current: answer.current } } };`,
    `    return { item: { ...idle, key, base: known.version, seen: known.content } };`,
  ],
  [
    'a closed round counts as sent',
    'answers.ts',
    `  return { item: { ...idle, trouble: answer } };`,
    `  return { item: answer.kind === 'closed' ? null : { ...idle, trouble: answer } };`,
  ],
  [
    'no answer counts as sent',
    'answers.ts',
    `  if (!mine || answer.kind === 'lost' ||`,
    `  if (answer.kind === 'lost') return { item: mine ? null : item };\n  if (!mine ||`,
  ],
  [
    'an attempt without an answer is sent under a new key',
    'answers.ts',
    `  if (attempt && (same(attempt.content, content) || same(seen, content))) return item;`,
    `  if (attempt && same(seen, content)) return item;`,
  ],
  ['what was sent is not remembered', 'answers.ts', `[mine.seen, ...underWay(mine)]`, `[mine.seen]`],
  [
    'an attempt is not waited for when the writer goes back',
    'answers.ts',
    `(same(attempt.content, content) || same(seen, content))`,
    `same(attempt.content, content)`,
  ],
  [
    'the key stays when the version changes',
    'answers.ts',
    `item: { ...idle, key, base: known.version, seen: known.content, sent: [] }`,
    `item: { ...idle, base: known.version, seen: known.content, sent: [] }`,
  ],
  [
    'newer words are taken for sent',
    'answers.ts',
    `    if (same(mine.content, attempt.content)) return { item: null, known };`,
    `    return { item: null, known };`,
  ],
  [
    'an old answer takes back what is known',
    'answers.ts',
    `    const known = newest(now, stored);`,
    `    const known = now;`,
  ],
  [
    'newer words build on the version before',
    'answers.ts',
    `item: { ...mine, base: now.version, seen: now.content,`,
    `item: { ...mine,`,
  ],
  [
    'an old page ends the waiting',
    'conflict.ts',
    `server.version > base && same(content, server.content)`,
    `server.version > 0 && same(content, server.content)`,
  ],
  [
    'a fresh page is taken for seen',
    'conflict.ts',
    `  return stored && stored.version <= server.version ? { item, known: null } : { item };`,
    `  return { item: item && { ...item, base: server.version }, known: null };`,
  ],
  [
    'the last page to write wins',
    'conflict.ts',
    `    remark: woven(before.remark, to.remark, ground.content.remark),`,
    `    remark: to.remark,`,
  ],
  [
    'a stoplight that was not touched is written',
    'conflict.ts',
    `to.stoplight === before.stoplight ? ground.content.stoplight : to.stoplight`,
    `to.stoplight`,
  ],
  ['the page counts, not what the device knows', 'conflict.ts', `newest(edit.known, stored)`, `edit.known`],
  [
    'going back forgets what is under way',
    'conflict.ts',
    `if (!ground.attempt && !trouble && same(content, ground.seen))`,
    `if (!trouble && same(content, ground.seen))`,
  ],
  [
    'a choice counts for whatever stands there by now',
    'answers.ts',
    `item?.trouble?.kind !== 'stale' || item.trouble.current.version !== seen.theirs`,
    `item?.trouble?.kind !== 'stale'`,
  ],
  [
    'own words go that were not shown beside theirs',
    'answers.ts',
    `choice === 'theirs' && !same(item.content, seen.mine)`,
    `choice === 'theirs' && !item`,
  ],
  [
    'a text is let go that was not the one shown',
    'outbox.ts',
    `item && seen && same(item.content, seen.content) ? null : item`,
    `null`,
  ],
  [
    'what is sent is not laid down first',
    'sender.ts',
    `      item: now && !now.trouble ? attempted(now) : now,\n    }));\n    return item?.attempt && !item.trouble ? { item, attempt: item.attempt } : null;`,
    `      item: now,\n    }));\n    return item && !item.trouble ? { item, attempt: attempted(item).attempt } : null;`,
  ],
  [
    'requests do not say whose they are',
    'sender.ts',
    `{ 'X-Driehoek-Person': this.options.person, ...headers }`,
    `headers`,
  ],
  [
    'a stranger’s 200 counts as saved',
    'answers.ts',
    `      : { kind: 'lost' };`,
    `      : { kind: 'saved', version: 1, complete: true };`,
  ],
  [
    'a text whose key was used is given up',
    'answers.ts',
    `  if (answer.kind === 'key-used') return { item: { ...idle, key } };`,
    `  if (answer.kind === 'key-used') return { item: null };`,
  ],
  ['a text whose key was used keeps it', 'answers.ts', `return { item: { ...idle, key } };`, `return { item: idle };`],
  [
    'a group’s texts are one: all saved when one is',
    'sender.ts',
    `      const mine = told?.get(key);`,
    `      const mine = [...(told?.values() ?? [])].find((each) => each.saved) ?? told?.get(key);`,
  ],
  [
    'a group that is refused whole is refused each',
    'sender.ts',
    `!told && status >= 400 && !refusedWhole(status)`,
    `!told && status >= 400`,
  ],
  [
    'a page shows as saved what it never stored',
    'outbox.ts',
    `    this.show(name, edited(item, edit).item);`,
    `    this.facts.value = new Map(this.facts.value).set(name, { version: edit.known.version, content: edit.content });`,
  ],
];

// In a copy, so that no mistake is ever left behind here.
const HERE = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
mkdirSync(join(copy, 'pwa'));
for (const name of ['src', 'sw', 'tests', 'messages', 'package.json', 'tsconfig.json', 'vite.config.ts']) {
  cpSync(join(HERE, name), join(copy, 'pwa', name), { recursive: true });
}
symlinkSync(join(HERE, 'node_modules'), join(copy, 'pwa', 'node_modules'));
symlinkSync(join(HERE, '..', 'server'), join(copy, 'server'));

const only = process.argv[2];
let missed = 0;
for (const [wrong, file, code, instead] of MUTANTS) {
  if (only && !wrong.includes(only)) continue;
  const path = join(copy, 'pwa', 'src', 'lib', file);
  const right = readFileSync(path, 'utf8');
  if (right.split(code).length !== 2) throw new Error(`${file} has changed: ${code}`);
  writeFileSync(
    path,
    right.replace(code, () => instead),
  );
  const { status, stdout } = spawnSync('npx', ['vitest', 'run', 'tests/outbox-model.test.ts'], {
    cwd: join(copy, 'pwa'),
    env: { ...process.env, NO_COLOR: '1', MUTANT: '1' },
    encoding: 'utf8',
    timeout: 900_000,
  });
  writeFileSync(path, right);
  if (status === 0) missed += 1;
  const said = stripVTControlCharacters(stdout);
  const why = /Caused by: \w*Error: ([^\n]*)/.exec(said)?.[1] ?? '';
  process.stdout.write(`${status === 0 ? 'MISSED ' : 'noticed'} ${wrong}: ${why.slice(0, 100)}\n`);
}
process.exit(missed ? 1 : 0);
