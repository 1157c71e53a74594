"""Rounds as one looks at them. How they are planned is in planning.py, what moves them to another state in acts.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from server.errors import NotFound, require
from server.feedback import late as late_writes
from server.people.names import full_name
from server.platform.markdown import to_html
from server.platform.request import Me
from server.rounds import queries
from server.rounds.facts import round_facts
from server.rounds.schemas import (
    Audience,
    GroupProgress,
    RequiredRules,
    RoundAnswer,
    RoundDetail,
    RoundProgress,
    RoundSummary,
    RoundWords,
    TeacherProgress,
    YearRules,
)
from server.rules import lifecycle, visibility
from server.rules.facts import RoundFacts


async def load(school_id: UUID, round_id: UUID) -> tuple[Any, RoundFacts]:
    """One round as a row and as facts.

    Raises:
        NotFound: this school has no such round.
    """
    row = await queries.find(school_id, round_id)
    if row is None:
        raise NotFound
    return row, round_facts(row)


def answer(row: Any) -> RoundAnswer:
    """What every act on a round answers."""
    return RoundAnswer(row["id"], row["version"], row["state"], row["only_groups"])


def audience_of(row: Any) -> Audience:
    """The audience of a round."""
    return msgspec.json.decode(row["audience"], type=Audience)


def by_year_of(row: Any) -> list[YearRules]:
    """What a round asks of single years, by year."""
    found = msgspec.json.decode(row["required_by_year"], type=dict[int, RequiredRules])
    return [YearRules(year, found[year]) for year in sorted(found)]


def words_of(row: Any) -> RoundWords:
    """The organiser's own words in a round's mails."""
    return msgspec.json.decode(row["words"], type=RoundWords)


# --- looking ----------------------------------------------------------------------------------------------------------


async def list_rounds(me: Me) -> list[RoundSummary]:
    """All rounds of the school with their progress, for the organiser."""
    require(lifecycle.plan_rounds(me.viewer))
    counts = await queries.counts(me.school_id)
    return [_summary(row, *counts.get(row["id"], (0, 0))) for row in await queries.every(me.school_id)]


def _summary(row: Any, done: int, total: int) -> RoundSummary:
    return RoundSummary(
        id=row["id"],
        name=row["name"],
        state=row["state"],
        deadline=row["deadline"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        version=row["version"],
        done=done,
        total=total,
        only_groups=row["only_groups"],
        sharing=row["sharing"],
        mentors_watch=row["mentors_watch"],
    )


async def names(school_id: UUID, ids: list[UUID]) -> dict[UUID, str]:
    """Names of rounds, for the log of who did what."""
    return await queries.names(school_id, ids)


async def read_round(me: Me, round_id: UUID) -> RoundDetail:
    """One round: everything for the organiser, what concerns them for other staff."""
    row, facts = await load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, facts))
    return detail(row, planning=bool(lifecycle.plan_rounds(me.viewer)))


def detail(row: Any, *, planning: bool) -> RoundDetail:
    """One round; `planning`: with what is the organiser's business alone."""
    return RoundDetail(
        id=row["id"],
        name=row["name"],
        state=row["state"],
        explanation_html=to_html(row["explanation"]),
        deadline=row["deadline"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        version=row["version"],
        required=msgspec.json.decode(row["required"], type=RequiredRules),
        sharing=row["sharing"],
        mentors_watch=row["mentors_watch"],
        closes_at=row["closes_at"],
        only_groups=row["only_groups"],
        explanation=row["explanation"] if planning else None,
        opens_at=row["opens_at"] if planning else None,
        audience=audience_of(row) if planning else None,
        based_on=row["based_on"] if planning else None,
        reminders=row["reminders"] if planning else None,
        required_by_year=by_year_of(row) if planning else None,
        words=words_of(row) if planning else None,
    )


async def progress(me: Me, round_id: UUID) -> RoundProgress:
    """Counts per group and teacher: organiser and admin all, a leader the groups of the own scope."""
    _, facts = await load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, facts))
    scope = await queries.scope_students(me.school_id, me.person_id) if me.viewer.leader else []
    rows = [
        row
        for row in await queries.progress(me.school_id, round_id, scope)
        if visibility.count_per_group(me.viewer, facts, in_scope=me.viewer.leader and row["in_scope"])
    ]
    everything = bool(visibility.count_per_teacher(me.viewer, facts))
    if not rows and not everything:
        raise NotFound
    late = await late_writes.waiting_counts(me.school_id, round_id) if everything else {}
    teaching = await queries.teachers(me.school_id, round_id)
    groups = [
        GroupProgress(
            id=row["id"],
            title=row["title"],
            subject=row["subject"],
            teachers=[_name(teacher) for teacher in teaching if teacher["group_id"] == row["id"]],
            done=row["done"],
            incomplete=row["incomplete"],
            total=row["total"],
            open=visibility.group_open(facts, row["id"]),
            late=0 if visibility.group_open(facts, row["id"]) else late.get(row["id"], 0),
        )
        for row in rows
    ]
    return RoundProgress(
        students=len({student for row in rows for student in row["students"] or ()}),
        pairs=sum(group.total for group in groups),
        done=sum(group.done for group in groups),
        incomplete=sum(group.incomplete for group in groups),
        groups=groups,
        teachers=_per_teacher(groups, teaching) if everything else [],
        late_writes=sum(group.late for group in groups),
    )


def _name(row: Any) -> str:
    return full_name(row["given_name"], row["particle"], row["family_name"])


def _per_teacher(groups: Sequence[GroupProgress], teaching: Sequence[Any]) -> list[TeacherProgress]:
    """Sums of each teacher's groups, in order of the family name."""
    by_id = {group.id: group for group in groups}
    sums: dict[UUID, tuple[str, TeacherProgress]] = {}
    for row in teaching:
        group = by_id[row["group_id"]]
        sort_key, sum_ = sums.get(row["id"], (row["sort_key"], TeacherProgress(row["id"], _name(row), 0, 0, 0)))
        sums[row["id"]] = (
            sort_key,
            TeacherProgress(
                sum_.id,
                sum_.name,
                sum_.done + group.done,
                sum_.incomplete + group.incomplete,
                sum_.total + group.total,
            ),
        )
    return [sum_ for _, sum_ in sorted(sums.values(), key=lambda pair: (pair[0], pair[1].id))]
