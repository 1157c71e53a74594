import type { ComponentType } from 'preact';
import { AppFrame } from './components/app-frame';
import { Screens } from './components/screens';
import type { MessageKey } from './lib/i18n';
import { lazily } from './lib/lazily';
import { me, type NavKey } from './lib/session';

export interface Screen {
  path: string;
  load: () => Promise<{ default: ComponentType<never> }>;
  /** The place in the navigation that is lit while this screen is shown. */
  navKey: NavKey;
  title: MessageKey;
  /** One thing at a time: on a phone the navigation makes room. */
  focus?: boolean;
}

const admin = () => import('./features/admin/admin-page');
const account = () => import('./features/more/account-page');
const notices = () => import('./features/notices/notices-page');

/** Every screen of the app; each is fetched when it is first shown. More precise addresses stand first. */
export const SCREENS: readonly Screen[] = [
  { path: '/rounds', load: () => import('./features/rounds/rounds-page'), navKey: 'rounds', title: 'nav.rounds' },
  {
    path: '/rounds/:round/groups/:group',
    load: () => import('./features/rate/rate-page'),
    navKey: 'rounds',
    title: 'title.rate',
    focus: true,
  },
  {
    path: '/rounds/:round/students/:student',
    load: () => import('./features/report/report-page'),
    navKey: 'students',
    title: 'title.report',
  },
  {
    path: '/rounds/:round/plan',
    load: () => import('./features/plan/plan-page'),
    navKey: 'reports',
    title: 'title.plan',
    focus: true,
  },
  { path: '/how-to', load: () => import('./features/howto/how-to-page'), navKey: 'rounds', title: 'title.how_to' },
  {
    path: '/students',
    load: () => import('./features/students/students-page'),
    navKey: 'students',
    title: 'nav.students',
  },
  {
    path: '/students/:student',
    load: () => import('./features/students/earlier-reports-page'),
    navKey: 'students',
    title: 'title.earlier_reports',
  },
  {
    path: '/reports',
    load: () => import('./features/report/my-reports-page'),
    navKey: 'reports',
    title: 'nav.reports',
  },
  {
    path: '/organise',
    load: () => import('./features/organise/rounds-page'),
    navKey: 'organise',
    title: 'nav.organise',
  },
  {
    path: '/organise/new',
    load: () => import('./features/organise/new-round-page'),
    navKey: 'organise',
    title: 'title.new_round',
    focus: true,
  },
  {
    path: '/organise/:round',
    load: () => import('./features/organise/round-page'),
    navKey: 'organise',
    title: 'title.round',
  },
  {
    path: '/organise/:round/edit',
    load: () => import('./features/organise/edit-round-page'),
    navKey: 'organise',
    title: 'title.edit_round',
    focus: true,
  },
  { path: '/admin', load: admin, navKey: 'admin', title: 'nav.admin' },
  { path: '/admin/:part', load: admin, navKey: 'admin', title: 'nav.admin' },
  { path: '/admin/:part/:id', load: admin, navKey: 'admin', title: 'nav.admin' },
  { path: '/notices', load: notices, navKey: 'notices', title: 'nav.notices' },
  { path: '/notices/:part', load: notices, navKey: 'notices', title: 'nav.notices' },
  {
    path: '/more/sessions',
    load: account,
    navKey: 'more',
    title: 'signin.sessions',
  },
  { path: '/more', load: () => import('./features/more/more-page'), navKey: 'more', title: 'nav.more' },
  {
    path: '/passkeys',
    load: account,
    navKey: 'more',
    title: 'title.passkeys',
  },
  {
    path: '/second-factor',
    load: account,
    navKey: 'more',
    title: 'second_factor.title',
  },
];

/** The screen that answers to an address, if any; `/organise/new` is not a round called "new". */
export function screenAt(path: string): Screen | undefined {
  const parts = path.replace(/\/+$/, '').split('/');
  return SCREENS.find((screen) => {
    const pattern = screen.path.split('/');
    return (
      pattern.length === parts.length &&
      pattern.every((part, i) => (part.startsWith(':') ? parts[i] : part === parts[i]))
    );
  });
}

const Nobody = lazily(() => import('./features/more/nobody'));

export function App() {
  if (!me.value) return <Nobody />;
  return (
    <AppFrame screenAt={screenAt}>
      <Screens screenAt={screenAt} />
    </AppFrame>
  );
}
