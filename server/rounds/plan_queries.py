"""All SQL about templates, and what planning asks beside the rounds themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from server.platform import db

# A name of a few letters would be found in any sentence.
NAMES_A_STUDENT = """
select exists(
  select 1 from person p
    join person_role r on r.school_id = p.school_id and r.person_id = p.id and r.role = 'student'
   where p.school_id = $1 and p.left_on is null and char_length(p.given_name || p.family_name) > 4
     and position(lower(concat_ws(' ', p.given_name, nullif(p.particle, ''), p.family_name))
                  in lower(regexp_replace($2, '\\s+', ' ', 'g'))) > 0)
"""


async def names_a_student(school_id: UUID, said: str) -> bool:
    """Does a text have the full name of a student of the school in it?"""
    return bool(await db.fetchval(NAMES_A_STUDENT, school_id, said))


async def school_name(school_id: UUID) -> str:
    """The school's name."""
    found: str = await db.fetchval("select name from school where id = $1", school_id)
    return found


async def templates(school_id: UUID) -> list[Any]:
    """All templates, by name."""
    return await db.fetch(
        "select id, name, version, created_at from round_template where school_id = $1 order by lower(name)", school_id
    )


async def template(school_id: UUID, template_id: UUID) -> Any | None:
    """One template with its plan, or None when this school has none such."""
    return await db.fetchrow(
        "select id, name, version, created_at, plan from round_template where school_id = $1 and id = $2",
        school_id,
        template_id,
    )


async def add_template(school_id: UUID, by: UUID, name: str, plan: str, at: datetime) -> UUID:
    """A new template."""
    found: UUID = await db.fetchval(
        """insert into round_template (school_id, name, plan, created_by, created_at) values ($1, $2, $3, $4, $5)
           returning id""",
        school_id,
        name,
        plan,
        by,
        at,
    )
    return found


async def rename_template(school_id: UUID, template_id: UUID, name: str) -> None:
    """Another name, and the next version."""
    await db.execute(
        "update round_template set name = $3, version = version + 1 where school_id = $1 and id = $2",
        school_id,
        template_id,
        name,
    )


async def remove_template(school_id: UUID, template_id: UUID) -> bool:
    """Away with it; False when there was none."""
    return await db.execute("delete from round_template where school_id = $1 and id = $2", school_id, template_id) > 0
