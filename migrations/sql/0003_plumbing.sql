-- Sessions, idempotency keys, outbox, notices, access log.

-- Ids only, looked up before a school is known; readable through session_enter() alone.
create table session (
  id_hash bytea primary key,              -- sha-256 of the cookie's value
  school_id uuid not null references school (id),
  person_id uuid not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (school_id, person_id) references person (school_id, id)
);
create index session_person on session (school_id, person_id);

create table request_key (
  school_id uuid not null references school (id),
  person_id uuid not null,
  key uuid not null,
  payload_hash bytea not null,
  status smallint not null,
  answer jsonb not null,                  -- {id, version} or a problem's type: never a text
  created_at timestamptz not null default now(),
  primary key (school_id, person_id, key),
  foreign key (school_id, person_id) references person (school_id, id)
);
create index request_key_age on request_key (created_at);

-- The facts that others must hear of: ids only, written in the same transaction as the fact.
create table outbox (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  kind text not null,
  ids jsonb not null,                     -- e.g. {"round": …, "student": …, "by": …}
  due_at timestamptz not null default now(),
  leased_until timestamptz,
  tries integer not null default 0,
  done_at timestamptz,
  created_at timestamptz not null default now()
);
create index outbox_due on outbox (due_at) where done_at is null;

create table notice (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  kind text not null,
  ids jsonb not null,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  withdrawn_at timestamptz,
  dedupe_key text not null,               -- the same fact never makes two notices for one person
  unique (school_id, id), unique (school_id, person_id, dedupe_key),
  foreign key (school_id, person_id) references person (school_id, id)
);
create index notice_person on notice (school_id, person_id, created_at desc);

create table push_subscription (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  endpoint text not null,
  p256dh text not null,
  auth text not null,
  created_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, endpoint),
  foreign key (school_id, person_id) references person (school_id, id)
);

-- One row per (notice, channel, target): what was sent and what still has to be.
create table delivery (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  notice_id uuid not null,
  channel text not null check (channel in ('push', 'mail')),
  subscription_id uuid,                   -- for push; null for mail
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dropped', 'failed')),
  tries integer not null default 0,
  next_try_at timestamptz not null default now(),
  leased_until timestamptz,
  last_error text not null default '',    -- a code, never a text or an address
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, notice_id, channel, subscription_id),
  foreign key (school_id, notice_id) references notice (school_id, id),
  foreign key (school_id, subscription_id) references push_subscription (school_id, id) on delete set null (subscription_id)
);
create index delivery_due on delivery (next_try_at) where state = 'waiting';
-- One mail per notice. Pushes may share an empty subscription_id: that is what a removed subscription leaves behind.
create unique index delivery_one_mail on delivery (school_id, notice_id) where channel = 'mail';
create index delivery_subscription on delivery (school_id, subscription_id) where subscription_id is not null;

create table access_log (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  viewer_id uuid not null,
  student_id uuid not null,
  round_id uuid,
  what text not null,
  read_at timestamptz not null default now(),
  unique (school_id, id),
  foreign key (school_id, viewer_id) references person (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, round_id) references round (school_id, id)
);
create index access_log_student on access_log (school_id, student_id, read_at desc);

-- What an administrator or organiser did, without content.
create table audit_log (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid,
  act text not null,
  ids jsonb not null default '{}',
  at timestamptz not null default now(),
  unique (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id)
);
