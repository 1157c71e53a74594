"""An account is somebody's once and for all; what is not clear waits for the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from litestar import Litestar

from server.platform import db
from tests.factories import Person, World
from tests.server.signin.provider import FakeProvider
from tests.server.signin.visitor import Visitor, living_sessions, provider_at

CLASHES = "/api/v1/admin/sign-in/clashes"


async def username_of(world: World, person: Person) -> str:
    await world.speak()
    return str(await db.fetchval("select username from person where id = $1", person.id))


async def test_who_is_bound_stays_the_same_person_whatever_the_account_says_later(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    provider_id = await provider_at(world, app)
    mentor, outsider = await username_of(world, world.mentor), await username_of(world, world.outsider)
    assert (await browser().sign_in(provider_id, provider, preferred_username=mentor)).status_code == 303
    later = browser()
    assert (await later.sign_in(provider_id, provider, preferred_username=outsider)).status_code == 303
    assert (await later.me()).json()["id"] == str(world.mentor.id)


async def test_the_same_person_may_have_an_account_at_two_providers_but_not_two_at_one(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    mentor = await username_of(world, world.mentor)
    here = await provider_at(world, app)
    assert (await browser().sign_in(here, provider, sub="a", preferred_username=mentor)).status_code == 303
    assert (await browser().sign_in(here, provider, sub="b", preferred_username=mentor)).status_code == 403
    provider.issuer = "https://second.school.example"
    there = await provider_at(world, app, issuer=provider.issuer)
    assert (await browser().sign_in(there, provider, sub="a", preferred_username=mentor)).status_code == 303


async def test_two_people_with_one_identifier_wait_for_the_admin_who_chooses(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    one, two = world.students[0], world.students[1]
    for student in (one, two):
        await world.set(student, username="zoe@school.example")
    provider_id = await provider_at(world, app)
    told = {"sub": "zoe", "preferred_username": "Zoe@School.example"}
    before = browser()
    for _ in range(2):
        answer = await before.sign_in(provider_id, provider, **told)
        assert answer.status_code == 403
        assert "weten niet zeker" in answer.text
    admin = await world.as_(world.admin)
    (clash,) = (await admin.get(CLASHES)).json()
    # The admin hears of it without looking for it.
    assert (await admin.get("/api/v1/admin/overview")).json()["clashes"] == 1
    assert (clash["reason"], clash["label"], clash["provider"]) == ("several", "Zoe@School.example", "School")
    assert {each["id"] for each in clash["candidates"]} == {str(one.id), str(two.id)}
    assert {each["home_group"] for each in clash["candidates"]} == {"h3a"}

    nobody = await admin.post(f"{CLASHES}/{clash['id']}", json={"person_id": str(world.mentor.id)})
    assert nobody.status_code == 422
    assert nobody.json()["errors"][0]["pointer"] == "/person_id"
    assert (await admin.post(f"{CLASHES}/{clash['id']}", json={"person_id": str(two.id)})).status_code == 204
    assert (await admin.get(CLASHES)).json() == []
    assert (await admin.post(f"{CLASHES}/{clash['id']}", json={"person_id": None})).status_code == 404
    after = browser()
    assert (await after.sign_in(provider_id, provider, **told)).status_code == 303
    assert (await after.me()).json()["id"] == str(two.id)
    await world.speak()
    assert "clash_settled" in [row["act"] for row in await db.fetch("select act from audit_log")]


async def test_a_person_whose_account_was_made_anew_gets_the_new_one_when_the_admin_says_so(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    provider_id = await provider_at(world, app)
    mentor = await username_of(world, world.mentor)
    assert (await browser().sign_in(provider_id, provider, sub="old", preferred_username=mentor)).status_code == 303
    assert (await browser().sign_in(provider_id, provider, sub="new", preferred_username=mentor)).status_code == 403
    admin = await world.as_(world.admin)
    (clash,) = (await admin.get(CLASHES)).json()
    assert clash["reason"] == "taken"
    await admin.post(f"{CLASHES}/{clash['id']}", json={"person_id": str(world.mentor.id)})
    assert (await browser().sign_in(provider_id, provider, sub="new", preferred_username=mentor)).status_code == 303
    # The old one is nobody's, and comes before the admin again when somebody has it.
    assert (await browser().sign_in(provider_id, provider, sub="old", preferred_username=mentor)).status_code == 403


async def test_what_the_admin_dismissed_signs_nobody_in_and_comes_back_when_it_is_tried_again(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    for student in world.students[:2]:
        await world.set(student, username="zoe")
    provider_id = await provider_at(world, app)
    await visitor.sign_in(provider_id, provider, preferred_username="zoe")
    admin = await world.as_(world.admin)
    (clash,) = (await admin.get(CLASHES)).json()
    assert (await admin.post(f"{CLASHES}/{clash['id']}", json={"person_id": None})).status_code == 204
    assert (await admin.get(CLASHES)).json() == []
    assert (await visitor.sign_in(provider_id, provider, preferred_username="zoe")).status_code == 403
    assert len((await admin.get(CLASHES)).json()) == 1


async def test_who_is_not_at_the_school_or_disabled_is_not_found_and_not_signed_in(
    app: Litestar, world: World, provider: FakeProvider, visitor: Visitor
) -> None:
    provider_id = await provider_at(world, app)
    mentor = await username_of(world, world.mentor)
    unknown = await visitor.sign_in(provider_id, provider, preferred_username="somebody@else.example")
    assert (unknown.status_code, "weten niet wie" in unknown.text) == (403, True)
    assert (await visitor.sign_in(provider_id, provider)).status_code == 403
    await world.set(world.mentor, enabled=False)
    assert (await visitor.sign_in(provider_id, provider, preferred_username=mentor)).status_code == 403
    await world.set(world.mentor, enabled=True)
    assert (await visitor.sign_in(provider_id, provider, preferred_username=mentor)).status_code == 303
    await world.set(world.mentor, left_on=date(2020, 1, 1))
    ended = await visitor.sign_in(provider_id, provider, preferred_username=mentor)
    assert (ended.status_code, "staat bij je school uit" in ended.text) == (403, True)
    assert await living_sessions(world) == 1, "only the one of before"
    assert (await (await world.as_(world.admin)).get(CLASHES)).json() == []


async def test_the_same_account_at_two_schools_is_two_people(
    app: Litestar, world: World, other_school: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    here, there = browser(), browser()
    there.world = other_school
    for visitor, school in ((here, world), (there, other_school)):
        provider_id = await provider_at(school, app)
        name = await username_of(school, school.mentor)
        assert (await visitor.sign_in(provider_id, provider, sub="same", preferred_username=name)).status_code == 303
        assert (await visitor.me()).json()["school"]["slug"] == school.slug


async def test_only_an_admin_with_a_second_factor_sees_what_waits(world: World) -> None:
    for person in (world.mentor, world.organiser, world.leader, world.students[0]):
        assert (await (await world.as_(person)).get(CLASHES)).status_code == 404


async def test_an_account_that_was_shut_by_hand_stands_in_nobodys_way(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    shut, right = world.students[0], world.students[1]
    for student in (shut, right):
        await world.set(student, username="zoe@school.example")
    await (await world.as_(world.admin)).post(f"/api/v1/admin/people/{shut.id}/disable")
    provider_id = await provider_at(world, app)
    visitor = browser()
    answer = await visitor.sign_in(provider_id, provider, sub="zoe", preferred_username="zoe@school.example")
    assert answer.status_code == 303
    assert (await visitor.me()).json()["id"] == str(right.id)


async def test_who_is_shut_out_by_hand_is_bound_to_nothing(
    app: Litestar, world: World, provider: FakeProvider, browser: Callable[[], Visitor]
) -> None:
    name = await username_of(world, world.mentor)
    await (await world.as_(world.admin)).post(f"/api/v1/admin/people/{world.mentor.id}/disable")
    provider_id = await provider_at(world, app)
    assert (await browser().sign_in(provider_id, provider, preferred_username=name)).status_code == 403
    await world.speak()
    assert await db.fetchval("select count(*) from account where school_id = $1", world.school_id) == 0
