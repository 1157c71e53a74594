"""A group's waiting texts in one request: each item as a save of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from server.platform import db
from tests.factories import Group, Person, World
from tests.server.feedback.saving import body, history, place, stored


def address(round_id: Any, group: Group) -> str:
    return f"/api/v1/rounds/{round_id}/groups/{group.id}/feedback"


def item(student: Person, *, version: int = 0, key: UUID | None = None, **what: Any) -> dict[str, Any]:
    return {"student": str(student.id), "key": str(key or uuid4()), "version": version, **body(**what)}


async def send(world: World, round_id: Any, *items: dict[str, Any], by: Person | None = None) -> httpx.Response:
    client = await world.as_(by or world.dutch.teacher)
    return await client.put(address(round_id, world.dutch), json={"items": list(items)})


async def test_a_group_arrives_in_one_request_in_the_order_it_was_sent(world: World) -> None:
    round_id = await world.round()
    items = [item(each, remark=f"over {each.name}") for each in reversed(world.students)]
    answer = await send(world, round_id, *items)
    assert answer.status_code == 200, answer.text
    assert [(one["student"], one["key"]) for one in answer.json()["items"]] == [
        (one["student"], one["key"]) for one in items
    ]
    assert all(one["saved"]["version"] == 1 and one["problem"] is None for one in answer.json()["items"])
    assert {row["remark"] for row in await stored(world)} == {f"over {each.name}" for each in world.students}


async def test_an_item_sent_again_is_done_once_whichever_way_it_comes(world: World) -> None:
    round_id = await world.round()
    [student, *_] = world.students
    key = uuid4()
    first = await send(world, round_id, item(student, key=key, remark="eens"))
    again = await send(world, round_id, item(student, key=key, remark="eens"))
    client = await world.as_(world.dutch.teacher)
    alone = await client.put(place(round_id, world.dutch, student), json=body(remark="eens"), if_match=0, key=key)
    saved = first.json()["items"][0]["saved"]
    assert again.json()["items"][0]["saved"] == saved
    assert alone.json() == saved
    assert len(await history(world)) == 1


async def test_a_key_with_another_text_is_that_items_problem(world: World) -> None:
    round_id = await world.round()
    one, two, _ = world.students
    key = uuid4()
    await send(world, round_id, item(one, key=key, remark="eerst"))
    answer = await send(world, round_id, item(one, key=key, remark="anders"), item(two))
    assert [each["problem"] and each["problem"]["type"] for each in answer.json()["items"]] == [
        "/problems/key-reused",
        None,
    ]


async def test_one_refused_item_undoes_no_other(world: World) -> None:
    round_id = await world.round()
    one, two, three = world.students
    await send(world, round_id, item(two, remark="van iemand anders"))
    stranger = await world.person("Vreemde Leerling", "student")
    answer = await send(
        world,
        round_id,
        item(one, remark="goed"),
        item(two, remark="te laat gezien"),
        item(three, remark="x" * 2001, action="\x00"),
        item(stranger, remark="niet van mij"),
    )
    good, stale, long, gone = answer.json()["items"]
    assert good["saved"]["version"] == 1
    assert stale["problem"]["type"] == "/problems/stale"
    assert stale["problem"]["current"]["remark"] == "van iemand anders"
    assert long["problem"]["status"] == 422
    assert [error["pointer"] for error in long["problem"]["errors"]] == ["/remark"]
    assert gone["problem"]["status"] == 404
    assert {row["remark"] for row in await stored(world)} == {"goed", "van iemand anders"}


async def test_an_item_is_refused_in_the_words_of_a_single_save(world: World) -> None:
    round_id = await world.round()
    one, two, _ = world.students
    await world.set_round(round_id, "closed")
    client = await world.as_(world.dutch.teacher)
    alone = await client.put(place(round_id, world.dutch, one), json=body(remark="alleen"), if_match=0)
    answer = await send(world, round_id, item(one, remark="samen"), item(two, remark="ook"))
    assert [each["problem"] for each in answer.json()["items"]] == [alone.json()] * 2


async def test_late_texts_are_kept_although_they_are_refused(world: World) -> None:
    round_id = await world.round()
    await world.set_round(round_id, "closed")
    answer = await send(world, round_id, *(item(each, remark=f"laat {each.name}") for each in world.students))
    assert all(each["problem"]["kept"] for each in answer.json()["items"])
    await world.speak()
    rows = await db.fetch("select remark from late_write where school_id = $1", world.school_id)
    assert {row["remark"] for row in rows} == {f"laat {each.name}" for each in world.students}


async def test_who_has_nothing_in_the_group_does_not_learn_that_it_is_there(world: World, other_school: World) -> None:
    round_id = await world.round()
    for by in (world.outsider, world.mentor, world.organiser, world.admin, world.students[0]):
        assert (await send(world, round_id, item(world.students[0]), by=by)).status_code == 404
    await other_school.speak()
    client = await other_school.as_(other_school.dutch.teacher)
    foreign = await client.put(address(round_id, world.dutch), json={"items": [item(world.students[0])]})
    assert foreign.status_code == 404
    assert await stored(world) == []


@pytest.mark.parametrize(
    ("items", "pointer"),
    [
        (lambda students: [], "/items"),
        (lambda students: [item(students[0])] * 51, "/items"),
        (lambda students: [item(students[0]), item(students[0])], "/items/1/student"),
        (
            lambda students: [item(students[0], key=UUID(int=7)), item(students[1], key=UUID(int=7))],
            "/items/1/key",
        ),
        (lambda students: [{**item(students[0]), "stoplight": "blue"}], "/items/0/stoplight"),
        (lambda students: [{**item(students[0]), "student": "x"}], "/items/0/student"),
        (lambda students: [{"student": str(students[0].id)}], "/items/0/key"),
    ],
)
async def test_a_list_that_is_none_is_told_at_its_place(world: World, items: Any, pointer: str) -> None:
    round_id = await world.round()
    answer = await send(world, round_id, *items(world.students))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
