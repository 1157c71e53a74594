"""Agreements: the mentor writes them during the talk, the student confirms, everybody ticks off the own ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET

from server.errors import FieldError, Invalid, NotFound, Stale, require
from server.plans import queries, view
from server.plans.schemas import AgreementBody, AgreementChange, AgreementSaved
from server.plans.view import AgreementRow
from server.platform import clock, outbox
from server.platform.request import Me
from server.reports import basis as facts
from server.reports.basis import Basis
from server.rules import visibility
from server.rules.facts import Party

FURTHEST: Final = timedelta(days=5 * 366)
"""Nobody is at school longer. And the last day of all, 31 December 9999, would be kept as `infinity`, which nothing can read."""


async def _find(me: Me, agreement_id: UUID) -> tuple[Basis, AgreementRow]:
    """One agreement and the facts around it; holds it until the transaction ends.

    Raises:
        NotFound: no such agreement, or it was removed.
    """
    place = await queries.place_of(me.school_id, agreement_id)
    if place is None:
        raise NotFound
    basis = await facts.load_with_plan(me, place["student_id"], place["round_id"])
    rows = view.decode_agreements(basis.row["agreements"])
    found = next((row for row in rows if row.id == agreement_id), None)
    if found is None:
        raise NotFound
    return basis, found


async def add(me: Me, student_id: UUID, round_id: UUID, body: AgreementBody) -> AgreementSaved:
    """Write down what, who, by when.

    Raises:
        NotFound: not a mentor of this student.
        Refused: not shared, or the round is archived.
        Invalid: no text, a day in the past, or a teacher who does not teach this student today.
    """
    basis = await facts.load(me, student_id, round_id)
    require(visibility.write_agreements(me.viewer, basis.ties, basis.round, basis.share))
    what = body.what.strip()
    errors = [
        *_text_errors(what),
        *await _owner_errors(me, student_id, body.party, body.owner_id),
        *_day_errors(me, body.due_on),
    ]
    if errors:
        raise Invalid(*errors)
    agreement_id = await queries.add_agreement(
        me.school_id, round_id, student_id, what, body.party, body.owner_id, body.due_on, me.person_id, clock.now()
    )
    await queries.keep_version(me.school_id, agreement_id, me.person_id, clock.now())
    await _tell(me, "agreement.changed", basis, agreement_id)
    return AgreementSaved(agreement_id, 1, confirmed=False, done=False)


async def change(me: Me, agreement_id: UUID, body: AgreementChange, version: int) -> AgreementSaved:
    """Change an agreement; a confirmation given before is over. What was not touched is not judged again.

    Raises:
        NotFound: no such agreement, or not a mentor of this student.
        Refused: the report was recalled, or the round is archived.
        Stale: a second mentor wrote meanwhile.
        Invalid: as in `add`.
    """
    basis, row = await _find(me, agreement_id)
    require(visibility.write_agreements(me.viewer, basis.ties, basis.round, basis.share))
    _check_version(row, version)
    what = row.what if body.what is UNSET else body.what.strip()
    party = row.party if body.party is UNSET else body.party
    due_on = row.due_on if body.due_on is UNSET else body.due_on
    # With another party the teacher of before is no longer meant.
    kept = row.owner_id if party is Party.TEACHER else None
    owner_id = kept if body.owner_id is UNSET else body.owner_id
    errors = list(_text_errors(what))
    if (party, owner_id) != (row.party, row.owner_id):
        errors += await _owner_errors(me, basis.student_id, party, owner_id)
    if due_on != row.due_on:
        errors += _day_errors(me, due_on)
    if errors:
        raise Invalid(*errors)
    if (what, party, owner_id, due_on) == (row.what, row.party, row.owner_id, row.due_on):
        return _saved(row)
    saved = await queries.change_agreement(me.school_id, agreement_id, what, party, owner_id, due_on, clock.now())
    await queries.keep_version(me.school_id, agreement_id, me.person_id, clock.now())
    await _tell(me, "agreement.changed", basis, agreement_id)
    return AgreementSaved(agreement_id, saved, confirmed=False, done=row.done_at is not None)


async def remove(me: Me, agreement_id: UUID, version: int) -> AgreementSaved:
    """Take an agreement away; its history keeps it.

    Raises:
        NotFound: no such agreement, or not a mentor of this student.
        Refused: the report was recalled, or the round is archived.
        Stale: a second mentor wrote meanwhile.
    """
    basis, row = await _find(me, agreement_id)
    require(visibility.write_agreements(me.viewer, basis.ties, basis.round, basis.share))
    _check_version(row, version)
    saved = await queries.remove_agreement(me.school_id, agreement_id, clock.now())
    await queries.keep_version(me.school_id, agreement_id, me.person_id, clock.now())
    await _tell(me, "agreement.changed", basis, agreement_id)
    return AgreementSaved(agreement_id, saved, row.confirmed_at is not None, row.done_at is not None)


async def confirm(me: Me, agreement_id: UUID, version: int | None) -> AgreementSaved:
    """The student confirms. With `version` only that text: what was changed meanwhile must be read first.

    Raises:
        NotFound: no such agreement, or not this student's.
        Refused: the round is archived.
        Stale: the agreement was changed meanwhile.
    """
    basis, row = await _find(me, agreement_id)
    require(visibility.confirm_agreement(me.viewer, basis.ties, basis.round, basis.share))
    if version is not None:
        _check_version(row, version)
    if row.confirmed_at is None:
        await queries.confirm(me.school_id, agreement_id, clock.now())
        await _tell(me, "agreement.confirmed", basis, agreement_id)
    return AgreementSaved(agreement_id, row.version, confirmed=True, done=row.done_at is not None)


async def tick(me: Me, agreement_id: UUID, done: bool) -> AgreementSaved:
    """Tick an agreement off, or not yet done after all; also in an archived round.

    Raises:
        NotFound: no such agreement, or not for this viewer to know.
        Refused: somebody else's agreement.
    """
    basis, row = await _find(me, agreement_id)
    require(
        visibility.tick_agreement(me.viewer, basis.ties, basis.student, basis.school, basis.share, row.facts, me.today)
    )
    if done != (row.done_at is not None):
        await queries.tick(me.school_id, agreement_id, clock.now() if done else None, clock.now())
        await _tell(me, "agreement.ticked", basis, agreement_id)
    return AgreementSaved(agreement_id, row.version, row.confirmed_at is not None, done)


async def _tell(me: Me, kind: str, basis: Basis, agreement_id: UUID) -> None:
    await outbox.append(
        me.school_id, kind, round=basis.round_id, student=basis.student_id, agreement=agreement_id, by=me.person_id
    )


def _saved(row: AgreementRow) -> AgreementSaved:
    return AgreementSaved(row.id, row.version, row.confirmed_at is not None, row.done_at is not None)


def _check_version(row: AgreementRow, version: int) -> None:
    if version != row.version:
        there = {"what": row.what, "party": row.party, "owner_id": row.owner_id, "due_on": row.due_on}
        raise Stale(there, row.version)


def _text_errors(what: str) -> Iterator[FieldError]:
    if not what:
        yield FieldError("/what", "required")
    elif "\x00" in what:
        yield FieldError("/what", "bad_character")


def _day_errors(me: Me, due_on: date | None) -> Iterator[FieldError]:
    if due_on is not None and due_on < me.today:
        yield FieldError("/due_on", "date_past")
    elif due_on is not None and due_on > me.today + FURTHEST:
        yield FieldError("/due_on", "date_far")


async def _owner_errors(me: Me, student_id: UUID, party: Party, owner_id: UUID | None) -> list[FieldError]:
    if party is not Party.TEACHER:
        return [] if owner_id is None else [FieldError("/owner_id", "owner_unfit")]
    if owner_id is None:
        return [FieldError("/owner_id", "owner_required")]
    teaches = await queries.teaches_today(me.school_id, student_id, owner_id)
    return [] if teaches else [FieldError("/owner_id", "owner_unknown")]
