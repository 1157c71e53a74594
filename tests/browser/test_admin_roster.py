"""The roster and the ways to sign in, as an admin sees to them. Each walk leaves the demo school as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.files import DEMO, another_school, without
from tests.browser.site import Site
from tests.browser.tour import ADMIN

pytestmark = pytest.mark.browser

LEAVING = 60


@pytest.fixture
def page(phone: Open, site: Site) -> Page:
    """An admin's phone."""
    context = phone(reduced_motion="reduce")
    site.sign_in(context, next(one.id for one in site.offered() if one.role == ADMIN))
    return context.new_page()


def upload(page: Page, site: Site, path: Path) -> None:
    page.goto(f"{site.url}/admin/roster")
    expect(page.get_by_role("button", name="Bestand kiezen")).to_be_visible()
    page.locator("input[type=file]").set_input_files(path)


def test_the_same_file_again_changes_nothing(page: Page, site: Site) -> None:
    upload(page, site, DEMO)
    expect(page.get_by_text("Er verandert niets")).to_be_visible()
    expect(page.get_by_role("button", name="Zo bijwerken")).to_have_count(0)


def test_a_file_that_is_none_is_told_and_changes_nothing(page: Page, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "school.zip"
    path.write_bytes(b"PK, but no zip")
    upload(page, site, path)
    expect(page.get_by_text("Dit bestand kunnen we niet gebruiken.")).to_be_visible()
    expect(page.get_by_text("Dit is geen zip-bestand")).to_be_visible()


def test_many_who_leave_are_asked_about_and_come_back(page: Page, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "kleiner.zip"
    path.write_bytes(without(LEAVING))
    upload(page, site, path)
    page.get_by_text(f"{LEAVING} weg").first.click()
    page.get_by_role("button", name="Zo bijwerken").click()
    question = page.get_by_role("dialog", name=f"{LEAVING} mensen gaan van school")
    question.get_by_role("button", name="Ja, dat klopt").click()
    expect(page.get_by_text("Mensen en groepen zijn bijgewerkt.")).to_be_visible()
    page.get_by_role("button", name="Terugdraaien").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Terugdraaien").click()
    expect(page.get_by_text("teruggedraaid").first).to_be_visible()
    upload(page, site, DEMO)
    expect(page.get_by_text("Er verandert niets")).to_be_visible()


def test_before_an_admin_is_out_the_preview_says_so_twice(page: Page, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "ander.zip"
    path.write_bytes(another_school())
    upload(page, site, path)
    expect(page.get_by_text("Na deze import ben jij geen beheerder meer.")).to_be_visible()
    # How an unusual name was read, and whom it costs the role, is there without a tap.
    expect(page.get_by_text("We lezen haar als givenName.")).to_be_visible()
    page.get_by_role("button", name="Zo bijwerken").click()
    question = page.get_by_role("dialog")
    expect(question.get_by_text("Je bent daarna zelf geen beheerder meer.")).to_be_visible()
    question.get_by_role("button", name="Annuleren").click()
    expect(page.get_by_role("button", name="Zo bijwerken")).to_be_visible()


def test_a_way_to_sign_in_is_added_tested_and_removed(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/sign-in")
    page.get_by_role("button", name="Manier van inloggen toevoegen").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Soort").select_option(label="Ander (OpenID Connect)")
    sheet.get_by_label("Adres van de aanbieder").fill(f"{site.url}/nowhere")
    sheet.get_by_role("button", name="Bewaren").click()
    expect(sheet.get_by_text("Vul dit in.")).to_be_visible()
    sheet.get_by_label("Client-id").fill("driehoek")
    sheet.get_by_label("Geheim").fill("not so secret")
    sheet.get_by_role("button", name="Bewaren").click()
    expect(sheet).to_have_count(0)
    page.get_by_role("button", name="Testen").click()
    expect(page.get_by_text("Hiermee kan nog niet worden ingelogd.")).to_be_visible()
    page.get_by_role("button", name="Verwijderen").click()
    page.get_by_role("dialog").get_by_role("button", name="Verwijderen").click()
    expect(page.get_by_text("Nog geen account ingesteld")).to_be_visible()
