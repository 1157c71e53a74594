import { useEffect, useState } from 'preact/hooks';
import { Field, SaveState } from '../../components';
import type { Autosave } from '../../lib/autosave';
import { t } from '../../lib/i18n';
import { ConflictSheet } from './conflict-sheet';
import { keyFor, messageAutosave } from './message-autosave';
import { shownState } from './save-state';
import type { Report } from './types';

/** Messages that are being written, so that sharing can wait until the last word is at the server. */
const writing = new Map<string, Autosave<string>>();

function keyOf({ round, student }: Report): string {
  return keyFor(round.id, student.id);
}

/** Sends the message of this report if something is left to send; false when it could not be saved. */
export async function messageSaved(report: Report): Promise<boolean> {
  const state = await writing.get(keyOf(report))?.flush();
  return state === undefined || state === 'saved' || state === 'untouched';
}

/** The mentor's personal note on top of the report; saves itself. */
export function MentorMessageField({ report }: { report: Report }) {
  const [autosave] = useState(() => messageAutosave(report.round.id, report.student.id, report.message?.text));
  const [ready, setReady] = useState(false);

  // One report, one engine; the pane has a key per report.
  useEffect(() => {
    const key = keyOf(report);
    writing.set(key, autosave);
    const server = { value: report.message?.text ?? '', version: report.message?.version ?? 0 };
    void autosave.start(server).then(() => setReady(true));
    return () => {
      writing.delete(key);
      autosave.stop();
    };
  }, [autosave]);

  const state = autosave.state.value;
  const conflict = autosave.conflict.value;
  const problem = autosave.problem.value;
  return (
    <section class="stack tight">
      <Field
        label={t('report.message')}
        hint={t('report.message_hint', { name: givenName(report) })}
        help={t('report.message_help')}
        multiline
        minRows={3}
        value={autosave.value.value}
        disabled={!ready}
        onInput={(text) => autosave.change(text)}
        onBlur={() => void autosave.flush()}
        error={problem ? `${problem.title}. ${problem.detail}` : undefined}
        after={
          <SaveState
            state={shownState(state)}
            onRetry={state === 'conflict' ? undefined : () => void autosave.flush()}
          />
        }
      />
      {conflict && (
        <ConflictSheet
          parts={[{ key: 'text', label: t('report.message'), mine: autosave.value.value, theirs: conflict.theirs }]}
          onChoose={(chosen) => autosave.resolve(chosen.text ?? '')}
        />
      )}
    </section>
  );
}

function givenName(report: Report): string {
  return report.student.name.split(' ')[0] ?? report.student.name;
}
