-- How often each stoplight was given, by round and teaching group, counted along with each write: figures over years of rounds read
-- this instead of a hundred thousand feedbacks. It holds all feedback; who left a group is taken off by whoever reads.
create table round_tally (
  school_id uuid not null references school (id),
  round_id uuid not null,
  group_id uuid not null,
  excellent integer not null,
  on_track integer not null,
  attention integer not null,
  warning integer not null,
  primary key (school_id, round_id, group_id),
  foreign key (school_id, round_id) references round (school_id, id) on delete cascade,
  foreign key (school_id, group_id) references class_group (school_id, id)
) with (fillfactor = 60);                 -- a row changes as often as its group has students

alter table round_tally enable row level security;
alter table round_tally force row level security;
create policy school on round_tally to driehoek_app using (school_id = (select app_school()))
  with check (school_id = (select app_school()));
grant select, insert, update on round_tally to driehoek_app;

insert into round_tally
select school_id, round_id, group_id, count(*) filter (where stoplight = 'excellent'), count(*) filter (where stoplight = 'on_track'),
       count(*) filter (where stoplight = 'attention'), count(*) filter (where stoplight = 'warning')
  from feedback where stoplight is not null group by school_id, round_id, group_id;

-- One row for each group, so that two teachers of one group wait for each other and never in a circle. Round and group of a feedback
-- never change.
create function tally_given() returns trigger language plpgsql as $$
begin
  insert into round_tally as t (school_id, round_id, group_id, excellent, on_track, attention, warning)
  values (new.school_id, new.round_id, new.group_id,
          (new.stoplight is not distinct from 'excellent')::integer - (old.stoplight is not distinct from 'excellent')::integer,
          (new.stoplight is not distinct from 'on_track')::integer - (old.stoplight is not distinct from 'on_track')::integer,
          (new.stoplight is not distinct from 'attention')::integer - (old.stoplight is not distinct from 'attention')::integer,
          (new.stoplight is not distinct from 'warning')::integer - (old.stoplight is not distinct from 'warning')::integer)
  on conflict (school_id, round_id, group_id) do update
     set excellent = t.excellent + excluded.excellent, on_track = t.on_track + excluded.on_track,
         attention = t.attention + excluded.attention, warning = t.warning + excluded.warning;
  return null;
end $$;

create function tally_gone() returns trigger language plpgsql as $$
begin
  update round_tally
     set excellent = excellent - (old.stoplight = 'excellent')::integer, on_track = on_track - (old.stoplight = 'on_track')::integer,
         attention = attention - (old.stoplight = 'attention')::integer, warning = warning - (old.stoplight = 'warning')::integer
   where school_id = old.school_id and round_id = old.round_id and group_id = old.group_id;
  return null;
end $$;

create trigger tally_first after insert on feedback for each row when (new.stoplight is not null) execute function tally_given();
create trigger tally_changed after update of stoplight on feedback for each row
  when (new.stoplight is distinct from old.stoplight) execute function tally_given();
create trigger tally_deleted after delete on feedback for each row when (old.stoplight is not null) execute function tally_gone();
