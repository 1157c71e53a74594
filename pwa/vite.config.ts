import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { build, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';

/** The page around the app is rendered by the server; a changed template must renew the copy kept for offline use. */
const shellTemplate = new URL('../server/templates/shell.html', import.meta.url);
const shellRevision = createHash('sha256').update(readFileSync(shellTemplate)).digest('hex').slice(0, 12);

const server = `http://127.0.0.1:${process.env.DRIEHOEK_PORT ?? '8000'}`;

/** What every screen and the first card need. */
const FIRST = [
  /node_modules\/@?preact/,
  /src\/(main|app)\.tsx$/,
  /src\/lib\/(announce|api|conflict|dates|db|i18n|idle|kept|keys|lazily|local|my-outbox|navigate|outbox|own-device|session|start|theme|vault|wide)\.tsx?$/,
  /src\/components\/(app-frame|avatar|button|icon|live-region|loaded|menu|page-header|progress|save-mark|screens|skeleton|stoplight|stoplight-buttons)\.tsx$/,
  /src\/features\/rate\/(group-title|keys-setting|required)\.ts$/,
];

/**
 * Which shared modules travel together: few files compress better than many small ones, and each name costs a line in
 * the first of them. `parts` are the components of all other screens.
 */
const CHUNKS = [
  { name: 'app', test: (id: string) => FIRST.some((those) => those.test(id)), priority: 2 },
  {
    name: 'frame',
    test: /src\/components\/(banner|brand|confirm|empty-state|error-state|frame-parts|menu-items|more-icons|not-found|toast)\.tsx?$|src\/lib\/update\.ts$/,
    priority: 1,
  },
  {
    name: 'parts',
    test: /src\/components\/(?!index|question-dialog|stoplight-buttons)|src\/lib\/(calendar|closing|load)\.ts/,
  },
];

const ORGANISE = '/features/organise/';
const BUNDLES = '/features/bundles/';

/** The admin's pages and their texts, fetched each time they are opened: few people have them, and only with a network. */
const ADMIN = /\/features\/admin\/|\/messages\/admin\//;

/** Kept on a device from their first use on, not from the first visit: one language, and what few people or few days need. */
const LATER =
  /^assets\/(nl|en|organise|plan-page|earlier-reports-page|account-page|notices-page|notice-kinds|push-(offer|part|device)|questions|board-(page|decisions)|how-to-page|export-menu|agreement-sheet)\b/;

/** Gives the service worker the few texts it shows, instead of all texts of the app. */
function pushMessages(): Plugin {
  const id = 'virtual:push-messages';
  const pick = (language: string) => {
    const file = new URL(`./messages/${language}.json`, import.meta.url);
    const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith('push.')));
  };
  return {
    name: 'push-messages',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) =>
      source === `\0${id}` ? `export const texts = ${JSON.stringify({ nl: pick('nl'), en: pick('en') })}` : undefined,
  };
}

/** Our own, shorter way to fetch the parts of the build. */
function shortPreload(): Plugin {
  return {
    name: 'short-preload',
    enforce: 'pre',
    load: (id) =>
      id === '\0vite/preload-helper.js'
        ? readFileSync(new URL('./src/lib/preload.js', import.meta.url), 'utf8')
        : undefined,
  };
}

/** Every function of these is called before the first card stands. */
const AT_ONCE = /^(main|rate-page|swiping)$/;

/** Says so in V8's own words: Chromium then makes them ready beside the page's thread, while the file comes in. */
function calledAtOnce(): Plugin {
  return {
    name: 'called-at-once',
    // These words must stand before all others, and Vite puts some of its own there until the very end.
    writeBundle({ dir }, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk' || !AT_ONCE.test(file.name)) continue;
        const path = `${dir}/${file.fileName}`;
        writeFileSync(path, `//# allFunctionsCalledOnLoad\n${readFileSync(path, 'utf8')}`);
      }
    },
  };
}

/** What the oldest browsers know that we work in. */
const TARGET = ['chrome111', 'safari16.4', 'firefox114'];

/**
 * The script of the server's own pages, under a name that never changes. It is built by itself: a chunk that it shared with
 * the app would start the app there.
 */
function scriptOfPages(): Plugin {
  return {
    name: 'script-of-pages',
    apply: 'build',
    async generateBundle() {
      const made = await build({
        configFile: false,
        publicDir: false,
        logLevel: 'error',
        build: {
          write: false,
          target: TARGET,
          modulePreload: { polyfill: false },
          rolldownOptions: { input: 'src/passkey.ts', output: { codeSplitting: false } },
        },
      });
      if (!('output' in made)) throw new Error('The script of the pages was not built');
      this.emitFile({ type: 'asset', fileName: 'passkey.js', source: made.output[0].code });
    },
  };
}

export default defineConfig({
  publicDir: 'public',
  // Children as further arguments are shorter than a list among the attributes, and need no second way to make nodes.
  oxc: {
    jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
    jsxInject: "import { h, Fragment } from 'preact'",
  },
  build: {
    target: TARGET,
    manifest: 'manifest.json',
    // Of a screen, only the styles are asked for ahead: its modules find each other, and the names of all of them would
    // weigh more than they win.
    modulePreload: { polyfill: false, resolveDependencies: () => [] },
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // Its bookkeeping would weigh more on the first card than the loads that it saves later.
      experimental: { chunkOptimization: { avoidRedundantChunkLoads: false } },
      input: { main: 'src/main.tsx', app: 'src/styles/app.css', 'sign-in': 'src/styles/sign-in.css' },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: ({ moduleIds }) => {
          if (moduleIds.every((id) => ADMIN.test(id))) return 'assets/admin-[name]-[hash].js';
          if (moduleIds.every((id) => id.includes(BUNDLES))) return 'assets/bundles-[name]-[hash].js';
          return moduleIds.every((id) => id.includes(ORGANISE))
            ? 'assets/organise-[name]-[hash].js'
            : 'assets/[name]-[hash].js';
        },
        codeSplitting: { groups: CHUNKS },
        // The sign-in page is plain HTML from the server and links its style by a name that never changes.
        assetFileNames: (asset) =>
          asset.names.includes('sign-in.css') ? '[name][extname]' : 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [
    pushMessages(),
    shortPreload(),
    calledAtOnce(),
    scriptOfPages(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'sw.ts',
      injectRegister: false,
      manifest: false,
      injectManifest: {
        buildPlugins: { vite: [pushMessages()] },
        globPatterns: [
          'assets/*.{js,css,json}',
          'icons/{icon.svg,icon-192.png,badge-96.png}',
          'early.js',
          'manifest.webmanifest',
        ],
        globIgnores: ['assets/{admin,figures,bundles}-*'],
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) => (LATER.test(entry.url) ? { ...entry, later: true } : entry)),
            warnings: [],
          }),
        ],
        // Names carry a hash of the content already.
        dontCacheBustURLsMatching: /^assets\//,
        additionalManifestEntries: [{ url: '/app-shell', revision: shellRevision }],
      },
    }),
  ],
  server: {
    proxy: Object.fromEntries(['/api', '/auth', '/sign-in', '^/i(/|$)', '/app-shell'].map((path) => [path, server])),
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}', 'src/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    // What decides about texts on their way is tried whichever way it can go.
    coverage: {
      provider: 'v8',
      include: ['src/lib/{outbox,sender,conflict,answers}.ts'],
      thresholds: { branches: 100, functions: 100, lines: 100 },
      reporter: [['text', { skipFull: true }]],
      reportsDirectory: 'node_modules/.coverage',
    },
  },
});
