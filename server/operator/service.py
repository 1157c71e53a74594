"""Schools of this installation, for its operator: names and numbers, nothing of what is in them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import redis.asyncio as redis
from redis.exceptions import RedisError

from server.access import invitations
from server.administration.people import add_person
from server.administration.texts import email_errors, name_errors, tidy
from server.audit import service as audit
from server.errors import FieldError, Invalid
from server.people import managing_queries as queries
from server.people import service as people
from server.platform import clock, db
from server.roster.names import split_particle
from server.settings import Settings

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LONGEST: Final = 120
STAY: Final = timedelta(hours=1)
TRIES: Final = 10
WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NewSchool:
    """What the operator asks for; without an admin's name somebody is made admin later."""

    slug: str
    name: str
    admin_name: str = ""
    admin_email: str = ""


@dataclass(frozen=True, slots=True)
class MadeSchool:
    """What was made. `admin`: the name of who administers it."""

    slug: str
    name: str
    admin: str


@dataclass(frozen=True, slots=True)
class SchoolHead:
    """A school as the operator sees it."""

    slug: str
    name: str
    created_at: datetime
    people: int


# --- who is the operator ----------------------------------------------------------------------------------------------


def ticket(token: str) -> str:
    """What the operator's cookie says: until when, signed with the token itself, so that another token ends it."""
    until = str(int((clock.now() + STAY).timestamp()))
    return f"{until}.{_sign(token, until)}"


def holds(token: str, cookie: str | None) -> bool:
    """Is this a ticket of ours that has not run out?"""
    until, _, signed = (cookie or "").partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    known = hmac.compare_digest(signed.encode(), _sign(token, until).encode())
    return known and int(until) > clock.now().timestamp()


def _sign(token: str, until: str) -> str:
    return hmac.new(token.encode(), f"operator until {until}".encode(), hashlib.sha256).hexdigest()


def is_token(token: str, said: str) -> bool:
    """Is this the token? Takes as long for every wrong one."""
    return hmac.compare_digest(hashlib.sha256(token.encode()).digest(), hashlib.sha256(said.encode()).digest())


async def may_try(client: redis.Redis, address: str) -> bool:
    """Count a try from this address; False after ten within a quarter of an hour.

    Without Redis nothing is counted: a token of 32 random characters is not found by trying.
    """
    name = f"operator:{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    with suppress(RedisError, OSError):
        async with client.pipeline(transaction=True) as both:
            both.set(name, 0, ex=int(WINDOW.total_seconds()), nx=True)
            both.incr(name)
            _, tries = await both.execute()
        return int(tries) <= TRIES
    return True


# --- schools ----------------------------------------------------------------------------------------------------------


async def list_schools() -> list[SchoolHead]:
    """All schools with the number of their people, each counted in its own school."""
    found = []
    async with db.transaction():
        for row in await queries.directory():
            await db.set_school(row["id"])
            found.append(SchoolHead(row["slug"], row["name"], row["created_at"], await queries.count_people(row["id"])))
    return found


async def make_school(wanted: NewSchool, settings: Settings) -> MadeSchool:
    """Make a school, and its first admin if one is named, who is invited by mail. In a transaction of its own.

    Raises:
        Invalid: a field does not fit, or there is such a school.
    """
    slug, name = wanted.slug.strip(), tidy(wanted.name)
    admin, email = tidy(wanted.admin_name), wanted.admin_email.strip()
    if errors := list(_errors(slug, name, admin, email)):
        raise Invalid(*errors)
    async with db.transaction():
        school_id = await people.add_school(slug, name)
        if school_id is None:
            raise Invalid(FieldError("/slug", "slug_taken"))
        admin_id = await _add_admin(school_id, admin, email) if admin else None
        await audit.record(school_id, None, "school.made", person=admin_id)
        if admin_id is not None:
            await invitations.invite_first_admin(school_id, admin_id, email, settings)
    return MadeSchool(slug, name, admin)


def _errors(slug: str, name: str, admin: str, email: str) -> Iterator[FieldError]:
    if not SLUG.fullmatch(slug):
        yield FieldError("/slug", "bad_slug")
    for pointer, text, needed in (("/name", name, True), ("/admin_name", admin, False)):
        if text or needed:
            yield from name_errors(pointer, text)
        if len(text) > LONGEST:
            yield FieldError(pointer, "too_long", {"most": LONGEST})
    if admin and " " not in admin:
        yield FieldError("/admin_name", "whole_name")
    if admin and not email:
        yield FieldError("/admin_email", "required")
    if email and not admin:
        yield FieldError("/admin_name", "required")
    yield from email_errors("/admin_email", email)


async def _add_admin(school_id: UUID, admin: str, email: str) -> UUID:
    given, _, rest = admin.partition(" ")
    particle, family = split_particle(rest)
    admin_id = await add_person(school_id, given, particle, family, email)
    await people.give_role(school_id, admin_id, "admin")
    return admin_id
