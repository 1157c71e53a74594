"""What a plan means: reminders in the school's calendar, and its mails with the organiser's own words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.platform import clock, db
from tests.factories import World
from tests.server.rounds.planning import ROUNDS, acts

MONDAY = datetime(2026, 12, 7, 8, tzinfo=UTC)


@pytest.fixture
async def christmas(world: World) -> World:
    """A school with two weeks off from 19 December on."""
    await world.speak()
    await db.execute(
        "insert into school_holiday (school_id, name, first_on, last_on) values ($1, 'Kerstvakantie', $2, $3)",
        world.school_id,
        date(2026, 12, 19),
        date(2027, 1, 3),
    )
    return world


async def timing(world: World, **body: Any) -> dict[str, Any]:
    with clock.at(MONDAY):
        answer = await (await world.as_(world.organiser)).post(f"{ROUNDS}/timing", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_reminders_skip_the_holidays(christmas: World) -> None:
    found = await timing(christmas, deadline="2027-01-05T16:00:00+01:00", reminders=[2, 0, 3])

    assert [(each["days"], each["at"], each["comes"]) for each in found["reminders"]] == [
        (3, "2026-12-17T14:30:00Z", True),
        (2, "2026-12-18T14:30:00Z", True),
        (0, "2027-01-05T14:30:00Z", True),
    ]
    assert found["school_days"] == 12
    assert found["holidays"] == [{"name": "Kerstvakantie", "first": "2026-12-19", "last": "2027-01-03"}]
    assert (found["deadline_free"], found["deadline_holiday"]) == (False, None)


@pytest.mark.parametrize(
    ("deadline", "holiday"),
    [("2026-12-24T16:00:00+01:00", "Kerstvakantie"), ("2026-12-12T16:00:00+01:00", None)],
    ids=["in the holidays", "on a Saturday"],
)
async def test_a_deadline_without_school_is_told(christmas: World, deadline: str, holiday: str | None) -> None:
    found = await timing(christmas, deadline=deadline)

    assert (found["deadline_free"], found["deadline_holiday"]) == (True, holiday)


async def test_a_reminder_before_opening_or_together_with_another_does_not_come(world: World) -> None:
    found = await timing(
        world, deadline="2026-12-14T09:00:00+01:00", opens_at="2026-12-10T08:00:00+01:00", reminders=[5, 1, 0]
    )

    # A deadline in the morning: on the day itself would be too late, so the school day before stands for both.
    assert [(each["days"], each["at"], each["comes"]) for each in found["reminders"]] == [
        (5, "2026-12-07T14:30:00Z", False),
        (1, "2026-12-11T14:30:00Z", True),
        (0, "2026-12-11T14:30:00Z", False),
    ]
    assert found["school_days"] == 3


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"deadline": "2026-12-07T08:59:00+01:00"}, "/deadline", "in_past"),
        ({"deadline": "9999-12-31T23:59:59-11:00"}, "/deadline", "too_far"),
        ({"deadline": "2026-12-14T09:00:00Z", "opens_at": "2026-12-14T10:00:00+01:00"}, "/opens_at", "after_deadline"),
        ({"deadline": "2026-12-14T09:00:00"}, "/deadline", "wrong_type"),
        ({"deadline": "2026-12-14T09:00:00Z", "reminders": [31]}, "/reminders/0", "wrong_type"),
    ],
)
async def test_moments_that_cannot_be_are_told_at_their_field(world: World, body: Any, pointer: str, code: str) -> None:
    with clock.at(MONDAY):
        answer = await (await world.as_(world.organiser)).post(f"{ROUNDS}/timing", json=body)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_an_opening_time_of_long_ago_is_now(world: World) -> None:
    body = {"deadline": "2026-12-08T16:00:00+01:00", "opens_at": "0001-01-01T00:00:00Z"}

    assert (await timing(world, **body))["school_days"] == 2


async def test_the_mails_are_shown_with_the_own_words_in_them_and_nothing_is_sent(world: World) -> None:
    words = {"opened": "Fijn dat je meedoet!\nVragen? Kom langs.", "closed": "<b>Dank</b>"}
    answer = await (await world.as_(world.organiser)).post(f"{ROUNDS}/mails", json={"words": words})

    assert answer.status_code == 200
    found = {each["mailing"]: each for each in answer.json()}
    assert {name: each["own"] for name, each in found.items()} == {**words, "reminder": ""}
    assert found["opened"]["subject"] == "Er is een bespreking open"
    assert "120 leerlingen" in found["opened"]["text"]
    assert found["reminder"]["button"] == "Ga verder"
    assert world.slug in found["closed"]["footer"]
    assert await acts(world) == []
    await world.speak()
    assert await db.fetchval("select count(*) from delivery where school_id = $1", world.school_id) == 0


@pytest.mark.parametrize(
    ("words", "pointer", "code"),
    [
        ({"opened": "Vraag Student0 van der Les0 ernaar."}, "/words/opened", "names_student"),
        ({"closed": "\x07"}, "/words/closed", "bad_character"),
    ],
)
async def test_what_a_mail_cannot_hold_is_told_before_it_is_saved(
    world: World, words: Any, pointer: str, code: str
) -> None:
    answer = await (await world.as_(world.organiser)).post(f"{ROUNDS}/mails", json={"words": words})

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_a_teachers_name_may_stand_in_a_mail(world: World) -> None:
    words = {"opened": f"Vragen? Vraag {world.mentor.name}."}
    answer = await (await world.as_(world.organiser)).post(f"{ROUNDS}/mails", json={"words": words})

    assert answer.status_code == 200
