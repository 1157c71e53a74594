"""What differs between a demo on this machine, one behind TLS, and production."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from server.app import create_app
from server.settings import Mode, Settings
from tests.factories import World

HTTPS = "https://feedback.school.example"


async def client_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
        yield client
    await app.state.redis.aclose()


@pytest.fixture
async def tls(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The demo behind a TLS proxy."""
    async for client in client_of(msgspec.structs.replace(settings, public_url=HTTPS)):
        yield client


@pytest.fixture
async def production(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async for client in client_of(
        msgspec.structs.replace(settings, mode=Mode.PRODUCTION, public_url=HTTPS, demo_sign_in=False)
    ):
        yield client


async def sign_in(client: httpx.AsyncClient, world: World, cookie: str = "") -> httpx.Response:
    headers = {"origin": str(client.base_url).rstrip("/"), **({"cookie": cookie} if cookie else {})}
    return await client.post("/auth/demo", json={"person_id": str(world.mentor.id)}, headers=headers)


async def test_behind_tls_the_cookie_belongs_to_this_host_alone(world: World, tls: httpx.AsyncClient) -> None:
    answer = await sign_in(tls, world)
    value, *flags = answer.headers.get_list("set-cookie")[0].split("; ")
    assert re.fullmatch(r"__Host-driehoek=[\w-]{43}", value)
    assert {flag.lower() for flag in flags} == {"secure", "httponly", "samesite=lax", "path=/"}
    assert "max-age=" in answer.headers["strict-transport-security"]


async def test_on_plain_localhost_the_cookie_has_all_but_what_needs_tls(world: World, http: httpx.AsyncClient) -> None:
    value, *flags = (await sign_in(http, world)).headers.get_list("set-cookie")[0].split("; ")
    assert value.startswith("driehoek=")
    assert {flag.lower() for flag in flags} == {"httponly", "samesite=lax", "path=/"}


async def test_behind_tls_the_plain_cookie_is_nobody(world: World, tls: httpx.AsyncClient) -> None:
    session = (await world.as_(world.mentor)).cookie
    assert (await tls.get("/api/v1/me", headers={"cookie": f"driehoek={session}"})).status_code == 401
    assert (await tls.get("/api/v1/me", headers={"cookie": f"__Host-driehoek={session}"})).status_code == 200


async def test_signing_in_anew_ends_the_session_the_browser_had(world: World, http: httpx.AsyncClient) -> None:
    first = (await sign_in(http, world)).headers["set-cookie"].split(";")[0]
    assert (await http.get("/", headers={"cookie": first})).status_code == 200
    second = (await sign_in(http, world, first)).headers["set-cookie"].split(";")[0]
    assert first != second
    assert (await http.get("/api/v1/me", headers={"cookie": first})).status_code == 401
    assert (await http.get("/", headers={"cookie": first})).status_code == 303
    assert (await http.get("/api/v1/me", headers={"cookie": second})).status_code == 200


@pytest.mark.parametrize("cookie", ["", "driehoek=chosen", "driehoek=", 'driehoek="\\377"', "driehoek=a; driehoek=b"])
async def test_pages_with_an_unknown_session_lead_to_sign_in_and_are_not_stored(
    world: World, http: httpx.AsyncClient, cookie: str
) -> None:
    answer = await http.get("/students?round=1", headers={"cookie": cookie})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/students%3Fround%3D1")
    assert answer.headers["cache-control"] == "no-store"
    page = await http.get(answer.headers["location"])
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", page.text), (
        "the CSP lets nothing inline run"
    )


@pytest.mark.parametrize("path", ["/auth/demo", "/demo/mail", "/demo/mail/1"])
async def test_production_has_no_trace_of_the_demo(world: World, production: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await production.request(
            method, path, json={"person_id": str(world.mentor.id)}, headers={"origin": HTTPS, "accept-language": "nl"}
        )
        assert answer.status_code in (404, 405), method
        assert answer.headers["content-type"] == "application/problem+json"
        assert "set-cookie" not in answer.headers
    assert str(world.mentor.id) not in (await production.get("/sign-in")).text
