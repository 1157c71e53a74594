import { render } from 'preact';
import { App, screenAt } from './app';
import { Navigation } from './components/app-frame';
import { fetchScreen } from './components/screens';
import { watchAddress } from './lib/navigate';
import { start, startLater } from './lib/start';
import { isWide } from './lib/wide';

const root = document.getElementById('app') as HTMLElement;

// While it is asked who is here, the screen of this address comes in already.
const screen = screenAt(location.pathname);
if (screen) fetchScreen(screen).catch(() => undefined);
// So does what stands beside it.
const beside = screen?.focus && !isWide() ? undefined : Navigation.fetch();

void Promise.all([start(), beside]).then(() => {
  root.replaceChildren();
  watchAddress();
  render(<App />, root);
  startLater();
});
