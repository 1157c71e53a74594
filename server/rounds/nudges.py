"""Nudges: the organiser asks those who are behind to go on, each of them at most once a day."""

from __future__ import annotations

from uuid import UUID

from server.audit import service as audit
from server.errors import FieldError, Invalid, require
from server.platform import db, outbox
from server.platform.request import Me
from server.rounds import behind, queries
from server.rounds.schemas import Nudged
from server.rounds.service import load
from server.rules import lifecycle

# Of two organisers at the same moment one is first. Back come those whom nobody has nudged today.
ADD = """
insert into nudge (school_id, person_id, day, round_id, asked_by)
select $1, who, $3, $4, $5 from unnest($2::uuid[]) as who order by who
on conflict (school_id, person_id, day) do nothing returning person_id
"""


async def nudge(me: Me, round_id: UUID, person_id: UUID | None) -> Nudged:
    """Nudge one teacher, or (None) everybody who is behind. Who is done is left in peace.

    Raises:
        NotFound: no such round, or not an organiser.
        Refused: the round is not open.
        Invalid: somebody who teaches nobody of this round.
    """
    require(lifecycle.plan_rounds(me.viewer))
    _, facts = await load(me.school_id, round_id)
    require(lifecycle.nudge(me.viewer, facts))
    found = await behind.to_do(me.school_id, round_id)
    if person_id is not None:
        if person_id not in found and person_id not in await queries.authors(me.school_id, round_id):
            raise Invalid(FieldError("/person", "unknown_person"))
        # A teacher of groups that are not open has nothing to do.
        found = {person_id: found.get(person_id, 0)}
    waiting = [who for who, count in found.items() if count > 0]
    told = [row["person_id"] for row in await db.fetch(ADD, me.school_id, waiting, me.today, round_id, me.person_id)]
    for who in told:
        await outbox.append(
            me.school_id, "round.nudged", round=round_id, person=who, by=me.person_id, day=me.today.toordinal()
        )
    if told:
        await audit.record(me.school_id, me.person_id, "round.nudged", round=round_id, people=told)
    return Nudged(len(told), len(waiting) - len(told), len(found) - len(waiting))
