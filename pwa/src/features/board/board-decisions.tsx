import { useEffect, useRef, useState } from 'preact/hooks';
import { Banner, Button, Chip, confirm, ErrorState, errorText, Field, IconButton, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { draftStore } from '../../lib/drafts';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { me } from '../../lib/session';
import { AgreementSheet } from '../report/agreement-sheet';
import type { Report } from '../report/types';
import './board.css';
import type { Decision } from './types';

const MOST = 500;

interface DecisionsProps {
  /** `/rounds/…/students/…` */
  path: string;
  decisions: readonly Decision[];
  /** The reader may note, change and take away. */
  decide: boolean;
  /** The reader may make an agreement of one. */
  agree: boolean;
  onChanged: () => void;
  level?: 2 | 3;
  /** Told while something is written that is not sent yet. */
  onWriting?: (writing: boolean) => void;
}

/** What was decided about one student: read, noted, changed, made an agreement. */
export default function Decisions(props: DecisionsProps) {
  const { path, decisions, decide, agree, onChanged, onWriting, level = 3 } = props;
  const Heading = `h${level}` as const;
  const [editing, setEditing] = useState<string | null>(null);
  const [agreeing, setAgreeing] = useState<Decision | null>(null);

  async function remove(decision: Decision) {
    const yes = await confirm({
      title: t('board.remove_title'),
      text: t('board.remove_text'),
      yes: t('board.remove'),
      danger: true,
    });
    if (!yes) return;
    await api
      .del(`/decisions/${decision.id}`, undefined, { ifMatch: decision.version })
      .catch((error: unknown) => toast(errorText(error)));
    onChanged();
  }

  return (
    <section class="stack decisions">
      <Heading class="heading">{t('board.decisions')}</Heading>
      {decisions.length === 0 && <p class="soft">{decide ? t('board.none_yet') : t('board.none')}</p>}
      {decisions.length > 0 && (
        <ul class="stack tight">
          {decisions.map((decision) => (
            <li key={decision.id} class="decision">
              {editing === decision.id ? (
                <Writing
                  path={path}
                  decision={decision}
                  onWriting={onWriting}
                  onDone={(saved) => {
                    setEditing(null);
                    if (saved) onChanged();
                  }}
                />
              ) : (
                <>
                  <p class="prose">{decision.text}</p>
                  <div class="row">
                    {decision.agreed && <Chip icon="check">{t('board.agreed')}</Chip>}
                    {agree && !decision.agreed && (
                      <Button small icon="check" onClick={() => setAgreeing(decision)}>
                        {t('board.agree')}
                        <span class="visually-hidden">: {decision.text}</span>
                      </Button>
                    )}
                    {decide && (
                      <>
                        <IconButton
                          icon="pencil"
                          label={t('board.edit_of', { text: decision.text })}
                          onClick={() => setEditing(decision.id)}
                        />
                        <IconButton
                          icon="trash"
                          label={t('board.remove_of', { text: decision.text })}
                          onClick={() => void remove(decision)}
                        />
                      </>
                    )}
                  </div>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {decide && editing === null && (
        <Writing path={path} decision={null} onWriting={onWriting} onDone={(saved) => saved && onChanged()} />
      )}
      {agreeing && <Agreeing path={path} decision={agreeing} onClose={() => setAgreeing(null)} onSaved={onChanged} />}
    </section>
  );
}

/** On a shared device nothing is: the text stays on the page. */
const nothingKept = () => undefined;

/** One decision while it is written: a new one, or another text for one that stands. */
function Writing({
  path,
  decision,
  onWriting,
  onDone,
}: {
  path: string;
  decision: Decision | null;
  onWriting: ((writing: boolean) => void) | undefined;
  onDone: (saved: boolean) => void;
}) {
  const [text, setText] = useState(decision?.text ?? '');
  const [error, setError] = useState<unknown>(null);
  const attempt = useRef({ text: '', key: '' });
  const [draft] = useState(() => draftStore<string>(me.peek()?.id ?? '', `decision${path}`));
  // A new one stays on the device until the server has it, another text for an old one only on the page.
  const writing = decision !== null && text.trim() !== decision.text;
  useEffect(() => {
    if (!decision) draft.read().then((found) => found && setText((now) => now || found.value), nothingKept);
  }, []);
  useEffect(() => {
    onWriting?.(writing);
    return () => onWriting?.(false);
  }, [writing]);
  const problem = error instanceof ApiProblem ? error : null;
  const there = problem?.members.current as { text?: string } | undefined;

  function write(words: string): void {
    setText(words);
    if (decision) return;
    const kept = words ? draft.write({ value: words, base: 0, sent: false }) : draft.remove();
    kept.catch(nothingKept);
  }

  async function save(): Promise<void> {
    const said = text.trim();
    if (!said) return;
    setError(null);
    // Tried again it is the same act; another text is another one.
    if (attempt.current.text !== said) attempt.current = { text: said, key: crypto.randomUUID() };
    const { key } = attempt.current;
    // What was changed meanwhile has been shown; saving once more is the choice for this text.
    const version = there ? Number(problem?.members.version) : decision?.version;
    try {
      if (decision) await api.put(`/decisions/${decision.id}`, { text: said }, { ifMatch: version ?? 0, key });
      else await api.post(`${path}/decisions`, { text: said }, { key });
      attempt.current = { text: '', key: '' };
      write('');
      onDone(true);
    } catch (refused) {
      setError(refused);
    }
  }

  return (
    <form
      class="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={decision ? t('board.edit') : t('board.write')}
        help={decision ? undefined : t('board.write_help')}
        multiline
        minRows={2}
        max={MOST}
        value={text}
        onInput={write}
        error={problem?.at('/text')}
      />
      {there?.text !== undefined ? (
        <Banner kind="attention" icon="alert">
          {t('board.stale', { text: there.text })}
        </Banner>
      ) : (
        error !== null && problem?.status !== 422 && <ErrorState error={error} />
      )}
      <div class="row">
        <Button kind="primary" small disabled={!text.trim()} onClick={save}>
          {decision ? t('board.save') : t('board.note')}
        </Button>
        {decision && (
          <Button small kind="ghost" onClick={() => onDone(false)}>
            {t('board.leave_as_is')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** The sheet for an agreement, begun with the words of the decision; who can own it, the report says. */
function Agreeing({
  path,
  decision,
  onClose,
  onSaved,
}: {
  path: string;
  decision: Decision;
  onClose: () => void;
  onSaved: () => void;
}) {
  const report = useLoad<Report>(`${path}/report`);
  if (report.error) return <ErrorState error={report.error} onRetry={report.reload} />;
  if (!report.data) return null;
  return (
    <AgreementSheet report={report.data} agreement={null} decision={decision} onClose={onClose} onSaved={onSaved} />
  );
}
