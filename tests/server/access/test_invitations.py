"""Invitations: opening uses nothing up, a code goes to the address on record, and each opens one sign-in."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from server.access.derived import LETTERS, invitation_token, token_hash
from server.platform import db
from server.settings import Settings
from tests.factories import World
from tests.server.access.post import (
    Visitor,
    alert,
    invited,
    latest_code,
    letter,
    other_than,
    outbox_kinds,
    sign_in_by_invitation,
)


async def test_from_the_mail_to_the_reports(world: World, settings: Settings) -> None:
    visitor = await sign_in_by_invitation(world, settings, world.guardian)
    assert await visitor.me() == world.guardian.id
    assert (await visitor.get("/api/v1/me")).json()["device"] == "own"


async def test_a_scanner_that_opens_every_link_uses_nothing_up(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian)
    for _ in range(3):
        page = await Visitor(world).get(f"/i/{token}")
        assert page.status_code == 200
        assert (await Visitor(world).get(f"/i/{token}/code")).status_code == 200
    await world.speak()
    row = await db.fetchrow("select opened_at, used_at from invitation where school_id = $1", world.school_id)
    assert dict(row or {}) == {"opened_at": None, "used_at": None}
    assert await db.fetchval("select count(*) from sign_in_code where school_id = $1", world.school_id) == 0


@pytest.mark.parametrize("change", [str.lower, lambda token: token.replace("-", " "), lambda token: f" {token} "])
async def test_the_code_may_be_typed_as_people_type(world: World, settings: Settings, change: object) -> None:
    token = await letter(world, settings, world.guardian)
    typed = change(token)  # type: ignore[operator]
    answer = await Visitor(world).post("/i", token=typed)
    assert answer.status_code == 303
    assert (await Visitor(world).get(answer.headers["location"])).status_code == 200


@pytest.mark.parametrize("typed", ["", "ABC", "0000-0000-0000", "x" * 300, "ABCD-EFGH-JKL\u0130"])
async def test_what_is_no_code_is_said_at_once(world: World, typed: str) -> None:
    answer = await Visitor(world).post("/i", token=typed)
    assert answer.status_code == 422
    assert "twaalf letters en cijfers" in alert(answer)


async def test_a_code_that_nobody_has_leads_nowhere(world: World, settings: Settings) -> None:
    unknown = invitation_token(settings, uuid4())
    answer = await Visitor(world).get(f"/i/{unknown}")
    assert answer.status_code == 404
    assert alert(answer) == "Deze code kennen we niet. Kijk of je hem goed overtypte."
    assert (await Visitor(world).post(f"/i/{unknown}")).status_code == 404


async def test_an_invitation_lets_in_once(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian)
    visitor = Visitor(world)
    await visitor.post(f"/i/{token}")
    code = await latest_code(world, settings)
    assert (await visitor.post("/auth/code/confirm", code=code)).status_code == 303
    again = await Visitor(world).get(f"/i/{token}")
    assert "al gebruikt" in again.text
    assert f'href="/auth/code?school={world.slug}"' in again.text
    assert (await Visitor(world).post(f"/i/{token}")).status_code == 410
    # The same browser with the same code: over too.
    assert (await visitor.post("/auth/code/confirm", code=code)).status_code == 422


async def test_after_fourteen_days_it_opens_nothing(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian)
    await world.speak()
    days = await db.fetchval(
        "select extract(day from expires_at - created_at) from invitation where school_id = $1", world.school_id
    )
    assert days == 14
    await db.execute("update invitation set expires_at = now() where school_id = $1", world.school_id)
    assert "werkt niet meer" in (await Visitor(world).get(f"/i/{token}")).text
    assert (await Visitor(world).post(f"/i/{token}")).status_code == 410


async def test_a_revoked_one_opens_nothing_also_when_its_code_is_under_way(world: World, settings: Settings) -> None:
    invitation_id = await invited(world, world.guardian)
    token = invitation_token(settings, invitation_id)
    visitor = Visitor(world)
    await visitor.post(f"/i/{token}")
    code = await latest_code(world, settings)
    admin = await world.as_(world.admin)
    revoked = await admin.delete(f"/api/v1/admin/access/invitations/{invitation_id}")
    assert revoked.status_code == 204
    answer = await visitor.post("/auth/code/confirm", code=code)
    assert answer.status_code == 422
    assert await visitor.me() is None


async def test_a_newer_invitation_ends_the_older_one(world: World, settings: Settings) -> None:
    older, newer = [await letter(world, settings, world.guardian, channel) for channel in ("paper", "mail")]
    assert (await Visitor(world).post(f"/i/{older}")).status_code == 410
    assert (await Visitor(world).post(f"/i/{newer}")).status_code == 303


async def test_the_page_shows_enough_of_the_address_to_know_it_by_and_no_name(world: World, settings: Settings) -> None:
    await world.set(world.guardian, email="gea@example.org")
    page = (await Visitor(world).get(f"/i/{await letter(world, settings, world.guardian)}")).text
    assert "g…@example.org" in page
    assert "gea@example.org" not in page
    assert "Gea" not in page
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", page)


async def test_a_letter_for_somebody_without_an_address_is_enough_once_and_is_written_down(
    world: World, settings: Settings
) -> None:
    await world.set(world.guardian, email="")
    token = await letter(world, settings, world.guardian, "paper")
    visitor = Visitor(world)
    assert 'name="device"' in (await visitor.get(f"/i/{token}")).text
    assert (await visitor.post(f"/i/{token}", device="shared")).status_code == 303
    assert await visitor.me() == world.guardian.id
    assert (await Visitor(world).post(f"/i/{token}")).status_code == 410
    await world.speak()
    acts = await db.fetch("select act from audit_log where school_id = $1 order by at, id", world.school_id)
    assert [row["act"] for row in acts].count("access.letter_alone") == 1


async def test_who_has_no_address_is_told_before_the_letter_is_used_that_only_a_passkey_leads_back(
    world: World, settings: Settings
) -> None:
    """On a shared device no passkey is made, and there is no mailbox for a code."""
    await world.set(world.guardian, email="")
    token = await letter(world, settings, world.guardian, "paper")
    visitor = Visitor(world)
    page = (await visitor.get(f"/i/{token}")).text
    assert "Kies ‘Eigen telefoon’ als dit apparaat van jou is" in page
    assert (await visitor.post(f"/i/{token}", device="own")).headers["location"] == "/auth/welcome?next=%2F"
    assert "Alleen daarmee kom je er weer in" in (await visitor.get("/auth/welcome?next=/")).text


async def test_a_letter_is_not_enough_once_there_is_an_address(world: World, settings: Settings) -> None:
    await world.set(world.guardian, email="")
    token = await letter(world, settings, world.guardian, "paper")
    await world.set(world.guardian, email="gea@example.org")
    visitor = Visitor(world)
    answer = await visitor.post(f"/i/{token}")
    assert answer.headers["location"] == f"/i/{token}/code"
    assert await visitor.me() is None


async def test_a_mail_whose_address_is_gone_lets_nobody_in(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian)
    await world.set(world.guardian, email="")
    assert "geen e-mailadres" in (await Visitor(world).get(f"/i/{token}")).text
    visitor = Visitor(world)
    assert (await visitor.post(f"/i/{token}")).status_code == 410
    assert await visitor.me() is None


async def test_who_left_or_is_disabled_gets_in_no_more(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian)
    visitor = Visitor(world)
    await visitor.post(f"/i/{token}")
    code = await latest_code(world, settings)
    await world.set(world.guardian, enabled=False)
    assert (await visitor.post("/auth/code/confirm", code=code)).status_code == 422
    assert (await Visitor(world).post(f"/i/{token}")).status_code == 410
    assert await visitor.me() is None


async def test_a_wrong_code_gets_nobody_in(world: World, settings: Settings) -> None:
    visitor = Visitor(world)
    await visitor.post(f"/i/{await letter(world, settings, world.guardian)}")
    code = await latest_code(world, settings)
    answer = await visitor.post("/auth/code/confirm", code=other_than(code))
    assert (answer.status_code, alert(answer)) == (422, "Deze code klopt niet. Kijk nog eens in de mail.")
    assert (await visitor.post("/auth/code/confirm", code=code)).status_code == 303


async def test_only_the_browser_that_asked_can_use_the_code(world: World, settings: Settings) -> None:
    visitor = Visitor(world)
    await visitor.post(f"/i/{await letter(world, settings, world.guardian)}")
    code = await latest_code(world, settings)
    assert (await Visitor(world).post("/auth/code/confirm", code=code)).status_code == 422
    forged = Visitor(world, {"code": f"{world.school_id.hex}.guess"})
    assert (await forged.post("/auth/code/confirm", code=code)).status_code == 422
    assert (await Visitor(world, {"code": "nonsense"}).post("/auth/code/confirm", code=code)).status_code == 422


async def test_a_letters_code_in_another_school_is_of_that_school(
    world: World, other_school: World, settings: Settings
) -> None:
    theirs = await letter(other_school, settings, other_school.guardian)
    visitor = Visitor(world)
    await visitor.post(f"/i/{theirs}")
    code = await latest_code(other_school, settings)
    await visitor.post("/auth/code/confirm", code=code)
    assert await visitor.me() == other_school.guardian.id


async def test_nothing_that_opens_something_is_stored(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian)
    await Visitor(world).post(f"/i/{token}")
    code = await latest_code(world, settings)
    await world.speak()
    for table in ("invitation", "sign_in_code", "outbox", "audit_log", "request_key"):
        for row in await db.fetch(f"select t::text as said from {table} t where school_id = $1", world.school_id):
            for secret in (token, token.replace("-", ""), f",{code},", f'"{code}"'):
                assert secret not in row["said"], table
    assert await outbox_kinds(world) == ["invitation.made", "code.asked"]


def test_tokens_are_twelve_letters_that_nobody_mixes_up(settings: Settings) -> None:
    tokens = [invitation_token(settings, uuid4()) for _ in range(200)]
    assert len(set(tokens)) == 200
    for token in tokens:
        assert re.fullmatch(rf"[{LETTERS}]{{4}}(-[{LETTERS}]{{4}}){{2}}", token)
        assert token_hash(settings, token.lower()) == token_hash(settings, token)
    assert not set("01OIU") & set(LETTERS)
