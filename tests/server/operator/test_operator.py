"""The page of whoever runs the installation: schools by name and number, nothing of theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from server.app import create_app
from server.operator import service
from server.platform import clock, db
from server.settings import Refused, Settings, load
from tests.factories import World

TOKEN = "a-token-that-nobody-guesses-0123456789"
FORM = {"slug": "lyceum", "name": "Het Lyceum", "admin_name": "Bea van den Baas", "admin_email": "bea@example.nl"}


@pytest.fixture(scope="module")
def with_operator(settings: Settings) -> Litestar:
    return create_app(msgspec.structs.replace(settings, operator_token=TOKEN))


@pytest.fixture
async def page(with_operator: Litestar, rollback: None) -> Any:
    await with_operator.state.redis.flushdb()
    transport = httpx.ASGITransport(app=with_operator, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers={"sec-fetch-site": "same-origin"}
    ) as client:
        yield client


async def enter(page: httpx.AsyncClient) -> None:
    answer = await page.post("/operator/sign-in", data={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/operator")


async def test_without_a_token_in_the_settings_there_is_no_such_page(http: httpx.AsyncClient, rollback: None) -> None:
    assert (await http.get("/operator")).status_code == 404
    for path in ("/operator/sign-in", "/operator/schools", "/operator/sign-out"):
        answer = await http.post(path, data={"token": ""}, headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code == 404


async def test_the_token_opens_and_nothing_else_does(page: httpx.AsyncClient) -> None:
    assert "school-list" not in (await page.get("/operator")).text
    assert (await page.post("/operator/sign-in", data={"token": "wrong"})).status_code == 403
    assert (await page.post("/operator/schools", data=FORM)).status_code == 403
    await enter(page)
    cookie = page.cookies.get("operator")
    assert cookie is not None
    assert (await page.post("/operator/schools", data=FORM)).status_code == 303
    until, _, signed = cookie.strip('"').partition(".")
    for forged in (f"{int(until) + 9999}.{signed}", f"{until}.", "", "x.y", f"{until}.{'0' * 64}"):
        assert not service.holds(TOKEN, forged)
    assert not service.holds(TOKEN + "2", cookie)
    with clock.at(datetime.now(UTC) + timedelta(minutes=61)):
        assert not service.holds(TOKEN, cookie)


async def test_ten_wrong_tokens_are_enough_for_a_quarter_of_an_hour(page: httpx.AsyncClient) -> None:
    for _ in range(10):
        assert (await page.post("/operator/sign-in", data={"token": "wrong"})).status_code == 403
    assert (await page.post("/operator/sign-in", data={"token": TOKEN})).status_code == 429


async def test_another_site_cannot_send_the_form(page: httpx.AsyncClient) -> None:
    await enter(page)
    answer = await page.post("/operator/schools", data=FORM, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_a_school_is_made_with_its_first_admin(page: httpx.AsyncClient) -> None:
    await enter(page)
    answer = await page.post("/operator/schools", data=FORM)
    assert answer.headers["location"] == "/operator?made=lyceum&invited=1"
    shown = await page.get(answer.headers["location"])
    assert "Het Lyceum" in shown.text
    assert "krijgt een mail met de uitnodiging" in shown.text
    # The operator sees how many people there are, and none of them.
    assert "Bea" not in shown.text and "bea@example.nl" not in shown.text
    school_id = await db.fetchval("select id from school where slug = 'lyceum'")
    await db.set_school(school_id)
    rows = await db.fetch(
        """select p.given_name, p.particle, p.family_name, p.email, p.source, r.role
             from person p join person_role r on r.person_id = p.id where p.school_id = $1""",
        school_id,
    )
    assert [tuple(row.values()) for row in rows] == [("Bea", "van den", "Baas", "bea@example.nl", "manual", "admin")]
    assert await db.fetchval("select count(*) from school_settings where school_id = $1", school_id) == 1
    # Nobody else could let the first admin in.
    invited = await db.fetch("select channel, sent_to from invitation where school_id = $1", school_id)
    assert [tuple(row.values()) for row in invited] == [("mail", "bea@example.nl")]
    kinds = await db.fetch("select kind from outbox where school_id = $1", school_id)
    assert [row["kind"] for row in kinds] == ["invitation.made"]


async def test_a_school_without_an_admin_invites_nobody(page: httpx.AsyncClient) -> None:
    await enter(page)
    answer = await page.post("/operator/schools", data={**FORM, "admin_name": "", "admin_email": ""})
    assert answer.headers["location"] == "/operator?made=lyceum"
    school_id = await db.fetchval("select id from school where slug = 'lyceum'")
    await db.set_school(school_id)
    assert await db.fetchval("select count(*) from invitation where school_id = $1", school_id) == 0


async def test_what_does_not_fit_is_told_at_its_field_and_nothing_typed_is_lost(page: httpx.AsyncClient) -> None:
    await enter(page)
    bad = {"slug": "Het Lyceum", "name": "<b>Het Lyceum</b>", "admin_name": "Bea", "admin_email": "geen"}
    answer = await page.post("/operator/schools", data=bad)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert "&lt;b&gt;Het Lyceum&lt;/b&gt;" in answer.text
    await page.post("/operator/schools", data=FORM)
    twice = await page.post("/operator/schools", data=FORM)
    assert twice.status_code == 422 and 'id="slug-error"' in twice.text


async def test_no_text_of_a_school_is_on_the_page(page: httpx.AsyncClient, world: World) -> None:
    await enter(page)
    shown = (await page.get("/operator")).text
    assert f"School {world.slug}" in shown
    for person in (world.mentor, *world.students):
        assert person.name not in shown


def test_a_short_token_is_refused_at_the_start() -> None:
    with pytest.raises(Refused, match="OPERATOR_TOKEN"):
        load({"DRIEHOEK_MODE": "test", "DRIEHOEK_OPERATOR_TOKEN": "short"})
