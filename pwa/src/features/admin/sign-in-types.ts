/** What the API says about providers, clashes and invitations. */
export const PRESETS = ['somtoday', 'magister', 'entree', 'entra', 'google', 'oidc'] as const;
export type PresetName = (typeof PRESETS)[number];
export const BIND_BY = ['sourced_id', 'username', 'eck_id', 'email'] as const;
export type BindBy = (typeof BIND_BY)[number];
export const DETAILS = ['tenant', 'domain', 'organisation', 'hint', 'claim', 'discovery'] as const;
export type Detail = (typeof DETAILS)[number];
export type Details = Partial<Record<Detail, string>>;

export interface Preset {
  preset: PresetName;
  issuer: string;
  needs: string[];
}

export interface Provider {
  id: string;
  preset: PresetName;
  name: string;
  issuer: string;
  client_id: string;
  has_secret: boolean;
  settings: Details;
  bind_by: BindBy;
  enabled: boolean;
  redirect_uri: string;
}

export interface ProviderReport {
  usable: boolean;
  checks: { key: string; outcome: 'ok' | 'warning' | 'failed'; text: string }[];
}

export interface Clash {
  id: string;
  provider: string;
  label: string;
  reason: 'several' | 'taken';
  candidates: { id: string; name: string; username: string; home_group: string | null }[];
  created_at: string;
}

export interface AccessItem {
  id: string;
  name: string;
  list_name: string;
  home_group: string | null;
  students: string[];
  active: boolean;
  has_address: boolean;
  passkeys: number;
  invitation: {
    id: string;
    channel: 'mail' | 'paper';
    state: 'waiting' | 'opened' | 'used' | 'expired' | 'revoked';
    invited_at: string;
    expires_at: string;
    undelivered: boolean;
  } | null;
  signed_in_at: string | null;
}

export interface AccessPage {
  people: AccessItem[];
  total: number;
}

export interface Invited {
  made: number;
  without_address: number;
  had_access: number;
  letters: string | null;
}
