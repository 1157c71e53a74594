"""The facts about several reports at once, as notices ask for them, are those of each one alone."""

from __future__ import annotations

from dataclasses import fields
from uuid import uuid4

import pytest

from server.errors import NotFound
from server.people import service as people
from server.reports import basis
from server.reports.basis import Basis
from tests.factories import World
from tests.server.reports.acts import cycle


def known(found: Basis) -> dict[str, object]:
    """All that the rules are told; of shared versions not the content."""
    facts = {each.name: getattr(found, each.name) for each in fields(Basis) if each.name not in ("row", "shares")}
    shares = [(each.id, each.facts, each.shared_at, each.opened_by_me) for each in found.shares]
    return {**facts, "shares": shares}


async def test_several_at_once_are_as_one_by_one(world: World) -> None:
    made = await cycle(world)
    await made.share(guardians=False)
    await made.share(guardians=True)
    await made.report(world.guardian)
    await made.write_plan()
    await made.hand_in()
    barred = await world.person("Bas Barred", "guardian")
    await world.guard(barred, world.students[1], barred=True)
    other_round = await world.round("open")
    viewers = [
        *(world.mentor, world.leader, world.guardian, barred, world.dutch.teacher, world.maths.teacher),
        *(world.outsider, world.organiser, *world.students),
    ]
    found = await people.as_people(world.school_id, [each.id for each in viewers])
    asked = [
        (found[viewer.id], student.id, round_id)
        for viewer in viewers
        for student in world.students
        for round_id in (made.round_id, other_round)
    ]
    several = await basis.load_several(asked)
    assert len(several) == len(asked)
    for (me, student_id, round_id), report in zip(asked, several, strict=True):
        assert report is not None
        assert known(report) == known(await basis.load(me, student_id, round_id))


async def test_what_is_not_of_this_school_is_missing_in_its_place(world: World, other_school: World) -> None:
    made = await cycle(world)
    me = (await people.as_people(world.school_id, [world.mentor.id, other_school.mentor.id, uuid4()]))[world.mentor.id]
    asked = [
        (me, other_school.students[0].id, made.round_id),
        (me, made.student.id, made.round_id),
        (me, made.student.id, uuid4()),
        (me, world.mentor.id, made.round_id),
    ]
    assert [each is not None for each in await basis.load_several(asked)] == [False, True, False, False]
    for each in asked[2:]:
        with pytest.raises(NotFound):
            await basis.load(*each)
    assert await basis.load_several([]) == []
