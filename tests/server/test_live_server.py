"""Live events between real processes: what one server saves is heard at another, and stopping waits for no stream."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from server.platform import db, embedded
from server.platform.children import Child
from server.platform.security import cookie_name
from tests.conftest import SCRATCH
from tests.factories import World

PATIENCE = 60
"""Seconds; only a server that hangs takes so long."""


@pytest.fixture
async def school(fresh_database: str, http: httpx.AsyncClient) -> World:
    """A committed school in a database of its own, its Dutch teacher signed in."""
    await db.open_pool(2)
    async with db.transaction():
        world = await World.create(http)
        await world.as_(world.dutch.teacher)
    return world


@contextmanager
def serving() -> Iterator[tuple[Child, str]]:
    """A server process on the current database, and its address."""
    port = embedded.free_port()
    environment = {**os.environ, "DRIEHOEK_PORT": str(port)}
    command = [sys.executable, "-m", "server.cli", "serve"]
    child = Child("Server", command, log=SCRATCH / f"server-{port}.log", env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + PATIENCE
        while True:
            assert child.code is None and time.monotonic() < end, child.last_words(20)
            try:
                if httpx.get(f"{url}/health/ready").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        yield child, url
    finally:
        child.stop(5)


async def until(lines: AsyncIterator[str], start: str) -> str:
    """The next line that begins so."""
    async for line in lines:
        if line.startswith(start):
            return line
    raise AssertionError("the stream ended")


async def test_what_one_server_saves_is_heard_at_another_until_that_one_stops(school: World) -> None:
    async with db.school_transaction(school.school_id):
        round_id = await school.round()
    group = f"/api/v1/rounds/{round_id}/groups/{school.dutch.id}"
    student = school.students[0].id
    headers = {
        "cookie": f"{cookie_name(secure=False)}={school.cookies[school.dutch.teacher.id]}",
        "sec-fetch-site": "same-origin",
        "accept-encoding": "gzip",
    }
    with ExitStack() as stack:
        (here, listening), (_, saving) = (stack.enter_context(serving()) for _ in range(2))
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(headers=headers, timeout=PATIENCE) as client,
            client.stream("GET", f"{listening}{group}/live") as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            lines = answer.aiter_lines()
            await until(lines, ": here")
            saved = await client.put(f"{saving}{group}/students/{student}/feedback", json={"stoplight": "on_track"})
            assert saved.status_code == 200, saved.text
            assert await until(lines, "data: ") == f'data: {{"student":"{student}","version":1}}'
            here.ask_to_stop()
            assert [line async for line in lines if line.startswith("data:")] == []
        assert here.wait(PATIENCE)
