import type { components } from '../../lib/api.gen';

type Schemas = components['schemas'];

export type RoundSummary = Schemas['RoundSummary'];
/** How many school days before the deadline teachers with something to do are reminded; 0 is the day itself. */
interface Schedule {
  reminders?: number[] | null;
}
export type RoundDetail = Schemas['RoundDetail'] & Schedule;
export type RoundBody = Schemas['RoundBody'] & Schedule;
export type RoundAnswer = Schemas['RoundAnswer'];
export type AudienceChoices = Schemas['AudienceChoices'];
export type AudiencePreview = Schemas['AudiencePreview'];
export type RoundProgress = Schemas['RoundProgress'];
export type GroupProgress = Schemas['GroupProgress'];
