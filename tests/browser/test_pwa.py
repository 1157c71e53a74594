"""The app on a device: it installs, starts without a network, asks before it notifies, and works with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open
from tests.browser.hands import Api
from tests.browser.site import LAPTOP, Site

pytestmark = pytest.mark.browser

READY = "async () => { await navigator.serviceWorker.ready; return Boolean(navigator.serviceWorker.controller); }"


def person(site: Site, role: str) -> str:
    """The first whom the sign-in page offers for a role."""
    return next(one.id for one in site.offered() if one.role == role)


def with_worker(page: Page) -> None:
    """Loads the page again, now from the service worker."""
    page.evaluate(READY)
    page.reload()
    assert page.evaluate(READY)


def test_the_app_can_be_installed(site: Site, phone: Open) -> None:
    context = phone()
    site.sign_in(context, person(site, "Vakdocent"))
    page = context.new_page()
    page.goto(f"{site.url}/rounds")
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = context.request.get(f"{site.url}{address}").json()
    assert manifest["name"] == "Driehoek"
    assert manifest["display"] == "standalone"
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} >= {"any", "maskable"}
    for icon in manifest["icons"]:
        assert context.request.get(f"{site.url}{icon['src']}").ok, icon
    with_worker(page)
    expect(page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()
    found = context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Chromium installs nothing from the private windows that tests run in, and has nothing else against it.
    assert [one["errorId"] for one in found] == ["in-incognito"]


def test_without_a_network_the_cards_are_there_and_what_one_taps_goes_later(site: Site, phone: Open) -> None:
    context = phone()
    site.sign_in(context, person(site, "Vakdocent"))
    api = Api(context, site.url)
    (now,) = (one for one in api.get("/my/rounds") if one["state"] == "open")
    group = next(one for one in reversed(now["groups"]) if one["done"] + 3 < one["total"])
    address = f"/rounds/{now['id']}/groups/{group['id']}"
    page = context.new_page()
    page.goto(f"{site.url}{address}")
    card = page.get_by_role("article")
    expect(card).to_be_visible()
    with_worker(page)
    expect(card).to_be_visible()

    context.set_offline(True)
    page.reload()
    expect(card).to_be_visible()
    expect(page.get_by_text("Geen verbinding")).to_be_visible()
    name = card.get_attribute("aria-label") or ""
    page.get_by_role("radio", name="Ga zo door").tap()
    expect(card).not_to_have_accessible_name(name)
    expect(page.get_by_text("Op je telefoon", exact=True)).to_be_visible()
    page.goto(f"{site.url}/rounds")
    expect(page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()

    context.set_offline(False)
    page.goto(f"{site.url}{address}")
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    pairs = {one["student"]["name"]: one for one in api.get(address)["pairs"]}
    assert pairs[name]["feedback"]["stoplight"] == "on_track"


def test_a_new_version_waits_until_one_asks_for_it(site: Site, phone: Open) -> None:
    context = phone()
    # Another address is another version of the worker for the browser. The page asks for it by itself, as it asks for
    # its worker always: two that ask for two versions would take each other's away.
    context.add_init_script(
        """const register = globalThis.ServiceWorkerContainer?.prototype.register;
        if (register) ServiceWorkerContainer.prototype.register = function (url, options) {
          return register.call(this, sessionStorage.getItem('newer') ? `${url}?newer` : url, options);
        };"""
    )
    site.sign_in(context, person(site, "Vakdocent"))
    page = context.new_page()
    page.goto(f"{site.url}/rounds")
    with_worker(page)

    offer = page.get_by_text("Er is een nieuwe versie.")
    expect(offer).to_have_count(0)
    page.evaluate("sessionStorage.setItem('newer', 'yes')")
    page.reload()
    expect(offer).to_be_visible()
    # The page loads again when the new one is in charge.
    with page.expect_event("load"):
        page.get_by_role("button", name="Vernieuw").tap()
    expect(page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()


def test_notices_are_asked_for_after_a_tap_only(site: Site, phone: Open) -> None:
    context = phone()
    context.add_init_script(
        """globalThis.asked = 0;
        Notification.requestPermission = async () => { globalThis.asked += 1; return 'denied'; };
        Object.defineProperty(Notification, 'permission', { get: () => 'default' });"""
    )
    site.sign_in(context, person(site, "Leerling"))
    page = context.new_page()
    for path in ("/", "/reports", "/notices", "/notices/settings"):
        page.goto(f"{site.url}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        assert page.evaluate("asked") == 0, path
    button = page.get_by_role("button", name="Zet meldingen aan")
    expect(page.get_by_text("In een melding staat nooit wat iemand schreef.")).to_be_visible()
    button.tap()
    expect(page.get_by_text("Je browser houdt meldingen van Driehoek tegen.")).to_be_visible()
    assert page.evaluate("asked") == 1


def test_one_signs_in_without_javascript(site: Site, phone: Open) -> None:
    context = phone(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_role("button", name=site.offered()[0].name).first.tap()
    expect(page).to_have_url(f"{site.url}/")
    me = context.request.get(f"{site.url}/api/v1/me")
    assert me.json()["id"] == site.offered()[0].id


@contextmanager
def laptop(browser: Browser, site: Site, who: str) -> Iterator[tuple[Page, Api]]:
    context = browser.new_context(**LAPTOP, locale="nl-NL", timezone_id="Europe/Amsterdam")
    context.set_default_timeout(10_000)
    site.sign_in(context, who)
    yield context.new_page(), Api(context, site.url)
    context.close()


def test_a_group_is_rated_with_the_keyboard_alone(browser: Browser, site: Site) -> None:
    with laptop(browser, site, next(one.id for one in reversed(site.offered()) if one.role == "Vakdocent")) as (
        page,
        api,
    ):
        (now,) = (one for one in api.get("/my/rounds") if one["state"] == "open")
        group = next(one for one in now["groups"] if one["done"] == 0)
        address = f"/rounds/{now['id']}/groups/{group['id']}"
        students = [pair["student"]["id"] for pair in api.get(address)["pairs"]]
        page.goto(f"{site.url}{address}")
        row = page.locator("tr[data-student]")
        press: Callable[[str], None] = page.keyboard.press
        expect(row.nth(0)).to_be_focused()

        press("2")
        expect(row.nth(0).get_by_role("button", name="Ga zo door", pressed=True)).to_be_visible()
        press("ArrowDown")
        expect(row.nth(1)).to_be_focused()
        # What a stoplight asks for is where the caret goes.
        press("4")
        expect(row.nth(1).get_by_role("textbox", name="Opmerking")).to_be_focused()
        page.keyboard.type("Je was drie keer niet voorbereid. Zo 1, 2, 3 loop je vast.")
        press("Tab")
        expect(row.nth(1).get_by_role("textbox", name="Actie")).to_be_focused()
        page.keyboard.type("Kom dinsdag langs.")
        press("Escape")
        expect(row.nth(1)).to_be_focused()
        press("ArrowDown")
        press("1")
        press("Enter")
        expect(row.nth(2).get_by_role("textbox", name="Opmerking")).to_be_focused()
        page.keyboard.type("Mooi gewerkt.")
        press("Escape")
        press("End")
        expect(row.last).to_be_focused()
        press("Home")
        expect(row.nth(0)).to_be_focused()
        expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()

        stored = {pair["student"]["id"]: pair["feedback"] for pair in api.get(address)["pairs"]}
        given = [stored[one] and stored[one]["stoplight"] for one in students[:4]]
        assert given == ["on_track", "warning", "excellent", None]
        assert stored[students[1]]["remark"].endswith("Zo 1, 2, 3 loop je vast.")
        assert stored[students[1]]["action"] == "Kom dinsdag langs."
        assert stored[students[2]]["remark"] == "Mooi gewerkt."
