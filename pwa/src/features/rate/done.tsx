import { Button, DoneState, FOUR, type Stoplight, StoplightSymbol, stoplightName } from '../../components';
import { t } from '../../lib/i18n';
import type { Rating } from './rating';

const ALL: readonly Stoplight[] = [...FOUR, 'no_picture'];

/** After the last student: a moment of quiet joy, or what is still asked for. */
export default function Done({ rating }: { rating: Rating }) {
  const rows = rating.asked.value;
  const open = rows.filter((row) => !row.complete);
  const counts = ALL.map((light) => [light, rows.filter((row) => row.content.stoplight === light).length] as const);
  const first = open[0];
  const list = () => {
    rating.view.value = 'list';
  };
  return (
    <div class="rate-done">
      <DoneState
        title={first ? t('rate.almost') : t('rate.done')}
        text={first ? t('rate.almost_text', { n: open.length }) : t('rate.done_text', { n: rows.length })}
      >
        <ul class="rate-tally" aria-label={t('rate.tally')}>
          {counts
            .filter(([, n]) => n > 0)
            .map(([light, n]) => (
              <li key={light} class={`ink-${light}`}>
                <StoplightSymbol light={light} size={26} />
                <span class="numeric">{n}</span>
                <span class="visually-hidden">{stoplightName(light)}</span>
              </li>
            ))}
        </ul>
        {first ? (
          <Button kind="primary" onClick={() => rating.open(first.student.id, 'next')}>
            {t('rate.almost_act', { name: first.student.name })}
          </Button>
        ) : (
          <Button kind="primary" href="/rounds">
            {t('rate.done_act')}
          </Button>
        )}
        <div class="row rate-done-acts">
          <Button kind="ghost" icon="undo" disabled={!rating.canUndo} onClick={() => rating.undo()}>
            {t('rate.undo')}
          </Button>
          <Button kind="ghost" icon="list" onClick={list}>
            {t('rate.done_list')}
          </Button>
        </div>
      </DoneState>
    </div>
  );
}
