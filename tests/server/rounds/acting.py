"""What the tests of a round's acts have in common."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import msgspec

from server.platform import db
from tests.factories import Person, World

ROUNDS = "/api/v1/rounds"


async def act(world: World, round_id: Any, what: str, body: Any = None) -> httpx.Response:
    client = await world.as_(world.organiser)
    return await client.post(f"{ROUNDS}/{round_id}/{what}", **({} if body is None else {"json": body}))


async def row(world: World, round_id: Any) -> Any:
    await world.speak()
    return await db.fetchrow("select * from round where school_id = $1 and id = $2", world.school_id, round_id)


async def pairs(world: World) -> dict[tuple[UUID, UUID], tuple[str, date | None]]:
    await world.speak()
    rows = await db.fetch(
        "select student_id, group_id, state, until from expected_pair where school_id = $1", world.school_id
    )
    return {(each["student_id"], each["group_id"]): (each["state"], each["until"]) for each in rows}


async def told(world: World) -> list[str]:
    await world.speak()
    return [
        each["kind"]
        for each in await db.fetch("select kind from outbox where school_id = $1 order by id", world.school_id)
    ]


async def written_down(world: World) -> list[tuple[str, dict[str, Any]]]:
    await world.speak()
    rows = await db.fetch("select act, ids from audit_log where school_id = $1 order by id", world.school_id)
    return [(each["act"], msgspec.json.decode(each["ids"])) for each in rows]


async def save(
    world: World, round_id: Any, remark: str, *, by: Person | None = None, seen: int | None = None
) -> httpx.Response:
    path = f"{ROUNDS}/{round_id}/groups/{world.dutch.id}/students/{world.students[0].id}/feedback"
    what = {"stoplight": "on_track", "remark": remark, "action": ""}
    return await (await world.as_(by or world.dutch.teacher)).put(path, json=what, if_match=seen)
