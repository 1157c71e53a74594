"""My rounds, the rating sheet and the clock: what a teacher sees of whom, and what stays hidden."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from server.platform import db
from tests.factories import Group, Person, World


async def my_rounds(world: World, person: Person) -> list[Any]:
    answer = await (await world.as_(person)).get("/api/v1/my/rounds")
    assert answer.status_code == 200
    found: list[Any] = answer.json()
    return found


async def sheet(world: World, round_id: Any, group: Group, person: Person) -> Any:
    return await (await world.as_(person)).get(f"/api/v1/rounds/{round_id}/groups/{group.id}")


async def pair_clock(world: World, round_id: Any, group: Group, student: Person, person: Person) -> Any:
    return await (await world.as_(person)).get(
        f"/api/v1/rounds/{round_id}/groups/{group.id}/students/{student.id}/history"
    )


async def subject_clock(world: World, student: Person, subject_id: Any, person: Person, **params: Any) -> Any:
    return await (await world.as_(person)).get(
        f"/api/v1/students/{student.id}/subjects/{subject_id}/history", params=params
    )


def ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


# --- my rounds --------------------------------------------------------------------------------------------------------


async def test_open_rounds_come_first_by_deadline_then_closed_ones(world: World) -> None:
    await world.round("closed", name="Vorige", closed_at=ago(90))
    await world.round(name="Later", deadline=ago(-9))
    await world.round(name="Eerst", deadline=ago(-2))
    await world.round("draft", name="Concept")
    await world.round("closed", name="Lang geleden", closed_at=ago(1000))
    found = await my_rounds(world, world.dutch.teacher)

    assert [(each["name"], each["state"]) for each in found] == [
        ("Eerst", "open"),
        ("Later", "open"),
        ("Vorige", "closed"),
    ]


async def test_each_group_shows_how_far_it_is(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[1], world.dutch, "warning", complete=False)
    [found] = await my_rounds(world, world.dutch.teacher)

    [group] = found["groups"]
    assert (group["title"], group["subject"], group["done"], group["incomplete"], group["total"], group["open"]) == (
        "h3a.netl", "netl", 1, 1, 3, True,
    )  # fmt: skip
    assert found["required"]["warning"] == {"remark": True, "action": True}


async def test_a_colleague_without_groups_has_no_rounds_and_students_have_none(world: World) -> None:
    await world.round()

    for person in (world.outsider, world.mentor, world.students[0], world.guardian, world.admin):
        assert await my_rounds(world, person) == []


async def test_a_former_author_finds_back_the_own_texts_only(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch, "attention", "canary-own", "x")
    substitute = await world.person("Sub Stitute", "teacher")
    await world.enrol(substitute, world.dutch, "teacher")
    await world.feedback(round_id, world.students[1], world.dutch, "attention", "canary-other", "x", author=substitute)
    await world.leave(world.dutch.teacher, world.dutch)

    [found] = await my_rounds(world, world.dutch.teacher)
    assert (found["groups"][0]["total"], found["groups"][0]["open"]) == (1, False)
    answer = await sheet(world, round_id, world.dutch, world.dutch.teacher)
    assert "canary-own" in answer.text
    assert "canary-other" not in answer.text
    assert answer.json()["open"] is False


async def test_a_partly_reopened_round_says_which_group_is_open(world: World) -> None:
    round_id = await world.round(only_groups=[world.maths.id])

    assert (await my_rounds(world, world.dutch.teacher))[0]["groups"][0]["open"] is False
    assert (await my_rounds(world, world.maths.teacher))[0]["groups"][0]["open"] is True
    assert (await sheet(world, round_id, world.dutch, world.dutch.teacher)).json()["open"] is False


# --- the sheet --------------------------------------------------------------------------------------------------------


async def test_the_sheet_lists_the_group_by_family_name_with_what_was_written(world: World) -> None:
    round_id = await world.round()
    feedback_id = await world.feedback(round_id, world.students[1], world.dutch, "warning", "let op", complete=False)
    answer = await sheet(world, round_id, world.dutch, world.dutch.teacher)
    found = answer.json()

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (found["open"], found["group"]["title"], found["round"]["state"]) == (True, "h3a.netl", "open")
    assert [pair["student"]["list_name"] for pair in found["pairs"]] == [
        "Les0, Student0 van der",
        "Les1, Student1 van der",
        "Les2, Student2 van der",
    ]
    first, second, _ = found["pairs"]
    assert (first["state"], first["until"], first["last"], first["feedback"], first["late"]) == (
        "expected",
        None,
        None,
        None,
        None,
    )
    assert first["student"]["home_group"] == "h3a"
    assert second["feedback"].pop("updated_at")
    assert second["feedback"] == {
        "id": str(feedback_id),
        "stoplight": "warning",
        "remark": "let op",
        "action": "",
        "version": 1,
        "complete": False,
        "missing": ["action"],
        "author": {"id": str(world.dutch.teacher.id), "name": world.dutch.teacher.name},
    }


async def test_two_students_of_one_name_are_told_apart(world: World) -> None:
    for title in ("h3b", "h3c"):
        twin = await world.person("Sara de Vries", "student")
        await world.enrol(twin, await world.group("home", title, world.mentor), "student")
        await world.enrol(twin, world.dutch, "student")
    found = (await sheet(world, await world.round(), world.dutch, world.dutch.teacher)).json()

    assert [pair["student"]["apart"] for pair in found["pairs"]] == [None, None, None, "h3b", "h3c"]


async def test_a_closed_round_is_shown_read_only(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "attention", "tekst", "actie")
    found = (await sheet(world, round_id, world.dutch, world.dutch.teacher)).json()

    assert (found["open"], found["round"]["state"]) == (False, "closed")
    assert found["pairs"][0]["feedback"]["remark"] == "tekst"


async def test_a_co_teacher_sees_the_first_text_before_writing(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch, None, "half af")
    substitute = await world.person("Sub Stitute", "teacher")
    await world.enrol(substitute, world.dutch, "teacher")
    found = (await sheet(world, round_id, world.dutch, substitute)).json()

    assert found["pairs"][0]["feedback"]["remark"] == "half af"


async def test_who_does_not_teach_the_group_does_not_find_its_sheet(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch)
    others = [world.maths.teacher, world.mentor, world.organiser, world.leader, world.admin, world.outsider]

    for person in [*others, world.students[0], world.guardian]:
        assert (await sheet(world, round_id, world.dutch, person)).status_code == 404, person.name


async def test_drafts_unknown_groups_and_foreign_schools_are_not_found(world: World, other_school: World) -> None:
    draft, theirs, ours = await world.round("draft"), await other_school.round(), await world.round()
    missing = await sheet(world, uuid4(), world.dutch, world.dutch.teacher)

    for round_id, group in (
        (draft, world.dutch),
        (theirs, other_school.dutch),
        (ours, other_school.dutch),
        (ours, world.home),
    ):
        answer = await sheet(world, round_id, group, world.dutch.teacher)
        assert (answer.status_code, answer.content) == (404, missing.content)


async def test_who_left_the_school_reads_nothing_from_the_next_request_on(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch)
    assert (await sheet(world, round_id, world.dutch, world.dutch.teacher)).status_code == 200
    await world.set(world.dutch.teacher, enabled=False)

    assert (await sheet(world, round_id, world.dutch, world.dutch.teacher)).status_code == 401


async def test_students_who_changed_group_stay_with_what_was_written(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch, "attention", "tekst", "actie")
    await db.execute(
        "update expected_pair set state = 'ended', until = $2 where school_id = $1 and student_id = $3",
        world.school_id, date(2026, 10, 12), world.students[0].id,
    )  # fmt: skip
    found = (await sheet(world, round_id, world.dutch, world.dutch.teacher)).json()

    assert (found["pairs"][0]["state"], found["pairs"][0]["until"]) == ("ended", "2026-10-12")
    assert found["pairs"][0]["feedback"]["remark"] == "tekst"


async def test_a_late_text_is_shown_to_its_author_and_to_no_co_teacher(world: World) -> None:
    round_id = await world.round("closed")
    substitute = await world.person("Sub Stitute", "teacher")
    await world.enrol(substitute, world.dutch, "teacher")
    path = f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/students/{world.students[0].id}/feedback"
    await (await world.as_(substitute)).put(
        path, json={"stoplight": "attention", "remark": "canary-late", "action": "x"}
    )

    own = (await sheet(world, round_id, world.dutch, substitute)).json()["pairs"][0]
    assert (own["late"]["remark"], own["feedback"]) == ("canary-late", None)
    assert "canary-late" not in (await sheet(world, round_id, world.dutch, world.dutch.teacher)).text


# --- last time --------------------------------------------------------------------------------------------------------


async def test_the_card_shows_the_last_rounds_stoplight_in_the_same_subject(world: World) -> None:
    older = await world.round("closed", name="Zomer", closed_at=ago(200))
    before = await world.round("closed", name="Herfst", closed_at=ago(60))
    await world.feedback(older, world.students[0], world.dutch, "excellent")
    await world.feedback(before, world.students[0], world.dutch, "warning", "x", "y")
    await world.feedback(before, world.students[0], world.maths, "on_track")
    round_id = await world.round()
    found = (await sheet(world, round_id, world.dutch, world.dutch.teacher)).json()
    at_the_time = (await sheet(world, before, world.dutch, world.dutch.teacher)).json()

    assert found["pairs"][0]["last"] == {"stoplight": "warning", "round_name": "Herfst"}
    assert found["pairs"][1]["last"] is None
    assert at_the_time["pairs"][0]["last"] == {"stoplight": "excellent", "round_name": "Zomer"}


async def test_a_round_that_is_open_beside_this_one_is_not_last_time(world: World) -> None:
    other = await world.round(name="Ook open")
    await world.feedback(other, world.students[0], world.dutch, "warning", "x", "y")
    found = (await sheet(world, await world.round(), world.dutch, world.dutch.teacher)).json()

    assert found["pairs"][0]["last"] is None


async def test_a_group_that_was_reopened_hides_its_stoplight_again(world: World) -> None:
    parallel = await world.group("teaching", "h3b.netl", world.outsider, subject="netl")
    await world.enrol(world.students[0], parallel, "student")
    before = await world.round("closed", closed_at=ago(60))
    await world.feedback(before, world.students[0], parallel, "warning", "x", "y")
    round_id = await world.round()
    assert (await sheet(world, round_id, world.dutch, world.dutch.teacher)).json()["pairs"][0]["last"]

    await world.set_round(before, "open", [parallel.id])
    assert (await sheet(world, round_id, world.dutch, world.dutch.teacher)).json()["pairs"][0]["last"] is None


# --- the clock --------------------------------------------------------------------------------------------------------


async def test_the_clock_shows_closed_rounds_of_the_same_subject_newest_first(world: World) -> None:
    older = await world.round("archived", name="Zomer", closed_at=ago(200))
    before = await world.round("closed", name="Herfst", closed_at=ago(60))
    last_year = await world.group("teaching", "h2a.netl", world.outsider, subject="netl")
    await world.enrol(world.students[0], last_year, "student", ends=date(2026, 7, 31))
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, older, world.students[0].id, last_year.id,
    )  # fmt: skip
    await world.feedback(older, world.students[0], last_year, "excellent", "vorig jaar")
    await world.feedback(before, world.students[0], world.dutch, "warning", "toen", "doe")
    await world.feedback(before, world.students[0], world.maths, "on_track", "canary-maths")
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch, "on_track", "canary-now")
    answer = await pair_clock(world, round_id, world.dutch, world.students[0], world.dutch.teacher)

    assert answer.status_code == 200
    assert "canary" not in answer.text
    assert [
        (each["round_name"], each["group"], each["author"], each["stoplight"], each["remark"]) for each in answer.json()
    ] == [
        ("Herfst", "h3a.netl", world.dutch.teacher.name, "warning", "toen"),
        ("Zomer", "h2a.netl", world.outsider.name, "excellent", "vorig jaar"),
    ]


async def test_mentor_and_teachers_of_the_student_turn_the_clock_of_any_subject(world: World) -> None:
    before = await world.round("closed", name="Herfst", closed_at=ago(60))
    await world.feedback(before, world.students[0], world.dutch, "warning", "toen", "doe")
    now_closed = await world.round("closed", name="Winter")
    await world.feedback(now_closed, world.students[0], world.dutch, "on_track")

    for person in (world.mentor, world.maths.teacher, world.dutch.teacher):
        whole = await subject_clock(world, world.students[0], world.dutch.subject_id, person)
        before_winter = await subject_clock(
            world, world.students[0], world.dutch.subject_id, person, before=str(now_closed)
        )
        assert [each["round_name"] for each in whole.json()] == ["Winter", "Herfst"]
        assert [each["round_name"] for each in before_winter.json()] == ["Herfst"]


async def test_a_leaders_look_at_the_clock_is_logged(world: World) -> None:
    before = await world.round("closed", closed_at=ago(60))
    await world.feedback(before, world.students[0], world.dutch, "warning", "toen", "doe")
    for person in (world.leader, world.mentor):
        assert len((await subject_clock(world, world.students[0], world.dutch.subject_id, person)).json()) == 1

    await world.speak()
    rows = await db.fetch("select viewer_id, student_id, what from access_log where school_id = $1", world.school_id)
    assert [tuple(row) for row in rows] == [(world.leader.id, world.students[0].id, "clock")]


async def test_nothing_of_an_open_round_reaches_a_colleague_by_the_clock(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch, "warning", "canary-open", "x")

    for person in (world.maths.teacher, world.mentor, world.leader):
        answer = await subject_clock(world, world.students[0], world.dutch.subject_id, person)
        assert (answer.status_code, answer.json()) == (200, [])


async def test_who_has_nothing_to_do_with_the_student_finds_no_clock(world: World, other_school: World) -> None:
    before = await world.round("closed", closed_at=ago(60))
    await world.feedback(before, world.students[0], world.dutch, "warning", "canary", "x")
    round_id = await world.round()

    for person in (world.outsider, world.organiser, world.admin, world.students[0], world.students[1], world.guardian):
        assert (await subject_clock(world, world.students[0], world.dutch.subject_id, person)).status_code == 404, (
            person.name
        )
        assert (await pair_clock(world, round_id, world.dutch, world.students[0], person)).status_code == 404, (
            person.name
        )
    theirs = await subject_clock(world, other_school.students[0], other_school.dutch.subject_id, world.mentor)
    unknown = await subject_clock(world, world.students[0], world.dutch.subject_id, world.mentor, before=str(uuid4()))
    assert (theirs.status_code, unknown.status_code) == (404, 404)
