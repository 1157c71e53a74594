/**
 * What the first card costs: prints one JSON line {name, value, unit} per figure of the build in `dist/`.
 *
 *   rating_js_gzip    scripts that must be here before the first card can be used: the entry and the rating route,
 *                     with everything these import by `import … from`; what they fetch later does not count
 *   rating_css_gzip   the styles of the same parts
 *   precache_bytes    what the service worker keeps on the device at the first visit, not compressed, without the
 *                     page around the app, which the server makes
 *
 * With `--files` also each file of the first two, on standard error.
 */
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url);
const ENTRY = 'src/main.tsx';
// Linked by the page around the app.
const STYLE = 'src/styles/app.css';
const ROUTE = 'src/features/rate/rate-page.tsx';
const MADE_BY_SERVER = '/app-shell';

const read = (name) => readFileSync(new URL(name, DIST));
const gzip = (name) => gzipSync(read(name), { level: 9 }).length;
const sum = (names, size) => [...names].reduce((total, name) => total + size(name), 0);

const manifest = JSON.parse(read('manifest.json'));

/** The parts of the build that come with these, themselves included. */
function eager(names, found = new Set()) {
  for (const name of names) {
    if (!manifest[name]) throw new Error(`The build has no ${name}: run npm run build first`);
    if (found.has(name)) continue;
    found.add(name);
    eager(manifest[name].imports ?? [], found);
  }
  return found;
}

/** The addresses in the service worker's list, without those that it keeps only once they are used. */
function precached() {
  return [
    ...read('sw.js')
      .toString()
      .matchAll(/\{"?(?:revision|url)"?:[^{}]*\}/g),
  ]
    .filter(([entry]) => !/"?later"?:(true|!0)/.test(entry))
    .map(([entry]) => /"?url"?:"([^"]+)"/.exec(entry)?.[1])
    .filter((url) => url && url !== MADE_BY_SERVER);
}

const parts = [...eager([ENTRY, ROUTE])].map((name) => manifest[name]);
const scripts = new Set(parts.map(({ file }) => file));
const styles = new Set([manifest[STYLE].file, ...parts.flatMap(({ css = [] }) => css)]);
const kept = precached();
if (kept.length === 0) throw new Error('The service worker keeps nothing: has the form of its list changed?');

const tell = (name, value) => process.stdout.write(`${JSON.stringify({ name, value, unit: 'bytes' })}\n`);
tell('rating_js_gzip', sum(scripts, gzip));
tell('rating_css_gzip', sum(styles, gzip));
tell(
  'precache_bytes',
  sum(kept, (name) => statSync(new URL(name, DIST)).size),
);
if (process.argv.includes('--files')) {
  for (const name of [...scripts, ...styles]) process.stderr.write(`${gzip(name)} ${name}\n`);
}
