"""News calls the workers at once; an ordinary save does not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis.asyncio as redis

from server.settings import Settings
from tests.factories import World


@pytest.fixture
async def queue(settings: Settings) -> AsyncIterator[redis.Redis]:
    client = redis.Redis.from_url(settings.redis_url)
    await client.delete("arq:queue", "arq:job:sweep")
    yield client
    await client.delete("arq:queue", "arq:job:sweep")
    await client.aclose()


async def test_sharing_calls_the_workers_and_saving_feedback_does_not(world: World, queue: redis.Redis) -> None:
    student = world.students[0]
    round_id = await world.round("open")
    saved = await (await world.as_(world.dutch.teacher)).put(
        f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/students/{student.id}/feedback",
        json={"stoplight": "on_track", "remark": "", "action": ""},
        if_match=0,
    )
    assert saved.status_code == 200
    assert await queue.zcard("arq:queue") == 0
    await world.set_round(round_id, "closed")
    shared = await (await world.as_(world.mentor)).post(
        f"/api/v1/rounds/{round_id}/students/{student.id}/share", json={"guardians": True}
    )
    assert shared.status_code in (200, 201)
    assert await queue.zrange("arq:queue", 0, -1) == [b"sweep"]


async def test_a_refused_request_calls_nobody(world: World, queue: redis.Redis) -> None:
    round_id = await world.round("open")
    answer = await (await world.as_(world.mentor)).post(
        f"/api/v1/rounds/{round_id}/students/{world.students[0].id}/share", json={"guardians": True}
    )
    assert answer.status_code == 409
    assert await queue.zcard("arq:queue") == 0
