"""The plan: the student writes and hands in, the mentor concludes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import msgspec

from server.audit.service import log_read
from server.errors import FieldError, Invalid, Refused, Stale, require
from server.plans import queries, view
from server.plans.schemas import Plan, PlanConcluded, PlanContent, PlanHandedIn, PlanSaved
from server.plans.view import PlanRow
from server.platform import clock, db, outbox
from server.platform.request import Me
from server.reports import basis as facts
from server.reports.basis import Basis
from server.rules import visibility
from server.rules.facts import PlanState
from server.rules.verdict import Reason


async def _load(me: Me, student_id: UUID, round_id: UUID, *, writing: bool) -> tuple[Basis, PlanRow | None]:
    """The facts and the plan; `writing` holds the plan until the transaction ends."""
    if writing:
        await db.lock(f"plan:{round_id}:{student_id}")
    basis = await facts.load_with_plan(me, student_id, round_id)
    return basis, view.decode_plan(basis.row["plan"])


async def read_plan(me: Me, student_id: UUID, round_id: UUID) -> Plan:
    """The plan as the viewer may see it: the student with the draft, everybody else what was handed in.

    Raises:
        NotFound: nothing to see for this viewer.
    """
    basis, row = await _load(me, student_id, round_id, writing=False)
    shown, logged = view.plan(basis, row)
    if shown is None:
        # Before the first word the plan of who may write it is empty, not absent.
        require(visibility.write_plan(me.viewer, basis.ties, basis.round, basis.share, basis.plan))
        return Plan(PlanState.NONE, [])
    if logged:
        await log_read(me, student_id, round_id, "plan")
    return shown


async def save_draft(me: Me, student_id: UUID, round_id: UUID, content: PlanContent, version: int) -> PlanSaved:
    """Autosave the draft; `version` is the one the student's page saw (0: none). The same text again changes nothing.

    Raises:
        NotFound: not this student, or not shared.
        Refused: concluded, or the round is archived.
        Stale: another device wrote meanwhile.
        Invalid: an answer to a question that is not in the report, or a character that cannot be stored.
    """
    basis, row = await _load(me, student_id, round_id, writing=True)
    require(visibility.write_plan(me.viewer, basis.ties, basis.round, basis.share, basis.plan))
    content = msgspec.structs.replace(content, answers={of: text for of, text in content.answers.items() if text})
    errors = list(_errors(basis, content))
    if errors:
        raise Invalid(*errors)
    if row is not None and row.draft == content and row.state is not PlanState.NONE:
        return PlanSaved(row.id, row.version, row.state)
    _check_version(row, version)
    saved = await queries.save_draft(
        me.school_id, round_id, student_id, msgspec.json.encode(content).decode(), clock.now()
    )
    return PlanSaved(saved["id"], saved["version"], PlanState(saved["state"]))


def _check_version(row: PlanRow | None, version: int) -> None:
    there = 0 if row is None else row.version
    if version != there:
        raise Stale(None if row is None else row.draft, there)


def _errors(basis: Basis, content: PlanContent) -> Iterator[FieldError]:
    """Answers belong to feedback of any version that was shared: a draft may be older than the latest one."""
    for name in ("proud", "improve", "how", "help", "when"):
        if "\x00" in getattr(content, name):
            yield FieldError(f"/{name}", "bad_character")
    if not content.answers:
        return
    asked = {subject.feedback_id for share in basis.shares for subject in share.read().subjects}
    for feedback_id, text in content.answers.items():
        if feedback_id not in asked:
            yield FieldError(f"/answers/{feedback_id}", "unknown_question")
        elif "\x00" in text:
            yield FieldError(f"/answers/{feedback_id}", "bad_character")


async def hand_in(me: Me, student_id: UUID, round_id: UUID, version: int) -> PlanHandedIn:
    """Hand the draft in as the next version; `version` is the draft's. Handing the same text in again changes nothing.

    Raises:
        NotFound: not this student, or not shared.
        Refused: no text at all, concluded, or the round is archived.
        Stale: another device wrote meanwhile.
    """
    basis, row = await _load(me, student_id, round_id, writing=True)
    require(visibility.write_plan(me.viewer, basis.ties, basis.round, basis.share, basis.plan))
    _check_version(row, version)
    if row is None or not _has_text(row.draft):
        raise Refused(Reason.PLAN_EMPTY)
    if row.versions and row.versions[-1].content == row.draft:
        return PlanHandedIn(row.id, row.versions[-1].number, row.version, row.state)
    number = await queries.hand_in(me.school_id, row.id, clock.now())
    await outbox.append(me.school_id, "plan.handed_in", round=round_id, student=student_id, plan=row.id, number=number)
    return PlanHandedIn(row.id, number, row.version, PlanState.HANDED_IN)


def _has_text(content: PlanContent) -> bool:
    texts = (content.proud, content.improve, content.how, content.help, content.when, *content.answers.values())
    return any(text.strip() for text in texts)


async def conclude(me: Me, student_id: UUID, round_id: UUID) -> PlanConcluded:
    """The talk concludes the plan.

    Raises:
        NotFound: not a mentor of this student.
        Refused: not shared, concluded already, or the round is archived.
    """
    basis, _ = await _load(me, student_id, round_id, writing=True)
    require(visibility.conclude_plan(me.viewer, basis.ties, basis.round, basis.share, basis.plan))
    plan_id = await queries.conclude(me.school_id, round_id, student_id, clock.now())
    await outbox.append(
        me.school_id, "plan.concluded", round=round_id, student=student_id, plan=plan_id, by=me.person_id
    )
    return PlanConcluded(plan_id, PlanState.CONCLUDED)
