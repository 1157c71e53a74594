"""Texts that came after closing: counted, accepted group by group, never over something newer."""

from __future__ import annotations

from server.platform import db
from tests.factories import World
from tests.server.rounds.acting import ROUNDS, act, row, save, told


async def test_accepting_late_texts_reopens_exactly_that_group_and_takes_them_over(world: World) -> None:
    round_id = await world.round("closed")
    await save(world, round_id, "te laat getypt")
    answer = await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["only_groups"]) == ("open", [str(world.dutch.id)])
    assert (answer.json()["taken_over"], answer.json()["waiting"]) == (1, 0)
    await world.speak()
    [found] = await db.fetch(
        "select remark, author_id, complete, version from feedback where school_id = $1", world.school_id
    )
    assert tuple(found) == ("te laat getypt", world.dutch.teacher.id, True, 1)
    assert await told(world) == ["feedback.saved", "round.reopened"]


async def test_a_late_text_never_overwrites_something_newer(world: World) -> None:
    round_id = await world.round()
    await save(world, round_id, "eerste")
    await save(world, round_id, "tweede", seen=1)
    await act(world, round_id, "close", {})
    await save(world, round_id, "van een telefoon die alleen de eerste kende", seen=1)
    answer = await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})

    assert (answer.json()["taken_over"], answer.json()["waiting"]) == (0, 1)
    await world.speak()
    assert await db.fetchval("select remark from feedback where school_id = $1", world.school_id) == "tweede"


async def test_a_late_text_of_somebody_who_left_the_group_is_not_taken_over(world: World) -> None:
    round_id = await world.round("closed")
    await save(world, round_id, "te laat")
    await world.leave(world.dutch.teacher, world.dutch)
    answer = await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})

    assert (answer.json()["taken_over"], answer.json()["waiting"]) == (0, 1)


async def test_late_texts_are_accepted_group_by_group(world: World) -> None:
    round_id = await world.round("closed")
    await save(world, round_id, "te laat")
    path = f"{ROUNDS}/{round_id}/groups/{world.maths.id}/students/{world.students[1].id}/feedback"
    await (await world.as_(world.maths.teacher)).put(path, json={"stoplight": "on_track"})

    for group in (world.dutch, world.maths):
        answer = await act(world, round_id, "late-writes/accept", {"group_id": str(group.id)})
        assert answer.json()["taken_over"] == 1
    assert set(answer.json()["only_groups"]) == {str(world.dutch.id), str(world.maths.id)}


async def test_there_is_nothing_to_accept_without_late_texts(world: World) -> None:
    round_id = await world.round("closed")

    assert (await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})).status_code == 404
    assert (await row(world, round_id))["state"] == "closed"
