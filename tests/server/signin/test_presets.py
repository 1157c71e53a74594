"""Each ready-made provider: what it is asked for, and who its accounts are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar

from server.platform import db
from server.signin.presets import PRESETS, BindBy, Details, PresetName, identifier, one
from tests.factories import World
from tests.server.signin.provider import ISSUER, FakeProvider
from tests.server.signin.visitor import Visitor, living_sessions, provider_at

TENANT = "11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Case:
    """How a school sets a preset up, what an account of it says, and what one of another school says."""

    settings: dict[str, str]
    asked: dict[str, str]
    ours: dict[str, Any]
    theirs: dict[str, Any] | None
    claim: str
    info: dict[str, Any] = field(default_factory=dict)
    issuer: str = ISSUER


CASES = {
    "somtoday": Case(
        {"tenant": TENANT},
        {"tenant_uuid": TENANT},
        {"sub": f"{TENANT}\\person"},
        {"sub": "99999999-2222-4333-8444-555555555555\\person"},
        "preferred_username",
        issuer="https://somtoday.nl",
    ),
    "magister": Case(
        {"tenant": "school.magister.net"},
        {"acr_values": "tenant:school.magister.net"},
        {"acr": "tenant:school.magister.net"},
        {"acr": "tenant:otherschool.magister.net"},
        "preferred_username",
        issuer="https://accounts.magister.net",
    ),
    "entree": Case(
        {"organisation": "02XX", "hint": "school.example"},
        {"login_hint": "school.example"},
        {},
        None,
        "uid",
        info={"nlEduPersonHomeOrganizationId": ["02XX"], "eduPersonAffiliation": ["employee"]},
    ),
    "entra": Case({"tenant": TENANT}, {}, {"tid": TENANT}, {"tid": TENANT.replace("1", "2")}, "upn"),
    "google": Case(
        {"domain": "school.example"},
        {"hd": "school.example"},
        {"hd": "school.example", "email_verified": True},
        {"hd": "other.example", "email_verified": True},
        "email",
        issuer="https://accounts.google.com",
    ),
    "oidc": Case({}, {}, {}, None, "preferred_username"),
}


@pytest.mark.parametrize("preset", CASES)
async def test_a_preset_signs_in_who_it_should_and_nobody_of_another_school(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor, preset: str
) -> None:
    case = CASES[preset]
    provider.issuer = case.issuer
    provider_id = await provider_at(world, app, preset=preset, settings=case.settings, issuer=case.issuer)
    username = await db.fetchval("select username from person where id = $1", world.mentor.id)
    provider.info = {"sub": provider.subject, **case.info, **({case.claim: [username.upper()]} if case.info else {})}

    address = await visitor.there(provider_id)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert {name: query[name] for name in case.asked} == case.asked
    assert len(query["nonce"]) > 30 and len(query["state"]) > 30 and len(query["code_challenge"]) == 43
    own = "" if case.issuer != ISSUER else f"/{world.slug}"
    assert query["redirect_uri"] == f"http://localhost:8000/auth/oidc/callback{own}"

    told = {} if case.info else {case.claim: username.upper()}
    if case.theirs is not None:
        refused = await visitor.back(provider.authorize(address, **told, **case.theirs))
        assert refused.status_code == 403
        assert "andere school" in refused.text
        assert await living_sessions(world) == 0
        address = await visitor.there(provider_id)
    answer = await visitor.back(provider.authorize(address, **told, **case.ours))
    assert answer.status_code == 303, answer.text
    assert (await visitor.me()).json()["id"] == str(world.mentor.id)


async def test_a_home_organisation_of_another_school_is_not_ours(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    provider_id = await provider_at(world, app, preset="entree", settings={"organisation": "02XX"})
    username = await db.fetchval("select username from person where id = $1", world.mentor.id)
    for organisation in (["03YY"], ["02XX", "03YY"], "", None):
        provider.info = {"sub": provider.subject, "uid": username, "nlEduPersonHomeOrganizationId": organisation}
        assert (await visitor.sign_in(provider_id, provider)).status_code == 403
    provider.info = {"sub": "somebody-else", "uid": username, "nlEduPersonHomeOrganizationId": "02XX"}
    assert (await visitor.sign_in(provider_id, provider)).status_code == 403
    assert await living_sessions(world) == 0


async def test_what_was_signed_stands_above_what_was_asked_for_afterwards(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    provider_id = await provider_at(world, app, preset="entree", settings={"organisation": "02XX"})
    username = await db.fetchval("select username from person where id = $1", world.mentor.id)
    provider.info = {"sub": provider.subject, "uid": username, "nlEduPersonHomeOrganizationId": "02XX"}
    answer = await visitor.sign_in(provider_id, provider, nlEduPersonHomeOrganizationId="03YY")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("preset", "claims", "address"),
    [
        (PresetName.OIDC, {"email": "a@b.nl"}, ""),
        (PresetName.OIDC, {"email": "a@b.nl", "email_verified": True}, "a@b.nl"),
        (PresetName.OIDC, {"email": "a@b.nl", "email_verified": "true"}, "a@b.nl"),
        (PresetName.ENTRA, {"email": "a@b.nl", "email_verified": True}, ""),
        (PresetName.ENTRA, {"email": "a@b.nl", "xms_edov": True}, "a@b.nl"),
        (PresetName.ENTRA, {"email": "a@b.nl", "xms_edov": "0"}, ""),
        (PresetName.GOOGLE, {"email": "a@b.nl", "email_verified": False}, ""),
        (PresetName.MAGISTER, {"email": "a@b.nl"}, "a@b.nl"),
        (PresetName.ENTREE, {"mail": ["a@b.nl"]}, "a@b.nl"),
        (PresetName.ENTREE, {"mail": ["a@b.nl", "c@d.nl"]}, ""),
    ],
)
def test_an_address_counts_only_when_somebody_vouches_for_it(
    preset: PresetName, claims: dict[str, Any], address: str
) -> None:
    assert identifier(preset, BindBy.EMAIL, Details(), claims) == address


def test_an_address_under_another_heading_is_still_an_address() -> None:
    assert identifier(PresetName.GOOGLE, BindBy.USERNAME, Details(), {"email": "a@b.nl"}) == ""
    assert identifier(PresetName.OIDC, BindBy.SOURCED_ID, Details(claim="email"), {"email": "a@b.nl"}) == ""


@pytest.mark.parametrize("value", [None, 1, True, ["a", "b"], [], {}, "a\0b", [1]])
def test_a_claim_that_is_not_one_text_says_nothing(value: Any) -> None:
    assert one({"claim": value}, "claim") == ""


def test_whoever_shares_an_issuer_with_other_schools_has_to_say_which_school_it_is() -> None:
    for name, preset in PRESETS.items():
        if name is not PresetName.OIDC:
            assert preset.needs
            assert not preset.ours({}, Details(tenant="x", domain="x", organisation="x")), name


async def test_each_identifier_of_the_roster_can_be_the_one(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    await world.set(world.mentor, eck_id="https://ketenid.nl/201703/AbC", email="Mo@School.example")
    row = await db.fetchrow("select sourced_id, username from person where id = $1", world.mentor.id)
    told = {
        "sourced_id": {"claim_of_ours": row["sourced_id"]},
        "username": {"preferred_username": row["username"]},
        "eck_id": {"eckId": "https://ketenid.nl/201703/abc"},
        "email": {"email": "mo@school.EXAMPLE", "email_verified": True},
    }
    for bind_by, claims in told.items():
        await world.speak()
        await db.execute("delete from account where school_id = $1", world.school_id)
        settings = {"claim": "claim_of_ours"} if bind_by == "sourced_id" else {}
        visitor = browser()
        provider_id = await provider_at(world, app, bind_by=bind_by, settings=settings)
        answer = await visitor.sign_in(provider_id, provider, sub=f"by-{bind_by}", **claims)
        assert answer.status_code == 303, bind_by
        assert (await visitor.me()).json()["id"] == str(world.mentor.id)
