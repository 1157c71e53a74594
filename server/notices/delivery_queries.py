"""All SQL about what leaves the house: deliveries, devices, and addresses that nobody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from server.platform import db

# A device whose session was ended is signed out; one whose session ran out is not.
SIGNED_OUT: Final = """exists (select 1 from session e where e.school_id = s.school_id and e.id = s.session_id
                                  and e.ended_at is not null)"""

# Row by row: joined as a whole, all notices would be read for each delivery while the statistics know of none of them yet.
TO_DELIVER: Final = f"""
select d.id, d.channel, d.tries, d.created_at, d.invitation_id, d.code_id,
       n.id as notice_id, n.person_id, n.kind, n.ids, n.withdrawn_at, n.created_at as made_at,
       p.email, p.locale, c.name as school, c.time_zone, coalesce(t.quiet_hours, true) as quiet_hours,
       s.id as subscription_id, s.endpoint, s.p256dh, s.auth,
       exists (select 1 from notice_switched_off o
                where o.school_id = n.school_id and o.kind = n.kind and o.channel = d.channel)
         or exists (select 1 from notice_preference w where w.school_id = n.school_id and w.person_id = n.person_id
                       and w.kind = n.kind and w.channel = d.channel and not w.wanted) as unwanted
  from unnest($2::uuid[]) ask (id)
 cross join lateral (select * from delivery d where d.school_id = $1 and d.id = ask.id and d.state = 'waiting' limit 1) d
  join school c on c.id = $1
  left join school_settings t on t.school_id = $1
  left join lateral (select * from notice n where n.school_id = $1 and n.id = d.notice_id limit 1) n on true
  left join lateral (select p.email, p.locale from person p where p.school_id = $1 and p.id = n.person_id limit 1) p on true
  left join lateral (select s.* from push_subscription s
                      where s.school_id = $1 and s.id = d.subscription_id and s.person_id = n.person_id and not {SIGNED_OUT}
                      limit 1) s on true
 order by d.next_try_at, d.id
"""

DELIVERIES: Final = """
select d.id, d.channel, d.state, d.tries, d.last_error, d.next_try_at, d.sent_at, d.created_at,
       coalesce(n.kind, case when d.code_id is null then 'invitation' else 'code' end) as kind,
       p.id as person_id, p.given_name, p.particle, p.family_name
  from delivery d
  left join notice n on n.school_id = d.school_id and n.id = d.notice_id
  left join invitation i on i.school_id = d.school_id and i.id = d.invitation_id
  left join sign_in_code k on k.school_id = d.school_id and k.id = d.code_id
  left join invitation ki on ki.school_id = k.school_id and ki.id = k.invitation_id
  left join person p on p.school_id = d.school_id and p.id = coalesce(n.person_id, i.person_id, ki.person_id)
 where d.school_id = $1
   and ($2::text is null or d.state = $2)
   and ($3::text is null or d.channel = $3)
   and ($4::text is null or n.kind = $4 or $4 = 'invitation' and d.invitation_id is not null
        or $4 = 'code' and d.code_id is not null)
   and ($5::uuid is null or d.id < $5)
 order by d.id desc limit $6
"""


# --- on their way -----------------------------------------------------------------------------------------------------


async def claim(channel: str, limit: int, lease: timedelta) -> list[Any]:
    """Take due deliveries of one channel, of all schools, for `lease`: id and school_id."""
    return await db.fetch("select * from delivery_claim($1, $2, $3)", channel, limit, lease)


async def to_deliver(school_id: UUID, delivery_ids: Sequence[UUID]) -> list[Any]:
    """All that these deliveries need, as far as they still wait; the subscription is empty when it is gone or somebody else's."""
    async with db.by_key():
        return await db.fetch(TO_DELIVER, school_id, list(delivery_ids))


async def waiting(school_id: UUID, delivery_ids: Sequence[UUID]) -> list[Any]:
    """Lock those that still wait: id, subscription_id, channel, tries and how long they are tried already; the others are settled."""
    return await db.fetch(
        """select id, subscription_id, channel, tries, now() - coalesce(first_tried_at, now()) as age from delivery
            where school_id = $1 and id = any($2::uuid[]) and state = 'waiting' order by id for update""",
        school_id,
        list(delivery_ids),
    )


async def finish(school_id: UUID, delivery_ids: Sequence[UUID], state: str, codes: Sequence[str]) -> None:
    """Deliveries came to their end: `sent`, `dropped` or `failed`, each with its code."""
    await db.execute(
        """update delivery d set state = $3, last_error = e.code, leased_until = null,
                  sent_at = case when $3 = 'sent' then now() end
             from unnest($2::uuid[], $4::text[]) e (id, code)
            where d.school_id = $1 and d.id = e.id and d.state = 'waiting'""",
        school_id,
        list(delivery_ids),
        state,
        list(codes),
    )


async def try_again(
    school_id: UUID, delivery_ids: Sequence[UUID], waits: Sequence[timedelta], codes: Sequence[str]
) -> None:
    """Deliveries failed for now and come again, each after its own wait."""
    await db.execute(
        """update delivery d set next_try_at = now() + e.wait, last_error = e.code, leased_until = null
             from unnest($2::uuid[], $3::interval[], $4::text[]) e (id, wait, code)
            where d.school_id = $1 and d.id = e.id and d.state = 'waiting'""",
        school_id,
        list(delivery_ids),
        list(waits),
        list(codes),
    )


async def hold(school_id: UUID, delivery_id: UUID, until: datetime) -> None:
    """A delivery was taken in quiet hours: it is due when they end, and this was no try."""
    await db.execute(
        """update delivery set next_try_at = $3, leased_until = null, tries = tries - 1,
                  first_tried_at = case when tries > 1 then first_tried_at end
            where school_id = $1 and id = $2 and state = 'waiting'""",
        school_id,
        delivery_id,
        until,
    )


async def give_back(school_id: UUID, delivery_ids: Sequence[UUID]) -> None:
    """Deliveries that were taken and not tried: they are due again, and it counts as no try."""
    await db.execute(
        """update delivery set leased_until = null, tries = tries - 1,
                  first_tried_at = case when tries > 1 then first_tried_at end
            where school_id = $1 and id = any($2::uuid[]) and state = 'waiting'""",
        school_id,
        list(delivery_ids),
    )


async def count(outcomes: Mapping[tuple[str, str], int]) -> None:
    """Add to the figures: how many attempts over a channel ended how. Always in one order, so that no two wait for each other."""
    if outcomes:
        keys = sorted(outcomes)
        await db.execute(
            """insert into delivery_tally (channel, outcome, n) select * from unnest($1::text[], $2::text[], $3::bigint[])
               on conflict (channel, outcome) do update set n = delivery_tally.n + excluded.n""",
            [channel for channel, _ in keys],
            [outcome for _, outcome in keys],
            [outcomes[key] for key in keys],
        )


async def tallies() -> list[Any]:
    """channel, outcome and n, since this installation began."""
    return await db.fetch("select channel, outcome, n from delivery_tally")


async def figures() -> list[Any]:
    """channel (and `outbox`), how many wait, and the age of the oldest in seconds."""
    return await db.fetch("select channel, waiting, age from delivery_figures()")


# --- for the admin ----------------------------------------------------------------------------------------------------


async def deliveries(
    school_id: UUID, state: str | None, channel: str | None, kind: str | None, after: UUID | None, limit: int
) -> list[Any]:
    """Who got what kind over which channel, newest first, beginning after `after`."""
    return await db.fetch(DELIVERIES, school_id, state, channel, kind, after, limit)


async def failed(school_id: UUID) -> int:
    """How many were given up."""
    found: int = await db.fetchval("select count(*) from delivery where school_id = $1 and state = 'failed'", school_id)
    return found


async def retry(school_id: UUID, delivery_ids: Sequence[UUID] | None) -> int:
    """Let deliveries that were given up begin anew, and let mail go to their addresses again; how many."""
    return await db.execute(
        """with again as (
             update delivery set state = 'waiting', tries = 0, first_tried_at = null, next_try_at = now(), leased_until = null
              where school_id = $1 and state = 'failed' and ($2::uuid[] is null or id = any($2))
             returning id, channel, notice_id, invitation_id),
           free as (
             delete from stopped_address a using again g
               left join notice n on n.school_id = $1 and n.id = g.notice_id
               left join invitation i on i.school_id = $1 and i.id = g.invitation_id
               join person p on p.school_id = $1 and p.id = coalesce(n.person_id, i.person_id)
              where g.channel = 'mail' and a.school_id = $1 and a.address = lower(p.email))
           select 1 from again""",
        school_id,
        None if delivery_ids is None else list(delivery_ids),
    )


# --- addresses that nobody reads --------------------------------------------------------------------------------------


async def stop_address(school_id: UUID, address: str, code: str) -> None:
    """A mail server knows no such mailbox: no more mail goes there."""
    await db.execute(
        """insert into stopped_address (school_id, address, code) values ($1, lower($2), $3)
           on conflict (school_id, address) do update set code = excluded.code, stopped_at = now()""",
        school_id,
        address,
        code,
    )


async def stopped(school_id: UUID, addresses: Sequence[str]) -> set[str]:
    """Which of these get no mail, in lower case."""
    rows = await db.fetch(
        "select address from stopped_address where school_id = $1 and address = any($2::text[])",
        school_id,
        [address.lower() for address in addresses],
    )
    return {row["address"] for row in rows}


async def forget_addresses(school_id: UUID) -> int:
    """Stopped addresses that nobody at the school has any more; how many."""
    return await db.execute(
        """delete from stopped_address a where a.school_id = $1
              and not exists (select 1 from person p where p.school_id = $1 and lower(p.email) = a.address)""",
        school_id,
    )


# --- devices ----------------------------------------------------------------------------------------------------------


async def subscribe(school_id: UUID, person_id: UUID, session: bytes, endpoint: str, p256dh: str, auth: str) -> UUID:
    """Give a device to a person, as long as the session with this hash is not ended.

    Who had it before loses it, with what was waiting for it there.
    """
    await db.execute("select subscription_release($1)", endpoint)
    await db.execute(
        "delete from push_subscription where school_id = $1 and endpoint = $2 and person_id <> $3",
        school_id,
        endpoint,
        person_id,
    )
    found: UUID = await db.fetchval(
        """insert into push_subscription (school_id, person_id, endpoint, p256dh, auth, session_id)
           values ($1, $2, $3, $4, $5, (select id from session where school_id = $1 and id_hash = $6))
           on conflict (school_id, endpoint) do update
              set p256dh = excluded.p256dh, auth = excluded.auth, session_id = excluded.session_id
           returning id""",
        school_id,
        person_id,
        endpoint,
        p256dh,
        auth,
        session,
    )
    return found


async def device(school_id: UUID, person_id: UUID, endpoint: str) -> Any | None:
    """One device of a person: id, endpoint, p256dh and auth."""
    return await db.fetchrow(
        f"""select s.id, s.endpoint, s.p256dh, s.auth from push_subscription s
             where s.school_id = $1 and s.person_id = $2 and s.endpoint = $3 and not {SIGNED_OUT}""",
        school_id,
        person_id,
        endpoint,
    )


async def keep_newest_devices(school_id: UUID, person_id: UUID, most: int) -> None:
    """Forget the oldest devices of a person beyond `most`."""
    await db.execute(
        """delete from push_subscription where school_id = $1 and id in (
               select id from push_subscription where school_id = $1 and person_id = $2 order by created_at desc, id desc offset $3)""",
        school_id,
        person_id,
        most,
    )


async def unsubscribe(school_id: UUID, endpoint: str) -> None:
    """Forget a device: whoever can name its address holds it."""
    await db.execute("delete from push_subscription where school_id = $1 and endpoint = $2", school_id, endpoint)


async def remove_subscriptions(school_id: UUID, subscription_ids: Sequence[UUID]) -> None:
    """Forget devices whose push service no longer knows them."""
    await db.execute(
        "delete from push_subscription where school_id = $1 and id = any($2::uuid[])", school_id, list(subscription_ids)
    )


async def remove_ended_devices(school_id: UUID) -> int:
    """Forget the devices of who signed out there, of switched-off accounts and of who left; how many."""
    return await db.execute(
        f"""delete from push_subscription s using person p
             where s.school_id = $1 and p.school_id = $1 and p.id = s.person_id
               and (not p.enabled or p.disabled_at is not null or p.left_on is not null or {SIGNED_OUT})""",
        school_id,
    )
