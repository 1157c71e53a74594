"""Open, close, reopen, archive: one door, and what goes through it is told and written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from server.platform import clock, db
from server.rounds.acts import run_due
from tests.factories import World
from tests.server.rounds.acting import ROUNDS, act, pairs, row, save, told, written_down


async def test_opening_computes_who_is_expected_to_rate_whom(world: World) -> None:
    round_id = await world.round("draft")
    answer = await act(world, round_id, "open")

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["version"]) == ("open", 2)
    assert len(await pairs(world)) == 6
    assert await told(world) == ["round.opened"]
    assert [name for name, _ in await written_down(world)] == ["round.opened"]
    assert (await row(world, round_id))["opened_at"] is not None


async def test_a_round_whose_deadline_has_passed_does_not_open(world: World) -> None:
    round_id = await world.round("draft", deadline=datetime.now(UTC) - timedelta(hours=1))
    answer = await act(world, round_id, "open")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/deadline-past")
    assert await pairs(world) == {}


async def test_a_round_that_is_about_nobody_does_not_open(world: World) -> None:
    round_id = await world.round("draft")
    for student in world.students:
        await world.set(student, enabled=False)
    answer = await act(world, round_id, "open")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/audience-empty")
    assert await told(world) == []


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("open", "open"),
        ("closed", "open"),
        ("archived", "open"),
        ("draft", "close"),
        ("closed", "close"),
        ("archived", "close"),
        ("draft", "reopen"),
        ("open", "reopen"),
        ("archived", "reopen"),
        ("draft", "archive"),
        ("open", "archive"),
        ("archived", "archive"),
    ],
)
async def test_what_the_table_of_transitions_lacks_is_refused(world: World, state: str, what: str) -> None:
    round_id = await world.round(state)
    answer = await act(world, round_id, what, {"reason": "Vergeten."} if what == "reopen" else None)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-transition")
    assert (await row(world, round_id))["state"] == state
    assert await told(world) == []


async def test_closing_twice_with_one_key_answers_the_same(world: World) -> None:
    round_id, key = await world.round(), uuid4()
    client = await world.as_(world.organiser)
    first = await client.post(f"{ROUNDS}/{round_id}/close", json={}, key=key)
    again = await client.post(f"{ROUNDS}/{round_id}/close", json={}, key=key)

    assert (first.status_code, first.json()["state"]) == (200, "closed")
    assert again.json() == first.json()
    assert await told(world) == ["round.closed"]


async def test_a_closed_round_is_archived_at_the_end_of_the_year(world: World) -> None:
    round_id = await world.round("closed")

    assert (await act(world, round_id, "archive")).json()["state"] == "archived"
    assert await told(world) == ["round.archived"]


async def test_closing_with_an_extension_keeps_one_group_open(world: World) -> None:
    round_id = await world.round()
    answer = await act(world, round_id, "close", {"keep_open_group_ids": [str(world.maths.id)]})

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["only_groups"]) == ("open", [str(world.maths.id)])
    assert await told(world) == ["round.closed", "round.reopened"]
    assert (await save(world, round_id, "te laat")).status_code == 409
    assert (await act(world, round_id, "close", {})).json()["only_groups"] is None


async def test_an_extension_for_a_group_that_is_not_in_the_round_is_refused(world: World) -> None:
    round_id = await world.round()
    answer = await act(world, round_id, "close", {"keep_open_group_ids": [str(world.home.id)]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/keep_open_group_ids/0"
    assert (await row(world, round_id))["state"] == "open"


async def test_reopening_the_whole_round_makes_everything_writable(world: World) -> None:
    round_id = await world.round("closed")
    answer = await act(world, round_id, "reopen", {"group_ids": None, "reason": "Te vroeg gesloten."})

    assert (answer.json()["state"], answer.json()["only_groups"]) == ("open", None)
    assert (await save(world, round_id, "alsnog")).status_code == 200
    assert await told(world) == ["round.reopened", "feedback.saved"]
    assert await written_down(world) == [("round.reopened", {"round": str(round_id), "reason": "Te vroeg gesloten."})]


async def test_reopening_names_groups_and_more_may_follow(world: World) -> None:
    round_id = await world.round("closed")
    first = await act(world, round_id, "reopen", {"group_ids": [str(world.dutch.id)], "reason": "Ziek."})
    more = await act(world, round_id, "reopen", {"group_ids": [str(world.maths.id)], "reason": "Ook ziek."})

    assert first.json()["only_groups"] == [str(world.dutch.id)]
    assert set(more.json()["only_groups"]) == {str(world.dutch.id), str(world.maths.id)}


async def test_an_extension_may_end_by_itself(world: World) -> None:
    round_id = await world.round()
    until = datetime.now(UTC) + timedelta(days=2)
    body = {"keep_open_group_ids": [str(world.maths.id)], "closes_at": until.isoformat()}
    assert (await act(world, round_id, "close", body)).json()["only_groups"] == [str(world.maths.id)]

    assert await run_due(world.school_id, round_id, "close") is False
    with clock.at(until + timedelta(minutes=1)):
        assert await run_due(world.school_id, round_id, "close") is True
    found = await row(world, round_id)
    assert (found["state"], found["only_groups"]) == ("closed", None)


async def test_what_is_reopened_may_close_by_itself(world: World) -> None:
    round_id = await world.round("closed")
    until = datetime.now(UTC) + timedelta(hours=3)
    body = {"group_ids": [str(world.dutch.id)], "reason": "Ziek.", "closes_at": until.isoformat()}
    assert (await act(world, round_id, "reopen", body)).status_code == 200
    assert (await row(world, round_id))["closes_at"] == until


@pytest.mark.parametrize(
    ("groups", "days", "pointer", "code"),
    [(True, -1, "/closes_at", "in_past"), (False, 1, "/keep_open_group_ids", "required")],
)
async def test_an_extension_ends_later_and_is_somebodys(
    world: World, groups: bool, days: int, pointer: str, code: str
) -> None:
    round_id = await world.round()
    keep = [str(world.maths.id)] if groups else []
    until = datetime.now(UTC) + timedelta(days=days)
    answer = await act(world, round_id, "close", {"keep_open_group_ids": keep, "closes_at": until.isoformat()})
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert (await row(world, round_id))["state"] == "open"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"reason": " "}, "/reason", "required"),
        ({}, "/reason", "required"),
        ({"reason": "x" * 501}, "/reason", "too_long"),
        ({"reason": "Ziek.", "group_ids": []}, "/group_ids", "required"),
        ({"reason": "Ziek.", "closes_at": "2020-01-01T12:00:00Z"}, "/closes_at", "in_past"),
        ({"reason": "Ziek.", "group_ids": [str(uuid4())]}, "/group_ids/0", "unknown_group"),
    ],
)
async def test_reopening_asks_for_a_reason_and_known_groups(world: World, body: Any, pointer: str, code: str) -> None:
    round_id = await world.round("closed")
    answer = await act(world, round_id, "reopen", body)

    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert (await row(world, round_id))["state"] == "closed"


async def test_a_reopened_round_is_not_closed_again_by_its_old_closing_time(world: World) -> None:
    round_id = await world.round("closed")
    await world.speak()
    await db.execute("update round set closes_at = now() - interval '1 day' where school_id = $1", world.school_id)
    await act(world, round_id, "reopen", {"reason": "Ziek."})

    assert (await row(world, round_id))["closes_at"] is None
    assert await run_due(world.school_id, round_id, "close") is False


# --- at set times -----------------------------------------------------------------------------------------------------


async def test_a_round_opens_and_closes_at_its_set_times_and_only_once(world: World) -> None:
    round_id = await world.round("draft", deadline=datetime(2026, 12, 4, 15, tzinfo=UTC))
    await db.execute(
        "update round set opens_at = '2026-11-24T07:00Z', closes_at = '2026-12-04T17:00Z' where school_id = $1",
        world.school_id,
    )

    with clock.at(datetime(2026, 11, 24, 6, 59, tzinfo=UTC)):
        assert await run_due(world.school_id, round_id, "open") is False
    with clock.at(datetime(2026, 11, 24, 7, 0, tzinfo=UTC)):
        assert await run_due(world.school_id, round_id, "open") is True
        assert await run_due(world.school_id, round_id, "open") is False
        assert await run_due(world.school_id, round_id, "close") is False
    with clock.at(datetime(2026, 12, 4, 17, 1, tzinfo=UTC)):
        assert await run_due(world.school_id, round_id, "close") is True
        assert await run_due(world.school_id, round_id, "close") is False

    assert (await row(world, round_id))["state"] == "closed"
    assert await told(world) == ["round.opened", "round.closed"]


async def test_a_round_that_cannot_open_at_its_time_stays_a_draft_and_is_not_tried_for_ever(world: World) -> None:
    round_id = await world.round("draft", deadline=datetime.now(UTC) - timedelta(minutes=5))
    await db.execute("update round set opens_at = now() - interval '1 hour' where school_id = $1", world.school_id)

    assert await run_due(world.school_id, round_id, "open") is False
    found = await row(world, round_id)
    assert (found["state"], found["opens_at"]) == ("draft", None)
    assert await written_down(world) == [("round.not_opened", {"round": str(round_id), "reason": "deadline_past"})]


async def test_a_set_time_of_a_round_that_is_gone_does_nothing(world: World) -> None:
    assert await run_due(world.school_id, uuid4(), "open") is False


async def test_closing_needs_no_body(world: World) -> None:
    assert (await act(world, await world.round(), "close")).json()["state"] == "closed"
