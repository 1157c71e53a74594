// For a page that comes from the copy on the device: what the server would have known, before the first paint.
(() => {
  const chosen = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie);
  if (chosen) document.documentElement.dataset.theme = chosen[1];

  // A page that comes back as it stood, before it is known whose it is, starts anew. Later device.ts looks whose it is.
  window.onpagehide = () => {
    document.documentElement.style.visibility = 'hidden';
  };
  window.onpageshow = ({ persisted }) => {
    if (persisted) location.reload();
  };

  // What this address's screen needs comes in beside the app, not after it.
  const screens = JSON.parse(document.currentScript?.dataset.screens ?? '[]');
  const [, files = []] = screens.find(([path]) => new RegExp(`^${path}$`).test(location.pathname)) ?? [];
  for (const href of files) {
    const link = document.createElement('link');
    if (href.endsWith('.js')) link.rel = 'modulepreload';
    else Object.assign(link, { rel: 'preload', as: 'style' });
    link.href = href;
    document.head.append(link);
  }
})();
