import { useLayoutEffect, useRef } from 'preact/hooks';
import { ErrorState, SkeletonList } from '../../components';
import { NotFound } from '../../components/app-frame';
import { announceScreen } from '../../lib/announce';
import { ConnectionLost } from '../../lib/api';
import { lazily } from '../../lib/lazily';
import { useTexts } from './texts';
import './admin.css';

interface PartProps {
  id?: string;
  query: Readonly<Record<string, string>>;
}

const START = lazily<PartProps>(() => import('./start'));
const PARTS: Record<string, ReturnType<typeof lazily<PartProps>>> = {
  people: lazily<PartProps>(() => import('./people')),
  groups: lazily<PartProps>(() => import('./groups')),
  subjects: lazily<PartProps>(() => import('./subjects')),
  settings: lazily<PartProps>(() => import('./settings')),
  audit: lazily<PartProps>(() => import('./audit')),
  roster: lazily<PartProps>(() => import('./roster')),
  'sign-in': lazily<PartProps>(() => import('./sign-in')),
  access: lazily<PartProps>(() => import('./access')),
  notices: lazily<PartProps>(() => import('./notices')),
  calendar: lazily<PartProps>(() => import('./calendar')),
  deliveries: lazily<PartProps>(() => import('./deliveries')),
  retention: lazily<PartProps>(() => import('./retention')),
};
const ONE: typeof PARTS = {
  people: lazily<PartProps>(() => import('./person')),
  groups: lazily<PartProps>(() => import('./group')),
};

/** The admin's pages share one row of addresses: what is behind them is fetched when it is opened. */
export default function AdminPage({ part, id, query }: { part?: string; id?: string; query: PartProps['query'] }) {
  const here = useTexts();
  const at = `${part}/${id}`;
  const before = useRef(at);
  useLayoutEffect(() => {
    // From one person to another the screen is the same, and yet another page.
    if (before.current !== at) announceScreen('nav.admin');
    before.current = at;
  }, [at]);
  if (typeof here === 'function') return <ErrorState error={new ConnectionLost()} onRetry={here} />;
  const Part = part === undefined ? START : (id === undefined ? PARTS : ONE)[part];
  if (!Part) return <NotFound />;
  if (!here) return <SkeletonList rows={6} />;
  return <Part key={at} {...(id === undefined ? {} : { id })} query={query} />;
}
