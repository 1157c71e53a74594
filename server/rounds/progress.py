"""How far a round is: counts per teaching group, home group, teacher and student. Never a text, never a stoplight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any
from uuid import UUID

from server.errors import NotFound, require
from server.feedback import late as late_writes
from server.people import service as people
from server.people.names import full_name
from server.platform.request import Me
from server.rounds import queries
from server.rounds.schemas import (
    GroupProgress,
    HomeGroupProgress,
    RoundProgress,
    StandIn,
    StudentProgress,
    StudentsProgress,
    TeacherProgress,
)
from server.rounds.service import load
from server.rules import lifecycle, visibility
from server.rules.facts import RoundFacts, Ties
from server.rules.verdict import Verdict


async def progress(me: Me, round_id: UUID) -> RoundProgress:
    """Counts per group and teacher: organiser and admin all, a leader the groups of the own scope.

    Raises:
        NotFound: no such round, a draft, or nothing of it is the viewer's to see.
    """
    _, facts = await load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, facts))
    only = await _only(me, facts, round_id)
    found, homes, writing = await queries.progress(me.school_id, round_id, only)
    everything = bool(visibility.count_per_teacher(me.viewer, facts))
    if not found and not homes and not everything:
        raise NotFound
    authors = _Authors(writing, len(found))
    nudged = await queries.nudged(me.school_id, me.today) if lifecycle.nudge(me.viewer, facts) else set()
    late = await late_writes.waiting_counts(me.school_id, round_id) if everything else {}
    groups = [_group(facts, row, authors, place, late) for place, row in enumerate(found)]
    home_groups = [_home_group(row) for row in homes]
    return RoundProgress(
        students=sum([group.students for group in home_groups]),
        pairs=sum([group.total for group in groups]),
        done=sum([group.done for group in groups]),
        incomplete=sum([group.incomplete for group in groups]),
        groups=groups,
        home_groups=home_groups,
        teachers=authors.counts(groups, nudged) if everything else [],
        late_writes=sum([group.late for group in groups]),
    )


async def _only(me: Me, facts: RoundFacts, round_id: UUID) -> set[UUID] | None:
    """Whose counts the viewer may see: all groups (None), or these. The rules are asked once, not for each of hundreds of groups."""
    if visibility.count_per_group(me.viewer, facts, in_scope=False):
        return None
    scope = await queries.scope(me.school_id, round_id, me.person_id) if me.viewer.leader else set()
    return scope if visibility.count_per_group(me.viewer, facts, in_scope=True) else set()


class _Authors:
    """Who writes for which group, from rows of `queries.AUTHORS`. A name is put together once, whatever number of groups it stands at."""

    def __init__(self, rows: Sequence[Any], groups: int) -> None:
        self.rows = [(row, full_name(row["given_name"], row["particle"], row["family_name"])) for row in rows]
        self.teachers: list[list[str]] = [[] for _ in range(groups)]
        self.stand_ins: list[list[StandIn]] = [[] for _ in range(groups)]
        for kind in ("first", "beside"):
            for row, name in self.rows:
                for place in row[kind]:
                    self.teachers[place].append(name)
        for row, name in self.rows:
            for place in row["stands_in"]:
                self.stand_ins[place].append(StandIn(row["id"], name))

    def counts(self, groups: Sequence[GroupProgress], nudged: Set[UUID]) -> list[TeacherProgress]:
        """Sums of each author's groups, in order of the family name. `nudged`: who was, today."""
        found = []
        for row, name in self.rows:
            theirs = [groups[place] for kind in ("first", "beside", "stands_in") for place in row[kind]]
            found.append(
                TeacherProgress(
                    row["id"],
                    name,
                    sum([group.done for group in theirs]),
                    sum([group.incomplete for group in theirs]),
                    sum([group.total for group in theirs]),
                    row["id"] in nudged,
                )
            )
        return found


def _group(facts: RoundFacts, row: Any, authors: _Authors, place: int, late: Mapping[UUID, int]) -> GroupProgress:
    group_id = row["id"]
    open_ = visibility.group_open(facts, group_id)
    return GroupProgress(
        id=group_id,
        title=row["title"],
        subject=row["subject"],
        teachers=authors.teachers[place],
        stand_ins=authors.stand_ins[place],
        done=row["done"],
        incomplete=row["incomplete"],
        total=row["total"],
        open=open_,
        late=0 if open_ or not late else late.get(group_id, 0),
    )


def _home_group(row: Any) -> HomeGroupProgress:
    return HomeGroupProgress(
        id=row["id"],
        title=row["title"],
        level=row["level"],
        year=row["year"],
        students=row["students"],
        done=row["done"],
        incomplete=row["incomplete"],
        total=row["total"],
    )


async def per_student(me: Me, round_id: UUID, home_group_id: UUID) -> StudentsProgress:
    """Counts per student of one home group: the mentor's own; organiser and admin of whom they do not write about.

    Raises:
        NotFound: no such round, a draft, or no student of it whose count is the viewer's to see.
    """
    _, facts = await load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, facts))
    rows = await queries.student_counts(me.school_id, round_id, home_group_id, me.person_id)
    if not rows:
        raise NotFound
    cards = people.cards_of(rows)
    counted = [
        StudentProgress(card, row["done"], row["incomplete"], row["total"])
        for card, row in zip(cards, rows, strict=True)
        if visibility.count_per_student(me.viewer, Ties(frozenset(row["teaches"]), mentor=row["mentor"]), facts)
    ]
    if not counted:
        require(visibility.count_per_teacher(me.viewer, facts))
    if not visibility.list_counts(withheld=len(rows) - len(counted)):
        counted = []
    return StudentsProgress(counted, withheld=len(rows) - len(counted))


async def may_follow(me: Me, round_id: UUID) -> Verdict:
    """May the viewer hear at once that counts of this round may have changed?

    Raises:
        NotFound: no such round.
    """
    _, facts = await load(me.school_id, round_id)
    in_scope = me.viewer.leader and await queries.in_scope(me.school_id, round_id, me.person_id)
    return visibility.follow_progress(me.viewer, facts, in_scope=in_scope)
