"""All SQL of the roster. Everything is read and written in bulk: a school is a few round trips, not one per row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from server.platform import db
from server.roster.difference import Stored


@dataclass(frozen=True, slots=True)
class Target:
    """A table that the roster fills: the columns of its key, those that it keeps up to date, and how a row ends."""

    table: str
    key: Mapping[str, str]
    columns: Mapping[str, str]
    """Column names with their PostgreSQL types."""
    end: str | None = None
    """The date column that ends a row instead of deleting it."""
    touched: bool = False
    """True where an update also moves `updated_at`."""


ACADEMIC_YEAR: Final = Target(
    "academic_year", {"sourced_id": "text"}, {"title": "text", "starts_on": "date", "ends_on": "date"}
)
SUBJECT: Final = Target("subject", {"code": "text"}, {"roster_name": "text"})
"""What the school itself calls it stands beside that, in `own_name` (see migrations/sql/0010_administration.sql)."""
PERSON: Final = Target(
    "person",
    {"sourced_id": "text"},
    {
        "given_name": "text",
        "particle": "text",
        "family_name": "text",
        "sort_key": "text",
        "username": "text",
        "email": "text",
        "enabled": "boolean",
        "grade": "text",
    },
    end="left_on",
    touched=True,
)
GROUP: Final = Target(
    "class_group",
    {"sourced_id": "text"},
    {
        "kind": "text",
        "title": "text",
        "sort_key": "text",
        "academic_year_id": "uuid",
        "subject_id": "uuid",
        "level": "text",
        "year": "smallint",
    },
    end="ended_on",
)
ENROLMENT: Final = Target(
    "enrolment",
    {"sourced_id": "text"},
    {
        "group_id": "uuid",
        "person_id": "uuid",
        "role": "text",
        "is_primary": "boolean",
        "begins_on": "date",
        "ends_on": "date",
    },
    end="ended_on",
)
GUARDIANSHIP: Final = Target("guardianship", {"student_id": "uuid", "guardian_id": "uuid"}, {}, end="ended_on")


async def find_school(slug: str) -> tuple[UUID, str] | None:
    """Id and time zone of the school with this slug."""
    row = await db.fetchrow("select id, time_zone from school where slug = $1", slug)
    return (row["id"], row["time_zone"]) if row else None


async def add_school(slug: str, name: str) -> tuple[UUID, str]:
    """Make a school with its settings; its id and time zone. The transaction continues in this school."""
    [row] = await db.fetch("insert into school (slug, name) values ($1, $2) returning id, time_zone", slug, name)
    await db.set_school(row["id"])
    await db.execute("insert into school_settings (school_id) values ($1)", row["id"])
    return row["id"], row["time_zone"]


async def stored(target: Target, school_id: UUID) -> dict[Hashable, Stored]:
    """All rows of a school by key; a key of several columns is a tuple."""
    names = [*target.key, *target.columns]
    end = target.end or "null"
    rows = await db.fetch(
        f"select id, {end} is not null as ended, {', '.join(names)} from {target.table} where school_id = $1", school_id
    )
    width = len(target.key)
    found: dict[Hashable, Stored] = {}
    for row in rows:
        _, ended, *values = row.values()
        key: Hashable = values[0] if width == 1 else tuple(values[:width])
        found[key] = Stored(row["id"], tuple(values[width:]), ended)
    return found


async def insert(target: Target, school_id: UUID, rows: Iterable[tuple[Hashable, tuple[Any, ...]]]) -> None:
    """Add rows given as (key, values)."""
    columns = {**target.key, **target.columns}
    flat = [((key if len(target.key) > 1 else (key,)), values) for key, values in rows]
    if not flat:
        return
    arrays = list(zip(*((*_parts(key), *values) for key, values in flat), strict=True))
    unnest = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(columns.values(), 2))
    names = ", ".join(columns)
    await db.execute(
        f"insert into {target.table} (school_id, {names}) select $1, {names} from unnest({unnest}) as new ({names})",
        school_id,
        *arrays,
    )


def _parts(key: Hashable) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


async def update(target: Target, school_id: UUID, rows: Sequence[tuple[UUID, tuple[Any, ...]]]) -> None:
    """Set all columns of rows given as (id, values); a row that had ended goes on."""
    if not rows:
        return
    arrays = list(zip(*((row_id, *values) for row_id, values in rows), strict=True))
    unnest = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(("uuid", *target.columns.values()), 2))
    sets = [f"{name} = new.{name}" for name in target.columns]
    sets += [f"{target.end} = null"] if target.end else []
    sets += ["updated_at = now()"] if target.touched else []
    names = ", ".join(("id", *target.columns))
    await db.execute(
        f"update {target.table} old set {', '.join(sets)} from unnest({unnest}) as new ({names})"
        " where old.school_id = $1 and old.id = new.id",
        school_id,
        *arrays,
    )


async def end(target: Target, school_id: UUID, ids: Sequence[UUID], day: date) -> None:
    """End rows on a day. They stay, for texts hang on them."""
    if ids:
        touched = ", updated_at = now()" if target.touched else ""
        await db.execute(
            f"update {target.table} set {target.end} = $3{touched} where school_id = $1 and id = any($2::uuid[])",
            school_id,
            ids,
            day,
        )


async def roles(school_id: UUID) -> dict[tuple[UUID, str], tuple[UUID, str]]:
    """Id and source of each role of each person."""
    rows = await db.fetch("select id, person_id, role, source from person_role where school_id = $1", school_id)
    return {(row["person_id"], row["role"]): (row["id"], row["source"]) for row in rows}


async def add_roles(school_id: UUID, pairs: Sequence[tuple[UUID, str]]) -> None:
    """Give people roles that come from the roster."""
    if pairs:
        await db.execute(
            "insert into person_role (school_id, person_id, role, source) "
            "select $1, person_id, role, 'roster' from unnest($2::uuid[], $3::text[]) as new (person_id, role)",
            school_id,
            [person for person, _ in pairs],
            [role for _, role in pairs],
        )


async def remove_roles(school_id: UUID, ids: Sequence[UUID]) -> None:
    """Take roles away. Those given by hand are never among them, and would not be touched."""
    if ids:
        await db.execute(
            "delete from person_role where school_id = $1 and id = any($2::uuid[]) and source = 'roster'",
            school_id,
            ids,
        )


async def log_import(school_id: UUID, by: UUID | None, version: str, counts: Mapping[str, Mapping[str, int]]) -> UUID:
    """Write down that a roster was imported; counts only."""
    found = await db.fetchval(
        "insert into roster_import (school_id, imported_by, version, counts) values ($1, $2, $3, $4) returning id",
        school_id,
        by,
        version,
        msgspec.json.encode(counts).decode(),
    )
    return UUID(str(found))
