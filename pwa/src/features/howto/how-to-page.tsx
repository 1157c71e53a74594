import {
  FOUR,
  Icon,
  PageHeader,
  type Stoplight,
  StoplightLabel,
  StoplightSymbol,
  stoplightName,
} from '../../components';
import { t } from '../../lib/i18n';
import './howto.css';

const SWIPES = [
  ['right', 'on_track'],
  ['up', 'excellent'],
  ['left', 'attention'],
  ['down', 'warning'],
] as const;
const PAIRS = ['inform', 'ahead', 'deed'] as const;

/** What the stoplights mean and how to write with them; in our own words. */
export default function HowToPage() {
  return (
    <section class="page howto">
      <PageHeader title={t('howto.title')} back="/rounds" backLabel={t('rate.back')} />
      <p class="howto-intro">{t('howto.intro')}</p>

      <section class="stack" aria-labelledby="howto-lights">
        <h2 class="heading" id="howto-lights">
          {t('howto.lights')}
        </h2>
        <ul class="howto-lights">
          {FOUR.map((light) => (
            <Light key={light} light={light} />
          ))}
        </ul>
        <p class="howto-text">{t('howto.whole')}</p>
        <ul class="howto-lights howto-apart">
          <Light light="no_picture" />
        </ul>
      </section>

      <section class="stack" aria-labelledby="howto-writing">
        <h2 class="heading" id="howto-writing">
          {t('howto.writing')}
        </h2>
        <div class="howto-two">
          <div class="stack tight">
            <h3 class="label">{t('howto.remark')}</h3>
            <p>{t('howto.remark_text')}</p>
            <Starts of={[t('rate.start.remark_1'), t('rate.start.remark_2')]} />
          </div>
          <div class="stack tight">
            <h3 class="label">{t('howto.action')}</h3>
            <p>{t('howto.action_text')}</p>
            <Starts of={[t('rate.start.action_1'), t('rate.start.action_2')]} />
          </div>
        </div>
      </section>

      <section class="stack" aria-labelledby="howto-grow">
        <h2 class="heading" id="howto-grow">
          {t('howto.grow')}
        </h2>
        <p class="howto-text">{t('howto.grow_text')}</p>
        <ol class="howto-pairs">
          {PAIRS.map((name) => (
            <li key={name} class="stack tight">
              <h3 class="label">{t(`howto.${name}`)}</h3>
              <p class="howto-not">
                <span class="small">{t('howto.not')}</span>
                {t(`howto.${name}_not`)}
              </p>
              <p class="howto-so">
                <span class="small">{t('howto.so')}</span>
                {t(`howto.${name}_so`)}
              </p>
            </li>
          ))}
        </ol>
        <div class="hint">
          <p class="label">{t('howto.short')}</p>
          <p>{t('howto.short_text')}</p>
        </div>
      </section>

      <section class="stack" aria-labelledby="howto-keys">
        <h2 class="heading" id="howto-keys">
          {t('howto.keys')}
        </h2>
        <p class="howto-text">{t('howto.keys_text')}</p>
        <ul class="howto-swipes">
          {SWIPES.map(([way, light]) => (
            <li key={way}>
              <span class={`howto-arrow howto-${way}`}>
                <Icon name="forward" size={18} />
              </span>
              <span>{t(`howto.swipe.${way}`)}</span>
              <StoplightLabel light={light} size={20} />
              <kbd class="numeric">{FOUR.indexOf(light) + 1}</kbd>
            </li>
          ))}
        </ul>
      </section>
    </section>
  );
}

function Light({ light }: { light: Stoplight }) {
  return (
    <li>
      <span class={`howto-symbol tint-${light}`}>
        <StoplightSymbol light={light} size={30} />
      </span>
      <div>
        <h3 class={`label ink-${light}`}>{stoplightName(light)}</h3>
        <p>{t(`howto.${light}`)}</p>
      </div>
    </li>
  );
}

/** How such a text may begin. */
function Starts({ of }: { of: readonly string[] }) {
  return (
    <p class="howto-starts small">
      {of.map((start) => (
        <span key={start} class="chip chip-fact">
          {start}…
        </span>
      ))}
    </p>
  );
}
