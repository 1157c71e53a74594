-- Invitations, mailed codes and passkeys: how people sign in whom no provider of their school knows, and the second factor.

-- The token itself is not stored: it is computed from the id and the installation's secret (server/access/derived.py).
create table invitation (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  channel text not null check (channel in ('mail', 'paper')),
  token_hash bytea not null unique,       -- keyed with the installation's secret
  sent_to text not null default '',       -- the address on record when it was made; empty where there was none
  made_by uuid,                           -- null: the command line
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '14 days',
  opened_at timestamptz,                  -- a code was asked for with it
  used_at timestamptz,                    -- it signed somebody in
  revoked_at timestamptz,
  unique (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id),
  foreign key (school_id, made_by) references person (school_id, id)
);
create index invitation_person on invitation (school_id, person_id);

-- The six digits are not stored either. Somebody unknown gets a row too, with nobody to send it to.
create table sign_in_code (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  invitation_id uuid,                     -- null: asked for with an address
  sent_to text not null default '',       -- the address on record; empty: nobody has what was typed
  browser bytea not null,                 -- sha-256 of the cookie of who asked
  tries smallint not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '15 minutes',
  confirmed_at timestamptz,
  ended_at timestamptz,                   -- used, or a newer one took its place
  unique (school_id, id),
  foreign key (school_id, invitation_id) references invitation (school_id, id)
);
create index sign_in_code_browser on sign_in_code (school_id, browser);
create index sign_in_code_address on sign_in_code (school_id, sent_to, created_at);
-- 0008_signin asks people by their address too.
create index if not exists person_email on person (school_id, lower(email));

create table passkey (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  credential_id bytea not null unique,
  public_key bytea not null,
  sign_count bigint not null default 0,
  transports text[] not null default '{}',
  name text not null check (char_length(name) <= 60),
  backed_up boolean not null default false,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  unique (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id)
);
create index passkey_person on passkey (school_id, person_id);

do $$
declare t text;
begin
  foreach t in array array['invitation', 'sign_in_code', 'passkey'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update on %I to driehoek_app', t);
  end loop;
end $$;
grant delete on passkey, sign_in_code to driehoek_app;

-- Asked before anybody is known, so it belongs to a browser and to no school: random bytes, for five minutes, for one answer.
create table webauthn_challenge (
  challenge bytea primary key,
  browser bytea not null,                 -- sha-256 of the cookie of who asked
  purpose text not null check (purpose in ('register', 'sign_in', 'second_factor')),
  expires_at timestamptz not null default now() + interval '5 minutes'
);
create index webauthn_challenge_age on webauthn_challenge (expires_at);
-- Update is what "for update skip locked" takes; nothing is changed.
grant select, insert, update, delete on webauthn_challenge to driehoek_app;

-- Doors: which school a letter's code or a passkey is of. They tell that and nothing else.
create policy signin on invitation for select to driehoek_signin using (true);
create policy signin on passkey for select to driehoek_signin using (true);
grant select (school_id, token_hash) on invitation to driehoek_signin;
grant select (school_id, credential_id) on passkey to driehoek_signin;

create function invitation_school(hash bytea) returns uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select i.school_id from invitation i where i.token_hash = hash
$$;
revoke all on function invitation_school(bytea) from public;
grant execute on function invitation_school(bytea) to driehoek_app;
alter function invitation_school(bytea) owner to driehoek_signin;

create function passkey_school(credential bytea) returns uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select p.school_id from passkey p where p.credential_id = credential
$$;
revoke all on function passkey_school(bytea) from public;
grant execute on function passkey_school(bytea) to driehoek_app;
alter function passkey_school(bytea) owner to driehoek_signin;

-- Invitations and codes travel like notices: with a lease, tries and an end.
alter table delivery
  alter column notice_id drop not null,
  add column invitation_id uuid,
  add column code_id uuid,
  add constraint delivery_of_one_thing check (num_nonnulls(notice_id, invitation_id, code_id) = 1),
  add foreign key (school_id, invitation_id) references invitation (school_id, id),
  add foreign key (school_id, code_id) references sign_in_code (school_id, id) on delete cascade;
create unique index delivery_one_invitation on delivery (school_id, invitation_id) where invitation_id is not null;
create unique index delivery_one_code on delivery (school_id, code_id) where code_id is not null;
