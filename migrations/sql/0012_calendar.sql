-- Time: the school's holidays, when a round reminds, and what has been told already.

create table school_holiday (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  name text not null check (char_length(name) between 1 and 80),
  first_on date not null,
  last_on date not null,
  unique (school_id, id),
  check (first_on <= last_on)
);

-- At most one nudge a day for each person, by whomever and about whichever round.
create table nudge (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  person_id uuid not null,
  day date not null,
  round_id uuid not null,
  asked_by uuid not null,
  unique (school_id, id), unique (school_id, person_id, day),
  foreign key (school_id, person_id) references person (school_id, id),
  foreign key (school_id, asked_by) references person (school_id, id),
  foreign key (school_id, round_id) references round (school_id, id)
);

do $$
declare t text;
begin
  foreach t in array array['school_holiday', 'nudge'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, delete on %I to driehoek_app', t);
  end loop;
end $$;

alter table round
  add column reminders smallint[] not null default '{7,2,0}'
    check (cardinality(reminders) <= 5 and 0 <= all (reminders) and 30 >= all (reminders)),
  -- Moments up to this one have been told, or lie before the round was opened or its deadline moved.
  add column reminded_until timestamptz not null default now(),
  add column complete_at timestamptz;     -- when the organiser was told that all feedback is there

-- The day for which its owner was reminded: another day, another reminder.
alter table agreement add column reminded_for date;
create index agreement_due on agreement (school_id, due_on) where done_at is null and removed_at is null;

-- When the mentor was asked after the plan that should have come of it. What was shared before this version is not asked after.
alter table report_share add column plan_asked_at timestamptz default now();
alter table report_share alter column plan_asked_at drop default;
create index report_share_unasked on report_share (school_id, shared_at) where plan_asked_at is null;
