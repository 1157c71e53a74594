/** What the API says about deliveries and the school's calendar. */
export const STATES = ['failed', 'waiting', 'sent', 'dropped'] as const;
export type DeliveryState = (typeof STATES)[number];

export interface Delivery {
  id: string;
  kind: string;
  label: string;
  channel: 'push' | 'mail';
  state: DeliveryState;
  person: { id: string; name: string } | null;
  made_at: string;
  tries: number;
  /** A code; empty where nothing went wrong. */
  error: string;
  next_try_at: string | null;
  sent_at: string | null;
}

export interface DeliveriesPage {
  items: Delivery[];
  /** Where the next page begins. */
  after: string | null;
  /** How many were given up, on all pages together. */
  failed: number;
}

export interface Holiday {
  name: string;
  /** Days, both included. */
  first: string;
  last: string;
}

export interface SchoolCalendar {
  holidays: Holiday[];
}
