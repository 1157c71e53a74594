import { useEffect, useState } from 'preact/hooks';
import { Field, SaveState } from '../../components';
import { api } from '../../lib/api';
import { Autosave } from '../../lib/autosave';
import { draftStore } from '../../lib/drafts';
import { t } from '../../lib/i18n';
import { me } from '../../lib/session';
import { ConflictSheet } from './conflict-sheet';
import { shownState } from './save-state';
import type { Report } from './types';

/** Messages that are being written, so that sharing can wait until the last word is at the server. */
const writing = new Map<string, Autosave<string>>();

function keyOf(report: Report): string {
  return `message/${report.round.id}/${report.student.id}`;
}

/** Sends the message of this report if something is left to send; false when it could not be saved. */
export async function messageSaved(report: Report): Promise<boolean> {
  const state = await writing.get(keyOf(report))?.flush();
  return state === undefined || state === 'saved' || state === 'untouched';
}

function makeAutosave(report: Report): Autosave<string> {
  const path = `/rounds/${report.round.id}/students/${report.student.id}/message`;
  return new Autosave(report.message?.text ?? '', {
    store: draftStore<string>(me.value?.id ?? '', keyOf(report)),
    send: (text, ifMatch, key) => api.put<{ version: number }>(path, { text }, { ifMatch, key }),
    same: (a, b) => a === b,
    current: (problem) => {
      const current = problem.members.current as { text?: string } | string | null;
      return {
        theirs: (typeof current === 'string' ? current : current?.text) ?? '',
        version: Number(problem.members.version ?? 0),
      };
    },
  });
}

/** The mentor's personal note on top of the report; saves itself. */
export function MentorMessageField({ report }: { report: Report }) {
  const [autosave] = useState(() => makeAutosave(report));
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
