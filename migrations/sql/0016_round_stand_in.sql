-- Somebody who writes for a group in one round beside its teachers, because the organiser said so: a substitute. The roster knows
-- nothing of it, and nothing but this round follows from it.
create table round_stand_in (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  group_id uuid not null,
  person_id uuid not null,
  given_by uuid not null,
  given_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, round_id, group_id, person_id),
  foreign key (school_id, round_id) references round (school_id, id),
  foreign key (school_id, group_id) references class_group (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id),
  foreign key (school_id, given_by) references person (school_id, id)
);
create index round_stand_in_person on round_stand_in (school_id, person_id);

alter table round_stand_in enable row level security;
alter table round_stand_in force row level security;
create policy school on round_stand_in to driehoek_app using (school_id = (select app_school()))
  with check (school_id = (select app_school()));
grant select, insert, update, delete on round_stand_in to driehoek_app;
