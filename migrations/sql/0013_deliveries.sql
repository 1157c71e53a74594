-- When a delivery is given up, addresses that nobody reads, whose device a subscription is, and figures without any school.

-- The day of trying begins here and not when it was made: quiet hours and holidays may have held it back.
alter table delivery add column first_tried_at timestamptz;
update delivery set first_tried_at = created_at where tries > 0;

-- Mails and pushes are taken apart from each other, so that a mail server that hangs holds up no push.
drop index delivery_due;
create index delivery_due on delivery (channel, next_try_at) where state = 'waiting';
create index delivery_failed on delivery (school_id, id) where state = 'failed';

drop function delivery_claim(integer, interval);
create function delivery_claim(over text, n integer, lease interval)
  returns table (id uuid, school_id uuid)
  language sql volatile security definer set search_path = public, pg_temp as $$
  update delivery d set leased_until = now() + lease, tries = d.tries + 1, first_tried_at = coalesce(d.first_tried_at, now())
   where d.id in (select h.id from delivery h
                   where h.state = 'waiting' and h.channel = over and h.next_try_at <= now()
                     and (h.leased_until is null or h.leased_until < now())
                   order by h.next_try_at, h.id limit n for update skip locked)
  returning d.id, d.school_id
$$;
revoke all on function delivery_claim(text, integer, interval) from public;
grant execute on function delivery_claim(text, integer, interval) to driehoek_app;
alter function delivery_claim(text, integer, interval) owner to driehoek_relay;

-- Under which session a device was told last. An expired session leaves it alone, one that was ended (signed out) ends it.
alter table push_subscription
  add column session_id uuid,
  add foreign key (school_id, session_id) references session (school_id, id) on delete set null (session_id);
create index push_subscription_session on push_subscription (school_id, session_id) where session_id is not null;

-- A mail server said that there is no such mailbox: no more mail goes there until the admin asks for it again.
create table stopped_address (
  id uuid primary key default uuidv7(),
  school_id uuid not null references school (id),
  address text not null,                  -- in lower case
  code text not null,                     -- what the mail server said, as a code
  stopped_at timestamptz not null default now(),
  unique (school_id, id), unique (school_id, address)
);
alter table stopped_address enable row level security;
alter table stopped_address force row level security;
create policy school on stopped_address to driehoek_app using (school_id = (select app_school()))
  with check (school_id = (select app_school()));
grant select, insert, update, delete on stopped_address to driehoek_app;

-- How many attempts ended how, of all schools together: for /metrics, which knows no school.
create table delivery_tally (
  channel text not null,
  outcome text not null,
  n bigint not null default 0,
  primary key (channel, outcome)
);
grant select, insert, update on delivery_tally to driehoek_app;

-- What waits, and for how many seconds the oldest of it; of all schools together.
create function delivery_figures() returns table (channel text, waiting bigint, age double precision)
  language sql stable security definer set search_path = public, pg_temp as $$
  select 'outbox', count(*), coalesce(extract(epoch from now() - min(case when o.tries > 0 then o.created_at else o.due_at end)), 0)::float8
    from outbox o where o.done_at is null and o.due_at <= now()
  union all
  select c.name, count(d.id), coalesce(extract(epoch from now() - min(coalesce(d.first_tried_at, d.next_try_at))), 0)::float8
    from (values ('mail'), ('push')) c (name)
    left join delivery d on d.channel = c.name and d.state = 'waiting' and (d.next_try_at <= now() or d.first_tried_at is not null)
   group by c.name
$$;
revoke all on function delivery_figures() from public;
grant execute on function delivery_figures() to driehoek_app;
alter function delivery_figures() owner to driehoek_relay;
