-- Reports on paper: what somebody asked for, whose reports are in it, and the file as far as it has been made.

create table bundle (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null default now(),
  kind text not null check (kind in ('report', 'talk_sheet')),
  form text not null check (form in ('file', 'zip')),
  sort text not null check (sort in ('name', 'group')),
  scope text not null check (scope in ('student', 'home_group', 'year', 'school')),
  student_id uuid,
  group_id uuid,
  year smallint,
  language text not null check (language in ('nl', 'en')),
  state text not null default 'waiting' check (state in ('waiting', 'making', 'ready', 'failed')),
  error text not null default '',         -- a code
  total integer not null default 0,
  done integer not null default 0,
  left_out integer not null default 0,    -- of those done: nothing to put on paper
  size bigint not null default 0,         -- bytes of the finished file
  finished_at timestamptz,
  leased_until timestamptz,
  tries integer not null default 0,
  unique (school_id, id),
  check (scope <> 'student' or student_id is not null),
  check (scope <> 'home_group' or group_id is not null),
  check (scope <> 'year' or year is not null),
  foreign key (school_id, round_id) references round (school_id, id) on delete cascade,
  foreign key (school_id, asked_by) references person (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, group_id) references class_group (school_id, id)
);
create index bundle_mine on bundle (school_id, asked_by, asked_at desc);
create index bundle_due on bundle (asked_at) where state in ('waiting', 'making');

-- One student of a bundle, and what the rules have to be asked again about it when the file is opened.
create table bundle_student (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  bundle_id uuid not null,
  place integer not null,                 -- in the order of the file
  student_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'set', 'left_out')),
  reading text not null default 'shared' check (reading in ('mentor', 'leader', 'shared')),
  share_id uuid,                          -- the shared version that stood when it was made
  shown uuid[] not null default '{}',     -- teaching groups whose feedback is in it
  unique (school_id, id), unique (school_id, bundle_id, place), unique (school_id, bundle_id, student_id),
  foreign key (school_id, bundle_id) references bundle (school_id, id) on delete cascade,
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, share_id) references report_share (school_id, id)
);
create index bundle_student_student on bundle_student (school_id, student_id);

-- Pages that were made, until the file is bound from them. `place`: of the first student in it.
create table bundle_part (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  bundle_id uuid not null,
  place integer not null,
  body bytea not null,
  unique (school_id, id), unique (school_id, bundle_id, place),
  foreign key (school_id, bundle_id) references bundle (school_id, id) on delete cascade
);

-- The finished file, in pieces that fit into memory.
create table bundle_piece (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  bundle_id uuid not null,
  number integer not null,
  body bytea not null,
  unique (school_id, id), unique (school_id, bundle_id, number),
  foreign key (school_id, bundle_id) references bundle (school_id, id) on delete cascade
);
-- PDF and zip are packed already.
alter table bundle_part alter column body set storage external;
alter table bundle_piece alter column body set storage external;

do $$
declare t text;
begin
  foreach t in array array['bundle', 'bundle_student', 'bundle_part', 'bundle_piece'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update, delete on %I to driehoek_app', t);
  end loop;
end $$;

-- The work that waits, of all schools: one bundle at a time, ids only. Small ones first: who waits for one report is waiting now.
create policy relay on bundle to driehoek_relay using (true) with check (true);
grant select (id, school_id, scope, state, asked_at, leased_until, tries), update (leased_until, tries) on bundle to driehoek_relay;

create function bundle_claim(lease interval)
  returns table (school_id uuid, id uuid, tries integer)
  language sql volatile security definer set search_path = public, pg_temp as $$
  update bundle b set leased_until = now() + lease, tries = b.tries + 1
   where b.id = (select h.id from bundle h
                  where h.state in ('waiting', 'making') and (h.leased_until is null or h.leased_until < now())
                  order by h.scope <> 'student', h.asked_at, h.id limit 1 for update skip locked)
  returning b.school_id, b.id, b.tries
$$;
revoke all on function bundle_claim(interval) from public;
grant execute on function bundle_claim(interval) to driehoek_app;
alter function bundle_claim(interval) owner to driehoek_relay;
