-- A student has a question about one feedback of the own report: a tap and no text, for they talk about it. Whose question it
-- is and in which round, the feedback says.
create table question (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  feedback_id uuid not null,
  number integer not null default 1,      -- which of its askings the authors were told of last
  asked_at timestamptz not null,
  told_at timestamptz not null,
  taken_back_at timestamptz,
  answered_at timestamptz,
  unique (school_id, id), unique (school_id, feedback_id),
  foreign key (school_id, feedback_id) references feedback (school_id, id)
);

alter table question enable row level security;
alter table question force row level security;
create policy school on question to driehoek_app using (school_id = (select app_school()))
  with check (school_id = (select app_school()));
grant select, insert, update on question to driehoek_app;
