"""Whose account is this: (issuer, subject) is bound to a person of the roster once, and never again by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from server.signin import queries
from server.signin.errors import NotSignedIn, Why
from server.signin.presets import PRESETS, BindBy, Claims, Details, PresetName, identifier

LONGEST_IDENTIFIER = 320


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of one school. `sealed`: its client secret, unreadable; None for a public client."""

    id: UUID
    school_id: UUID
    slug: str
    preset: PresetName
    name: str
    issuer: str
    client_id: str
    sealed: bytes | None
    details: Details
    bind_by: BindBy
    enabled: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """Whose account it is; or, without a person, why nobody is signed in. A clash is written down: commit it."""

    person_id: UUID | None
    why: Why | None = None
    new: bool = False


async def person_of(provider: Provider, claims: Claims, today: date) -> Bound:
    """The person of an account that the provider vouches for, in a transaction of the school.

    Raises:
        NotSignedIn: it is an account of another school.
    """
    if not PRESETS[provider.preset].ours(claims, provider.details):
        raise NotSignedIn(Why.OTHER_SCHOOL)
    subject = str(claims["sub"])
    known = await queries.account_of(provider.school_id, provider.issuer, subject)
    if known is not None:
        return Bound(known)
    return await _bind(provider, claims, subject, today)


async def _bind(provider: Provider, claims: Claims, subject: str, today: date) -> Bound:
    school_id = provider.school_id
    value = identifier(provider.preset, provider.bind_by, provider.details, claims)
    if not value or len(value) > LONGEST_IDENTIFIER:
        return Bound(None, Why.UNKNOWN)
    people = await queries.candidates(school_id, provider.bind_by.value, value, today)
    if not people:
        return Bound(None, Why.UNKNOWN)
    reason = "several"
    if len(people) == 1:
        # Addresses are given out again. Whoever has an account, wherever, does not get another one for an address.
        where = None if provider.bind_by is BindBy.EMAIL else provider.issuer
        if not await queries.has_account(school_id, people[0], where) and await queries.bind(
            school_id, provider.id, provider.issuer, subject, people[0]
        ):
            return Bound(people[0], new=True)
        # The same account at the same moment in two windows.
        if await queries.account_of(school_id, provider.issuer, subject) == people[0]:
            return Bound(people[0])
        reason = "taken"
    await queries.add_clash(school_id, provider.id, provider.issuer, subject, value, reason, people)
    return Bound(None, Why.CLASH)


def provider_of(row: Any, details: Details) -> Provider:
    """From a row of `queries.PROVIDER`."""
    return Provider(
        id=row["id"],
        school_id=row["school_id"],
        slug=row["slug"],
        preset=PresetName(row["preset"]),
        name=row["name"],
        issuer=row["issuer"],
        client_id=row["client_id"],
        sealed=None if row["client_secret"] is None else bytes(row["client_secret"]),
        details=details,
        bind_by=BindBy(row["bind_by"]),
        enabled=row["enabled"],
    )
