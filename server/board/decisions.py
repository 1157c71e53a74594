"""What was decided about a student: noted by mentor or leader, shared with the report, and perhaps made an agreement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.audit import service as audit
from server.board import queries
from server.board.schemas import DecisionAgreed, DecisionSaved
from server.errors import FieldError, Invalid, NotFound, Stale, require
from server.plans import agreements
from server.plans.schemas import AgreementBody
from server.platform import clock
from server.platform.request import Me
from server.reports import basis as facts
from server.reports.basis import Basis
from server.rules import board as rules


async def add(me: Me, student_id: UUID, round_id: UUID, text: str) -> DecisionSaved:
    """Note what was decided.

    Raises:
        NotFound: neither a mentor of this student nor a leader who has the student in scope.
        Refused: the round was not closed yet, or is archived.
        Invalid: no text, or a character that cannot be stored.
    """
    basis = await facts.load(me, student_id, round_id)
    require(rules.write_decision(me.viewer, basis.ties, basis.round))
    said = _checked(text)
    decision_id = await queries.add(me.school_id, round_id, student_id, said, me.person_id, clock.now())
    await _record(me, "board.decided", basis, decision_id)
    return DecisionSaved(decision_id, 1)


async def change(me: Me, decision_id: UUID, text: str, version: int) -> DecisionSaved:
    """Another text. The same text again changes nothing.

    Raises:
        NotFound: no such decision, or as in `add`.
        Refused: the round was opened again, or is archived.
        Stale: somebody else changed it meanwhile.
        Invalid: as in `add`.
    """
    basis, row = await _find(me, decision_id)
    _check_version(row, version)
    said = _checked(text)
    if said == row["text"]:
        return DecisionSaved(decision_id, row["version"])
    saved = await queries.change(me.school_id, decision_id, said, me.person_id, clock.now())
    await _record(me, "board.changed", basis, decision_id)
    return DecisionSaved(decision_id, saved)


async def remove(me: Me, decision_id: UUID, version: int) -> DecisionSaved:
    """Take it away; what was shared already stays as it was shared, and an agreement that came of it stays too.

    Raises:
        NotFound: no such decision, or as in `add`.
        Refused: the round was opened again, or is archived.
        Stale: somebody else changed it meanwhile.
    """
    basis, row = await _find(me, decision_id)
    _check_version(row, version)
    saved = await queries.remove(me.school_id, decision_id, me.person_id, clock.now())
    await _record(me, "board.removed", basis, decision_id)
    return DecisionSaved(decision_id, saved)


async def agree(me: Me, decision_id: UUID, body: AgreementBody) -> DecisionAgreed:
    """Make an agreement of it, in words of its own: what, who, by when.

    Raises:
        NotFound: no such decision, or not a mentor of this student.
        Refused: it is an agreement already, the report was not shared, or the round is archived.
        Invalid: as in `plans.agreements.add`.
    """
    row = await queries.decision(me.school_id, decision_id)
    if row is None:
        raise NotFound
    basis = await facts.load(me, row["student_id"], row["round_id"])
    require(rules.agree(me.viewer, basis.ties, basis.round, basis.share, agreed=row["agreed"]))
    made = await agreements.add(me, row["student_id"], row["round_id"], body)
    await queries.becomes(me.school_id, decision_id, made.id)
    return DecisionAgreed(decision_id, made.id)


async def _find(me: Me, decision_id: UUID) -> tuple[Basis, Any]:
    """A decision that the viewer may change, and the facts around it; holds it until the transaction ends."""
    row = await queries.decision(me.school_id, decision_id)
    if row is None:
        raise NotFound
    basis = await facts.load(me, row["student_id"], row["round_id"])
    require(rules.write_decision(me.viewer, basis.ties, basis.round))
    return basis, row


def _check_version(row: Any, version: int) -> None:
    if version != row["version"]:
        raise Stale({"text": row["text"]}, row["version"])


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid(FieldError("/text", "required"))
    if "\x00" in said:
        raise Invalid(FieldError("/text", "bad_character"))
    return said


async def _record(me: Me, act: str, basis: Basis, decision_id: UUID) -> None:
    """Who did what about whom, without what it said."""
    await audit.record(
        me.school_id, me.person_id, act, round=basis.round_id, student=basis.student_id, decision=decision_id
    )
