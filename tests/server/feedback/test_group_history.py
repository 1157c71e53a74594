"""The clocks of a whole group in one answer: for each student what the single clock says, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories import Group, Person, World
from tests.server.feedback.test_reading import pair_clock


async def group_history(world: World, round_id: Any, group: Group, by: Person) -> Any:
    return await (await world.as_(by)).get(f"/api/v1/rounds/{round_id}/groups/{group.id}/history")


def ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


async def earlier_rounds(world: World) -> Any:
    """Two closed rounds and one that was partly reopened, with texts in two subjects; the open round of now."""
    one, two, three = world.students
    first = await world.round("closed", name="Eerste", closed_at=ago(200))
    second = await world.round("closed", name="Tweede", closed_at=ago(100))
    reopened = await world.round("open", name="Heropend", closed_at=ago(50), only_groups=[world.dutch.id])
    for round_id, name in ((first, "1"), (second, "2")):
        for student in (one, two):
            await world.feedback(round_id, student, world.dutch, "attention", f"nederlands {name}", "doe iets")
            await world.feedback(round_id, student, world.maths, "warning", f"wiskunde {name}")
    await world.feedback(reopened, one, world.dutch, "excellent", "wordt herschreven")
    await world.feedback(second, three, world.dutch, None, "zonder stoplicht")
    return await world.round(name="Nu")


async def test_it_says_of_each_student_what_the_single_clock_says(world: World) -> None:
    now = await earlier_rounds(world)
    for group in (world.dutch, world.maths):
        answer = await group_history(world, now, group, group.teacher)
        assert answer.status_code == 200, answer.text
        assert [one["student"] for one in answer.json()] == [str(each.id) for each in world.students]
        for one, student in zip(answer.json(), world.students, strict=True):
            alone = await pair_clock(world, now, group, student, group.teacher)
            assert one["entries"] == alone.json()
    assert [len(one["entries"]) for one in answer.json()] == [2, 2, 0]


async def test_a_student_whom_one_no_longer_teaches_is_not_in_it(world: World) -> None:
    now = await earlier_rounds(world)
    await world.leave(world.students[0], world.dutch)
    found = (await group_history(world, now, world.dutch, world.dutch.teacher)).json()
    assert [one["student"] for one in found] == [str(each.id) for each in world.students[1:]]


async def test_who_does_not_teach_the_group_does_not_find_it(world: World, other_school: World) -> None:
    now = await earlier_rounds(world)
    for by in (world.maths.teacher, world.mentor, world.leader, world.outsider, world.organiser, world.students[0]):
        assert (await group_history(world, now, world.dutch, by)).status_code == 404
    draft = await world.round("draft")
    assert (await group_history(world, draft, world.dutch, world.dutch.teacher)).status_code == 404
    stranger = await other_school.as_(other_school.dutch.teacher)
    assert (await stranger.get(f"/api/v1/rounds/{now}/groups/{world.dutch.id}/history")).status_code == 404
