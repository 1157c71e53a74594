"""Whether feedback is complete, looked at again after what is asked for changed. At every write the save itself says it."""

from __future__ import annotations

from uuid import UUID

from server.feedback import queries
from server.rounds.facts import required_texts, texts_by_year
from server.rules import completeness, planning
from server.rules.facts import Stoplight


async def look_again(school_id: UUID, round_id: UUID) -> int:
    """Ask the rules about all feedback of a round; how much of it became complete or incomplete.

    The caller holds the round's lock, so that nothing is being saved by what was asked before.
    """
    asked = await queries.round_asks(school_id, round_id)
    required, by_year = required_texts(asked["required"]), texts_by_year(asked["required_by_year"])
    turned: dict[bool, list[UUID]] = {True: [], False: []}
    for row in await queries.written_in(school_id, round_id):
        rules = planning.asked_of(required, by_year, row["year"])
        light = None if row["stoplight"] is None else Stoplight(row["stoplight"])
        complete = not completeness.missing(rules, light, row["remark"], row["action"])
        if complete is not row["complete"]:
            turned[complete].append(row["id"])
    for complete, ids in turned.items():
        if ids:
            await queries.set_complete(school_id, ids, complete)
    return len(turned[True]) + len(turned[False])
