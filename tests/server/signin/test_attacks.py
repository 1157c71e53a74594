"""Ten attacks, and some more: whatever comes back from the provider or the browser, nobody is signed in by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar import Litestar

from server.platform import clock, db
from tests.factories import World
from tests.server.signin.provider import ISSUER, FakeProvider, signed_by_another, signed_with_public_key, unsigned
from tests.server.signin.visitor import Visitor, living_sessions, provider_at, way_back


async def nobody(visitor: Visitor, answer: httpx.Response) -> None:
    """A page that says so, no session, no cookie of one."""
    assert answer.status_code in (400, 403), answer.text
    assert 'role="alert"' in answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert not [one for one in cookies if one.startswith("driehoek=")]
    assert (await visitor.me()).status_code == 401
    assert await living_sessions(visitor.world) == 0


@pytest.fixture
async def username(world: World) -> str:
    """Of the teacher whom everybody here wants to be."""
    await world.speak()
    return str(await db.fetchval("select username from person where id = $1", world.mentor.id))


def changed(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Claims with other values; None leaves one out."""

    def bend(claims: dict[str, Any]) -> dict[str, Any]:
        bent = {**claims, **{name: value(claims) if callable(value) else value for name, value in values.items()}}
        return {name: value for name, value in bent.items() if value is not None}

    return bend


async def test_the_right_answer_signs_in_so_that_the_rest_shows_something(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    answer = await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username)
    assert answer.status_code == 303, answer.text
    assert (await visitor.me()).json()["id"] == str(world.mentor.id)
    assert await living_sessions(world) == 1


BENT = {
    "nonce of another attempt": changed(nonce="another"),
    "no nonce": changed(nonce=None),
    "other issuer": changed(iss="https://idp.evil.example"),
    "issuer with a slash more": changed(iss=lambda claims: claims["iss"] + "/"),
    "for somebody else": changed(aud="another-client"),
    "for us and somebody else": changed(aud=["driehoek", "another-client"]),
    "authorized for somebody else": changed(azp="another-client"),
    "expired": changed(exp=lambda claims: claims["iat"] - 300, iat=lambda claims: claims["iat"] - 400),
    "no end": changed(exp=None),
    "an end that is no time": changed(exp="tomorrow"),
    "from long ago": changed(iat=lambda claims: claims["iat"] - 3600),
    "from the future": changed(iat=lambda claims: claims["iat"] + 3600),
    "not yet valid": changed(nbf=lambda claims: claims["iat"] + 3600),
    "another access token": changed(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "about nobody": changed(sub=None),
    "about a list": changed(sub=["subject-1"]),
}


@pytest.mark.parametrize("attack", BENT)
async def test_a_token_that_is_not_exactly_right(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str, attack: str
) -> None:
    provider.bend = BENT[attack]
    await nobody(visitor, await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username))


async def test_a_token_without_a_signature(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider.forge = unsigned
    await nobody(visitor, await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username))


async def test_a_token_signed_with_the_public_key_as_a_shared_secret(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider.forge = signed_with_public_key(provider)
    await nobody(visitor, await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username))


@pytest.mark.parametrize("kid", ["one", "another"])
async def test_a_token_signed_with_a_swapped_key(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str, kid: str
) -> None:
    provider.forge = signed_by_another(kid)
    await nobody(visitor, await visitor.sign_in(await provider_at(world, app), provider, preferred_username=username))


@pytest.mark.parametrize("state", ["", "another", "é"])
async def test_a_wrong_state(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str, state: str
) -> None:
    address = await visitor.there(await provider_at(world, app))
    sent = provider.authorize(address, preferred_username=username)
    await nobody(visitor, await visitor.back({**sent, "state": state}))


async def test_an_answer_for_the_browser_of_somebody_else(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor], username: str
) -> None:
    mine, theirs = browser(), browser()
    provider_id = await provider_at(world, app)
    sent = provider.authorize(await mine.there(provider_id), preferred_username=username)
    await nobody(theirs, await theirs.back(sent))
    await theirs.there(provider_id)
    await nobody(theirs, await theirs.back(sent))


async def test_an_answer_of_another_provider(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    address = await visitor.there(await provider_at(world, app))
    sent = provider.authorize(address, preferred_username=username)
    await nobody(visitor, await visitor.back({**sent, "iss": "https://idp.evil.example"}))


async def test_a_provider_that_always_says_who_it_is_and_now_does_not(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider.sends_iss = True
    address = await visitor.there(await provider_at(world, app))
    sent = provider.authorize(address, preferred_username=username)
    await nobody(visitor, await visitor.back({name: value for name, value in sent.items() if name != "iss"}))


async def test_a_code_that_was_used(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider_id = await provider_at(world, app)
    used = provider.authorize(await visitor.there(provider_id), preferred_username=username)
    provider.codes.pop(used["code"])
    await nobody(visitor, await visitor.back(used))


async def test_a_callback_that_comes_twice_with_its_cookie_kept(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    address = await visitor.there(await provider_at(world, app))
    kept = dict(visitor.http.cookies)
    sent = provider.authorize(address, preferred_username=username)
    given = provider.codes[sent["code"]]
    assert (await visitor.back(sent)).status_code == 303
    assert "sign-in" not in visitor.http.cookies
    # A provider that takes the code a second time would be no help either.
    provider.codes[sent["code"]] = given
    visitor.http.cookies = httpx.Cookies(kept)
    answer = await visitor.back(sent)
    assert answer.status_code == 400
    assert await living_sessions(world) == 1
    assert (await visitor.me()).status_code == 401


async def test_an_attempt_that_took_too_long(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    address = await visitor.there(await provider_at(world, app))
    sent = provider.authorize(address, preferred_username=username)
    with clock.at(clock.now() + timedelta(seconds=601)):
        await nobody(visitor, await visitor.back(sent))


@pytest.mark.parametrize("change", ["cut", "turned", "theirs"])
async def test_a_cookie_that_was_meddled_with(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str, change: str
) -> None:
    address = await visitor.there(await provider_at(world, app))
    sent = provider.authorize(address, preferred_username=username)
    carried = visitor.http.cookies["sign-in"]
    turned = {
        "cut": carried[:40],
        "turned": carried[:60] + ("A" if carried[60] != "A" else "B") + carried[61:],
        "theirs": "e30=",
    }
    visitor.http.cookies = httpx.Cookies({"sign-in": turned[change]})
    await nobody(visitor, await visitor.back(sent))


async def test_an_account_of_another_tenant(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    tenant = "0a7c1a4e-0000-4000-8000-000000000001"
    provider_id = await provider_at(world, app, preset="entra", settings={"tenant": tenant})
    for other in ("0a7c1a4e-0000-4000-8000-000000000002", None, [tenant, "x"]):
        answer = await visitor.sign_in(provider_id, provider, upn=username, **({"tid": other} if other else {}))
        await nobody(visitor, answer)
    assert (await visitor.sign_in(provider_id, provider, upn=username, tid=tenant)).status_code == 303


@pytest.mark.parametrize("verified", [None, False, "no", 0])
async def test_somebody_elses_address_that_nobody_verified(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str, verified: Any
) -> None:
    provider_id = await provider_at(world, app, bind_by="email")
    more = {} if verified is None else {"email_verified": verified}
    await nobody(visitor, await visitor.sign_in(provider_id, provider, email=username, **more))


async def test_an_address_that_was_given_to_somebody_else_since(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor], username: str
) -> None:
    provider_id = await provider_at(world, app, bind_by="email")
    first, second = browser(), browser()
    told = {"email": username, "email_verified": True}
    assert (await first.sign_in(provider_id, provider, sub="first", **told)).status_code == 303
    answer = await second.sign_in(provider_id, provider, sub="second", **told)
    assert answer.status_code == 403
    assert (await second.me()).status_code == 401
    assert await living_sessions(world) == 1


async def test_a_place_outside_in_the_way_back(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, username: str
) -> None:
    provider_id = await provider_at(world, app)
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\tx", "x" * 3000):
        answer = await visitor.sign_in(provider_id, provider, next_=address, preferred_username=username)
        assert answer.headers["location"] == "/"


async def test_a_button_that_another_site_presses(app: Litestar, world: World, visitor: Visitor) -> None:
    provider_id = await provider_at(world, app)
    answer = await visitor.http.post(
        f"/auth/oidc/{provider_id}/start",
        data={"school": world.slug},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_provider_of_another_school(
    app: Litestar, world: World, other_school: World, provider: FakeProvider, visitor: Visitor
) -> None:
    elsewhere = await provider_at(other_school, app)
    answer = await visitor.start(elsewhere)
    assert answer.status_code == 400
    assert "sign-in" not in visitor.http.cookies


async def test_a_provider_that_passes_the_browser_on_to_that_of_another_school_gets_no_code(
    app: Litestar,
    world: World,
    other_school: World,
    provider: FakeProvider,
    browser: Callable[[], Visitor],
    username: str,
) -> None:
    """Mix-up: whose own provider is asked sends the browser on to the real one, whose code would then come to the first."""
    evil = await provider_at(other_school, app, issuer="https://idp.evil.example")
    honest = await provider_at(world, app)
    attacker, victim = browser(), browser()
    attackers = await attacker.there(honest)
    victim.world = other_school
    provider.issuer = "https://idp.evil.example"
    app.state.oidc._metadata.clear()
    evils = await victim.there(evil)
    provider.issuer = ISSUER
    provider.asked.clear()
    state = parse_qs(urlsplit(evils).query)["state"][0]
    code = provider.authorize(attackers, preferred_username=username)["code"]
    # The real provider sends the browser back to where its own school is asked for.
    victim.way = way_back(attackers)
    await nobody(victim, await victim.back({"code": code, "state": state}))
    assert "/token" not in provider.asked
