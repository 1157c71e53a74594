/**
 * Takes the place of the function that Vite puts around each `import()` of the build (see vite.config.ts): the styles of
 * a screen come at the same time as its modules instead of before them, and nothing is done for browsers that we do not
 * serve. Fails with the event `vite:preloadError`, as Vite's own does.
 */

const styles = new Map();

function fetchStyle(href) {
  let coming = styles.get(href);
  if (!coming) {
    coming = new Promise((resolve, reject) => {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = href;
      link.onload = resolve;
      link.onerror = () => {
        link.remove();
        styles.delete(href);
        reject(new Error(href));
      };
      document.head.append(link);
    });
    styles.set(href, coming);
  }
  return coming;
}

export async function __vitePreload(load, names = []) {
  try {
    const [module] = await Promise.all([load(), ...names.map((name) => fetchStyle(`/${name}`))]);
    return module;
  } catch (error) {
    if (dispatchEvent(new Event('vite:preloadError', { cancelable: true }))) throw error;
  }
}
