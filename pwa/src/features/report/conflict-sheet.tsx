import { useState } from 'preact/hooks';
import { Button, Sheet } from '../../components';
import { t } from '../../lib/i18n';
import './report.css';

/** One text that says something else here than at the server. */
export interface ConflictPart {
  key: string;
  label: string;
  mine: string;
  theirs: string;
}

const CHOICES = ['mine', 'theirs', 'both'] as const;
type Choice = (typeof CHOICES)[number];

/** The text that a choice leads to; *both* puts the other text first. */
export function chosenText(part: ConflictPart, choice: Choice): string {
  if (choice === 'both') return [part.theirs.trim(), part.mine.trim()].filter(Boolean).join('\n\n');
  return part[choice];
}

/** Shows both texts and lets the writer choose; nothing is lost before that. */
export function ConflictSheet({
  parts,
  onChoose,
}: {
  parts: readonly ConflictPart[];
  onChoose: (chosen: Record<string, string>) => void;
}) {
  const [open, setOpen] = useState(true);
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const differing = parts.filter((part) => part.mine !== part.theirs);

  if (!open) {
    return (
      <Button small icon="alert" onClick={() => setOpen(true)}>
        {t('report.conflict.compare')}
      </Button>
    );
  }
  return (
    <Sheet
      open
      onClose={() => setOpen(false)}
      title={t('report.conflict.title')}
      subtitle={t('report.conflict.why')}
      footer={
        <Button
          kind="primary"
          wide
          onClick={() =>
            onChoose(Object.fromEntries(parts.map((part) => [part.key, chosenText(part, choices[part.key] ?? 'mine')])))
          }
        >
          {t('report.conflict.keep')}
        </Button>
      }
    >
      <div class="stack loose">
        {differing.map((part) => (
          <fieldset key={part.key} class="conflict stack tight">
            <legend class="label">{part.label}</legend>
            {CHOICES.map((choice) => (
              <label key={choice} class="conflict-choice">
                <input
                  type="radio"
                  name={`conflict-${part.key}`}
                  checked={(choices[part.key] ?? 'mine') === choice}
                  onChange={() => setChoices({ ...choices, [part.key]: choice })}
                />
                <span>
                  <span class="label">{t(`report.conflict.${choice}`)}</span>
                  {choice !== 'both' && <span class="prose">{part[choice].trim() || t('report.conflict.empty')}</span>}
                </span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </Sheet>
  );
}
