import { Banner } from '../../components';
import type { NameList, RosterPreview, RosterProblem } from './roster-types';
import { ta } from './texts';

const PARTS = ['people', 'groups', 'enrolments'] as const;
const WAYS = ['new', 'changed', 'leaving'] as const;

interface PreviewProps {
  preview: RosterPreview;
  problems: readonly RosterProblem[];
  done?: boolean;
}

/**
 * What an import will do, or did: who and what is new, changed and leaving, and what is strange about it. `problems`: how what
 * is unusual in the file was read. `done`: it has happened, so that nothing is asked any more.
 */
export function Preview({ preview, problems, done = false }: PreviewProps) {
  return (
    <>
      {preview.needs_confirmation && !done && (
        <Banner kind="warning" icon="alert">
          {ta('admin.roster.many', { leaving: preview.leaving, present: preview.present })}
        </Banner>
      )}
      {preview.you_out && !done && (
        <Banner kind="warning" icon="alert">
          {ta('admin.roster.you_out')}
        </Banner>
      )}
      <Problems problems={[...preview.warnings, ...problems]} />
      {!preview.nothing && (
        <div class="admin-counts">
          {PARTS.map((part) => (
            <section key={part} class="card admin-count" aria-label={ta(`admin.roster.part.${part}`)}>
              <p class="label">{ta(`admin.roster.part.${part}`)}</p>
              {WAYS.map((way) => (
                <Names key={way} way={way} list={preview[part][way]} />
              ))}
            </section>
          ))}
        </div>
      )}
    </>
  );
}

function Names({ way, list }: { way: (typeof WAYS)[number]; list: NameList }) {
  const text = ta(`admin.roster.way.${way}`, { n: list.total });
  if (list.total === 0) return <p class="small soft">{text}</p>;
  return (
    <details class="admin-more">
      <summary>{text}</summary>
      <ul class="admin-plain small">
        {list.shown.map((name, at) => (
          <li key={at}>{name}</li>
        ))}
        {list.total > list.shown.length && (
          <li class="soft">{ta('admin.roster.and_more', { n: list.total - list.shown.length })}</li>
        )}
      </ul>
    </details>
  );
}

const FEW = 5;

/** What is the matter with a file, with its place. A few are there to be read; many are opened by who wants to. */
export function Problems({ problems }: { problems: readonly RosterProblem[] }) {
  if (problems.length === 0) return null;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const text =
    errors > 0 ? ta('admin.roster.errors', { n: errors }) : ta('admin.roster.warnings', { n: problems.length });
  return (
    <details class="admin-more" open={errors > 0 || problems.length <= FEW}>
      <summary>{text}</summary>
      <ul class="admin-plain small">
        {problems.map((problem, at) => (
          <li key={at} class={problem.severity === 'error' ? 'ink-warning' : undefined}>
            {[problem.place, problem.text].filter(Boolean).join(': ')}
          </li>
        ))}
      </ul>
    </details>
  );
}
