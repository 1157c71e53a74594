-- What was decided about a student when a group was discussed. It goes into the next version of the report that is shared, and
-- may become an agreement.
create table decision (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  round_id uuid not null,
  student_id uuid not null,
  text text not null check (char_length(text) between 1 and 500),
  version integer not null default 1,
  agreement_id uuid,                      -- what it has become
  created_by uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz,
  unique (school_id, id),
  foreign key (school_id, round_id) references round (school_id, id),
  foreign key (school_id, student_id) references person (school_id, id),
  foreign key (school_id, agreement_id) references agreement (school_id, id),
  foreign key (school_id, created_by) references person (school_id, id)
);
create index decision_student on decision (school_id, round_id, student_id) where removed_at is null;

-- Every version ever saved, the current one included; the last one of a decision that was taken away says so.
create table decision_history (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  decision_id uuid not null,
  version integer not null,
  text text not null,
  removed boolean not null,
  author_id uuid not null,
  saved_at timestamptz not null,
  unique (school_id, id), unique (school_id, decision_id, version),
  foreign key (school_id, decision_id) references decision (school_id, id),
  foreign key (school_id, author_id) references person (school_id, id)
);

do $$
declare t text;
begin
  foreach t in array array['decision', 'decision_history'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update on %I to driehoek_app', t);
  end loop;
end $$;
