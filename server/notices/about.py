"""What a notice is about, as things stand now, and whether somebody may know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from server.errors import NotFound
from server.notices import queries
from server.notices.kind import Count, Facts, Ids, Kind, RoundNews, Subject
from server.people import service as people
from server.plans.view import decode_agreements
from server.platform import clock
from server.platform.request import Me
from server.reports import basis as reports
from server.reports import questions
from server.rounds.facts import round_facts

PLAN_AFTER: Final = timedelta(days=7)
"""So long after sharing a plan is missing."""

Key = tuple[Subject, Count | None, UUID | None, UUID | None, UUID | None, UUID | None]


def key_of(kind: Kind, ids: Ids) -> Key:
    """News with the same key has the same facts."""
    return kind.about, kind.count, ids.round, ids.student, ids.agreement, ids.feedback


async def facts_of(me: Me, kind: Kind, ids: Ids) -> Facts | None:
    """The facts that the kind's rule wants; None: what it is about is not of this school."""
    if kind.about is Subject.NOTHING:
        return Facts(me)
    if kind.about is Subject.QUESTION:
        return None if ids.feedback is None else Facts(me, question=await questions.about(me, ids.feedback))
    if ids.round is None:
        return None
    if kind.about is Subject.ROUND:
        return await _round(me, ids.round, kind.count or Count.LEFT)
    if ids.student is None:
        return None
    try:
        if kind.about is Subject.REPORT:
            return Facts(me, report=await reports.load(me, ids.student, ids.round))
        report = await reports.load_with_plan(me, ids.student, ids.round)
    except NotFound:
        return None
    agreements = decode_agreements(report.row["agreements"])
    return Facts(me, report=report, agreement=next((each for each in agreements if each.id == ids.agreement), None))


async def _round(me: Me, round_id: UUID, count: Count) -> Facts | None:
    row = await queries.round_news(me.school_id, round_id, me.person_id, count, clock.now() - PLAN_AFTER)
    if row is None:
        return None
    words = msgspec.json.decode(row["words"], type=dict[str, str])
    return Facts(me, round=RoundNews(row["name"], round_facts(row), row["deadline"], row["number"], words))


Asked = tuple[Kind, UUID, Ids]
"""News of a kind, and a person."""


async def allowed(school_id: UUID, asked: Sequence[Asked]) -> list[Facts | None]:
    """May each of these people know of this news now? The facts if so. Asks the same rules as the page that a notice leads to."""
    people_ = await people.as_people(school_id, {person_id for _, person_id, _ in asked})
    known = await _reports(people_, asked)
    found: list[Facts | None] = []
    for kind, person_id, ids in asked:
        me, about = people_.get(person_id), (person_id, key_of(kind, ids))
        if about not in known:
            known[about] = None if me is None else await facts_of(me, kind, ids)
        facts = known[about]
        found.append(facts if facts is not None and kind.allows(facts, ids) else None)
    return found


async def _reports(people_: Mapping[UUID, Me], asked: Sequence[Asked]) -> dict[tuple[UUID, Key], Facts | None]:
    """The facts of all that is about reports: most of the news there is, and a whole school at once."""
    wanted = {
        (person_id, key_of(kind, ids)): (people_[person_id], ids.student, ids.round)
        for kind, person_id, ids in asked
        if kind.about is Subject.REPORT and person_id in people_ and ids.student is not None and ids.round is not None
    }
    loaded = await reports.load_several(list(wanted.values()))
    return {
        about: None if report is None else Facts(report.me, report=report)
        for about, report in zip(wanted, loaded, strict=True)
    }


def number(kind: Kind, facts: Facts) -> int | None:
    """How many, for words that say so."""
    return facts.round.number if kind.shows_number and facts.round is not None else None


def own_words(kind: Kind, facts: Facts) -> str:
    """What the organiser adds to a mail of this kind; empty: nothing."""
    return "" if kind.own is None or facts.round is None else facts.round.words.get(kind.own, "")
