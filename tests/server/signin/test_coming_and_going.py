"""From a link to where it leads, from any device, and out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from server.platform import clock, db, retention
from tests.factories import World
from tests.server.signin.provider import ISSUER, FakeProvider
from tests.server.signin.visitor import Visitor, address_in, living_sessions, provider_at


@pytest.fixture
async def username(world: World) -> str:
    await world.speak()
    return str(await db.fetchval("select username from person where id = $1", world.mentor.id))


async def test_a_link_into_the_app_survives_signing_in(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    wanted = "/students?round=1&name=Zo%C3%AB"
    page = await visitor.http.get(wanted)
    assert page.headers["location"].startswith("/sign-in?next=")
    answer = await visitor.sign_in(await provider_at(world, app), provider, next_=wanted, preferred_username=username)
    assert answer.headers["location"] == wanted


async def test_the_session_that_the_browser_had_ends(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider_id = await provider_at(world, app)
    await visitor.sign_in(provider_id, provider, preferred_username=username)
    first = visitor.http.cookies["driehoek"]
    await visitor.sign_in(provider_id, provider, preferred_username=username)
    assert visitor.http.cookies["driehoek"] != first
    assert await living_sessions(world) == 1


@pytest.mark.parametrize(
    ("device", "allowed", "days"), [("own", True, 30), ("own", False, 0.5), ("shared", True, 0.5), ("", True, 0.5)]
)
async def test_a_session_is_long_on_a_device_of_ones_own_where_the_school_allows_it(
    app: Litestar,
    world: World,
    provider: FakeProvider,
    visitor: Visitor,
    username: str,
    device: str,
    allowed: bool,
    days: float,
) -> None:
    await world.speak()
    await db.execute("update school_settings set long_sessions = $2 where school_id = $1", world.school_id, allowed)
    answer = await visitor.sign_in(await provider_at(world, app), provider, device=device, preferred_username=username)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("driehoek="))
    assert ("Max-Age" in cookie) is (days == 30)
    await world.speak()
    row = await db.fetchrow("select idle, label, device, second_factor_at from session where ended_at is null")
    assert row["idle"] == timedelta(days=days)
    assert row["label"] == "Chrome op Android"
    assert row["device"] == (device or "shared")
    assert row["second_factor_at"] is None


async def test_signing_out_ends_the_session_here_and_leads_to_where_it_ends_there(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username)
    headers = {"sec-fetch-site": "same-origin", "accept": "application/json"}
    answer = await visitor.http.post("/auth/sign-out", headers=headers)
    there = urlsplit(answer.json()["location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{ISSUER}/end"
    query = parse_qs(there.query)
    assert query["post_logout_redirect_uri"] == ["http://localhost:8000/sign-in"]
    assert query["id_token_hint"][0].count(".") == 2
    assert await living_sessions(world) == 0
    again = await visitor.http.post("/auth/sign-out", headers=headers)
    assert again.json() == {"location": "/sign-in"}


async def test_signing_out_without_the_app_leads_on_by_a_page(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username)
    answer = await visitor.http.post("/auth/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert address_in(answer).startswith(f"{ISSUER}/end?")


async def test_signing_out_needs_no_provider_that_answers(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider_id = await provider_at(world, app)
    await visitor.sign_in(provider_id, provider, preferred_username=username)
    app.state.oidc._metadata.clear()
    provider.away = True
    answer = await visitor.http.post("/auth/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["location"] == "/sign-in"
    assert await living_sessions(world) == 0


async def test_a_provider_that_does_not_answer_and_one_who_stops_get_a_page_with_words(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider_id = await provider_at(world, app)
    provider.away = True
    away = await visitor.start(provider_id)
    assert (away.status_code, "nu niet bereiken" in away.text) == (503, True)
    provider.away = False
    query = parse_qs(urlsplit(await visitor.there(provider_id)).query)
    stopped = await visitor.back({"error": "access_denied", "state": query["state"][0]})
    assert (stopped.status_code, "gestopt met inloggen" in stopped.text) == (400, True)
    # From there on it goes on as from the start.
    assert f'formaction="/auth/oidc/{provider_id}/start"' in stopped.text
    assert (await visitor.sign_in(provider_id, provider, preferred_username=username)).status_code == 303


async def test_a_new_key_of_the_provider_is_found_at_once_and_looked_for_once(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor], username: str
) -> None:
    provider_id = await provider_at(world, app)
    assert (await browser().sign_in(provider_id, provider, preferred_username=username)).status_code == 303
    provider.rotate("two")
    assert (await browser().sign_in(provider_id, provider, preferred_username=username)).status_code == 303
    provider.asked.clear()
    provider.published.clear()
    provider.rotate("three")
    for _ in range(3):
        assert (await browser().sign_in(provider_id, provider, preferred_username=username)).status_code == 403
    assert provider.asked.count("/jwks") == 0, "within half a minute nobody makes us look again"
    assert provider.asked.count("/.well-known/openid-configuration") == 0


async def test_a_provider_that_is_switched_off_lets_nobody_in(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider_id = await provider_at(world, app)
    address = await visitor.there(provider_id)
    await world.speak()
    await db.execute("update identity_provider set enabled = false where id = $1", provider_id)
    assert (await visitor.start(provider_id)).status_code == 400
    assert (await visitor.back(provider.authorize(address, preferred_username=username))).status_code == 400
    assert await living_sessions(world) == 0


# --------------------------------------------------------------------------- losing what one had, on the next request


async def signed_in(visitor: Visitor, app: Litestar, world: World, provider: FakeProvider, username: str) -> None:
    await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username)
    assert (await visitor.me()).status_code == 200


async def test_who_is_disabled_is_signed_out_on_the_next_request(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    await signed_in(visitor, app, world, provider, username)
    await world.set(world.mentor, enabled=False)
    assert (await visitor.me()).status_code == 401


async def test_who_left_the_school_is_signed_out_on_the_next_request(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    await signed_in(visitor, app, world, provider, username)
    await world.set(world.mentor, left_on=clock.today())
    assert (await visitor.me()).status_code == 401


async def test_who_loses_a_role_loses_what_it_shows_on_the_next_request(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    organiser = str(await db.fetchval("select username from person where id = $1", world.organiser.id))
    await signed_in(visitor, app, world, provider, organiser)
    assert (await visitor.http.get("/api/v1/rounds")).status_code == 200
    await world.speak()
    await db.execute("delete from person_role where person_id = $1 and role = 'organiser'", world.organiser.id)
    assert (await visitor.http.get("/api/v1/rounds")).status_code == 404
    assert "organise" not in (await visitor.me()).json()["navigation"]


# ------------------------------------------------------------------------------------------------- where one is signed in


async def test_one_sees_where_one_is_signed_in_and_ends_that_from_elsewhere(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor], username: str
) -> None:
    provider_id = await provider_at(world, app)
    phone, school, library = browser(), browser(), browser()
    for visitor, device in ((phone, "own"), (school, "shared"), (library, "shared")):
        await visitor.sign_in(provider_id, provider, device=device, preferred_username=username)
    listed = (await phone.http.get("/api/v1/me/sessions")).json()
    assert [one["label"] for one in listed] == ["Chrome op Android"] * 3
    assert [one["device"] for one in listed if one["current"]] == ["own"]
    zone = ZoneInfo(clock.DEFAULT_ZONE)
    assert {datetime.fromisoformat(one["seen_at"]).astimezone(zone).date() for one in listed} == {clock.today()}
    assert phone.http.cookies["driehoek"] not in str(listed)

    there = next(one for one in (await library.http.get("/api/v1/me/sessions")).json() if one["current"])
    headers = {"sec-fetch-site": "same-origin"}
    ended = await phone.http.delete(f"/api/v1/me/sessions/{there['id']}", headers=headers)
    assert ended.status_code == 204
    assert (await library.me()).status_code == 401
    assert (await phone.http.delete(f"/api/v1/me/sessions/{there['id']}", headers=headers)).status_code == 404
    others = await phone.http.post("/api/v1/me/sessions/end-others", headers=headers)
    assert others.json() == {"count": 1}
    assert (await school.me()).status_code == 401
    assert (await phone.me()).status_code == 200


async def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    theirs = (await (await world.as_(world.students[0])).get("/api/v1/me/sessions")).json()[0]
    admin = await world.as_(world.admin)
    assert (await admin.delete(f"/api/v1/me/sessions/{theirs['id']}")).status_code == 404
    await admin.post("/api/v1/me/sessions/end-others")
    assert (await (await world.as_(world.students[0])).get("/api/v1/me")).status_code == 200


async def test_what_is_kept_of_signing_in_goes_by_itself(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor], username: str
) -> None:
    provider_id = await provider_at(world, app)
    for visitor in (browser(), browser()):
        await visitor.sign_in(provider_id, provider, preferred_username=username)
    await world.speak()
    await db.execute(
        "update session set ended_at = now() where ctid = (select ctid from session where person_id = $1 limit 1)",
        world.mentor.id,
    )
    await db.execute("update sign_in_used set used_at = now() - interval '2 hours'")
    await retention.clear(world.school_id)
    await world.speak()
    assert await db.fetchval("select count(*) from session_account where school_id = $1", world.school_id) == 1
    assert await db.fetchval("select count(*) from sign_in_used where school_id = $1", world.school_id) == 0
