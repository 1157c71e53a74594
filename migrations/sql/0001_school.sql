-- The school, its people and groups. Run by the owner; roles driehoek_app, driehoek_signin and driehoek_relay exist already
-- (see the bootstrap). Every tenant table: school_id, UNIQUE (school_id, id), references by (school_id, x_id), FORCE RLS.

-- The tenant of this transaction. Raises when none was set: a forgotten tenant must not look like an empty class.
create function app_school() returns uuid language plpgsql stable parallel safe as $$
declare v text := current_setting('app.school_id', true);
begin
  if v is null or v = '' then
    raise exception 'no school set for this transaction' using errcode = 'insufficient_privilege';
  end if;
  return v::uuid;
end $$;

-- Directory of schools: ids and public names only, therefore outside row-level security.
create table school (
  id uuid primary key default uuidv7(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  time_zone text not null default 'Europe/Amsterdam',
  created_at timestamptz not null default now()
);

create table school_settings (
  id uuid primary key default uuidv7(),
  school_id uuid not null unique references school (id),
  guardians_admitted boolean not null default true,
  consent_at_16 boolean not null default false,
  required jsonb not null default '{"excellent":{"remark":false,"action":false},"on_track":{"remark":false,"action":false},"attention":{"remark":true,"action":true},"warning":{"remark":true,"action":true}}',
  unique (school_id, id)
);

create table academic_year (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  sourced_id text not null,
  title text not null,
  starts_on date not null,
  ends_on date not null,
  unique (school_id, id), unique (school_id, sourced_id)
);

create table subject (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  code text not null,
  name text not null,
  unique (school_id, id), unique (school_id, code)
);

create table person (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  sourced_id text not null,
  given_name text not null,
  particle text not null default '',
  family_name text not null,
  sort_key text not null,                 -- family name without particle, folded, then given name
  username text not null default '',
  email text not null default '',
  enabled boolean not null default true,  -- enabledUser of the roster
  left_on date,                           -- vanished from the roster or tobedeleted
  grade text not null default '',
  birth_date date,
  adult_flag boolean not null default false,
  consents_report boolean not null default false,
  consents_plan boolean not null default false,
  locale text not null default 'nl' check (locale in ('nl', 'en')),
  theme text not null default 'auto' check (theme in ('auto', 'light', 'dark')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, sourced_id)
);
create index person_sort on person (school_id, sort_key);

create table person_role (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  role text not null check (role in ('student', 'teacher', 'guardian', 'organiser', 'leader', 'admin')),
  source text not null default 'roster' check (source in ('roster', 'manual')),
  unique (school_id, id), unique (school_id, person_id, role),
  foreign key (school_id, person_id) references person (school_id, id)
);

-- OneRoster class: `home` = homeroom, `teaching` = scheduled.
create table class_group (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  sourced_id text not null,
  kind text not null check (kind in ('home', 'teaching')),
  title text not null,
  sort_key text not null,
  academic_year_id uuid,
  subject_id uuid,                        -- null for home groups and for hours without a subject
  level text not null default '',         -- vmbo-tl, havo, vwo …
  year smallint,                          -- 1 … 6
  ended_on date,
  unique (school_id, id), unique (school_id, sourced_id),
  foreign key (school_id, academic_year_id) references academic_year (school_id, id),
  foreign key (school_id, subject_id) references subject (school_id, id)
);

create table enrolment (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  sourced_id text not null,
  group_id uuid not null,
  person_id uuid not null,
  role text not null check (role in ('student', 'teacher')),
  is_primary boolean not null default false,
  begins_on date,
  ends_on date,                           -- last day in the group, from the roster
  ended_on date,                          -- day on which the roster dropped the row
  unique (school_id, id), unique (school_id, sourced_id),
  foreign key (school_id, group_id) references class_group (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id)
);
create index enrolment_person on enrolment (school_id, person_id, role);
create index enrolment_group on enrolment (school_id, group_id, role);

create table guardianship (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  student_id uuid not null,
  guardian_id uuid not null,
  barred boolean not null default false,
  ended_on date,
  unique (school_id, id), unique (school_id, student_id, guardian_id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, guardian_id) references person (school_id, id)
);
create index guardianship_guardian on guardianship (school_id, guardian_id);

-- The home groups a leader reads.
create table leader_scope (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  group_id uuid not null,
  unique (school_id, id), unique (school_id, person_id, group_id),
  foreign key (school_id, person_id) references person (school_id, id),
  foreign key (school_id, group_id) references class_group (school_id, id)
);

create table roster_import (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  imported_at timestamptz not null default now(),
  imported_by uuid,
  version text not null,
  counts jsonb not null,
  unique (school_id, id),
  foreign key (school_id, imported_by) references person (school_id, id)
);

-- Who is in which group today, one definition for every list. "Today" is the school's day, given by the caller's setting.
create function app_today() returns date language sql stable parallel safe as $$
  select coalesce(nullif(current_setting('app.today', true), '')::date, (now() at time zone 'Europe/Amsterdam')::date)
$$;

create view current_enrolment with (security_invoker = true) as
  select e.school_id, e.id, e.group_id, e.person_id, e.role, e.is_primary, g.kind, g.subject_id
    from enrolment e
    join class_group g on g.school_id = e.school_id and g.id = e.group_id
   where e.ended_on is null and g.ended_on is null
     and (e.begins_on is null or e.begins_on <= app_today())
     and (e.ends_on is null or e.ends_on >= app_today());
