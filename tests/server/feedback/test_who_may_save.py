"""Who may not save, and what after closing."""

from __future__ import annotations

from uuid import uuid4

from server.platform import db
from tests.factories import World
from tests.server.feedback.saving import ACTION, REMARK, body, place, save, stored


async def test_who_does_not_teach_the_group_finds_nothing_to_write(world: World) -> None:
    round_id = await world.round()
    others = [
        world.outsider,
        world.maths.teacher,
        world.mentor,
        world.organiser,
        world.leader,
        world.students[0],
        world.guardian,
    ]

    for person in [*others, world.admin]:
        answer = await save(world, round_id, body("attention", REMARK), by=person)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), person.name
    assert await stored(world) == []


async def test_who_taught_the_group_until_yesterday_cannot_write_any_more(world: World) -> None:
    round_id = await world.round()
    await world.leave(world.dutch.teacher, world.dutch)

    assert (await save(world, round_id, body())).status_code == 404


async def test_a_student_who_is_not_in_the_group_is_not_found(world: World) -> None:
    round_id = await world.round()
    stranger = await world.person("Vera de Vreemde", "student")
    client = await world.as_(world.dutch.teacher)

    assert (await client.put(place(round_id, world.dutch, stranger), json=body())).status_code == 404


async def test_an_unknown_round_and_a_draft_are_not_found(world: World) -> None:
    assert (await save(world, uuid4(), body())).status_code == 404
    assert (await save(world, await world.round("draft"), body())).status_code == 404
    assert (await save(world, "nonsense", body())).status_code == 404


async def test_a_foreign_schools_ids_are_like_missing_ones(world: World, other_school: World) -> None:
    theirs = await other_school.round()
    ours = await world.round()
    client = await world.as_(world.dutch.teacher)
    missing = await client.put(place(uuid4(), world.dutch, world.students[0]), json=body())

    for path in (
        place(theirs, other_school.dutch, other_school.students[0]),
        place(theirs, world.dutch, world.students[0]),
        place(ours, other_school.dutch, world.students[0]),
        place(ours, world.dutch, other_school.students[0]),
    ):
        answer = await client.put(path, json=body())
        assert (answer.status_code, answer.content) == (404, missing.content)


async def test_without_a_session_nobody_saves(world: World) -> None:
    client = await world.as_(None)
    answer = await client.put(place(await world.round(), world.dutch, world.students[0]), json=body())

    assert answer.status_code == 401


async def test_an_ended_pair_keeps_what_was_written_and_takes_no_more(world: World) -> None:
    round_id = await world.round()
    await save(world, round_id, body("attention", REMARK, ACTION))
    await world.speak()
    await db.execute(
        "update expected_pair set state = 'ended', until = '2026-10-12' where school_id = $1", world.school_id
    )

    answer = await save(world, round_id, body("excellent"), if_match=1)

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/pair-ended"
    assert (await stored(world))[0]["remark"] == REMARK


# --- closed is closed -------------------------------------------------------------------------------------------------


async def test_after_closing_the_text_is_refused_but_kept_for_its_author(world: World) -> None:
    round_id = await world.round()
    await save(world, round_id, body("on_track"))
    await world.set_round(round_id, "closed")

    answer = await save(world, round_id, body("attention", REMARK, ACTION), if_match=1)

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/round-not-open"
    assert answer.json()["kept"] is True
    assert (await stored(world))[0]["stoplight"] == "on_track"
    await world.speak()
    [late] = await db.fetch("select author_id, remark, based_on from late_write where school_id = $1", world.school_id)
    assert tuple(late) == (world.dutch.teacher.id, REMARK, 1)


async def test_of_late_texts_of_one_author_the_latest_stays(world: World) -> None:
    round_id = await world.round("closed")
    await save(world, round_id, body("attention", "eerste"))
    await save(world, round_id, body("attention", "tweede"))

    await world.speak()
    rows = await db.fetch("select remark from late_write where school_id = $1", world.school_id)
    assert [row["remark"] for row in rows] == ["tweede"]


async def test_resending_what_the_server_has_is_no_late_text(world: World) -> None:
    round_id = await world.round()
    first = await save(world, round_id, body("attention", REMARK, ACTION))
    await world.set_round(round_id, "closed")

    again = await save(world, round_id, body("attention", REMARK, ACTION))

    assert (again.status_code, again.json()["version"]) == (200, first.json()["version"])
    await world.speak()
    assert await db.fetchval("select count(*) from late_write where school_id = $1", world.school_id) == 0


async def test_in_a_partly_reopened_round_only_the_named_group_is_writable(world: World) -> None:
    round_id = await world.round(only_groups=[world.maths.id])

    closed = await save(world, round_id, body("attention", REMARK))
    maths = await world.as_(world.maths.teacher)
    open_ = await maths.put(place(round_id, world.maths, world.students[0]), json=body())

    assert (closed.status_code, closed.json()["kept"]) == (409, True)
    assert open_.status_code == 200


async def test_an_archived_round_takes_nothing_and_keeps_nothing(world: World) -> None:
    answer = await save(world, await world.round("archived"), body("attention", REMARK))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/round-archived")
    await world.speak()
    assert await db.fetchval("select count(*) from late_write where school_id = $1", world.school_id) == 0


async def test_writing_anew_after_a_reopen_settles_the_own_late_text(world: World) -> None:
    round_id = await world.round("closed")
    await save(world, round_id, body("attention", REMARK))
    await world.set_round(round_id, "open", [world.dutch.id])
    await save(world, round_id, body("attention", REMARK, ACTION))

    await world.speak()
    assert await db.fetchval("select settled_at is not null from late_write where school_id = $1", world.school_id)
