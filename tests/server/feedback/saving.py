"""What the tests of saving have in common."""

from __future__ import annotations

from typing import Any

import httpx

from server.platform import db
from tests.factories import Group, Person, World

REMARK = "canary-remark-7f3a"
ACTION = "canary-action-91cd"


def place(round_id: Any, group: Group, student: Person) -> str:
    return f"/api/v1/rounds/{round_id}/groups/{group.id}/students/{student.id}/feedback"


def body(stoplight: str | None = "on_track", remark: str = "", action: str = "") -> dict[str, Any]:
    return {"stoplight": stoplight, "remark": remark, "action": action}


async def save(
    world: World, round_id: Any, what: dict[str, Any], *, by: Person | None = None, **more: Any
) -> httpx.Response:
    """Dutch on the first student."""
    client = await world.as_(by or world.dutch.teacher)
    return await client.put(place(round_id, world.dutch, world.students[0]), json=what, **more)


async def stored(world: World) -> list[Any]:
    await world.speak()
    return await db.fetch("select * from feedback where school_id = $1", world.school_id)


async def history(world: World) -> list[tuple[int, str | None, str]]:
    await world.speak()
    rows = await db.fetch(
        "select version, stoplight, remark from feedback_history where school_id = $1 order by version", world.school_id
    )
    return [(row["version"], row["stoplight"], row["remark"]) for row in rows]
