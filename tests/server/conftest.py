"""Server tests: the real application over the real PostgreSQL, in one transaction per test that is rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from server.app import create_app
from server.platform import db
from server.settings import Settings
from tests.factories import World


@pytest.fixture(scope="session")
def app(settings: Settings) -> Litestar:
    app = create_app(settings)
    # A test's client waits for the end of an answer.
    app.state.live.longest = 0.01
    return app


@pytest.fixture(scope="session")
async def pool(settings: Settings) -> AsyncIterator[None]:
    await db.open_pool(4)
    yield
    await db.close_pool()


@pytest.fixture
async def rollback(pool: None) -> AsyncIterator[None]:
    """A transaction around the test; requests become savepoints in it (see server/platform/db.py)."""
    async with db.engine().transaction() as transaction:
        yield
        await transaction.rollback()


@pytest.fixture
async def http(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


@pytest.fixture
async def world(rollback: None, http: httpx.AsyncClient) -> World:
    """A small school (see tests/factories.py)."""
    return await World.create(http)


@pytest.fixture
async def other_school(world: World, http: httpx.AsyncClient) -> World:
    """A second school beside `world`, for isolation."""
    other = await World.create(http)
    await world.speak()
    return other
