"""The two lists: *Mijn leerlingen* for mentors and leaders, *Rapportages* for students and guardians."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.audit.service import log_reads
from server.errors import NotFound
from server.people import service as people
from server.people.schemas import Card
from server.platform.request import Me
from server.reports import basis as facts
from server.reports import queries
from server.reports.schemas import (
    MyReport,
    MyStudents,
    Progress,
    RoundCard,
    SharedState,
    StripLight,
    StudentGroup,
    StudentStatus,
)
from server.rounds.facts import round_facts
from server.rules import completeness, visibility
from server.rules.facts import (
    FeedbackFacts,
    PairFacts,
    PairState,
    PlanState,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    Stoplight,
    StudentFacts,
    Ties,
)
from server.rules.verdict import Allow


class StripPair(msgspec.Struct, frozen=True, array_like=True):
    """One pair of a strip, in the order of columns of `queries.STRIPS`. `written_by_me` stands for the list of writers."""

    group_id: UUID
    state: PairState
    subject: str
    teaches: bool
    stoplight: Stoplight | None
    complete: bool | None
    written_by_me: bool


class StripShare(msgspec.Struct, frozen=True):
    """The latest version of a report in a list."""

    number: int
    shared_at: datetime
    guardians: bool
    opened: bool


_STRIP = msgspec.json.Decoder(list[StripPair])
_SHARE = msgspec.json.Decoder(StripShare)


async def my_students(me: Me, round_id: UUID | None) -> MyStudents:
    """The students one mentors or has in scope as a leader, in the round asked for, else the open, else the latest one.

    Raises:
        NotFound: no such round for this viewer.
    """
    rounds = await queries.rounds_with_my_students(me.school_id, me.person_id, me.viewer.leader)
    cards = [
        RoundCard(row["id"], row["name"], RoundState(row["state"]), row["sharing"])
        for row in rounds
        if visibility.see_round(me.viewer, round_facts(row))
    ]
    if round_id is None:
        chosen = next((each for each in cards if each.state is RoundState.OPEN), cards[0] if cards else None)
    else:
        chosen = next((each for each in cards if each.id == round_id), None)
        if chosen is None:
            raise NotFound
    if chosen is None:
        return MyStudents(cards, None, [])
    round_ = round_facts(next(row for row in rounds if row["id"] == chosen.id))
    rows = await queries.strips(me.school_id, me.person_id, chosen.id, me.viewer.leader)
    logged: list[UUID] = []
    groups = _groups(me, round_, rows, logged)
    await log_reads(me, logged, chosen.id, "strip")
    return MyStudents(cards, chosen, groups)


def _groups(me: Me, round_: RoundFacts, rows: list[Any], logged: list[UUID]) -> list[StudentGroup]:
    """Students by home group. `logged` is filled with those whose reading has to be logged."""
    cards = {each.id: each for each in people.cards_of(rows)}
    groups: list[StudentGroup] = []
    for row in rows:
        ties = Ties(mentor=row["mentor"], leader=me.viewer.leader and row["in_scope"])
        if not groups or groups[-1].id != row["group_id"]:
            groups.append(StudentGroup(row["group_id"], row["title"], "mentor" if ties.mentor else "leader", None, []))
        status, must_log, counted = _status(me, round_, ties, row, cards[row["id"]])
        groups[-1].students.append(status)
        if must_log:
            logged.append(row["id"])
        if status.done is not None or visibility.count_per_group(me.viewer, round_, in_scope=ties.leader):
            so_far = groups[-1].progress or Progress(0, 0)
            total = Progress(so_far.done + counted.done, so_far.total + counted.total)
            groups[-1] = msgspec.structs.replace(groups[-1], progress=total)
    return groups


def _status(
    me: Me, round_: RoundFacts, ties: Ties, row: Any, card: Card
) -> tuple[StudentStatus, bool, completeness.Progress]:
    """One line, whether reading it has to be logged, and the student's own count."""
    pairs = _STRIP.decode(row["pairs"]) if row["pairs"] else []
    expected = [pair for pair in pairs if pair.state is PairState.EXPECTED]
    ties = Ties(
        teaches=frozenset(row["teaches"]),
        mentor=ties.mentor,
        leader=ties.leader,
        own_complete=all(pair.complete for pair in expected if pair.teaches),
    )
    counted = completeness.progress(None if pair.stoplight is None else pair.complete for pair in expected)
    logged = False
    strip = []
    settled = True
    for pair in pairs:
        writers = frozenset({me.person_id}) if pair.written_by_me else frozenset()
        feedback = FeedbackFacts(
            PairFacts(pair.group_id, pair.state, pair.teaches), writers, pair.stoplight is not None
        )
        settled = settled and visibility.settled(round_, pair.group_id)
        verdict = visibility.read_feedback(me.viewer, ties, round_, feedback)
        if isinstance(verdict, Allow) and pair.stoplight is not None:
            logged = logged or verdict.logged
            strip.append(StripLight(pair.subject, pair.stoplight))
    share = _SHARE.decode(row["share"]) if row["share"] else None
    given = None if share is None else ShareFacts(share.number, share.shared_at, share.guardians, share.opened)
    plan = PlanState(row["plan_state"] or PlanState.NONE)
    nobody = StudentFacts()  # age and consent decide about guardians only
    read_plan = visibility.read_plan(me.viewer, ties, nobody, SchoolFacts(), given, plan, me.today)
    read_agreements = visibility.read_agreements(me.viewer, ties, nobody, SchoolFacts(), given, me.today)
    logged = logged or any(isinstance(each, Allow) and each.logged for each in (read_plan, read_agreements))
    # Closed feedback can be counted by who reads it; while open the rule about counts decides.
    counts = settled or bool(visibility.count_per_student(me.viewer, ties, round_))
    shared = None
    if share is not None and read_agreements:
        seen = share.opened if visibility.see_readers(me.viewer, ties) else None
        shared = SharedState(share.shared_at, share.number, seen)
    status = StudentStatus(
        student=card,
        done=counted.done if counts else None,
        total=counted.total if counts else None,
        strip=strip,
        shared=shared,
        plan=plan if read_plan else PlanState.NONE,
        agreements=row["agreements"] if read_agreements else 0,
    )
    return status, logged, counted


async def my_reports(me: Me) -> list[MyReport]:
    """What was shared with the viewer as student or guardian, newest first."""
    rows = await queries.shared_with(me.school_id, me.person_id)
    school = await people.school_facts(me) if rows else SchoolFacts()
    cards = {each.id: each for each in people.cards_of({row["id"]: row for row in rows}.values())}
    found = []
    for row in rows:
        ties, student = people.ties_from(me, row)
        shares = facts.decode_shares(row["shares"])
        shared = next(
            (s for s in shares if visibility.read_shared(me.viewer, ties, student, school, s.facts, me.today)), None
        )
        if shared is None:
            continue
        plan = PlanState(row["plan_state"] or PlanState.NONE)
        shown = visibility.read_plan_draft(me.viewer, ties) or visibility.read_plan(
            me.viewer, ties, student, school, shares[0].facts, plan, me.today
        )
        found.append(
            MyReport(
                student=cards[row["id"]],
                round_id=row["round_id"],
                round_name=row["round_name"],
                shared_at=shared.shared_at,
                number=shared.number,
                new=not shared.opened_by_me,
                plan_state=plan if shown else PlanState.NONE,
            )
        )
    return found
