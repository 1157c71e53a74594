"""Finding one's school: by its link, its subdomain, its name, or not at all because it is remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from litestar import Litestar

from server.app import create_app
from server.platform import db
from server.platform.oidc import Oidc
from server.platform.security import school_in_front
from server.settings import Mode, Settings
from server.signin.routes import target
from tests.factories import World
from tests.server.signin.provider import ISSUER, FakeProvider
from tests.server.signin.visitor import address_in, provider_at, way_back

HTTPS = "https://feedback.example.nl"


@pytest.fixture
async def production(settings: Settings, provider: FakeProvider, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at an installation without a demo."""
    app = create_app(msgspec.structs.replace(settings, mode=Mode.PRODUCTION, public_url=HTTPS, demo_sign_in=False))
    app.state.oidc = Oidc(public_only=True, transport=httpx.MockTransport(provider.handle))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HTTPS) as client:
        yield client
    await app.state.redis.aclose()


async def test_a_school_is_found_by_part_of_its_name_however_it_is_typed(
    production: httpx.AsyncClient, world: World
) -> None:
    for name in ("Zoë College", "Het Zoe Lyceum", "Bonhoeffer"):
        await db.execute("insert into school (slug, name) values ($1, $2)", f"x-{len(name)}{name[0].lower()}", name)
    page = (await production.get("/sign-in", params={"q": "zoe"})).text
    assert page.index("Zoë College") < page.index("Het Zoe Lyceum")
    assert "Bonhoeffer" not in page
    assert 'href="/s/x-11z?next=/"' in page
    short = (await production.get("/sign-in", params={"q": "z"})).text
    assert "Zoë College" not in short
    none = (await production.get("/sign-in", params={"q": "geenschool\x00<b>"})).text
    assert "We vinden geen school" in none
    assert "<b>" not in none


async def test_no_more_than_ten_schools_are_shown(production: httpx.AsyncClient, world: World) -> None:
    for number in range(12):
        await db.execute("insert into school (slug, name) values ($1, $2)", f"veel-{number}", f"Veelvoud {number:02}")
    page = (await production.get("/sign-in", params={"q": "veelvoud"})).text
    assert page.count('href="/s/veel-') == 10


async def test_the_link_of_a_school_shows_its_ways_in_and_is_remembered(
    app: Litestar, production: httpx.AsyncClient, world: World
) -> None:
    provider_id = await provider_at(world, app, name="Ons & Co")
    page = await production.get(f"/s/{world.slug}", params={"next": "/students?round=1"})
    assert page.status_code == 200
    assert "Inloggen met Ons &amp; Co" in page.text
    assert f'formaction="/auth/oidc/{provider_id}/start"' in page.text
    assert 'name="next" value="/students?round=1"' in page.text
    assert 'name="device" value="own"' in page.text
    again = await production.get("/sign-in")
    assert "Inloggen met Ons &amp; Co" in again.text
    other = await production.get("/sign-in", params={"q": ""})
    assert "Zoek je school" in other.text


async def test_a_school_that_is_not_there_or_has_no_way_in_says_so(production: httpx.AsyncClient, world: World) -> None:
    for slug in ("nergens", "UPPER%20case", "%00", "..%2f", "a" * 300):
        answer = await production.get(f"/s/{slug}")
        assert answer.status_code == 404, slug
    page = await production.get(f"/s/{world.slug}")
    assert f"/auth/code?school={world.slug}" in page.text


async def test_the_attempts_cookie_belongs_to_this_host_alone(
    app: Litestar, production: httpx.AsyncClient, world: World
) -> None:
    provider_id = await provider_at(world, app)
    answer = await production.post(
        f"/auth/oidc/{provider_id}/start", data={"school": world.slug}, headers={"origin": HTTPS}
    )
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "sign-in=" in one)
    value, *flags = cookie.split("; ")
    assert value.startswith("__Host-sign-in=")
    assert {flag.lower() for flag in flags} == {"secure", "httponly", "samesite=lax", "path=/", "max-age=600"}
    assert len(cookie) < 4096
    assert "form-action 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("zoe.feedback.example.nl", "zoe"),
        ("ZOE.Feedback.example.nl", "zoe"),
        ("feedback.example.nl", None),
        ("a.b.feedback.example.nl", None),
        ("zoe.evil.nl", None),
        ("-.feedback.example.nl", None),
        ("", None),
    ],
)
def test_a_name_in_front_of_our_host_is_a_school(host: str, slug: str | None) -> None:
    assert school_in_front(host, HTTPS) == slug


async def test_a_subdomain_leads_to_its_schools_sign_in(production: httpx.AsyncClient) -> None:
    front = await production.get("/", headers={"host": "zoe.feedback.example.nl"})
    assert (front.status_code, front.headers["location"]) == (303, f"{HTTPS}/s/zoe")
    deep = await production.get("/students?round=1", headers={"host": "zoe.feedback.example.nl"})
    assert deep.headers["location"] == f"{HTTPS}/s/zoe?next=/students%3Fround%3D1"


async def test_a_link_in_the_menu_of_a_learning_platform_signs_in_at_once(
    app: Litestar, production: httpx.AsyncClient, world: World, provider: FakeProvider
) -> None:
    await provider_at(world, app)
    link = {"iss": ISSUER, "login_hint": "mo", "target_link_uri": f"{HTTPS}/students?round=1"}
    answer = await production.get("/login", params=link)
    there = address_in(answer)
    assert "login_hint=mo" in there
    username = await db.fetchval("select username from person where id = $1", world.mentor.id)
    back = await production.get(way_back(there), params=provider.authorize(there, preferred_username=username))
    assert (back.status_code, back.headers["location"]) == (303, "/students?round=1")
    assert (await production.get("/api/v1/me")).json()["id"] == str(world.mentor.id)


async def test_a_link_that_fits_two_schools_asks_unless_one_was_chosen_before(
    app: Litestar, production: httpx.AsyncClient, world: World, other_school: World
) -> None:
    for school in (world, other_school):
        await provider_at(school, app)
    asked = await production.get("/login", params={"iss": ISSUER})
    assert "Zoek je school" in asked.text
    await production.get(f"/s/{other_school.slug}")
    address_in(await production.get("/login", params={"iss": ISSUER}))
    assert production.cookies["school"] == other_school.slug


@pytest.mark.parametrize("issuer", ["", "https://nobody.example", "\x00", "x" * 5000])
async def test_a_link_of_nobody_we_know_asks(production: httpx.AsyncClient, issuer: str) -> None:
    answer = await production.get("/login", params={"iss": issuer})
    assert answer.status_code == 200
    assert "Zoek je school" in answer.text


async def test_login_alone_is_the_sign_in_page(production: httpx.AsyncClient) -> None:
    answer = await production.get("/login?next=/students")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/students")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"{HTTPS}/students?a=b#c", "/students?a=b"),
        (HTTPS, "/"),
        ("https://evil.example/students", None),
        ("http://feedback.example.nl/", None),
        ("https://[", None),
        ("/students", None),
        (f"{HTTPS}//evil.example", "/"),
    ],
)
def test_a_target_is_one_of_our_own_pages(address: str, path: str | None) -> None:
    assert target(address, HTTPS) == path
