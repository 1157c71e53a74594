"""What the tests of planning have in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from server.platform import db
from tests.factories import World

ROUNDS = "/api/v1/rounds"


def at(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "Winterronde", "deadline": at(9), **changes}


async def create(world: World, **changes: Any) -> str:
    answer = await (await world.as_(world.organiser)).post(ROUNDS, json=form(**changes))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def read(world: World, round_id: Any) -> dict[str, Any]:
    answer = await (await world.as_(world.organiser)).get(f"{ROUNDS}/{round_id}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def acts(world: World) -> list[str]:
    await world.speak()
    return [
        row["act"]
        for row in await db.fetch("select act from audit_log where school_id = $1 order by id", world.school_id)
    ]
