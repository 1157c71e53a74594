-- Planning: required texts that differ by year, the organiser's own words in a round's mails, and plans kept under a name.

alter table round
  add column required_by_year jsonb not null default '{}',   -- {year: as in required}; a year that is not named asks what the round asks
  add column words jsonb not null default '{}';              -- {opened, reminder, closed}: plain text in mails to staff

create table round_template (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  name text not null check (char_length(name) between 1 and 120),
  plan jsonb not null,                    -- what a round is made from, without its moments
  version integer not null default 1,
  created_by uuid,
  created_at timestamptz not null,
  unique (school_id, id),
  foreign key (school_id, created_by) references person (school_id, id)
);
create unique index round_template_name on round_template (school_id, lower(name));

alter table round_template enable row level security;
alter table round_template force row level security;
create policy school on round_template to driehoek_app using (school_id = (select app_school()))
  with check (school_id = (select app_school()));
grant select, insert, update, delete on round_template to driehoek_app;
