import type { components } from '../../lib/api.gen';

type Schemas = components['schemas'];

export type Figures = Schemas['Figures'];
export type FigureRound = Schemas['FigureRound'];
export type Lights = Schemas['Lights'];
export type NamedLights = Schemas['NamedLights'];
export type Completeness = Schemas['Completeness'];
export type Cycle = Schemas['Cycle'];
export type Steps = Schemas['Steps'];
export type Wait = Schemas['Wait'];
