"""The organiser makes a round in a minute from the last one, sees what it means, keeps it as a template, and edits it open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe
from tests.browser.conftest import Open
from tests.browser.duo import start_duo
from tests.browser.hands import Api, calm
from tests.browser.site import Site
from tests.conftest import SCRATCH

pytestmark = pytest.mark.browser


def step(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Stappen").get_by_role("button", name=name).tap()
    expect(page.get_by_role("heading", name=name, level=2)).to_be_focused()


LINES = "(cell) => { const text = document.createRange(); text.selectNodeContents(cell); return text.getClientRects().length; }"
"""On how many lines the words of something stand."""
GAP = "([first, second]) => second.getBoundingClientRect().top - first.getBoundingClientRect().bottom"
"""How much air there is between the first two of these."""


def test_a_round_in_a_minute(site: Site, browser: Browser, phone: Open) -> None:
    duo = start_duo(site, browser, SCRATCH, school="Planlyceum", slug="plan")
    context = phone(reduced_motion="reduce")
    site.sign_in(context, duo.organiser.id)
    api = Api(context, site.url)
    page = context.new_page()
    page.goto(f"{site.url}/organise")
    page.get_by_role("link", name="Nieuwe bespreking").tap()
    page.get_by_label("Naam", exact=True).fill("Korte ronde")
    page.get_by_label("Toelichting").fill("Kijk naar **inzet**.\n\n- kort\n- concreet")

    step(page, "Voor wie")
    page.get_by_role("button", name=re.compile("^leerjaar")).first.tap()
    expect(page.get_by_text(re.compile(r"\d+ leerlingen, \d+ lesgroepen"))).to_be_visible()

    step(page, "Wanneer")
    expect(page.get_by_text(re.compile("Docenten hebben .* om in te vullen"))).to_be_visible()
    expect(page.get_by_role("list", name="Wanneer de herinneringen gaan").get_by_role("listitem")).to_have_count(3)

    step(page, "Wat je vraagt")
    page.get_by_role("button", name=re.compile("^leerjaar")).first.tap()
    year = page.locator(".organise-year")
    year.get_by_role("group", name="Ga zo door").get_by_label("Opmerking").check()

    step(page, "Berichten")
    page.get_by_label("Jouw woorden").fill("Fijn dat je meedoet.\nVragen? Kom langs.")
    expect(page.locator(".organise-own")).to_contain_text("Kom langs.")

    step(page, "Nakijken")
    expect(page.get_by_text("1 leerjaar anders")).to_be_visible()
    expect(page.get_by_text("Eigen woorden in 1 mail")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("row").nth(1)).to_be_visible()
    for head in page.get_by_role("columnheader").all():
        assert head.evaluate(LINES) == 1, head.inner_text()
    calm(page)
    assert list(axe(page)) == []
    page.get_by_role("button", name="Open de bespreking").tap()
    page.get_by_role("dialog").get_by_role("button", name="Open de bespreking").tap()
    expect(page.get_by_role("heading", name="Korte ronde", level=1)).to_be_visible()
    expect(page.get_by_text("Open ·")).to_be_visible()
    points = page.get_by_role("listitem").filter(has_text=re.compile("^(kort|concreet)$"))
    expect(points).to_have_count(2)
    expect(points.first).to_have_css("list-style-type", "disc")
    assert points.evaluate_all(GAP) < 12
    round_id = page.url.rsplit("/", 1)[1]
    detail = api.get(f"/rounds/{round_id}")
    assert detail["words"]["opened"] == "Fijn dat je meedoet.\nVragen? Kom langs."
    assert detail["required_by_year"][0]["required"]["on_track"] == {"remark": True, "action": False}

    page.get_by_role("button", name="Meer acties").tap()
    page.get_by_role("menuitem", name="Bewaar als sjabloon").tap()
    page.get_by_role("dialog").get_by_label("Naam van het sjabloon").fill("Korte vorm")
    page.get_by_role("dialog").get_by_role("button", name="Bewaar sjabloon").tap()
    expect(page.get_by_text("Sjabloon bewaard").first).to_be_visible()

    page.get_by_role("link", name="Wijzig").tap()
    step(page, "Wanneer")
    expect(page.get_by_label("Open vanzelf op")).to_be_disabled()
    step(page, "Wat je vraagt")
    year.get_by_role("group", name="Ga zo door").get_by_label("Opmerking").uncheck()
    page.get_by_role("button", name="Bewaar", exact=True).tap()
    expect(page.get_by_role("heading", name="Korte ronde", level=1)).to_be_visible()
    assert api.get(f"/rounds/{round_id}")["required_by_year"][0]["required"]["on_track"]["remark"] is False

    page.goto(f"{site.url}/organise")
    page.get_by_role("link", name="Korte vorm").tap()
    expect(page.get_by_label("Naam", exact=True)).to_have_value("Korte ronde")
    expect(page.get_by_label("Begin met")).to_have_value(re.compile("^template="))
    page.goto(f"{site.url}/organise")
    page.get_by_role("button", name="Meer acties voor Korte vorm").tap()
    page.get_by_role("menuitem", name="Verwijder sjabloon").tap()
    page.get_by_role("dialog").get_by_role("button", name="Verwijder sjabloon").tap()
    expect(page.get_by_role("link", name="Korte vorm")).to_have_count(0)
