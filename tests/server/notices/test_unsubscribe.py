"""One press ends mails of a kind, without signing in (RFC 8058); opening the link alone does not."""

from __future__ import annotations

from uuid import uuid4

import httpx

from server.notices.sending import read_token, unsubscribe_address
from server.settings import Settings
from tests.factories import Person, World

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path(settings: Settings, person: Person, kind: str = "report.shared") -> str:
    return unsubscribe_address(settings, person.school_id, person.id, kind).removeprefix(settings.public_url)


async def mailed(world: World, person: Person, kind: str = "report.shared") -> bool:
    answer = await (await world.as_(person)).get("/api/v1/me/notice-preferences")
    found: bool = next(each["channels"]["mail"] for each in answer.json()["kinds"] if each["kind"] == kind)
    return found


async def test_a_mail_program_ends_the_mails_from_wherever_it_is(
    world: World, http: httpx.AsyncClient, settings: Settings
) -> None:
    student = world.students[0]
    for headers in ({}, {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}, {"origin": "null"}):
        answer = await http.post(path(settings, student), data=ONE_CLICK, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
    assert await mailed(world, student) is False
    assert await mailed(world, student, "plan.concluded") is True
    assert await mailed(world, world.guardian) is True


async def test_opening_the_link_asks_and_changes_nothing(
    world: World, http: httpx.AsyncClient, settings: Settings
) -> None:
    student = world.students[0]
    address = path(settings, student)
    page = await http.get(address, headers={"accept-language": "nl"})
    assert page.status_code == 200
    assert "Feedback staat klaar" in page.text
    assert f'action="{address}"' in page.text
    assert "Student0" not in page.text
    assert await mailed(world, student) is True
    assert (await http.post(address, data={})).status_code == 200
    assert await mailed(world, student) is False


async def test_an_address_that_is_none_of_ours_says_so_and_does_nothing(
    world: World, http: httpx.AsyncClient, settings: Settings
) -> None:
    student = world.students[0]
    good = path(settings, student)
    for bad in ("/unsubscribe/x", "/unsubscribe/%00", "/unsubscribe/" + "A" * 4000, good[:-4] + "AAAA", good + "A"):
        for method in ("GET", "POST"):
            answer = await http.request(method, bad, headers={"accept-language": "en"})
            assert answer.status_code == 404, bad
            assert "<h1>This link does not work any more</h1>" in answer.text
    assert await mailed(world, student) is True


async def test_somebody_who_is_no_more_gets_no_fault(world: World, http: httpx.AsyncClient, settings: Settings) -> None:
    nobody = Person(world.school_id, "nobody", world.school_id)
    assert (await http.post(path(settings, nobody), data=ONE_CLICK)).status_code == 200


def test_a_token_says_what_was_put_into_it_and_cannot_be_guessed(settings: Settings) -> None:
    school, person = uuid4(), uuid4()
    addresses = {unsubscribe_address(settings, school, person, "digest") for _ in range(2)}
    assert len(addresses) == 2
    for address in addresses:
        which = read_token(settings, address.rpartition("/")[2])
        assert which is not None
        assert (which.school_id, which.person_id, which.kind) == (school, person, "digest")
    gone = unsubscribe_address(settings, school, person, "kind.of_last_year").rpartition("/")[2]
    assert read_token(settings, gone) is None
