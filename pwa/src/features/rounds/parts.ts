import { fetchIcons } from '../../components/icon';

/** What is opened while rating, also without a network; the service worker keeps the files, here they come to life. */
export const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import('../rate/rate-page'),
  () => import('../rate/later-parts'),
  () => import('../rate/list-view'),
  () => import('../rate/table-view'),
  () => import('../rate/read-only'),
  () => import('./rounds-page'),
  () => import('./attention'),
  () => import('../howto/how-to-page'),
  () => import('../more/more-page'),
  () => import('../../components/frame-parts'),
  () => import('../../components/menu-items'),
  () => import('../../components/question-dialog'),
  () => import('../../lib/leave'),
  () => import('../../lib/my-sender'),
  fetchIcons,
];
