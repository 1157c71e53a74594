-- Rounds, feedback, reports, plans, agreements.

create table round (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  name text not null,
  explanation text not null default '',   -- short Markdown
  state text not null default 'draft' check (state in ('draft', 'open', 'closed', 'archived')),
  deadline timestamptz not null,
  opens_at timestamptz,                   -- null: by hand
  closes_at timestamptz,                  -- null: by hand
  opened_at timestamptz,
  closed_at timestamptz,
  mentors_watch boolean not null default false,
  sharing boolean not null default true,
  required jsonb not null,                -- {stoplight: {remark: bool, action: bool}}
  audience jsonb not null,                -- {levels: [], years: [], home_group_ids: [], left_out_subject_ids: []}; empty list = all
  only_groups uuid[],                     -- open groups after a partial reopen; null = all
  based_on uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  unique (school_id, id),
  foreign key (school_id, created_by) references person (school_id, id),
  foreign key (school_id, based_on) references round (school_id, id)
);

-- Expected (student, teaching group) pairs; recomputed while open, frozen at close.
create table expected_pair (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  group_id uuid not null,
  state text not null default 'expected' check (state in ('expected', 'ended', 'left')),
  until date,                             -- for ended and left: the last day
  unique (school_id, id), unique (school_id, round_id, student_id, group_id),
  foreign key (school_id, round_id) references round (school_id, id) on delete cascade,
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, group_id) references class_group (school_id, id)
);
create index expected_pair_group on expected_pair (school_id, round_id, group_id);

create table feedback (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  group_id uuid not null,
  stoplight text check (stoplight in ('excellent', 'on_track', 'attention', 'warning', 'no_picture')),
  remark text not null default '' check (char_length(remark) <= 2000),   -- for no_picture: the reason
  action text not null default '' check (char_length(action) <= 2000),
  complete boolean not null default false, -- by rules.completeness, at every write
  version integer not null default 1,
  author_id uuid not null,                -- who wrote last
  written_by uuid[] not null,             -- everyone who ever wrote in it
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, round_id, student_id, group_id),
  foreign key (school_id, round_id, student_id, group_id) references expected_pair (school_id, round_id, student_id, group_id),
  foreign key (school_id, author_id) references person (school_id, id)
);
create index feedback_student on feedback (school_id, student_id, round_id);
create index feedback_group on feedback (school_id, round_id, group_id);

-- Every version ever saved, the current one included.
create table feedback_history (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  feedback_id uuid not null,
  version integer not null,
  stoplight text,
  remark text not null,
  action text not null,
  author_id uuid not null,
  saved_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, feedback_id, version),
  foreign key (school_id, feedback_id) references feedback (school_id, id),
  foreign key (school_id, author_id) references person (school_id, id)
);

-- A write that came after closing: kept for its author, counted for the organiser.
create table late_write (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  group_id uuid not null,
  author_id uuid not null,
  stoplight text,
  remark text not null default '' check (char_length(remark) <= 2000),
  action text not null default '' check (char_length(action) <= 2000),
  based_on integer not null default 0,    -- version of the feedback its author saw: taken over only while that is current
  arrived_at timestamptz not null default now(),
  settled_at timestamptz,                 -- taken over after a reopen, or the author wrote anew
  unique (school_id, id), unique (school_id, round_id, student_id, group_id, author_id),
  foreign key (school_id, round_id, student_id, group_id) references expected_pair (school_id, round_id, student_id, group_id),
  foreign key (school_id, author_id) references person (school_id, id)
);

create table mentor_message (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  text text not null check (char_length(text) <= 2000),
  version integer not null default 1,
  author_id uuid not null,
  updated_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, round_id, student_id),
  foreign key (school_id, round_id) references round (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, author_id) references person (school_id, id)
);
create table mentor_message_history (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  message_id uuid not null,
  version integer not null,
  text text not null,
  author_id uuid not null,
  saved_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, message_id, version),
  foreign key (school_id, message_id) references mentor_message (school_id, id),
  foreign key (school_id, author_id) references person (school_id, id)
);

-- A shared report is a frozen version: what a student has read never changes silently.
create table report_share (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  number integer not null,
  content jsonb not null,
  guardians boolean not null,
  shared_by uuid not null,
  shared_at timestamptz not null default now(),
  recalled_at timestamptz,
  unique (school_id, id), unique (school_id, round_id, student_id, number),
  foreign key (school_id, round_id) references round (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, shared_by) references person (school_id, id)
);
create index report_share_student on report_share (school_id, student_id);

-- First reading of a shared version by student or guardian.
create table report_read (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  share_id uuid not null,
  person_id uuid not null,
  read_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, share_id, person_id),
  foreign key (school_id, share_id) references report_share (school_id, id),
  foreign key (school_id, person_id) references person (school_id, id)
);

-- One plan per student per round, across versions of the report.
create table plan (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  state text not null default 'none' check (state in ('none', 'draft', 'handed_in', 'concluded')),
  draft jsonb not null default '{}',      -- {proud, improve, how, help, when, answers: {feedback_id: text}}
  version integer not null default 1,     -- of the draft
  concluded_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, round_id, student_id),
  foreign key (school_id, round_id) references round (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id)
);
create table plan_version (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  plan_id uuid not null,
  number integer not null,
  content jsonb not null,
  handed_in_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, plan_id, number),
  foreign key (school_id, plan_id) references plan (school_id, id)
);

create table agreement (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  what text not null check (char_length(what) between 1 and 2000),
  party text not null check (party in ('student', 'teacher', 'mentor', 'guardian')),
  owner_id uuid,                          -- the teacher, where party is teacher
  due_on date,
  confirmed_at timestamptz,
  done_at timestamptz,
  removed_at timestamptz,
  version integer not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (school_id, id),
  foreign key (school_id, round_id) references round (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, owner_id) references person (school_id, id),
  foreign key (school_id, created_by) references person (school_id, id)
);
create index agreement_student on agreement (school_id, student_id, round_id);
create table agreement_history (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  agreement_id uuid not null,
  version integer not null,
  content jsonb not null,
  author_id uuid not null,
  saved_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, agreement_id, version),
  foreign key (school_id, agreement_id) references agreement (school_id, id),
  foreign key (school_id, author_id) references person (school_id, id)
);
