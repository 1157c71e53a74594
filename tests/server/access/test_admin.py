"""What the admin sees and does about access, and that nobody else does."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from server.access.derived import invitation_token
from server.people import service as people
from server.platform import db
from server.settings import Settings
from tests.factories import Client, World
from tests.server.access.post import (
    Visitor,
    address_of,
    invited,
    latest_code,
    letter,
    outbox_kinds,
    sign_in_by_invitation,
)

ACCESS = "/api/v1/admin/access"
INVITE = f"{ACCESS}/invitations"


async def invite(world: World, **body: Any) -> dict[str, Any]:
    answer = await (await world.as_(world.admin)).post(INVITE, json={"channel": "mail", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def seen(world: World, query: str = "") -> dict[str, dict[str, Any]]:
    """The overview by name."""
    answer = await (await world.as_(world.admin)).get(f"{ACCESS}{query}")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["people"]}


async def test_the_overview_says_how_each_guardian_gets_in(world: World, settings: Settings) -> None:
    other = await world.person("Hans van der Huis", "guardian")
    await world.guard(other, world.students[1])
    await world.set(other, email="")
    before = await seen(world)
    assert set(before) == {"Gea Guardian", "Hans van der Huis"}
    gea = before["Gea Guardian"]
    assert (gea["has_address"], gea["passkeys"], gea["invitation"], gea["signed_in_at"]) == (True, 0, None, None)
    assert gea["students"] == ["Student0 van der Les0"]
    assert before["Hans van der Huis"]["has_address"] is False
    await sign_in_by_invitation(world, settings, world.guardian)
    after = (await seen(world))["Gea Guardian"]
    assert (after["invitation"]["state"], after["invitation"]["channel"]) == ("used", "mail")
    assert after["signed_in_at"] is not None


async def test_each_state_of_an_invitation_has_its_word(world: World, settings: Settings) -> None:
    async def state() -> str:
        found: str = (await seen(world))["Gea Guardian"]["invitation"]["state"]
        return found

    invitation_id = await invited(world, world.guardian)
    assert await state() == "waiting"
    await Visitor(world).post(f"/i/{invitation_token(settings, invitation_id)}")
    assert await state() == "opened"
    await world.speak()
    await db.execute("update invitation set expires_at = now() where school_id = $1", world.school_id)
    assert await state() == "expired"
    assert (await (await world.as_(world.admin)).delete(f"{INVITE}/{invitation_id}")).status_code == 204
    assert await state() == "revoked"


async def test_the_overview_finds_by_name_group_kind_and_person(world: World) -> None:
    other = await world.person("Zoë van den Berg", "guardian")
    assert set(await seen(world, "?search=den berg")) == {"Zoë van den Berg"}
    assert set(await seen(world, "?search=GEA")) == {"Gea Guardian"}
    assert set(await seen(world, f"?home_group={world.home.id}")) == {"Gea Guardian"}
    assert len(await seen(world, f"?who=students&home_group={world.home.id}")) == 3
    assert "Ada Admin" in await seen(world, "?who=staff")
    assert set(await seen(world, f"?person={other.id}")) == {"Zoë van den Berg"}
    assert await seen(world, "?search=%25") == {}
    assert await seen(world, "?page=3") == {}


@pytest.mark.parametrize(
    "query", ["?page=-1", "?page=x", "?search=%00", f"?search={'x' * 101}", "?who=nobody", "?person=x"]
)
async def test_what_cannot_be_asked_is_said(world: World, query: str) -> None:
    answer = await (await world.as_(world.admin)).get(f"{ACCESS}{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_all_guardians_who_have_no_access_yet_are_invited_at_once(world: World, settings: Settings) -> None:
    other, silent = await world.person("Hans Huis", "guardian"), await world.person("Sil Silent", "guardian")
    await world.set(silent, email="")
    await sign_in_by_invitation(world, settings, world.guardian)
    made = await invite(world, all_guardians=True)
    assert made == {"made": 1, "without_address": 1, "had_access": 1, "letters": None}
    await world.speak()
    rows = await db.fetch(
        "select person_id from invitation where school_id = $1 and used_at is null and revoked_at is null",
        world.school_id,
    )
    assert [row["person_id"] for row in rows] == [other.id]


async def test_letters_for_the_guardians_of_a_home_group(world: World) -> None:
    elsewhere = await world.person("Els Elsewhere", "guardian")
    assert (await invite(world, channel="paper", home_group=str(world.home.id)))["letters"] == (
        f"/admin/letters?home_group={world.home.id}"
    )
    await world.speak()
    assert await db.fetchval("select count(*) from invitation where school_id = $1", world.school_id) == 1
    assert not await db.fetchval(
        "select count(*) from invitation where school_id = $1 and person_id = $2", world.school_id, elsewhere.id
    )
    assert "invitation.made" not in await outbox_kinds(world)  # nothing goes out by mail


async def test_students_and_staff_of_a_school_without_a_provider_are_invited_too(world: World) -> None:
    assert (await invite(world, who="students", home_group=str(world.home.id)))["made"] == 3
    assert (await invite(world, who="staff"))["made"] >= 6


async def test_a_thousand_mails_go_two_hundred_a_minute(world: World) -> None:
    await world.speak()
    await db.execute(
        """with new as (insert into person (school_id, sourced_id, given_name, family_name, sort_key, email)
                        select $1, 'many' || n, 'G', 'N', 'n g', 'many' || n || '@example.org' from generate_series(1, 450) n
                        returning id)
           insert into person_role (school_id, person_id, role) select $1, id, 'guardian' from new""",
        world.school_id,
    )
    assert (await invite(world, all_guardians=True))["made"] == 451
    await world.speak()
    minutes = await db.fetch(
        """select round(extract(epoch from due_at - now()) / 60) as minute, count(*) from outbox
            where school_id = $1 and kind = 'invitation.made' group by 1 order by 1""",
        world.school_id,
    )
    assert [row["count"] for row in minutes] == [200, 200, 51]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/who"),
        ({"persons": []}, "/persons"),
        ({"persons": [str(uuid4())]}, "/persons"),
        ({"persons": [str(uuid4())], "all_guardians": True}, "/persons"),
        ({"home_group": str(uuid4())}, "/home_group"),
        ({"who": "everybody"}, "/who"),
        ({"channel": "pigeon", "all_guardians": True}, "/channel"),
    ],
    ids=str,
)
async def test_whom_to_invite_has_to_be_said_in_one_way(world: World, body: dict[str, Any], pointer: str) -> None:
    answer = await (await world.as_(world.admin)).post(INVITE, json={"channel": "mail", **body})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_the_same_request_twice_invites_once(world: World) -> None:
    admin, key = await world.as_(world.admin), uuid4()
    body = {"channel": "mail", "persons": [str(world.guardian.id)]}
    answers = [await admin.post(INVITE, json=body, key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    await world.speak()
    assert await db.fetchval("select count(*) from invitation where school_id = $1", world.school_id) == 1


async def test_a_used_invitation_is_not_revoked(world: World, settings: Settings) -> None:
    await sign_in_by_invitation(world, settings, world.guardian)
    await world.speak()
    invitation_id = await db.fetchval("select id from invitation where school_id = $1", world.school_id)
    assert (await (await world.as_(world.admin)).delete(f"{INVITE}/{invitation_id}")).status_code == 404


async def test_a_reset_shuts_out_until_the_next_invitation(world: World, settings: Settings) -> None:
    visitor = await sign_in_by_invitation(world, settings, world.guardian)
    address = await address_of(world, world.guardian)
    waiting = Visitor(world)
    await waiting.post("/auth/code", school=world.slug, email=address)
    code = await latest_code(world, settings)
    admin = await world.as_(world.admin)
    assert (await admin.post(f"{ACCESS}/people/{world.guardian.id}/reset")).status_code == 204
    assert await visitor.me() is None
    assert (await waiting.post("/auth/code/confirm", code=code)).status_code == 422
    again = Visitor(world)
    await again.post("/auth/code", school=world.slug, email=address)
    assert (await again.post("/auth/code/confirm", code=await latest_code(world, settings))).status_code == 422
    assert await (await sign_in_by_invitation(world, settings, world.guardian)).me() == world.guardian.id


@pytest.mark.parametrize(
    "who", ["mentor", "organiser", "leader", "guardian", "student", "admin of another school", "weak"]
)
async def test_nobody_else_administers_access(world: World, other_school: World, who: str) -> None:
    await world.speak()
    invitation_id = await invited(world, world.guardian)
    match who:
        case "student":
            client = await world.as_(world.students[0])
        case "admin of another school":
            client = await other_school.as_(other_school.admin)
        case "weak":
            await world.speak()
            client = Client(world.http, await people.start_session(world.school_id, world.admin.id))
        case _:
            client = await world.as_(getattr(world, who))
    status = 403 if who == "weak" else 404
    person = {"channel": "paper", "persons": [str(world.guardian.id)]}
    answers = [
        (await client.delete(f"{INVITE}/{invitation_id}")).status_code,
        (await client.post(f"{ACCESS}/people/{world.guardian.id}/reset")).status_code,
    ]
    assert answers == [status, status]
    if who == "admin of another school":
        assert (await client.post(INVITE, json=person)).status_code == 422
        assert "Gea Guardian" not in str((await client.get(f"{ACCESS}?person={world.guardian.id}")).json())
    else:
        assert (await client.post(INVITE, json=person)).status_code == status
        assert (await client.get(ACCESS)).status_code == status
    await world.speak()
    assert (
        await db.fetchval(
            "select count(*) from invitation where school_id = $1 and revoked_at is null", world.school_id
        )
        == 1
    )


# --- letters ----------------------------------------------------------------------------------------------------------


async def test_the_printed_letter_carries_code_and_address_and_works(world: World, settings: Settings) -> None:
    await world.set(world.guardian, email="")
    token = await letter(world, settings, world.guardian, "paper")
    admin = await world.as_(world.admin)
    page = await admin.get(f"/admin/letters?home_group={world.home.id}")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert re.findall(r'class="letter-code">([^<]+)<', page.text) == [f"{settings.public_url}/i", token]
    assert "Gea Guardian" in page.text
    assert "h3a" in page.text
    assert "Student0" not in page.text  # nothing of a student stands in it
    await Visitor(world).post(f"/i/{token}")
    assert "geen brieven" in (await admin.get("/admin/letters")).text


async def test_a_letter_is_in_its_readers_language(world: World) -> None:
    await world.set(world.guardian, locale="en")
    await invite(world, channel="paper", persons=[str(world.guardian.id)])
    page = (await (await world.as_(world.admin)).get(f"/admin/letters?person={world.guardian.id}")).text
    assert 'lang="en"' in page
    assert "Type this code" in page


async def test_printing_is_written_down_and_for_the_admin_alone(world: World, settings: Settings) -> None:
    token = await letter(world, settings, world.guardian, "paper")
    assert (await (await world.as_(world.organiser)).get("/admin/letters")).status_code == 404
    nobody = await Visitor(world).get("/admin/letters?person=" + str(world.guardian.id))
    assert (nobody.status_code, nobody.headers["location"]) == (
        303,
        f"/sign-in?next=%2Fadmin%2Fletters%3Fperson%3D{world.guardian.id}",
    )
    await world.speak()
    weak = Client(world.http, await people.start_session(world.school_id, world.admin.id))
    assert (await weak.get("/admin/letters")).headers["location"] == "/second-factor?next=%2Fadmin%2Fletters"
    assert token in (await (await world.as_(world.admin)).get("/admin/letters")).text
    await world.speak()
    acts = [
        row["act"]
        for row in await db.fetch("select act from audit_log where school_id = $1 order by id", world.school_id)
    ]
    assert acts.count("access.printed") == 1
