-- How long a session may rest, what its owner sees of it in the list of sessions, and whether a second factor was shown in it.

alter table session
  add column idle interval not null default '12 hours',
  add column label text not null default '',            -- device and browser in words, for the list of sessions
  add column second_factor_at timestamptz;

-- As before, with the session's own rest, and whether a second factor was shown.
drop function session_enter(bytea);
create function session_enter(hash bytea, out school uuid, out person uuid, out second_factor boolean)
  returns setof record language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  seen timestamptz;
  rest interval;
begin
  select s.school_id, s.person_id, s.second_factor_at is not null, s.seen_at, s.idle
    into school, person, second_factor, seen, rest
    from session s where s.id_hash = hash and s.ended_at is null and s.expires_at > now();
  if not found then return; end if;
  if seen < now() - interval '5 minutes' then
    update session s set seen_at = now(), expires_at = greatest(s.expires_at, now() + rest) where s.id_hash = hash;
  end if;
  perform set_config('app.school_id', school::text, true);
  return next;
end $$;
revoke all on function session_enter(bytea) from public;
grant execute on function session_enter(bytea) to driehoek_app;
alter function session_enter(bytea) owner to driehoek_signin;

drop function request_enter(bytea);
create function request_enter(hash bytea)
  returns table (school uuid, person uuid, active boolean, second_factor boolean, roles text[], locale text, time_zone text)
  language plpgsql volatile as $$
declare s record;
begin
  select * into s from session_enter(hash);
  if not found then return; end if;
  return query
    select p.school_id, p.id, p.enabled and p.left_on is null, s.second_factor,
           array(select r.role from person_role r where r.school_id = p.school_id and r.person_id = p.id),
           p.locale, c.time_zone
      from person p join school c on c.id = p.school_id
     where p.school_id = s.school and p.id = s.person;
end $$;
