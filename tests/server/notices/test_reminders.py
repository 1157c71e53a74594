"""Time travel: what the clock of a school tells whom over a school year, each thing once and nobody who is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notices import reminders
from server.notices.timing import SchoolCalendar, reminder
from server.platform import clock, db
from tests.factories import Person, World
from workers.reminders import JOBS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ROUNDS = "/api/v1/rounds"
HOLIDAYS = [
    ("Herfstvakantie", "2026-10-17", "2026-10-25"),
    ("Kerstvakantie", "2026-12-19", "2027-01-03"),
    ("Voorjaarsvakantie", "2027-02-20", "2027-02-28"),
    ("Meivakantie", "2027-04-24", "2027-05-09"),
]
OURS = [
    "round.deadline_near",
    "round.deadline_passed",
    "round.complete",
    "plan.missing",
    "agreement.due",
]
LOOKS = (time(7, 30), time(15, 29), time(15, 30), time(15, 30), time(16, 1), time(21, 30))
"""When the worker looks on a day of the tests; it may look twice in a minute."""


def here(text: str) -> datetime:
    """A moment as the school's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@dataclass
class Journey:
    """A school and its clock. `told` is what was put into the outbox: when by the school's clock, what, and whom or about what."""

    world: World
    now: datetime
    names: dict[str, str]
    told: list[tuple[str, str, str]] = field(default_factory=list)

    async def look(self, at: str | datetime) -> list[tuple[str, str, str]]:
        """The worker looks at this moment; what it tells."""
        self.now = here(at) if isinstance(at, str) else at
        with clock.at(self.now.astimezone(UTC)):
            for job in JOBS:
                await job(self.world.school_id)
        await self.world.speak()
        rows = await db.fetch(
            "delete from outbox where school_id = $1 and kind = any($2::text[]) returning kind, ids",
            self.world.school_id,
            OURS,
        )
        found = []
        for row in rows:
            ids = msgspec.json.decode(row["ids"])
            whom = ids.get("person") or ids.get("agreement") or ids["round"]
            found.append((f"{self.now:%m-%d %H:%M}", row["kind"], self.names.get(whom, whom)))
        self.told += sorted(found)
        return sorted(found)

    async def until(self, day: str) -> None:
        """The worker looks several times a day, from tomorrow up to and with this day."""
        today, last = self.now.date() + timedelta(days=1), date.fromisoformat(day)
        while today <= last:
            for each in LOOKS:
                await self.look(datetime.combine(today, each, AMSTERDAM))
            today += timedelta(days=1)

    async def does(
        self, person: Person, method: str, path: str, body: Any = None, *, if_match: int | None = None
    ) -> Any:
        """Somebody does something at this moment."""
        with clock.at(self.now.astimezone(UTC)):
            client = await self.world.as_(person)
            more = {} if body is None else {"json": body}
            answer = await client.request(method, path, if_match=if_match, **more)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def round(self, name: str, deadline: str, **more: Any) -> UUID:
        """The organiser makes a round and opens it."""
        body = {"name": name, "deadline": here(deadline).isoformat(), **more}
        made = await self.does(self.world.organiser, "POST", ROUNDS, body)
        self.names[made["id"]] = name
        await self.does(self.world.organiser, "POST", f"{ROUNDS}/{made['id']}/open")
        return UUID(made["id"])

    async def act(self, round_id: UUID, what: str, body: Any = None) -> None:
        await self.does(self.world.organiser, "POST", f"{ROUNDS}/{round_id}/{what}", body)

    async def change(self, round_id: UUID, **changes: Any) -> None:
        """The organiser changes a round."""
        await self.world.speak()
        version = await db.fetchval(
            "select version from round where school_id = $1 and id = $2", self.world.school_id, round_id
        )
        await self.does(self.world.organiser, "PATCH", f"{ROUNDS}/{round_id}", changes, if_match=version)

    async def agree(self, round_id: UUID, student: Person, due_on: str | None, name: str, **more: Any) -> UUID:
        """The mentor writes an agreement down."""
        body = {"what": name, "party": "student", "due_on": due_on, **more}
        path = f"{ROUNDS}/{round_id}/students/{student.id}/agreements"
        made = await self.does(self.world.mentor, "POST", path, body)
        self.names[made["id"]] = name
        return UUID(made["id"])

    async def share(self, round_id: UUID, student: Person) -> None:
        path = f"{ROUNDS}/{round_id}/students/{student.id}/share"
        await self.does(self.world.mentor, "POST", path, {"guardians": True})

    async def plan(self, round_id: UUID, student: Person, state: str) -> None:
        await self.world.speak()
        await db.execute(
            "insert into plan (school_id, round_id, student_id, state) values ($1, $2, $3, $4)",
            self.world.school_id, round_id, student.id, state,
        )  # fmt: skip

    async def rate_all(self, round_id: UUID, group: Any, *, but: int = 0) -> None:
        """All feedback of a group, `but` for some students."""
        for student in self.world.students[but:]:
            await self.world.feedback(round_id, student, group)


@pytest.fixture
async def journey(world: World) -> Journey:
    for name, first, last in HOLIDAYS:
        await db.execute(
            "insert into school_holiday (school_id, name, first_on, last_on) values ($1, $2, $3, $4)",
            world.school_id, name, date.fromisoformat(first), date.fromisoformat(last),
        )  # fmt: skip
    people = {"dutch": world.dutch.teacher, "maths": world.maths.teacher, "mentor": world.mentor}
    return Journey(world, here("2026-09-01T09:00"), {str(person.id): name for name, person in people.items()})


# --- a whole school year ----------------------------------------------------------------------------------------------


async def test_a_school_year(journey: Journey) -> None:
    """Summer time, holidays, joined late, done meanwhile, round reopened."""
    world = journey.world
    one, two, three = world.students
    await journey.until("2026-10-04")
    assert journey.told == []

    # The first round ends just after the autumn holiday, in which summer time ends.
    journey.now = here("2026-10-05T09:00")
    autumn = await journey.round("autumn", "2026-10-28T16:00")
    await journey.until("2026-10-20")
    await journey.rate_all(autumn, world.dutch)
    await journey.rate_all(autumn, world.maths, but=1)
    await journey.until("2026-10-29")
    await world.feedback(autumn, one, world.maths)
    await journey.until("2026-11-01")
    assert journey.told == [
        ("10-12 15:30", "round.deadline_near", "dutch"),
        ("10-12 15:30", "round.deadline_near", "maths"),
        ("10-26 15:30", "round.deadline_near", "maths"),
        ("10-28 15:30", "round.deadline_near", "maths"),
        ("10-28 16:01", "round.deadline_passed", "maths"),
        ("10-30 07:30", "round.complete", "autumn"),
    ]

    # Closed and shared. One hands a plan in, one only begins, one had the report later.
    journey.told = []
    journey.now = here("2026-11-02T16:00")
    await journey.act(autumn, "close")
    await journey.share(autumn, one)
    await journey.share(autumn, two)
    await journey.plan(autumn, one, "handed_in")
    await journey.plan(autumn, two, "draft")
    await journey.until("2026-11-04")
    await journey.share(autumn, three)
    await journey.agree(autumn, one, "2026-11-30", "for a Monday")
    await journey.agree(autumn, one, "2026-12-24", "in the holiday")
    await journey.agree(autumn, one, None, "without a day")
    await journey.until("2027-01-10")
    assert journey.told == [
        ("11-10 15:30", "plan.missing", "mentor"),
        ("11-12 15:30", "plan.missing", "mentor"),
        ("11-27 15:30", "agreement.due", "for a Monday"),
        ("12-18 15:30", "agreement.due", "in the holiday"),
    ]

    # In the second round everybody is early. It is reopened for maths, where a student came in meanwhile.
    journey.told = []
    journey.now = here("2027-01-11T09:00")
    winter = await journey.round("winter", "2027-01-22T16:00")
    await journey.rate_all(winter, world.dutch)
    await journey.rate_all(winter, world.maths)
    await journey.until("2027-01-24")
    journey.now = here("2027-01-25T10:00")
    await journey.act(winter, "close")
    new = await world.person("Nina Nieuw", "student")
    for group in (world.dutch, world.maths):
        await world.enrol(new, group, "student", begins=date(2027, 1, 28))
    await journey.until("2027-01-31")
    journey.now = here("2027-02-01T10:00")
    await journey.act(winter, "reopen", {"group_ids": [str(world.maths.id)], "reason": "nieuwe leerling"})
    await journey.change(winter, deadline=here("2027-02-05T16:00").isoformat())
    await journey.until("2027-02-04")
    await world.feedback(winter, new, world.maths)
    await journey.until("2027-02-07")
    journey.now = here("2027-02-08T09:00")
    await journey.act(winter, "close")
    await journey.until("2027-03-14")
    assert journey.told == [
        ("01-12 07:30", "round.complete", "winter"),
        ("02-03 15:30", "round.deadline_near", "maths"),
        ("02-05 07:30", "round.complete", "winter"),
    ]

    # Around the third deadline the clock goes forward. Dutch is taken over by somebody else meanwhile.
    journey.told = []
    journey.now = here("2027-03-15T09:00")
    spring = await journey.round("spring", "2027-03-30T16:00")
    await journey.until("2027-03-21")
    journey.now = here("2027-03-22T08:00")
    await world.set(world.dutch.teacher, disabled_at=journey.now)
    substitute = await world.person("Sam Substitute", "teacher")
    journey.names[str(substitute.id)] = "substitute"
    await world.enrol(substitute, world.dutch, "teacher", begins=date(2027, 3, 23))
    await journey.until("2027-03-29")
    await journey.rate_all(spring, world.maths)
    await world.feedback(spring, new, world.maths)
    await journey.until("2027-03-31")
    journey.now = here("2027-04-01T09:00")
    await journey.act(spring, "close")
    await journey.until("2027-07-16")
    assert journey.told == [
        ("03-19 15:30", "round.deadline_near", "dutch"),
        ("03-19 15:30", "round.deadline_near", "maths"),
        ("03-26 15:30", "round.deadline_near", "maths"),
        ("03-26 15:30", "round.deadline_near", "substitute"),
        ("03-30 15:30", "round.deadline_near", "substitute"),
        ("03-30 16:01", "round.deadline_passed", "substitute"),
    ]


# --- rounds -----------------------------------------------------------------------------------------------------------


async def test_a_deadline_that_moves_brings_new_reminders_and_none_of_the_past_at_once(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    round_id = await journey.round("one", "2026-11-13T16:00")
    await journey.until("2026-11-12")
    assert [at for at, _, who in journey.told if who == "maths"] == ["11-04 15:30", "11-11 15:30"]
    journey.told = []
    # Seven school days before the new one is the day before yesterday.
    await journey.change(round_id, deadline=here("2026-11-19T16:00").isoformat())
    await journey.until("2026-11-20")
    assert [(at, kind) for at, kind, who in journey.told if who == "maths"] == [
        ("11-17 15:30", "round.deadline_near"),
        ("11-19 15:30", "round.deadline_near"),
        ("11-19 16:01", "round.deadline_passed"),
    ]


async def test_a_holiday_that_is_added_moves_the_reminder(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    await journey.round("one", "2026-11-13T16:00", reminders=[2])
    day_off = {"name": "Studiedag", "first": "2026-11-12", "last": "2026-11-12"}
    await journey.does(journey.world.admin, "PUT", "/api/v1/school/calendar", {"holidays": [day_off]})
    await journey.until("2026-11-12")
    assert {at for at, _, _ in journey.told} == {"11-10 15:30"}


async def test_the_schedule_is_the_rounds_own(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    await journey.round("often", "2026-11-06T16:00", reminders=[1, 3, 3])
    await journey.round("never", "2026-11-06T16:00", reminders=[])
    await journey.until("2026-11-05")
    assert [at for at, _, who in journey.told if who == "dutch"] == ["11-03 15:30", "11-05 15:30"]


async def test_of_several_reminders_that_a_worker_missed_only_the_last_is_told(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    round_id = await journey.round("one", "2026-11-13T16:00")
    found = await journey.look("2026-11-12T03:00")
    assert [kind for _, kind, _ in found] == ["round.deadline_near"] * 2
    assert await journey.look("2026-11-12T03:01") == []
    # And after the deadline no reminder at all.
    assert {kind for _, kind, _ in await journey.look("2026-11-16T09:00")} == {"round.deadline_passed"}
    assert await journey.look("2026-11-16T09:01") == []
    await journey.act(round_id, "close")
    assert await journey.look("2026-11-17T15:30") == []


async def test_a_round_that_opens_late_does_not_catch_up(journey: Journey) -> None:
    journey.now = here("2026-11-12T09:00")
    await journey.round("one", "2026-11-13T16:00")
    assert await journey.look("2026-11-12T09:01") == []
    assert len(await journey.look("2026-11-13T15:30")) == 2


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
async def test_only_open_rounds_remind(journey: Journey, state: str) -> None:
    await journey.world.round(state, deadline=here("2026-11-13T16:00"))
    await db.execute("update round set reminded_until = $1", here("2026-11-01T09:00"))
    journey.now = here("2026-11-01T09:00")
    await journey.until("2026-11-14")
    assert journey.told == []


async def test_a_round_that_closes_at_its_deadline_does_not_complain_first(journey: Journey) -> None:
    journey.now = here("2026-11-12T09:00")
    deadline = "2026-11-13T16:00"
    await journey.round("one", deadline, closes_at=here(deadline).isoformat(), reminders=[])
    assert await journey.look(deadline) == []


async def test_a_deadline_at_the_end_of_time_is_no_fault(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    await journey.round("one", "2026-11-13T16:00")
    await db.execute("update round set deadline = '9999-12-31T23:59:59Z'")
    assert await journey.look("2026-11-13T15:30") == []


async def test_a_round_that_is_reopened_complete_is_not_complete_once_more(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    world = journey.world
    round_id = await journey.round("one", "2026-11-13T16:00")
    for group in (world.dutch, world.maths):
        await journey.rate_all(round_id, group)
    assert await journey.look("2026-11-03T09:00") == [("11-03 09:00", "round.complete", "one")]
    await journey.act(round_id, "close")
    await journey.act(round_id, "reopen", {"group_ids": None, "reason": "iets vergeten"})
    assert await journey.look("2026-11-03T09:01") == []


async def test_a_round_with_nobody_in_it_is_not_complete(journey: Journey) -> None:
    journey.now = here("2026-11-02T09:00")
    round_id = await journey.round("one", "2026-11-13T16:00")
    await db.execute(
        "delete from expected_pair where school_id = $1 and round_id = $2", journey.world.school_id, round_id
    )
    assert await journey.look("2026-11-13T15:30") == []


moments = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones


@given(moments, st.lists(st.integers(0, 30), max_size=5), moments, st.lists(moments, max_size=20))
def test_whenever_a_worker_looks_each_reminder_is_told_at_most_once_and_before_the_deadline(
    deadline: datetime, schedule: list[int], opened: datetime, looks: list[datetime]
) -> None:
    calendar = SchoolCalendar("Europe/Amsterdam", ((date(2026, 10, 17), date(2026, 10, 25)),))
    since, told = opened, []
    for now in sorted(each for each in looks if each > opened):
        found = reminders.due(deadline, schedule, since, now, calendar)
        if found is not None:
            since = now
            told.append((*found, now))
    assert len({(kind, moment) for kind, moment, _ in told}) == len(told)
    planned = {reminder(deadline, days, calendar) for days in schedule}
    for kind, moment, now in told:
        assert opened < moment <= now
        assert (moment in planned and now < deadline) if kind == "round.deadline_near" else moment == deadline
    if looks and max(looks) >= deadline > opened:
        assert [kind for kind, _, _ in told].count("round.deadline_passed") == 1


# --- plans ------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def shared(journey: Journey) -> UUID:
    """A closed round of which nothing is shared yet."""
    round_id = await journey.world.round("closed")
    for group in (journey.world.dutch, journey.world.maths):
        await journey.rate_all(round_id, group)
    journey.names[str(round_id)] = "round"
    journey.now = here("2026-11-02T10:00")
    return round_id


async def test_one_question_for_all_students_to_each_of_their_mentors(journey: Journey, shared: UUID) -> None:
    world = journey.world
    second = await world.person("Tom Tweede", "teacher")
    journey.names[str(second.id)] = "second mentor"
    await world.enrol(second, world.home, "teacher")
    for student in world.students:
        await journey.share(shared, student)
    assert await journey.look("2026-11-09T15:29") == []
    assert await journey.look("2026-11-09T15:31") == [
        ("11-09 15:31", "plan.missing", "mentor"),
        ("11-09 15:31", "plan.missing", "second mentor"),
    ]
    assert await journey.look("2026-11-09T15:32") == []


async def test_what_was_shared_before_a_holiday_is_asked_after_it(journey: Journey, shared: UUID) -> None:
    journey.now = here("2026-12-14T10:00")
    await journey.share(shared, journey.world.students[0])
    await journey.until("2027-01-05")
    assert journey.told == [("01-04 15:30", "plan.missing", "mentor")]


async def test_a_new_version_starts_the_week_anew_and_a_recalled_one_asks_nothing(
    journey: Journey, shared: UUID
) -> None:
    world = journey.world
    one, two, _ = world.students
    await journey.share(shared, two)
    await journey.does(world.mentor, "POST", f"{ROUNDS}/{shared}/students/{two.id}/recall")
    await journey.share(shared, one)
    journey.now = here("2026-11-05T10:00")
    await journey.does(world.mentor, "PUT", f"{ROUNDS}/{shared}/students/{one.id}/message", {"text": "Dag"}, if_match=0)
    await journey.share(shared, one)
    await journey.until("2026-11-20")
    assert journey.told == [("11-12 15:30", "plan.missing", "mentor")]


async def test_old_news_and_archived_rounds_ask_nothing(journey: Journey, shared: UUID) -> None:
    one, two, _ = journey.world.students
    await journey.share(shared, one)
    assert await journey.look("2026-12-15T16:00") == []
    await journey.share(shared, two)
    await journey.act(shared, "archive")
    assert await journey.look("2026-12-22T16:00") == []
    assert await journey.look("2027-01-04T16:00") == []


# --- agreements -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def agreed(journey: Journey, shared: UUID) -> UUID:
    """The round with a report that is shared, so that agreements can be made."""
    await journey.share(shared, journey.world.students[0])
    await journey.plan(shared, journey.world.students[0], "handed_in")
    return shared


async def test_done_removed_and_overdue_agreements_remind_nobody(journey: Journey, agreed: UUID) -> None:
    student = journey.world.students[0]
    done, removed, _ = [
        await journey.agree(agreed, student, "2026-11-10", name) for name in ("done", "removed", "open")
    ]
    await journey.does(student, "POST", f"/api/v1/agreements/{done}/tick", {"done": True})
    await journey.does(journey.world.mentor, "DELETE", f"/api/v1/agreements/{removed}", if_match=1)
    assert await journey.look("2026-11-11T09:00") == []


async def test_another_day_is_another_reminder_and_the_version_stays(journey: Journey, agreed: UUID) -> None:
    agreement = await journey.agree(agreed, journey.world.students[0], "2026-11-10", "one")
    assert await journey.look("2026-11-09T15:30") == [("11-09 15:30", "agreement.due", "one")]
    path = f"/api/v1/agreements/{agreement}"
    await journey.does(journey.world.mentor, "PATCH", path, {"due_on": "2026-11-17"}, if_match=1)
    await journey.until("2026-11-18")
    assert journey.told[1:] == [("11-16 15:30", "agreement.due", "one")]
    await journey.does(journey.world.mentor, "PATCH", path, {"what": "anders"}, if_match=2)
    assert await journey.look("2026-11-18T23:00") == []


async def test_who_agrees_on_something_for_tomorrow_needs_no_reminder(journey: Journey, agreed: UUID) -> None:
    journey.now = here("2026-11-09T16:00")
    await journey.agree(agreed, journey.world.students[0], "2026-11-10", "tomorrow")
    await journey.until("2026-11-11")
    assert journey.told == []


async def test_archived_rounds_still_remind_of_agreements(journey: Journey, agreed: UUID) -> None:
    await journey.agree(agreed, journey.world.students[0], "2026-11-10", "one")
    await journey.act(agreed, "archive")
    assert len(await journey.look("2026-11-09T15:30")) == 1
