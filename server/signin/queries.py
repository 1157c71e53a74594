"""All SQL about providers, accounts and the list of one's sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from server.platform import db

PROVIDER: Final = """p.id, p.school_id, c.slug, p.preset, p.name, p.issuer, p.client_id, p.client_secret, p.settings, p.bind_by,
  p.enabled from identity_provider p join school c on c.id = p.school_id"""
PERSON_COLUMNS: Final = {
    "sourced_id": "sourced_id = $2",
    "username": "lower(username) = lower($2)",
    "eck_id": "lower(eck_id) = lower($2)",
    "email": "lower(email) = lower($2)",
}

# ------------------------------------------------------------------------------------------------------- providers


async def providers(school_id: UUID, *, only_enabled: bool = False) -> list[Any]:
    """The school's providers, in the order in which they were added."""
    return await db.fetch(
        f"""select {PROVIDER} where p.school_id = $1 and (p.enabled or not $2)
             order by p.created_at, p.id""",
        school_id,
        only_enabled,
    )


async def provider(school_id: UUID, provider_id: UUID) -> Any | None:
    """One provider."""
    return await db.fetchrow(f"select {PROVIDER} where p.school_id = $1 and p.id = $2", school_id, provider_id)


async def of_issuer(issuer: str) -> list[Any]:
    """School and id of every provider with this issuer that is switched on, of all schools."""
    return await db.fetch("select school_id, id from providers_of_issuer($1)", issuer)


async def new_id() -> UUID:
    """An id for a provider whose secret is sealed before it is stored."""
    made: UUID = await db.fetchval("select uuidv7()")
    return made


async def add_provider(school_id: UUID, provider_id: UUID, preset: str, values: Mapping[str, Any]) -> None:
    """Store a new provider."""
    names = sorted(values)
    slots = ", ".join(f"${number}" for number in range(4, len(names) + 4))
    await db.execute(
        f"insert into identity_provider (school_id, id, preset, {', '.join(names)}) values ($1, $2, $3, {slots})",
        school_id,
        provider_id,
        preset,
        *(values[name] for name in names),
    )


async def change_provider(school_id: UUID, provider_id: UUID, values: Mapping[str, Any]) -> None:
    """Set some columns of a provider."""
    names = sorted(values)
    parts = ", ".join(f"{name} = ${number}" for number, name in enumerate(names, 3))
    await db.execute(
        f"update identity_provider set updated_at = now(), {parts} where school_id = $1 and id = $2",
        school_id,
        provider_id,
        *(values[name] for name in names),
    )


async def remove_provider(school_id: UUID, provider_id: UUID) -> list[bytes]:
    """Remove a provider with all that hangs on it; the hashes of the sessions that began there and end with it."""
    rows = await db.fetch(
        """update session s set ended_at = now() from session_account a
            where a.school_id = $1 and a.provider_id = $2 and s.school_id = $1 and s.id = a.session_id and s.ended_at is null
           returning s.id_hash""",
        school_id,
        provider_id,
    )
    for table in ("session_account", "account_clash", "account"):
        await db.execute(f"delete from {table} where school_id = $1 and provider_id = $2", school_id, provider_id)
    await db.execute("delete from identity_provider where school_id = $1 and id = $2", school_id, provider_id)
    return [bytes(row["id_hash"]) for row in rows]


# -------------------------------------------------------------------------------------------------------- accounts


async def account_of(school_id: UUID, issuer: str, subject: str) -> UUID | None:
    """Whose account this is."""
    found: UUID | None = await db.fetchval(
        "select person_id from account where school_id = $1 and issuer = $2 and subject = $3",
        school_id,
        issuer,
        subject,
    )
    return found


async def candidates(school_id: UUID, bind_by: str, value: str, today: date) -> list[UUID]:
    """People of the school who have this identifier and whom nobody shut out; two are as good as many."""
    rows = await db.fetch(
        f"""select id from person where school_id = $1 and {PERSON_COLUMNS[bind_by]} and enabled
               and disabled_at is null and (left_on is null or left_on > $3) order by id limit 10""",
        school_id,
        value,
        today,
    )
    return [row["id"] for row in rows]


async def has_account(school_id: UUID, person_id: UUID, issuer: str | None) -> bool:
    """Has this person an account already, at this issuer or (None) anywhere?"""
    return bool(
        await db.fetchval(
            """select exists(select 1 from account where school_id = $1 and person_id = $2
                              and ($3::text is null or issuer = $3))""",
            school_id,
            person_id,
            issuer,
        )
    )


async def bind(
    school_id: UUID, provider_id: UUID, issuer: str, subject: str, person_id: UUID, by: UUID | None = None
) -> bool:
    """Write down whose account this is; False when it, or the person at this issuer, is taken."""
    return bool(
        await db.execute(
            """insert into account (school_id, provider_id, issuer, subject, person_id, bound_by)
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing""",
            school_id,
            provider_id,
            issuer,
            subject,
            person_id,
            by,
        )
    )


async def release(school_id: UUID, issuer: str, person_id: UUID) -> None:
    """Take a person's account at this issuer away."""
    await db.execute(
        "delete from account where school_id = $1 and issuer = $2 and person_id = $3", school_id, issuer, person_id
    )


async def add_clash(
    school_id: UUID,
    provider_id: UUID,
    issuer: str,
    subject: str,
    label: str,
    reason: str,
    people: Sequence[UUID],
) -> None:
    """Leave an account to the admin; what was dismissed before comes back when it is tried again."""
    await db.execute(
        """insert into account_clash (school_id, provider_id, issuer, subject, label, reason, candidates)
           values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (school_id, issuer, subject) do update
              set provider_id = excluded.provider_id, label = excluded.label, reason = excluded.reason,
                  candidates = excluded.candidates, seen_at = now(), settled_at = null, settled_by = null""",
        school_id,
        provider_id,
        issuer,
        subject,
        label,
        reason,
        list(people),
    )


async def clashes(school_id: UUID) -> list[Any]:
    """What waits for a decision, newest first."""
    return await db.fetch(
        """select c.id, c.provider_id, p.name as provider, c.label, c.reason, c.candidates, c.created_at, c.seen_at
             from account_clash c join identity_provider p on p.school_id = c.school_id and p.id = c.provider_id
            where c.school_id = $1 and c.settled_at is null order by c.seen_at desc, c.id limit 200""",
        school_id,
    )


async def clash(school_id: UUID, clash_id: UUID) -> Any | None:
    """One that waits, locked until the transaction ends."""
    return await db.fetchrow(
        """select id, provider_id, issuer, subject, candidates from account_clash
            where school_id = $1 and id = $2 and settled_at is null for update""",
        school_id,
        clash_id,
    )


async def settle(school_id: UUID, clash_id: UUID, by: UUID) -> None:
    """It is decided."""
    await db.execute(
        "update account_clash set settled_at = now(), settled_by = $3 where school_id = $1 and id = $2",
        school_id,
        clash_id,
        by,
    )


# --------------------------------------------------------------------------------------------------------- attempts


async def use(school_id: UUID, attempt: bytes) -> bool:
    """Write down that this attempt was answered; False when it was before. What no attempt can reach any more goes."""
    await db.execute("delete from sign_in_used where school_id = $1 and used_at < now() - interval '1 hour'", school_id)
    return bool(
        await db.execute(
            "insert into sign_in_used (school_id, attempt) values ($1, $2) on conflict do nothing", school_id, attempt
        )
    )


# --------------------------------------------------------------------------------------------------------- sessions


async def remember_token(school_id: UUID, id_hash: bytes, provider_id: UUID, id_token: bytes) -> None:
    """Keep the provider's token with a session, sealed."""
    await db.execute(
        """insert into session_account (school_id, session_id, provider_id, id_token)
           select school_id, id, $3, $4 from session where school_id = $1 and id_hash = $2""",
        school_id,
        id_hash,
        provider_id,
        id_token,
    )


async def take_token(school_id: UUID, id_hash: bytes) -> Any | None:
    """The provider and its token of a session, which are not kept any longer."""
    return await db.fetchrow(
        """delete from session_account a using session s
            where a.school_id = $1 and s.school_id = $1 and s.id = a.session_id and s.id_hash = $2
           returning a.provider_id, a.id_token""",
        school_id,
        id_hash,
    )


async def sessions(school_id: UUID, person_id: UUID) -> list[Any]:
    """The living sessions of one person, last used first."""
    return await db.fetch(
        """select id, id_hash, label, device, created_at, seen_at from session
            where school_id = $1 and person_id = $2 and ended_at is null and expires_at > now()
            order by seen_at desc, id""",
        school_id,
        person_id,
    )


async def end_sessions(
    school_id: UUID, person_id: UUID, *, only: UUID | None = None, but: bytes | None = None
) -> list[bytes]:
    """End one of a person's sessions, or all but one; the hashes of those that ended."""
    rows = await db.fetch(
        """update session set ended_at = now()
            where school_id = $1 and person_id = $2 and ended_at is null and expires_at > now()
              and ($3::uuid is null or id = $3) and ($4::bytea is null or id_hash <> $4)
           returning id_hash""",
        school_id,
        person_id,
        only,
        but,
    )
    return [bytes(row["id_hash"]) for row in rows]
