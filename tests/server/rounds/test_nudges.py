"""The organiser nudges those who are behind: once a day each, and nobody who is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from server.platform import clock, db
from tests.factories import Person, World
from tests.server.rounds.acting import ROUNDS, written_down


async def nudge(
    world: World, round_id: UUID, person: Person | None = None, *, by: Person | None = None
) -> httpx.Response:
    client = await world.as_(by or world.organiser)
    return await client.post(f"{ROUNDS}/{round_id}/nudges", json={"person": str(person.id) if person else None})


async def news(world: World) -> list[dict[str, Any]]:
    await world.speak()
    rows = await db.fetch(
        "select ids from outbox where school_id = $1 and kind = 'round.nudged' order by id", world.school_id
    )
    return [msgspec.json.decode(row["ids"]) for row in rows]


def counts(told: int, already: int, done: int) -> dict[str, int]:
    return {"told": told, "already": already, "done": done}


async def test_everybody_who_is_behind_is_told_once_a_day_and_nobody_who_is_done(world: World) -> None:
    round_id = await world.round()
    for student in world.students:
        await world.feedback(round_id, student, world.dutch)
    await world.feedback(round_id, world.students[0], world.maths, "attention", complete=False)
    answer = await nudge(world, round_id)
    assert answer.status_code == 200
    assert answer.json() == counts(1, 0, 1)
    assert (await nudge(world, round_id)).json() == counts(0, 1, 1)
    assert (await nudge(world, round_id, world.maths.teacher)).json() == counts(0, 1, 0)
    assert await news(world) == [
        {
            "round": str(round_id),
            "person": str(world.maths.teacher.id),
            "by": str(world.organiser.id),
            "day": clock.today().toordinal(),
        }
    ]
    acts = [(act, ids["people"]) for act, ids in await written_down(world) if act == "round.nudged"]
    assert acts == [("round.nudged", [str(world.maths.teacher.id)])]


async def test_the_next_day_is_another_day_also_in_the_schools_own_zone(world: World) -> None:
    round_id = await world.round()
    evening = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # half past eleven at school
    with clock.at(evening):
        assert (await nudge(world, round_id)).json() == counts(2, 0, 0)
    with clock.at(evening + timedelta(minutes=20)):
        assert (await nudge(world, round_id)).json() == counts(0, 2, 0)
    with clock.at(evening + timedelta(hours=1)):
        assert (await nudge(world, round_id)).json() == counts(2, 0, 0)


async def test_a_second_round_and_a_second_organiser_do_not_make_a_second_nudge(world: World) -> None:
    other = await world.person("Oda Organiser", "organiser")
    first, second = await world.round(), await world.round()
    assert (await nudge(world, first)).json() == counts(2, 0, 0)
    assert (await nudge(world, second, by=other)).json() == counts(0, 2, 0)


async def test_who_may_nudge_reads_who_was_reminded_today(world: World) -> None:
    round_id = await world.round()

    async def reminded(person: Person) -> dict[str, bool]:
        found = (await (await world.as_(person)).get(f"{ROUNDS}/{round_id}/progress")).json()
        return {each["name"]: each["reminded"] for each in found["teachers"]}

    dutch, maths = world.dutch.teacher.name, world.maths.teacher.name
    assert await reminded(world.organiser) == {dutch: False, maths: False}
    with clock.at(clock.now() - timedelta(days=1)):
        await nudge(world, round_id)
    assert await reminded(world.organiser) == {dutch: False, maths: False}
    await nudge(world, round_id, world.maths.teacher)
    assert await reminded(world.organiser) == {dutch: False, maths: True}
    assert await reminded(world.admin) == {dutch: False, maths: False}
    await world.set_round(round_id, "closed")
    assert await reminded(world.organiser) == {dutch: False, maths: False}


async def test_one_teacher_alone(world: World) -> None:
    round_id = await world.round()
    assert (await nudge(world, round_id, world.dutch.teacher)).json() == counts(1, 0, 0)
    assert [each["person"] for each in await news(world)] == [str(world.dutch.teacher.id)]
    for student in world.students:
        await world.feedback(round_id, student, world.maths)
    assert (await nudge(world, round_id, world.maths.teacher)).json() == counts(0, 0, 1)
    assert len(await news(world)) == 1


async def test_in_a_partly_reopened_round_only_the_open_groups_count(world: World) -> None:
    round_id = await world.round(only_groups=[world.dutch.id])
    assert (await nudge(world, round_id)).json() == counts(1, 0, 0)
    assert (await nudge(world, round_id, world.maths.teacher)).json() == counts(0, 0, 1)


async def test_co_teachers_are_behind_together_and_who_left_is_not(world: World) -> None:
    co, gone, off = [await world.person(f"{name} Co", "teacher") for name in ("Coen", "Greet", "Olaf")]
    for person in (co, gone, off):
        await world.enrol(person, world.dutch, "teacher")
    await world.leave(gone, world.dutch)
    await world.set(off, disabled_at=clock.now())
    round_id = await world.round()
    await nudge(world, round_id)
    told = {each["person"] for each in await news(world)}
    assert told == {str(each.id) for each in (co, world.dutch.teacher, world.maths.teacher)}


async def test_who_teaches_nobody_of_the_round_cannot_be_nudged(world: World) -> None:
    round_id = await world.round()
    for person in (world.outsider, world.students[0], Person(uuid4(), "Niemand", world.school_id)):
        answer = await nudge(world, round_id, person)
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/person", "unknown_person")]
    assert await news(world) == []


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
async def test_only_an_open_round_is_worth_a_nudge(world: World, state: str) -> None:
    round_id = await world.round(state)
    answer = await nudge(world, round_id)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/round-not-open")
    assert await news(world) == []


async def test_nobody_but_an_organiser_nudges(world: World) -> None:
    round_id = await world.round()
    for person in (world.mentor, world.admin, world.leader, world.dutch.teacher, world.students[0], world.guardian):
        assert (await nudge(world, round_id, by=person)).status_code == 404
    assert (await nudge(world, uuid4())).status_code == 404
    assert await news(world) == []


async def test_the_same_request_again_gives_the_same_answer(world: World) -> None:
    round_id = await world.round()
    client, key = await world.as_(world.organiser), uuid4()
    answers = [
        (await client.post(f"{ROUNDS}/{round_id}/nudges", json={"person": None}, key=key)).json() for _ in range(2)
    ]
    assert answers == [counts(2, 0, 0)] * 2
    assert len(await news(world)) == 2
