import type { components } from '../../lib/api.gen';

type Schemas = components['schemas'];

export type Overview = Schemas['Overview'];
export type PeoplePage = Schemas['PeoplePage'];
export type PersonLine = Schemas['PersonLine'];
export type PersonDetail = Schemas['PersonDetail'];
export type Relative = Schemas['Relative'];
export type GroupLine = Schemas['GroupLine'];
export type GroupDetail = Schemas['GroupDetail'];
export type GroupTeacher = Schemas['GroupTeacher'];
export type SubjectLine = Schemas['SubjectLine'];
export type SchoolSettings = Schemas['SchoolSettings'];
export type LogPage = Schemas['LogPage'];
export type LogEntry = Schemas['LogEntry'];
export type RetentionPage = Schemas['RetentionPage'];
export type Leaver = Schemas['Leaver'];
export type ErasurePreview = Schemas['ErasurePreview'];
