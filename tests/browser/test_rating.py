"""Rating with a thumb, with a keyboard, and together with a colleague."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Open
from tests.browser.duo import Duo, Teacher, start_duo
from tests.browser.hands import WAYS, Api, calm, drag, finger, middle, swipe
from tests.browser.site import LAPTOP, Site
from tests.browser.test_pwa import person, with_worker
from tests.browser.tour import TEACHER
from tests.conftest import SCRATCH

pytestmark = pytest.mark.browser

FIRST, SECOND, ARABIC, LONG = "Zoë van den Berg", "Jan Jansen", "زينب العلي", "Wilhelmina-Alexandra"
OPENS_MS = 20_000
MOST_PX = 44
"""Less than lets a card go, however quick."""


@pytest.fixture(scope="module")
def duo(site: Site, browser: Browser) -> Duo:
    return start_duo(site, browser, SCRATCH)


# --- swipes -------------------------------------------------------------------------------------------------------------


def test_a_swipe_that_is_too_short_springs_back(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "netl")
    before = me.card.bounding_box()
    swipe(me.page, me.card, "right", MOST_PX / 2)
    expect(me.page.locator(".rate-target")).to_have_count(0)
    calm(me.page)
    assert me.card.bounding_box() == before
    expect(me.card).to_have_accessible_name(FIRST)
    assert me.stored() is None


def test_where_the_card_would_go_shows_while_one_drags_and_a_call_takes_the_card_away_from_the_finger(
    site: Site, duo: Duo, phone: Open
) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "netl")
    names = {"up": "Excellent", "right": "Ga zo door", "left": "Let op", "down": "Pas op"}
    for way, (dx, dy) in WAYS.items():
        target = me.page.locator(".rate-target")
        # Far enough to count; but the phone takes the gesture over.
        with finger(me.page, *middle(me.card), dx * 120, dy * 120, end="touchCancel"):
            expect(target).to_have_text(names[way])
            expect(target.locator("svg")).to_be_visible()
            expect(target).to_have_attribute("data-sure", "true")
        expect(target).to_have_count(0)
        expect(me.card).to_have_accessible_name(FIRST)
    assert me.stored() is None


def test_a_start_at_the_edge_of_the_screen_belongs_to_the_phone(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "netl")
    _, y = middle(me.card)
    for x, dx in ((23, 200), (337, -200)):
        assert me.page.evaluate("([x, y]) => !!document.elementFromPoint(x, y).closest('.rate-stack')", [x, y])
        with finger(me.page, x, y, dx, 0):
            expect(me.page.locator(".rate-target")).to_have_count(0)
    expect(me.card).to_have_accessible_name(FIRST)
    drag(me.page, 26, y, 200, 0)
    expect(me.card).to_have_accessible_name(SECOND)
    me.page.get_by_role("button", name="Ongedaan").tap()
    expect(me.card).to_have_accessible_name(FIRST)


def test_only_the_card_takes_swipes_and_a_list_scrolls_under_the_thumb(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "vol")
    taken = me.page.evaluate(
        """[...document.querySelectorAll('body, main, main *')].filter((one) => getComputedStyle(one).touchAction === 'none')
             .map((one) => one.className)"""
    )
    assert taken == ["rate-stack"]
    assert (
        me.page.locator(".rate-card-top .rate-name a").evaluate("(one) => getComputedStyle(one).userSelect") == "text"
    )
    me.page.get_by_role("button", name="Lijst").tap()
    expect(me.page.locator(".rate-list > li")).to_have_count(33)
    drag(me.page, 180, 600, 0, -400)
    me.page.wait_for_function("() => scrollY > 100")
    assert me.stored() is None
    assert me.api.get(duo.path("vol"))["pairs"][5]["feedback"] is None


@pytest.mark.parametrize(("width", "height"), [(360, 740), (390, 664), (360, 640)])
def test_each_card_of_a_rated_group_fits_on_a_phone_so_that_up_and_down_are_swipes(
    site: Site, phone: Open, width: int, height: int
) -> None:
    """A light of this round and one of the last, names of two lines; 390 by 664 is what Safari leaves of an iPhone."""
    context = phone(viewport={"width": width, "height": height})
    site.sign_in(context, person(site, TEACHER))
    api = Api(context, site.url)
    now = next(one for one in api.get("/my/rounds") if one["state"] == "open")
    begun = max((one for one in now["groups"] if one["done"] < one["total"]), key=lambda one: one["done"])
    assert begun["done"] > 1
    page = context.new_page()
    page.goto(f"{site.url}/rounds/{now['id']}/groups/{begun['id']}")
    card, too_long = page.locator(".rate-card-top"), []
    # The first card is of whoever has no light yet; from there on once around.
    expect(card.get_by_role("button", name="Ga naar een leerling")).to_be_visible()
    start = int(re.findall(r"\d+", card.locator(".rate-jump").inner_text())[0])
    for more in range(begun["total"]):
        at = (start - 1 + more) % begun["total"] + 1
        expect(card.locator(".rate-jump")).to_contain_text(f"{at} van {begun['total']}")
        if page.evaluate("document.documentElement.scrollHeight > innerHeight + 2"):
            too_long.append(card.get_attribute("aria-label"))
        page.keyboard.press("ArrowRight")
    assert too_long == []


def test_a_light_tick_where_the_phone_can_and_no_flight_where_one_asked_for_calm(
    site: Site, duo: Duo, phone: Open
) -> None:
    context = phone(reduced_motion="reduce")
    context.add_init_script("window.ticks = []; navigator.vibrate = (ms) => ticks.push(ms)")
    me = Teacher(site, duo, context, duo.marieke, "netl")
    me.page.evaluate(
        """() => { window.flown = 0; new MutationObserver(() => { flown += document.querySelectorAll('.rate-ghost').length })
             .observe(document.querySelector('.rate-sky'), { childList: true }) }"""
    )
    swipe(me.page, me.card, "right")
    expect(me.card).to_have_accessible_name(SECOND)
    assert me.page.evaluate("[flown, ticks.length > 0, ticks.every((ms) => ms < 20)]") == [0, True, True]
    me.page.get_by_role("button", name="Ongedaan").tap()
    expect(me.card).to_have_accessible_name(FIRST)
    me.saved()


# --- texts --------------------------------------------------------------------------------------------------------------


def test_the_caret_stands_in_the_red_field_before_the_tap_is_over(site: Site, duo: Duo, phone: Open) -> None:
    context = phone()
    # All but Chromium open the keyboard only for a focus within the tap: there nothing may wait for a frame.
    context.add_init_script("delete Navigator.prototype.userAgentData")
    me = Teacher(site, duo, context, duo.marieke, "wi")
    label, red = me.light("Let op").evaluate(
        """(button) => { button.click(); const field = document.activeElement;
             return [field.labels?.[0].textContent, field.matches('.input-missing')] }"""
    )
    assert (label, red) == ("Opmerking", True)
    me.page.keyboard.type("Ik zie dat je volhoudt.")
    expect(me.sheet.get_by_label("Opmerking", exact=True)).to_have_value("Ik zie dat je volhoudt.")
    me.sheet.get_by_role("button", name="Volgende leerling").tap()
    expect(me.card).to_have_accessible_name(SECOND)

    # Of a text that is half there, the other half.
    me.page.get_by_role("button", name=re.compile("Tekst ontbreekt")).tap()
    action = me.sheet.get_by_label("Actie", exact=True)
    expect(action).to_be_focused()
    expect(action).to_have_class(re.compile("input-missing"))
    me.page.keyboard.type("Maak elke week een samenvatting.")
    me.sheet.get_by_role("button", name="Klaar").tap()
    me.saved()
    stored = me.stored()
    assert stored is not None
    assert (stored["action"], stored["complete"]) == ("Maak elke week een samenvatting.", True)


def test_a_sheet_stays_usable_above_the_keyboard(site: Site, duo: Duo, phone: Open) -> None:
    context = phone(viewport={"width": 375, "height": 667})
    # A phone that does not shrink the page tells what is left of it, as iOS does.
    context.add_init_script(
        """const seen = new EventTarget(); Object.assign(seen, { width: 375, height: 667, offsetTop: 0, scale: 1 });
           Object.defineProperty(window, 'visualViewport', { value: seen });
           window.keyboard = (high) => { seen.height = 667 - high; seen.dispatchEvent(new Event('resize')) }"""
    )
    me = Teacher(site, duo, context, duo.marieke, "te")
    me.light("Pas op").tap()
    me.page.evaluate("keyboard(300)")
    for name in ("Opmerking", "Actie"):
        field = me.sheet.get_by_label(name, exact=True)
        field.tap()
        field.fill("Je doet wat je zegt.")
        calm(me.page)
        box = field.bounding_box()
        assert box is not None
        assert box["y"] > 0
        assert box["y"] + 40 < 667 - 300
    go_on = me.sheet.get_by_role("button", name="Volgende leerling")
    box = go_on.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 667 - 300
    go_on.tap()
    expect(me.card).to_have_accessible_name(SECOND)
    me.saved()


# --- undo, jump, keys ---------------------------------------------------------------------------------------------------


def test_undo_takes_back_what_was_sent_also_after_the_app_was_closed(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "entl")
    me.light("Excellent").tap()
    expect(me.card).to_have_accessible_name(SECOND)
    me.light("Ga zo door").tap()
    me.saved()
    assert [(me.stored(n) or {}).get("stoplight") for n in (0, 1)] == ["excellent", "on_track"]
    me.page.get_by_role("button", name="Ongedaan").tap()
    expect(me.card).to_have_accessible_name(SECOND)
    me.saved()
    taken = me.stored(1)
    assert taken is not None
    assert taken["stoplight"] is None

    me.page.close()
    me.page = me.context.new_page()
    me.open()
    me.page.get_by_role("button", name="Ongedaan").tap()
    expect(me.card).to_have_accessible_name(FIRST)
    expect(me.light("Excellent")).not_to_be_checked()
    expect(me.page.get_by_role("button", name="Ongedaan")).to_be_disabled()
    me.saved()
    taken = me.stored(0)
    assert taken is not None
    assert taken["stoplight"] is None


def test_all_others_in_one_act_and_back_in_one(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "lo")
    me.light("Excellent").tap()
    me.page.get_by_role("button", name="Meer acties").tap()
    me.page.get_by_role("menuitem", name="Rest: Ga zo door").tap()
    me.sheet.get_by_role("button", name="Geef Ga zo door").tap()
    expect(me.page.get_by_text("Iedereen gehad")).to_be_visible()
    me.saved()
    assert [(me.stored(n) or {}).get("stoplight") for n in range(6)] == ["excellent", *["on_track"] * 5]
    me.page.get_by_role("button", name="Ongedaan").tap()
    expect(me.page.get_by_text("1 van 6", exact=True)).to_be_visible()
    me.saved()
    assert [(me.stored(n) or {}).get("stoplight") for n in range(6)] == ["excellent", *[None] * 5]


def test_jump_to_a_student_with_a_thumb_and_with_keys(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "ak")
    me.page.get_by_role("button", name="Ga naar een leerling").tap()
    expect(me.sheet.get_by_role("button").filter(has_text=re.compile("Jansen"))).to_have_text(
        [re.compile("Jan Jansen h2a"), re.compile("Jan Jansen h2b")]
    )
    me.sheet.get_by_role("button", name=ARABIC).tap()
    expect(me.card).to_have_accessible_name(ARABIC)
    # No key opens what is closing yet.
    expect(me.sheet).to_have_count(0)

    me.page.keyboard.press("/")
    search = me.sheet.get_by_label("Zoek een leerling")
    search.focus()
    me.page.keyboard.type("ozlem yil")
    expect(me.sheet.get_by_role("listitem")).to_have_count(1)
    me.page.keyboard.press("Enter")
    expect(me.card).to_have_accessible_name("Özlem Yılmaz")
    expect(me.sheet).to_have_count(0)
    me.page.keyboard.press("/")
    expect(me.sheet.get_by_role("listitem")).to_have_count(6)
    search.focus()
    me.page.keyboard.press("ArrowDown")
    me.page.keyboard.press("ArrowDown")
    me.page.keyboard.press("Enter")
    expect(me.card).to_have_accessible_name(SECOND)


def test_keys_rate_but_not_while_one_writes_and_not_when_switched_off(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "mu")
    me.page.keyboard.press("2")
    expect(me.card).to_have_accessible_name(SECOND)
    me.page.keyboard.press("3")
    expect(me.sheet.get_by_label("Opmerking", exact=True)).to_be_focused()
    me.page.keyboard.type("1 tot 4 keer")
    me.page.keyboard.press("Escape")
    expect(me.sheet).to_be_hidden()
    me.page.keyboard.press("Backspace")
    me.page.keyboard.press("Backspace")
    expect(me.card).to_have_accessible_name(FIRST)
    me.page.get_by_role("button", name="Meer acties").tap()
    me.page.get_by_role("menuitem", name="Zet toetsen 1–4 uit").tap()
    me.page.keyboard.press("2")
    me.page.keyboard.press("/")
    expect(me.sheet).to_be_hidden()
    expect(me.card).to_have_accessible_name(FIRST)
    expect(me.light("Ga zo door")).not_to_be_checked()
    me.saved()
    stored = me.stored(1)
    assert stored is not None
    assert (stored["stoplight"], stored["remark"]) == (None, "1 tot 4 keer")


def test_keys_quicker_than_a_frame_mean_one_student_each(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "fatl")
    with finger(me.page, *middle(me.card), 120, 0, end="touchCancel"):
        # The card moves, so it can fly too.
        expect(me.page.locator(".rate-target")).to_be_visible()
    in_one_go = """(keys) => {
      for (const key of keys) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }"""
    me.page.evaluate(in_one_go, ["1", "2"])
    me.saved()
    first, second, third = (me.stored(index) for index in range(3))
    assert first and second
    assert (first["stoplight"], second["stoplight"], third) == ("excellent", "on_track", None)
    me.page.evaluate(in_one_go, ["1", "Backspace"])
    expect(me.light("Excellent")).not_to_be_checked()
    me.saved()
    taken = me.stored(2)
    assert taken is None or taken["stoplight"] is None
    # Who types on right after a stoplight that asks for a text means that text.
    me.page.evaluate(in_one_go, ["4", "J"])
    assert me.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    expect(me.sheet).to_be_visible()


def test_a_laptop_s_table_is_worked_by_keyboard_alone(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(**LAPTOP, has_touch=False, is_mobile=False, device_scale_factor=1), duo.marieke, "gs")
    press = me.page.keyboard.press
    rows = me.page.locator(".rate-table tbody tr")
    expect(rows.nth(0)).to_be_focused()
    press("1")
    expect(rows.nth(0).get_by_role("button", name="Excellent")).to_have_attribute("aria-pressed", "true")
    press("ArrowDown")
    press("4")
    remark = rows.nth(1).get_by_role("textbox", name="Opmerking")
    expect(remark).to_be_focused()
    me.page.keyboard.type("Je was 3 keer te laat.")
    press("Escape")
    expect(rows.nth(1)).to_be_focused()
    press("Enter")
    action = rows.nth(1).get_by_role("textbox", name="Actie")
    expect(action).to_be_focused()
    me.page.keyboard.type("Kom dinsdag langs.")
    press("Escape")
    press("ArrowDown")
    expect(rows.nth(2)).to_be_focused()
    press("2")
    press("ArrowRight")
    expect(rows.nth(2).get_by_role("link")).to_be_focused()
    press("Escape")
    press("End")
    expect(rows.nth(5)).to_be_focused()
    me.saved()
    assert [(me.stored(n) or {}).get("stoplight") for n in range(4)] == ["excellent", "warning", "on_track", None]
    stored = me.stored(1)
    assert stored is not None
    assert (stored["remark"], stored["action"]) == ("Je was 3 keer te laat.", "Kom dinsdag langs.")
    assert stored["complete"]


def test_who_is_done_stays_under_the_thumb_until_the_filter_is_chosen_again(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "nask")
    me.page.get_by_role("button", name="Lijst").tap()
    me.page.get_by_text("Nog te doen (6)").tap()
    first = me.page.get_by_role("listitem").filter(has_text=FIRST)
    first.get_by_role("radio", name="Excellent").tap()
    expect(me.page.get_by_text("Nog te doen (5)")).to_be_visible()
    expect(first.get_by_role("radio", name="Excellent")).to_be_checked()
    me.page.get_by_text("Iedereen (6)").tap()
    me.page.get_by_text("Nog te doen (5)").tap()
    expect(me.page.get_by_role("listitem").filter(has_text=SECOND)).to_have_count(2)
    expect(first).to_have_count(0)
    me.saved()


# --- together -----------------------------------------------------------------------------------------------------------


def test_what_a_colleague_writes_appears_and_is_read_before_one_writes_over_it(
    site: Site, duo: Duo, phone: Open
) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "biol")
    joost = Teacher(site, duo, phone(), duo.joost, "biol")
    expect(me.card).to_have_accessible_name(FIRST)
    four = me.light("Let op").bounding_box()
    joost.write(0, stoplight="attention", remark="Je haakt af bij opdracht twee.", action="Vraag om hulp.")

    expect(me.page.get_by_role("button", name="Joost Bakker gaf Let op")).to_be_visible()
    expect(me.page.locator(".frame > [aria-live]")).to_have_text(f"Joost Bakker schreef over {FIRST}.")
    expect(me.card).to_have_accessible_name(FIRST)
    assert me.light("Let op").bounding_box() == four

    # A stoplight over it opens what is there, with name and time, and takes none of it away.
    # When it has been there long enough to be read: for this page it is two seconds later.
    me.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 2000; }")
    me.light("Pas op").tap()
    expect(me.sheet.get_by_text(re.compile(r"Joost Bakker schreef dit, vandaag, \d\d\.\d\d"))).to_be_visible()
    expect(me.sheet.get_by_text("Je haakt af bij opdracht twee.").first).to_be_visible()
    expect(me.sheet.get_by_label("Actie", exact=True)).to_have_value("Vraag om hulp.")
    me.sheet.get_by_label("Opmerking", exact=True).focus()
    me.page.keyboard.press("End")
    me.page.keyboard.press("Control+End")
    me.page.keyboard.type(" Ik zie dat ook.")
    me.sheet.get_by_role("button", name="Volgende leerling").tap()
    me.saved()
    expect(joost.page.get_by_role("button", name="Marieke de Wit gaf Pas op")).to_be_visible()
    stored = me.stored()
    assert stored is not None
    assert stored["remark"] == "Je haakt af bij opdracht twee. Ik zie dat ook."


def test_a_colleague_s_words_do_not_lie_over_what_is_being_typed(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "biol")
    joost = Teacher(site, duo, phone(), duo.joost, "biol")
    expect(me.card).to_have_accessible_name(SECOND)
    me.light("Let op").tap()
    remark = me.sheet.get_by_label("Opmerking", exact=True)
    me.page.keyboard.type("Ik begin hier")
    me.saved()
    where = remark.bounding_box()
    assert where is not None
    # Joost sees what was saved of it, and writes over that.
    joost.write(1, stoplight="warning", remark="Joost was er ook.", action="Praat met ons.")
    expect(me.sheet.get_by_role("button", name="Joost Bakker schreef ook")).to_be_visible()
    expect(me.sheet.get_by_text("Joost was er ook.")).to_be_attached()
    now = remark.bounding_box()
    assert now is not None
    assert abs(now["y"] - where["y"]) < 1
    expect(remark).to_be_focused()
    me.page.keyboard.type(" en ga door.")
    expect(remark).to_have_value("Ik begin hier en ga door.")
    me.sheet.get_by_role("button", name="Volgende leerling").tap()
    # On a fast machine the next one is there before this one has left the screen.
    expect(me.sheet).to_have_count(0)

    me.page.get_by_role("button", name="Vergelijken").tap()
    expect(me.sheet.get_by_text("Ik begin hier en ga door.")).to_be_visible()
    expect(me.sheet.get_by_text("Joost was er ook.")).to_be_visible()
    me.sheet.get_by_role("button", name="Voeg samen").tap()
    expect(me.sheet).to_be_hidden()
    me.saved()
    stored = me.stored(1)
    assert stored is not None
    assert stored["remark"] == "Joost was er ook.\n\nIk begin hier en ga door."


# --- whose device -------------------------------------------------------------------------------------------------------


def test_signing_in_says_whose_device_it_is(site: Site, duo: Duo, phone: Open) -> None:
    context = phone(
        user_agent="Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36"
    )
    page = context.new_page()
    page.goto(f"{site.url}/sign-in?next={duo.path('solo')}")
    asked = page.get_by_role("group", name="Waarop log je in?")
    expect(asked.get_by_role("radio", name="Eigen telefoon")).to_be_checked()
    asked.get_by_role("radio", name="Gedeeld apparaat").check()
    page.locator(f'button[value="{duo.marieke.id}"]').tap()
    expect(page.get_by_role("article")).to_have_accessible_name(FIRST)
    assert Api(context, site.url).get("/me")["device"] == "shared"
    # The words of a notice come with the app's other files, once the service worker has them.
    with_worker(page)
    expect(page.get_by_role("article")).to_have_accessible_name(FIRST)
    # Said where it matters: something was typed and there is no line. What is in memory only is not called safe.
    context.set_offline(True)
    page.locator(".rate-four").get_by_role("radio", name="Ga zo door").tap()
    expect(page.get_by_text("Op een gedeeld apparaat blijft niets staan.")).to_be_visible()
    expect(page.get_by_text("Nog niet bewaard", exact=True)).to_be_visible()
    expect(page.get_by_text("Op je telefoon", exact=True)).to_have_count(0)
    context.set_offline(False)
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    page.get_by_role("button", name="Ongedaan").tap()
    expect(page.get_by_role("article")).to_have_accessible_name(FIRST)
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()


def test_a_page_says_that_somebody_else_signed_in_and_goes_on_either_way(site: Site, duo: Duo, phone: Open) -> None:
    me = Teacher(site, duo, phone(), duo.marieke, "solo")
    site.sign_in(me.context, duo.joost.id)
    me.light("Excellent").tap()
    bar = me.page.get_by_role("status").filter(has_text="Iemand anders is op dit apparaat ingelogd.")
    expect(bar).to_be_visible()
    expect(me.page.get_by_text("Op je telefoon", exact=True)).to_be_visible()
    expect(bar.get_by_role("link", name="Log in")).to_have_attribute("href", re.compile("/sign-in\\?next="))
    bar.get_by_role("button", name="Verder als die ander").tap()
    expect(me.page.get_by_role("heading", name="Mijn besprekingen")).to_be_visible()
    assert me.api.get("/me")["name"] == duo.joost.name
    assert (me.stored() or {}).get("stoplight") is None

    # The first one's text waited for its writer.
    site.sign_in(me.context, duo.marieke.id)
    me.open()
    me.saved()
    stored = me.stored()
    assert stored is not None
    assert (stored["stoplight"], stored["author"]["name"]) == ("excellent", duo.marieke.name)
