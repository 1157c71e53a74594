"""How far a round is: counts per teaching group, home group, teacher and student. Never a text, never a stoplight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
from server.rules import visibility
from server.rules.facts import RoundFacts, Ties
from server.rules.verdict import Verdict


async def progress(me: Me, round_id: UUID) -> RoundProgress:
    """Counts per group and teacher: organiser and admin all, a leader the groups of the own scope.

    Raises:
        NotFound: no such round, a draft, or nothing of it is the viewer's to see.
    """
    _, facts = await load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, facts))
    found, teaching = await queries.progress(me.school_id, round_id, me.person_id if me.viewer.leader else None)
    rows = [row for row in found if _counted(me, facts, row)]
    everything = bool(visibility.count_per_teacher(me.viewer, facts))
    if not rows and not everything:
        raise NotFound
    authors: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in teaching:
        authors[row["group_id"]].append(row)
    late = await late_writes.waiting_counts(me.school_id, round_id) if everything else {}
    groups = [_group(facts, row, authors[row["id"]], late) for row in rows if row["teaching"]]
    home_groups = [_home_group(row) for row in rows if not row["teaching"]]
    return RoundProgress(
        students=sum(group.students for group in home_groups),
        pairs=sum(group.total for group in groups),
        done=sum(group.done for group in groups),
        incomplete=sum(group.incomplete for group in groups),
        groups=groups,
        home_groups=home_groups,
        teachers=_per_teacher(groups, authors) if everything else [],
        late_writes=sum(group.late for group in groups),
    )


def _counted(me: Me, facts: RoundFacts, row: Any) -> bool:
    in_scope = me.viewer.leader and bool(row["in_scope"])
    return bool(visibility.count_per_group(me.viewer, facts, in_scope=in_scope))


def _group(facts: RoundFacts, row: Any, authors: Sequence[Any], late: Mapping[UUID, int]) -> GroupProgress:
    open_ = visibility.group_open(facts, row["id"])
    return GroupProgress(
        id=row["id"],
        title=row["title"],
        subject=row["subject"],
        teachers=[_name(author) for author in authors if not author["stands_in"]],
        stand_ins=[StandIn(author["id"], _name(author)) for author in authors if author["stands_in"]],
        done=row["done"],
        incomplete=row["incomplete"],
        total=row["total"],
        open=open_,
        late=0 if open_ else late.get(row["id"], 0),
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


def _name(row: Any) -> str:
    return full_name(row["given_name"], row["particle"], row["family_name"])


def _per_teacher(groups: Sequence[GroupProgress], authors: Mapping[UUID, Sequence[Any]]) -> list[TeacherProgress]:
    """Sums of each author's groups, in order of the family name."""
    theirs: defaultdict[UUID, list[GroupProgress]] = defaultdict(list)
    people_: dict[UUID, Any] = {}
    for group in groups:
        for author in authors[group.id]:
            theirs[author["id"]].append(group)
            people_[author["id"]] = author
    return [
        TeacherProgress(
            row["id"],
            _name(row),
            sum(group.done for group in theirs[row["id"]]),
            sum(group.incomplete for group in theirs[row["id"]]),
            sum(group.total for group in theirs[row["id"]]),
        )
        for row in sorted(people_.values(), key=lambda row: (row["sort_key"], row["id"]))
    ]


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
