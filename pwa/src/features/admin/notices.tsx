import { Loaded, PageHeader, SkeletonList, Switch } from '../../components';
import { api } from '../../lib/api';
import { type Choose, chosen, type NoticeChoices, NoticeKinds } from '../notices/notice-kinds';
import { act, useSchool } from './data';
import { ta } from './texts';

/** Which notices the school sends at all, and when devices stay silent. */
export default function NoticesPart() {
  const choices = useSchool<NoticeChoices>('/notice-switches');
  const change: Choose = async (kind, channel, on) => {
    if (choices.data) choices.set(chosen(choices.data, kind, channel, on));
    if (await act(() => api.put('/school/notice-switches', { kind, channel, on }))) choices.reload();
  };
  const setQuiet = async (on: boolean) => {
    await act(() => api.put('/school/quiet-hours', { on }));
    choices.reload();
  };
  return (
    <section class="page">
      <PageHeader title={ta('admin.notices')} subtitle={ta('admin.notices.subtitle')} back="/admin" />
      <Loaded from={choices} skeleton={<SkeletonList rows={8} />}>
        {({ kinds, calm }) => (
          <div class="stack loose">
            <section class="stack tight" aria-labelledby="notices-quiet">
              <h2 class="heading" id="notices-quiet">
                {ta('admin.notices.quiet')}
              </h2>
              <Switch
                key={String(calm === null)}
                label={ta('admin.notices.quiet_on')}
                help={ta('admin.notices.quiet_help')}
                checked={calm !== null}
                onChange={setQuiet}
              />
              <p>
                <a href="/admin/calendar">{ta('admin.notices.to_calendar')}</a>
              </p>
            </section>
            <section class="stack" aria-labelledby="notices-kinds">
              <div>
                <h2 class="heading" id="notices-kinds">
                  {ta('admin.notices.kinds')}
                </h2>
                <p class="small soft">{ta('admin.notices.kinds_help')}</p>
              </div>
              <NoticeKinds kinds={kinds} onChange={change} />
            </section>
          </div>
        )}
      </Loaded>
    </section>
  );
}
