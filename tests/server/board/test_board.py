"""The group board through the API: what stands on it, who gets it, and that a leader's look is logged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from server.platform import clock, db
from tests.factories import Group, Person, World
from tests.server.reports.acts import Cycle, cycle, type_of


async def board(made: Cycle, who: Person | None, group: Group | None = None) -> httpx.Response:
    home = group or made.world.home
    return await (await made.world.as_(who)).get(f"/api/v1/rounds/{made.round_id}/home-groups/{home.id}/board")


def lights(found: dict[str, Any], student: Person) -> dict[str, list[str | None]]:
    """The stoplights of one row by subject."""
    (row,) = (each for each in found["students"] if each["student"]["id"] == str(student.id))
    shown: dict[str, list[str | None]] = {}
    for cell in row["cells"]:
        shown.setdefault(found["columns"][cell["column"]], []).append(cell["stoplight"])
    return shown


async def logged(world: World) -> list[tuple[UUID, str]]:
    await world.speak()
    rows = await db.fetch("select viewer_id, what from access_log where school_id = $1", world.school_id)
    return [(row["viewer_id"], row["what"]) for row in rows]


async def test_the_mentor_gets_students_and_subjects_of_the_own_group(world: World) -> None:
    made = await cycle(world)
    await world.feedback(made.round_id, world.students[1], world.dutch, "warning", "x", "y")

    answer = await board(made, world.mentor)

    found = answer.json()
    assert answer.status_code == 200
    assert found["columns"] == ["netl", "wi"]
    assert [each["student"]["list_name"] for each in found["students"]] == [
        "Les0, Student0 van der", "Les1, Student1 van der", "Les2, Student2 van der",
    ]  # fmt: skip
    assert lights(found, world.students[0]) == {"netl": ["attention"], "wi": ["on_track"]}
    assert lights(found, world.students[1]) == {"netl": ["warning"], "wi": [None]}
    assert [each["concern"] for each in found["students"]] == [1, 3, 0]
    assert (found["group"]["relation"], found["decide"], found["export"]) == ("mentor", True, False)
    assert "canary" not in answer.text
    assert await logged(world) == []


async def test_a_leader_gets_the_same_for_the_scope_and_each_student_counts_as_read(world: World) -> None:
    made = await cycle(world)

    found = (await board(made, world.leader)).json()

    assert lights(found, world.students[0]) == {"netl": ["attention"], "wi": ["on_track"]}
    assert (found["group"]["relation"], found["decide"], found["export"]) == ("leader", True, True)
    assert await logged(world) == [(world.leader.id, "board")] * 3


async def test_nobody_else_gets_it_nor_hears_of_it(world: World) -> None:
    made = await cycle(world)
    other_mentor = await world.person("Ot Other", "teacher")
    await world.group("home", "h3b", other_mentor)
    leader_elsewhere = await world.person("Lo Lead", "teacher", "leader")
    once_leader = await world.person("Oda Once", "teacher")
    await world.scope(once_leader, world.home)
    former = await world.person("Fe Former", "teacher")
    await world.enrol(former, world.home, "teacher")
    await world.leave(former, world.home)

    for who in (
        world.organiser, world.admin, world.dutch.teacher, world.outsider, world.students[0], world.guardian, other_mentor,
        leader_elsewhere, once_leader, former,
    ):  # fmt: skip
        assert (await board(made, who)).status_code == 404, who.name
        mine = (await (await world.as_(who)).get("/api/v1/my/boards")).json()["groups"]
        assert [each["title"] for each in mine] == (["h3b"] if who is other_mentor else [])
    assert (await board(made, None)).status_code == 401


async def test_an_organiser_who_mentors_the_group_gets_it_as_its_mentor(world: World) -> None:
    made = await cycle(world)
    await world.enrol(world.organiser, world.home, "teacher")

    assert (await board(made, world.organiser)).json()["group"]["relation"] == "mentor"


async def test_a_leader_who_lost_the_scope_has_lost_it_at_once(world: World) -> None:
    made = await cycle(world)
    assert (await board(made, world.leader)).status_code == 200
    await world.speak()
    await db.execute("delete from leader_scope where school_id = $1", world.school_id)

    assert (await board(made, world.leader)).status_code == 404


async def test_another_school_finds_nothing(world: World, other_school: World) -> None:
    made = await cycle(world)

    for who in (other_school.mentor, other_school.leader, other_school.organiser):
        client = await other_school.as_(who)
        path = f"/api/v1/rounds/{made.round_id}/home-groups/{world.home.id}/board"
        assert (await client.get(path)).status_code == 404


async def test_a_teaching_group_has_no_board(world: World) -> None:
    made = await cycle(world)

    assert (await board(made, world.mentor, world.dutch)).status_code == 404


async def test_while_the_round_is_open_there_is_no_board_and_the_answer_says_why(world: World) -> None:
    made = await cycle(world, "open", mentors_watch=True)

    for who in (world.mentor, world.leader):
        answer = await board(made, who)
        assert (answer.status_code, type_of(answer)) == (409, "/problems/still-open")
    draft = Cycle(world, await world.round("draft"), made.dutch_id, made.maths_id)
    assert (await board(draft, world.mentor)).status_code == 404


async def test_a_group_that_was_opened_again_hides_its_stoplights(world: World) -> None:
    made = await cycle(world)
    await world.set_round(made.round_id, "open", [world.dutch.id])

    found = (await board(made, world.mentor)).json()

    assert found["columns"] == ["wi"]
    assert lights(found, world.students[0]) == {"wi": ["on_track"]}


async def test_text_without_a_stoplight_looks_like_nothing(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, None, "canary-unfinished")
    made = Cycle(world, round_id, round_id, round_id)

    answer = await board(made, world.mentor)

    assert lights(answer.json(), world.students[0]) == {"netl": [None], "wi": [None]}
    assert "canary" not in answer.text


async def test_what_an_earlier_group_gave_stands_behind_what_is_given_now(world: World) -> None:
    made = await cycle(world)
    student = world.students[0]
    new_group = await world.group("teaching", "h3a.netl2", world.outsider, subject="netl")
    await world.speak()
    day = clock.today() - timedelta(days=2)
    await db.execute(
        """update expected_pair set state = 'ended', until = $4
            where school_id = $1 and round_id = $2 and student_id = $3 and group_id = $5""",
        world.school_id, made.round_id, student.id, day, world.dutch.id,
    )  # fmt: skip
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, made.round_id, student.id, new_group.id,
    )  # fmt: skip
    await world.feedback(made.round_id, student, new_group, "excellent")

    found = (await board(made, world.mentor)).json()

    assert lights(found, student)["netl"] == ["excellent", "attention"]
    (row,) = (each for each in found["students"] if each["student"]["id"] == str(student.id))
    assert [cell["until"] for cell in row["cells"]][:2] == [None, day.isoformat()]


async def test_two_students_of_one_name_are_told_apart(world: World) -> None:
    made = await cycle(world)
    twin = await world.person(world.students[0].name, "student")
    for group in (world.home, world.dutch):
        await world.enrol(twin, group, "student")
    await world.speak()
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, made.round_id, twin.id, world.dutch.id,
    )  # fmt: skip

    found = (await board(made, world.mentor)).json()

    apart = [each["student"]["apart"] for each in found["students"] if each["student"]["name"] == twin.name]
    assert len(apart) == 2 and None not in apart and apart[0] != apart[1]


async def test_the_list_of_boards_names_own_groups_first_and_rounds_that_were_closed(world: World) -> None:
    await cycle(world, name="Gesloten")
    await world.round("open", name="Nog open")
    await world.round("open", name="Deels open", only_groups=[world.dutch.id])
    second = await world.group("home", "h2a", world.outsider)
    await world.enrol(world.leader, second, "teacher")

    found = (await (await world.as_(world.leader)).get("/api/v1/my/boards")).json()

    assert [(each["title"], each["relation"]) for each in found["groups"]] == [("h2a", "mentor"), ("h3a", "leader")]
    assert {each["name"] for each in found["rounds"]} == {"Gesloten", "Deels open"}
    assert found["export"] is True
    assert (await (await world.as_(world.mentor)).get("/api/v1/my/boards")).json()["export"] is False
