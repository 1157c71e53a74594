"""Open, close, reopen, archive: one door, and what goes through it is told and written down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from server.platform import clock, db
from server.rounds.acts import recompute_open_rounds, run_due
from tests.factories import Person, World

ROUNDS = "/api/v1/rounds"


async def act(world: World, round_id: Any, what: str, body: Any = None) -> httpx.Response:
    client = await world.as_(world.organiser)
    return await client.post(f"{ROUNDS}/{round_id}/{what}", **({} if body is None else {"json": body}))


async def row(world: World, round_id: Any) -> Any:
    await world.speak()
    return await db.fetchrow("select * from round where school_id = $1 and id = $2", world.school_id, round_id)


async def pairs(world: World) -> dict[tuple[UUID, UUID], tuple[str, date | None]]:
    await world.speak()
    rows = await db.fetch(
        "select student_id, group_id, state, until from expected_pair where school_id = $1", world.school_id
    )
    return {(each["student_id"], each["group_id"]): (each["state"], each["until"]) for each in rows}


async def told(world: World) -> list[str]:
    await world.speak()
    return [
        each["kind"]
        for each in await db.fetch("select kind from outbox where school_id = $1 order by id", world.school_id)
    ]


async def written_down(world: World) -> list[tuple[str, dict[str, Any]]]:
    await world.speak()
    rows = await db.fetch("select act, ids from audit_log where school_id = $1 order by id", world.school_id)
    return [(each["act"], msgspec.json.decode(each["ids"])) for each in rows]


async def save(
    world: World, round_id: Any, remark: str, *, by: Person | None = None, seen: int | None = None
) -> httpx.Response:
    path = f"{ROUNDS}/{round_id}/groups/{world.dutch.id}/students/{world.students[0].id}/feedback"
    what = {"stoplight": "on_track", "remark": remark, "action": ""}
    return await (await world.as_(by or world.dutch.teacher)).put(path, json=what, if_match=seen)


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


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"reason": " "}, "/reason", "required"),
        ({}, "/reason", "required"),
        ({"reason": "x" * 501}, "/reason", "too_long"),
        ({"reason": "Ziek.", "group_ids": []}, "/group_ids", "required"),
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


# --- the roster goes on -----------------------------------------------------------------------------------------------


async def test_a_student_who_changes_group_leaves_what_was_written_and_is_expected_in_the_new_one(world: World) -> None:
    round_id = await world.round()
    mover = world.students[0]
    await world.feedback(round_id, mover, world.dutch, "attention", "tekst", "actie")
    parallel = await world.group("teaching", "h3b.netl", world.outsider, subject="netl")
    await world.leave(mover, world.dutch, day=date(2026, 10, 12))
    await world.enrol(mover, parallel, "student")

    changed = await recompute_open_rounds(world.school_id)

    found = await pairs(world)
    assert found[mover.id, world.dutch.id] == ("ended", date(2026, 10, 12))
    assert found[mover.id, parallel.id] == ("expected", None)
    assert (changed[round_id].added, changed[round_id].ended, changed[round_id].removed) == (1, 1, 0)
    assert await db.fetchval("select remark from feedback where school_id = $1", world.school_id) == "tekst"


async def test_a_pair_that_nothing_was_written_for_goes_without_a_trace(world: World) -> None:
    await world.round()
    await world.leave(world.students[0], world.dutch)
    await recompute_open_rounds(world.school_id)

    assert (world.students[0].id, world.dutch.id) not in await pairs(world)


async def test_a_pair_with_a_late_text_stays(world: World) -> None:
    round_id = await world.round(only_groups=[world.maths.id])
    await save(world, round_id, "te laat")
    await world.set_round(round_id, "open")
    await world.leave(world.students[0], world.dutch, day=date(2026, 10, 12))
    await recompute_open_rounds(world.school_id)

    assert (await pairs(world))[world.students[0].id, world.dutch.id] == ("ended", date(2026, 10, 12))


async def test_a_student_who_left_school_is_marked_so_and_one_who_returns_is_expected_again(world: World) -> None:
    round_id = await world.round()
    leaver = world.students[0]
    await world.feedback(round_id, leaver, world.dutch)
    await world.set(leaver, left_on=date(2026, 11, 1))
    await recompute_open_rounds(world.school_id)
    assert (await pairs(world))[leaver.id, world.dutch.id] == ("left", date(2026, 11, 1))

    await world.set(leaver, left_on=None)
    await recompute_open_rounds(world.school_id)
    assert (await pairs(world))[leaver.id, world.dutch.id] == ("expected", None)


async def test_who_changed_group_first_and_left_school_later_is_marked_as_left(world: World) -> None:
    round_id = await world.round()
    leaver = world.students[0]
    await world.feedback(round_id, leaver, world.dutch)
    await world.leave(leaver, world.dutch, day=date(2026, 10, 12))
    await recompute_open_rounds(world.school_id)
    await world.set(leaver, left_on=date(2026, 11, 1))
    await recompute_open_rounds(world.school_id)

    assert (await pairs(world))[leaver.id, world.dutch.id] == ("left", date(2026, 11, 1))


async def test_enrolments_count_from_their_first_to_their_last_day(world: World) -> None:
    await world.round()
    new = await world.person("Nina Nieuw", "student")
    await world.enrol(new, world.home, "student")
    await world.enrol(new, world.dutch, "student", begins=date(2026, 12, 1), ends=date(2026, 12, 2))

    seen = []
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)):
        with clock.at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
            await recompute_open_rounds(world.school_id)
            seen.append((new.id, world.dutch.id) in await pairs(world))
    assert seen == [False, True, True, False]


async def test_recomputing_twice_changes_nothing_the_second_time(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.leave(world.students[0], world.dutch, day=date(2026, 10, 12))
    await recompute_open_rounds(world.school_id)
    before = await pairs(world)
    changed = await recompute_open_rounds(world.school_id)

    assert (changed[round_id].added, changed[round_id].ended, changed[round_id].removed) == (0, 0, 0)
    assert await pairs(world) == before


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
async def test_pairs_are_frozen_unless_the_round_is_open(world: World, state: str) -> None:
    await world.round(state)
    before = await pairs(world)
    await world.leave(world.students[0], world.dutch)

    assert await recompute_open_rounds(world.school_id) == {}
    assert await pairs(world) == before


async def test_while_some_groups_are_reopened_the_others_stay_frozen(world: World) -> None:
    await world.round(only_groups=[world.maths.id])
    await world.leave(world.students[0], world.dutch)
    await world.leave(world.students[0], world.maths)
    await recompute_open_rounds(world.school_id)

    found = await pairs(world)
    assert (world.students[0].id, world.dutch.id) in found
    assert (world.students[0].id, world.maths.id) not in found


async def test_recomputing_one_school_leaves_another_alone(world: World, other_school: World) -> None:
    await other_school.round()
    await other_school.leave(other_school.students[0], other_school.dutch)
    await recompute_open_rounds(world.school_id)

    assert len(await pairs(other_school)) == 6


# --- late texts -------------------------------------------------------------------------------------------------------


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


async def test_closing_needs_no_body(world: World) -> None:
    assert (await act(world, await world.round(), "close")).json()["state"] == "closed"
