import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/acts.css';
import './styles/stoplights.css';
import './styles/fields.css';
import './styles/overlays.css';
import './styles/states.css';
import './styles/things.css';

import { render } from 'preact';
import { App, screenAt } from './app';
import { fetchScreen } from './components/screens';
import { start, startLater } from './lib/start';

const root = document.getElementById('app');
if (!root) throw new Error('The shell has no #app');

// While it is asked who is here, the screen of this address comes in already.
const screen = screenAt(location.pathname);
if (screen) fetchScreen(screen).catch(() => undefined);

void start().then(() => {
  root.replaceChildren();
  render(<App />, root);
  startLater();
});
