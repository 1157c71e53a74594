"""Passkeys: made right after signing in, shown to sign in, and nothing else is taken for one."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.people import service as people
from server.platform import db
from server.settings import Settings
from tests.factories import Client, Person, World
from tests.server.access.authenticator import BACKED_UP, ELIGIBLE, PRESENT, VERIFIED, Key, encoded
from tests.server.access.post import Visitor, sign_in_by_invitation

MINE = "/api/v1/me/passkeys"
SECOND = "/auth/second-factor"


async def fresh(world: World, person: Person, *, second_factor: bool = False) -> Client:
    """Somebody who signed in just now."""
    await world.speak()
    session = await people.start_session(world.school_id, person.id, second_factor=second_factor)
    return Client(world.http, session)


async def older(world: World, person: Person, *, second_factor: bool = False) -> Client:
    """Somebody who signed in eleven minutes ago."""
    client = await fresh(world, person, second_factor=second_factor)
    await world.speak()
    await db.execute(
        "update session set created_at = now() - interval '11 minutes' where school_id = $1 and person_id = $2",
        world.school_id,
        person.id,
    )
    return client


async def made(client: Client, **wrong: Any) -> Key:
    """A passkey of this person."""
    key = Key()
    options = await client.post(f"{MINE}/options")
    assert options.status_code == 200, options.text
    answer = await client.post(MINE, json=key.make(options.json(), **wrong))
    assert answer.status_code == 201, answer.text
    return key


async def sign_in(visitor: Visitor, key: Key, **wrong: Any) -> int:
    """Shows it on the sign-in page; the status."""
    options = (await visitor.send("/auth/passkey/options")).json()
    body = {**key.show(options, **wrong), "device": "own", "next": "/reports"}
    return (await visitor.send("/auth/passkey", body)).status_code


async def test_made_after_an_invitation_and_shown_to_come_back(world: World, settings: Settings) -> None:
    visitor = await sign_in_by_invitation(world, settings, world.guardian)
    page = await visitor.get("/auth/welcome?next=/reports")
    assert 'data-passkey="make" data-next="/reports"' in page.text
    key = Key()
    options = (await visitor.send(f"{MINE}/options")).json()
    assert options["public_key"]["rp"] == {"name": "Driehoek", "id": "localhost"}
    assert options["public_key"]["authenticatorSelection"]["userVerification"] == "required"
    assert (await visitor.send(MINE, key.make(options))).status_code == 201
    assert (await visitor.get("/auth/welcome?next=/reports")).headers["location"] == "/reports"

    later = Visitor(world)
    asked = (await later.send("/auth/passkey/options")).json()
    assert asked["public_key"]["allowCredentials"] == []
    answer = await later.send("/auth/passkey", {**key.show(asked), "device": "own", "next": "/reports"})
    assert (answer.status_code, answer.json()) == (200, {"next": "/reports"})
    assert answer.headers["cache-control"] == "no-store"
    assert await later.me() == world.guardian.id
    listed = (await later.get(MINE)).json()
    assert [(one["name"], one["synced"], one["last_used_at"] is not None) for one in listed] == [
        ("Telefoon", False, True)
    ]


async def test_it_finds_its_school_by_itself(world: World, other_school: World) -> None:
    key = await made(await fresh(other_school, other_school.mentor))
    visitor = Visitor(world)
    assert await sign_in(visitor, key) == 200
    assert await visitor.me() == other_school.mentor.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8000.evil.example"},
        {"cross": True},
        {"type": "webauthn.create"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"challenge": encoded(b"x" * 32)},
        {"challenge": ""},
        {"private": ec.generate_private_key(ec.SECP256R1())},
        {"id": b"another"},
        {"count": 0},
        {"handle": encoded(b"y" * 16)},
        {"handle": "%%%"},
    ],
    ids=str,
)
async def test_one_thing_wrong_and_nobody_is_signed_in(world: World, wrong: dict[str, Any]) -> None:
    key = await made(await fresh(world, world.mentor))
    # An authenticator that counts has counted once already.
    assert await sign_in(Visitor(world), key) == 200
    visitor = Visitor(world)
    assert await sign_in(visitor, key, **wrong) == 422
    assert await visitor.me() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"type": "webauthn.get"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"challenge": encoded(b"x" * 32)},
    ],
    ids=str,
)
async def test_one_thing_wrong_and_nothing_is_kept(world: World, wrong: dict[str, Any]) -> None:
    client = await fresh(world, world.mentor)
    options = (await client.post(f"{MINE}/options")).json()
    answer = await client.post(MINE, json=Key().make(options, **wrong))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert (await client.get(MINE)).json() == []


async def test_a_challenge_is_for_one_answer_also_after_a_wrong_one(world: World) -> None:
    key = await made(await fresh(world, world.mentor))
    visitor = Visitor(world)
    options = (await visitor.send("/auth/passkey/options")).json()
    assert (await visitor.send("/auth/passkey", key.show(options, flags=PRESENT))).status_code == 422
    right = await visitor.send("/auth/passkey", key.show(options))
    assert right.json()["errors"][0]["code"] == "passkey_over"
    client = await fresh(world, world.mentor, second_factor=True)
    asked = (await client.post(f"{MINE}/options")).json()
    assert (await client.post(MINE, json=Key().make(asked, flags=PRESENT))).status_code == 422
    assert (await client.post(MINE, json=Key().make(asked))).json()["errors"][0]["code"] == "passkey_over"


async def test_a_challenge_is_for_the_browser_that_asked_and_for_what_it_asked(world: World) -> None:
    client = await fresh(world, world.admin)
    key = await made(client)
    first, second = Visitor(world), Visitor(world)
    options = (await first.send("/auth/passkey/options")).json()
    await second.send("/auth/passkey/options")
    assert (await second.send("/auth/passkey", key.show(options))).status_code == 422
    assert (await client.post(SECOND, json=key.show(options))).status_code == 422
    assert (await first.send("/auth/passkey", key.show(options))).status_code == 200


async def test_a_challenge_lives_five_minutes(world: World) -> None:
    key = await made(await fresh(world, world.mentor))
    visitor = Visitor(world)
    options = (await visitor.send("/auth/passkey/options")).json()
    seconds = await db.fetchval("select extract(epoch from max(expires_at) - now()) from webauthn_challenge")
    assert seconds == 300
    for row in await db.fetch("delete from webauthn_challenge returning challenge, browser, purpose"):
        await db.execute(
            "insert into webauthn_challenge (challenge, browser, purpose, expires_at) values ($1, $2, $3, now())", *row
        )
    assert (await visitor.send("/auth/passkey", key.show(options))).status_code == 422


async def test_two_pages_of_one_browser_do_not_disturb_each_other(world: World) -> None:
    key = await made(await fresh(world, world.mentor))
    visitor = Visitor(world)
    first, second = [(await visitor.send("/auth/passkey/options")).json() for _ in range(2)]
    assert (await visitor.send("/auth/passkey", key.show(second))).status_code == 200
    assert (await visitor.send("/auth/passkey", key.show(first))).status_code == 200


async def test_the_same_passkey_is_kept_once_and_belongs_to_one_person(world: World) -> None:
    client = await fresh(world, world.mentor)
    key = await made(client)
    asked = (await client.post(f"{MINE}/options")).json()
    assert [one["id"] for one in asked["public_key"]["excludeCredentials"]] == [encoded(key.id)]
    assert (await client.post(MINE, json=key.make(asked))).json()["errors"][0]["code"] == "passkey_known"
    other = await fresh(world, world.outsider)
    asked = (await other.post(f"{MINE}/options")).json()
    assert (await other.post(MINE, json=key.make(asked))).status_code == 422


async def test_a_passkey_is_made_within_ten_minutes_or_with_another_one(world: World) -> None:
    client = await older(world, world.mentor)
    refused = await client.post(f"{MINE}/options")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/sign-in-again")
    assert (await client.post(MINE, json=Key().make({"public_key": _asked()}))).status_code == 403
    shown = await older(world, world.mentor, second_factor=True)
    assert (await shown.post(f"{MINE}/options")).status_code == 200


def _asked() -> dict[str, Any]:
    return {"user": {"id": encoded(b"u" * 16)}, "rp": {"id": "localhost"}, "challenge": encoded(b"c" * 32)}


async def test_renaming_and_removing_ones_own_only(world: World) -> None:
    client, other = await fresh(world, world.mentor), await fresh(world, world.outsider)
    key = await made(client)
    path = f"{MINE}/{(await client.get(MINE)).json()[0]['id']}"
    assert (await client.patch(path, json={"name": " Mijn telefoon "})).status_code == 204
    assert (await client.get(MINE)).json()[0]["name"] == "Mijn telefoon"
    for name in ("", "   ", "x" * 61, "a\x00b"):
        assert (await client.patch(path, json={"name": name})).json()["errors"][0]["pointer"] == "/name"
    assert (await other.patch(path, json={"name": "x"})).status_code == 404
    assert (await other.delete(path)).status_code == 404
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(MINE)).json() == []
    assert await sign_in(Visitor(world), key) == 422


async def test_who_is_disabled_gets_in_with_no_passkey(world: World) -> None:
    key = await made(await fresh(world, world.mentor))
    await world.set(world.mentor, enabled=False)
    visitor = Visitor(world)
    assert await sign_in(visitor, key) == 422
    assert await visitor.me() is None


async def test_a_synced_passkey_says_so(world: World) -> None:
    client = await fresh(world, world.mentor)
    await made(client, flags=PRESENT | VERIFIED | ELIGIBLE | BACKED_UP)
    assert (await client.get(MINE)).json()[0]["synced"] is True


async def test_a_passkey_that_does_not_count_is_shown_again_and_again(world: World) -> None:
    key = await made(await fresh(world, world.mentor))
    for _ in range(3):
        assert await sign_in(Visitor(world), key, count=0) == 200


async def test_signing_in_with_a_passkey_ends_the_session_the_browser_had(world: World) -> None:
    key = await made(await fresh(world, world.mentor))
    visitor = Visitor(world)
    await sign_in(visitor, key)
    first = visitor.cookies["driehoek"]
    await sign_in(visitor, key)
    assert await Visitor(world, {"driehoek": first}).me() is None
    assert await visitor.me() == world.mentor.id


# --- the second factor ------------------------------------------------------------------------------------------------


async def administers(client: Client) -> int:
    return (await client.get("/api/v1/admin/access")).status_code


async def test_an_admins_first_passkey_is_the_second_factor_and_later_it_is_shown(world: World) -> None:
    first = await fresh(world, world.admin)
    assert await administers(first) == 403
    assert (await first.get("/api/v1/admin/access")).json()["type"] == "/problems/second-factor"
    assert (await first.post(f"{SECOND}/options")).status_code == 404  # nothing to show yet
    key = await made(first)
    assert await administers(first) == 200

    later = await older(world, world.admin)
    assert await administers(later) == 403
    asked = (await later.post(f"{SECOND}/options")).json()
    assert [one["id"] for one in asked["public_key"]["allowCredentials"]] == [encoded(key.id)]
    assert (await later.post(SECOND, json=key.show(asked))).status_code == 204
    assert await administers(later) == 200


async def test_an_admin_who_has_a_passkey_gets_no_other_one_without_showing_it(world: World) -> None:
    key = await made(await fresh(world, world.admin))
    intruder = await fresh(world, world.admin)  # who has the mailbox, and nothing else
    refused = await intruder.post(f"{MINE}/options")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/second-factor")
    path = f"{MINE}/{(await intruder.get(MINE)).json()[0]['id']}"
    assert (await intruder.delete(path)).json()["type"] == "/problems/second-factor"
    assert await administers(intruder) == 403
    asked = (await intruder.post(f"{SECOND}/options")).json()
    assert (await intruder.post(SECOND, json=key.show(asked))).status_code == 204
    assert (await intruder.post(f"{MINE}/options")).status_code == 200


@pytest.mark.parametrize("whose", ["mentor", "organiser"])
async def test_somebody_elses_passkey_is_no_second_factor(world: World, whose: str) -> None:
    await made(await fresh(world, world.admin))
    theirs = await made(await fresh(world, getattr(world, whose)))
    admin = await fresh(world, world.admin)
    asked = (await admin.post(f"{SECOND}/options")).json()
    assert (await admin.post(SECOND, json=theirs.show(asked))).status_code == 422
    assert await administers(admin) == 403


async def test_a_second_factor_is_nothing_to_who_does_not_administer(world: World) -> None:
    client = await fresh(world, world.organiser)
    key = await made(client)
    assert (await client.post(f"{SECOND}/options")).status_code == 404
    assert (
        await client.post(SECOND, json=key.show({"public_key": {"rpId": "localhost", "challenge": "AAAA"}}))
    ).status_code == 404
    assert await administers(client) == 404


async def test_an_admin_who_signs_in_with_a_passkey_has_shown_both(world: World) -> None:
    key = await made(await fresh(world, world.admin))
    visitor = Visitor(world)
    assert await sign_in(visitor, key) == 200
    assert (await visitor.get("/api/v1/admin/access")).status_code == 200


async def test_removing_a_passkey_asks_for_one_again_in_all_other_sessions(world: World) -> None:
    first = await fresh(world, world.admin)
    await made(first)
    await made(first)
    other = await fresh(world, world.admin, second_factor=True)
    one, two = [item["id"] for item in (await first.get(MINE)).json()]
    assert (await first.delete(f"{MINE}/{one}")).status_code == 204
    assert [await administers(first), await administers(other)] == [200, 403]
    assert (await first.delete(f"{MINE}/{two}")).status_code == 204
    assert [await administers(first), await administers(other)] == [403, 403]


async def test_nobody_has_passkeys(world: World) -> None:
    nobody = await world.as_(None)
    assert (await nobody.get(MINE)).status_code == 401
    assert (await nobody.post(f"{MINE}/options")).status_code == 401
    assert (await nobody.post(f"{SECOND}/options")).status_code == 401
    assert (await nobody.post(MINE, json=Key().make({"public_key": _asked()}))).status_code == 401
