"""Substitutes: the organiser gives somebody a group for one round, beside its teachers, and may take it back.

What a substitute wrote stays theirs to read; whoever teaches the group goes on being its author.
"""

from __future__ import annotations

from uuid import UUID

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.people import service as people
from server.platform import clock, db, live, outbox
from server.platform.request import Me
from server.rounds import queries
from server.rounds.facts import live_topic, lock_name
from server.rounds.schemas import Colleague, StandIn, StandInBody
from server.rounds.service import load
from server.rules import lifecycle


async def colleagues(me: Me) -> list[Colleague]:
    """Everybody whom the viewer could ask to stand in, by family name."""
    require(lifecycle.plan_rounds(me.viewer))
    return [
        Colleague(each.id, each.list_name)
        for each in await people.could_stand_in(me.school_id)
        if lifecycle.choose_stand_in(me.viewer, each.id)
    ]


async def give(me: Me, round_id: UUID, body: StandInBody) -> StandIn:
    """Make somebody an author of one group in this round, and tell them. A second time changes nothing.

    Raises:
        NotFound: no such round, or not an organiser.
        Refused: a draft, or archived.
        Invalid: a group that is not in the round, or somebody who cannot stand in, or teaches it anyway.
    """
    require(lifecycle.plan_rounds(me.viewer))
    await db.lock(lock_name(round_id))
    _, facts = await load(me.school_id, round_id)
    require(lifecycle.appoint_stand_in(me.viewer, facts))
    who = next((each for each in await people.could_stand_in(me.school_id) if each.id == body.person_id), None)
    errors = []
    if body.group_id not in await queries.groups_of(me.school_id, round_id):
        errors.append(FieldError("/group_id", "unknown_group"))
    elif who is not None and await queries.teaches(me.school_id, body.group_id, who.id):
        errors.append(FieldError("/person_id", "teaches_already"))
    if who is None:
        errors.append(FieldError("/person_id", "unknown_person"))
    elif not lifecycle.choose_stand_in(me.viewer, who.id):
        errors.append(FieldError("/person_id", "not_oneself"))
    if errors or who is None:
        raise Invalid(*errors)
    if await queries.add_stand_in(me.school_id, round_id, body.group_id, who.id, me.person_id, clock.now()):
        await outbox.append(me.school_id, "round.stand_in", round=round_id, person=who.id, by=me.person_id)
        await _written_down(me, round_id, "round.stand_in_given", body.group_id, who.id)
    return StandIn(who.id, who.name)


async def take(me: Me, round_id: UUID, group_id: UUID, person_id: UUID) -> None:
    """Take a group back from a substitute.

    Raises:
        NotFound: no such round or substitute, or not an organiser.
        Refused: archived.
    """
    require(lifecycle.plan_rounds(me.viewer))
    await db.lock(lock_name(round_id))
    _, facts = await load(me.school_id, round_id)
    require(lifecycle.appoint_stand_in(me.viewer, facts))
    if not await queries.remove_stand_in(me.school_id, round_id, group_id, person_id):
        raise NotFound
    # A save that has been looked at and not yet written is looked at again, for it goes by the round's version.
    await queries.change(me.school_id, round_id, {})
    await _written_down(me, round_id, "round.stand_in_taken", group_id, person_id)


async def _written_down(me: Me, round_id: UUID, act: str, group_id: UUID, person_id: UUID) -> None:
    await audit.record(me.school_id, me.person_id, act, round=round_id, group=group_id, person=person_id)
    live.tell(live_topic(round_id, "round"), "round")
