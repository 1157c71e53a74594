import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Shows every part of the interface by itself. Only for people who build: nothing of it is in the app. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: fileURLToPath(new URL('../public', import.meta.url)),
  server: { port: 5199, strictPort: true, fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
});
