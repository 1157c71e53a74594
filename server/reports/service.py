"""Reading reports: one student in one round, and the list of all rounds. Each part is asked separately."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from server.audit.service import log_read
from server.errors import NotFound, require
from server.people import service as people
from server.plans import view
from server.platform import clock
from server.platform.request import Me
from server.reports import basis as facts
from server.reports import content, queries, questions
from server.reports.basis import Basis, ShareRow
from server.reports.content import Name, Pair, SharedReport, decode_names, decode_pairs
from server.reports.schemas import (
    Can,
    Decision,
    Message,
    Owner,
    Preview,
    Progress,
    Reader,
    Relation,
    Report,
    ReportLine,
    Reports,
    Share,
    SubjectFeedback,
    Was,
)
from server.rounds.facts import round_facts
from server.rules import board, completeness, visibility
from server.rules.facts import FeedbackFacts, PairFacts, PairState, RoundFacts, RoundState, ShareFacts, Stoplight
from server.rules.verdict import Allow, Verdict


class WasRow(msgspec.Struct, frozen=True, array_like=True):
    """The latest earlier stoplight of one subject, in the order of columns of `queries.WAS`."""

    subject_id: UUID
    group_id: UUID
    stoplight: Stoplight
    written_by: list[UUID]
    round_name: str
    state: RoundState
    only_groups: list[UUID] | None


_WAS = msgspec.json.Decoder(list[WasRow])
_MESSAGE = msgspec.json.Decoder(Message)
_DECISIONS = msgspec.json.Decoder(list[Decision])
_READERS = msgspec.json.Decoder(list[tuple[Name, datetime]])


def decode_message(source: str | None) -> Message | None:
    """The mentor message as it stands."""
    return _MESSAGE.decode(source) if source else None


def decode_decisions(source: str | None) -> list[Decision]:
    """What was decided about a student and stands, oldest first."""
    return _DECISIONS.decode(source) if source else []


def build(basis: Basis) -> SharedReport:
    """What sharing would freeze now; `basis` was loaded by `queries.report`."""
    pairs = decode_pairs(basis.row["pairs"], decode_names(basis.row["names"]))
    return content.build(pairs, decode_message(basis.row["message"]), decode_decisions(basis.row["decisions"]))


async def read_report(me: Me, student_id: UUID, round_id: UUID) -> Report:
    """The report as the viewer may see it. A leader's read is logged, a student's or guardian's first one kept.

    Raises:
        NotFound: no such report, or not for this viewer.
    """
    basis = await facts.load(me, student_id, round_id, queries.report)
    verdict = visibility.read_report(me.viewer, basis.ties, basis.round)
    return await _for_staff(basis, verdict) if verdict else await _as_shared(basis)


async def preview(me: Me, student_id: UUID, round_id: UUID) -> Preview:
    """What the student would get if the mentor shared now, built by the function that freezes.

    Raises:
        NotFound: not a mentor of this student.
        Refused: not closed, archived, or sharing is off.
    """
    basis = await facts.load(me, student_id, round_id, queries.report)
    require(visibility.share_report(me.viewer, basis.ties, basis.round))
    built = build(basis)
    return Preview(basis.card, basis.round_card, content.shown(built), built.message, content.shown_decisions(built))


async def reports_of(me: Me, student_id: UUID) -> Reports:
    """The name: the rounds whose report of this student the viewer may open, newest first.

    Raises:
        NotFound: no such student, or no relation that ever opens a report.
    """
    ties, student = await people.ties(me, student_id)
    school = await people.school_facts(me)
    logged = False

    def may_open(round_: RoundFacts, shares: Iterable[ShareFacts]) -> bool:
        nonlocal logged
        verdict = visibility.read_report(me.viewer, ties, round_)
        logged = logged or (isinstance(verdict, Allow) and verdict.logged)
        return bool(verdict) or any(
            visibility.read_shared(me.viewer, ties, student, school, each, me.today) for each in shares
        )

    rows = await queries.reports_of(me.school_id, student_id, me.person_id)
    lines = [
        ReportLine(row["round_id"], row["round_name"], row["closed_at"], RoundState(row["state"]))
        for row in rows
        if may_open(round_facts(row), [share.facts for share in facts.decode_shares(row["shares"])])
    ]
    # Nothing to open yet is an empty list for who could open a report one day, and nothing at all for everybody else.
    some_day = ShareFacts(1, clock.now(), guardians=True)
    if not lines and not may_open(RoundFacts(RoundState.ARCHIVED), [some_day]):
        raise NotFound
    if logged:
        await log_read(me, student_id, None, "reports")
    return Reports((await people.cards(me, [student_id]))[student_id], lines)


# --- staff ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Log:
    """Remembers whether any part that was shown has to be logged."""

    wanted: bool = False

    def allows(self, verdict: Verdict) -> bool:
        """The verdict as a yes or no."""
        if not isinstance(verdict, Allow):
            return False
        self.wanted = self.wanted or verdict.logged
        return True


async def _for_staff(basis: Basis, verdict: Verdict) -> Report:
    report, logged = staff_report(basis)
    if logged or (isinstance(verdict, Allow) and verdict.logged):
        await log_read(basis.me, basis.student_id, basis.round_id, "report")
    return report


def staff_report(basis: Basis) -> tuple[Report, bool]:
    """The report as mentor, teacher or leader may read it, and whether reading it has to be logged. `basis` was loaded by
    `queries.report`, and who asks may open the page."""
    me, ties, round_ = basis.me, basis.ties, basis.round
    log = Log()
    names = decode_names(basis.row["names"])
    pairs = decode_pairs(basis.row["pairs"], names)
    plan, plan_logged = view.plan(basis, view.decode_plan(basis.row["plan"]))
    agreements, agreements_logged = view.agreements(basis, view.decode_agreements(basis.row["agreements"]))
    now_message = decode_message(basis.row["message"])
    decisions = decode_decisions(basis.row["decisions"])
    can = _can(basis)
    report = Report(
        student=basis.card,
        round=basis.round_card,
        relation=_staff_relation(basis),
        progress=_progress(pairs) if visibility.count_per_student(me.viewer, ties, round_) else None,
        subjects=_subjects(basis, pairs, log),
        message=_message(basis, now_message, log),
        decisions=decisions if log.allows(board.read_decisions(me.viewer, ties, round_)) else [],
        share=_share(basis, lambda: content.build(pairs, now_message, decisions), can),
        readers=_readers(basis),
        plan=plan,
        agreements=agreements,
        owners=_owners(basis, names) if can.write_agreements else [],
        questions=[],
        can=can,
    )
    return report, log.wanted or plan_logged or agreements_logged


def _staff_relation(basis: Basis) -> Relation:
    """A word for the screen; it decides nothing."""
    if basis.ties.mentor:
        return "mentor"
    return "teacher" if basis.ties.teaches else "leader"


def _subjects(basis: Basis, pairs: list[Pair], log: Log) -> list[SubjectFeedback]:
    """The feedback that the viewer may read. Who could read it may also see that there is none (yet); text without a
    stoplight looks to everybody but its author like none."""
    me, ties, round_ = basis.me, basis.ties, basis.round
    was = _was(basis, log)
    shown = []
    for pair in pairs:
        feedback = pair.facts(me.person_id)
        readable = log.allows(visibility.read_feedback(me.viewer, ties, round_, feedback))
        if not readable:
            written = FeedbackFacts(feedback.pair, feedback.written_by, has_stoplight=True)
            if not log.allows(visibility.read_feedback(me.viewer, ties, round_, written)):
                continue
        shown.append(
            SubjectFeedback(
                feedback_id=pair.feedback_id if readable else None,
                subject_id=pair.subject_id,
                subject=pair.subject,
                group=pair.group,
                teachers=pair.teachers,
                stoplight=pair.stoplight if readable else None,
                remark=(pair.remark or "") if readable else "",
                action=(pair.action or "") if readable else "",
                complete=bool(pair.complete) and readable,
                was=None if pair.subject_id is None else was.get(pair.subject_id),
                until=pair.until,
                mine=feedback.pair.viewer_teaches,
            )
        )
    return shown


def _was(basis: Basis, log: Log) -> dict[UUID, Was]:
    """The earlier stoplight of each subject that the viewer may read."""
    source: str | None = basis.row["was"]
    found: dict[UUID, Was] = {}
    known: dict[RoundState, RoundFacts] = {}
    for row in _WAS.decode(source) if source else []:
        if row.only_groups is None:  # nearly always, and then the state is all there is to know
            round_ = known.get(row.state) or known.setdefault(row.state, RoundFacts(row.state))
        else:
            round_ = RoundFacts(row.state, only_groups=frozenset(row.only_groups))
        earlier = FeedbackFacts(PairFacts(row.group_id), frozenset(row.written_by))
        if log.allows(visibility.read_feedback(basis.me.viewer, basis.ties, round_, earlier)):
            found[row.subject_id] = Was(row.stoplight, row.round_name)
    return found


def _progress(pairs: list[Pair]) -> Progress:
    counted = completeness.progress(
        None if pair.feedback_id is None else bool(pair.complete) for pair in pairs if pair.state is PairState.EXPECTED
    )
    return Progress(counted.done, counted.total)


def _message(basis: Basis, now: Message | None, log: Log) -> Message | None:
    """The mentor's own as it stands; other staff read the version that was shared."""
    if not log.allows(visibility.read_message(basis.me.viewer, basis.ties, basis.round, basis.share)):
        return None
    if basis.ties.mentor:
        return now
    return None if basis.latest is None else basis.latest.read().message


def _share(basis: Basis, now: Callable[[], SharedReport], can: Can) -> Share | None:
    """What is shared now, compared with what sharing would freeze `now`. Known to all who may read what sharing opens (the agreements)."""
    latest = basis.latest
    if latest is None or not basis.read_agreements():
        return None
    return Share(
        number=latest.number,
        shared_at=latest.shared_at,
        guardians=latest.guardians,
        recall_until=latest.shared_at + visibility.RECALL_WINDOW if can.recall else None,
        # Only who could share again is told that there is something new: a change of the message is the mentor's own.
        changed_since=can.share and content.differs(now(), latest.read()),
    )


def _readers(basis: Basis) -> list[Reader] | None:
    if not visibility.see_readers(basis.me.viewer, basis.ties):
        return None
    source: str | None = basis.row["readers"]
    return [Reader(name.full, at) for name, at in _READERS.decode(source)] if source else []


def _owners(basis: Basis, names: dict[UUID, str]) -> list[Owner]:
    teaching = frozenset(basis.row["owners"])
    return [Owner(person_id, name) for person_id, name in names.items() if person_id in teaching]


def _can(basis: Basis) -> Can:
    viewer, ties, round_, share, plan = basis.me.viewer, basis.ties, basis.round, basis.share, basis.plan
    return Can(
        share=bool(visibility.share_report(viewer, ties, round_)),
        recall=bool(visibility.recall_report(viewer, ties, round_, share, clock.now())),
        write_message=bool(visibility.write_message(viewer, ties, round_)),
        write_agreements=bool(visibility.write_agreements(viewer, ties, round_, share)),
        conclude=bool(visibility.conclude_plan(viewer, ties, round_, share, plan)),
        write_plan=bool(visibility.write_plan(viewer, ties, round_, share, plan)),
        confirm=bool(visibility.confirm_agreement(viewer, ties, round_, share)),
        ask=bool(visibility.ask_question(viewer, ties, round_, share, in_version=True)),
        decide=bool(board.write_decision(viewer, ties, round_)),
    )


# --- student and guardian ---------------------------------------------------------------------------------------------


async def _as_shared(basis: Basis) -> Report:
    """The frozen version, and nothing of what happened to its sources since."""
    shared = basis.shared_with_me
    if shared is None:
        raise NotFound
    if not await open_shared(basis, shared):
        raise NotFound
    return msgspec.structs.replace(shared_report(basis, shared), questions=await questions.of_student(basis))


async def open_shared(basis: Basis, shared: ShareRow) -> bool:
    """Keep the reader's first opening of this version; False: it was recalled at the same moment."""
    me = basis.me
    return shared.opened_by_me or await queries.open_share(me.school_id, shared.id, me.person_id, clock.now())


def shared_report(basis: Basis, shared: ShareRow) -> Report:
    """What stands in a shared version, for student and guardian, with plan and agreements as they are now."""
    frozen = shared.read()
    plan, _ = view.plan(basis, view.decode_plan(basis.row["plan"]))
    agreements, _ = view.agreements(basis, view.decode_agreements(basis.row["agreements"]))
    return Report(
        student=basis.card,
        round=basis.round_card,
        relation="student" if basis.ties.is_student else "guardian",
        progress=None,
        subjects=content.shown(frozen),
        message=frozen.message,
        decisions=content.shown_decisions(frozen),
        share=Share(shared.number, shared.shared_at, shared.guardians),
        readers=_readers(basis),
        plan=plan,
        agreements=agreements,
        owners=[],
        questions=[],
        can=_can(basis),
    )
