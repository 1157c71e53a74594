import { me } from '../../lib/session';

/** Which way notices are switched on here. */
export const DEVICES = ['ios', 'android', 'computer'] as const;
export type Device = (typeof DEVICES)[number];

export function thisDevice(): Device {
  // Only iPhones and iPads say whether they were started from the home screen.
  if ('standalone' in navigator) return 'ios';
  return /Android/.test(navigator.userAgent) ? 'android' : 'computer';
}

/** On an iPhone or iPad only an app on the home screen gets notices. */
export function homeScreenFirst(): boolean {
  return (
    thisDevice() === 'ios' &&
    !('PushManager' in globalThis) &&
    me.value?.device === 'own' &&
    Boolean(me.value.vapid_public_key)
  );
}
