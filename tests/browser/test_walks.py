"""Rating a whole group from sign-in to sign-out by those who see or move otherwise: with a keyboard alone, and with text
twice as large."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.fits import enlarge, unfit
from tests.browser.hands import calm
from tests.browser.keys import Keys
from tests.browser.site import LAPTOP, PHONE, Site
from tests.browser.tour import Unrated, asked, unrated

pytestmark = pytest.mark.browser

REMARK = "Je was 3 van de 4 keer niet voorbereid."
ACTION = "Kom dinsdag langs, dan plannen we samen."
WORD = "Mooi gewerkt."
REASON = "Je bent nieuw in de groep."


class Walk:
    """One teacher, one group in which nobody is rated yet, and a page on which only the sign-in page is open."""

    def __init__(self, site: Site, page: Page, group: Unrated) -> None:
        self.site, self.page = site, page
        self.who, self.path, self.names = group.who, group.path, group.names
        page.goto(f"{site.url}/sign-in")

    @property
    def sheet(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def group(self) -> Locator:
        return self.page.locator(f"a[href='{self.path}']")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def shows(self, index: int) -> None:
        """This student is on the card, and no sheet before it."""
        expect(self.page.get_by_role("article")).to_have_accessible_name(self.names[index])
        expect(self.sheet).to_have_count(0)

    def saved(self, browser: Browser) -> list[dict[str, Any] | None]:
        """Waits until the server has all, and answers what it has."""
        expect(self.page.get_by_text("Bewaard", exact=True)).to_be_visible()
        with asked(browser, self.site, self.who.id) as api:
            return [pair["feedback"] for pair in api.get(self.path)["pairs"]]


def sign_in(walk: Walk, keys: Keys) -> None:
    """Own phone, and then oneself."""
    own = walk.page.get_by_role("radio", name="Eigen telefoon")
    device = walk.page.get_by_role("radio", checked=True)
    keys.to(device)
    keys.press("ArrowDown", "ArrowUp")
    if not own.is_checked():
        keys.press("ArrowUp")
    expect(own).to_be_checked()
    keys.enter(walk.page.locator(f"button[value='{walk.who.id}']"))
    expect(walk.page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()


def sign_out(walk: Walk, keys: Keys) -> None:
    """By way of *Meer*."""
    keys.enter(walk.page.get_by_role("navigation", name="Onderdelen").get_by_role("link", name="Meer"))
    keys.enter(walk.button("Uitloggen"))
    expect(walk.page).to_have_url(re.compile("/sign-in"))


def write_both(walk: Walk, keys: Keys) -> None:
    """Remark and action, where the caret is in the remark by itself."""
    expect(walk.sheet.get_by_label("Opmerking", exact=True)).to_be_focused()
    keys.write(REMARK)
    keys.to(walk.sheet.get_by_label("Actie", exact=True))
    keys.write(ACTION)


def test_a_whole_group_on_a_phone_with_the_keyboard_alone(browser: Browser, site: Site, phone: Open) -> None:
    me = Walk(site, phone().new_page(), unrated(browser, site))
    page, keys, sheet = me.page, Keys(me.page), me.sheet
    sign_in(me, keys)
    keys.enter(me.group)

    # Numbers rate, wherever one is on the page; the sheet comes with the caret in what is red.
    me.shows(0)
    keys.press("2")
    me.shows(1)
    keys.press("4")
    write_both(me, keys)
    keys.enter(sheet.get_by_role("button", name="Volgende leerling"))

    # The four as one choice, with arrows.
    me.shows(2)
    four = page.locator(".rate-four")
    keys.to(four.get_by_role("radio", name="Excellent"))
    keys.press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "Space")
    me.shows(3)
    word = page.locator(".rate-word")
    keys.enter(word)
    expect(sheet.get_by_label("Opmerking", exact=True)).to_be_focused()
    keys.write(WORD)
    keys.press("Escape")
    expect(word).to_be_focused()

    # Undo by key and by button.
    keys.press("2")
    me.shows(4)
    keys.press("Backspace")
    me.shows(3)
    expect(four.get_by_role("radio", checked=True)).to_have_count(0)
    keys.press("2")
    me.shows(4)
    keys.enter(me.button("Ongedaan"))
    me.shows(3)
    keys.press("3")
    write_both(me, keys)
    keys.press("Escape")

    # The clock, and back to where one was.
    me.shows(4)
    last = page.locator(".rate-facts").get_by_role("button", name="Vorige ronde")
    keys.enter(last)
    expect(sheet.get_by_role("listitem").first).to_be_visible()
    keys.press("Escape")
    expect(last).to_be_focused()

    # Straight to one student, and a reason instead of a stoplight.
    keys.enter(page.locator(".rate-card-top .rate-jump"))
    keys.to(sheet.get_by_role("searchbox"))
    keys.write(me.names[7].lower())
    keys.press("Enter")
    me.shows(7)
    keys.enter(me.button("Nog geen beeld"))
    expect(sheet.get_by_label("Reden")).to_be_focused()
    keys.write(REASON)
    keys.enter(sheet.get_by_role("button", name="Volgende leerling"))
    me.shows(8)

    # The list: who is still to do, rated there.
    keys.enter(me.button("Lijst"))
    keys.to(page.get_by_role("radio", name="Iedereen"))
    keys.press("ArrowRight")
    row = page.locator(".rate-item", has_text=me.names[4])
    expect(page.locator(".rate-item")).to_have_count(len(me.names) - 5)
    keys.to(row.get_by_role("radio", name="Excellent"))
    keys.press("ArrowRight", "Enter")
    expect(row.get_by_role("radio", name="Ga zo door", checked=True)).to_be_visible()
    keys.enter(me.button("Kaarten"))
    for left in (*range(8, len(me.names)), 5, 6):
        me.shows(left)
        keys.press("2")
    expect(page.get_by_text("Iedereen gehad")).to_be_visible()

    stored = me.saved(browser)
    given = ["on_track", "warning", "excellent", "attention", *["on_track"] * 3, "no_picture"]
    given += ["on_track"] * (len(me.names) - 8)
    assert [one and one["stoplight"] for one in stored] == given
    texts = [(one["remark"], one["action"]) for one in stored if one]
    assert texts[1:4] == [(REMARK, ACTION), (WORD, ""), (REMARK, ACTION)]
    assert texts[7] == (REASON, "")
    keys.enter(page.locator(".rate-done a.button-primary"))
    sign_out(me, keys)


def test_a_whole_group_on_a_laptop_with_the_keyboard_alone(browser: Browser, site: Site, phone: Open) -> None:
    me = Walk(site, phone(**LAPTOP, has_touch=False, is_mobile=False).new_page(), unrated(browser, site))
    page, keys, sheet = me.page, Keys(me.page), me.sheet
    rows = page.locator("tr[data-student]")
    sign_in(me, keys)
    keys.enter(me.group)

    expect(rows.nth(0)).to_be_focused()
    keys.press("4")
    expect(rows.nth(0).get_by_role("textbox", name="Opmerking")).to_be_focused()
    keys.write(REMARK)
    keys.press("Tab")
    expect(rows.nth(0).get_by_role("textbox", name="Actie")).to_be_focused()
    keys.write(ACTION)
    keys.press("Escape", "ArrowDown", "1", "Enter")
    expect(rows.nth(1).get_by_role("textbox", name="Opmerking")).to_be_focused()
    keys.write(WORD)
    keys.press("Escape", "ArrowDown")
    expect(rows.nth(2)).to_be_focused()

    # No picture yet, by Tab within the row.
    keys.enter(rows.nth(2).get_by_role("button", name="Nog geen beeld"))
    expect(rows.nth(2).get_by_role("textbox", name="Reden")).to_be_focused()
    keys.write(REASON)
    keys.press("Escape", "ArrowDown")

    # The clock of this student, and back to where one was.
    at = next(index for index in range(3, len(me.names)) if rows.nth(index).locator(".rate-was").count())
    keys.press(*["ArrowDown"] * (at - 3))
    last = rows.nth(at).locator(".rate-was")
    keys.enter(last)
    expect(sheet.get_by_role("listitem").first).to_be_visible()
    keys.press("Escape")
    expect(last).to_be_focused()
    keys.press("Escape")
    expect(rows.nth(at)).to_be_focused()

    # Undo, and the arrows lead back into the table.
    keys.press("3")
    expect(rows.nth(at).get_by_role("textbox", name="Opmerking")).to_be_focused()
    keys.press("Escape")
    keys.enter(me.button("Ongedaan"))
    expect(rows.nth(at).get_by_role("button", pressed=True)).to_have_count(0)
    keys.press("ArrowDown")
    expect(page.locator("tr[data-student]:focus")).to_have_count(1)

    keys.press("Home", "ArrowDown", "ArrowDown", "ArrowDown")
    for index in range(3, len(me.names)):
        expect(rows.nth(index)).to_be_focused()
        keys.press("2", "ArrowDown")
    expect(page.get_by_text(f"{len(me.names)} van {len(me.names)}", exact=True).first).to_be_visible()

    stored = me.saved(browser)
    given = ["warning", "excellent", "no_picture"] + ["on_track"] * (len(me.names) - 3)
    assert [one and one["stoplight"] for one in stored] == given
    texts = [(one["remark"], one["action"]) for one in stored[:3] if one]
    assert texts == [(REMARK, ACTION), (WORD, ""), (REASON, "")]
    sign_out(me, keys)


@pytest.mark.parametrize("device", [PHONE, {**LAPTOP, "has_touch": True, "is_mobile": False}], ids=["phone", "laptop"])
def test_a_whole_group_with_text_twice_as_large(
    browser: Browser, site: Site, phone: Open, device: dict[str, Any]
) -> None:
    me = Walk(site, phone(**device).new_page(), unrated(browser, site))
    page, sheet = me.page, me.sheet
    enlarge(page)
    page.reload()
    wrong: list[str] = []

    def look(where: str) -> None:
        calm(page)
        wrong.extend(f"{where}: {found}" for found in unfit(page))

    look("sign-in")
    page.get_by_text("Eigen telefoon").tap()
    page.locator(f"button[value='{me.who.id}']").tap()
    expect(page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()
    look("rounds")
    me.group.tap()

    me.shows(0)
    look("first card")
    four = page.locator(".rate-four")
    four.get_by_role("radio", name="Ga zo door").tap()
    me.shows(1)
    look("second card")
    four.get_by_role("radio", name="Pas op").tap()
    expect(sheet.get_by_label("Opmerking", exact=True)).to_be_focused()
    look("text sheet")
    sheet.get_by_label("Opmerking", exact=True).fill(REMARK)
    sheet.get_by_label("Actie", exact=True).fill(f"{ACTION} " * 8)
    look("long text")
    sheet.get_by_role("button", name="Volgende leerling").tap()
    me.shows(2)
    page.locator(".rate-word").tap()
    look("text sheet of the student before")
    sheet.get_by_role("button", name="Sluiten").tap()
    me.button("Ongedaan").tap()
    me.shows(1)
    look("undone")

    page.locator(".rate-card-top .rate-jump").tap()
    look("jump")
    sheet.get_by_role("button", name=me.names[3]).tap()
    me.shows(3)
    page.locator(".rate-facts").get_by_role("button", name="Vorige ronde").tap()
    expect(sheet.get_by_role("listitem").first).to_be_visible()
    look("clock")
    sheet.get_by_role("button", name="Sluiten").tap()
    me.button("Nog geen beeld").tap()
    look("reason")
    sheet.get_by_label("Reden").fill(REASON)
    sheet.get_by_role("button", name="Volgende leerling").tap()

    me.button("Lijst").tap()
    look("list")
    me.button("Kaarten").tap()
    me.button("Meer acties").tap()
    look("menu")
    page.get_by_role("menuitem", name="Rest: Ga zo door").tap()
    look("question")
    sheet.get_by_role("button", name="Geef Ga zo door").tap()
    expect(page.get_by_text(re.compile("Iedereen gehad|Bijna klaar"))).to_be_visible()
    look("done")
    me.saved(browser)

    page.locator(".rate-done a.button-primary").tap()
    page.get_by_role("navigation", name="Onderdelen").get_by_role("link", name="Meer").tap()
    look("more")
    me.button("Uitloggen").tap()
    expect(page).to_have_url(re.compile("/sign-in"))
    assert wrong == []
