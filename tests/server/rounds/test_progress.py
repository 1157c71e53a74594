"""Progress: counts per group and teacher, never a text, and never about a single student."""

from __future__ import annotations

from typing import Any

from server.platform import db
from tests.factories import World


async def progress(world: World, round_id: Any, *, by: Any = None) -> Any:
    return await (await world.as_(by or world.organiser)).get(f"/api/v1/rounds/{round_id}/progress")


async def test_counts_per_group_and_teacher(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[1], world.dutch, "warning", "canary-44", complete=False)
    await world.feedback(round_id, world.students[2], world.dutch, None, "canary-45")
    answer = await progress(world, round_id)
    found = answer.json()

    assert answer.status_code == 200
    assert "canary" not in answer.text
    assert (found["students"], found["pairs"], found["done"], found["incomplete"]) == (3, 6, 1, 1)
    dutch, maths = found["groups"]
    assert (dutch["title"], dutch["teachers"], dutch["done"], dutch["incomplete"], dutch["total"], dutch["open"]) == (
        "h3a.netl", [world.dutch.teacher.name], 1, 1, 3, True,
    )  # fmt: skip
    assert (maths["done"], maths["total"]) == (0, 3)
    assert [(each["name"], each["done"], each["total"]) for each in found["teachers"]] == [
        (world.dutch.teacher.name, 1, 3),
        (world.maths.teacher.name, 0, 3),
    ]


async def test_co_teachers_are_counted_for_the_group_together(world: World) -> None:
    round_id = await world.round()
    await world.enrol(world.maths.teacher, world.dutch, "teacher")
    found = (await progress(world, round_id)).json()

    assert found["pairs"] == 6
    assert {each["name"]: each["total"] for each in found["teachers"]} == {
        world.dutch.teacher.name: 3,
        world.maths.teacher.name: 6,
    }


async def test_pairs_that_ended_count_in_no_progress(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await db.execute(
        "update expected_pair set state = 'ended' where school_id = $1 and student_id = $2",
        world.school_id,
        world.students[0].id,
    )
    found = (await progress(world, round_id)).json()

    assert (found["students"], found["pairs"], found["done"]) == (2, 4, 0)


async def test_late_texts_are_counted_where_the_group_is_closed(world: World) -> None:
    round_id = await world.round("closed")
    path = f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/students/{world.students[0].id}/feedback"
    await (await world.as_(world.dutch.teacher)).put(
        path, json={"stoplight": "attention", "remark": "canary-late", "action": ""}
    )
    answer = await progress(world, round_id)

    assert "canary" not in answer.text
    assert answer.json()["late_writes"] == 1
    assert [group["late"] for group in answer.json()["groups"]] == [1, 0]
    await world.set_round(round_id, "open", [world.dutch.id])
    assert (await progress(world, round_id)).json()["late_writes"] == 0


async def test_the_admin_sees_the_same_counts(world: World) -> None:
    round_id = await world.round()

    assert (await progress(world, round_id, by=world.admin)).json() == (await progress(world, round_id)).json()


async def test_a_leader_sees_the_groups_of_the_own_scope_without_teachers_and_late_texts(world: World) -> None:
    elsewhere = await world.group("teaching", "v4.netl1", world.outsider, subject="netl")
    await world.enrol(await world.person("Vera Vwo", "student"), elsewhere, "student")
    found = (await progress(world, await world.round(), by=world.leader)).json()

    assert [group["title"] for group in found["groups"]] == ["h3a.netl", "h3a.wi"]
    assert (found["students"], found["teachers"], found["late_writes"]) == (3, [], 0)


async def test_others_do_not_find_it(world: World) -> None:
    round_id = await world.round()

    for person in (world.mentor, world.dutch.teacher, world.students[0], world.guardian):
        assert (await progress(world, round_id, by=person)).status_code == 404


async def test_a_draft_has_no_progress_yet(world: World) -> None:
    assert (await progress(world, await world.round("draft"))).status_code == 404
