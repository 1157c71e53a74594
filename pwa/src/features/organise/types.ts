import type { components } from '../../lib/api.gen';

type Schemas = components['schemas'];

export type RoundSummary = Schemas['RoundSummary'];
export type RoundDetail = Schemas['RoundDetail'];
export type RoundBody = Schemas['RoundBody'];
export type RoundAnswer = Schemas['RoundAnswer'];
export type AudienceChoices = Schemas['AudienceChoices'];
export type AudiencePreview = Schemas['AudiencePreview'];
export type Timing = Schemas['Timing'];
export type MailPreview = Schemas['MailPreview'];
export type Template = Schemas['Template'];
export type RoundProgress = Schemas['RoundProgress'];
export type TeacherProgress = Schemas['TeacherProgress'];
export type GroupProgress = Schemas['GroupProgress'];
export type HomeGroupProgress = Schemas['HomeGroupProgress'];
export type StudentsProgress = Schemas['StudentsProgress'];
export type StandIn = Schemas['StandIn'];
export type Colleague = Schemas['Colleague'];
export type LateAccepted = Schemas['LateAccepted'];
