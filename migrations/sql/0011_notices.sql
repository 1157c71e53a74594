-- What people and schools choose to hear, and which notices are told in the day's digest.

-- A person's own choice; without a row the kind's default holds.
create table notice_preference (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  kind text not null,
  channel text not null check (channel in ('push', 'mail')),
  wanted boolean not null,
  changed_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, person_id, kind, channel),
  foreign key (school_id, person_id) references person (school_id, id)
);

-- What a school sends to nobody.
create table notice_switched_off (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  kind text not null,
  channel text not null check (channel in ('push', 'mail')),
  unique (school_id, id), unique (school_id, kind, channel)
);

alter table school_settings add column quiet_hours boolean not null default true;

-- Told once a day with others of its kind, by counts alone.
alter table notice add column in_digest boolean not null default false;

do $$
declare t text;
begin
  foreach t in array array['notice_preference', 'notice_switched_off'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update, delete on %I to driehoek_app', t);
  end loop;
end $$;
