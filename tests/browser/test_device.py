"""What stays on a device, and what does not: signing out, the next person, a shared device, flight mode."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Open
from tests.browser.hands import WITHOUT_SYNC, Api, eventually
from tests.browser.site import Site
from tests.browser.test_pwa import person, with_worker

pytestmark = pytest.mark.browser

RECORDS = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  const found = {};
  for (const name of names) {
    const db = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    for (const store of db.objectStoreNames) {
      const keys = await new Promise((resolve) => {
        const request = db.transaction(store).objectStore(store).getAllKeys();
        request.onsuccess = () => resolve(request.result);
      });
      if (keys.length > 0) found[store] = keys;
    }
    db.close();
  }
  return found;
}"""


def records(page: Page) -> dict[str, Any]:
    """The keys of everything in this browser's databases, by the place it stands in."""
    found: dict[str, Any] = page.evaluate(RECORDS)
    return found


def until(page: Page, true: Callable[[dict[str, Any]], bool]) -> None:
    """Waits until this can be said of what is stored."""
    eventually(page, lambda: true(records(page)))


def group_to_do(context: BrowserContext, site: Site) -> str:
    """The address of a group with somebody left to rate."""
    (now,) = (one for one in Api(context, site.url).get("/my/rounds") if one["state"] == "open")
    group = next(one for one in reversed(now["groups"]) if one["done"] + 3 < one["total"])
    return f"/rounds/{now['id']}/groups/{group['id']}"


def teachers(site: Site) -> list[str]:
    return [one.id for one in site.offered() if one.role == "Vakdocent"]


def rate_one(page: Page) -> str:
    """Rates the student on the card; the name."""
    # Not just any article: the list one comes from has some too.
    card = page.locator("article.rate-card-top")
    expect(card).to_be_visible()
    name = card.get_attribute("aria-label") or ""
    page.get_by_role("radio", name="Ga zo door").tap()
    expect(card).not_to_have_accessible_name(name)
    # Where the text is, is said once it is there: only now the page may be left.
    expect(page.locator(".rate-progress .save-state")).to_be_visible()
    return name


def test_whatever_screen_one_lands_on_the_groups_are_there_in_flight_mode(site: Site, phone: Open) -> None:
    context = phone()
    site.sign_in(context, person(site, "Vakdocent"))
    address = group_to_do(context, site)
    page = context.new_page()
    page.goto(f"{site.url}/more")
    with_worker(page)
    until(page, lambda found: f"{address}/history" in [path for _, path in found.get("pages", [])])

    context.set_offline(True)
    page.goto(f"{site.url}/")
    page.locator(f"a[href='{address}']").tap()
    rate_one(page)
    page.get_by_role("button", name="Vorige ronde").tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("Geen verbinding")).to_have_count(0)


def test_signing_out_warns_of_texts_that_wait_sends_them_first_and_empties_the_device(site: Site, phone: Open) -> None:
    context = phone()
    site.sign_in(context, person(site, "Vakdocent"))
    address = group_to_do(context, site)
    page = context.new_page()
    page.goto(f"{site.url}{address}")
    with_worker(page)
    context.set_offline(True)
    name = rate_one(page)
    expect(page.get_by_text("Op je telefoon", exact=True)).to_be_visible()
    page.goto(f"{site.url}/more")
    page.get_by_role("button", name="Uitloggen").tap()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("1 tekst staat nog alleen op je telefoon")
    asked.get_by_role("button", name="Verstuur en log uit").tap()
    expect(asked).to_contain_text("Er is geen verbinding")
    assert "waiting" in records(page)

    context.set_offline(False)
    asked.get_by_role("button", name=re.compile("Opnieuw|Verstuur")).tap()
    expect(page).to_have_url(re.compile("/sign-in"))
    assert records(page) == {}
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert page.evaluate("Object.keys(localStorage)") == ["language"]
    site.sign_in(context, person(site, "Vakdocent"))
    pairs = {one["student"]["name"]: one for one in Api(context, site.url).get(address)["pairs"]}
    assert pairs[name]["feedback"]["stoplight"] == "on_track"
    page.goto(f"{site.url}/")
    with_worker(page)
    expect(page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()


def test_signing_out_in_flight_mode_empties_the_device_and_ends_the_session_when_there_is_a_line(
    site: Site, phone: Open
) -> None:
    context = phone()
    site.sign_in(context, person(site, "Vakdocent"))
    page = context.new_page()
    page.goto(f"{site.url}{group_to_do(context, site)}")
    with_worker(page)
    context.set_offline(True)
    rate_one(page)
    page.goto(f"{site.url}/more")
    page.get_by_role("button", name="Uitloggen").tap()
    page.get_by_role("dialog").get_by_role("button", name="Wis 1 tekst en log uit").tap()
    expect(page.get_by_role("heading", name="Dit apparaat is leeg")).to_be_visible()
    assert records(page) == {}
    assert context.request.get(f"{site.url}/api/v1/me").ok

    context.set_offline(False)
    expect(page).to_have_url(re.compile("/sign-in"))
    assert context.request.get(f"{site.url}/api/v1/me").status == 401


def test_the_next_person_neither_sees_nor_sends_what_waits_and_it_is_there_for_its_writer(
    site: Site, phone: Open
) -> None:
    first, second = teachers(site)[:2]
    context = phone()
    # Nobody sends for the first one in the moment between the line and the next sign-in.
    context.add_init_script(WITHOUT_SYNC)
    site.sign_in(context, first)
    address = group_to_do(context, site)
    page = context.new_page()
    page.goto(f"{site.url}{address}")
    with_worker(page)
    context.set_offline(True)
    name = rate_one(page)
    expect(page.get_by_text("Op je telefoon", exact=True)).to_be_visible()
    page.goto("about:blank")

    context.set_offline(False)
    site.sign_in(context, second)
    page.goto(f"{site.url}/rounds")
    expect(page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()
    until(page, lambda found: {who for who, _ in found.get("pages", [])} == {second})
    expect(page.get_by_text("alleen op je telefoon")).to_have_count(0)
    found = records(page)
    assert found["keys"] == [second]
    assert [key[0] for key in found["waiting"]] == [first]
    page.goto("about:blank")

    site.sign_in(context, first)
    before = {one["student"]["name"]: one for one in Api(context, site.url).get(address)["pairs"]}
    assert before[name]["feedback"] is None
    page.goto(f"{site.url}{address}")
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    after = {one["student"]["name"]: one for one in Api(context, site.url).get(address)["pairs"]}
    assert after[name]["feedback"]["stoplight"] == "on_track"


def test_a_shared_device_keeps_nothing_and_warns_before_a_text_is_lost(site: Site, phone: Open) -> None:
    context = phone()
    site.sign_in(context, person(site, "Vakdocent"), "shared")
    page = context.new_page()
    page.goto(f"{site.url}{group_to_do(context, site)}")
    expect(page.get_by_role("article")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    context.set_offline(True)
    rate_one(page)
    expect(page.get_by_text("Op een gedeeld apparaat blijft niets staan.")).to_be_visible()
    assert records(page) == {}
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.reload()
    assert warned == ["beforeunload"]
    expect(page.get_by_role("heading", name="Er is verbinding nodig")).to_be_visible()
    assert records(page) == {}
