-- Row-level security on every table with a school_id; rights of the plain application role; doors for what has no school yet.

do $$
declare t text;
begin
  for t in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r'
       and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'school_id' and not a.attisdropped)
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy school on %I to driehoek_app using (school_id = (select app_school())) '
                   'with check (school_id = (select app_school()))', t);
    execute format('grant select, insert, update on %I to driehoek_app', t);
  end loop;
end $$;

grant usage on schema public to driehoek_app, driehoek_signin, driehoek_relay;
grant select, insert on school to driehoek_app;
grant select on current_enrolment to driehoek_app;
-- Texts are never deleted by configuration: only these rows may go.
grant delete on round, expected_pair, push_subscription, request_key, leader_scope, person_role to driehoek_app;
-- What retention clears away: ended sessions and outbox rows that are done.
grant delete on session, outbox to driehoek_app;

-- Statistics after many rows at once (ANALYZE); see db.take_stock.
grant maintain on person, person_role, class_group, enrolment, guardianship, expected_pair, feedback, feedback_history, report_share,
  report_read, plan, plan_version, agreement, mentor_message to driehoek_app;

-- The doors: functions of other owners. Their rights are settled first, because the owner who migrates may give a function away
-- but not change what was given away: the revoke would only be a warning.

-- Session lookup comes before a school is known. The function belongs to a role of its own that sees session ids and nothing else.
create policy signin on session to driehoek_signin using (true) with check (true);
grant select on session to driehoek_signin;
grant update (seen_at, expires_at) on session to driehoek_signin;

-- Looks a session up by the hash of its id and, when it lives, sets the school of this transaction. Returns no row otherwise.
-- seen_at, and with it the end after 12 idle hours, moves at most every five minutes, so that reading costs no write.
create function session_enter(hash bytea, out school uuid, out person uuid)
  returns setof record language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare seen timestamptz;
begin
  select s.school_id, s.person_id, s.seen_at into school, person, seen
    from session s where s.id_hash = hash and s.ended_at is null and s.expires_at > now();
  if not found then return; end if;
  if seen < now() - interval '5 minutes' then
    update session s set seen_at = now(), expires_at = greatest(s.expires_at, now() + interval '12 hours') where s.id_hash = hash;
  end if;
  perform set_config('app.school_id', school::text, true);
  return next;
end $$;
revoke all on function session_enter(bytea) from public;
grant execute on function session_enter(bytea) to driehoek_app;
alter function session_enter(bytea) owner to driehoek_signin;

-- The relay sees heads of all schools: ids only.
create policy relay on outbox to driehoek_relay using (true) with check (true);
create policy relay on delivery to driehoek_relay using (true) with check (true);
grant select, update on outbox, delivery to driehoek_relay;
grant select on round to driehoek_relay;
create policy relay on round for select to driehoek_relay using (true);

-- Claim up to `n` due heads for `lease`; a claim that is not finished in time comes back by itself.
create function outbox_claim(n integer, lease interval)
  returns table (id uuid, school_id uuid, kind text, ids jsonb, tries integer)
  language sql volatile security definer set search_path = public, pg_temp as $$
  update outbox o set leased_until = now() + lease, tries = o.tries + 1
   where o.id in (select h.id from outbox h
                   where h.done_at is null and h.due_at <= now() and (h.leased_until is null or h.leased_until < now())
                   order by h.due_at, h.id limit n for update skip locked)
  returning o.id, o.school_id, o.kind, o.ids, o.tries
$$;
revoke all on function outbox_claim(integer, interval) from public;
grant execute on function outbox_claim(integer, interval) to driehoek_app;
alter function outbox_claim(integer, interval) owner to driehoek_relay;

create function delivery_claim(n integer, lease interval)
  returns table (id uuid, school_id uuid)
  language sql volatile security definer set search_path = public, pg_temp as $$
  update delivery d set leased_until = now() + lease, tries = d.tries + 1
   where d.id in (select h.id from delivery h
                   where h.state = 'waiting' and h.next_try_at <= now() and (h.leased_until is null or h.leased_until < now())
                   order by h.next_try_at, h.id limit n for update skip locked)
  returning d.id, d.school_id
$$;
revoke all on function delivery_claim(integer, interval) from public;
grant execute on function delivery_claim(integer, interval) to driehoek_app;
alter function delivery_claim(integer, interval) owner to driehoek_relay;

-- A device belongs to who signed in on it last, also when that is at another school of this installation.
create policy relay on push_subscription to driehoek_relay using (true);
grant select, delete on push_subscription to driehoek_relay;
create function subscription_release(address text) returns void
  language sql volatile security definer set search_path = public, pg_temp as $$
  delete from push_subscription s where s.endpoint = address and s.school_id <> app_school()
$$;
revoke all on function subscription_release(text) from public;
grant execute on function subscription_release(text) to driehoek_app;
alter function subscription_release(text) owner to driehoek_relay;

-- Rounds whose set time has come, of all schools: ids only.
create function rounds_due() returns table (school_id uuid, id uuid, act text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select r.school_id, r.id, case r.state when 'draft' then 'open' else 'close' end from round r
   where (r.state = 'draft' and r.opens_at <= now()) or (r.state = 'open' and r.closes_at <= now())
$$;
revoke all on function rounds_due() from public;
grant execute on function rounds_due() to driehoek_app;
alter function rounds_due() owner to driehoek_relay;

-- One round trip at the start of every request: the session, the tenant, and the person as of now. No row: signed out.
create function request_enter(hash bytea)
  returns table (school uuid, person uuid, active boolean, roles text[], locale text, time_zone text)
  language plpgsql volatile as $$
declare s record;
begin
  select * into s from session_enter(hash);
  if not found then return; end if;
  return query
    select p.school_id, p.id, p.enabled and p.left_on is null,
           array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id),
           p.locale, c.time_zone
      from person p join school c on c.id = p.school_id
     where p.school_id = s.school and p.id = s.person;
end $$;
