"""Figures as they are served: the same numbers as counting one by one, for whoever may ask, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import product
from random import Random
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.platform import db
from tests.factories import Person, World
from tests.server.figures.school import LIGHTS, School, Written, random_school

STEADY = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def figures(world: World, by: Person, **query: Any) -> Any:
    """The answer to one question; a filter that is None is left out."""
    params = {name: str(value) for name, value in query.items() if value is not None}
    return await (await world.as_(by)).get("/api/v1/figures", params=params)


# --- against counting one by one --------------------------------------------------------------------------------------


class Count:
    """One question, answered from what was written, without any SQL of ours."""

    def __init__(self, school: School, students: set[UUID] | None, query: dict[str, Any]) -> None:
        self.school, self.query = school, query
        self.students = students

    def pairs(self, round_id: UUID) -> list[Written]:
        return [
            each
            for each in self.school.written[round_id]
            if each.expected and (self.students is None or each.student in self.students)
        ]

    def fits(self, one: Written) -> bool:
        wanted = {
            "year": str(one.year),
            "level": one.level,
            "subject": str(self.school.subjects[one.subject]),
            "group": str(one.group),
        }
        return all(self.query.get(name) in (None, value) for name, value in wanted.items())

    def lights(self, round_id: UUID) -> list[Written]:
        rated = [each for each in self.pairs(round_id) if each.light in LIGHTS]
        sizes = Counter(each.group for each in rated)
        return [each for each in rated if sizes[each.group] >= 5 and self.fits(each)]

    def there(self, round_id: UUID) -> list[Written]:
        pairs = self.pairs(round_id)
        sizes = Counter(each.group for each in pairs)
        return [each for each in pairs if sizes[each.group] >= 5 and self.fits(each)]


def told(some: Iterable[Written]) -> dict[str, int] | None:
    found = Counter(each.light for each in some)
    return {light: found[light] for light in LIGHTS} if found else None


def named(some: list[Written], name: str) -> dict[str, Any]:
    parts: dict[str, list[Written]] = defaultdict(list)
    for one in some:
        parts[str(getattr(one, name))].append(one)
    return {key: told(part) for key, part in parts.items()}


def check(answer: Any, count: Count, round_id: UUID, before: list[UUID]) -> None:
    """Everything in one answer."""
    some = count.lights(round_id)
    assert answer["lights"] == told(some)
    for part, name in (("years", "year"), ("levels", "level"), ("subjects", "subject"), ("groups", "title")):
        assert {one["name"]: one["lights"] for one in answer["split"][part]} == named(some, name)
    earlier = [(str(each), told(count.lights(each))) for each in before]
    assert [(one["round"]["id"], one["lights"]) for one in answer["earlier"]] == [one for one in earlier if one[1]]
    check_there(answer, count, round_id)
    check_cycle(answer["cycle"], count, round_id)


def check_there(answer: Any, count: Count, round_id: UUID) -> None:
    there = count.there(round_id)
    fitting = {each.group for each in count.pairs(round_id) if count.fits(each)}
    assert answer["left_out"] == len(fitting - {each.group for each in there})
    if not there:
        assert answer["completeness"] is None
        return
    complete = sum(each.complete for each in there)
    incomplete = sum(not each.complete and each.light is not None for each in there)
    parts = [
        sum(each.complete for each in group) / len(group)
        for group in ([each for each in there if each.group == one] for one in {each.group for each in there})
    ]
    assert answer["completeness"] == {
        "complete": complete,
        "incomplete": incomplete,
        "nothing": len(there) - complete - incomplete,
        "all_there": sum(part == 1 for part in parts),
        "most": sum(0.75 <= part < 1 for part in parts),
        "half": sum(0.5 <= part < 0.75 for part in parts),
        "less": sum(part < 0.5 for part in parts),
    }


def check_cycle(cycle: Any, count: Count, round_id: UUID) -> None:
    rated = {each.student for each in count.pairs(round_id)}
    homes: dict[str, list[Any]] = defaultdict(list)
    for one in count.school.reported[round_id]:
        fits = count.query.get("year") in (None, str(one.year)) and count.query.get("level") in (None, one.level)
        if one.student in rated and fits:
            homes[one.home].append(one)
    large = {name: some for name, some in homes.items() if len(some) >= 5}
    if not large:
        assert cycle is None
        return

    def steps(some: list[Any]) -> dict[str, int]:
        return {"students": len(some)} | {
            name: sum(getattr(one, name) is not None for one in some) for name in ("shared", "planned", "talked")
        }

    assert cycle["total"] == steps([one for some in large.values() for one in some])
    assert {one["name"]: one["steps"] for one in cycle["homes"]} == {name: steps(some) for name, some in large.items()}
    for step, since, until in (("share", None, "shared"), ("plan", "shared", "planned"), ("talk", "planned", "talked")):
        waited = [
            [getattr(one, until) - (getattr(one, since) if since else 0) for one in some if getattr(one, until)]
            for some in large.values()
        ]
        hours = [each for some in waited if len(some) >= 5 for each in some]
        if not hours:
            assert cycle["waits"][step] is None
        else:
            assert cycle["waits"][step]["students"] == len(hours)
            assert abs(cycle["waits"][step]["days"] - median(hours) / 24) <= 0.25


@STEADY
@given(seed=st.integers(0, 2**32))
async def test_every_answer_is_what_counting_one_by_one_gives(
    rollback: None, http: httpx.AsyncClient, seed: int
) -> None:
    """Organiser and leader, both rounds, some filters of each kind and some of two kinds together."""
    dice = Random(seed)
    school = await random_school(http, dice)
    choices: dict[str, list[str | None]] = {
        "year": [None, "3", "4"],
        "level": [None, "havo", "vwo"],
        "subject": [None, *map(str, school.subjects.values())],
        "group": [None, *map(str, school.groups.values())],
    }
    queries = [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]
    alone = [query for query in queries if sum(value is not None for value in query.values()) <= 1]
    for who, students in ((school.world.organiser, None), (school.world.leader, school.scope)):
        for query in [*alone, *dice.sample(queries, min(8, len(queries)))]:
            for place, round_id in enumerate(school.rounds):
                answer = await figures(school.world, who, round=round_id, **query)
                assert answer.status_code == 200
                assert "canary" not in answer.text
                check(answer.json(), Count(school, students, query), round_id, school.rounds[:place])


# --- one thing at a time ----------------------------------------------------------------------------------------------


@pytest.fixture
async def world(rollback: None, http: httpx.AsyncClient) -> World:
    """Six students, all in Dutch and maths."""
    return await World.create(http, students=6)


async def test_a_small_group_is_in_no_sum_so_it_can_be_in_no_difference(world: World) -> None:
    few = await world.group("teaching", "v6.netl1", world.outsider, subject="netl", level="vwo", year=6)
    for number in range(4):
        await world.enrol(await world.person(f"Vera Vwo{number}", "student"), few, "student")
    round_id = await world.round("closed")
    for student in world.students:
        await world.feedback(round_id, student, world.dutch, "on_track")
    for row in await db.fetch("select person_id from enrolment where group_id = $1 and role = 'student'", few.id):
        await world.feedback(round_id, Person(row["person_id"], "", world.school_id), few, "warning")
    everything = (await figures(world, world.organiser, round=round_id)).json()
    dutch = (await figures(world, world.organiser, round=round_id, subject=world.dutch.subject_id)).json()
    small = (await figures(world, world.organiser, round=round_id, group=few.id)).json()

    six = {"excellent": 0, "on_track": 6, "attention": 0, "warning": 0}
    assert everything["lights"] == dutch["lights"] == six
    assert [one["name"] for one in everything["split"]["groups"]] == ["h3a.netl"]
    assert [one["name"] for one in everything["choices"]["groups"]] == ["h3a.netl", "h3a.wi"]
    assert everything["choices"]["levels"] == ["havo"]
    assert (everything["left_out"], dutch["left_out"], small["left_out"]) == (1, 1, 1)
    assert (small["lights"], small["completeness"]) == (None, None)


async def test_four_stoplights_of_six_students_are_too_few(world: World) -> None:
    round_id = await world.round("closed")
    for student in world.students[:4]:
        await world.feedback(round_id, student, world.dutch)
    for student in world.students[:5]:
        await world.feedback(round_id, student, world.maths)
    found = (await figures(world, world.organiser)).json()

    assert [one["name"] for one in found["split"]["subjects"]] == ["wi"]
    assert sum(found["lights"].values()) == 5
    assert found["completeness"]["complete"] == 9


async def test_while_a_round_is_open_only_progress_is_counted(world: World) -> None:
    round_id = await world.round()
    for student in world.students:
        await world.feedback(round_id, student, world.dutch, "warning", complete=False)
    found = (await figures(world, world.organiser, round=round_id)).json()

    assert (found["lights"], found["split"]["subjects"], found["cycle"]) == (None, [], None)
    assert (found["completeness"]["incomplete"], found["completeness"]["nothing"]) == (6, 6)


async def test_a_reopened_group_is_out_of_the_figures_until_it_is_closed_again(world: World) -> None:
    round_id = await world.round("open", only_groups=[world.dutch.id])
    for student in world.students:
        await world.feedback(round_id, student, world.dutch, "warning")
        await world.feedback(round_id, student, world.maths, "excellent")
    found = (await figures(world, world.organiser, round=round_id)).json()

    assert [one["name"] for one in found["split"]["subjects"]] == ["wi"]
    await world.set_round(round_id, "closed")
    found = (await figures(world, world.organiser, round=round_id)).json()
    assert [one["name"] for one in found["split"]["subjects"]] == ["netl", "wi"]


async def test_what_is_counted_along_follows_every_change(rollback: None, http: httpx.AsyncClient) -> None:
    world = await World.create(http, students=9)
    round_id = await world.round("closed")
    first, second, third, *rest = world.students
    for student in world.students:
        await world.feedback(round_id, student, world.dutch, "warning")

    async def lights() -> dict[str, int]:
        found: dict[str, int] = (await figures(world, world.organiser, group=world.dutch.id)).json()["lights"]
        return found

    async def change(student: Person, what: str) -> None:
        await db.execute(
            f"update feedback set {what} where round_id = $1 and student_id = $2 and group_id = $3",
            round_id, student.id, world.dutch.id,
        )  # fmt: skip

    await change(first, "stoplight = 'excellent'")
    await change(first, "stoplight = 'excellent', remark = 'canary'")
    await change(second, "stoplight = 'no_picture'")
    await change(third, "stoplight = null")
    assert await lights() == {"excellent": 1, "on_track": 0, "attention": 0, "warning": len(rest)}

    await change(second, "stoplight = 'attention'")
    await change(third, "stoplight = 'on_track'")
    assert await lights() == {"excellent": 1, "on_track": 1, "attention": 1, "warning": len(rest)}

    await db.execute("select set_config('app.erasing', 'on', true)")
    for what in (
        "feedback_history where feedback_id in (select id from feedback where student_id = $1)",
        "feedback where student_id = $1",
    ):
        await db.execute(f"delete from {what}", first.id)
    assert await lights() == {"excellent": 0, "on_track": 1, "attention": 1, "warning": len(rest)}


async def test_a_round_without_sharing_has_no_cycle(world: World) -> None:
    round_id = await world.round("closed", sharing=False)

    assert (await figures(world, world.organiser, round=round_id)).json()["cycle"] is None


async def test_a_recalled_report_is_not_shared(world: World) -> None:
    round_id = await world.round("closed")
    for number, student in enumerate(world.students):
        await db.execute(
            """insert into report_share (school_id, round_id, student_id, number, content, guardians, shared_by, recalled_at)
               values ($1, $2, $3, 1, '{}', false, $4, case when $5 then now() end)""",
            world.school_id, round_id, student.id, world.mentor.id, number == 0,
        )  # fmt: skip
    found = (await figures(world, world.organiser)).json()["cycle"]

    assert found["total"] == {"students": 6, "shared": 5, "planned": 0, "talked": 0}
    assert found["homes"] == [{"name": "h3a", "steps": found["total"]}]


async def test_a_student_who_moved_counts_where_the_round_found_them(world: World) -> None:
    round_id = await world.round("closed")
    elsewhere = await world.group("home", "h3b", world.outsider)
    for student in world.students:
        await world.leave(student, world.home, day=None)
        await world.enrol(student, elsewhere, "student")
    await db.execute(
        "update round set closed_at = now() - interval '3 days' where school_id = $1 and id = $2",
        world.school_id,
        round_id,
    )
    await db.execute(
        "update enrolment set begins_on = current_date where school_id = $1 and group_id = $2 and role = 'student'",
        world.school_id,
        elsewhere.id,
    )
    found = (await figures(world, world.organiser)).json()["cycle"]

    assert [one["name"] for one in found["homes"]] == ["h3a"]


async def test_a_leader_has_the_figures_of_the_own_scope(world: World) -> None:
    for number in range(5):
        await world.enrol(await world.person(f"Hugo Havo{number}", "student"), world.dutch, "student")
    round_id = await world.round("closed")
    for row in await db.fetch(
        "select student_id from expected_pair where round_id = $1 and group_id = $2", round_id, world.dutch.id
    ):
        await world.feedback(round_id, Person(row["student_id"], "", world.school_id), world.dutch, "attention")
    scope = (await figures(world, world.leader)).json()
    school = (await figures(world, world.organiser)).json()

    assert (scope["whole_school"], scope["lights"]["attention"]) == (False, 6)
    assert (school["whole_school"], school["lights"]["attention"]) == (True, 11)
    await world.role(world.leader, "organiser")
    assert (await figures(world, world.leader)).json()["lights"] == school["lights"]


async def test_for_others_there_are_no_figures(world: World) -> None:
    await world.round("closed")
    away = await world.person("Lars Leeg", "teacher", "leader")  # leads nobody

    for person in (world.mentor, world.dutch.teacher, world.admin, world.students[0], world.guardian, away):
        assert (await figures(world, person)).status_code == 404
    nobody = await (await world.as_(None)).get("/api/v1/figures")
    assert nobody.status_code == 401


async def test_drafts_and_rounds_of_others_do_not_exist(world: World, http: httpx.AsyncClient) -> None:
    draft = await world.round("draft")
    closed = await world.round("closed")
    other = await World.create(http, students=6)
    theirs = await other.round("closed")
    await world.speak()
    missing = await figures(world, world.organiser, round=uuid4())

    assert missing.status_code == 404
    for round_id in (draft, theirs):
        answer = await figures(world, world.organiser, round=round_id)
        assert (answer.status_code, answer.json()) == (404, missing.json())
    found = (await figures(world, world.organiser)).json()
    assert [one["id"] for one in found["rounds"]] == [str(closed)]


async def test_before_the_first_round_there_is_nothing(world: World) -> None:
    found = (await figures(world, world.organiser)).json()

    assert (found["round"], found["rounds"], found["lights"], found["earlier"]) == (None, [], None, [])


async def test_filters_that_nothing_has_find_nothing(world: World) -> None:
    round_id = await world.round("closed")
    for student in world.students:
        await world.feedback(round_id, student, world.dutch)
    for query in ({"year": 2**70}, {"level": "\x00"}, {"subject": uuid4()}, {"group": uuid4()}):
        answer = await figures(world, world.organiser, **query)
        assert (answer.status_code, answer.json()["lights"]) == (200, None)
    for query in ({"year": "drie"}, {"subject": "x"}):
        answer = await figures(world, world.organiser, **query)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_too_many_groups_are_no_picture(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.figures.service.MOST_GROUPS", 1)
    round_id = await world.round("closed")
    for student in world.students:
        await world.feedback(round_id, student, world.dutch)
        await world.feedback(round_id, student, world.maths)

    assert (await figures(world, world.organiser)).json()["split"]["groups"] is None
    some = (await figures(world, world.organiser, subject=world.maths.subject_id)).json()["split"]["groups"]
    assert [one["name"] for one in some] == ["h3a.wi"]
