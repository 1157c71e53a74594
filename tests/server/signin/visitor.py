"""Somebody with a browser who signs in: from the button of a provider until back from it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar

from server.platform import db
from server.signin.providers import store
from server.signin.schemas import ProviderBody
from tests.factories import World
from tests.server.signin.provider import CLIENT, ISSUER, SECRET, FakeProvider

ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36"


async def provider_at(world: World, app: Litestar, **more: Any) -> UUID:
    """A provider of this school, stored as the admin's page stores it."""
    await world.speak()
    body = msgspec.convert(
        {
            "preset": "oidc",
            "name": "School",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "issuer": ISSUER,
            "bind_by": "username",
            **more,
        },
        ProviderBody,
    )
    return await store(world.school_id, body, app.state.settings)


async def living_sessions(world: World) -> int:
    """How many sessions this school has."""
    await world.speak()
    return int(
        await db.fetchval("select count(*) from session where school_id = $1 and ended_at is null", world.school_id)
    )


@dataclass
class Visitor:
    """A browser with cookies of its own."""

    http: httpx.AsyncClient
    world: World
    way: str = "/auth/oidc/callback"
    """By which the provider sends back who was sent there last."""

    async def start(self, provider_id: UUID, *, next_: str = "/", device: str = "own") -> httpx.Response:
        """Press the button."""
        form = {"school": self.world.slug, "next": next_, "device": device}
        headers = {"sec-fetch-site": "same-origin", "user-agent": ANDROID}
        return await self.http.post(f"/auth/oidc/{provider_id}/start", data=form, headers=headers)

    async def there(self, provider_id: UUID, **more: Any) -> str:
        """The address at the provider to which the browser is sent."""
        address = address_in(await self.start(provider_id, **more))
        self.way = way_back(address)
        return address

    async def back(self, sent: dict[str, str]) -> httpx.Response:
        """Come back from the provider with this."""
        return await self.http.get(self.way, params=sent, headers={"user-agent": ANDROID})

    async def sign_in(
        self, provider_id: UUID, provider: FakeProvider, *, next_: str = "/", device: str = "own", **claims: Any
    ) -> httpx.Response:
        """All of it."""
        address = await self.there(provider_id, next_=next_, device=device)
        return await self.back(provider.authorize(address, **claims))

    async def me(self) -> httpx.Response:
        """Who this browser is signed in as."""
        return await self.http.get("/api/v1/me")


def way_back(address: str) -> str:
    """The path to which the provider is asked to send the browser back."""
    return urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).path


def address_in(answer: httpx.Response) -> str:
    """Where a page that only leads on leads to."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found is not None, answer.text
    return html.unescape(found[1])
