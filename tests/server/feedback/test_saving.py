"""Saving feedback: one small write per student, never a lost or overwritten word."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from server.platform import db
from tests.factories import Group, Person, World

REMARK = "canary-remark-7f3a"
ACTION = "canary-action-91cd"


def place(round_id: Any, group: Group, student: Person) -> str:
    return f"/api/v1/rounds/{round_id}/groups/{group.id}/students/{student.id}/feedback"


def body(stoplight: str | None = "on_track", remark: str = "", action: str = "") -> dict[str, Any]:
    return {"stoplight": stoplight, "remark": remark, "action": action}


async def save(
    world: World, round_id: Any, what: dict[str, Any], *, by: Person | None = None, **more: Any
) -> httpx.Response:
    """Dutch on the first student."""
    client = await world.as_(by or world.dutch.teacher)
    return await client.put(place(round_id, world.dutch, world.students[0]), json=what, **more)


async def stored(world: World) -> list[Any]:
    await world.speak()
    return await db.fetch("select * from feedback where school_id = $1", world.school_id)


async def history(world: World) -> list[tuple[int, str | None, str]]:
    await world.speak()
    rows = await db.fetch(
        "select version, stoplight, remark from feedback_history where school_id = $1 order by version", world.school_id
    )
    return [(row["version"], row["stoplight"], row["remark"]) for row in rows]


async def test_a_stoplight_that_asks_for_nothing_is_complete_at_once(world: World) -> None:
    answer = await save(world, await world.round(), body())

    assert answer.status_code == 200
    assert answer.json().keys() == {"id", "version", "complete", "missing", "saved_at"}
    assert (answer.json()["version"], answer.json()["complete"], answer.json()["missing"]) == (1, True, [])
    assert answer.headers["cache-control"] == "no-store"


async def test_a_required_text_that_is_empty_is_named_and_the_rest_is_saved(world: World) -> None:
    answer = await save(world, await world.round(), body("warning", REMARK))

    assert answer.json()["missing"] == ["action"]
    assert answer.json()["complete"] is False
    [row] = await stored(world)
    assert (row["stoplight"], row["remark"], row["complete"]) == ("warning", REMARK, False)


async def test_text_without_a_stoplight_is_saved(world: World) -> None:
    answer = await save(world, await world.round(), body(None, REMARK))

    assert answer.json()["missing"] == ["stoplight"]
    assert (await stored(world))[0]["remark"] == REMARK


async def test_no_picture_needs_its_reason(world: World) -> None:
    round_id = await world.round()

    without = await save(world, round_id, body("no_picture", "  "))
    with_reason = await save(world, round_id, body("no_picture", "Pas sinds een week in de klas."), if_match=1)

    assert without.json()["missing"] == ["reason"]
    assert (with_reason.json()["complete"], with_reason.json()["version"]) == (True, 2)


async def test_every_version_is_kept_and_taking_back_is_one_of_them(world: World) -> None:
    round_id = await world.round()
    await save(world, round_id, body("attention", REMARK, ACTION))
    await save(world, round_id, body("on_track", "beter"), if_match=1)
    answer = await save(world, round_id, body(None), if_match=2)

    assert answer.json()["version"] == 3
    assert await history(world) == [(1, "attention", REMARK), (2, "on_track", "beter"), (3, None, "")]


async def test_one_save_tells_the_outbox_once_with_ids_only(world: World) -> None:
    round_id = await world.round()
    await save(world, round_id, body("attention", REMARK, ACTION))

    await world.speak()
    [row] = await db.fetch("select kind, ids from outbox where school_id = $1", world.school_id)
    assert row["kind"] == "feedback.saved"
    assert msgspec.json.decode(row["ids"]) == {
        "round": str(round_id),
        "student": str(world.students[0].id),
        "group": str(world.dutch.id),
        "version": 1,
        "by": str(world.dutch.teacher.id),
    }


async def test_a_stale_version_answers_with_what_stands_there_and_changes_nothing(world: World) -> None:
    round_id = await world.round()
    substitute = await world.person("Sub van der Stitute", "teacher")
    await world.enrol(substitute, world.dutch, "teacher")
    await save(world, round_id, body("attention", REMARK, ACTION))

    answer = await save(world, round_id, body("excellent", "mijn tekst"), by=substitute, if_match=0)

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/stale"
    assert answer.json()["version"] == 1
    current = answer.json()["current"]
    assert current.pop("updated_at")
    assert current == {
        "stoplight": "attention",
        "remark": REMARK,
        "action": ACTION,
        "version": 1,
        "author": {"id": str(world.dutch.teacher.id), "name": world.dutch.teacher.name},
    }
    assert (await stored(world))[0]["version"] == 1


async def test_a_missing_if_match_means_that_nothing_was_seen(world: World) -> None:
    round_id = await world.round()
    await save(world, round_id, body("attention", REMARK, ACTION))

    assert (await save(world, round_id, body())).status_code == 409


async def test_a_version_of_something_that_is_not_there_is_stale(world: World) -> None:
    answer = await save(world, await world.round(), body(), if_match=4)

    assert answer.status_code == 409
    assert answer.json()["version"] == 0
    assert answer.json()["current"]["author"] is None


async def test_the_second_author_who_saw_the_first_text_makes_the_next_version(world: World) -> None:
    round_id = await world.round()
    substitute = await world.person("Sub van der Stitute", "teacher")
    await world.enrol(substitute, world.dutch, "teacher")
    await save(world, round_id, body("attention", REMARK, ACTION))

    answer = await save(world, round_id, body("on_track"), by=substitute, if_match=1)

    assert answer.json()["version"] == 2
    [row] = await stored(world)
    assert row["author_id"] == substitute.id
    assert set(row["written_by"]) == {substitute.id, world.dutch.teacher.id}


async def test_saving_the_same_again_makes_no_new_version(world: World) -> None:
    round_id = await world.round()
    first = await save(world, round_id, body("attention", REMARK, ACTION))
    again = await save(world, round_id, body("attention", REMARK, ACTION), if_match=1)

    assert again.json() == first.json()
    assert len(await history(world)) == 1


async def test_a_repeated_key_gives_the_same_answer_even_after_closing(world: World) -> None:
    round_id, key = await world.round(), uuid4()
    first = await save(world, round_id, body("attention", REMARK, ACTION), key=key)
    await save(world, round_id, body("excellent"), if_match=1)
    await world.set_round(round_id, "closed")

    again = await save(world, round_id, body("attention", REMARK, ACTION), key=key)

    assert (again.status_code, again.json()) == (200, first.json())
    assert len(await history(world)) == 2


async def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    round_id, key = await world.round(), uuid4()
    await save(world, round_id, body("attention", REMARK, ACTION), key=key)

    answer = await save(world, round_id, body("excellent"), key=key, if_match=1)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/key-reused"
    assert (await stored(world))[0]["stoplight"] == "attention"


async def test_stored_keys_hold_no_text(world: World) -> None:
    await save(world, await world.round(), body("attention", REMARK, ACTION))

    await world.speak()
    [answer] = [
        row["answer"] for row in await db.fetch("select answer from request_key where school_id = $1", world.school_id)
    ]
    assert REMARK not in answer
    assert ACTION not in answer


async def test_a_key_that_is_no_uuid_is_refused(world: World) -> None:
    client = await world.as_(world.dutch.teacher)
    path = place(await world.round(), world.dutch, world.students[0])
    answer = await client.http.put(
        path,
        json=body(),
        headers={"cookie": f"driehoek={client.cookie}", "sec-fetch-site": "same-origin", "idempotency-key": "no"},
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "bad_idempotency_key"


@pytest.mark.parametrize(
    ("what", "pointer", "code"),
    [
        ({"stoplight": "purple"}, "/stoplight", "unknown_value"),
        ({"remark": "zonder stoplicht"}, "/stoplight", "required"),
        (body("on_track", "x" * 2001), "/remark", "too_long"),
        (body("on_track", "", "x" * 2001), "/action", "too_long"),
        (body("on_track", "nul\x00teken"), "/remark", "bad_character"),
        ({**body(), "score": 8}, "/score", "unknown_field"),
        ({**body(), "remark": 8}, "/remark", "wrong_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_bad_input_gets_a_message_at_the_field(
    world: World, language: str, what: Any, pointer: str, code: str
) -> None:
    client = await world.as_(world.dutch.teacher, language=language)
    answer = await client.put(place(await world.round(), world.dutch, world.students[0]), json=what)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert "x" * 50 not in answer.text
    assert await stored(world) == []


async def test_a_text_of_exactly_2000_characters_fits(world: World) -> None:
    assert (await save(world, await world.round(), body("on_track", "é" * 1999 + "🎓"))).status_code == 200


@pytest.mark.parametrize(
    "raw", [b"{", b'{"stoplight":"on_track","remark":"\xe9"}', b'{"stoplight":null,"remark":"\\ud800"}', b"[]", b""]
)
async def test_what_is_no_json_object_is_told_so(world: World, raw: bytes) -> None:
    client = await world.as_(world.dutch.teacher)
    path = place(await world.round(), world.dutch, world.students[0])
    answer = await client.put(path, content=raw, headers={"content-type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await stored(world) == []


# --- who may not ------------------------------------------------------------------------------------------------------


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
