"""Texts that came after closing: kept for their author, counted for the organiser, taken over when a group is reopened."""

from __future__ import annotations

from uuid import UUID

from server.feedback import queries
from server.feedback.writing import NOTHING, Save, write
from server.platform import clock
from server.rounds.facts import round_facts
from server.rules import completeness, visibility
from server.rules.facts import PairFacts, PairState, Stoplight, Viewer


async def waiting_counts(school_id: UUID, round_id: UUID) -> dict[UUID, int]:
    """How many late texts wait, by group."""
    return {row["group_id"]: row["late"] for row in await queries.late_counts(school_id, round_id)}


async def take_over(school_id: UUID, round_id: UUID, group_id: UUID) -> tuple[int, int]:
    """Make the late texts of a group its feedback, each in its author's name. How many were taken over, how many wait on.

    Runs in the transaction that reopened the group and holds the round's lock. A text waits when its author may not write it
    any more, or when something newer stands there than its author saw.
    """
    taken = waiting = 0
    for row in await queries.late_waiting(school_id, round_id, group_id):
        pair = PairFacts(group_id, PairState(row["pair_state"]), row["author_teaches"], row["author_stands_in"])
        author = Viewer(row["author_id"], active=row["author_active"], staff=True)
        found = await queries.facts(
            school_id, round_id, group_id, row["student_id"], author.person_id, None, NOTHING, None
        )
        if found is None or not visibility.write_feedback(author, round_ := round_facts(found), pair):
            waiting += 1
            continue
        light = None if row["stoplight"] is None else Stoplight(row["stoplight"])
        save = Save(
            school_id=school_id,
            round_id=round_id,
            group_id=group_id,
            student_id=row["student_id"],
            person_id=author.person_id,
            stoplight=light,
            remark=row["remark"],
            action=row["action"],
            missing=completeness.missing(round_.required, light, row["remark"], row["action"]),
            version_seen=row["based_on"],
            round_version=found["round_version"],
            at=clock.now(),
        )
        if await write(save) is None:
            waiting += 1
            continue
        await queries.settle_late(school_id, round_id, group_id, row["student_id"], author.person_id, save.at)
        taken += 1
    return taken, waiting
