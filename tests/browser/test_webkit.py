"""Rating in a real WebKit, which is what every iPhone has: a tap, a required text, undo, and all is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WEBKIT, XVFB
from tests.browser.site import Site
from tests.browser.tour import Unrated, asked, unrated
from tests.browser.webkit import WebKit, webkit

pytestmark = pytest.mark.webkit

REMARK = "Je begint laat met leren, kanarie 1 2 3 4."
ACTION = "Maak elke week een samenvatting."
CARD, FOUR, SHEET = "article.rate-card-top", ".rate-four [role=radio]", "dialog[open]"
SEAL = """
  const raw = await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveKey']);
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(16), info: new Uint8Array(16) },
    raw, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode('whose');
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, new TextEncoder().encode(args[0]));
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open('probe', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('sealed');
  const db = await asked(opening);
  await asked(db.transaction('sealed', 'readwrite').objectStore('sealed').put({ key, iv, data, additionalData }, 1));
  db.close();
"""
UNSEAL = """
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const db = await asked(indexedDB.open('probe', 1));
  const { key, iv, data, additionalData } = await asked(db.transaction('sealed').objectStore('sealed').get(1));
  db.close();
  indexedDB.deleteDatabase('probe');
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data);
  const bare = await crypto.subtle.exportKey('raw', key).then(() => 'exported', () => 'refused');
  return [new TextDecoder().decode(plain), key.extractable, bare];
"""

# The app reads what waits, and does not come to an end with it.
HOLD = """
  const held = new Promise((resolve) => {
    const reads = IDBObjectStore.prototype.getAll;
    IDBObjectStore.prototype.getAll = function (...range) {
      if (this.name !== 'waiting') return reads.apply(this, range);
      const again = () => {
        reads.apply(this, range).onsuccess = again;
      };
      again();
      resolve(true);
      return {};
    };
  });
  while (!(await Promise.race([held, new Promise((resolve) => setTimeout(resolve, 50))]))) dispatchEvent(new Event('online'));
"""


@pytest.fixture
def group(browser: Browser, site: Site) -> Unrated:
    return unrated(browser, site)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[WebKit]:
    """WebKit that was never here."""
    assert WEBKIT and XVFB
    with webkit(WEBKIT, XVFB, tmp_path) as browser:
        yield browser


def sign_in(page: WebKit, site: Site, who: str, device: str) -> None:
    """Signs in with the page's own form."""
    page.open(f"{site.url}/sign-in")
    page.tap(".sign-in-device label", device)
    page.tap(f"button[value='{who}']")
    page.until("h1", "Mijn besprekingen")


@pytest.fixture
def page(site: Site, group: Unrated, fresh: WebKit) -> WebKit:
    """WebKit in which the teacher signed in, on a phone of their own."""
    sign_in(fresh, site, group.who.id, "Eigen")
    return fresh


def test_a_teacher_rates_writes_takes_back_and_finds_it_kept(
    browser: Browser, site: Site, group: Unrated, page: WebKit
) -> None:
    names = group.names
    # By its address: what comes in above a list may move it under a tap.
    page.open(f"{site.url}{group.path}")
    page.until(CARD, names[0])
    page.tap(FOUR, "Ga zo door")
    page.until(CARD, names[1])

    # The sheet is there with the caret in what is red.
    page.tap(FOUR, "Let op")
    page.until(f"{SHEET} h2", names[1])
    page.until(f"{SHEET} textarea.input-missing", "Opmerking")
    page.until_at("textarea", "Opmerking")
    page.write(f"{SHEET} textarea", "Opmerking", REMARK)
    page.until_gone(f"{SHEET} textarea.input-missing", "Opmerking")
    page.write(f"{SHEET} textarea.input-missing", "Actie", ACTION)
    page.tap(f"{SHEET} button", "Volgende leerling")
    page.until_gone(SHEET)

    page.until(CARD, names[2])
    page.tap(FOUR, "Excellent")
    page.until(CARD, names[3])
    page.tap("button", "Ongedaan")
    page.until(CARD, names[2])
    page.until_gone(f"{FOUR}[aria-checked=true]")
    page.until(".save-state", "Bewaard")

    page.reload()
    page.until(CARD, names[2])
    page.until(".rate-progress", f"2 van {len(names)}")
    page.tap("button", "Lijst")
    page.until(".rate-item:nth-child(1) [role=radio][aria-checked=true]", "Ga zo door")
    page.until(".rate-item:nth-child(2) [role=radio][aria-checked=true]", "Let op")
    page.tap("button", f"Schrijf iets bij {names[1]}")
    page.until(f"{SHEET} textarea", "Opmerking")
    assert page.run("return [...document.querySelectorAll(args[0])].map((one) => one.value)", f"{SHEET} textarea") == [
        REMARK,
        ACTION,
    ]
    with asked(browser, site, group.who.id) as api:
        stored = [pair["feedback"] for pair in api.get(group.path)["pairs"]]
    assert [one and one["stoplight"] for one in stored[:4]] == ["on_track", "attention", None, None]
    assert (stored[1]["remark"], stored[1]["action"]) == (REMARK, ACTION)


def test_what_is_sealed_with_a_key_that_cannot_be_taken_out_opens_after_a_reload(page: WebKit) -> None:
    page.run(SEAL, REMARK)
    page.reload()
    assert page.run(UNSEAL) == [REMARK, False, "refused"]


def test_a_page_that_is_left_in_the_midst_of_reading_holds_up_nobody(site: Site, group: Unrated, page: WebKit) -> None:
    page.run(HOLD)
    page.open(f"{site.url}{group.path}")
    page.until(CARD, group.names[0])
    page.tap(FOUR, "Ga zo door")
    page.until(CARD, group.names[1])
    page.until(".save-state", "Bewaard")


def test_back_after_signing_out_of_a_shared_device_shows_nothing_of_who_was_here(
    site: Site, group: Unrated, fresh: WebKit
) -> None:
    sign_in(fresh, site, group.who.id, "Gedeeld")
    # The first screen stands before what goes about with the device has come.
    fresh.run("await navigator.serviceWorker.ready")
    fresh.run("addEventListener('pageshow', ({ persisted }) => { sessionStorage.setItem('kept', persisted); })")
    # Another document: the browser keeps the one before for *back*.
    fresh.open(f"{site.url}/more")
    fresh.tap("button", "Uitloggen")
    fresh.until(".sign-in-device label", "Gedeeld")
    fresh.back()
    fresh.until(".sign-in-device label", "Gedeeld")
    assert "next=/rounds" in fresh.run("return location.href")
    assert fresh.run("return sessionStorage.getItem('kept')") == "true"
