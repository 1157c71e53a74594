"""All SQL about invitations, mailed codes and passkeys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from server.platform import db

LIVING: Final = "i.used_at is null and i.revoked_at is null and i.expires_at > now()"
"""An invitation that still opens something."""
AT_SCHOOL: Final = "p.enabled and p.disabled_at is null and p.left_on is null"
INVITED: Final = """exists (select 1 from invitation i where i.school_id = p.school_id and i.person_id = p.id
                             and i.revoked_at is null and (i.used_at is not null or i.expires_at > now()))"""
"""Who signs in with a code: whom the school invited, and did not shut out since."""

OVERVIEW: Final = f"""
select p.id, p.given_name, p.particle, p.family_name, p.username, p.sort_key, p.email <> '' as has_address,
       {AT_SCHOOL} as active, hg.title as home_group,
       array(select s.given_name || ' ' || ltrim(s.particle || ' ' || s.family_name)
               from guardianship g join person s on s.school_id = g.school_id and s.id = g.student_id
              where g.school_id = p.school_id and g.guardian_id = p.id and g.ended_on is null and not g.barred
                and s.left_on is null order by s.sort_key) as students,
       (select count(*) from passkey k where k.school_id = p.school_id and k.person_id = p.id) as passkeys,
       i.id as invitation_id, i.channel, i.created_at as invited_at, i.expires_at, i.opened_at, i.used_at, i.revoked_at,
       i.expires_at <= now() as expired,
       d.state as mail_state,
       greatest((select max(s.created_at) from session s where s.school_id = p.school_id and s.person_id = p.id),
                (select max(k.last_used_at) from passkey k where k.school_id = p.school_id and k.person_id = p.id),
                (select max(u.used_at) from invitation u where u.school_id = p.school_id and u.person_id = p.id)) as signed_in_at
  from person p
  left join lateral (select v.* from invitation v where v.school_id = p.school_id and v.person_id = p.id
                      order by v.created_at desc, v.id desc limit 1) i on true
  left join delivery d on d.school_id = p.school_id and d.invitation_id = i.id
  left join lateral (select min(g.title) as title from current_enrolment e
                       join class_group g on g.school_id = e.school_id and g.id = e.group_id
                      where e.school_id = p.school_id and e.person_id = p.id and e.kind = 'home') hg on true
"""
OF_ROLE: Final = """exists (select 1 from person_role r where r.school_id = p.school_id and r.person_id = p.id
                             and r.role = any ($2::text[]))"""
IN_HOME_GROUP: Final = """($3::uuid is null
   or exists (select 1 from current_enrolment e where e.school_id = p.school_id and e.person_id = p.id and e.kind = 'home'
               and e.group_id = $3)
   or exists (select 1 from guardianship g
               join current_enrolment e on e.school_id = g.school_id and e.person_id = g.student_id and e.kind = 'home'
              where g.school_id = p.school_id and g.guardian_id = p.id and g.ended_on is null and not g.barred
                and e.role = 'student' and e.group_id = $3))"""
FOUND: Final = """($4 = '' or strpos(lower(p.given_name || ' ' || ltrim(p.particle || ' ' || p.family_name)), lower($4)) > 0
                   or strpos(p.sort_key, lower($4)) > 0)"""
"""A part of a name, in whatever order it is typed."""


# --- schools and people -----------------------------------------------------------------------------------------------


async def school_name(school_id: UUID) -> str:
    """What the school is called."""
    return str(await db.fetchval("select name from school where id = $1", school_id))


async def school_slug(school_id: UUID) -> str:
    """Its short name."""
    return str(await db.fetchval("select slug from school where id = $1", school_id))


async def person(school_id: UUID, person_id: UUID) -> Any | None:
    """Name, address and language of one person who is at the school."""
    return await db.fetchrow(
        f"""select p.id, p.given_name, p.particle, p.family_name, p.email, p.locale from person p
             where p.school_id = $1 and p.id = $2 and {AT_SCHOOL}""",
        school_id,
        person_id,
    )


async def invited_with(school_id: UUID, address: str) -> list[Any]:
    """The invited people who have this address."""
    return await db.fetch(
        f"""select p.id, p.given_name, p.particle, p.family_name, p.email from person p
             where p.school_id = $1 and lower(p.email) = lower($2) and p.email <> '' and {AT_SCHOOL} and {INVITED}
             order by p.sort_key, p.id""",
        school_id,
        address,
    )


# --- invitations ------------------------------------------------------------------------------------------------------


async def new_ids(count: int) -> list[UUID]:
    """Ids for rows whose codes are computed from them."""
    return [row["id"] for row in await db.fetch("select uuidv7() as id from generate_series(1, $1)", count)]


async def to_invite(school_id: UUID, person_ids: Sequence[UUID]) -> list[Any]:
    """Those of these people who are at the school, with whether they got in already."""
    return await db.fetch(
        f"""select p.id, p.email,
                   exists (select 1 from passkey k where k.school_id = $1 and k.person_id = p.id)
                   or exists (select 1 from invitation i where i.school_id = $1 and i.person_id = p.id
                               and i.used_at is not null and i.revoked_at is null) as has_access
              from person p where p.school_id = $1 and p.id = any ($2::uuid[]) and {AT_SCHOOL}
             order by p.sort_key, p.id""",
        school_id,
        list(person_ids),
    )


async def members(school_id: UUID, roles: Sequence[str], home_group: UUID | None) -> list[UUID]:
    """People of these roles, of the whole school or of one home group (guardians: of its students)."""
    rows = await db.fetch(
        f"""select p.id from person p where p.school_id = $1 and {OF_ROLE} and {IN_HOME_GROUP} and {AT_SCHOOL}
             order by p.sort_key, p.id""",
        school_id,
        list(roles),
        home_group,
    )
    return [row["id"] for row in rows]


async def is_home_group(school_id: UUID, group_id: UUID) -> bool:
    """Is this a home group of the school?"""
    return bool(
        await db.fetchval(
            "select exists(select 1 from class_group where school_id = $1 and id = $2 and kind = 'home' and ended_on is null)",
            school_id,
            group_id,
        )
    )


async def add_invitations(school_id: UUID, rows: Sequence[tuple[UUID, UUID, str, bytes, str, UUID | None]]) -> None:
    """Store invitations (id, person, channel, hash of the token, address, made by). Older ones of these people end."""
    await db.execute(
        """update invitation set revoked_at = now()
            where school_id = $1 and person_id = any ($2::uuid[]) and used_at is null and revoked_at is null""",
        school_id,
        [row[1] for row in rows],
    )
    await db.executemany(
        """insert into invitation (school_id, id, person_id, channel, token_hash, sent_to, made_by)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        [(school_id, *row) for row in rows],
    )


async def school_of_token(token_hash: bytes) -> UUID | None:
    """Which school's invitation this is; asked before a school is known."""
    found: UUID | None = await db.fetchval("select invitation_school($1)", token_hash)
    return found


async def invitation_by_token(school_id: UUID, token_hash: bytes) -> Any | None:
    """The invitation with its person's address as it is now."""
    return await db.fetchrow(
        f"""select i.id, i.person_id, i.channel, i.used_at is not null as used, {LIVING} and {AT_SCHOOL} as living,
                   p.email, c.name as school, c.slug
              from invitation i
              join person p on p.school_id = i.school_id and p.id = i.person_id
              join school c on c.id = i.school_id
             where i.school_id = $1 and i.token_hash = $2""",
        school_id,
        token_hash,
    )


async def open_invitation(school_id: UUID, invitation_id: UUID) -> None:
    """Somebody asked for a code with it."""
    await db.execute(
        "update invitation set opened_at = coalesce(opened_at, now()) where school_id = $1 and id = $2",
        school_id,
        invitation_id,
    )


async def use_invitation(school_id: UUID, invitation_id: UUID) -> UUID | None:
    """Let it sign somebody in, once; the person, or None when it does not live (any more)."""
    found: UUID | None = await db.fetchval(
        f"""update invitation i set used_at = now(), opened_at = coalesce(i.opened_at, now())
             where i.school_id = $1 and i.id = $2 and {LIVING} returning i.person_id""",
        school_id,
        invitation_id,
    )
    return found


async def use_invitations_of(school_id: UUID, person_id: UUID) -> None:
    """Who got in with the own address needs the letter that is under way no more."""
    await db.execute(
        f"update invitation i set used_at = now() where i.school_id = $1 and i.person_id = $2 and {LIVING}",
        school_id,
        person_id,
    )


async def revoke_invitation(school_id: UUID, invitation_id: UUID) -> UUID | None:
    """End an invitation that was not used; its person, or None when there is none such."""
    found: UUID | None = await db.fetchval(
        """update invitation set revoked_at = coalesce(revoked_at, now())
            where school_id = $1 and id = $2 and used_at is null returning person_id""",
        school_id,
        invitation_id,
    )
    return found


async def shut_out(school_id: UUID, person_id: UUID) -> None:
    """End all invitations of this person, used ones too, codes that are under way, and passkeys."""
    await db.execute(
        "update invitation set revoked_at = now() where school_id = $1 and person_id = $2 and revoked_at is null",
        school_id,
        person_id,
    )
    await db.execute(
        """update sign_in_code c set ended_at = now()
            where c.school_id = $1 and c.ended_at is null
              and (c.invitation_id in (select id from invitation where school_id = $1 and person_id = $2)
                   or c.sent_to = (select email from person where school_id = $1 and id = $2))""",
        school_id,
        person_id,
    )
    await db.execute("delete from passkey where school_id = $1 and person_id = $2", school_id, person_id)


async def invitation_mail(school_id: UUID, invitation_id: UUID) -> Any | None:
    """Address, language and school of an invitation that is to go out by mail."""
    return await db.fetchrow(
        f"""select p.email, p.locale, c.name as school
              from invitation i
              join person p on p.school_id = i.school_id and p.id = i.person_id
              join school c on c.id = i.school_id
             where i.school_id = $1 and i.id = $2 and i.channel = 'mail' and p.email <> '' and {LIVING} and {AT_SCHOOL}""",
        school_id,
        invitation_id,
    )


async def letters(school_id: UUID, home_group: UUID | None, person_id: UUID | None) -> list[Any]:
    """Paper invitations that still open something, in the order in which they are handed out."""
    return await db.fetch(
        f"""select i.id, i.expires_at, p.given_name, p.particle, p.family_name, p.locale, p.email <> '' as has_address,
                   (select min(g.title) from class_group g
                     join current_enrolment e on e.school_id = g.school_id and e.group_id = g.id and e.kind = 'home'
                    where e.school_id = $1
                      and (e.person_id = p.id
                           or e.role = 'student'
                              and exists (select 1 from guardianship t
                                           where t.school_id = $1 and t.guardian_id = p.id and t.student_id = e.person_id
                                             and t.ended_on is null and not t.barred))) as home_group
              from invitation i join person p on p.school_id = i.school_id and p.id = i.person_id
             where i.school_id = $1 and i.channel = 'paper' and {LIVING} and {AT_SCHOOL}
               and ($2::uuid is null or p.id = $2) and {IN_HOME_GROUP}
             order by home_group nulls last, p.sort_key, p.id""",
        school_id,
        person_id,
        home_group,
    )


# --- mailed codes -----------------------------------------------------------------------------------------------------


async def add_code(school_id: UUID, browser: bytes, sent_to: str, invitation_id: UUID | None) -> UUID:
    """A new code for this browser; those before it for the same address end. The same work for somebody unknown."""
    await db.execute(
        "update sign_in_code set ended_at = now() where school_id = $1 and sent_to = $2 and sent_to <> '' and ended_at is null",
        school_id,
        sent_to,
    )
    found: UUID = await db.fetchval(
        "insert into sign_in_code (school_id, browser, sent_to, invitation_id) values ($1, $2, $3, $4) returning id",
        school_id,
        browser,
        sent_to,
        invitation_id,
    )
    return found


async def codes_since(school_id: UUID, sent_to: str, since: timedelta) -> int:
    """How many codes this address was sent lately."""
    found: int = await db.fetchval(
        "select count(*) from sign_in_code where school_id = $1 and sent_to = $2 and created_at > now() - $3::interval",
        school_id,
        sent_to,
        since,
    )
    return found


async def code_mail(school_id: UUID, code_id: UUID) -> Any | None:
    """Address, language and school of a code that is still of use."""
    return await db.fetchrow(
        f"""select k.sent_to, c.name as school,
                   coalesce((select p.locale from person p
                              where p.school_id = $1 and lower(p.email) = lower(k.sent_to) and {AT_SCHOOL}
                              order by p.sort_key, p.id limit 1), 'nl') as locale
              from sign_in_code k join school c on c.id = k.school_id
             where k.school_id = $1 and k.id = $2 and k.sent_to <> '' and k.ended_at is null and k.expires_at > now()""",
        school_id,
        code_id,
    )


async def try_code(school_id: UUID, browser: bytes, most: int) -> Any | None:
    """Count one try for the latest code of this browser; None when it has none, or no try is left."""
    return await db.fetchrow(
        """update sign_in_code set tries = tries + 1
            where school_id = $1 and browser = $2 and ended_at is null and confirmed_at is null and expires_at > now()
              and tries < $3 returning id, invitation_id, sent_to""",
        school_id,
        browser,
        most,
    )


async def confirm_code(school_id: UUID, code_id: UUID) -> None:
    """It was typed right; it will not be asked for again."""
    await db.execute(
        "update sign_in_code set confirmed_at = now() where school_id = $1 and id = $2", school_id, code_id
    )


async def confirmed_code(school_id: UUID, browser: bytes) -> Any | None:
    """The code that this browser confirmed and did not use yet; locked, so that two requests cannot both use it."""
    return await db.fetchrow(
        """select id, sent_to from sign_in_code
            where school_id = $1 and browser = $2 and confirmed_at is not null and ended_at is null and expires_at > now()
            for update""",
        school_id,
        browser,
    )


async def end_code(school_id: UUID, code_id: UUID) -> None:
    """Its work is done."""
    await db.execute("update sign_in_code set ended_at = now() where school_id = $1 and id = $2", school_id, code_id)


# --- challenges -------------------------------------------------------------------------------------------------------


async def add_challenge(challenge: bytes, browser: bytes, purpose: str) -> None:
    """Keep a challenge for five minutes; some that are over go, a few at a time so that nobody waits for another."""
    await db.execute(
        """delete from webauthn_challenge where challenge in (
               select challenge from webauthn_challenge where expires_at < now() limit 20 for update skip locked)"""
    )
    await db.execute(
        "insert into webauthn_challenge (challenge, browser, purpose) values ($1, $2, $3)", challenge, browser, purpose
    )


async def take_challenge(challenge: bytes, browser: bytes, purpose: str) -> bool:
    """Use a challenge up; False when this browser was not given it for this, or it is over."""
    return bool(
        await db.execute(
            "delete from webauthn_challenge where challenge = $1 and browser = $2 and purpose = $3 and expires_at > now()",
            challenge,
            browser,
            purpose,
        )
    )


# --- passkeys ---------------------------------------------------------------------------------------------------------


async def has_address(school_id: UUID, person_id: UUID) -> bool:
    """Can a code be mailed to this person?"""
    found: bool = await db.fetchval(
        "select email <> '' from person where school_id = $1 and id = $2", school_id, person_id
    )
    return found


async def passkeys(school_id: UUID, person_id: UUID) -> list[Any]:
    """A person's passkeys, oldest first."""
    return await db.fetch(
        """select id, credential_id, public_key, sign_count, transports, name, backed_up, created_at, last_used_at
             from passkey where school_id = $1 and person_id = $2 order by created_at, id""",
        school_id,
        person_id,
    )


async def school_of_passkey(credential_id: bytes) -> UUID | None:
    """Which school's passkey this is; asked before a school is known."""
    found: UUID | None = await db.fetchval("select passkey_school($1)", credential_id)
    return found


async def passkey(school_id: UUID, credential_id: bytes) -> Any | None:
    """One passkey, locked while its counter is looked at."""
    return await db.fetchrow(
        """select id, person_id, public_key, sign_count from passkey
            where school_id = $1 and credential_id = $2 for update""",
        school_id,
        credential_id,
    )


async def add_passkey(
    school_id: UUID,
    person_id: UUID,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    transports: Sequence[str],
    name: str,
    backed_up: bool,
) -> UUID | None:
    """Store a new passkey; None when this very one is stored already."""
    found: UUID | None = await db.fetchval(
        """insert into passkey (school_id, person_id, credential_id, public_key, sign_count, transports, name, backed_up)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (credential_id) do nothing returning id""",
        school_id,
        person_id,
        credential_id,
        public_key,
        sign_count,
        list(transports),
        name,
        backed_up,
    )
    return found


async def use_passkey(school_id: UUID, passkey_id: UUID, sign_count: int, *, backed_up: bool) -> None:
    """It was shown."""
    await db.execute(
        """update passkey set sign_count = $3, backed_up = $4, last_used_at = now() where school_id = $1 and id = $2""",
        school_id,
        passkey_id,
        sign_count,
        backed_up,
    )


async def rename_passkey(school_id: UUID, person_id: UUID, passkey_id: UUID, name: str) -> bool:
    """Give it another name; False when it is not this person's."""
    return bool(
        await db.execute(
            "update passkey set name = $4 where school_id = $1 and person_id = $2 and id = $3",
            school_id,
            person_id,
            passkey_id,
            name,
        )
    )


async def remove_passkey(school_id: UUID, person_id: UUID, passkey_id: UUID) -> bool:
    """Forget it; False when it is not this person's."""
    return bool(
        await db.execute(
            "delete from passkey where school_id = $1 and person_id = $2 and id = $3", school_id, person_id, passkey_id
        )
    )


# --- the admin's overview ---------------------------------------------------------------------------------------------


async def overview(
    school_id: UUID, roles: Sequence[str], home_group: UUID | None, search: str, limit: int, offset: int
) -> list[Any]:
    """How people of these roles get in, by name; `search` is a part of a name."""
    return await db.fetch(
        f"""{OVERVIEW}
             where p.school_id = $1 and {OF_ROLE} and {IN_HOME_GROUP} and p.left_on is null and {FOUND}
             order by p.sort_key, p.id limit $5 offset $6""",
        school_id,
        list(roles),
        home_group,
        search,
        limit,
        offset,
    )


async def one_overview(school_id: UUID, person_id: UUID) -> list[Any]:
    """The same of one person; empty when there is none such."""
    return await db.fetch(
        f"{OVERVIEW} where p.school_id = $1 and p.id = $2 and p.left_on is null", school_id, person_id
    )


async def count(school_id: UUID, roles: Sequence[str], home_group: UUID | None, search: str) -> int:
    """How many that are in all."""
    found: int = await db.fetchval(
        f"""select count(*) from person p
             where p.school_id = $1 and {OF_ROLE} and {IN_HOME_GROUP} and p.left_on is null and {FOUND}""",
        school_id,
        list(roles),
        home_group,
        search,
    )
    return found
