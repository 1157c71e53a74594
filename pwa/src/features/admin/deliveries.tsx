import { Banner, Button, EmptyState, Icon, Loaded, PageHeader, SelectField, SkeletonList } from '../../components';
import { api } from '../../lib/api';
import { day, moment, time } from '../../lib/dates';
import { replace } from '../../lib/navigate';
import { CHANNELS, type NoticeChoices } from '../notices/notice-kinds';
import { act, useAdmin, useSchool } from './data';
import { type DeliveriesPage, type Delivery, STATES } from './notice-types';
import { type AdminKey, ta } from './texts';

/** Why nothing was sent, or did not arrive, in words; of anything else the code is shown. */
const REASONS: Readonly<Record<string, AdminKey>> = {
  no_subscription: 'admin.deliveries.reason.no_device',
  no_address: 'admin.deliveries.reason.no_address',
  stopped: 'admin.deliveries.reason.stopped',
  smtp_recipient: 'admin.deliveries.reason.stopped',
  unwanted: 'admin.deliveries.reason.unwanted',
  too_late: 'admin.deliveries.reason.too_late',
  not_allowed: 'admin.deliveries.reason.not_allowed',
  over: 'admin.deliveries.reason.over',
};

/** Who got what kind of notice when, and whether it went out. Never what it was about. */
export default function DeliveriesPart({ query }: { query: Readonly<Record<string, string>> }) {
  const { state = '', kind = '', channel = '', after = '' } = query;
  const wanted = (change: Record<string, string> = {}) =>
    new URLSearchParams(
      Object.entries({ state, kind, channel, after, ...change }).filter(([, value]) => value),
    ).toString();
  const found = useAdmin<DeliveriesPage>(`/deliveries?${wanted()}`);
  const kinds = useSchool<NoticeChoices>('/notice-switches').data?.kinds ?? [];
  const show = (change: Record<string, string>) => replace(`/admin/deliveries?${wanted({ after: '', ...change })}`);
  const retry = async (ids: string[] | null) => {
    const failed = await act(() => api.post('/admin/deliveries/retry', { ids }), ta('admin.deliveries.again_done'));
    if (!failed) found.reload();
  };
  return (
    <section class="page">
      <PageHeader title={ta('admin.deliveries')} subtitle={ta('admin.deliveries.subtitle')} back="/admin" />
      <div class="stack">
        <div class="admin-pair">
          <SelectField
            label={ta('admin.deliveries.state')}
            value={state}
            options={[
              { value: '', label: ta('admin.deliveries.all') },
              ...STATES.map((value) => ({ value, label: ta(`admin.deliveries.state.${value}`) })),
            ]}
            onInput={(value) => show({ state: value })}
          />
          <SelectField
            label={ta('admin.deliveries.channel')}
            value={channel}
            options={[
              { value: '', label: ta('admin.deliveries.all') },
              ...CHANNELS.map((value) => ({ value, label: ta(`admin.deliveries.channel.${value}`) })),
            ]}
            onInput={(value) => show({ channel: value })}
          />
          {kinds.length > 0 && (
            <SelectField
              label={ta('admin.deliveries.kind')}
              value={kind}
              options={[
                { value: '', label: ta('admin.deliveries.all') },
                ...kinds.map((one) => ({ value: one.kind, label: one.label })),
              ]}
              onInput={(value) => show({ kind: value })}
            />
          )}
        </div>
        <Loaded from={found} skeleton={<SkeletonList rows={8} />}>
          {(page) => (
            <>
              {page.failed > 0 && (
                <Banner
                  kind="attention"
                  icon="alert"
                  act={
                    <Button small onClick={() => retry(null)}>
                      {ta('admin.deliveries.again_all')}
                    </Button>
                  }
                >
                  {ta('admin.deliveries.failed', { n: page.failed })}
                </Banner>
              )}
              {page.items.length > 0 ? (
                <ol class="admin-log">
                  {page.items.map((item) => (
                    <Line key={item.id} item={item} onRetry={() => retry([item.id])} />
                  ))}
                </ol>
              ) : (
                <EmptyState icon="send" title={ta('admin.deliveries.none')} text={ta('admin.deliveries.none_why')} />
              )}
              {(after || page.after) && (
                <nav class="row spread" aria-label={ta('admin.pages')}>
                  <Button small disabled={!after} onClick={() => show({})}>
                    {ta('admin.deliveries.newest')}
                  </Button>
                  <Button small disabled={!page.after} onClick={() => show({ after: page.after ?? '' })}>
                    {ta('admin.audit.older')}
                  </Button>
                </nav>
              )}
            </>
          )}
        </Loaded>
      </div>
    </section>
  );
}

function Line({ item, onRetry }: { item: Delivery; onRetry: () => Promise<void> }) {
  const reason = REASONS[item.error];
  return (
    <li class="admin-entry stack tight">
      <div>
        <p class="label">
          {item.person ? (
            <a href={`/admin/people/${item.person.id}`}>{item.person.name}</a>
          ) : (
            ta('admin.deliveries.nobody')
          )}
        </p>
        <p>{item.label}</p>
        <p class="small soft numeric">
          <time dateTime={item.made_at}>
            {day(item.made_at)} {time(item.made_at)}
          </time>{' '}
          · {ta(`admin.deliveries.channel.${item.channel}`)}
          {item.tries > 1 && ` · ${ta('admin.deliveries.tries', { n: item.tries })}`}
        </p>
        <p class={item.state === 'failed' ? 'small admin-check ink-warning' : 'small admin-check'}>
          {item.state === 'failed' && <Icon name="alert" size={18} />}
          <span>
            {ta(`admin.deliveries.state.${item.state}`)}
            {item.state === 'sent' && item.sent_at && ` (${time(item.sent_at)})`}
            {item.state === 'waiting' &&
              item.next_try_at &&
              `, ${ta('admin.deliveries.next', { when: moment(item.next_try_at) })}`}
            {item.state !== 'sent' && item.error && `: ${reason ? ta(reason) : item.error}`}
          </span>
        </p>
      </div>
      {item.state === 'failed' && (
        <p>
          <Button small kind="ghost" icon="undo" onClick={onRetry}>
            {ta('admin.deliveries.again')}
          </Button>
        </p>
      )}
    </li>
  );
}
