-- Sign-in with the school's own account: providers, who is who there, and what the list of sessions needs.

alter table school_settings add column long_sessions boolean not null default false;  -- 30 days on a device of one's own

-- The chain identifier of Dutch education (ECK iD), where the roster has it.
alter table person add column eck_id text not null default '';

-- How a first sign-in finds its person.
create index person_username on person (school_id, lower(username));
create index person_email on person (school_id, lower(email));
create index person_eck_id on person (school_id, lower(eck_id)) where eck_id <> '';

create table identity_provider (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  preset text not null check (preset in ('somtoday', 'magister', 'entree', 'entra', 'google', 'oidc')),
  name text not null,                     -- what the button says
  issuer text not null,
  client_id text not null,
  client_secret bytea,                    -- sealed; null: a public client, with PKCE alone
  settings jsonb not null default '{}',   -- tenant, domain, home organisation: what the preset asks for
  bind_by text not null check (bind_by in ('sourced_id', 'username', 'eck_id', 'email')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (school_id, id)
);

-- Bound once; whoever changes name, address or identifier at the provider stays the same person here.
create table account (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  provider_id uuid not null,
  issuer text not null,
  subject text not null,
  person_id uuid not null,
  bound_at timestamptz not null default now(),
  bound_by uuid,                          -- the admin who decided a clash; null: the school's identifier did
  unique (school_id, id), unique (school_id, issuer, subject), unique (school_id, issuer, person_id),
  foreign key (school_id, provider_id) references identity_provider (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id),
  foreign key (school_id, bound_by) references person (school_id, id)
);
create index account_person on account (school_id, person_id);

-- What the admin has to decide: an account that fits more than one person, or a person who has another account already.
create table account_clash (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  provider_id uuid not null,
  issuer text not null,
  subject text not null,
  label text not null,                    -- the identifier that the account came with
  reason text not null check (reason in ('several', 'taken')),
  candidates uuid[] not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by uuid,
  unique (school_id, id), unique (school_id, issuer, subject),
  foreign key (school_id, provider_id) references identity_provider (school_id, id),
  foreign key (school_id, settled_by) references person (school_id, id)
);

-- Each attempt is answered once: what came back is written down before its code is used.
create table sign_in_used (
  school_id uuid not null references school (id),
  attempt bytea not null,                 -- sha-256 of its nonce
  used_at timestamptz not null default now(),
  primary key (school_id, attempt)
);

alter table session
  add column id uuid not null default uuidv7(),         -- what its owner calls it by; never opens anything
  add constraint session_school_id_id_key unique (school_id, id);

-- For signing out there too: the provider wants its own token back. Goes with the session.
create table session_account (
  school_id uuid not null references school (id),
  session_id uuid not null,
  provider_id uuid not null,
  id_token bytea not null,                -- sealed
  primary key (school_id, session_id),
  foreign key (school_id, session_id) references session (school_id, id) on delete cascade,
  foreign key (school_id, provider_id) references identity_provider (school_id, id)
);
create index session_account_provider on session_account (school_id, provider_id);

do $$
declare t text;
begin
  foreach t in array array['identity_provider', 'account', 'account_clash', 'sign_in_used', 'session_account'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update, delete on %I to driehoek_app', t);
  end loop;
end $$;

-- A link in a learning platform's menu names the issuer and no school.
create policy signin on identity_provider for select to driehoek_signin using (true);
grant select (id, school_id, issuer, enabled) on identity_provider to driehoek_signin;
create function providers_of_issuer(wanted text) returns table (school_id uuid, id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
  select p.school_id, p.id from identity_provider p where p.issuer = wanted and p.enabled
$$;
revoke all on function providers_of_issuer(text) from public;
grant execute on function providers_of_issuer(text) to driehoek_app;
alter function providers_of_issuer(text) owner to driehoek_signin;
