import { render } from 'preact';
import en from '../messages/en.json';
import nl from '../messages/nl.json';
import type { Screen } from '../src/app';
import { AppFrame } from '../src/components/app-frame';
import { setMessages } from '../src/lib/i18n';
import { place } from '../src/lib/navigate';
import { me, online, signedOut } from '../src/lib/session';
import '../src/styles/app.css';
import { Overview } from './overview';
import { ListScene, PlanScene, RateScene, ReportScene, SheetScene, StatesScene } from './scenes';

/** `?scene=…&lang=en&theme=dark`; without a scene all parts on one page. */
const asked = new URLSearchParams(location.search);
const theme = asked.get('theme');
if (theme) document.documentElement.dataset.theme = theme;
setMessages(asked.get('lang') === 'en' ? 'en' : 'nl', asked.get('lang') === 'en' ? en : nl);

const SCENES = {
  parts: Overview,
  rate: RateScene,
  sheet: SheetScene,
  report: ReportScene,
  plan: PlanScene,
  list: ListScene,
  states: StatesScene,
};

me.value = {
  id: '1',
  name: 'Femke de Graaf',
  given_name: 'Femke',
  initials: 'FG',
  school: { id: '1', name: 'Het Rijnland', slug: 'rijnland' },
  roles: ['teacher', 'mentor', 'organiser'],
  language: 'nl',
  theme: 'auto',
  navigation: ['rounds', 'students', 'organise', 'notices', 'more'],
  vapid_public_key: null,
  unread_notices: 2,
  mode: 'demo',
  device: 'own',
};

function Gallery() {
  const { query } = place.value;
  const name = (query.scene ?? 'parts') as keyof typeof SCENES;
  const Scene = SCENES[name] ?? Overview;
  online.value = name !== 'states';
  signedOut.value = query.signedOut !== undefined;
  const focus = name === 'rate' || name === 'plan' || name === 'sheet';
  const screenAt = (): Screen => ({
    path: '/',
    load: () => import('./scenes').then(() => ({ default: () => null })),
    navKey: focus ? 'rounds' : 'students',
    title: 'nav.students',
    focus,
  });
  return (
    <AppFrame screenAt={screenAt}>
      <Scene />
    </AppFrame>
  );
}

const root = document.getElementById('app');
if (root) render(<Gallery />, root);
