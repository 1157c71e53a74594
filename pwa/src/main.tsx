import { render } from 'preact';
import { App } from './app';
import { start, startLater } from './lib/start';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/components.css';

const root = document.getElementById('app');
if (!root) throw new Error('The shell has no #app');

void start().then(() => {
  root.replaceChildren();
  render(<App />, root);
  startLater();
});
