import type { components } from '../../lib/api.gen';

type Server = components['schemas'];

/** What somebody asked for on paper, and how far it is. */
export type Bundle = Server['Bundle'];

/** A home group whose reports the reader may have. */
export type BundleGroup = Server['BundleGroup'];

export type Kind = Bundle['kind'];
export type Form = Bundle['form'];
export type Sort = Bundle['sort'];
export type BundleScope = Partial<Server['BundleScope']>;
