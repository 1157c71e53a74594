-- What the admin decides by hand and the roster leaves alone: people of the school's own, accounts that are switched off, other
-- mentors, names of subjects, and how the school looks.

-- The same columns as 0007_roster: whichever comes first makes them.
alter table person
  add column if not exists source text not null default 'roster' check (source in ('roster', 'manual')),
  add column if not exists disabled_at timestamptz;
alter table enrolment
  add column if not exists source text not null default 'roster' check (source in ('roster', 'manual'));
alter table guardianship
  add column if not exists source text not null default 'roster' check (source in ('roster', 'manual'));

-- And of 0008_signin.
alter table school_settings add column if not exists long_sessions boolean not null default false;

-- Two records of one human being: this one has ended, and that one goes on.
alter table person
  add column merged_into uuid,
  add foreign key (school_id, merged_into) references person (school_id, id);

-- Somebody whom the roster calls teacher or mentor of a group and who is not, says the school. By group and person, because an
-- export may give the same enrolment another identifier next time.
create table set_aside (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  group_id uuid not null,
  person_id uuid not null,
  at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, group_id, person_id),
  foreign key (school_id, group_id) references class_group (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id)
);

-- As before, without those who are set aside.
create or replace view current_enrolment with (security_invoker = true) as
  select e.school_id, e.id, e.group_id, e.person_id, e.role, e.is_primary, g.kind, g.subject_id
    from enrolment e
    join class_group g on g.school_id = e.school_id and g.id = e.group_id
   where e.ended_on is null and g.ended_on is null
     and (e.begins_on is null or e.begins_on <= app_today())
     and (e.ends_on is null or e.ends_on >= app_today())
     and (e.role <> 'teacher' or e.source = 'manual'
          or not exists (select 1 from set_aside a
                          where a.school_id = e.school_id and a.group_id = e.group_id and a.person_id = e.person_id));

-- What the roster calls a subject, what the school calls it, and what everybody reads.
alter table subject rename column name to roster_name;
alter table subject add column own_name text;
alter table subject add column name text not null generated always as (coalesce(own_name, roster_name)) stored;

alter table school_settings
  add column retention_years smallint not null default 2 check (retention_years between 1 and 10),
  add column languages text[] not null default '{nl,en}'
    check (cardinality(languages) between 1 and 2 and languages <@ array['nl', 'en']),
  add column accent_light text check (accent_light ~ '^#[0-9a-f]{6}$'),
  add column accent_dark text check (accent_dark ~ '^#[0-9a-f]{6}$'),
  add check ((accent_light is null) = (accent_dark is null));

create table school_logo (
  id uuid primary key default uuidv7(),
  school_id uuid not null unique references school (id),
  media_type text not null check (media_type in ('image/png', 'image/jpeg', 'image/webp')),
  body bytea not null check (octet_length(body) <= 200000),
  digest text not null,                   -- its version in addresses: another picture, another address
  unique (school_id, id)
);

do $$
declare t text;
begin
  foreach t in array array['set_aside', 'school_logo'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update, delete on %I to driehoek_app', t);
  end loop;
end $$;

create index audit_log_at on audit_log (school_id, at desc);
create index access_log_at on access_log (school_id, read_at desc);

-- The directory of schools lies outside row-level security, so a school gets another name through a door that knows only its own.
grant select, update (name) on school to driehoek_relay;
create function school_rename(new_name text) returns void
  language sql volatile security definer set search_path = public, pg_temp as $$
  update school set name = new_name where id = app_school()
$$;
revoke all on function school_rename(text) from public;
grant execute on function school_rename(text) to driehoek_app;
alter function school_rename(text) owner to driehoek_relay;

-- As before; an account that was switched off at the school is not active.
drop function request_enter(bytea);
create function request_enter(hash bytea)
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
