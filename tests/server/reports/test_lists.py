"""Mijn leerlingen, Rapportages, and the reports under a name: the lists say what single reads say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from server.platform import clock, db
from tests.factories import Person, World
from tests.server.reports.acts import DUTCH, cycle


async def students_of(world: World, who: Person, round_id: Any = None) -> dict[str, Any]:
    query = f"?round={round_id}" if round_id else ""
    answer = await (await world.as_(who)).get(f"/api/v1/my/students{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def reports_of(world: World, who: Person) -> list[dict[str, Any]]:
    answer = await (await world.as_(who)).get("/api/v1/my/reports")
    assert answer.status_code == 200, answer.text
    return list(answer.json())


# --- Mijn leerlingen --------------------------------------------------------------------------------------------------


async def test_a_mentor_sees_status_and_strip_of_each_student(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await made.report(made.student)
    await made.agree()
    await made.write_plan()
    await made.hand_in()

    found = await students_of(world, world.mentor)

    assert found["round"]["id"] == str(made.round_id)
    [group] = found["groups"]
    assert (group["title"], group["relation"], group["progress"]) == ("h3a", "mentor", {"done": 2, "total": 6})
    first, second, _ = group["students"]
    assert first["strip"] == [
        {"subject": "netl", "stoplight": "attention"},
        {"subject": "wi", "stoplight": "on_track"},
    ]
    assert (first["done"], first["total"], first["plan"], first["agreements"]) == (2, 2, "handed_in", 1)
    assert (first["shared"]["number"], first["shared"]["read"]) == (1, True)
    assert (second["done"], second["strip"], second["shared"], second["plan"]) == (0, [], None, "none")


async def test_a_draft_plan_shows_as_none(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await made.write_plan()

    [group] = (await students_of(world, world.mentor))["groups"]

    assert group["students"][0]["plan"] == "none"


async def test_while_open_a_mentor_sees_counts_without_stoplights(world: World) -> None:
    await cycle(world, "open")

    [group] = (await students_of(world, world.mentor))["groups"]

    assert (group["students"][0]["done"], group["students"][0]["strip"]) == (2, [])


async def test_a_leader_sees_the_scope_after_closing_and_each_student_read_is_logged(world: World) -> None:
    made = await cycle(world)

    [group] = (await students_of(world, world.leader))["groups"]

    assert (group["relation"], group["students"][0]["done"]) == ("leader", 2)
    assert [each["stoplight"] for each in group["students"][0]["strip"]] == ["attention", "on_track"]
    assert group["students"][0]["shared"] is None
    # Of the two others there is nothing to read.
    assert await made.reads_logged() == [(world.leader.id, made.student.id, "strip")]


async def test_while_open_a_leader_sees_counts_of_the_group_only(world: World) -> None:
    made = await cycle(world, "open", mentors_watch=True)

    [group] = (await students_of(world, world.leader))["groups"]

    assert group["progress"] == {"done": 2, "total": 6}
    assert [(each["done"], each["total"], each["strip"]) for each in group["students"]] == [(None, None, [])] * 3
    assert await made.reads_logged() == []


async def test_a_leader_does_not_learn_whether_a_shared_report_was_read(world: World) -> None:
    made = await cycle(world)
    await made.share()

    [group] = (await students_of(world, world.leader))["groups"]

    assert (group["students"][0]["shared"]["number"], group["students"][0]["shared"]["read"]) == (1, None)


@pytest.mark.parametrize("who", ["dutch_teacher", "organiser", "student", "guardian"])
async def test_who_mentors_nobody_has_no_students(world: World, who: str) -> None:
    await cycle(world)
    person = {
        "dutch_teacher": world.dutch.teacher,
        "organiser": world.organiser,
        "student": world.students[0],
        "guardian": world.guardian,
    }[who]

    assert await students_of(world, person) == {"rounds": [], "round": None, "groups": []}


async def test_another_round_can_be_chosen_and_an_open_one_comes_first(world: World) -> None:
    earlier = await world.round("closed", name="Ronde 1")
    running = await world.round("open", name="Ronde 2")
    latest = await world.round("closed", name="Ronde 3")
    await world.round("draft", name="Ronde 4")

    found = await students_of(world, world.mentor)
    chosen = await students_of(world, world.mentor, earlier)

    assert found["round"]["id"] == str(running)
    assert {each["id"] for each in found["rounds"]} == {str(earlier), str(running), str(latest)}
    assert chosen["round"]["name"] == "Ronde 1"
    missing = await (await world.as_(world.mentor)).get(f"/api/v1/my/students?round={uuid4()}")
    assert missing.status_code == 404


async def test_a_class_of_twenty_eight_takes_as_many_statements_as_a_class_of_three(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cycle(world)
    small = await statements(world, monkeypatch)
    for number in range(25):
        student = await world.person(f"Extra{number} Leerling", "student")
        for group in (world.home, world.dutch, world.maths):
            await world.enrol(student, group, "student")

    assert (small, await statements(world, monkeypatch)) == (2, 2)


async def statements(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many lists of rows the request asks for."""
    asked = []
    fetch = db.fetch

    async def counted(sql: str, *args: Any) -> Any:
        asked.append(sql)
        return await fetch(sql, *args)

    with monkeypatch.context() as patch:
        patch.setattr(db, "fetch", counted)
        await students_of(world, world.mentor)
    return len(asked)


async def test_the_strip_says_what_the_report_says(world: World) -> None:
    """Parity of list and single read, for each relation and each state of the round."""
    english = await world.group("teaching", "h3a.entl", world.mentor, subject="entl")
    for student in world.students:
        await world.enrol(student, english, "student")
    made = await cycle(world, "open")
    second, third = world.students[1:]
    await world.feedback(made.round_id, second, english)
    await world.feedback(made.round_id, second, world.dutch, None, "zonder stoplicht")
    await world.feedback(made.round_id, third, english, "warning", complete=False)
    await world.feedback(made.round_id, third, world.maths, "no_picture", "nieuw")
    await world.set(world.leader)
    for watch in (False, True):
        await world.speak()
        await db.execute("update round set mentors_watch = $2 where school_id = $1", world.school_id, watch)
        for state, only in (("open", None), ("closed", None), ("open", [world.dutch.id]), ("archived", None)):
            await world.set_round(made.round_id, state, only)
            for who in (world.mentor, world.leader):
                [group] = (await students_of(world, who))["groups"]
                for line in group["students"]:
                    answer = await (await world.as_(who)).get(
                        f"/api/v1/rounds/{made.round_id}/students/{line['student']['id']}/report"
                    )
                    report = answer.json() if answer.status_code == 200 else {"subjects": []}
                    single = [(s["subject"], s["stoplight"]) for s in report["subjects"] if s["stoplight"]]
                    listed = [(s["subject"], s["stoplight"]) for s in line["strip"]]
                    assert listed == single, (watch, state, only, who.name)


# --- Rapportages ------------------------------------------------------------------------------------------------------


async def test_a_student_sees_what_was_shared_and_that_it_is_new(world: World) -> None:
    made = await cycle(world)
    assert await reports_of(world, made.student) == []
    await made.share()

    [new] = await reports_of(world, made.student)
    await made.report(made.student)
    await made.write_plan()
    [known] = await reports_of(world, made.student)

    assert (new["round_id"], new["number"], new["new"], new["plan_state"]) == (str(made.round_id), 1, True, "none")
    assert (known["new"], known["plan_state"]) == (False, "draft")
    assert await reports_of(world, world.students[1]) == []


async def test_a_guardian_sees_the_children_let_in_and_no_draft(world: World) -> None:
    made = await cycle(world)
    second = world.students[1]
    await world.guard(world.guardian, second)
    await world.feedback(made.round_id, second, world.dutch)
    await made.share(guardians=True)
    client = await world.as_(world.mentor)
    await client.post(made.path("share", second), json={"guardians": False})
    await made.write_plan()

    [only] = await reports_of(world, world.guardian)

    assert (only["student"]["id"], only["plan_state"]) == (str(made.student.id), "none")
    await made.hand_in()
    assert (await reports_of(world, world.guardian))[0]["plan_state"] == "handed_in"


async def test_a_recalled_report_leaves_the_list(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await made.post(world.mentor, "recall")

    assert await reports_of(world, made.student) == []


async def test_at_eighteen_the_list_of_a_guardian_empties(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await world.set(made.student, birth_date=date(2001, 1, 1))

    assert await reports_of(world, world.guardian) == []
    assert len(await reports_of(world, made.student)) == 1


async def test_staff_has_no_reports_of_its_own(world: World) -> None:
    made = await cycle(world)
    await made.share()

    for who in (world.mentor, world.dutch.teacher, world.leader):
        assert await reports_of(world, who) == []


# --- the name ---------------------------------------------------------------------------------------------------------


async def names(world: World, who: Person, student: Person) -> list[str]:
    answer = await (await world.as_(who)).get(f"/api/v1/students/{student.id}/reports")
    assert answer.status_code == 200, answer.text
    return sorted(each["round_name"] for each in answer.json()["reports"])


async def test_the_name_lists_the_rounds_that_can_be_opened(world: World) -> None:
    await world.round("archived", name="Ronde 1", closed_at=clock.now() - timedelta(days=90))
    made = await cycle(world, name="Ronde 2")
    await world.round("open", name="Ronde 3")
    await world.round("draft", name="Ronde 4")

    assert await names(world, world.mentor, made.student) == ["Ronde 1", "Ronde 2", "Ronde 3"]
    assert await names(world, world.dutch.teacher, made.student) == ["Ronde 1", "Ronde 2"]
    assert await names(world, world.leader, made.student) == ["Ronde 1", "Ronde 2"]
    assert await names(world, made.student, made.student) == []
    await made.share()
    assert await names(world, made.student, made.student) == ["Ronde 2"]
    assert await names(world, world.guardian, made.student) == ["Ronde 2"]


async def test_each_round_under_the_name_opens_and_no_other(world: World) -> None:
    rounds = {
        "Ronde 1": await world.round("archived", name="Ronde 1", closed_at=clock.now() - timedelta(days=90)),
        "Ronde 3": await world.round("open", name="Ronde 3"),
        "Ronde 4": await world.round("draft", name="Ronde 4"),
        "Ronde 5": await world.round("open", name="Ronde 5", only_groups=[world.dutch.id]),
    }
    made = await cycle(world, name="Ronde 2")
    rounds["Ronde 2"] = made.round_id
    await made.share(guardians=False)

    for who in (world.mentor, world.dutch.teacher, world.leader, made.student, world.guardian, world.outsider):
        client = await world.as_(who)
        listed = await client.get(f"/api/v1/students/{made.student.id}/reports")
        shown = {each["round_name"] for each in listed.json()["reports"]} if listed.status_code == 200 else set()
        opened = {
            name
            for name, round_id in rounds.items()
            if (await client.get(f"/api/v1/rounds/{round_id}/students/{made.student.id}/report")).status_code == 200
        }
        assert shown == opened, who.name


async def test_the_name_is_nothing_to_who_has_nothing_to_do_with_the_student(world: World, other_school: World) -> None:
    made = await cycle(world)
    await made.share()
    path = f"/api/v1/students/{made.student.id}/reports"

    for who in (world.outsider, world.organiser, world.students[1]):
        assert (await (await world.as_(who)).get(path)).status_code == 404
    assert (await (await other_school.as_(other_school.mentor)).get(path)).status_code == 404


async def test_two_students_of_one_name_are_told_apart(world: World) -> None:
    twin = await world.person("Student0 van der Les0", "student")
    for group in (world.home, world.dutch):
        await world.enrol(twin, group, "student")
    await world.round("closed")

    [group] = (await students_of(world, world.mentor))["groups"]

    apart = [each["student"]["apart"] for each in group["students"]]
    assert apart[0] != apart[1]
    assert all(each.startswith("h3a · ") for each in apart[:2])
    assert apart[2:] == [None, None]
    assert DUTCH not in str(group)
