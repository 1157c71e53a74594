"""What goes by itself: people at the exact day, school years when they are over; and the list that says so beforehand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from server.platform import clock, db
from server.retention import ledger, service
from server.rounds.archiving import archive_past_years
from server.settings import Settings
from tests.factories import Person, World

LIST = "/api/v1/admin/retention"


def noon(day: date) -> Any:
    """The clock stands still at noon of this day."""
    return clock.at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC))


async def gone(world: World, *people: Person) -> list[bool]:
    await world.speak()
    return [await db.fetchval("select erased_at is not null from person where id = $1", one.id) for one in people]


async def retire(world: World) -> int:
    count = await service.retire(world.school_id)
    await world.speak()
    return count


async def test_who_left_goes_two_years_later_on_that_day_and_not_before(world: World) -> None:
    first, second, third = world.students
    await world.set(first, left_on=date(2024, 8, 1))
    await world.set(second, left_on=date(2024, 8, 2))
    with noon(date(2026, 7, 31)):
        assert await retire(world) == 0
    with noon(date(2026, 8, 1)):
        assert await retire(world) == 1
        assert await gone(world, first, second, third) == [True, False, False]
        # A second time, and another worker, find nothing.
        assert await retire(world) == 0
    with noon(date(2026, 8, 2)):
        assert await retire(world) == 1
    assert await gone(world, first, second, third) == [True, True, False]


async def test_the_day_is_the_schools_day_and_not_that_of_greenwich(world: World) -> None:
    await world.set(world.students[0], left_on=date(2024, 8, 1))
    with clock.at(datetime(2026, 7, 31, 21, 59, tzinfo=UTC)):
        assert await retire(world) == 0
    with clock.at(datetime(2026, 7, 31, 22, 0, tzinfo=UTC)):
        assert await retire(world) == 1


async def test_the_school_says_how_long(world: World) -> None:
    await world.set(world.students[0], left_on=date(2024, 8, 1))
    await db.execute("update school_settings set retention_years = 5 where school_id = $1", world.school_id)
    with noon(date(2029, 7, 31)):
        assert await retire(world) == 0
    with noon(date(2029, 8, 1)):
        assert await retire(world) == 1


async def test_more_than_one_handful_goes_in_one_night(world: World) -> None:
    for number in range(service.AT_ONCE + 3):
        await world.set(await world.person(f"Oud{number} Leerling", "student"), left_on=date(2020, 1, 1))
    assert await retire(world) == service.AT_ONCE + 3


async def test_staff_goes_too_and_what_they_wrote_stays(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "warning", "Dit staat er nog")
    await world.set(world.dutch.teacher, left_on=date(2020, 1, 1))
    assert await retire(world) == 1
    assert await db.fetchval("select remark from feedback where school_id = $1", world.school_id) == "Dit staat er nog"


async def test_a_record_that_became_part_of_another_one_stays_with_it(world: World) -> None:
    await world.set(world.outsider, merged_into=world.mentor.id, left_on=date(2020, 1, 1))
    assert await retire(world) == 0


async def test_another_school_keeps_its_own(world: World, other_school: World) -> None:
    await other_school.set(other_school.students[0], left_on=date(2020, 1, 1))
    assert await retire(world) == 0
    assert await gone(other_school, other_school.students[0]) == [False]


async def test_the_list_says_who_goes_when_and_changes_nothing(world: World) -> None:
    first, second, third = world.students
    await world.set(first, left_on=date(2024, 8, 1))
    await world.set(second, left_on=date(2024, 8, 20))
    await world.set(third, left_on=date(2026, 6, 30))
    client = await world.as_(world.admin)
    with noon(date(2026, 7, 31)):
        found = (await client.get(LIST)).json()
    assert (found["years"], found["tonight"], found["soon"], found["total"]) == (2, 1, 2, 3)
    assert [(one["id"], one["goes_on"]) for one in found["people"]] == [
        (str(first.id), "2026-08-01"),
        (str(second.id), "2026-08-20"),
        (str(third.id), "2028-06-30"),
    ]
    assert found["people"][0]["list_name"] == "Les0, Student0 van der"
    assert found["people"][0]["roles"] == ["student"]
    assert found["last"] is None
    assert await gone(world, first, second) == [False, False]
    # What the list says of tonight is what the night does.
    with noon(date(2026, 8, 1)):
        assert await retire(world) == found["tonight"]
        after = (await client.get(LIST)).json()
    assert (after["total"], after["last"]["people"]) == (2, 1)


async def test_the_log_tells_that_it_went_by_itself(world: World) -> None:
    await world.set(world.students[0], left_on=date(2020, 1, 1))
    await retire(world)
    client = await world.as_(world.admin)
    [entry] = (await client.get("/api/v1/admin/audit")).json()["entries"]
    assert (entry["act"], entry["who"], [one["name"] for one in entry["about"]]) == ("person.retired", None, ["N.N."])


# --- the ledger -------------------------------------------------------------------------------------------------------


async def test_a_backup_that_is_put_back_brings_nobody_back(world: World, tmp_path: Path) -> None:
    student = world.students[0]
    file = tmp_path / "beside" / "erasures.jsonl"
    await world.set(student, left_on=date(2020, 1, 1))
    backup = await db.fetchrow("select * from person where id = $1", student.id)
    round_id = await world.round("closed")
    await retire(world)
    assert await ledger.keep(file) == 1
    assert await ledger.keep(file) == 0
    assert student.name not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    # The backup of the day before.
    await world.speak()
    await db.execute(
        "update person set given_name = $2, family_name = $3, sourced_id = $4, erased_at = null where id = $1",
        student.id, backup["given_name"], backup["family_name"], backup["sourced_id"],
    )  # fmt: skip
    await db.execute(
        "insert into mentor_message (school_id, round_id, student_id, text, author_id) values ($1, $2, $3, 'Terug', $4)",
        world.school_id, round_id, student.id, world.mentor.id,
    )  # fmt: skip

    assert await ledger.apply(file) == 1

    assert await gone(world, student) == [True]
    assert await db.fetchval("select count(*) from mentor_message where school_id = $1", world.school_id) == 0
    assert await ledger.apply(file) == 0


def test_a_line_that_was_cut_off_is_left_out_and_hinders_no_other(tmp_path: Path) -> None:
    file = tmp_path / "erasures.jsonl"
    assert ledger.read(file) == []
    line = ledger.Line(UUID(int=1), UUID(int=2), datetime(2026, 8, 1, tzinfo=UTC))
    ledger.add(file, [line])
    with file.open("ab") as out:
        out.write(b'{"school": "0000')
    ledger.add(file, [ledger.Line(UUID(int=1), UUID(int=3), line.at)])
    assert [one.person for one in ledger.read(file)] == [UUID(int=2), UUID(int=3)]


# --- the school year --------------------------------------------------------------------------------------------------


async def year(world: World, first: date, last: date) -> None:
    await world.speak()
    await db.execute(
        "insert into academic_year (school_id, sourced_id, title, starts_on, ends_on) values ($1, $2, $2, $3, $4)",
        world.school_id, f"{first.year}", first, last,
    )  # fmt: skip


async def state(world: World, round_id: UUID) -> str:
    await world.speak()
    found: str = await db.fetchval("select state from round where id = $1", round_id)
    return found


async def round_of(world: World, deadline: datetime, closed_at: datetime | None, round_state: str = "closed") -> UUID:
    round_id = await world.round(round_state, deadline=deadline)
    await db.execute("update round set closed_at = $2 where id = $1", round_id, closed_at)
    return round_id


SPRING = datetime(2026, 3, 20, 15, tzinfo=UTC)


async def test_a_closed_round_is_archived_on_the_day_after_its_school_year(world: World) -> None:
    await year(world, date(2025, 8, 1), date(2026, 7, 17))
    round_id = await round_of(world, SPRING, SPRING + timedelta(hours=2))
    with noon(date(2026, 7, 17)):
        assert await archive_past_years(world.school_id) == 0
    with noon(date(2026, 7, 18)):
        assert await archive_past_years(world.school_id) == 1
        assert await archive_past_years(world.school_id) == 0
    assert await state(world, round_id) == "archived"
    acts = await db.fetch("select act, person_id from audit_log where school_id = $1", world.school_id)
    assert [tuple(row) for row in acts] == [("round.archived", None)]


@pytest.mark.parametrize("round_state", ["draft", "open"])
async def test_what_is_not_closed_is_the_organisers_to_settle(world: World, round_state: str) -> None:
    round_id = await round_of(world, SPRING, None, round_state)
    with noon(date(2027, 1, 1)):
        assert await archive_past_years(world.school_id) == 0
    assert await state(world, round_id) == round_state


async def test_what_was_closed_after_the_summer_is_of_the_new_year(world: World) -> None:
    round_id = await round_of(world, SPRING, datetime(2026, 9, 1, 15, tzinfo=UTC))
    with noon(date(2026, 9, 2)):
        assert await archive_past_years(world.school_id) == 0
    with noon(date(2027, 8, 1)):
        assert await archive_past_years(world.school_id) == 1
    assert await state(world, round_id) == "archived"


async def test_an_archived_round_is_read_only_except_for_ticking_off(world: World) -> None:
    student, mentor, teacher = world.students[0], world.mentor, world.dutch.teacher
    round_id = await world.round("closed")
    feedback_id = await world.feedback(round_id, student, world.dutch, "attention", "Oefen", "Elke dag")
    report = f"/api/v1/rounds/{round_id}/students/{student.id}"
    as_mentor, as_student = await world.as_(mentor), await world.as_(student)
    as_teacher, as_organiser = await world.as_(teacher), await world.as_(world.organiser)
    assert (await as_mentor.post(f"{report}/share", json={"guardians": True})).status_code in (200, 201)
    made = await as_mentor.post(f"{report}/agreements", json={"what": "Woorden leren", "party": "student"})
    agreement = f"/api/v1/agreements/{made.json()['id']}"
    await world.set_round(round_id, "archived")

    plan = {"proud": "x", "improve": "", "how": "", "help": "", "when": "", "answers": {}}
    sheet = f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}"
    item = {"student": str(student.id), "key": str(UUID(int=7)), "version": 1, "stoplight": "on_track"}
    refused = [
        await as_teacher.put(f"{sheet}/students/{student.id}/feedback", json={"stoplight": "on_track"}, if_match=1),
        await as_mentor.put(f"{report}/message", json={"text": "Nog iets"}, if_match=0),
        await as_mentor.post(f"{report}/share", json={"guardians": True}),
        await as_mentor.post(f"{report}/recall"),
        await as_mentor.post(f"/api/v1/rounds/{round_id}/home-groups/{world.home.id}/share", json={"guardians": True}),
        await as_student.put(f"{report}/feedback/{feedback_id}/question", json={"on": True}),
        await as_student.put(f"{report}/plan", json=plan, if_match=0),
        await as_student.post(f"{report}/plan/hand-in", if_match=1),
        await as_mentor.post(f"{report}/plan/conclude"),
        await as_mentor.post(f"{report}/agreements", json={"what": "Nog een", "party": "student"}),
        await as_mentor.patch(agreement, json={"what": "Anders"}, if_match=1),
        await as_mentor.delete(agreement, if_match=1),
        await as_student.post(f"{agreement}/confirm"),
        await as_organiser.patch(f"/api/v1/rounds/{round_id}", json={"name": "Anders"}, if_match=1),
    ]
    assert [(one.status_code, one.json()["type"]) for one in refused] == [(409, "/problems/round-archived")] * len(
        refused
    )
    for act, body in (("open", None), ("close", None), ("reopen", {"reason": "x"}), ("archive", None)):
        answer = await as_organiser.post(f"/api/v1/rounds/{round_id}/{act}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-transition"), act
    batch = await as_teacher.put(f"{sheet}/feedback", json={"items": [item]})
    assert "round-archived" in batch.text
    # Reading goes on, and so does ticking off.
    assert "Oefen" in (await as_student.get(f"{report}/report")).text
    assert "Oefen" in (await as_mentor.get(f"{report}/report")).text
    assert (await as_student.post(f"{agreement}/tick", json={"done": True})).json()["done"] is True
    assert (await as_mentor.post(f"{agreement}/tick", json={"done": False})).json()["done"] is False


async def test_the_ledger_lies_beside_the_database(settings: Settings) -> None:
    assert settings.ledger_file == settings.data / "erasures.jsonl"
