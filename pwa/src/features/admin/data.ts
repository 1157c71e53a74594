import { useEffect, useRef } from 'preact/hooks';
import { errorText, toast } from '../../components';
import { ApiProblem } from '../../lib/api';
import { type Load, useLoad } from '../../lib/load';

/** The admin's pages ask for a second factor; its page leads back to here. */
function askedForSecondFactor(error: unknown): boolean {
  if (!(error instanceof ApiProblem && error.status === 403 && error.type.endsWith('/second-factor'))) return false;
  location.assign(`/second-factor?next=${encodeURIComponent(location.pathname + location.search)}`);
  return true;
}

function useGuarded<T>(path: string | null): Load<T> {
  const load = useLoad<T>(path);
  useEffect(() => {
    askedForSecondFactor(load.error);
  }, [load.error]);
  return load;
}

/** What stands below `/api/v1/admin` + path. */
export function useAdmin<T>(path: string | null): Load<T> {
  return useGuarded(path === null ? null : `/admin${path}`);
}

/** What stands below `/api/v1/school` + path. */
export function useSchool<T>(path: string): Load<T> {
  return useGuarded(`/school${path}`);
}

/**
 * Does something and says so. Answers what was thrown, for the fields of a form; anything that belongs to no field is told
 * at once. `otherwise` puts back what the page showed ahead of the answer, such as a switch that was turned.
 */
export async function act(
  what: () => Promise<unknown>,
  done?: string,
  otherwise?: () => void,
): Promise<ApiProblem | null> {
  try {
    await what();
    if (done) toast(done);
    return null;
  } catch (error) {
    otherwise?.();
    if (askedForSecondFactor(error)) return null;
    if (error instanceof ApiProblem && error.errors.some(({ pointer }) => pointer)) return error;
    toast(errorText(error));
    return error instanceof ApiProblem ? error : null;
  }
}

/** The same where there is no form: what would stand at a field is told as well. */
export async function tell(what: () => Promise<unknown>, done?: string, otherwise?: () => void): Promise<void> {
  const problem = await act(what, done, otherwise);
  const at = problem?.errors.filter(({ pointer }) => pointer) ?? [];
  if (at.length > 0) toast(at.map(({ detail }) => detail).join(' '));
}

/** Leads to the first field of a sheet with something wrong, which may lie below what one sees of it on a phone. */
export function useLeadTo(problem: ApiProblem | null): void {
  useEffect(() => {
    if (problem) document.querySelector<HTMLElement>('dialog[open] [aria-invalid=true]')?.focus();
  }, [problem]);
}

/**
 * For choices that are made faster than the server answers: one after the other, and only the answer to the last one is shown, so
 * that no earlier one takes back what was chosen since.
 */
export function useInTurn(): <T>(ask: () => Promise<T>, show: (answer: T) => void) => Promise<void> {
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const last = useRef(0);
  return (ask, show) => {
    last.current += 1;
    const mine = last.current;
    const asked = turn.current.then(ask).then((answer) => {
      if (mine === last.current) show(answer);
    });
    turn.current = asked.catch(() => undefined);
    return asked;
  };
}
