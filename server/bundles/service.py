"""Asking for reports on paper, looking how far they are, opening and stopping them. What a worker does is in making.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from server.audit import service as audit
from server.bundles import queries
from server.bundles.pages import Wording, file_name
from server.bundles.schemas import Bundle, BundleAsked, BundleBody, BundleGroup
from server.errors import FieldError, Invalid, NotFound, Refused, require
from server.people.names import full_name
from server.platform import clock, db
from server.platform.request import Me
from server.reports import paper
from server.reports.paper import Made, Scope, Wish
from server.rounds import service as rounds
from server.rules import visibility
from server.rules.bundles import Reading
from server.rules.verdict import Reason

KEPT: Final = timedelta(days=7)
MOST_UNFINISHED: Final = 3
"""Of one person: paper for a whole school keeps a worker busy for a minute."""
MEDIA_TYPES: Final = {"file": "application/pdf", "zip": "application/zip"}


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A finished file that may be opened."""

    name: str
    media_type: str
    size: int
    pieces: AsyncIterator[bytes]


def wish_of(row: Any) -> Wish:
    """What was asked for, from a row of a bundle."""
    of: dict[Scope, UUID | int | None] = {
        "student": row["student_id"], "home_group": row["group_id"], "year": row["year"], "school": None,
    }  # fmt: skip
    scope: Scope = row["scope"]
    return Wish(row["round_id"], scope, of[scope], row["sort"] == "group", row["kind"] == "talk_sheet")


async def ask(me: Me, body: BundleBody) -> BundleAsked:
    """Have something made.

    Raises:
        NotFound: no such round, or nobody whose report this viewer may have.
        Refused: the round is still open, or too much of the viewer's is waiting.
        Invalid: not exactly one scope.
    """
    scope = _scope_of(body)
    row: dict[str, Any] = {
        "student_id": body.scope.student, "group_id": body.scope.home_group, "year": body.scope.year, "scope": scope,
        "round_id": body.round, "sort": body.sort, "kind": body.kind,
    }  # fmt: skip
    found = await paper.students(me, wish_of(row))
    # Two requests at one moment count each other.
    await db.lock(f"bundle:{me.person_id}")
    if await queries.unfinished(me.school_id, me.person_id) >= MOST_UNFINISHED:
        raise Refused(Reason.BUNDLES_WAITING)
    bundle_id = await queries.add(
        me.school_id, body.round, me.person_id, kind=body.kind, form=body.form, sort=body.sort, scope=scope,
        student_id=body.scope.student, group_id=body.scope.home_group, year=body.scope.year, language=me.locale,
        total=len(found), at=clock.now(),
    )  # fmt: skip
    await audit.record(
        me.school_id, me.person_id, "bundle.asked", round=body.round, student=body.scope.student, group=body.scope.home_group,
        made=len(found),
    )  # fmt: skip
    return BundleAsked(bundle_id)


def _scope_of(body: BundleBody) -> Scope:
    asked: dict[Scope, bool] = {
        "student": body.scope.student is not None, "home_group": body.scope.home_group is not None,
        "year": body.scope.year is not None, "school": body.scope.school,
    }  # fmt: skip
    chosen = [scope for scope, is_so in asked.items() if is_so]
    if len(chosen) != 1:
        raise Invalid(FieldError("/scope", "exactly_one"))
    return chosen[0]


async def choices(me: Me, round_id: UUID) -> list[BundleGroup]:
    """The home groups that the viewer may have made in this round, in the order of the school.

    Raises:
        NotFound: no such round that the viewer may know of.
    """
    _, round_ = await rounds.load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, round_))
    return [BundleGroup(each.id, each.title, each.year, each.students) for each in await paper.groups(me, round_id)]


async def list_mine(me: Me) -> list[Bundle]:
    """What the viewer asked for and what is kept, newest first. Students whom the viewer may not see any more are not named."""
    rows = await queries.of_person(me.school_id, me.person_id, clock.now() - KEPT)
    return [_shown(row) for row in rows if await _may_be_named(me, row)]


async def read(me: Me, bundle_id: UUID) -> Bundle:
    """One of them, and whether it may be opened now.

    Raises:
        NotFound: it is not (or no more) there, or somebody else's.
    """
    row = await _find(me, bundle_id)
    opens = None
    if row["state"] == "ready":
        opens = await paper.may_open(me, row["round_id"], await _made(me, row), talk_sheet=wish_of(row).talk_sheet)
    return _shown(row, opens)


async def open_file(me: Me, bundle_id: UUID) -> OpenFile:
    """The finished file; that it is opened is written down where it has to be.

    Raises:
        NotFound: it is not (or no more) there, or somebody else's.
        Refused: it is not ready, or holds something that the viewer may not see any more.
    """
    row = await _find(me, bundle_id)
    if row["state"] != "ready":
        raise Refused(Reason.BUNDLE_NOT_READY)
    if not await paper.open_pages(me, row["round_id"], await _made(me, row), talk_sheet=wish_of(row).talk_sheet):
        raise Refused(Reason.BUNDLE_OUTDATED)
    return OpenFile(name_of(row), MEDIA_TYPES[row["form"]], row["size"], _pieces(me.school_id, bundle_id))


async def remove(me: Me, bundle_id: UUID) -> None:
    """Stop it, or throw it away.

    Raises:
        NotFound: it is not there, or somebody else's.
    """
    if not await queries.remove(me.school_id, me.person_id, bundle_id):
        raise NotFound


async def clear(school_id: UUID) -> int:
    """Delete what was kept long enough; how many. Safe to repeat."""
    async with db.school_transaction(school_id):
        return await queries.clear(school_id, clock.now() - KEPT)


async def forget(school_id: UUID, person_ids: list[UUID]) -> int:
    """Delete every bundle of these people and with them in it, on the running transaction of that school; how many."""
    return await queries.forget(school_id, person_ids)


async def _find(me: Me, bundle_id: UUID) -> Any:
    row = await queries.one(me.school_id, me.person_id, clock.now() - KEPT, bundle_id)
    if row is None or not await _may_be_named(me, row):
        raise NotFound
    return row


async def _may_be_named(me: Me, row: Any) -> bool:
    """A bundle of one student tells by its name whom it is about."""
    if row["scope"] != "student":
        return True
    return await paper.may_print(me, row["student_id"], row["round_id"], talk_sheet=wish_of(row).talk_sheet)


async def _made(me: Me, row: Any) -> list[Made]:
    return [
        Made(each["student_id"], Reading(each["reading"]), each["share_id"], frozenset(each["shown"]))
        for each in await queries.made(me.school_id, row["id"])
    ]


async def _pieces(school_id: UUID, bundle_id: UUID) -> AsyncIterator[bytes]:
    """Each in a transaction of its own: whoever reads slowly holds no connection."""
    number = 0
    while True:
        async with db.school_transaction(school_id):
            body = await queries.piece(school_id, bundle_id, number)
        if body is None:
            return
        yield body
        number += 1


def about(row: Any) -> str:
    """The student or the home group that it is about."""
    if row["scope"] == "student":
        return full_name(row["given_name"], row["particle"], row["family_name"])
    return row["group_title"] or ""


def name_of(row: Any) -> str:
    """The name of the file."""
    return file_name(*title_parts(row), end="pdf" if row["form"] == "file" else "zip")


def title_parts(row: Any) -> list[str]:
    """What it is, about whom, in which round, in the language of its paper."""
    words = Wording(row["language"], clock.DEFAULT_ZONE)
    key = row["kind"] if row["scope"] == "student" else f"{row['kind']}s"
    whom = words("year", year=row["year"]) if row["scope"] == "year" else about(row)
    return [words(key), whom, row["round_name"]]


def _shown(row: Any, opens: bool | None = None) -> Bundle:
    ready = row["state"] == "ready"
    return Bundle(
        id=row["id"], round_id=row["round_id"], round_name=row["round_name"], scope=row["scope"], about=about(row),
        year=row["year"], kind=row["kind"], form=row["form"], sort=row["sort"], state=row["state"], error=row["error"],
        done=row["done"], total=row["total"], left_out=row["left_out"], size=row["size"], asked_at=row["asked_at"],
        kept_until=row["finished_at"] + KEPT if ready else None, opens=opens,
    )  # fmt: skip
