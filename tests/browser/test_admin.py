"""The admin's pages as an admin uses them. Each walk leaves the demo school as it was."""

from __future__ import annotations

import struct
import zlib

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open
from tests.browser.hands import calm
from tests.browser.site import Site
from tests.browser.tour import ADMIN, ORGANISER, TEACHER, asked

pytestmark = pytest.mark.browser


def person(site: Site, role: str) -> str:
    return next(one.id for one in site.offered() if one.role == role)


@pytest.fixture
def page(phone: Open, site: Site) -> Page:
    """An admin at the start of the admin's pages, who came there by the navigation."""
    context = phone(reduced_motion="reduce")
    site.sign_in(context, person(site, ADMIN))
    found = context.new_page()
    found.goto(site.url)
    found.get_by_role("navigation", name="Onderdelen").get_by_role("link", name="Beheer").click()
    expect(found.get_by_role("heading", name="Beheer", level=1)).to_be_visible()
    return found


def picture(width: int, height: int) -> bytes:
    """A real PNG of one colour."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = b"".join(b"\x00" + b"\x0b\x60\x70" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")


def test_a_role_is_given_by_name_and_taken_back(page: Page, site: Site, browser: Browser) -> None:
    who = next(one for one in site.offered() if one.role == TEACHER)
    page.locator("a[href='/admin/people']").click()
    page.get_by_label("Zoeken").fill(who.name)
    page.locator(f"a[href='/admin/people/{who.id}']").click()
    organiser = page.get_by_role("switch", name="Organisator")
    expect(organiser).not_to_be_checked()
    organiser.check()
    expect(page.get_by_text("Organisator ·")).to_be_visible()
    with asked(browser, site, who.id) as api:
        assert "organise" in api.get("/me")["navigation"]
    page.get_by_role("switch", name="Organisator").uncheck()
    expect(page.get_by_text("Organisator ·")).to_have_count(0)
    page.get_by_role("link", name="Bekijk in het logboek").click()
    expect(page.get_by_text("wijzigde rollen").first).to_be_visible()


def test_the_last_admin_is_told_why_the_role_stays(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/people/{person(site, ADMIN)}")
    role = page.get_by_role("switch", name="Beheerder")
    # In the demo the role comes from the roster, where it is changed.
    expect(role).to_be_disabled()
    page.get_by_role("button", name="Meer over deze persoon").click()
    page.get_by_role("menuitem", name="Account uitzetten").click()
    page.get_by_role("dialog").get_by_role("button", name="Account uitzetten").click()
    expect(page.get_by_text("Maak eerst iemand anders beheerder.").first).to_be_visible()


def test_another_mentor_and_back_to_the_records(page: Page, site: Site, browser: Browser) -> None:
    who = next(one for one in site.offered() if one.role == TEACHER)
    page.get_by_role("link", name="Groepen").click()
    page.locator(".list-row").first.click()
    page.get_by_role("button", name="Mentor toevoegen").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Zoeken").fill(who.name)
    sheet.get_by_role("button").filter(has_text=who.name.split()[-1]).first.click()
    expect(page.locator(".admin-teacher").filter(has_text=who.name)).to_contain_text("met de hand")
    with asked(browser, site, who.id) as api:
        assert "students" in api.get("/me")["navigation"]
    page.get_by_role("button", name="Zoals in jullie administratie").click()
    expect(page.locator(".admin-teacher").filter(has_text=who.name)).to_have_count(0)


def test_the_school_looks_as_it_likes_and_stays_readable(page: Page, site: Site, phone: Open) -> None:
    page.get_by_role("link", name="Instellingen").click()
    colour = page.get_by_label("Op licht", exact=True)
    save = page.locator("section", has=page.get_by_role("heading", name="Kleur")).get_by_role("button", name="Bewaren")
    colour.fill("#ffcc00")
    save.click()
    page.get_by_role("button", name="Neem #").click()
    chosen = colour.input_value()
    save.click()
    expect(page.get_by_role("button", name="Kleur van Driehoek")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": picture(40, 20)}
    )
    expect(page.get_by_role("img", name="Logo van")).to_be_visible()

    context = phone(viewport={"width": 1280, "height": 800}, color_scheme="light")
    site.sign_in(context, person(site, ORGANISER))
    other = context.new_page()
    other.goto(f"{site.url}/organise")
    calm(other)
    button = other.locator(".button-primary").first
    red, green, blue = (int(chosen[at : at + 2], 16) for at in (1, 3, 5))
    expect(button).to_have_css("background-color", f"rgb({red}, {green}, {blue})")
    assert other.locator(".nav-school img").evaluate("one => one.naturalWidth") == 40

    page.get_by_role("button", name="Kleur van Driehoek").click()
    expect(page.get_by_role("button", name="Kleur van Driehoek")).to_have_count(0)
    page.get_by_role("button", name="Weghalen").click()
    expect(page.get_by_role("img", name="Logo van")).to_have_count(0)


def test_for_others_there_is_no_such_page(phone: Open, site: Site) -> None:
    context = phone()
    site.sign_in(context, person(site, TEACHER))
    page = context.new_page()
    page.goto(f"{site.url}/admin/people")
    expect(page.get_by_text("Deze pagina is er niet")).to_be_visible()
