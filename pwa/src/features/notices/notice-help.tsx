import { Icon, PageHeader } from '../../components';
import { type MessageKey, t } from '../../lib/i18n';
import { pushState } from '../../lib/push';
import { DEVICES, type Device, thisDevice } from './push-device';
import { PushPart } from './push-part';

/** What one does, step by step. */
const ON: Record<Device, readonly MessageKey[]> = {
  ios: ['push_help.ios.1', 'push_help.ios.2', 'push_help.ios.3', 'push_help.ios.4', 'push_help.ios.5'],
  android: ['push_help.android.1', 'push_help.android.2', 'push_help.android.3'],
  computer: ['push_help.computer.1', 'push_help.computer.2', 'push_help.computer.3'],
};
/** Where a browser that was told no is asked again. */
const UNBLOCK: Record<Device, readonly MessageKey[]> = {
  ios: ['push_help.blocked.ios.1', 'push_help.blocked.ios.2', 'push_help.blocked.again'],
  android: ['push_help.blocked.android.1', 'push_help.blocked.android.2', 'push_help.blocked.again'],
  computer: ['push_help.blocked.computer.1', 'push_help.blocked.computer.2', 'push_help.blocked.again'],
};
const SILENT = ['push_help.silent.1', 'push_help.silent.2', 'push_help.silent.3', 'push_help.silent.4'] as const;

/** How notices are switched on, per device; what fits the one in one's hands is open already. */
export function NoticeHelp() {
  const here = thisDevice();
  const blocked = pushState.value === 'blocked';
  return (
    <section class="page">
      <PageHeader title={t('push_help.title')} back="/notices/settings" backLabel={t('inbox.settings')} />
      <div class="stack loose">
        <PushPart />
        <section class="stack tight" aria-labelledby="help-on">
          <h2 class="heading" id="help-on">
            {t('push_help.on')}
          </h2>
          {DEVICES.map((device) => (
            <Answer
              key={device}
              title={t(`push_help.${device}`)}
              steps={ON[device]}
              open={device === here && !blocked}
            />
          ))}
        </section>
        <section class="stack tight" aria-labelledby="help-blocked">
          <h2 class="heading" id="help-blocked">
            {t('push_help.blocked')}
          </h2>
          <p class="small soft">{t('push_help.blocked_why')}</p>
          {DEVICES.map((device) => (
            <Answer
              key={`${device}${blocked}`}
              title={t(`push_help.${device}`)}
              steps={UNBLOCK[device]}
              open={device === here && blocked}
            />
          ))}
        </section>
        <section class="stack tight" aria-labelledby="help-silent">
          <h2 class="heading" id="help-silent">
            {t('push_help.silent')}
          </h2>
          <ul class="notice-points">
            {SILENT.map((key) => (
              <li key={key}>{t(key)}</li>
            ))}
          </ul>
        </section>
      </div>
    </section>
  );
}

function Answer({ title, steps, open }: { title: string; steps: readonly MessageKey[]; open: boolean }) {
  return (
    <details class="notice-answer" open={open}>
      <summary>
        {title}
        <Icon name="down" size={18} />
      </summary>
      <ol class="notice-steps">
        {steps.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ol>
    </details>
  );
}
