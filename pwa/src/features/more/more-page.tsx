import {
  Avatar,
  errorText,
  InstallHint,
  List,
  ListRow,
  PageHeader,
  Segmented,
  Switch,
  toast,
  WeekHint,
} from '../../components';
import { api } from '../../lib/api';
import { LANGUAGES, type Language, language, loadLanguage, t } from '../../lib/i18n';
import { type Me, me } from '../../lib/session';
import { setTheme, type Theme, theme } from '../../lib/theme';
import { keysOn, setKeys } from '../rate/keys-setting';
import { SignOut } from './sign-out';

const LANGUAGE_NAMES: Record<Language, string> = { nl: 'Nederlands', en: 'English' };

/** Everything about oneself and this device. */
export default function MorePage() {
  const person = me.value;
  if (!person) return <PageHeader title={t('nav.more')} />;
  return (
    <section class="page">
      <PageHeader title={t('nav.more')} />
      <div class="stack loose">
        <div class="row">
          <Avatar initials={person.initials} />
          <div>
            <p class="label">{person.name}</p>
            <p class="small soft">{person.school.name}</p>
          </div>
        </div>
        <Look person={person} />
        <WeekHint />
        <InstallHint />
        {person.navigation.includes('rounds') && (
          <Switch label={t('more.keys')} help={t('more.keys_help')} checked={keysOn.value} onChange={setKeys} />
        )}
        <List>
          {person.navigation.includes('notices') && (
            <>
              <ListRow
                href="/notices"
                title={t('nav.notices')}
                text={person.unread_notices > 0 ? t('nav.unread', { n: person.unread_notices }) : t('more.notices')}
              />
              <ListRow href="/notices/settings" title={t('inbox.settings')} text={t('more.notice_settings')} />
            </>
          )}
          <ListRow href="/how-to" title={t('title.how_to')} text={t('more.how_to')} />
          <ListRow href="/more/sessions" title={t('signin.sessions')} text={t('signin.sessions_why')} />
          <ListRow href="/passkeys" title={t('title.passkeys')} text={t('more.passkeys')} />
          {person.roles.includes('student') && (
            <ListRow href="/api/v1/me/data" title={t('more.data')} text={t('more.data_why')} />
          )}
          {person.mode === 'demo' && <ListRow href="/demo/mail" title={t('more.mails')} text={t('more.mails_why')} />}
        </List>
        <SignOut person={person} />
      </div>
    </section>
  );
}

/** Language and theme: at once on this device, and on the person's other devices at their next start. */
function Look({ person }: { person: Me }) {
  const keep = async (change: { language?: Language; theme?: Theme }) => {
    try {
      me.value = await api.patch<Me>('/me', change);
    } catch (error) {
      toast(errorText(error));
    }
  };
  const offered = LANGUAGES.filter((one) => one === language.value || (person.school.languages?.includes(one) ?? true));
  return (
    <section class="stack" aria-label={t('more.look')}>
      <div class="stack tight">
        <p class="label">{t('more.language')}</p>
        <Segmented
          label={t('more.language')}
          value={language.value}
          options={offered.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={async (value) => {
            await loadLanguage(value);
            await keep({ language: value });
          }}
        />
      </div>
      <div class="stack tight">
        <p class="label">{t('more.theme')}</p>
        <Segmented<Theme>
          label={t('more.theme')}
          value={theme.value}
          options={[
            { value: 'auto', label: t('more.theme.auto'), icon: 'device' },
            { value: 'light', label: t('more.theme.light'), icon: 'sun' },
            { value: 'dark', label: t('more.theme.dark'), icon: 'moon' },
          ]}
          onChange={async (value) => {
            setTheme(value);
            if (value !== person.theme) await keep({ theme: value });
          }}
        />
      </div>
    </section>
  );
}
