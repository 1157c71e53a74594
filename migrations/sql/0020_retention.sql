-- Erasing somebody: what is about them goes, what they wrote about others stays and names nobody any more.

-- A record that was erased keeps its id, so that what refers to it stays whole; everything in it that says who it was is gone.
alter table person add column erased_at timestamptz;
create index person_left on person (school_id, left_on) where left_on is not null and erased_at is null;
create index person_erased on person (school_id) where erased_at is not null;

-- Is this a transaction that erases somebody (server/retention/erasing.py)?
create function app_erasing() returns boolean language sql stable parallel safe as $$
  select coalesce(current_setting('app.erasing', true), '') = 'on'
$$;

-- What nobody could delete until now can be deleted by erasing alone: anywhere else these rows are not there for a delete. The
-- admin's log and what a school is made of stay.
do $$
declare t text;
begin
  for t in
    select c.relname from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and c.relname not in ('audit_log', 'school_settings', 'roster_import')
       and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'school_id' and not a.attisdropped)
       and not has_table_privilege('driehoek_app', c.oid, 'delete')
  loop
    execute format('create policy erasing on %I as restrictive for delete to driehoek_app using ((select app_erasing()))', t);
    execute format('grant delete on %I to driehoek_app', t);
  end loop;
end $$;
