"""Two at once, with real connections: nothing is lost, nothing is overwritten unseen, closed is closed."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from server.platform import db
from server.rounds.facts import lock_name
from tests.factories import Person, World

PATIENCE = 10
"""Seconds after which a test that waits for a lock gives up."""


@pytest.fixture
async def school(fresh_database: str, http: httpx.AsyncClient) -> World:
    """A committed school in a database of its own, with an open round and everybody signed in."""
    await db.open_pool(12)
    async with db.transaction():
        world = await World.create(http)
        substitute = await world.person("Sub Stitute", "teacher")
        await world.enrol(substitute, world.dutch, "teacher")
        world.outsider = substitute
        for person in (world.organiser, world.dutch.teacher, substitute):
            await world.as_(person)
    return world


async def open_round(world: World) -> UUID:
    async with db.school_transaction(world.school_id):
        return await world.round()


async def save(
    world: World, round_id: UUID, by: Person, remark: str, *, student: int = 0, **more: Any
) -> httpx.Response:
    path = f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/students/{world.students[student].id}/feedback"
    return await (await world.as_(by)).put(path, json={"stoplight": "on_track", "remark": remark, "action": ""}, **more)


async def versions(world: World) -> list[tuple[int, str]]:
    async with db.school_transaction(world.school_id):
        rows = await db.fetch(
            "select version, remark from feedback_history where school_id = $1 order by version", world.school_id
        )
        return [(row["version"], row["remark"]) for row in rows]


async def waiting(admin: asyncpg.Connection[Any], *, at_least: int) -> None:
    """Until so many connections of this database wait for an advisory lock."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await admin.fetchval(
                """select count(*) from pg_locks l join pg_database d on d.oid = l.database
                    where d.datname = current_database() and l.locktype = 'advisory' and not l.granted"""
            )
            if found >= at_least:
                return
            await asyncio.sleep(0.005)


async def test_of_two_devices_that_write_first_one_wins_and_the_other_is_told(school: World) -> None:
    round_id = await open_round(school)
    teacher = school.dutch.teacher
    for _ in range(5):
        seen = len(await versions(school))
        answers = await asyncio.gather(
            *(save(school, round_id, teacher, f"{seen}-{n}", if_match=seen) for n in range(4))
        )

        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
        [winner] = [answer.json()["version"] for answer in answers if answer.status_code == 200]
        assert winner == seen + 1
        written = (await versions(school))[-1][1]
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["current"]["remark"] == written


async def test_two_co_teachers_at_once_never_overwrite_each_other_unseen(school: World) -> None:
    round_id = await open_round(school)
    answers = await asyncio.gather(
        save(school, round_id, school.dutch.teacher, "van de een"),
        save(school, round_id, school.outsider, "van de ander"),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await versions(school)) == 1


async def test_the_same_request_arriving_several_times_at_once_is_done_once(school: World) -> None:
    round_id, key = await open_round(school), uuid4()
    answers = await asyncio.gather(
        *(save(school, round_id, school.dutch.teacher, "een keer", key=key) for _ in range(6))
    )

    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.content for answer in answers}) == 1
    assert await versions(school) == [(1, "een keer")]


async def test_one_key_for_several_students_at_once_is_taken_by_one_of_them(school: World) -> None:
    for turn in range(1, 9):
        round_id, key = await open_round(school), uuid4()
        answers = await asyncio.gather(
            *(save(school, round_id, school.dutch.teacher, "x", key=key, student=n) for n in range(3))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
        assert len(await versions(school)) == turn


async def test_a_save_that_waits_while_the_round_closes_comes_too_late(school: World, fresh_database: str) -> None:
    """The closing transaction holds the round; the save looked at an open round before it had to wait."""
    round_id = await open_round(school)
    closing = await asyncpg.connect(fresh_database)
    try:
        transaction = closing.transaction()
        await transaction.start()
        await closing.fetchval("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock_name(round_id))
        saving = asyncio.create_task(save(school, round_id, school.dutch.teacher, "net te laat"))
        await waiting(closing, at_least=1)
        await closing.fetchval("select set_config('app.school_id', $1, true)", str(school.school_id))
        await closing.execute(
            "update round set state = 'closed', closed_at = now(), version = version + 1 where id = $1", round_id
        )
        await transaction.commit()
        answer = await asyncio.wait_for(saving, PATIENCE)
    finally:
        await closing.close()

    assert (answer.status_code, answer.json()["type"], answer.json()["kept"]) == (409, "/problems/round-not-open", True)
    assert await versions(school) == []


async def test_a_save_that_waits_while_its_student_leaves_the_group_is_refused_in_words(
    school: World, fresh_database: str
) -> None:
    round_id = await open_round(school)
    other = await asyncpg.connect(fresh_database)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.fetchval("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock_name(round_id))
        saving = asyncio.create_task(save(school, round_id, school.dutch.teacher, "net weg"))
        await waiting(other, at_least=1)
        await other.fetchval("select set_config('app.school_id', $1, true)", str(school.school_id))
        await other.execute("delete from expected_pair where student_id = $1", school.students[0].id)
        await transaction.commit()
        answer = await asyncio.wait_for(saving, PATIENCE)
    finally:
        await other.close()

    assert answer.status_code == 404
    assert await versions(school) == []


async def test_closing_waits_for_a_save_that_is_under_way(school: World, fresh_database: str) -> None:
    round_id = await open_round(school)
    saver = await asyncpg.connect(fresh_database)
    client = await school.as_(school.organiser)
    try:
        transaction = saver.transaction()
        await transaction.start()
        await saver.fetchval("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", lock_name(round_id))
        closing = asyncio.create_task(client.post(f"/api/v1/rounds/{round_id}/close", json={}))
        await waiting(saver, at_least=1)
        assert not closing.done()
        await transaction.commit()
        answer = await asyncio.wait_for(closing, PATIENCE)
    finally:
        await saver.close()

    assert answer.json()["state"] == "closed"


async def test_while_a_round_closes_under_a_storm_of_saves_every_answer_is_true(school: World) -> None:
    """Whoever got 200 is in the report; whoever got a refusal is not, and the text is kept."""
    round_id = await open_round(school)
    client = await school.as_(school.organiser)

    async def one(student: int) -> httpx.Response:
        return await save(school, round_id, school.dutch.teacher, f"tekst {student}", student=student)

    first = [asyncio.create_task(one(n)) for n in range(2)]
    close = asyncio.create_task(client.post(f"/api/v1/rounds/{round_id}/close", json={}))
    last = asyncio.create_task(one(2))
    answers = [await task for task in (*first, last)]
    assert (await close).status_code == 200

    async with db.school_transaction(school.school_id):
        feedback = {
            row["remark"]
            for row in await db.fetch("select remark from feedback where school_id = $1", school.school_id)
        }
        late = {
            row["remark"]
            for row in await db.fetch("select remark from late_write where school_id = $1", school.school_id)
        }
    assert feedback == {f"tekst {n}" for n, answer in enumerate(answers) if answer.status_code == 200}
    assert late == {f"tekst {n}" for n, answer in enumerate(answers) if answer.status_code == 409}
    assert feedback | late == {"tekst 0", "tekst 1", "tekst 2"}


async def test_batches_of_co_teachers_that_cross_both_get_through(school: World) -> None:
    round_id = await open_round(school)
    path = f"/api/v1/rounds/{round_id}/groups/{school.dutch.id}/feedback"

    async def send(by: Person, students: list[Person]) -> list[int]:
        items = [
            {"student": str(each.id), "key": str(uuid4()), "version": 0, "stoplight": "on_track", "remark": by.name}
            for each in students
        ]
        answer = await (await school.as_(by)).put(path, json={"items": items})
        assert answer.status_code == 200, answer.text
        return [200 if each["saved"] else each["problem"]["status"] for each in answer.json()["items"]]

    for _ in range(5):
        async with db.school_transaction(school.school_id):
            round_id = await school.round()
        path = f"/api/v1/rounds/{round_id}/groups/{school.dutch.id}/feedback"
        one, two = await asyncio.gather(
            send(school.dutch.teacher, school.students), send(school.outsider, list(reversed(school.students)))
        )
        # Whoever came first at a student has it; the other one is told.
        assert sorted(one + two) == [200] * 3 + [409] * 3


async def test_a_batch_that_waits_for_a_closing_round_holds_up_nobody(school: World, fresh_database: str) -> None:
    """Otherwise a save of one of its keys, the batch and the closing would wait for each other in a ring."""
    round_id = await open_round(school)
    teacher, key = school.dutch.teacher, uuid4()
    item = {"student": str(school.students[0].id), "key": str(key), "version": 0, "stoplight": "on_track"}
    client = await school.as_(teacher)
    closing = await asyncpg.connect(fresh_database)
    try:
        transaction = closing.transaction()
        await transaction.start()
        await closing.fetchval("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock_name(round_id))
        path = f"/api/v1/rounds/{round_id}/groups/{school.dutch.id}/feedback"
        sending = asyncio.create_task(client.put(path, json={"items": [item]}))
        await waiting(closing, at_least=1)
        assert await closing.fetchval(
            "select pg_try_advisory_xact_lock(hashtextextended($1, 0))", f"key:{teacher.id}:{key}"
        )
        await transaction.commit()
        answer = await asyncio.wait_for(sending, PATIENCE)
    finally:
        await closing.close()

    assert answer.json()["items"][0]["saved"]["version"] == 1
