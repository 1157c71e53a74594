import { useEffect } from 'preact/hooks';
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
 * at once.
 */
export async function act(what: () => Promise<unknown>, done?: string): Promise<ApiProblem | null> {
  try {
    await what();
    if (done) toast(done);
    return null;
  } catch (error) {
    if (askedForSecondFactor(error)) return null;
    if (error instanceof ApiProblem && error.errors.some(({ pointer }) => pointer)) return error;
    toast(errorText(error));
    return error instanceof ApiProblem ? error : null;
  }
}
