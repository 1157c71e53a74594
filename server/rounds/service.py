"""Rounds as one looks at them. How they are planned is in planning.py, what moves them to another state in acts.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from server.errors import NotFound, require
from server.platform.markdown import to_html
from server.platform.request import Me
from server.rounds import queries
from server.rounds.facts import round_facts
from server.rounds.schemas import (
    Audience,
    RequiredRules,
    RoundAnswer,
    RoundDetail,
    RoundSummary,
    RoundWords,
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
