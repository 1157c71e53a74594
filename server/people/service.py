"""The signed-in person, relations to students, sessions."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.errors import NotFound
from server.people import device, queries
from server.people.names import full_name, initials, list_name
from server.people.schemas import (
    Accent,
    Card,
    DeviceKey,
    Language,
    MeAnswer,
    MeChange,
    Mode,
    MySchool,
    NavigationKey,
    SchoolCard,
    Theme,
)
from server.platform import clock, db
from server.platform.request import Me, enter, make_me
from server.platform.security import LONG_IDLE, SESSION_IDLE, new_session_id, session_hash
from server.platform.texts import LANGUAGES
from server.rules.administration import show_second_factor as second_factor_due
from server.rules.facts import GuardianFacts, SchoolFacts, StudentFacts, Ties
from server.rules.roles import STAFF, gets_reports, may_stand_in


def ties_from(me: Me, row: Any) -> tuple[Ties, StudentFacts]:
    """Relations and student facts from a row that has the columns of `queries.TIES` (and `own_complete`)."""
    ties_ = Ties(
        teaches=frozenset(row["teaches"]),
        mentor=row["mentor"],
        is_student=me.person_id == row["student_id"],
        guardian=None if row["barred"] is None else GuardianFacts(barred=row["barred"]),
        leader=me.viewer.leader and row["in_scope"],
        own_complete=row["own_complete"],
    )
    return ties_, student_facts(row)


def student_facts(row: Any) -> StudentFacts:
    """The student as the guardian rules see them."""
    return StudentFacts(
        birth_date=row["birth_date"],
        adult_flag=row["adult_flag"],
        consents_report=row["consents_report"],
        consents_plan=row["consents_plan"],
        at_school=row["at_school"],
    )


async def ties(me: Me, student_id: UUID, round_id: UUID | None = None) -> tuple[Ties, StudentFacts]:
    """What the viewer is to this student today. `round_id` decides `own_complete`.

    Raises:
        NotFound: no such student in this school.
    """
    row = await queries.ties(me.school_id, student_id, me.person_id, round_id)
    if row is None:
        raise NotFound
    return ties_from(me, row)


async def school_facts(me: Me) -> SchoolFacts:
    """What the school decided about guardians."""
    row = await queries.settings(me.school_id)
    return SchoolFacts() if row is None else SchoolFacts(row["guardians_admitted"], row["consent_at_16"])


async def as_person(school_id: UUID, person_id: UUID) -> Me | None:
    """This person as if signed in now, so that a job asks the rules exactly what a request would; None: no such person."""
    return (await as_people(school_id, [person_id])).get(person_id)


async def as_people(school_id: UUID, person_ids: Iterable[UUID]) -> dict[UUID, Me]:
    """The same of several people, as far as there are such, by one statement."""
    return {row["person"]: make_me(row) for row in await queries.as_people(school_id, list(person_ids))}


def card(row: Any) -> Card:
    """A student card from a row with id, given_name, particle, family_name and home_group."""
    given, particle, family = row["given_name"], row["particle"], row["family_name"]
    return Card(
        id=row["id"],
        name=full_name(given, particle, family),
        list_name=list_name(given, particle, family),
        initials=initials(given, family),
        home_group=row["home_group"],
    )


def cards_of(rows: Iterable[Any]) -> list[Card]:
    """Cards of one list, told apart: two students with one name get their home group beside it, and where that is the same
    too, the number before the `@` of their username, which the school's own lists show.

    Rows have the columns of `card` and `username`.
    """
    pairs = [(card(row), row["username"]) for row in rows]
    names = Counter(each.name for each, _ in pairs)
    homes = Counter((each.name, each.home_group) for each, _ in pairs)
    found = []
    for each, username in pairs:
        apart = each.home_group if names[each.name] > 1 else None
        if homes[each.name, each.home_group] > 1:
            apart = " · ".join(part for part in (each.home_group, username.partition("@")[0]) if part)
        found.append(msgspec.structs.replace(each, apart=apart) if apart else each)
    return found


async def could_stand_in(school_id: UUID) -> list[Card]:
    """Everybody who may write for a group that is not their own, in order of a list of names."""
    return [
        card(row)
        for row in await queries.staff(school_id, STAFF)
        if may_stand_in(frozenset(row["roles"]), at_school=True)
    ]


async def cards(me: Me, person_ids: Iterable[UUID]) -> dict[UUID, Card]:
    """Cards of some people, told apart, by id, in class-list order."""
    rows = await queries.names(me.school_id, list(person_ids))
    return {each.id: each for each in cards_of(rows)}


async def cards_with_usernames(school_id: UUID, person_ids: Iterable[UUID]) -> dict[UUID, tuple[Card, str]]:
    """The same with usernames, for an admin who has to tell people apart."""
    return {row["id"]: (card(row), row["username"]) for row in await queries.names(school_id, list(person_ids))}


async def read_me(me: Me, session_id: str, mode: Mode, push_key: str | None) -> MeAnswer:
    """Who is signed in and what the navigation offers.

    Raises:
        NotFound: the person is gone.
    """
    row = await queries.navigation(me.school_id, me.person_id)
    if row is None:
        raise NotFound
    applies: list[tuple[NavigationKey, bool]] = [
        ("rounds", row["rates"]),
        ("students", row["mentors"] or (me.viewer.leader and row["has_scope"])),
        ("reports", gets_reports(me.roles)),
        ("organise", me.viewer.organiser),
        ("admin", bool(second_factor_due(me.viewer))),
        ("notices", True),
        ("more", True),
    ]
    return MeAnswer(
        id=me.person_id,
        name=full_name(row["given_name"], row["particle"], row["family_name"]),
        given_name=row["given_name"],
        initials=initials(row["given_name"], row["family_name"]),
        school=_my_school(me.school_id, row),
        language=me.locale,  # type: ignore[arg-type]  # the column's check allows these two only
        theme=row["theme"],
        roles=sorted(me.roles),
        navigation=[key for key, is_so in applies if is_so],
        vapid_public_key=push_key,
        unread_notices=row["unread"],
        mode=mode,
        device=device.chosen(await queries.session_device(me.school_id, session_hash(session_id))),
    )


def _my_school(school_id: UUID, row: Any) -> MySchool:
    return MySchool(
        school_id,
        row["school_name"],
        row["slug"],
        logo_address(row["logo"]),
        Accent(row["accent_light"], row["accent_dark"]) if row["accent_light"] else None,
        list(row["languages"] or LANGUAGES),
    )


def logo_address(digest: str | None) -> str | None:
    """Where the school's picture is; another picture has another address."""
    return f"/school/logo?v={digest}" if digest else None


async def change_me(me: Me, change: MeChange) -> None:
    """Language and theme follow the person to every device."""
    language: Language | None = None if change.language is msgspec.UNSET else change.language
    theme: Theme | None = None if change.theme is msgspec.UNSET else change.theme
    await queries.change(me.school_id, me.person_id, language=language, theme=theme)


async def start_session(
    school_id: UUID,
    person_id: UUID,
    on: device.Device = "shared",
    *,
    idle: timedelta = SESSION_IDLE,
    label: str = "",
    second_factor: bool = False,
) -> str:
    """A new session for this person on such a device; the id for the cookie. Runs in a transaction of that school.

    It ends when nobody used it for `idle`. `label` says in words what device it is on; `second_factor`: one was shown.

    Raises:
        NotFound: no such person, or the account is disabled or has left.
    """
    person_id = await queries.goes_on_as(school_id, person_id)
    if not await queries.may_sign_in(school_id, person_id, clock.today()):
        raise NotFound
    session_id = new_session_id()
    await queries.add_session(
        session_hash(session_id), school_id, person_id, idle, on, label, second_factor=second_factor
    )
    return session_id


async def session_rest(school_id: UUID, on: device.Device) -> timedelta:
    """How long a session on such a device may rest: 30 days on one's own where the school allows it, else 12 hours."""
    row = await queries.settings(school_id) if on == "own" else None
    return LONG_IDLE if row is not None and row["long_sessions"] else SESSION_IDLE


async def device_key(me: Me, session_id: str) -> DeviceKey:
    """What an own device seals its copies with.

    Raises:
        NotFound: the session is on a shared device, where nothing may stay.
    """
    if await queries.session_device(me.school_id, session_hash(session_id)) != "own":
        raise NotFound
    secret = await queries.device_secret(me.school_id, me.person_id, secrets.token_bytes(32))
    return DeviceKey(base64.urlsafe_b64encode(secret).rstrip(b"=").decode())


async def session_age(me: Me, session_id: str) -> timedelta:
    """How long ago the person signed in."""
    return await queries.session_age(me.school_id, session_hash(session_id))


async def show_second_factor(me: Me, session_id: str) -> None:
    """A second factor was shown in this session: the admin pages open in it."""
    await queries.show_second_factor(me.school_id, session_hash(session_id))


async def forget_second_factors(me: Me, but: str | None = None) -> None:
    """A second factor has to be shown again in all sessions of this person, `but` the one with this id."""
    await queries.forget_second_factors(me.school_id, me.person_id, None if but is None else session_hash(but))


async def end_all_sessions(school_id: UUID, person_id: UUID) -> None:
    """Sign this person out everywhere. Runs in a transaction of that school."""
    await queries.end_all_sessions(school_id, person_id)


async def give_role(school_id: UUID, person_id: UUID, role: str) -> bool:
    """Give a role by hand, for who may (rules/administration.py); False when the person has it already."""
    return await queries.add_role(school_id, person_id, role)


async def end_session(session_id: str) -> None:
    """End this session, if it lives. Runs in a transaction of its own."""
    hashed = session_hash(session_id)
    row = await enter(hashed)
    if row is not None:
        await queries.end_session(row["school"], hashed)


async def add_school(slug: str, name: str) -> UUID | None:
    """Make a school; None when the short name is taken. The transaction continues in this school."""
    return await queries.add_school(slug, name)


async def find_school(slug: str | None, school_id: UUID | None = None) -> SchoolCard | None:
    """One school of the directory, by short name or id."""
    async with db.transaction():
        row = await queries.school(slug, school_id)
    return None if row is None else SchoolCard(row["id"], row["name"], row["slug"])


async def known_schools() -> list[SchoolCard]:
    """The directory of schools of this installation."""
    async with db.transaction():
        return [SchoolCard(row["id"], row["name"], row["slug"]) for row in await queries.schools()]
