"""Keeping and erasing as an admin sees to it, and a student's own data. Each walk leaves the demo school as it was."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.demo.seed import SLUG
from tests.browser.conftest import Open
from tests.browser.files import without
from tests.browser.site import Site
from tests.browser.tour import ADMIN, STUDENT, asked

pytestmark = pytest.mark.browser

LEAVING = 60


def person(site: Site, role: str) -> str:
    return next(one.id for one in site.offered() if one.role == role)


@pytest.fixture
def page(phone: Open, site: Site) -> Page:
    """An admin's phone."""
    context = phone(reduced_motion="reduce")
    site.sign_in(context, person(site, ADMIN))
    return context.new_page()


def test_somebody_is_erased_by_name_and_for_good(page: Page, site: Site, browser: Browser) -> None:
    with asked(browser, site, person(site, ADMIN)) as api:
        body = {"given_name": "Wendela", "family_name": "van der Tijdelijk", "kind": "staff", "email": ""}
        made = api.post("/admin/people", body).json()["id"]
    page.goto(f"{site.url}/admin/people/{made}")
    page.get_by_role("button", name="Meer over deze persoon").click()
    page.get_by_role("menuitem", name="Gegevens wissen").click()
    sheet = page.get_by_role("dialog", name="Alles over Wendela van der Tijdelijk wissen?")
    act = sheet.get_by_role("button", name="Voorgoed wissen")
    expect(act).to_be_disabled()
    name = sheet.get_by_label("Typ de naam over: Wendela van der Tijdelijk")
    name.fill("Wendela")
    act.click()
    expect(sheet.get_by_text("Dit is niet de naam van deze persoon.")).to_be_visible()
    expect(name).to_be_focused()
    name.fill("wendela van der tijdelijk")
    act.click()
    expect(page.get_by_role("heading", name="Gewist", level=1)).to_be_visible()
    expect(sheet).to_have_count(0)
    page.get_by_role("link", name="Bekijk in het logboek").click()
    expect(page.get_by_text("wiste alles over iemand").first).to_be_visible()
    page.goto(f"{site.url}/admin/people?state=left&q=tijdelijk")
    expect(page.get_by_text("Wendela")).to_have_count(0)


def test_who_is_still_in_the_records_cannot_be_erased_and_is_told_why(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/people/{person(site, STUDENT)}")
    page.get_by_role("button", name="Meer over deze persoon").click()
    page.get_by_role("menuitem", name="Gegevens wissen").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("staat nog in jullie administratie")).to_be_visible()
    expect(sheet.get_by_role("button", name="Voorgoed wissen")).to_have_count(0)


def test_who_left_stands_in_the_list_with_the_day(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto(f"{site.url}/admin")
    page.get_by_role("link", name="Bewaren en wissen").click()
    expect(page.get_by_text("Niemand om te wissen")).to_be_visible()
    expect(page.get_by_text("Vannacht wordt er niemand gewist.")).to_be_visible()
    path = tmp_path / "kleiner.zip"
    path.write_bytes(without(LEAVING))
    site.driehoek("roster", "import", str(path), "--school", SLUG, "--confirm-leaving")
    try:
        page.reload()
        expect(page.get_by_role("heading", name="mensen zijn van school")).to_be_visible()
        expect(page.get_by_text("Wissen op").first).to_be_visible()
        expect(page.get_by_text("Vannacht wordt er niemand gewist.")).to_be_visible()
        page.locator(".list-row").first.click()
        expect(page.get_by_text("Van school sinds")).to_be_visible()
    finally:
        site.driehoek("roster", "undo", "--school", SLUG)


def test_a_student_takes_the_own_data_along(phone: Open, site: Site, tmp_path: Path) -> None:
    context = phone()
    site.sign_in(context, person(site, STUDENT))
    page = context.new_page()
    page.goto(f"{site.url}/more")
    link = page.get_by_role("link", name="Mijn gegevens downloaden")
    with page.expect_download() as coming:
        link.click()
    found = coming.value
    assert found.suggested_filename.startswith("mijn-gegevens-")
    file = tmp_path / "mine.zip"
    found.save_as(file)
    with zipfile.ZipFile(file) as zipped:
        data = json.loads(zipped.read("mijn-gegevens.json"))
        html = zipped.read("mijn-gegevens.html").decode()
    assert data["reports"][0]["versions"][0]["content"]["subjects"]
    expect(link).to_be_visible()
    # The page in it is to be read as it is, on a phone too.
    read = tmp_path / "mine.html"
    read.write_text(html, encoding="utf-8")
    page.goto(read.as_uri())
    expect(page.get_by_role("heading", name="Mijn gegevens", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
