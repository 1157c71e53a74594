import { useState } from 'preact/hooks';
import { Chip, Field } from '../../components';
import { ApiProblem } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useAsked } from './asked';
import { Choice } from './choice';
import type { MailPreview, RoundBody } from './types';

const MAILINGS = ['opened', 'reminder', 'closed'] as const;
const LONGEST = 600;

type Words = NonNullable<RoundBody['words']>;

/** The fixed words alone. */
export const NO_WORDS: Words = { opened: '', reminder: '', closed: '' };

interface WordsProps {
  words: Words;
  error: (pointer: string) => string | undefined;
  onChange: (words: Words) => void;
}

/** The organiser's own words in the round's mails, with the mail as it will be read. */
export function WordsPart({ words, error, onChange }: WordsProps) {
  const [at, setAt] = useState<(typeof MAILINGS)[number]>(
    () => MAILINGS.find((mailing) => error(`/words/${mailing}`)) ?? 'opened',
  );
  const { data: mails, error: wrong } = useAsked<MailPreview[]>('/rounds/mails', { words });
  const mail = mails?.find((one) => one.mailing === at);
  return (
    <>
      <p class="small soft">{t('organise.words.help')}</p>
      <Choice label={t('organise.words.which')}>
        {MAILINGS.map((mailing) => (
          <Chip key={mailing} pressed={mailing === at} onClick={() => setAt(mailing)}>
            {t(`organise.words.${mailing}`)}
          </Chip>
        ))}
      </Choice>
      <Field
        key={at}
        label={t('organise.words.own')}
        hint={t(`organise.words.to_${at}`)}
        help={t('organise.words.no_names')}
        multiline
        max={LONGEST}
        value={words[at]}
        error={error(`/words/${at}`) ?? (wrong instanceof ApiProblem ? wrong.at(`/words/${at}`) : undefined)}
        onInput={(said) => onChange({ ...words, [at]: said })}
      />
      {mail && <Mail mail={mail} />}
    </>
  );
}

function Mail({ mail }: { mail: MailPreview }) {
  return (
    <section class="stack tight" aria-labelledby="mail-preview">
      <h3 class="label" id="mail-preview">
        {t('organise.words.preview')}
      </h3>
      <article class="card organise-mail">
        <p class="small soft">{t('organise.words.subject', { subject: mail.subject })}</p>
        <p class="heading">{mail.title}</p>
        <p>{mail.text}</p>
        {mail.own.trim() !== '' && (
          <div>
            <p class="small soft">{t('organise.words.adds')}</p>
            <p class="organise-own">{mail.own.trim()}</p>
          </div>
        )}
        <p class="organise-mail-button">{mail.button}</p>
        <p class="small soft">{mail.footer}</p>
      </article>
    </section>
  );
}
