"""Saving feedback: one small write per student, never a lost or overwritten word."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from server.platform import db
from tests.factories import World
from tests.server.feedback.saving import ACTION, REMARK, body, history, place, save, stored


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
