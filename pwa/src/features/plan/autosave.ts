import { type ApiProblem, api } from '../../lib/api';
import { Autosave, type Conflict } from '../../lib/autosave';
import { draftStore } from '../../lib/drafts';
import type { PlanContent } from '../report/types';
import { EMPTY_PLAN, same } from './steps';

function current(problem: ApiProblem): Conflict<PlanContent> {
  const found = problem.members.current as Partial<PlanContent> | null | undefined;
  return {
    theirs: { ...EMPTY_PLAN, ...found, answers: { ...found?.answers } },
    version: Number(problem.members.version ?? 0),
  };
}

/** The plan of one student in one round; a copy stays on the device, to write on without a network. */
export function planAutosave(person: string, round: string): Autosave<PlanContent> {
  const path = `/rounds/${round}/students/${person}/plan`;
  return new Autosave<PlanContent>(EMPTY_PLAN, {
    store: draftStore<PlanContent>(person, `plan/${round}`),
    send: (content, ifMatch, key) => api.put<{ version: number }>(path, content, { ifMatch, key }),
    same,
    current,
    keepCopy: true,
  });
}
