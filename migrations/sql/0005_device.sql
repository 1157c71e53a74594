-- Whose device a session is on, and the secret that a person's own device seals its copies with.

alter table session add column device text not null default 'shared' check (device in ('own', 'shared'));

-- Made when a device of one's own first asks. With the person it is erased, and every sealed copy on every phone with it.
create table device_secret (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  secret bytea not null,
  created_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, person_id),
  foreign key (school_id, person_id) references person (school_id, id)
);
alter table device_secret enable row level security;
alter table device_secret force row level security;
create policy school on device_secret to driehoek_app using (school_id = (select app_school()))
  with check (school_id = (select app_school()));
grant select, insert, delete on device_secret to driehoek_app;
