"""A substitute is an author of one group in one round: of its texts, its questions and its reminders, and of nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from server.platform import db
from server.reports import queries as reports
from server.rounds import behind
from tests.factories import Group, Person, World
from tests.server.feedback.saving import body, place
from tests.server.rounds.acting import ROUNDS, act, told, written_down


async def give(
    world: World, round_id: UUID, group: Group, person: Person, *, by: Person | None = None, **more: Any
) -> httpx.Response:
    client = await world.as_(by or world.organiser)
    what = {"group_id": str(group.id), "person_id": str(person.id)}
    return await client.post(f"{ROUNDS}/{round_id}/stand-ins", json=what, **more)


async def take(
    world: World, round_id: UUID, group: Group, person: Person, *, by: Person | None = None
) -> httpx.Response:
    client = await world.as_(by or world.organiser)
    return await client.delete(f"{ROUNDS}/{round_id}/groups/{group.id}/stand-ins/{person.id}")


async def save(world: World, round_id: UUID, person: Person, remark: str = "", **more: Any) -> httpx.Response:
    client = await world.as_(person)
    return await client.put(place(round_id, world.dutch, world.students[0]), json=body(remark=remark), **more)


async def test_a_substitute_writes_beside_the_teacher_and_sees_what_stands_there(world: World) -> None:
    round_id = await world.round()
    answer = await give(world, round_id, world.dutch, world.outsider)
    assert (answer.status_code, answer.json()) == (
        200,
        {"person_id": str(world.outsider.id), "name": world.outsider.name},
    )

    assert (await save(world, round_id, world.dutch.teacher, "van de docent")).status_code == 200
    client = await world.as_(world.outsider)
    sheet = (await client.get(f"{ROUNDS}/{round_id}/groups/{world.dutch.id}")).json()
    assert sheet["open"] is True
    assert [pair["feedback"] and pair["feedback"]["remark"] for pair in sheet["pairs"]] == ["van de docent", None, None]
    assert (await save(world, round_id, world.outsider, "ongezien")).status_code == 409
    assert (await save(world, round_id, world.outsider, "van de vervanger", if_match=1)).json()["version"] == 2
    [mine] = (await client.get("/api/v1/my/rounds")).json()
    assert [(group["title"], group["done"], group["total"], group["open"]) for group in mine["groups"]] == [
        ("h3a.netl", 1, 3, True)
    ]
    assert "rounds" in (await client.get("/api/v1/me")).json()["navigation"]


async def test_it_is_for_this_group_in_this_round_only(world: World) -> None:
    round_id, other = await world.round(), await world.round()
    await give(world, round_id, world.dutch, world.outsider)

    assert (await save(world, other, world.outsider)).status_code == 404
    client = await world.as_(world.outsider)
    assert (await client.put(place(round_id, world.maths, world.students[0]), json=body())).status_code == 404
    assert (await client.get(f"{ROUNDS}/{other}/groups/{world.dutch.id}")).status_code == 404
    assert [round_["id"] for round_ in (await client.get("/api/v1/my/rounds")).json()] == [str(round_id)]


async def test_a_substitute_is_no_teacher_of_the_student(world: World) -> None:
    """Reports, names and other subjects are for who teaches the student; the clock of the own subject is an author's."""
    now = datetime.now(UTC)
    past = await world.round("closed", closed_at=now - timedelta(days=40))
    await world.feedback(past, world.students[0], world.dutch, "attention", "canary-dutch")
    await world.feedback(past, world.students[0], world.maths, "warning", "canary-maths")
    round_id = await world.round()
    await world.stand_in(round_id, world.dutch, world.outsider)
    client = await world.as_(world.outsider)
    group = f"{ROUNDS}/{round_id}/groups/{world.dutch.id}"
    student = world.students[0].id

    [first, *_] = (await client.get(group)).json()["pairs"]
    assert first["last"]["stoplight"] == "attention"
    for path in (f"{group}/history", f"{group}/students/{student}/history"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "canary-dutch" in answer.text and "canary-maths" not in answer.text
    for path in (
        f"{ROUNDS}/{past}/students/{student}/report",
        f"/api/v1/students/{student}/reports",
        f"/api/v1/students/{student}/subjects/{world.dutch.subject_id}/history",
        f"{ROUNDS}/{round_id}/groups/{world.maths.id}/students/{student}/history",
        f"{ROUNDS}/{past}/groups/{world.dutch.id}",
    ):
        assert (await client.get(path)).status_code == 404, path


async def test_after_closing_the_own_group_stays_readable_and_the_clock_does_not(world: World) -> None:
    past = await world.round("closed", closed_at=datetime.now(UTC) - timedelta(days=40))
    await world.feedback(past, world.students[0], world.dutch)
    round_id = await world.round()
    await world.stand_in(round_id, world.dutch, world.outsider)
    await save(world, round_id, world.outsider, "gezien")
    await act(world, round_id, "close")
    client = await world.as_(world.outsider)
    group = f"{ROUNDS}/{round_id}/groups/{world.dutch.id}"
    sheet = (await client.get(group)).json()

    assert (sheet["open"], sheet["pairs"][0]["feedback"]["remark"], sheet["pairs"][0]["last"]) == (
        False,
        "gezien",
        None,
    )
    assert (await client.get(f"{group}/history")).status_code == 404
    assert (await client.get(f"{group}/students/{world.students[0].id}/history")).status_code == 404
    assert (await client.get(f"{ROUNDS}/{round_id}/students/{world.students[0].id}/report")).status_code == 404


async def test_a_late_text_of_a_substitute_is_kept_and_can_be_let_in(world: World) -> None:
    round_id = await world.round("closed")
    await world.stand_in(round_id, world.dutch, world.outsider)
    late = await save(world, round_id, world.outsider, "te laat")
    assert (late.status_code, late.json()["kept"]) == (409, True)
    answer = await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})
    assert (answer.json()["taken_over"], answer.json()["waiting"]) == (1, 0)


async def test_whoever_gets_the_group_is_asked_reminded_and_counted_like_its_teacher(world: World) -> None:
    round_id = await world.round()
    await give(world, round_id, world.dutch, world.outsider)
    assert await told(world) == ["round.stand_in"]
    assert await behind.to_do(world.school_id, round_id) == {
        world.dutch.teacher.id: 3,
        world.outsider.id: 3,
        world.maths.teacher.id: 3,
    }
    client = await world.as_(world.organiser)
    found = (await client.get(f"{ROUNDS}/{round_id}/progress")).json()
    dutch = next(group for group in found["groups"] if group["id"] == str(world.dutch.id))
    assert (dutch["teachers"], dutch["stand_ins"]) == (
        [world.dutch.teacher.name], [{"person_id": str(world.outsider.id), "name": world.outsider.name}],
    )  # fmt: skip
    assert {each["name"]: each["total"] for each in found["teachers"]}[world.outsider.name] == 3
    nudged = await client.post(f"{ROUNDS}/{round_id}/nudges", json={"person": str(world.outsider.id)})
    assert nudged.json()["told"] == 1
    feedback_id = await world.feedback(round_id, world.students[0], world.dutch)
    assert set(await reports.authors(world.school_id, feedback_id)) == {world.dutch.teacher.id, world.outsider.id}


async def test_a_question_about_the_groups_feedback_is_the_substitutes_too(world: World) -> None:
    round_id = await world.round("closed")
    await world.stand_in(round_id, world.dutch, world.outsider)
    await world.feedback(round_id, world.students[0], world.dutch)
    report = f"{ROUNDS}/{round_id}/students/{world.students[0].id}"
    assert (await (await world.as_(world.mentor)).post(f"{report}/share", json={"guardians": False})).is_success
    student = await world.as_(world.students[0])
    [subject] = (await student.get(f"{report}/report")).json()["subjects"]
    await student.put(f"{report}/feedback/{subject['feedback_id']}/question", json={"on": True})

    client = await world.as_(world.outsider)
    [question] = (await client.get("/api/v1/my/questions")).json()
    assert (await client.put(f"/api/v1/my/questions/{question['id']}", json={"answered": True})).status_code == 200
    assert (await (await world.as_(world.maths.teacher)).get("/api/v1/my/questions")).json() == []


async def test_a_mentor_who_stands_in_watches_once_that_feedback_is_complete(world: World) -> None:
    round_id = await world.round(mentors_watch=True)
    await world.stand_in(round_id, world.dutch, world.mentor)
    await world.feedback(round_id, world.students[0], world.maths, "excellent")
    client = await world.as_(world.mentor)

    async def strip() -> list[Any]:
        groups = (await client.get(f"/api/v1/my/students?round={round_id}")).json()["groups"]
        return [light["stoplight"] for light in groups[0]["students"][0]["strip"]]

    async def report() -> list[Any]:
        subjects = (await client.get(f"{ROUNDS}/{round_id}/students/{world.students[0].id}/report")).json()["subjects"]
        return [subject["stoplight"] for subject in subjects if subject["stoplight"]]

    assert (await strip(), await report()) == ([], [])
    await save(world, round_id, world.mentor)
    assert (sorted(await strip()), sorted(await report())) == (["excellent", "on_track"],) * 2


async def test_taken_back_it_ends_at_once_and_the_own_text_stays_readable(world: World) -> None:
    round_id = await world.round()
    await give(world, round_id, world.dutch, world.outsider)
    await save(world, round_id, world.outsider, "mijn tekst")
    await world.feedback(round_id, world.students[1], world.dutch, "warning", "canary-teacher")
    assert (await take(world, round_id, world.dutch, world.outsider)).status_code == 204

    assert (await save(world, round_id, world.outsider, "nog eens", if_match=1)).status_code == 404
    sheet = await (await world.as_(world.outsider)).get(f"{ROUNDS}/{round_id}/groups/{world.dutch.id}")
    assert [pair["feedback"]["remark"] for pair in sheet.json()["pairs"]] == ["mijn tekst"]
    assert sheet.json()["open"] is False
    assert (await take(world, round_id, world.dutch, world.outsider)).status_code == 404
    given = {"round": str(round_id), "group": str(world.dutch.id), "person": str(world.outsider.id)}
    assert await written_down(world) == [("round.stand_in_given", given), ("round.stand_in_taken", given)]


async def test_giving_twice_tells_and_writes_down_once(world: World) -> None:
    round_id = await world.round()
    key = uuid4()
    for _ in range(2):
        assert (await give(world, round_id, world.dutch, world.outsider, key=key)).status_code == 200
    assert (await give(world, round_id, world.dutch, world.outsider)).status_code == 200
    assert await told(world) == ["round.stand_in"]
    assert len(await written_down(world)) == 1


async def test_only_staff_at_school_who_does_not_teach_the_group_can_stand_in(world: World) -> None:
    round_id = await world.round()
    gone = await world.person("Greet Gegaan", "teacher")
    await world.set(gone, left_on=datetime.now(UTC).date())
    wrong = [
        (world.dutch, world.dutch.teacher, "/person_id", "teaches_already"),
        (world.dutch, world.students[0], "/person_id", "unknown_person"),
        (world.dutch, world.guardian, "/person_id", "unknown_person"),
        (world.dutch, gone, "/person_id", "unknown_person"),
        (world.dutch, world.organiser, "/person_id", "not_oneself"),
        (world.home, world.outsider, "/group_id", "unknown_group"),
    ]
    for group, person, pointer, code in wrong:
        answer = await give(world, round_id, group, person)
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    names = [
        each["list_name"] for each in (await (await world.as_(world.organiser)).get(f"{ROUNDS}/colleagues")).json()
    ]
    assert names == ["Admin, Ada", "Dutch, Dirk de", "Leader, Lea", "Maths, Mia", "Mentor, Mo van den", "Outsider, Otto"]  # fmt: skip


@pytest.mark.parametrize(("state", "kind"), [("draft", "round-not-open"), ("archived", "round-archived")])
async def test_a_draft_and_an_archived_round_have_no_substitutes(world: World, state: str, kind: str) -> None:
    round_id = await world.round(state)
    answer = await give(world, round_id, world.dutch, world.outsider)
    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{kind}")


async def test_nobody_but_an_organiser_gives_takes_or_looks_whom_there_is(world: World) -> None:
    round_id = await world.round()
    await world.stand_in(round_id, world.dutch, world.outsider)
    for person in (world.mentor, world.admin, world.leader, world.dutch.teacher, world.students[0], world.guardian):
        assert (await give(world, round_id, world.maths, world.outsider, by=person)).status_code == 404
        assert (await take(world, round_id, world.dutch, world.outsider, by=person)).status_code == 404
        assert (await (await world.as_(person)).get(f"{ROUNDS}/colleagues")).status_code == 404
    assert await db.fetchval("select count(*) from round_stand_in where school_id = $1", world.school_id) == 1
