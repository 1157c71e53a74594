"""The school's holidays: the admin's alone, told at the right field when they cannot be, and what all timing goes by."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from server.calendar import service
from server.platform import db
from tests.factories import World

CALENDAR = "/api/v1/school/calendar"
AUTUMN = {"name": "Herfstvakantie", "first": "2026-10-17", "last": "2026-10-25"}
CHRISTMAS = {"name": "Kerstvakantie", "first": "2026-12-19", "last": "2027-01-03"}


async def put(world: World, *holidays: Any, language: str = "nl") -> httpx.Response:
    client = await world.as_(world.admin, language=language)
    return await client.put(CALENDAR, json={"holidays": list(holidays)})


async def test_what_the_admin_writes_is_the_schools_calendar_by_date(world: World, other_school: World) -> None:
    answer = await put(world, CHRISTMAS, {**AUTUMN, "name": "  Herfst  vakantie "})
    assert answer.status_code == 200
    assert [each["name"] for each in answer.json()["holidays"]] == ["Herfst vakantie", "Kerstvakantie"]
    assert (await (await world.as_(world.admin)).get(CALENDAR)).json() == answer.json()
    assert (await (await other_school.as_(other_school.admin)).get(CALENDAR)).json() == {"holidays": []}
    await world.speak()
    calendar = await service.of_school(world.school_id)
    assert calendar.zone == "Europe/Amsterdam"
    assert not calendar.is_school_day(date(2026, 10, 19))
    assert calendar.is_school_day(date(2026, 10, 26))
    acts = await db.fetch("select act, ids from audit_log where school_id = $1", world.school_id)
    assert [(row["act"], row["ids"]) for row in acts] == [("school.calendar", "{}")]


async def test_exactly_what_is_sent_stands_afterwards(world: World) -> None:
    await put(world, AUTUMN, CHRISTMAS)
    one_day = {"name": "Studiedag", "first": "2026-11-10", "last": "2026-11-10"}
    assert (await put(world, one_day)).json() == {"holidays": [one_day]}
    assert (await put(world)).json() == {"holidays": []}


async def test_nobody_but_the_admin_knows_of_it(world: World) -> None:
    for person in (world.organiser, world.mentor, world.leader, world.students[0], world.guardian):
        client = await world.as_(person)
        assert (await client.get(CALENDAR)).status_code == 404
        assert (await client.put(CALENDAR, json={"holidays": []})).status_code == 404
    assert (await (await world.as_(None)).get(CALENDAR)).status_code == 401


@pytest.mark.parametrize(
    ("holiday", "pointer", "code"),
    [
        ({"name": " "}, "/holidays/1/name", "required"),
        ({"name": "a\x00b"}, "/holidays/1/name", "bad_character"),
        ({"name": "x" * 81}, "/holidays/1/name", "too_long"),
        ({"first": "0001-01-01"}, "/holidays/1/first", "calendar_no_such_year"),
        ({"last": "9999-12-31"}, "/holidays/1/last", "calendar_no_such_year"),
        ({"last": "2026-12-18"}, "/holidays/1/last", "calendar_ends_first"),
        ({"last": "2027-02-27"}, "/holidays/1/last", "calendar_too_long"),
        ({"first": "2026-10-25"}, "/holidays/1/last", "calendar_too_long"),
        ({"first": "2026-10-25", "last": "2026-10-26"}, "/holidays/1/first", "calendar_overlap"),
        ({"first": "2026-13-01"}, "/holidays/1/first", "wrong_type"),
        ({"colour": "red"}, "/holidays/1/colour", "unknown_field"),
    ],
)
async def test_what_cannot_be_is_told_at_its_field_and_changes_nothing(
    world: World, holiday: dict[str, Any], pointer: str, code: str
) -> None:
    await put(world, AUTUMN)
    answer = await put(world, AUTUMN, {**CHRISTMAS, **holiday})
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert (await (await world.as_(world.admin)).get(CALENDAR)).json() == {"holidays": [AUTUMN]}


async def test_too_many_are_refused_in_the_readers_language(world: World) -> None:
    many = [
        {
            "name": "Dag",
            "first": f"2026-{1 + n // 28:02}-{1 + n % 28:02}",
            "last": f"2026-{1 + n // 28:02}-{1 + n % 28:02}",
        }
        for n in range(61)
    ]
    assert (await put(world, *many[:60])).status_code == 200
    answer = await put(world, *many, language="en")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/holidays"]
    assert "60" in answer.text
