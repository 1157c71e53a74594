import { type MessageKey, t } from '../lib/i18n';
import { me, type NavKey, navigation, otherPerson, signedOut, signInAddress } from '../lib/session';
import { applyUpdate, waitingVersion } from '../lib/update';
import { Avatar } from './avatar';
import { Banner } from './banner';
import { Brand } from './brand';
import { Button } from './button';
import { Icon, type IconName } from './icon';

export { Questions } from './confirm';
export { NotFound } from './not-found';
export { Toasts } from './toast';

const ICONS: Record<NavKey, IconName> = {
  rounds: 'rounds',
  students: 'people',
  reports: 'report',
  organise: 'calendar',
  admin: 'settings',
  notices: 'bell',
  more: 'more',
};
/** A thumb finds five places on 360 px; what does not fit is one tap further, under *Meer*. */
const PLACES_ON_PHONE = 5;
/** More unread notices are not counted out. */
const MOST = 9;

/** The same report is reached from different places: by a mentor, by a student, by a teacher. */
const NEAREST: Record<NavKey, readonly NavKey[]> = {
  rounds: ['rounds'],
  students: ['students', 'reports', 'rounds'],
  reports: ['reports'],
  organise: ['organise', 'students'],
  admin: ['admin'],
  notices: ['notices'],
  more: ['more'],
};

interface NavItemProps {
  name: NavKey;
  current: boolean;
  /** Only where there is room for all. */
  beside: boolean;
  /** How many notices are unread behind it. */
  unread: number;
}

function NavItem({ name, current, beside, unread }: NavItemProps) {
  const where = name === 'more' ? 'nav-phone-only' : '';
  return (
    <li class={beside ? 'nav-wide-only' : undefined}>
      <a href={`/${name}`} aria-current={current ? 'page' : undefined}>
        <span class="nav-icon">
          <Icon name={ICONS[name]} size={24} />
          {unread > 0 && (
            <span class={`nav-count ${where}`} aria-hidden="true">
              {unread > MOST ? `${MOST}+` : unread}
            </span>
          )}
        </span>
        <span class="nav-label">{t(`nav.${name}` satisfies MessageKey)}</span>
        {unread > 0 && <span class={`visually-hidden ${where}`}>{t('nav.unread', { n: unread })}</span>}
      </a>
    </li>
  );
}

/** The places of this person; `at` is the one that this screen belongs to. */
export function Navigation({ at }: { at: NavKey | undefined }) {
  const keys = navigation.value;
  const here = at && NEAREST[at].find((key) => keys.includes(key));
  const spare = keys.length - PLACES_ON_PHONE;
  const beside = (key: NavKey) => spare > 0 && key === 'notices';
  const person = me.value;
  const unread = (key: NavKey) =>
    key === 'notices' || (key === 'more' && keys.some(beside)) ? (person?.unread_notices ?? 0) : 0;
  return (
    <nav class="nav" aria-label={t('nav.label')}>
      <div class="nav-brand">
        <Brand />
        {person && (
          <span class="nav-school small soft">
            {person.school.logo && <img src={person.school.logo} alt="" />}
            {person.school.name}
          </span>
        )}
      </div>
      <ul>
        {keys.map((key) => (
          <NavItem key={key} name={key} current={key === here} beside={beside(key)} unread={unread(key)} />
        ))}
      </ul>
      {person && (
        <div class="nav-person">
          <Avatar initials={person.initials} size="small" />
          <span class="small">{person.name}</span>
        </div>
      )}
    </nav>
  );
}

/** News about the whole app that waits for an act. */
export function News() {
  return (
    <>
      {signedOut.value && (
        <Banner
          kind="attention"
          icon="lock"
          act={
            <Button small href={signInAddress()}>
              {t('session.sign_in')}
            </Button>
          }
        >
          {t('session.over')}
        </Banner>
      )}
      {otherPerson.value && (
        <Banner
          kind="attention"
          icon="people"
          act={
            <div class="row">
              <Button small href={signInAddress()}>
                {t('session.sign_in')}
              </Button>
              <Button small kind="ghost" onClick={() => location.assign('/')}>
                {t('session.go_on')}
              </Button>
            </div>
          }
        >
          {t('session.other')}
        </Banner>
      )}
      {waitingVersion.value && (
        <Banner
          icon="info"
          act={
            <Button small onClick={applyUpdate}>
              {t('update.apply')}
            </Button>
          }
        >
          {t('update.ready')}
        </Banner>
      )}
    </>
  );
}
