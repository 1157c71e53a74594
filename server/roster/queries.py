"""All SQL of the roster's own rows: people, groups, enrolments. In bulk: a school is a few round trips, not one per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from server.platform import db
from server.roster.difference import Key, Stored
from server.roster.plan import Kind


@dataclass(frozen=True, slots=True)
class Target:
    """A table that the roster fills: the columns of its key, those that it keeps up to date, and how a row ends."""

    table: str
    key: Mapping[str, str]
    columns: Mapping[str, str]
    """Column names with their PostgreSQL types."""
    end: str | None = None
    """The date column that ends a row instead of deleting it."""
    manual: str = "false"
    """How to tell, as SQL over the alias `t`, that a row is decided by hand."""
    touched: bool = False
    """True where an update also moves `updated_at`."""
    references: Mapping[str, Kind] = field(default_factory=dict)
    """Which columns refer to a row of another kind."""


_BY_HAND: Final = "t.source = 'manual'"
_ADDED_BY_HAND: Final = "starts_with(t.sourced_id, 'manual:')"

TARGETS: Final[Mapping[Kind, Target]] = {
    Kind.ACADEMIC_YEAR: Target(
        "academic_year", {"sourced_id": "text"}, {"title": "text", "starts_on": "date", "ends_on": "date"}
    ),
    # What the school itself calls it stands beside that, in `own_name` (see migrations/sql/0010_administration.sql).
    Kind.SUBJECT: Target("subject", {"code": "text"}, {"roster_name": "text"}),
    Kind.PERSON: Target(
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
            "eck_id": "text",
        },
        end="left_on",
        manual=f"{_BY_HAND} or {_ADDED_BY_HAND}",
        touched=True,
    ),
    Kind.ROLE: Target(
        "person_role", {"person_id": "uuid", "role": "text"}, {}, manual=_BY_HAND, references={"person_id": Kind.PERSON}
    ),
    Kind.GROUP: Target(
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
        manual=_ADDED_BY_HAND,
        references={"academic_year_id": Kind.ACADEMIC_YEAR, "subject_id": Kind.SUBJECT},
    ),
    Kind.ENROLMENT: Target(
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
        manual=f"{_BY_HAND} or {_ADDED_BY_HAND}",
        references={"group_id": Kind.GROUP, "person_id": Kind.PERSON},
    ),
    Kind.GUARDIANSHIP: Target(
        "guardianship",
        {"student_id": "uuid", "guardian_id": "uuid"},
        {},
        end="ended_on",
        manual=_BY_HAND,
        references={"student_id": Kind.PERSON, "guardian_id": Kind.PERSON},
    ),
}
NAMES: Final = {Kind.SUBJECT: "code"}
"""The column by which others name a row of this kind, where it is not `sourced_id`."""

Ids = Mapping[Kind, Mapping[Key, UUID]]
"""Our ids of rows by their key."""


async def find_school(slug: str) -> tuple[UUID, str] | None:
    """Id and time zone of the school with this slug."""
    row = await db.fetchrow("select id, time_zone from school where slug = $1", slug)
    return (row["id"], row["time_zone"]) if row else None


async def school_of(school_id: UUID) -> tuple[str, str]:
    """Slug and time zone of a school."""
    [row] = await db.fetch("select slug, time_zone from school where id = $1", school_id)
    return row["slug"], row["time_zone"]


async def add_school(slug: str, name: str) -> tuple[UUID, str]:
    """Make a school with its settings; its id and time zone. The transaction continues in this school."""
    [row] = await db.fetch("insert into school (slug, name) values ($1, $2) returning id, time_zone", slug, name)
    await db.set_school(row["id"])
    await db.execute("insert into school_settings (school_id) values ($1)", row["id"])
    return row["id"], row["time_zone"]


async def stored(kind: Kind, school_id: UUID) -> dict[Key, Stored]:
    """All rows of one kind by key, named as a roster names them; a key of several columns is a tuple."""
    target = TARGETS[kind]
    joins, names = [], []
    for number, column in enumerate((*target.key, *target.columns)):
        if (other := target.references.get(column)) is None:
            names.append(f"t.{column}")
        else:
            names.append(f"r{number}.{NAMES.get(other, 'sourced_id')}")
            joins.append(
                f"left join {TARGETS[other].table} r{number} on r{number}.school_id = $1 and r{number}.id = t.{column}"
            )
    end = f"t.{target.end} is not null" if target.end else "false"
    async with db.whole_school():
        rows = await db.fetch(
            f"select t.id, {end}, {target.manual}, {', '.join(names)} from {target.table} t {' '.join(joins)}"
            " where t.school_id = $1",
            school_id,
        )
    width = len(target.key)
    found: dict[Key, Stored] = {}
    for row in rows:
        row_id, ended, manual, *values = tuple(row.values())
        found[_key(values[:width])] = Stored(row_id, tuple(values[width:]), ended, manual)
    return found


def _key(parts: Sequence[Any]) -> Key:
    key: Key = parts[0] if len(parts) == 1 else tuple(parts)
    return key


def _cells(target: Target, key: Key, values: tuple[Any, ...], ids: Ids) -> tuple[Any, ...]:
    """Key and values as the table has them: our ids in place of those of the roster."""
    parts = key if isinstance(key, tuple) else (key,)
    columns = (*target.key, *target.columns)
    return tuple(
        cell if cell is None or (other := target.references.get(column)) is None else ids[other][cell]
        for column, cell in zip(columns, (*parts, *values), strict=True)
    )


async def set_aside(school_id: UUID) -> frozenset[tuple[Key, Key]]:
    """Group and person of those whom the roster calls teacher or mentor, and the school does not."""
    rows = await db.fetch(
        """select g.sourced_id as of_group, p.sourced_id as who from set_aside a
             join class_group g on g.school_id = a.school_id and g.id = a.group_id
             join person p on p.school_id = a.school_id and p.id = a.person_id
            where a.school_id = $1""",
        school_id,
    )
    return frozenset((row["of_group"], row["who"]) for row in rows)


async def insert(kind: Kind, school_id: UUID, rows: Mapping[Key, tuple[Any, ...]], ids: Ids) -> dict[Key, UUID]:
    """Add rows given as key → values; their new ids."""
    target = TARGETS[kind]
    columns = {**target.key, **target.columns}
    cells = {key: _cells(target, key, values, ids) for key, values in rows.items()}
    by_cells = {row[: len(target.key)]: key for key, row in cells.items()}
    unnest = ", ".join(f"${number}::{sort}[]" for number, sort in enumerate(columns.values(), 2))
    names = ", ".join(columns)
    made = await db.fetch(
        f"insert into {target.table} (school_id, {names}) select $1, {names} from unnest({unnest}) as new ({names})"
        f" returning id, {', '.join(target.key)}",
        school_id,
        *zip(*cells.values(), strict=True),
    )
    return {by_cells[tuple(row.values())[1:]]: row["id"] for row in made}


async def update(kind: Kind, school_id: UUID, rows: Sequence[tuple[UUID, Key, tuple[Any, ...]]], ids: Ids) -> None:
    """Set all columns of rows given as (id, key, values); a row that had ended goes on."""
    target = TARGETS[kind]
    width = len(target.key)
    arrays = list(
        zip(*((row_id, *_cells(target, key, values, ids)[width:]) for row_id, key, values in rows), strict=True)
    )
    unnest = ", ".join(f"${number}::{sort}[]" for number, sort in enumerate(("uuid", *target.columns.values()), 2))
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


async def end(kind: Kind, school_id: UUID, ids: Sequence[UUID], day: date) -> None:
    """End rows on a day. They stay, for texts hang on them. Roles, which have no end, are taken away."""
    target = TARGETS[kind]
    if target.end is None:
        await db.execute(f"delete from {target.table} where school_id = $1 and id = any($2::uuid[])", school_id, ids)
        return
    touched = ", updated_at = now()" if target.touched else ""
    await db.execute(
        f"update {target.table} set {target.end} = $3{touched} where school_id = $1 and id = any($2::uuid[])",
        school_id,
        ids,
        day,
    )
