"""Nothing typed is ever lost: flight mode, a killed page, two devices, two tabs, a round that closed meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Request, Route, expect

from tests.browser.conftest import Open
from tests.browser.duo import Duo, Teacher, start_duo
from tests.browser.hands import WITHOUT_SYNC, eventually
from tests.browser.site import Site
from tests.browser.test_pwa import with_worker
from tests.conftest import SCRATCH

pytestmark = pytest.mark.browser

ARRIVES_MS = 30_000


@pytest.fixture(scope="module")
def duo(site: Site, browser: Browser) -> Duo:
    return start_duo(site, browser, SCRATCH, school="Kelderlyceum", slug="kelder")


SEALED = """async () => {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name === 'driehoek');
  const db = await new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
  });
  const rows = await new Promise((resolve) => {
    const request = db.transaction('waiting').objectStore('waiting').getAll();
    request.onsuccess = () => resolve(request.result);
  });
  db.close();
  return rows.map(({ iv }) => new Uint8Array(iv).join()).join('|');
}"""
"""What the sealed waiting texts are sealed with: another one each time that a text is stored."""


def saves(context: BrowserContext) -> list[Request]:
    """The requests that save feedback, as they are made."""
    made: list[Request] = []
    context.on("request", lambda request: made.append(request) if request.method == "PUT" else None)
    return made


def versions(me: Teacher) -> list[tuple[str, str, str, int]]:
    """What the server has: name, stoplight, remark and how often it was written."""
    return [
        (
            pair["student"]["name"],
            pair["feedback"]["stoplight"] if pair["feedback"] else "",
            pair["feedback"]["remark"] if pair["feedback"] else "",
            pair["feedback"]["version"] if pair["feedback"] else 0,
        )
        for pair in me.api.get(me.duo.path(me.code))["pairs"]
    ]


def test_a_whole_group_in_flight_mode_with_the_page_killed_midway_arrives_once(
    site: Site, duo: Duo, phone: Open
) -> None:
    context = phone()
    context.add_init_script(WITHOUT_SYNC)
    me = Teacher(site, duo, context, duo.marieke, "gs")
    with_worker(me.page)
    expect(me.card).to_be_visible()
    made = saves(context)
    names = [name for name, *_ in versions(me)]

    context.set_offline(True)
    me.page.reload()
    expect(me.card).to_be_visible()
    for index in range(len(names)):
        if index == len(names) // 2:
            # The phone puts the app away; half a remark was on its way.
            me.page.locator(".rate-word").tap()
            before = me.page.evaluate(SEALED)
            me.sheet.get_by_label("Opmerking", exact=True).fill("Halverwege gest")
            me.page.wait_for_function(f"async (before) => (await ({SEALED})()) !== before", arg=before)
            me.page.close(run_before_unload=False)
            me.page = context.new_page()
            me.page.goto(site.url + duo.path(me.code))
            expect(me.card).to_be_visible()
        # Two of them have one name: what tells the cards apart is their place.
        expect(me.card).to_contain_text(f"{index + 1} van {len(names)}")
        me.light("Ga zo door").tap()
    expect(me.page.locator(".rate-done")).to_be_visible()
    expect(me.page.get_by_text("Op je telefoon", exact=True)).to_be_visible()
    assert [request for request in made if request.failure is None and request.existing_response] == []
    assert all(version == 0 for *_, version in versions(me))

    made.clear()
    context.set_offline(False)
    expect(me.page.get_by_text("Bewaard", exact=True)).to_be_visible(timeout=ARRIVES_MS)
    found = versions(me)
    assert [(light, version) for _, light, _, version in found] == [("on_track", 1)] * len(names)
    assert [remark for *_, remark, _ in found].count("Halverwege gest") == 1
    # All of them in one or a few requests.
    assert len(made) <= 3, [(request.url[-60:], request.failure) for request in made]


def test_a_lost_answer_does_not_write_twice(site: Site, duo: Duo, phone: Open) -> None:
    # What a service worker sends by itself passes no route of ours.
    context = phone(service_workers="block")
    me = Teacher(site, duo, context, duo.marieke, "ak")
    lost = 0

    def lose_the_first(route: Route) -> None:
        nonlocal lost
        if route.request.method != "PUT" or lost:
            route.continue_()
            return
        lost += 1
        route.fetch()
        route.abort("connectionreset")

    context.route("**/feedback", lose_the_first)
    with context.expect_event("requestfailed", lambda request: request.method == "PUT"):
        me.light("Excellent").tap()
    me.saved()
    assert lost == 1
    assert versions(me)[0][1:] == ("excellent", "", 1)


def test_two_texts_that_meet_are_both_shown_and_the_writer_chooses(site: Site, duo: Duo, phone: Open) -> None:
    context = phone()
    me = Teacher(site, duo, context, duo.marieke, "biol")
    with_worker(me.page)
    expect(me.card).to_be_visible()
    context.set_offline(True)
    me.light("Excellent").tap()
    me.page.locator(".rate-word").tap()
    me.sheet.get_by_label("Opmerking", exact=True).fill("Mijn woorden uit de kelder")
    me.sheet.get_by_role("button", name="Klaar").tap()

    # The colleague was first.
    other = Teacher(site, duo, phone(), duo.joost, "biol")
    other.write(0, stoplight="attention", remark="Woorden van Joost", action="Maak een samenvatting")
    context.set_offline(False)
    me.page.get_by_role("button", name="Vergelijken").tap(timeout=ARRIVES_MS)
    expect(me.sheet).to_contain_text("Mijn woorden uit de kelder")
    expect(me.sheet).to_contain_text("Woorden van Joost")
    assert versions(me)[0][1:] == ("attention", "Woorden van Joost", 1)

    me.sheet.get_by_role("button", name="Voeg samen").tap()
    me.saved()
    _, light, remark, version = versions(me)[0]
    assert (light, version) == ("excellent", 2)
    assert "Mijn woorden uit de kelder" in remark
    assert "Woorden van Joost" in remark


def test_two_tabs_show_the_same_and_send_once(site: Site, duo: Duo, phone: Open) -> None:
    context = phone()
    me = Teacher(site, duo, context, duo.marieke, "mu")
    made = saves(context)
    second = context.new_page()
    second.goto(site.url + duo.path("mu"))
    expect(second.get_by_role("article")).to_be_visible()
    name = me.card.get_attribute("aria-label") or ""

    context.set_offline(True)
    me.light("Let op").tap()
    me.sheet.get_by_label("Opmerking", exact=True).fill("In het ene tabblad")
    me.sheet.get_by_label("Actie", exact=True).fill("Lees het na")
    me.sheet.get_by_role("button", name="Volgende leerling").tap()
    expect(second.get_by_role("article").filter(has_text=name)).to_contain_text("Let op")
    made.clear()
    context.set_offline(False)
    me.saved()
    expect(second.get_by_text("Bewaard", exact=True)).to_be_visible()
    assert versions(me)[0][1:] == ("attention", "In het ene tabblad", 1)
    assert len([request for request in made if request.existing_response]) == 1


def test_a_text_for_a_round_that_closed_meanwhile_stays_with_its_writer(site: Site, duo: Duo, phone: Open) -> None:
    context = phone()
    me = Teacher(site, duo, context, duo.marieke, "te")
    with_worker(me.page)
    expect(me.card).to_be_visible()
    round_id, organiser = duo.another_round(site, phone())
    me.page.goto(f"{site.url}/rounds/{round_id}/groups/{duo.groups['te']}")
    expect(me.card).to_be_visible()

    context.set_offline(True)
    me.light("Ga zo door").tap()
    me.page.locator(".rate-word").tap()
    me.sheet.get_by_label("Opmerking", exact=True).fill("Net te laat")
    me.sheet.get_by_role("button", name="Klaar").tap()
    assert organiser.post(f"/rounds/{round_id}/close", {}).ok
    context.set_offline(False)

    me.page.goto(f"{site.url}/rounds")
    attention: Any = me.page.get_by_role("region", name="Vraagt je aandacht")
    expect(attention).to_contain_text("Net te laat", timeout=ARRIVES_MS)
    me.page.reload()
    expect(attention).to_contain_text("Net te laat")
    attention.get_by_role("button", name="Kopiëren").tap()
    attention.get_by_role("button", name="Weggooien").tap()
    me.page.get_by_role("dialog").get_by_role("button", name="Weggooien").tap()
    expect(attention).to_have_count(0)


def test_what_waits_is_told_above_the_list_and_the_list_stays_in_its_place_as_it_goes(
    site: Site, duo: Duo, phone: Open
) -> None:
    context = phone()
    context.add_init_script(WITHOUT_SYNC)
    me = Teacher(site, duo, context, duo.marieke, "fatl")
    with_worker(me.page)
    expect(me.card).to_be_visible()
    context.set_offline(True)
    me.light("Ga zo door").tap()
    me.page.get_by_role("link", name="Naar mijn besprekingen").tap()
    expect(me.page.get_by_text("1 tekst staat nog alleen op je telefoon.")).to_be_visible()
    heading, group = me.page.locator("h1"), me.page.get_by_role("link", name="Frans")
    expect(group).to_contain_text("Nog 5 leerlingen")
    apart = distance(heading, group)
    context.set_offline(False)
    expect(me.page.get_by_text("Er wacht niets meer op je telefoon.")).to_be_visible(timeout=ARRIVES_MS)
    assert distance(heading, group) == apart
    # Nor does the count go back until the server is asked again.
    expect(group).to_contain_text("Nog 5 leerlingen")
    context.set_offline(True)
    me.page.reload()
    expect(group).to_contain_text("Nog 5 leerlingen")


def distance(upper: Locator, lower: Locator) -> float:
    """From the top of one to the top of the other, in pixels."""
    above, below = upper.bounding_box(), lower.bounding_box()
    assert above and below
    return below["y"] - above["y"]


def test_what_waits_goes_without_a_page_by_background_sync(site: Site, duo: Duo, phone: Open) -> None:
    context = phone()
    me = Teacher(site, duo, context, duo.marieke, "nask")
    with_worker(me.page)
    expect(me.card).to_be_visible()
    context.set_offline(True)
    for index in range(3):
        # Two of them have one name: what tells the cards apart is their place.
        expect(me.card).to_contain_text(f"{index + 1} van ")
        me.light("Ga zo door").tap()
    expect(me.card).to_contain_text("4 van ")
    asked = "async () => (await (await navigator.serviceWorker.ready).sync.getTags()).includes('driehoek-outbox')"
    eventually(me.page, lambda: me.page.evaluate(asked))
    assert all(version == 0 for *_, version in versions(me))
    me.page.close()

    # The phone lies in a pocket; there is a line again, and the browser wakes the worker.
    context.set_offline(False)
    other = context.new_page()
    other.goto("about:blank")
    devtools = context.new_cdp_session(other)
    found: list[dict[str, Any]] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    eventually(other, lambda: any(one["scopeURL"].startswith(site.url) for one in found))
    (worker,) = {one["registrationId"] for one in found if one["scopeURL"].startswith(site.url)}
    devtools.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": site.url, "registrationId": worker, "tag": "driehoek-outbox", "lastChance": False},
    )
    eventually(other, lambda: sum(version for *_, version in versions(me)) == 3)
    assert [light for _, light, _, version in versions(me) if version] == ["on_track"] * 3

    # The worker counted them in the copy of the list, which is all there is without a line.
    context.set_offline(True)

    def told() -> bool:
        other.goto(f"{site.url}/rounds")
        group = other.get_by_role("link", name="Natuur- en scheikunde")
        group.wait_for()
        return "Nog 3 leerlingen" in group.inner_text()

    eventually(other, told)
