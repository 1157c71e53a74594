"""The last evening of a round at the organiser's desk: the counts move by themselves, somebody stands in, and it is closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open
from tests.browser.duo import Duo, Teacher, start_duo
from tests.browser.hands import calm
from tests.browser.site import LAPTOP, Site

pytestmark = pytest.mark.browser

SCHOOL = "Avondcollege"
SUBSTITUTE = "Mo Mentor"


@pytest.fixture(scope="module")
def evening(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Duo:
    return start_duo(site, browser, tmp_path_factory.mktemp("evening"), school=SCHOOL, slug="avond")


def test_the_last_evening(site: Site, browser: Browser, phone: Open, evening: Duo) -> None:
    context = browser.new_context(**LAPTOP, locale="nl-NL", timezone_id="Europe/Amsterdam")
    site.sign_in(context, evening.organiser.id)
    desk = context.new_page()
    desk.goto(f"{site.url}/organise/{evening.round_id}")
    total = len(evening.groups) * 6 - 5 + 27  # a group of one, one of 33, and six students in every other
    expect(desk.get_by_text(f"0 van {total} ingevuld")).to_be_visible()
    desk.evaluate("window.stayed = true")

    # It moves by itself, as soon as somebody saves.
    teacher = Teacher(site, evening, phone(), evening.marieke, "netl")
    teacher.light("Ga zo door").tap()
    teacher.saved()
    expect(desk.get_by_text(f"1 van {total} ingevuld")).to_be_visible()
    expect(desk.locator(".organise-count", has_text="d.netl")).to_contain_text("1 van 6")

    stands_in(site, phone, desk, evening, total)
    counts_of_students(desk)
    closes_and_reopens(desk)
    assert desk.evaluate("window.stayed") is True, "the page was loaded again"
    context.close()


def stands_in(site: Site, phone: Open, desk: Page, evening: Duo, total: int) -> None:
    """A colleague gets a group for this round, rates in it on a phone, and the desk sees it."""
    desk.get_by_role("button", name="Vervanger voor d.wi", exact=True).click()
    sheet = desk.get_by_role("dialog")
    sheet.get_by_label("Collega").select_option(label="Mentor, Mo")
    sheet.get_by_role("button", name="Geef de groep").click()
    expect(desk.locator(".organise-count", has_text="d.wi ")).to_contain_text(f"vervanger: {SUBSTITUTE}")

    who = next(one for one in site.offered(SCHOOL) if one.name == SUBSTITUTE)
    substitute = Teacher(site, evening, phone(), who, "wi")
    substitute.light("Ga zo door").tap()
    substitute.saved()
    assert [(group["title"], group["done"]) for group in substitute.api.get("/my/rounds")[0]["groups"]] == [("d.wi", 1)]
    expect(desk.get_by_text(f"2 van {total} ingevuld")).to_be_visible()


def counts_of_students(desk: Page) -> None:
    """By department, then home group, then student: who was rated twice."""
    desk.get_by_role("tab", name="Afdelingen").click()
    closed = desk.locator(".organise-department:not([open]) > summary")
    while closed.count():
        closed.first.click()
    desk.get_by_role("button", name="Leerlingen van h2a").click()
    sheet = desk.get_by_role("dialog")
    expect(sheet.get_by_role("listitem").filter(has_text="Zoë van den Berg")).to_contain_text("2 van 13")
    calm(desk)
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog[open]")).to_have_count(0)


def closes_and_reopens(desk: Page) -> None:
    """Closing tells first what is missing; one group gets more time, another is opened again for a reason, then all is over."""
    desk.get_by_role("button", name="Sluit de bespreking").click()
    sheet = desk.get_by_role("dialog")
    expect(sheet.get_by_text("2 feedbacks zijn compleet.")).to_be_visible()
    expect(sheet.get_by_text("13 groepen zijn nog niet klaar.")).to_be_visible()
    sheet.get_by_label("d.netl").check()
    sheet.get_by_role("button", name="Sluit, behalve 1 groep").click()
    expect(desk.get_by_text("Alleen 1 groep staat open.")).to_be_visible()

    desk.get_by_role("button", name="Heropen meer groepen").click()
    sheet.get_by_label("d.wi").check()
    sheet.get_by_role("button", name="Heropen", exact=True).click()
    expect(sheet.get_by_text("Vul dit in.").first).to_be_visible()
    sheet.get_by_label("Reden").fill("De docent was ziek.")
    sheet.get_by_role("button", name="Heropen", exact=True).click()
    expect(desk.get_by_text("Alleen 2 groepen staan open.")).to_be_visible()

    desk.get_by_role("button", name="Sluit de bespreking").click()
    sheet.get_by_role("button", name="Sluit de bespreking").click()
    expect(desk.get_by_text("Gesloten ·")).to_be_visible()
