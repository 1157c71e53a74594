"""All SQL about the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from server.platform import db


async def zone(school_id: UUID) -> str:
    """The school's time zone."""
    found: str = await db.fetchval("select time_zone from school where id = $1", school_id)
    return found


async def holidays(school_id: UUID) -> list[Any]:
    """When the school is closed, by date."""
    return await db.fetch(
        "select name, first_on, last_on from school_holiday where school_id = $1 order by first_on, id", school_id
    )


async def replace(school_id: UUID, rows: Sequence[tuple[str, date, date]]) -> None:
    """Exactly these from now on."""
    await db.execute("delete from school_holiday where school_id = $1", school_id)
    await db.executemany(
        "insert into school_holiday (school_id, name, first_on, last_on) values ($1, $2, $3, $4)",
        [(school_id, *row) for row in rows],
    )
