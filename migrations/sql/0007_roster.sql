-- What people of the school decide by hand beside the roster, uploads with a preview, imports that can be undone, and sources
-- that the roster is fetched from.

-- `manual`: added or taken over by hand; no import changes or ends such a row. Ids of added ones begin with `manual:`.
alter table person
  add column source text not null default 'roster' check (source in ('roster', 'manual')),
  add column disabled_at timestamptz;     -- shut out by hand, whatever the roster says
alter table enrolment add column source text not null default 'roster' check (source in ('roster', 'manual'));
alter table guardianship add column source text not null default 'roster' check (source in ('roster', 'manual'));

-- As before, and not who was shut out by hand.
create or replace function request_enter(hash bytea)
  returns table (school uuid, person uuid, active boolean, second_factor boolean, roles text[], locale text, time_zone text)
  language plpgsql volatile as $$
declare s record;
begin
  select * into s from session_enter(hash);
  if not found then return; end if;
  return query
    select p.school_id, p.id, p.enabled and p.left_on is null and p.disabled_at is null, s.second_factor,
           array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id),
           p.locale, c.time_zone
      from person p join school c on c.id = p.school_id
     where p.school_id = s.school and p.id = s.person;
end $$;

-- A OneRoster REST service that the roster comes from.
create table roster_source (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  name text not null,
  version text not null check (version in ('1.1', '1.2')),
  base_url text not null,
  token_url text not null,
  client_id text not null,
  secret bytea not null,                  -- sealed (server/platform/sealing.py)
  nightly boolean not null default true,
  state text not null default 'idle' check (state in ('idle', 'waiting', 'reading', 'applying')),
  confirm_leaving boolean not null default false, -- of the synchronisation that is asked for
  whole boolean not null default false,   -- the next one fetches everything
  asked_by uuid,
  fetched_until timestamptz,              -- changes before this moment are in the mirror
  fetched_whole_at timestamptz,           -- when everything was last fetched
  result text not null default 'never' check (result in ('never', 'changed', 'nothing', 'held', 'failed')),
  result_at timestamptz,
  error text not null default '',         -- a code, never a text of the other side
  preview jsonb,                          -- of what was held, or changed
  problems jsonb not null default '[]',
  leased_until timestamptz,
  tries integer not null default 0,
  created_at timestamptz not null default now(),
  unique (school_id, id),
  foreign key (school_id, asked_by) references person (school_id, id)
);

-- What a source last said, row by row: a change of a few rows is read together with all others.
create table roster_mirror (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  source_id uuid not null,
  file text not null,
  sourced_id text not null,
  cells jsonb not null,                   -- the columns that are read, nothing else
  unique (school_id, id), unique (school_id, source_id, file, sourced_id),
  foreign key (school_id, source_id) references roster_source (school_id, id) on delete cascade
);

alter table roster_import
  add column origin text not null default 'command' check (origin in ('command', 'upload', 'source')),
  add column name text not null default '', -- of the file or the source
  add column source_id uuid,
  add column undone_at timestamptz,
  add column undone_by uuid,
  add foreign key (school_id, source_id) references roster_source (school_id, id) on delete set null (source_id),
  add foreign key (school_id, undone_by) references person (school_id, id);
create index roster_import_latest on roster_import (school_id, imported_at);

-- What the last import found, so that it can be undone: the ids of what it added, and the other rows as they were.
create table roster_before (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  import_id uuid not null,
  kind text not null,
  added uuid[] not null,
  rows jsonb not null,
  unique (school_id, id), unique (school_id, import_id, kind),
  foreign key (school_id, import_id) references roster_import (school_id, id)
);

-- A file that somebody uploaded: read and previewed by a worker, then applied when that is asked for. Kept for some days.
create table roster_upload (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  filename text not null,
  zipped bytea not null,                  -- emptied as soon as it is of no more use
  state text not null default 'waiting' check (state in ('waiting', 'reading', 'ready', 'refused', 'applying', 'done', 'failed')),
  problems jsonb not null default '[]',
  preview jsonb,
  digest text not null default '',        -- of the plan that was previewed
  changed boolean not null default false, -- the school changed since the preview: look again
  confirm_leaving boolean not null default false,
  rows_done integer not null default 0,
  rows_total integer not null default 0,
  error text not null default '',
  import_id uuid,
  uploaded_by uuid not null,
  uploaded_at timestamptz not null default now(),
  applied_by uuid,
  finished_at timestamptz,
  leased_until timestamptz,
  tries integer not null default 0,
  unique (school_id, id),
  foreign key (school_id, import_id) references roster_import (school_id, id),
  foreign key (school_id, uploaded_by) references person (school_id, id),
  foreign key (school_id, applied_by) references person (school_id, id)
);
create index roster_upload_latest on roster_upload (school_id, uploaded_at);
create index roster_upload_due on roster_upload (uploaded_at) where state in ('waiting', 'reading', 'applying');
create index roster_source_due on roster_source (created_at) where state <> 'idle';

do $$
declare t text;
begin
  foreach t in array array['roster_source', 'roster_mirror', 'roster_before', 'roster_upload'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update, delete on %I to driehoek_app', t);
  end loop;
end $$;
-- An import that is undone takes back what it added, where nothing refers to it; references hold everything else.
grant delete on academic_year, subject, person, class_group, enrolment, guardianship to driehoek_app;
grant maintain on roster_mirror to driehoek_app;

-- The work that waits, of all schools: one upload or one source at a time, ids only.
create policy relay on roster_upload to driehoek_relay using (true) with check (true);
create policy relay on roster_source to driehoek_relay using (true) with check (true);
grant select (id, school_id, state, uploaded_at, leased_until, tries), update (leased_until, tries) on roster_upload to driehoek_relay;
grant select (id, school_id, state, created_at, leased_until, tries), update (leased_until, tries) on roster_source to driehoek_relay;

create function roster_claim(lease interval)
  returns table (what text, school_id uuid, id uuid, state text, tries integer)
  language sql volatile security definer set search_path = public, pg_temp as $$
  with upload as (
    update roster_upload u set leased_until = now() + lease, tries = u.tries + 1
     where u.id = (select h.id from roster_upload h
                    where h.state in ('waiting', 'reading', 'applying') and (h.leased_until is null or h.leased_until < now())
                    order by h.uploaded_at, h.id limit 1 for update skip locked)
    returning 'upload', u.school_id, u.id, u.state, u.tries),
  source as (
    update roster_source r set leased_until = now() + lease, tries = r.tries + 1
     where not exists (select 1 from upload)
       and r.id = (select h.id from roster_source h
                    where h.state <> 'idle' and (h.leased_until is null or h.leased_until < now())
                    order by h.created_at, h.id limit 1 for update skip locked)
    returning 'source', r.school_id, r.id, r.state, r.tries)
  select * from upload union all select * from source
$$;
revoke all on function roster_claim(interval) from public;
grant execute on function roster_claim(interval) to driehoek_app;
alter function roster_claim(interval) owner to driehoek_relay;
