/** What the API says about the roster. */
export interface RosterProblem {
  severity: 'error' | 'warning';
  place: string;
  text: string;
}

export interface NameList {
  total: number;
  shown: string[];
}

export interface PreviewPart {
  new: NameList;
  changed: NameList;
  leaving: NameList;
}

export interface RosterPreview {
  people: PreviewPart;
  groups: PreviewPart;
  enrolments: PreviewPart;
  present: number;
  leaving: number;
  needs_confirmation: boolean;
  nothing: boolean;
  /** The reader is no admin any more afterwards. */
  you_out: boolean;
  warnings: RosterProblem[];
}

export interface Upload {
  id: string;
  filename: string;
  state: 'waiting' | 'reading' | 'ready' | 'refused' | 'applying' | 'done' | 'failed';
  changed: boolean;
  done: number;
  total: number;
  message: string | null;
  problems: RosterProblem[];
  preview: RosterPreview | null;
}

export interface RosterImport {
  id: string;
  at: string;
  origin: 'command' | 'upload' | 'source';
  name: string;
  by: string | null;
  counts: { kind: string; label: string; new: number; changed: number; ended: number }[];
  undoable: boolean;
  undone_at: string | null;
  undone_by: string | null;
}

export interface RosterSource {
  id: string;
  name: string;
  version: '1.1' | '1.2';
  base_url: string;
  token_url: string;
  client_id: string;
  nightly: boolean;
  state: 'idle' | 'waiting' | 'reading' | 'applying';
  result: 'never' | 'changed' | 'nothing' | 'held' | 'failed';
  result_at: string | null;
  message: string | null;
  problems: RosterProblem[];
  preview: RosterPreview | null;
}
