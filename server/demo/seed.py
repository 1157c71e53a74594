"""The demo school: imported like any other, with two finished rounds and an open one half filled.

Everything comes from one random seed and the day of today, so that the same day gives the same school. Nothing is announced:
the rows are written without outbox entries, because these rounds lie in the past.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from server.demo import queries
from server.demo.cycle import Cycle, Pupil
from server.demo.people import DemoPerson, offered
from server.people.service import known_schools
from server.platform import clock, db
from server.roster.service import import_file
from server.settings import Settings

SLUG: Final = "voorbeeld"
ZONE: Final = ZoneInfo("Europe/Amsterdam")


def built_in() -> Path:
    """The committed school of about 150 students."""
    return Path(__file__).parent / "school.zip"


async def seed(settings: Settings, zip_path: Path | None) -> None:
    """Load the demo school where there is no school yet.

    Raises:
        RosterFileError: the given zip cannot be read; nothing is changed.
    """
    await db.open_pool(settings.database_pool)
    if await known_schools():
        return
    await import_file(zip_path or built_in(), SLUG, create_school=True)
    school = (await known_schools())[0]
    async with db.school_transaction(school.id):
        await queries.give_roles(school.id)
        await queries.no_quiet_hours(school.id)
        pupils = [
            Pupil(row["student_id"], row["mentor_id"], row["given_name"], row["home_id"], row["title"])
            for row in await queries.pupils(school.id)
            if row["mentor_id"] is not None
        ]
        cycle = Cycle(
            school.id,
            random.Random(20),  # noqa: S311 – a school made up, not a secret
            pupils,
            await queries.pairs(school.id),
            await queries.organiser(school.id),
        )
        today = clock.today()
        first = await cycle.finished("first", deadline(today, -63))
        second = await cycle.finished("second", deadline(today, -28), based_on=first)
        await cycle.half_filled("open", deadline(today, 6), based_on=second)
        await db.take_stock(
            "expected_pair", "feedback", "feedback_history", "report_share", "report_read", "plan", "agreement"
        )


def deadline(today: date, days: int) -> datetime:
    """16.00 on the day `days` from today, moved off the weekend when it lies in the past."""
    day = today + timedelta(days=days)
    while days < 0 and day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, time(16), ZONE)


async def people(settings: Settings) -> list[DemoPerson]:
    """Who can sign in, for the list that `make run` prints."""
    await db.open_pool(settings.database_pool)
    schools = await known_schools()
    return await offered(schools[0].id) if schools else []
