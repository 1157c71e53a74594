"""Sign-in is counted, and a whole school at the bell is not too often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
import redis.asyncio as redis
from litestar import Litestar

from server.platform.limits import allow
from server.settings import Settings
from server.signin import service
from tests.factories import World
from tests.server.signin.provider import FakeProvider
from tests.server.signin.visitor import Visitor, provider_at


async def test_a_limit_counts_each_key_by_itself_until_its_time_is_over(app: Litestar) -> None:
    client, key = app.state.redis, uuid4().hex
    assert [await allow(client, "test", key, 2, 60) for _ in range(4)] == [True, True, False, False]
    assert await allow(client, "test", uuid4().hex, 2, 60)
    assert await allow(client, "another", key, 2, 60)
    short = uuid4().hex
    assert [await allow(client, "test", short, 1, 1) for _ in range(2)] == [True, False]
    await asyncio.sleep(1.1)
    assert await allow(client, "test", short, 1, 1)


async def test_tries_at_the_same_moment_are_all_counted(app: Litestar) -> None:
    key = uuid4().hex
    allowed = await asyncio.gather(*(allow(app.state.redis, "test", key, 10, 60) for _ in range(40)))
    assert sum(allowed) == 10


async def test_redis_keeps_nothing_of_whom_it_counts(app: Litestar) -> None:
    await allow(app.state.redis, "test", "10.1.2.3", 1, 60)
    assert not [name async for name in app.state.redis.scan_iter("*10.1.2.3*")]


async def test_without_redis_everybody_is_let_through() -> None:
    away = redis.Redis(port=1, socket_connect_timeout=0.2)
    assert [await allow(away, "test", "key", 1, 60) for _ in range(3)] == [True] * 3
    await away.aclose()


async def test_sixteen_hundred_people_behind_one_address_sign_in_at_the_bell(app: Litestar) -> None:
    """Each presses the button and comes back, all within the time that is counted; some more than once."""
    address = f"192.0.2.1-{uuid4().hex}"
    for name in ("sign-in-start", "sign-in-back"):
        most, seconds = service.PER_ADDRESS
        tries = [allow(app.state.redis, name, address, most, seconds) for _ in range(2 * 1600)]
        assert all([await one for one in tries])


async def test_somebody_who_hammers_is_stopped_with_words_and_when_to_come_back(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider_id = await provider_at(world, app)
    monkeypatch.setattr(service, "PER_ADDRESS", (2, 300))
    await app.state.redis.flushdb()
    answers = [await visitor.start(provider_id) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "te vaak geprobeerd" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "300"
    await app.state.redis.flushdb()


async def test_one_account_is_counted_whatever_address_it_comes_from(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider_id = await provider_at(world, app)
    monkeypatch.setattr(service, "PER_ACCOUNT", (2, 600))
    subject = uuid4().hex
    answers = [await browser().sign_in(provider_id, provider, sub=subject) for _ in range(3)]
    assert [one.status_code for one in answers] == [403, 403, 429]
    assert (await browser().sign_in(provider_id, provider, sub=uuid4().hex)).status_code == 403


async def test_sixteen_hundred_begins_in_a_row_are_all_sent_to_their_provider(
    app: Litestar, world: World, provider: FakeProvider, settings: Settings
) -> None:
    provider_id = await provider_at(world, app)
    address = uuid4().hex
    for _ in range(1600):
        leaving = await service.begin(
            app.state.oidc,
            settings,
            app.state.redis,
            slug=world.slug,
            provider_id=provider_id,
            next_="/",
            on="own",
            address=address,
        )
        assert leaving.address.startswith(f"{provider.issuer}/authorize?")
    assert provider.asked == ["/.well-known/openid-configuration"]
