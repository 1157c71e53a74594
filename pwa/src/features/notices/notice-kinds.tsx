import { Switch } from '../../components';
import type { components } from '../../lib/api.gen';
import { t } from '../../lib/i18n';
import './notices.css';

export const CHANNELS = ['push', 'mail'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Which notices come, and how: of one person, or of the whole school. Null where a kind has no such channel. */
export type NoticeChoices = components['schemas']['NoticeChoices'];
type NoticeKind = NoticeChoices['kinds'][number];

export type Choose = (kind: string, channel: Channel, on: boolean) => void;

/** The same choices with one of them changed, to be shown while the server hears of it. */
export function chosen(choices: NoticeChoices, kind: string, channel: Channel, on: boolean): NoticeChoices {
  const kinds = choices.kinds.map((one) =>
    one.kind === kind ? { ...one, channels: { ...one.channels, [channel]: on } } : one,
  );
  return { ...choices, kinds };
}

/** Every kind with a switch for each of its channels. In the app all of them stand always. */
export function NoticeKinds({ kinds, onChange }: { kinds: readonly NoticeKind[]; onChange: Choose }) {
  return (
    <ul class="notice-kinds">
      {kinds.map(({ kind, label, hint, channels }) => {
        const some = CHANNELS.filter((channel) => channels[channel] !== null);
        return (
          <li key={kind}>
            <fieldset>
              <legend class="label">{label}</legend>
              <p class="small soft">{hint}</p>
              {some.length === 0 && <p class="small">{t('inbox.app_only')}</p>}
              <div class="notice-channels">
                {some.map((channel) => (
                  <Switch
                    key={channel}
                    label={t(`inbox.channel.${channel}`)}
                    checked={channels[channel] ?? false}
                    onChange={(on) => onChange(kind, channel, on)}
                  />
                ))}
              </div>
            </fieldset>
          </li>
        );
      })}
    </ul>
  );
}
