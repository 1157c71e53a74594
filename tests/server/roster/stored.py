"""Looking at what the database holds of one school, without going through the importer's own queries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.platform import db

TABLES = (
    "academic_year", "subject", "person", "person_role", "class_group", "enrolment", "guardianship", "roster_import", "outbox",
    "feedback", "expected_pair", "audit_log",
)  # fmt: skip

NATURAL = {
    "year": "select sourced_id, title, starts_on, ends_on from academic_year where school_id = $1",
    "subject": "select code, name from subject where school_id = $1",
    "person": """select p.sourced_id, given_name, particle, family_name, sort_key, username, email, enabled, grade,
          (select array_agg(r.role order by r.role) from person_role r where r.school_id = $1 and r.person_id = p.id)
        from person p where p.school_id = $1 and p.left_on is null""",
    "group": """select g.sourced_id, g.kind, g.title, g.sort_key, g.level, g.year, s.code, y.sourced_id
        from class_group g left join subject s on s.id = g.subject_id left join academic_year y on y.id = g.academic_year_id
        where g.school_id = $1 and g.ended_on is null""",
    "enrolment": """select e.sourced_id, g.sourced_id, p.sourced_id, e.role, e.is_primary, e.begins_on, e.ends_on
        from enrolment e join class_group g on g.id = e.group_id join person p on p.id = e.person_id
        where e.school_id = $1 and e.ended_on is null""",
    "guardianship": """select s.sourced_id, g.sourced_id from guardianship h join person s on s.id = h.student_id
        join person g on g.id = h.guardian_id where h.school_id = $1 and h.ended_on is null""",
}


async def enter(slug: str) -> UUID:
    """Make this school the one of the transaction and return its id."""
    school_id: UUID | None = await db.fetchval("select id from school where slug = $1", slug)
    assert school_id is not None
    await db.set_school(school_id)
    return school_id


async def everything(slug: str) -> dict[str, list[tuple[Any, ...]]]:
    """Each row of each table with its place on disk: a row that was rewritten, even with the same values, differs."""
    school_id = await enter(slug)
    found = {}
    for table in TABLES:
        rows = await db.fetch(f"select ctid::text as place, * from {table} where school_id = $1", school_id)
        found[table] = sorted((tuple(row.values()) for row in rows), key=repr)
    return found


async def today(slug: str) -> dict[str, list[str]]:
    """What holds now in this school, by the names of the file instead of our ids."""
    school_id = await enter(slug)
    return {
        name: sorted(repr(tuple(row.values())) for row in await db.fetch(sql, school_id))
        for name, sql in NATURAL.items()
    }


async def one(slug: str, table: str, sourced_id: str) -> Any:
    """One row."""
    school_id = await enter(slug)
    row = await db.fetchrow(f"select * from {table} where school_id = $1 and sourced_id = $2", school_id, sourced_id)
    assert row is not None, f"{table} {sourced_id}"
    return row


async def roles_of(slug: str, sourced_id: str) -> dict[str, str]:
    """Roles of one person with their source."""
    person = await one(slug, "person", sourced_id)
    rows = await db.fetch(
        "select role, source from person_role where school_id = $1 and person_id = $2",
        person["school_id"],
        person["id"],
    )
    return {row["role"]: row["source"] for row in rows}
