/** What the server tells about reports, plans and agreements (`/api/v1`, see docs/architecture.md). */

export type Stoplight = 'excellent' | 'on_track' | 'attention' | 'warning' | 'no_picture';

/** A student in a list. `apart` is shown behind the name where two in one list are called the same. */
export interface StudentCard {
  id: string;
  name: string;
  list_name: string;
  initials: string;
  home_group: string | null;
  apart?: string | null;
}

export type RoundState = 'draft' | 'open' | 'closed' | 'archived';

export interface RoundCard {
  id: string;
  name: string;
  state: RoundState;
  sharing: boolean;
}

/** One subject of a report: the feedback of one teaching group, or that it is still missing. */
export interface SubjectFeedback {
  feedback_id: string | null;
  /** Null for a teaching group without a subject, which has no clock. */
  subject_id: string | null;
  subject: string;
  group: string;
  teachers: string[];
  stoplight: Stoplight | null;
  remark: string;
  action: string;
  complete: boolean;
  /** The stoplight of the last round for the same subject. */
  was: { stoplight: Stoplight; round_name: string } | null;
  /** Last day of a student who changed group (`YYYY-MM-DD`). */
  until: string | null;
  /** The reader teaches this group. */
  mine: boolean;
}

export interface MentorMessage {
  text: string;
  version: number;
  updated_at: string;
}

export interface Share {
  number: number;
  shared_at: string;
  guardians: boolean;
  /** Until when the mentor may take it back; null when that is over. */
  recall_until: string | null;
  /** Feedback or message changed after the student got it. */
  changed_since: boolean;
}

export interface Reader {
  name: string;
  read_at: string;
}

/** The steps of a plan that are one text each. */
export const PLAN_STEPS = ['proud', 'improve', 'how', 'help', 'when'] as const;
export type PlanStep = (typeof PLAN_STEPS)[number];

export type PlanContent = Record<PlanStep, string> & {
  /** Answers to the questions that teachers asked, by the id of their feedback. */
  answers: Record<string, string>;
};

export type PlanState = 'none' | 'draft' | 'handed_in' | 'concluded';

export interface PlanVersion {
  number: number;
  handed_in_at: string;
  content: PlanContent;
}

export interface Plan {
  state: PlanState;
  /** Of the student alone. */
  draft: PlanContent | null;
  /** Version of the draft, for `If-Match`. */
  version: number;
  versions: PlanVersion[];
}

export type Party = 'student' | 'teacher' | 'mentor' | 'guardian';

/** A teacher of the student today. */
export interface Owner {
  id: string;
  name: string;
}

export interface Agreement {
  id: string;
  what: string;
  party: Party;
  owner_id: string | null;
  owner_name: string | null;
  due_on: string | null;
  confirmed_at: string | null;
  done_at: string | null;
  version: number;
  can: { edit: boolean; tick: boolean; confirm: boolean };
}

export interface ReportCan {
  share: boolean;
  recall: boolean;
  write_message: boolean;
  write_agreements: boolean;
  conclude: boolean;
  write_plan: boolean;
  confirm: boolean;
}

export type Relation = 'mentor' | 'teacher' | 'leader' | 'student' | 'guardian';

export interface Report {
  student: StudentCard;
  round: RoundCard;
  relation: Relation;
  progress: { done: number; total: number } | null;
  subjects: SubjectFeedback[];
  message: MentorMessage | null;
  share: Share | null;
  readers: Reader[] | null;
  plan: Plan | null;
  agreements: Agreement[];
  /** Teachers to choose from in an agreement; filled for who writes agreements. */
  owners: Owner[];
  can: ReportCan;
}

/** Exactly what the student will get: the answer of `…/preview`. */
export interface Preview {
  student: StudentCard;
  round: RoundCard;
  subjects: SubjectFeedback[];
  message: MentorMessage | null;
}

/** The clock: one earlier feedback on this student in this subject. */
export interface EarlierFeedback {
  round_id: string;
  round_name: string;
  closed_at: string | null;
  subject: string;
  group: string;
  author: string;
  stoplight: Stoplight | null;
  remark: string;
  action: string;
}

/** The name: the rounds whose report the reader may open. */
export interface EarlierReports {
  student: StudentCard;
  reports: { round_id: string; round_name: string; closed_at: string | null; state: RoundState }[];
}

/** One line of *Mijn leerlingen*. How far a student is, is null while the reader may not know. */
export interface StudentStatus {
  student: StudentCard;
  done: number | null;
  total: number | null;
  strip: { subject: string; stoplight: Stoplight }[];
  shared: { at: string; number: number; read: boolean | null } | null;
  plan: PlanState;
  agreements: number;
}

export interface StudentGroup {
  id: string;
  title: string;
  relation: 'mentor' | 'leader';
  progress: { done: number; total: number } | null;
  students: StudentStatus[];
}

export interface MyStudents {
  rounds: RoundCard[];
  round: RoundCard | null;
  groups: StudentGroup[];
}

/** One line of the student's or guardian's *Rapportages*. */
export interface MyReport {
  student: StudentCard;
  round_id: string;
  round_name: string;
  shared_at: string;
  number: number;
  new: boolean;
  plan_state: PlanState;
}
