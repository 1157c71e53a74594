"""Mailed codes: fifteen minutes, five tries, once, the newest only; and nobody learns who has an account."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.access.derived import mailed_code, same_code
from server.access.pages import FROM_ONE_ADDRESS
from server.platform import db
from server.settings import Settings
from tests.factories import World
from tests.server.access.post import (
    Visitor,
    address_of,
    alert,
    invited,
    latest_code,
    other_than,
    sign_in_by_invitation,
)


async def asked(world: World, address: str) -> Visitor:
    """A browser that asked for a code."""
    visitor = Visitor(world)
    answer = await visitor.post("/auth/code", school=world.slug, email=address, next="/reports")
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/auth/code/enter?")
    return visitor


async def test_who_was_let_in_once_comes_back_with_a_code(world: World, settings: Settings) -> None:
    await sign_in_by_invitation(world, settings, world.guardian)
    visitor = await asked(world, f"  {(await address_of(world, world.guardian)).upper()} ")
    done = await visitor.post("/auth/code/confirm", code=await latest_code(world, settings), next="/reports")
    assert (done.status_code, done.headers["location"]) == (303, "/reports")
    assert await visitor.me() == world.guardian.id


async def test_a_code_also_opens_the_letter_that_is_under_way(world: World, settings: Settings) -> None:
    await invited(world, world.guardian)
    visitor = await asked(world, await address_of(world, world.guardian))
    await visitor.post("/auth/code/confirm", code=await latest_code(world, settings))
    assert await visitor.me() == world.guardian.id
    await world.speak()
    assert await db.fetchval("select used_at is not null from invitation where school_id = $1", world.school_id)


async def test_known_and_unknown_addresses_get_the_same_answers(world: World, settings: Settings) -> None:
    await invited(world, world.guardian)
    answers = []
    for address in (
        await address_of(world, world.guardian),
        await address_of(world, world.mentor),  # never invited
        "nobody@example.org",
    ):
        visitor = Visitor(world)
        first = await visitor.post("/auth/code", school=world.slug, email=address)
        await asked(world, "somebody.else@example.org")
        pages = [await visitor.get(first.headers["location"])]
        code = other_than(await latest_code(world, settings))
        for _ in range(6):
            pages.append(await visitor.post("/auth/code/confirm", code=code))
        names = sorted(line.split("=")[0] for line in first.headers.get_list("set-cookie"))
        answers.append(
            (first.status_code, first.headers["location"], names, [(page.status_code, page.text) for page in pages])
        )
    assert answers[0] == answers[1] == answers[2]


async def test_nobody_is_let_in_whom_the_school_did_not_invite(world: World, settings: Settings) -> None:
    visitor = await asked(world, await address_of(world, world.mentor))
    await world.speak()
    code_id = await db.fetchval("select id from sign_in_code where school_id = $1", world.school_id)
    answer = await visitor.post("/auth/code/confirm", code=mailed_code(settings, code_id))
    assert (answer.status_code, await visitor.me()) == (422, None)


async def test_a_newer_code_ends_the_older_one(world: World, settings: Settings) -> None:
    await invited(world, world.guardian)
    address = await address_of(world, world.guardian)
    first = await asked(world, address)
    older = await latest_code(world, settings)
    second = await asked(world, address)
    assert alert(await first.post("/auth/code/confirm", code=older)).startswith("Deze code werkt niet meer")
    assert (await second.post("/auth/code/confirm", code=await latest_code(world, settings))).status_code == 303


async def test_a_code_lives_a_quarter_of_an_hour(world: World, settings: Settings) -> None:
    await invited(world, world.guardian)
    visitor = await asked(world, await address_of(world, world.guardian))
    await world.speak()
    minutes = await db.fetchval(
        "select extract(minute from expires_at - created_at) from sign_in_code where school_id = $1", world.school_id
    )
    assert minutes == 15
    code = await latest_code(world, settings)
    await db.execute("update sign_in_code set expires_at = now() where school_id = $1", world.school_id)
    assert (await visitor.post("/auth/code/confirm", code=code)).status_code == 422
    assert await visitor.me() is None


async def test_after_a_wrong_code_the_device_is_still_the_one_that_was_chosen(world: World) -> None:
    await invited(world, world.guardian)
    visitor = await asked(world, await address_of(world, world.guardian))
    for device in ("own", "shared"):
        page = (await visitor.post("/auth/code/confirm", code="nonsense", device=device)).text
        assert re.findall(r'value="(\w+)"[^>]* checked', page) == [device]


@pytest.mark.parametrize("tries", [4, 5])
async def test_five_tries_and_no_more(world: World, settings: Settings, tries: int) -> None:
    await invited(world, world.guardian)
    visitor = await asked(world, await address_of(world, world.guardian))
    code = await latest_code(world, settings)
    for _ in range(tries):
        assert (await visitor.post("/auth/code/confirm", code=other_than(code))).status_code == 422
    assert (await visitor.post("/auth/code/confirm", code=code)).status_code == (303 if tries < 5 else 422)
    assert await visitor.me() == (world.guardian.id if tries < 5 else None)


@given(
    steps=st.lists(st.sampled_from(["wrong", "right", "elsewhere", "new", "late", "nonsense"]), min_size=1, max_size=12)
)
@hypothesis_settings(
    max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
async def test_whatever_is_tried_in_whatever_order_a_code_lets_in_at_most_once_and_only_while_it_may(
    world: World, settings: Settings, steps: list[str]
) -> None:
    """Against a model: how many tries are left of the newest code, and whether it lives."""
    person = await world.person("Anna Ander", "guardian")
    await invited(world, person)
    address = await address_of(world, person)
    visitor, code, left = Visitor(world), "", 0
    asked_for = 0
    for step in steps:
        if step == "new":
            if asked_for == 5:
                continue
            asked_for += 1
            visitor, left = await asked(world, address), 5
            code = await latest_code(world, settings)
        elif step == "late":
            await world.speak()
            await db.execute(
                "update sign_in_code set expires_at = now() where school_id = $1 and sent_to = $2",
                world.school_id,
                address,
            )
            left = 0
        else:
            browser = Visitor(world) if step == "elsewhere" else visitor
            typed = {"wrong": other_than(code or "1"), "nonsense": "½ 12a"}.get(step, code)
            answer = await browser.post("/auth/code/confirm", code=typed)
            lets_in = step == "right" and left > 0
            assert answer.status_code == (303 if lets_in else 422), (step, left)
            if step != "elsewhere":
                left = 0 if lets_in else max(left - 1, 0)


async def test_two_who_share_an_address_are_asked_after_the_code_and_not_before(
    world: World, settings: Settings
) -> None:
    other = await world.person("Gijs Guardian", "guardian")
    for person in (world.guardian, other):
        await world.set(person, email="thuis@example.org")
        await invited(world, person)
    visitor = await asked(world, "thuis@example.org")
    page = await visitor.get("/auth/code/enter")
    assert "Gijs" not in page.text
    who = await visitor.post("/auth/code/confirm", code=await latest_code(world, settings), device="own")
    assert re.findall(r'name="person_id" value="([^"]+)">([^<]+)<', who.text) == [
        (str(world.guardian.id), "Gea Guardian"),
        (str(other.id), "Gijs Guardian"),
    ]
    assert await visitor.me() is None
    stranger = await visitor.post("/auth/code/person", person_id=str(world.mentor.id))
    assert (stranger.status_code, await visitor.me()) == (422, None)
    assert (await visitor.post("/auth/code/person", person_id=str(other.id), device="own")).status_code == 303
    assert await visitor.me() == other.id
    # The code did its work: the other one needs a code of their own.
    again = Visitor(world, {"code": visitor.cookies["code"]})
    assert (await again.post("/auth/code/person", person_id=str(world.guardian.id))).status_code == 422


@pytest.mark.parametrize("person_id", ["", "x", str(uuid4())])
async def test_choosing_without_a_confirmed_code_is_nothing(world: World, settings: Settings, person_id: str) -> None:
    await invited(world, world.guardian)
    visitor = await asked(world, await address_of(world, world.guardian))
    assert (await visitor.post("/auth/code/person", person_id=person_id)).status_code == 422
    assert (await visitor.post("/auth/code/person", person_id=str(world.guardian.id))).status_code == 422


@pytest.mark.parametrize("address", ["", "x", "a" * 250 + "@example.org"])
async def test_what_is_no_address_is_said_at_the_field(world: World, address: str) -> None:
    answer = await Visitor(world).post("/auth/code", school=world.slug, email=address)
    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="error"' in answer.text


async def test_the_sixth_code_in_an_hour_is_not_sent_to_anybody_known_or_not(world: World) -> None:
    await invited(world, world.guardian)
    for address in (await address_of(world, world.guardian), f"{uuid4().hex}@example.org"):
        answers = [await Visitor(world).post("/auth/code", school=world.slug, email=address) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [303] * 5 + [429]


async def test_sixteen_hundred_people_behind_one_address_are_no_attack(world: World) -> None:
    statuses = set()
    for number in range(60):
        answer = await Visitor(world).post("/auth/code", school=world.slug, email=f"{number}.{uuid4().hex}@example.org")
        statuses.add(answer.status_code)
    assert statuses == {303}
    assert FROM_ONE_ADDRESS >= 1600 * 10


async def test_fifteen_codes_a_day_and_the_next_mail_is_not_sent(world: World) -> None:
    await invited(world, world.guardian)
    address = await address_of(world, world.guardian)
    await world.speak()
    for _ in range(15):
        await db.execute(
            """insert into sign_in_code (school_id, sent_to, browser, created_at, ended_at)
               values ($1, $2, '\\x00', now() - interval '2 hours', now())""",
            world.school_id,
            address,
        )
    await asked(world, address)
    await world.speak()
    assert (
        await db.fetchval(
            "select sent_to from sign_in_code where school_id = $1 order by created_at desc limit 1", world.school_id
        )
        == ""
    )


async def test_signing_in_ends_the_session_the_browser_had(world: World, settings: Settings) -> None:
    visitor = await sign_in_by_invitation(world, settings, world.guardian)
    first = visitor.cookies["driehoek"]
    await visitor.post("/auth/code", school=world.slug, email=await address_of(world, world.guardian))
    await visitor.post("/auth/code/confirm", code=await latest_code(world, settings))
    assert visitor.cookies["driehoek"] != first
    assert await Visitor(world, {"driehoek": first}).me() is None
    assert await visitor.me() == world.guardian.id


async def test_a_page_of_an_unknown_school_leads_to_finding_ones_own(world: World) -> None:
    answer = await Visitor(world).post("/auth/code", school="nowhere", email="a@example.org", next="/reports")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Freports")
    page = await Visitor(world).get("/auth/code?school=nowhere&next=https://evil.example/")
    assert page.status_code == 200
    assert "evil.example" not in page.text
    assert 'name="email"' not in page.text


async def test_where_one_goes_after_a_code_is_inside(world: World, settings: Settings) -> None:
    await invited(world, world.guardian)
    visitor = await asked(world, await address_of(world, world.guardian))
    done = await visitor.post(
        "/auth/code/confirm",
        code=await latest_code(world, settings),
        next="//evil.example",
        again="https://evil.example",
    )
    assert done.headers["location"] == "/"


def test_a_code_is_six_digits_and_its_spaces_do_not_matter(settings: Settings) -> None:
    for _ in range(100):
        code_id = uuid4()
        code = mailed_code(settings, code_id)
        assert re.fullmatch(r"\d{6}", code)
        assert same_code(settings, code_id, f" {code[:3]} {code[3:]}\n")
        assert not same_code(settings, code_id, other_than(code))


@pytest.mark.parametrize(("allowed", "device", "days"), [(True, "own", 30), (True, "shared", 0.5), (False, "own", 0.5)])
async def test_a_session_lasts_as_the_school_says_and_is_known_again_in_the_list(
    world: World, settings: Settings, allowed: bool, device: str, days: float
) -> None:
    await world.speak()
    await db.execute("update school_settings set long_sessions = $2 where school_id = $1", world.school_id, allowed)
    visitor = await sign_in_by_invitation(world, settings, world.guardian, device)
    await world.speak()
    row = await db.fetchrow(
        """select label, extract(epoch from idle) / 86400 as days from session
            where school_id = $1 and person_id = $2""",
        world.school_id,
        world.guardian.id,
    )
    assert row is not None
    assert float(row["days"]) == days
    assert row["label"] == "Chrome op Android"
    assert visitor.cookies["school"] == world.slug
