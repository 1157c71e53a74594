import type { Stoplight } from '../../components';

/** As `GET /rounds/{round}/groups/{group}` answers. */
export interface GroupSheet {
  round: {
    id: string;
    name: string;
    state: 'draft' | 'open' | 'closed' | 'archived';
    deadline: string;
    explanation_html: string;
    required: RequiredTexts;
  };
  group: { id: string; title: string; subject: string };
  /** Whether it can be written now. */
  open: boolean;
  pairs: Pair[];
}

export type RequiredTexts = Partial<Record<Stoplight, { remark: boolean; action: boolean }>>;

export interface StudentCard {
  id: string;
  name: string;
  list_name: string;
  initials: string;
  home_group?: string | null;
  /** Home group, where two students of the list share a name. */
  apart?: string | null;
}

export interface Pair {
  student: StudentCard;
  /** `ended`: changed group; `left`: left the school. Both are read-only and count in no progress. */
  state: 'expected' | 'ended' | 'left';
  until: string | null;
  last: { stoplight: Stoplight; round_name: string } | null;
  feedback: Written | null;
  late: Late | null;
}

export interface Written {
  id: string;
  stoplight: Stoplight | null;
  remark: string;
  action: string;
  version: number;
  complete: boolean;
  updated_at: string;
  author: { id: string; name: string };
}

/** The own text that came after closing. */
export interface Late {
  stoplight: Stoplight | null;
  remark: string;
  action: string;
  arrived_at: string;
}

/** One line of the clock. */
export interface Earlier {
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

/** As `GET /rounds/{round}/groups/{group}/history` answers: each student who may be rated, newest first. */
export type GroupHistory = { student: string; entries: Earlier[] }[];

/** As `GET /my/rounds` answers. */
export interface MyRound {
  id: string;
  name: string;
  explanation_html: string;
  deadline: string;
  closed_at?: string | null;
  state: 'open' | 'closed' | 'archived';
  groups: MyGroup[];
}

export interface MyGroup {
  id: string;
  title: string;
  subject: string;
  done: number;
  incomplete: number;
  total: number;
  open: boolean;
}
