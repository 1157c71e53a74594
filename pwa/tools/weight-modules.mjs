/**
 * What each source file costs the first card: prints, heaviest first, by how many bytes the scripts would shrink when
 * gzipped without it, and its bytes after minifying. Needs a build with source maps:
 *
 *   npx vite build --sourcemap --outDir /tmp/maps && node tools/weight-modules.mjs /tmp/maps
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { gzipSync } from 'node:zlib';

const dist = process.argv[2];
if (!dist) throw new Error('Which folder holds the build with source maps?');
const read = (name) => readFileSync(`${dist}/${name}`, 'utf8');
const gzip = (text) => gzipSync(text, { level: 9 }).length;

const manifest = JSON.parse(read('manifest.json'));
const parts = new Set();
const add = (name) => {
  if (parts.has(name)) return;
  parts.add(name);
  for (const one of manifest[name].imports ?? []) add(one);
};
add('src/main.tsx');
add('src/features/rate/rate-page.tsx');

const costs = [];
for (const file of new Set([...parts].map((name) => manifest[name].file))) {
  const map = new SourceMap(JSON.parse(read(`${file}.map`)));
  const lines = read(file)
    .replace(/\/\/# sourceMappingURL.*/, '')
    .split('\n');
  const chars = lines.flatMap((line, at) =>
    [...`${line}\n`].map((char, column) => [char, map.findEntry(at, column).originalSource ?? 'the build itself']),
  );
  const whole = gzip(chars.map(([char]) => char).join(''));
  for (const source of new Set(chars.map(([, from]) => from))) {
    const others = chars.filter(([, from]) => from !== source);
    const rest = gzip(others.map(([char]) => char).join(''));
    costs.push([whole - rest, chars.length - others.length, source.replace(/^.*\/(?=(src|node_modules)\/)/, '')]);
  }
}
for (const [zipped, bytes, source] of costs.sort(([a], [b]) => b - a)) {
  process.stdout.write(`${String(zipped).padStart(6)} ${String(bytes).padStart(7)} ${source}\n`);
}
