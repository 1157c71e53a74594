import type { ComponentType } from 'preact';
import type { ScreenProps } from '../../lib/screen';
import PasskeysPage from './passkeys-page';
import SecondFactorPage from './second-factor-page';
import SessionsPage from './sessions-page';

const PAGES: Record<string, ComponentType<ScreenProps>> = {
  '/passkeys': PasskeysPage,
  '/second-factor': SecondFactorPage,
  '/more/sessions': SessionsPage,
};

/** How one gets in: fetched together, as each of them is visited a few times a year. */
export default function AccountPage(props: ScreenProps) {
  const Page = PAGES[props.path.replace(/\/+$/, '')];
  return Page ? <Page {...props} /> : null;
}
