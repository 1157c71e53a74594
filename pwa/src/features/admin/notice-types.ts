import type { components } from '../../lib/api.gen';

type Schemas = components['schemas'];

export type DeliveriesPage = Schemas['DeliveryPage'];
export type Delivery = Schemas['DeliveryItem'];
export type SchoolCalendar = Schemas['SchoolYearCalendar'];
export type Holiday = Schemas['Holiday'];

/** What became of a delivery; what needs somebody stands first. */
export const STATES: readonly Delivery['state'][] = ['failed', 'waiting', 'sent', 'dropped'];
