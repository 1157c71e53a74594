"""The admin's page of providers: what is written, what is never read again, and the test that signs nobody in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from server.people.service import start_session
from server.platform import db
from server.platform.sealing import BrokenSeal, seal, unseal
from server.signin.service import FOR_CLIENT
from tests.factories import Client, World
from tests.server.signin.provider import CLIENT, ISSUER, SECRET, FakeProvider
from tests.server.signin.visitor import Visitor, provider_at

PROVIDERS = "/api/v1/admin/sign-in/providers"
BODY = {
    "preset": "oidc",
    "name": "School",
    "issuer": ISSUER,
    "client_id": CLIENT,
    "client_secret": SECRET,
    "bind_by": "username",
}


async def test_a_provider_is_added_changed_and_removed_and_its_secret_is_never_told(
    app: Litestar, world: World, provider: FakeProvider
) -> None:
    admin = await world.as_(world.admin)
    added = await admin.post(PROVIDERS, json=BODY)
    assert added.status_code == 201, added.text
    item = added.json()
    assert item["has_secret"] is True
    assert item["redirect_uri"] == f"http://localhost:8000/auth/oidc/callback/{world.slug}"
    assert (await admin.get(PROVIDERS)).json() == [item]
    assert SECRET not in added.text + (await admin.get(PROVIDERS)).text

    await world.speak()
    sealed = await db.fetchval("select client_secret from identity_provider where id = $1", UUID(item["id"]))
    assert SECRET.encode() not in sealed
    secret = app.state.settings.secret
    assert unseal(secret, FOR_CLIENT, sealed, UUID(item["id"]).bytes).decode() == SECRET

    changed = await admin.patch(f"{PROVIDERS}/{item['id']}", json={"name": "Anders", "enabled": False})
    assert changed.json() == {**item, "name": "Anders", "enabled": False}
    public = await admin.patch(f"{PROVIDERS}/{item['id']}", json={"client_secret": None})
    assert public.json()["has_secret"] is False
    assert (await admin.delete(f"{PROVIDERS}/{item['id']}")).status_code == 204
    assert (await admin.get(PROVIDERS)).json() == []
    assert (await admin.delete(f"{PROVIDERS}/{item['id']}")).status_code == 404
    await world.speak()
    acts = [
        row["act"]
        for row in await db.fetch("select act from audit_log where school_id = $1 order by id", world.school_id)
    ]
    assert acts == ["provider_added", "provider_changed", "provider_changed", "provider_removed"]
    said = await db.fetchval("select string_agg(ids::text, '') from audit_log where school_id = $1", world.school_id)
    assert SECRET not in said


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": " "}, "/name", "required"),
        ({"name": "a\x00b"}, "/name", "bad_character"),
        ({"client_id": ""}, "/client_id", "required"),
        ({"issuer": ""}, "/issuer", "required"),
        ({"issuer": "ftp://idp.example"}, "/issuer", "bad_address"),
        ({"issuer": "https://10.0.0.1"}, "/issuer", "bad_address"),
        ({"issuer": "https://idp.internal"}, "/issuer", "bad_address"),
        ({"issuer": "https://idp.example/?x=1"}, "/issuer", "bad_address"),
        ({"issuer": "https://["}, "/issuer", "bad_address"),
        ({"settings": {"discovery": "http://idp.example"}}, "/settings/discovery", "bad_address"),
        ({"settings": {"claim": "x" * 301}}, "/settings/claim", "too_long"),
        ({"settings": {"nothing": "x"}}, "/settings/nothing", "unknown_field"),
        ({"preset": "entra", "issuer": ""}, "/settings/tenant", "required"),
        ({"preset": "google"}, "/settings/domain", "required"),
        ({"preset": "entree"}, "/settings/organisation", "required"),
        ({"preset": "nobody"}, "/preset", "unknown_value"),
        ({"bind_by": "name"}, "/bind_by", "unknown_value"),
        ({"client_secret": ""}, "/client_secret", "required"),
    ],
)
async def test_what_cannot_be_a_provider_is_told_at_its_field(
    world: World, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await (await world.as_(world.admin)).post(PROVIDERS, json={**BODY, **change})
    assert answer.status_code == 422, answer.text
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_preset_knows_its_issuer(world: World) -> None:
    admin = await world.as_(world.admin)
    tenant = "0A7C1A4E-0000-4000-8000-000000000001"
    body = {**BODY, "preset": "entra", "issuer": "", "settings": {"tenant": tenant}}
    assert (await admin.post(PROVIDERS, json=body)).json()["issuer"] == (
        f"https://login.microsoftonline.com/{tenant.lower()}/v2.0"
    )
    known = {one["preset"]: one for one in (await admin.get("/api/v1/admin/sign-in/presets")).json()}
    assert known["google"] == {"preset": "google", "issuer": "https://accounts.google.com", "needs": ["domain"]}


async def test_only_an_admin_with_a_second_factor_gets_there(world: World, visitor: Visitor) -> None:
    provider_id = "00000000-0000-4000-8000-000000000000"
    for person in (world.mentor, world.organiser, world.leader, world.students[0], world.guardian):
        client = await world.as_(person)
        assert (await client.get(PROVIDERS)).status_code == 404
        assert (await client.post(PROVIDERS, json=BODY)).status_code == 404
        assert (await client.post(f"{PROVIDERS}/{provider_id}/test")).status_code == 404
    await world.speak()
    first_only = Client(world.http, await start_session(world.school_id, world.admin.id))
    answer = await first_only.get(PROVIDERS)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/second-factor")


async def report(world: World, provider_id: UUID, language: str = "nl") -> tuple[bool, dict[str, str]]:
    answer = await (await world.as_(world.admin, language=language)).post(f"{PROVIDERS}/{provider_id}/test")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert all(check["text"] for check in body["checks"])
    return body["usable"], {check["key"]: check["outcome"] for check in body["checks"]}


async def test_the_test_button_says_check_by_check_what_is_right_and_what_is_not(
    app: Litestar, world: World, provider: FakeProvider
) -> None:
    good = await provider_at(world, app)
    assert await report(world, good) == (
        True,
        {"discovery": "ok", "keys": "ok", "pkce": "ok", "secret": "ok", "sign_out": "ok"},
    )
    wrong = await provider_at(world, app, client_secret="wrong")
    usable, checks = await report(world, wrong)
    assert (usable, checks["secret"]) == (False, "failed")
    elsewhere = await provider_at(world, app, issuer=f"{ISSUER}/other")
    assert await report(world, elsewhere) == (False, {"discovery": "failed"})
    provider.published.clear()
    app.state.oidc._keys.clear()
    usable, checks = await report(world, good)
    assert (usable, checks["keys"]) == (False, "failed")
    provider.away = True
    assert await report(world, good, "en") == (False, {"discovery": "failed"})
    await world.speak()
    assert await db.fetchval("select count(*) from account where school_id = $1", world.school_id) == 0


async def test_a_secret_sealed_under_another_installations_secret_is_told(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    provider_id = await provider_at(world, app)
    sealed = seal("another secret of another installation", FOR_CLIENT, b"x", provider_id.bytes)
    await db.execute("update identity_provider set client_secret = $1 where id = $2", sealed, provider_id)
    assert await report(world, provider_id) == (False, {"secret": "failed"})
    assert (await visitor.start(provider_id)).status_code == 503


async def test_removing_a_provider_signs_out_who_signed_in_there(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    provider_id = await provider_at(world, app)
    username = await db.fetchval("select username from person where id = $1", world.mentor.id)
    await visitor.sign_in(provider_id, provider, preferred_username=username)
    assert (await visitor.me()).status_code == 200
    await (await world.as_(world.admin)).delete(f"{PROVIDERS}/{provider_id}")
    assert (await visitor.me()).status_code == 401


async def test_another_school_sees_none_of_it(app: Litestar, world: World, other_school: World) -> None:
    provider_id = await provider_at(world, app)
    admin = await other_school.as_(other_school.admin)
    assert (await admin.get(PROVIDERS)).json() == []
    assert (await admin.patch(f"{PROVIDERS}/{provider_id}", json={"name": "x"})).status_code == 404
    assert (await admin.delete(f"{PROVIDERS}/{provider_id}")).status_code == 404
    assert (await admin.post(f"{PROVIDERS}/{provider_id}/test")).status_code == 404


def test_what_is_sealed_opens_for_its_purpose_and_thing_alone() -> None:
    sealed = seal("s" * 40, "one purpose", b"data", b"thing")
    assert unseal("s" * 40, "one purpose", sealed, b"thing") == b"data"
    for secret, purpose, data, bound in (
        ("t" * 40, "one purpose", sealed, b"thing"),
        ("s" * 40, "another", sealed, b"thing"),
        ("s" * 40, "one purpose", sealed, b"other"),
        ("s" * 40, "one purpose", sealed[:-1] + bytes([sealed[-1] ^ 1]), b"thing"),
        ("s" * 40, "one purpose", b"", b"thing"),
        ("s" * 40, "one purpose", b"short", b"thing"),
    ):
        with pytest.raises(BrokenSeal):
            unseal(secret, purpose, data, bound)


async def test_all_that_is_missing_is_told_at_once(world: World) -> None:
    body = {"preset": "entree", "name": "", "client_id": "", "bind_by": "username"}
    answer = await (await world.as_(world.admin)).post(PROVIDERS, json=body)
    pointers = {one["pointer"] for one in answer.json()["errors"]}
    assert pointers == {"/name", "/client_id", "/issuer", "/settings/organisation"}
