"""The organiser makes a round in a minute, and hears at the field what is wrong with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from server.notices.timing import SchoolCalendar
from server.platform import db
from server.rounds.planning import next_but_one_friday, usual_deadline
from tests.factories import World
from tests.server.rounds.planning import ROUNDS, acts, at, create, form, read


async def test_a_round_is_made_as_a_draft_and_written_down(world: World) -> None:
    client = await world.as_(world.organiser)
    answer = await client.post(ROUNDS, json=form(explanation="Schrijf **aan** de leerling."))

    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["version"]) == ("draft", 1)
    found = await read(world, answer.json()["id"])
    assert found["explanation_html"] == "<p>Schrijf <strong>aan</strong> de leerling.</p>"
    assert found["audience"] == {"levels": [], "years": [], "home_group_ids": [], "left_out_subject_ids": []}
    assert await acts(world) == ["round.created"]
    assert await db.fetchval("select count(*) from expected_pair where school_id = $1", world.school_id) == 0


async def test_making_a_round_twice_with_one_key_makes_one(world: World) -> None:
    client, key, what = await world.as_(world.organiser), uuid4(), form()
    first = await client.post(ROUNDS, json=what, key=key)
    again = await client.post(ROUNDS, json=what, key=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await client.get(ROUNDS)).json()) == 1
    assert (await client.post(ROUNDS, json=form(name="Anders"), key=key)).status_code == 422


async def test_the_form_from_nothing_has_the_schools_rules_and_a_deadline_on_friday_afternoon(world: World) -> None:
    answer = await (await world.as_(world.organiser)).get(f"{ROUNDS}/defaults")

    assert answer.status_code == 200
    found = answer.json()
    assert found["required"]["warning"] == {"remark": True, "action": True}
    assert found["required"]["on_track"] == {"remark": False, "action": False}
    deadline = datetime.fromisoformat(found["deadline"])
    assert (deadline.weekday(), deadline.hour) == (4, 16)


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        ("2026-11-23T09:00+01:00", "2026-12-04T16:00+01:00"),
        ("2026-11-27T09:00+01:00", "2026-12-11T16:00+01:00"),
        ("2026-10-15T09:00+02:00", "2026-10-23T16:00+02:00"),
        ("2026-10-19T09:00+02:00", "2026-10-30T16:00+01:00"),
    ],
    ids=["Monday", "Friday itself", "Thursday", "across the end of summer time"],
)
def test_the_next_but_one_friday(now: str, deadline: str) -> None:
    assert next_but_one_friday(datetime.fromisoformat(now), "Europe/Amsterdam") == datetime.fromisoformat(deadline)


@pytest.mark.parametrize(
    ("closed", "deadline"),
    [
        ((), "2026-12-18T16:00+01:00"),
        (((date(2026, 12, 18), date(2026, 12, 18)),), "2026-12-25T16:00+01:00"),
        (((date(2026, 12, 17), date(2027, 1, 3)),), "2027-01-08T16:00+01:00"),
        (((date(2026, 12, 17), date(2028, 1, 3)),), "2026-12-18T16:00+01:00"),
    ],
    ids=["no holidays", "a day off", "the Christmas holidays", "a school that never opens again"],
)
def test_the_usual_deadline_is_no_holiday(closed: Any, deadline: str) -> None:
    now = datetime.fromisoformat("2026-12-08T09:00+01:00")
    assert usual_deadline(now, SchoolCalendar("Europe/Amsterdam", closed)) == datetime.fromisoformat(deadline)


async def test_the_next_round_has_the_next_number(world: World) -> None:
    last = await create(world, name="Ronde 1")
    found = (await (await world.as_(world.organiser)).get(f"{ROUNDS}/defaults", params={"based_on": last})).json()
    assert found["name"] == "Ronde 2"


async def test_the_form_from_the_last_round_is_filled_with_it(world: World) -> None:
    last = await create(
        world,
        explanation="Zoals altijd.",
        mentors_watch=True,
        sharing=False,
        required={"on_track": {"remark": True}},
        required_by_year=[{"year": 3, "required": {"warning": {"action": True}}}],
        words={"opened": "Fijn dat je meedoet."},
    )
    client = await world.as_(world.organiser)
    found = (await client.get(f"{ROUNDS}/defaults", params={"based_on": last})).json()

    assert (found["explanation"], found["mentors_watch"], found["sharing"]) == ("Zoals altijd.", True, False)
    assert found["required"]["on_track"] == {"remark": True, "action": False}
    assert [(each["year"], each["required"]["warning"]["action"]) for each in found["required_by_year"]] == [(3, True)]
    assert found["words"] == {"opened": "Fijn dat je meedoet.", "reminder": "", "closed": ""}
    assert found["based_on"] == last
    assert (await client.post(ROUNDS, json={**found, "name": "Volgende"})).status_code == 201


async def test_home_groups_of_last_year_become_their_levels_and_years(world: World) -> None:
    last = await create(world, audience={"home_group_ids": [str(world.home.id)]})
    await world.speak()
    await db.execute(
        "update class_group set ended_on = '2026-07-31' where school_id = $1 and id = $2",
        world.school_id,
        world.home.id,
    )

    found = (await (await world.as_(world.organiser)).get(f"{ROUNDS}/defaults", params={"based_on": last})).json()

    assert found["audience"] == {"levels": ["havo"], "years": [3], "home_group_ids": [], "left_out_subject_ids": []}


async def test_what_an_audience_can_be_made_of(world: World) -> None:
    found = (await (await world.as_(world.organiser)).get(f"{ROUNDS}/audience")).json()

    assert (found["levels"], found["years"]) == (["havo"], [3])
    assert found["home_groups"] == [
        {"id": str(world.home.id), "title": "h3a", "level": "havo", "year": 3, "students": 3}
    ]
    assert [subject["code"] for subject in found["subjects"]] == ["netl", "wi"]


async def test_the_preview_counts_and_names_groups_without_a_teacher(world: World) -> None:
    await world.leave(world.maths.teacher, world.maths)
    client = await world.as_(world.organiser)
    whole = await client.post(f"{ROUNDS}/preview", json={"audience": {}})
    without_maths = await client.post(
        f"{ROUNDS}/preview", json={"audience": {"left_out_subject_ids": [str(world.maths.subject_id)]}}
    )

    assert whole.status_code == 200
    assert whole.json() == {
        "students": 3,
        "groups": 2,
        "teachers": 1,
        "pairs": 6,
        "groups_without_teacher": ["h3a.wi"],
        "workload": [
            {"id": str(world.dutch.teacher.id), "name": "Dirk de Dutch", "students": 3, "groups": 1, "heavy": False}
        ],
    }
    assert without_maths.json()["pairs"] == 3


async def test_what_each_teacher_will_have_to_do_by_family_name(world: World) -> None:
    other = await world.group("teaching", "h3b.wi", world.maths.teacher, subject="wi")
    pupil = await world.person("Vera Vwo", "student")
    await world.enrol(pupil, other, "student")
    await world.enrol(world.outsider, world.dutch, "teacher")
    client = await world.as_(world.organiser)

    async def workload() -> list[tuple[str, int, int]]:
        found = (await client.post(f"{ROUNDS}/preview", json={"audience": {}})).json()["workload"]
        return [(each["name"], each["students"], each["groups"]) for each in found]

    assert await workload() == [("Dirk de Dutch", 3, 1), ("Mia Maths", 4, 2), ("Otto Outsider", 3, 1)]
    await world.set(world.maths.teacher, enabled=False)
    found = (await client.post(f"{ROUNDS}/preview", json={"audience": {}})).json()
    assert [each["name"] for each in found["workload"]] == ["Dirk de Dutch", "Otto Outsider"]
    assert found["groups_without_teacher"] == ["h3a.wi", "h3b.wi"]


async def test_more_than_250_students_is_a_warning(world: World) -> None:
    await world.speak()
    await db.execute(
        """with made as (
             insert into person (school_id, sourced_id, given_name, particle, family_name, sort_key, username, email)
             select $1, 'many' || n, 'Veel', '', 'Leerlingen' || n, 'x', 'many' || n, '' from generate_series(1, 248) n
             returning id)
           insert into enrolment (school_id, sourced_id, group_id, person_id, role)
           select $1, 'many' || id, $2, id, 'student' from made""",
        world.school_id,
        world.dutch.id,
    )
    found = (await (await world.as_(world.organiser)).post(f"{ROUNDS}/preview", json={"audience": {}})).json()
    assert [(each["students"], each["heavy"]) for each in found["workload"]] == [(251, True), (3, False)]


async def test_only_the_named_home_groups_levels_and_years_are_in_the_audience(world: World) -> None:
    other = await world.group("home", "v4a", world.mentor, level="vwo", year=4)
    pupil = await world.person("Vera Vwo", "student")
    await world.enrol(pupil, other, "student")
    await world.enrol(pupil, world.dutch, "student")
    client = await world.as_(world.organiser)

    async def pairs(**audience: Any) -> int:
        found: int = (await client.post(f"{ROUNDS}/preview", json={"audience": audience})).json()["pairs"]
        return found

    assert await pairs() == 7
    assert await pairs(levels=["vwo"]) == 1
    assert await pairs(years=[3]) == 6
    assert await pairs(home_group_ids=[str(other.id)]) == 1
    assert await pairs(levels=["vwo"], years=[3]) == 0


async def test_hours_without_a_subject_ask_nobody(world: World) -> None:
    hour = await world.group("teaching", "h3a.mentoruur", world.mentor)
    await world.enrol(world.students[0], hour, "student")

    answer = await (await world.as_(world.organiser)).post(f"{ROUNDS}/preview", json={"audience": {}})

    assert answer.json()["pairs"] == 6


MISSING = str(uuid4())


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"name": ""}, "/name", "required"),
        ({"name": " \t "}, "/name", "required"),
        ({"name": "x" * 121}, "/name", "too_long"),
        ({"name": "nul\x00"}, "/name", "bad_character"),
        ({"explanation": "x" * 4001}, "/explanation", "too_long"),
        ({"deadline": at(-1)}, "/deadline", "in_past"),
        ({"deadline": "2099-01-01T16:00:00"}, "/deadline", "wrong_type"),
        ({"deadline": "morgen"}, "/deadline", "wrong_type"),
        ({"opens_at": at(-1)}, "/opens_at", "in_past"),
        ({"opens_at": at(10)}, "/opens_at", "after_deadline"),
        ({"closes_at": at(1)}, "/closes_at", "before_deadline"),
        ({"closes_at": at(-1)}, "/closes_at", "in_past"),
        ({"opens_at": at(3), "closes_at": at(2)}, "/closes_at", "closes_before_opens"),
        ({"audience": {"levels": ["vmbo-x"]}}, "/audience/levels/0", "unknown_value"),
        ({"audience": {"years": [6]}}, "/audience/years/0", "unknown_value"),
        ({"audience": {"home_group_ids": [MISSING]}}, "/audience/home_group_ids/0", "unknown_group"),
        ({"audience": {"left_out_subject_ids": [MISSING]}}, "/audience/left_out_subject_ids/0", "unknown_subject"),
        ({"audience": {"grades": [3]}}, "/audience/grades", "unknown_field"),
        ({"required": {"purple": {"remark": True}}}, "/required/purple", "unknown_field"),
        ({"based_on": MISSING}, "/based_on", "unknown_round"),
        ({"required_by_year": [{"year": 9, "required": {}}]}, "/required_by_year/0/year", "wrong_type"),
        ({"required_by_year": [{"year": 3}]}, "/required_by_year/0/required", "required"),
        ({"required_by_year": [{"year": 3, "required": {}}] * 2}, "/required_by_year/1/year", "twice"),
        ({"words": {"opened": "x" * 601}}, "/words/opened", "too_long"),
        ({"words": {"reminder": "\x00"}}, "/words/reminder", "bad_character"),
        ({"words": {"closed": "Let op STUDENT0\nvan der  les0!"}}, "/words/closed", "names_student"),
        ({"words": {"shared": "x"}}, "/words/shared", "unknown_field"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("/") else "",
)
async def test_bad_input_gets_a_message_at_the_field(world: World, changes: Any, pointer: str, code: str) -> None:
    for language in ("nl", "en"):
        answer = await (await world.as_(world.organiser, language=language)).post(ROUNDS, json=form(**changes))

        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, code)
        assert error["detail"]
    assert await acts(world) == []


async def test_several_faults_are_told_at_once(world: World) -> None:
    answer = await (await world.as_(world.organiser)).post(ROUNDS, json=form(name=" ", deadline=at(-1)))

    assert {error["pointer"] for error in answer.json()["errors"]} == {"/name", "/deadline"}


async def test_an_empty_audience_is_refused(world: World) -> None:
    audience = {"left_out_subject_ids": [str(world.dutch.subject_id), str(world.maths.subject_id)]}
    answer = await (await world.as_(world.organiser)).post(ROUNDS, json=form(audience=audience))

    assert answer.status_code == 422
    assert answer.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/audience",
        "code": "audience_empty",
        "detail": "",
    }


async def test_a_foreign_schools_ids_are_like_missing_ones(world: World, other_school: World) -> None:
    theirs = await other_school.round("draft")
    client = await world.as_(world.organiser)

    by_group = await client.post(ROUNDS, json=form(audience={"home_group_ids": [str(other_school.home.id)]}))
    by_subject = await client.post(
        ROUNDS, json=form(audience={"left_out_subject_ids": [str(other_school.dutch.subject_id)]})
    )
    by_base = await client.post(ROUNDS, json=form(based_on=str(theirs)))
    assert [answer.json()["errors"][0]["code"] for answer in (by_group, by_subject, by_base)] == [
        "unknown_group",
        "unknown_subject",
        "unknown_round",
    ]
    missing = await client.get(f"{ROUNDS}/{uuid4()}")
    for method, path in (
        ("GET", f"{ROUNDS}/{theirs}"),
        ("PATCH", f"{ROUNDS}/{theirs}"),
        ("DELETE", f"{ROUNDS}/{theirs}"),
        ("POST", f"{ROUNDS}/{theirs}/open"),
        ("GET", f"{ROUNDS}/{theirs}/progress"),
        ("GET", f"{ROUNDS}/defaults?based_on={theirs}"),
        ("GET", f"{ROUNDS}/defaults?template={theirs}"),
    ):
        answer = await client.request(method, path, **({"json": {"name": "x"}} if method == "PATCH" else {}))
        assert (answer.status_code, answer.content) == (404, missing.content), path


async def test_nobody_but_the_organiser_plans(world: World) -> None:
    draft, key = await create(world), {"json": {}}
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", ROUNDS, {}),
        ("POST", ROUNDS, {"json": form()}),
        ("GET", f"{ROUNDS}/defaults", {}),
        ("GET", f"{ROUNDS}/audience", {}),
        ("POST", f"{ROUNDS}/preview", {"json": {"audience": {}}}),
        ("POST", f"{ROUNDS}/timing", {"json": {"deadline": at(3)}}),
        ("POST", f"{ROUNDS}/mails", {"json": {"words": {}}}),
        ("GET", "/api/v1/round-templates", {}),
        ("POST", "/api/v1/round-templates", {"json": {"name": "x", "round_id": draft}}),
        ("PATCH", f"/api/v1/round-templates/{MISSING}", {"json": {"name": "x"}}),
        ("DELETE", f"/api/v1/round-templates/{MISSING}", {}),
        ("GET", f"{ROUNDS}/{draft}", {}),
        ("PATCH", f"{ROUNDS}/{draft}", key),
        ("DELETE", f"{ROUNDS}/{draft}", {}),
        ("POST", f"{ROUNDS}/{draft}/open", {}),
        ("POST", f"{ROUNDS}/{draft}/close", key),
        ("POST", f"{ROUNDS}/{draft}/reopen", {"json": {"reason": "x"}}),
        ("POST", f"{ROUNDS}/{draft}/archive", {}),
        ("GET", f"{ROUNDS}/{draft}/progress", {}),
        ("POST", f"{ROUNDS}/{draft}/late-writes/accept", {"json": {"group_id": MISSING}}),
    ]
    for person in (world.mentor, world.leader, world.admin, world.students[0], world.guardian):
        for method, path, more in calls:
            answer = await (await world.as_(person)).request(method, path, **more)
            assert answer.status_code == 404, (person.name, method, path)
    assert (await read(world, draft))["state"] == "draft"


async def test_other_staff_see_an_opened_round_without_its_planning(world: World) -> None:
    answer = await (await world.as_(world.mentor)).get(f"{ROUNDS}/{await world.round()}")

    assert answer.status_code == 200
    assert answer.json()["required"]["warning"]["remark"] is True
    for name in ("audience", "explanation", "required_by_year", "words"):
        assert answer.json()[name] is None


async def test_a_round_reminds_by_the_usual_schedule_or_by_its_own(world: World) -> None:
    client = await world.as_(world.organiser)
    assert (await client.get(f"{ROUNDS}/defaults")).json()["reminders"] == [7, 2, 0]
    usual = await create(world)
    assert (await read(world, usual))["reminders"] == [7, 2, 0]
    own = await create(world, reminders=[0, 5, 5])
    assert (await read(world, own))["reminders"] == [5, 0]
    assert (await client.get(f"{ROUNDS}/defaults?based_on={own}")).json()["reminders"] == [5, 0]
    none = await create(world, reminders=[])
    assert (await read(world, none))["reminders"] == []


@pytest.mark.parametrize(
    ("reminders", "pointer"),
    [
        ([31], "/reminders/0"),
        ([-1], "/reminders/0"),
        ([1, 2, 3, 4, 5, 6], "/reminders"),
        (["x"], "/reminders/0"),
        (None, "/reminders"),
    ],
)
async def test_a_schedule_that_cannot_be_is_told_at_its_field(world: World, reminders: Any, pointer: str) -> None:
    answer = await (await world.as_(world.organiser)).post(ROUNDS, json=form(reminders=reminders))
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
