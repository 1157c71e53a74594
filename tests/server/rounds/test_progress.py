"""Progress: counts per group, home group, teacher and student, never a text; per student not of whom one writes about."""

from __future__ import annotations

from typing import Any

from server.platform import db
from tests.factories import Person, World


async def progress(world: World, round_id: Any, *, by: Any = None) -> Any:
    return await (await world.as_(by or world.organiser)).get(f"/api/v1/rounds/{round_id}/progress")


async def test_counts_per_group_and_teacher(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[1], world.dutch, "warning", "canary-44", complete=False)
    await world.feedback(round_id, world.students[2], world.dutch, None, "canary-45")
    answer = await progress(world, round_id)
    found = answer.json()

    assert answer.status_code == 200
    assert "canary" not in answer.text
    assert (found["students"], found["pairs"], found["done"], found["incomplete"]) == (3, 6, 1, 1)
    dutch, maths = found["groups"]
    assert (dutch["title"], dutch["teachers"], dutch["done"], dutch["incomplete"], dutch["total"], dutch["open"]) == (
        "h3a.netl", [world.dutch.teacher.name], 1, 1, 3, True,
    )  # fmt: skip
    assert (maths["done"], maths["total"]) == (0, 3)
    assert [(each["name"], each["done"], each["total"]) for each in found["teachers"]] == [
        (world.dutch.teacher.name, 1, 3),
        (world.maths.teacher.name, 0, 3),
    ]


async def test_co_teachers_are_counted_for_the_group_together(world: World) -> None:
    round_id = await world.round()
    await world.enrol(world.maths.teacher, world.dutch, "teacher")
    found = (await progress(world, round_id)).json()

    assert found["pairs"] == 6
    assert {each["name"]: each["total"] for each in found["teachers"]} == {
        world.dutch.teacher.name: 3,
        world.maths.teacher.name: 6,
    }


async def test_the_first_teacher_of_a_group_stands_before_the_others_and_substitutes_apart(world: World) -> None:
    round_id = await world.round()
    for name in ("Zeno Aerts", "Anna van Zwol"):
        await world.enrol(await world.person(name, "teacher"), world.dutch, "teacher")
    await db.execute(
        "update enrolment set is_primary = true where school_id = $1 and group_id = $2 and person_id = $3",
        world.school_id, world.dutch.id, world.dutch.teacher.id,
    )  # fmt: skip
    await world.stand_in(round_id, world.dutch, world.outsider)
    await world.stand_in(round_id, world.dutch, world.maths.teacher)
    dutch, maths = (await progress(world, round_id)).json()["groups"]

    assert dutch["teachers"] == [world.dutch.teacher.name, "Zeno Aerts", "Anna van Zwol"]
    assert [each["name"] for each in dutch["stand_ins"]] == [world.maths.teacher.name, world.outsider.name]
    assert (maths["teachers"], maths["stand_ins"]) == ([world.maths.teacher.name], [])


async def test_a_teacher_who_stands_in_for_a_colleague_counts_both_groups(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[0], world.maths, "attention", complete=False)
    await world.stand_in(round_id, world.dutch, world.maths.teacher)
    # Who teaches the group anyway does not count it twice.
    await world.stand_in(round_id, world.maths, world.maths.teacher)
    found = (await progress(world, round_id)).json()

    assert [(each["name"], each["done"], each["incomplete"], each["total"]) for each in found["teachers"]] == [
        (world.dutch.teacher.name, 1, 0, 3),
        (world.maths.teacher.name, 1, 1, 6),
    ]


async def test_a_group_without_a_teacher_today_is_counted(world: World) -> None:
    round_id = await world.round()
    await world.leave(world.maths.teacher, world.maths)
    dutch, maths = (await progress(world, round_id)).json()["groups"]

    assert (dutch["teachers"], maths["teachers"], maths["total"]) == ([world.dutch.teacher.name], [], 3)


async def test_other_rounds_and_their_feedback_do_not_count(world: World) -> None:
    await world.feedback(await world.round("closed"), world.students[0], world.dutch)
    found = (await progress(world, await world.round())).json()

    assert (found["pairs"], found["done"], [each["done"] for each in found["groups"]]) == (6, 0, [0, 0])


async def test_pairs_that_ended_count_in_no_progress(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await db.execute(
        "update expected_pair set state = 'ended' where school_id = $1 and student_id = $2",
        world.school_id,
        world.students[0].id,
    )
    found = (await progress(world, round_id)).json()

    assert (found["students"], found["pairs"], found["done"]) == (2, 4, 0)


async def test_late_texts_are_counted_where_the_group_is_closed(world: World) -> None:
    round_id = await world.round("closed")
    path = f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/students/{world.students[0].id}/feedback"
    await (await world.as_(world.dutch.teacher)).put(
        path, json={"stoplight": "attention", "remark": "canary-late", "action": ""}
    )
    answer = await progress(world, round_id)

    assert "canary" not in answer.text
    assert answer.json()["late_writes"] == 1
    assert [group["late"] for group in answer.json()["groups"]] == [1, 0]
    await world.set_round(round_id, "open", [world.dutch.id])
    assert (await progress(world, round_id)).json()["late_writes"] == 0


async def test_the_admin_sees_the_same_counts(world: World) -> None:
    round_id = await world.round()

    assert (await progress(world, round_id, by=world.admin)).json() == (await progress(world, round_id)).json()


async def test_a_leader_sees_the_groups_of_the_own_scope_without_teachers_and_late_texts(world: World) -> None:
    elsewhere = await world.group("teaching", "v4.netl1", world.outsider, subject="netl")
    await world.enrol(await world.person("Vera Vwo", "student"), elsewhere, "student")
    found = (await progress(world, await world.round(), by=world.leader)).json()

    assert [group["title"] for group in found["groups"]] == ["h3a.netl", "h3a.wi"]
    assert (found["students"], found["teachers"], found["late_writes"]) == (3, [], 0)


async def test_a_group_that_is_not_wholly_in_the_scope_is_not_the_leaders(world: World) -> None:
    guest = await world.person("Gijs Gast", "student")
    await world.enrol(guest, await world.group("home", "v4a", world.outsider), "student")
    await world.enrol(guest, world.maths, "student")
    found = (await progress(world, await world.round(), by=world.leader)).json()

    assert [(group["title"], group["total"]) for group in found["groups"]] == [("h3a.netl", 3)]
    assert [(group["title"], group["total"]) for group in found["home_groups"]] == [("h3a", 6)]


async def test_a_leader_of_none_of_these_groups_does_not_find_it(world: World) -> None:
    elsewhere = await world.person("Leo Elders", "teacher", "leader")

    assert (await progress(world, await world.round(), by=elsewhere)).status_code == 404


async def test_others_do_not_find_it(world: World) -> None:
    round_id = await world.round()

    for person in (world.mentor, world.dutch.teacher, world.students[0], world.guardian):
        assert (await progress(world, round_id, by=person)).status_code == 404


async def test_a_draft_has_no_progress_yet(world: World) -> None:
    assert (await progress(world, await world.round("draft"))).status_code == 404


async def per_student(world: World, round_id: Any, *, by: Person | None = None, group: Any = None) -> Any:
    home = group or world.home.id
    path = f"/api/v1/rounds/{round_id}/progress/home-groups/{home}"
    return await (await world.as_(by or world.organiser)).get(path)


async def test_home_groups_tell_their_level_and_year(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[1], world.maths, "attention", complete=False)
    other = await world.group("home", "v5b", world.mentor, level="vwo", year=5)
    wanderer = await world.person("Wim Wandel", "student")
    await world.enrol(wanderer, world.dutch, "student")
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, round_id, wanderer.id, world.dutch.id,
    )  # fmt: skip
    found = (await progress(world, round_id)).json()

    assert [(each["title"], each["level"], each["year"], each["students"], each["done"], each["incomplete"], each["total"])
            for each in found["home_groups"]] == [("h3a", "havo", 3, 3, 1, 1, 6), ("", "", None, 1, 0, 0, 1)]  # fmt: skip
    assert found["students"] == 4
    await world.enrol(wanderer, other, "student")
    found = (await progress(world, round_id)).json()
    assert [each["title"] for each in found["home_groups"]] == ["h3a", "v5b"]
    # A leader gets the home groups of the own scope.
    found = (await progress(world, round_id, by=world.leader)).json()
    assert [(each["title"], each["total"]) for each in found["home_groups"]] == [("h3a", 6)]


async def test_counts_per_student_for_who_writes_about_none_of_them(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[0], world.maths, "warning", "canary-46", complete=False)
    for person in (world.organiser, world.admin, world.mentor):
        answer = await per_student(world, round_id, by=person)
        found = answer.json()
        assert "canary" not in answer.text
        counts = [
            (each["student"]["name"], each["done"], each["incomplete"], each["total"]) for each in found["students"]
        ]
        assert counts == [
            (student.name, *rest)
            for student, rest in zip(world.students, [(1, 1, 2), (0, 0, 2), (0, 0, 2)], strict=True)
        ]
        assert found["withheld"] == 0


async def test_an_organiser_who_writes_about_a_student_sees_no_count_of_theirs(world: World) -> None:
    """Nor of the others in the home group, as long as they are so few that the sum would tell."""
    round_id = await world.round()
    small = await world.group("teaching", "h3a.te", world.organiser, subject="te")
    await world.enrol(world.students[0], small, "student")
    found = (await per_student(world, round_id)).json()
    assert (found["students"], found["withheld"]) == ([], 3)
    assert len((await per_student(world, round_id, by=world.admin)).json()["students"]) == 3


async def test_of_five_who_are_withheld_the_others_are_listed(world: World) -> None:
    more = [await world.person(f"Extra{number} Leerling", "student") for number in range(4)]
    for student in more:
        await world.enrol(student, world.home, "student")
        await world.enrol(student, world.dutch, "student")
    round_id = await world.round()
    await world.stand_in(round_id, world.maths, world.organiser)
    assert (await per_student(world, round_id)).json() == {"students": [], "withheld": 7}
    for student in more[:2]:
        await world.enrol(student, world.maths, "student")
    found = (await per_student(world, round_id)).json()
    assert ([each["student"]["name"] for each in found["students"]], found["withheld"]) == (
        [student.name for student in more[2:]], 5,
    )  # fmt: skip


async def test_counts_per_student_are_for_nobody_else(world: World) -> None:
    round_id, draft = await world.round(), await world.round("draft")
    for person in (world.leader, world.dutch.teacher, world.outsider, world.students[0], world.guardian):
        assert (await per_student(world, round_id, by=person)).status_code == 404, person.name
    assert (await per_student(world, draft)).status_code == 404
    assert (await per_student(world, round_id, group=world.dutch.id)).status_code == 404


async def test_who_reads_counts_may_follow_them(world: World) -> None:
    round_id, draft = await world.round(), await world.round("draft")
    path = f"/api/v1/rounds/{round_id}/progress/live"
    for person in (world.organiser, world.admin, world.leader):
        answer = await (await world.as_(person)).get(path)
        assert answer.headers["content-type"].startswith("text/event-stream"), person.name
    elsewhere = await world.person("Leo Elders", "teacher", "leader")
    for person in (world.mentor, world.dutch.teacher, elsewhere, world.students[0], world.guardian):
        assert (await (await world.as_(person)).get(path)).status_code == 404, person.name
    assert (await (await world.as_(world.organiser)).get(f"/api/v1/rounds/{draft}/progress/live")).status_code == 404
