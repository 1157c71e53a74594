import type { components } from '../../lib/api.gen';

/** What the server tells about reports, plans and agreements; the shapes come from its own description. */
type Server = components['schemas'];

export type Stoplight = Server['Stoplight'];
export type RoundState = Server['RoundState'];
export type RoundCard = Server['RoundCard'];

/** A student in a list. `apart` is shown behind the name where two in one list are called the same. */
export type StudentCard = Server['Card'];

/** One subject of a report: the feedback of one teaching group, or that it is still missing. */
export type SubjectFeedback = Server['SubjectFeedback'];

/** The steps of a plan that are one text each. */
export const PLAN_STEPS = ['proud', 'improve', 'how', 'help', 'when'] as const;
export type PlanStep = (typeof PLAN_STEPS)[number];

/** A plan; `answers` are to the questions that teachers asked, by the id of their feedback. */
export type PlanContent = Required<Server['PlanContent']>;
export type PlanState = Server['PlanState'];
export type PlanVersion = Omit<Server['PlanVersion'], 'content'> & { content: PlanContent };

/** `draft` and `version` (for `If-Match`) are the student's alone. */
export type Plan = Omit<Server['Plan'], 'draft' | 'versions'> & { draft?: PlanContent | null; versions: PlanVersion[] };

export type Party = Server['Party'];
export type Agreement = Server['Agreement'];

/** What was decided about the student when the group was discussed. */
export type Decision = Server['Decision'];

/** All feedback on one student in one round, as far as the reader may see it. */
export type Report = Omit<Server['Report'], 'plan'> & { plan: Plan | null };

/** The student's question about one feedback: a tap, without a text. */
export type Question = Server['Question'];

/** Exactly what the student will get: the answer of `…/preview`. */
export type Preview = Server['Preview'];

/** The clock: one earlier feedback on this student in this subject. */
export type EarlierFeedback = Server['Earlier'];

/** The name: the rounds whose report the reader may open. */
export type EarlierReports = Server['Reports'];

/** One line of *Mijn leerlingen*. How far a student is, is null while the reader may not know. */
export type StudentStatus = Server['StudentStatus'];
export type StudentGroup = Server['StudentGroup'];
export type MyStudents = Server['MyStudents'];

/** One line of the student's or guardian's *Rapportages*. */
export type MyReport = Server['MyReport'];

/** A whole home group was shared in one act. */
export type GroupShared = Server['GroupShared'];
