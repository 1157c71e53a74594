"""Reading feedback: *Mijn besprekingen*, the rating sheet, and the clock. SQL narrows, the rules decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from server.audit import service as audit
from server.errors import NotFound, require
from server.feedback import queries
from server.feedback.schemas import (
    Author,
    Earlier,
    LastTime,
    Late,
    MyGroup,
    MyRound,
    Sheet,
    SheetGroup,
    SheetPair,
    SheetRound,
    StudentHistory,
    Written,
)
from server.people import service as people
from server.people.names import full_name
from server.people.schemas import Card
from server.platform.markdown import to_html
from server.platform.request import Me
from server.rounds.facts import round_facts
from server.rounds.schemas import RequiredRules
from server.rules import completeness, visibility
from server.rules.facts import FeedbackFacts, PairFacts, PairState, RoundFacts, Stoplight, Ties
from server.rules.verdict import HIDDEN, Allow, Verdict


def two_school_years_ago(me: Me) -> datetime:
    """1 August with which the school year before this one began."""
    this_year = me.today.year if me.today.month >= 8 else me.today.year - 1
    return datetime(this_year - 1, 8, 1, tzinfo=ZoneInfo(me.zone))


async def my_rounds(me: Me) -> list[MyRound]:
    """Rounds in which the viewer has groups: open first by deadline, then those closed in this school year and the last."""
    rounds = []
    for _, group in groupby(
        await queries.my_rounds(me.school_id, me.person_id, two_school_years_ago(me)), key=lambda row: row["id"]
    ):
        rows = list(group)
        first, facts = rows[0], round_facts(rows[0])
        if not visibility.see_round(me.viewer, facts):
            continue
        groups = [
            MyGroup(
                id=row["group_id"],
                title=row["title"],
                subject=row["subject"],
                done=row["done"],
                incomplete=row["incomplete"],
                total=row["total"],
                open=row["teaches"] and visibility.group_open(facts, row["group_id"]),
            )
            for row in rows
        ]
        rounds.append(
            MyRound(
                id=first["id"],
                name=first["name"],
                explanation_html=to_html(first["explanation"]),
                deadline=first["deadline"],
                closed_at=first["closed_at"],
                state=first["state"],
                sharing=first["sharing"],
                required=msgspec.json.decode(first["required"], type=RequiredRules),
                groups=groups,
            )
        )
    return rounds


# --- the rating sheet -------------------------------------------------------------------------------------------------


async def sheet(me: Me, round_id: UUID, group_id: UUID) -> Sheet:
    """The rating sheet of one group: all pairs for who teaches it today or stands in, the own texts for who once wrote in it.

    Raises:
        NotFound: no such round or group, a draft, or nothing of the viewer's in it.
    """
    head = await queries.sheet_head(me.school_id, round_id, group_id, me.person_id)
    if head is None:
        raise NotFound
    facts = round_facts(head)
    require(visibility.see_round(me.viewer, facts))
    rows = await queries.sheet(me.school_id, round_id, group_id, me.person_id, head["closed_at"])
    readable = [row for row in rows if _readable(me, facts, row, _pair_of(head, row["state"]))]
    if not readable:
        raise NotFound
    cards = people.cards_of(readable)
    return Sheet(
        round=SheetRound(
            id=head["id"],
            name=head["name"],
            state=head["state"],
            deadline=head["deadline"],
            explanation_html=to_html(head["explanation"]),
            required=msgspec.json.decode(head["required"], type=RequiredRules),
        ),
        group=SheetGroup(head["group_id"], head["title"], head["subject_id"], head["subject"]),
        open=_pair_of(head).viewer_authors and visibility.group_open(facts, group_id),
        pairs=[
            _pair(me, facts, row, card, _writes_for_now(facts, head)) for row, card in zip(readable, cards, strict=True)
        ],
    )


def _pair_of(head: Any, state: str = PairState.EXPECTED) -> PairFacts:
    """What the viewer is to a group, from a row of `queries.sheet_head`."""
    return PairFacts(head["group_id"], PairState(state), head["teaches"], head["stands_in"])


def _writes_for_now(facts: RoundFacts, head: Any) -> bool:
    return visibility.writes_for_now(facts, _pair_of(head))


def _readable(me: Me, facts: RoundFacts, row: Any, pair: PairFacts) -> bool:
    """May the viewer see this line as one of its authors?"""
    feedback = FeedbackFacts(pair, frozenset(row["written_by"] or ()), has_stoplight=row["stoplight"] is not None)
    return visibility.author_of(me.viewer, feedback) and bool(
        visibility.read_feedback(me.viewer, Ties(), facts, feedback)
    )


def _pair(me: Me, facts: RoundFacts, row: Any, card: Card, stands_in: bool) -> SheetPair:
    return SheetPair(
        student=card,
        state=row["state"],
        until=row["until"],
        last=_last(me, row, stands_in=stands_in),
        feedback=None if row["feedback_id"] is None else _written(facts, row),
        late=None
        if row["late_arrived_at"] is None
        else Late(_light(row["late_stoplight"]), row["late_remark"], row["late_action"], row["late_arrived_at"]),
    )


def _light(name: str | None) -> Stoplight | None:
    return None if name is None else Stoplight(name)


def _written(facts: RoundFacts, row: Any) -> Written:
    light = _light(row["stoplight"])
    return Written(
        id=row["feedback_id"],
        stoplight=light,
        remark=row["remark"],
        action=row["action"],
        version=row["version"],
        complete=row["complete"],
        missing=completeness.missing(facts.required, light, row["remark"], row["action"]),  # type: ignore[arg-type]
        updated_at=row["updated_at"],
        author=Author(row["author_id"], full_name(row["author_given"], row["author_particle"], row["author_family"])),
    )


def _last(me: Me, row: Any, *, stands_in: bool) -> LastTime | None:
    """The stoplight of the round before, where the viewer may read it."""
    if row["before_stoplight"] is None:
        return None
    before = {name.removeprefix("before_"): value for name, value in row.items() if name.startswith("before_")}
    own = FeedbackFacts(PairFacts(before["group_id"]), frozenset(before["written_by"]))
    ties = Ties(teaches=frozenset(row["teaches"]))
    if not visibility.read_clock(me.viewer, ties, round_facts(before), own, stands_in=stands_in):
        return None
    return LastTime(Stoplight(before["stoplight"]), before["name"])


# --- the clock --------------------------------------------------------------------------------------------------------


async def pair_clock(me: Me, round_id: UUID, group_id: UUID, student_id: UUID) -> list[Earlier]:
    """Earlier closed rounds of this student in this group's subject.

    Raises:
        NotFound: no such pair, or the viewer has nothing to do with the student.
    """
    row = await queries.subject_of_pair(me.school_id, round_id, group_id, student_id, me.person_id)
    if row is None:
        raise NotFound
    facts = round_facts(row)
    require(visibility.see_round(me.viewer, facts))
    stands_in = visibility.writes_for_now(facts, PairFacts(group_id, viewer_stands_in=row["stands_in"]))
    return await _clock(me, student_id, row["subject_id"], row["closed_at"], round_id, stands_in=stands_in)


async def may_follow(me: Me, round_id: UUID, group_id: UUID) -> Verdict:
    """May the viewer hear at once of what is written in this group?"""
    head = await queries.sheet_head(me.school_id, round_id, group_id, me.person_id)
    if head is None:
        return HIDDEN
    return visibility.follow_group(me.viewer, round_facts(head), author=_pair_of(head).viewer_authors)


async def group_clock(me: Me, round_id: UUID, group_id: UUID) -> list[StudentHistory]:
    """The clocks of all students of a group whom the viewer teaches today or writes about now: what a phone takes along into
    the basement.

    Raises:
        NotFound: no such round or group, a draft, or a group of which the viewer is no author.
    """
    head = await queries.sheet_head(me.school_id, round_id, group_id, me.person_id)
    if head is None:
        raise NotFound
    round_ = round_facts(head)
    require(visibility.see_round(me.viewer, round_))
    stands_in = _writes_for_now(round_, head)
    rows = await queries.group_clock(me.school_id, round_id, group_id, me.person_id, head["closed_at"])
    found = []
    for student_id, group in groupby(rows, key=lambda row: row["student_id"]):
        lines = list(group)
        ties = Ties(teaches=frozenset(lines[0]["teaches"]))
        mine = stands_in or group_id in ties.teaches
        if not mine or not visibility.open_clock(me.viewer, ties, stands_in=stands_in):
            continue
        settled = [row for row in lines if row["round_id"] is not None]
        entries = [_earlier(row) for row in settled if _reads(me, ties, row, stands_in=stands_in) is not None]
        found.append(StudentHistory(student_id, entries))
    if not found:
        raise NotFound
    return found


def _reads(me: Me, ties: Ties, row: Any, *, stands_in: bool) -> Allow | None:
    """The rule's word on one line of a clock."""
    pair = PairFacts(row["group_id"], PairState(row["pair_state"]))
    feedback = FeedbackFacts(pair, frozenset(row["written_by"]))
    verdict = visibility.read_clock(me.viewer, ties, round_facts(row), feedback, stands_in=stands_in)
    return verdict if isinstance(verdict, Allow) else None


async def subject_clock(me: Me, student_id: UUID, subject_id: UUID, before: UUID | None) -> list[Earlier]:
    """Closed rounds of this student in this subject; `before` leaves out that round and what came after it.

    Raises:
        NotFound: no such student or round, or the viewer has nothing to do with the student.
    """
    closed_at = None
    if before is not None:
        row = await queries.round_closing(me.school_id, before)
        if row is None:
            raise NotFound
        require(visibility.see_round(me.viewer, round_facts(row)))
        closed_at = row["closed_at"]
    return await _clock(me, student_id, subject_id, closed_at, before)


async def _clock(
    me: Me,
    student_id: UUID,
    subject_id: UUID | None,
    before: datetime | None,
    other_than: UUID | None,
    *,
    stands_in: bool = False,
) -> list[Earlier]:
    ties, _ = await people.ties(me, student_id)
    rows: Sequence[Any] = ()
    if subject_id is not None:
        rows = await queries.clock_rows(me.school_id, student_id, subject_id, before, other_than)
    found = []
    logged = False
    for row in rows:
        verdict = _reads(me, ties, row, stands_in=stands_in)
        if verdict is not None:
            found.append(_earlier(row))
            logged = logged or verdict.logged
    if not found:
        require(visibility.open_clock(me.viewer, ties, stands_in=stands_in))
    if logged:
        await audit.log_read(me, student_id, None, "clock")
    return found


def _earlier(row: Any) -> Earlier:
    return Earlier(
        round_id=row["round_id"],
        round_name=row["name"],
        closed_at=row["closed_at"],
        subject=row["subject"],
        group=row["title"],
        author=full_name(row["given_name"], row["particle"], row["family_name"]),
        stoplight=Stoplight(row["stoplight"]),
        remark=row["remark"],
        action=row["action"],
    )
