"""A provider in this process, and browsers that sign in there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from litestar import Litestar

from server.platform.oidc import Oidc
from tests.factories import World
from tests.server.signin.provider import FakeProvider
from tests.server.signin.visitor import Visitor


@pytest.fixture
def provider(app: Litestar) -> Iterator[FakeProvider]:
    """Stands for all providers of the internet."""
    found = FakeProvider()
    before = app.state.oidc
    app.state.oidc = Oidc(public_only=False, transport=httpx.MockTransport(found.handle))
    yield found
    app.state.oidc = before


@pytest.fixture
async def browser(app: Litestar, world: World) -> AsyncIterator[Callable[[], Visitor]]:
    """Makes browsers, each with cookies of its own."""
    clients: list[httpx.AsyncClient] = []

    def new() -> Visitor:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://localhost:8000"))
        return Visitor(clients[-1], world)

    yield new
    for client in clients:
        await client.aclose()


@pytest.fixture
def visitor(browser: Callable[[], Visitor]) -> Visitor:
    """One browser."""
    return browser()
