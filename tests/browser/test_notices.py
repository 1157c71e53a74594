"""Notices on the phone: offered with a "later", counted, shown once, and gone everywhere as soon as they were read somewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.hands import Api, eventually
from tests.browser.site import Site
from tests.browser.test_pwa import READY, person
from tests.browser.tour import ADMIN, MENTOR, ORGANISER, STUDENT

pytestmark = pytest.mark.browser

UNDECIDED = """globalThis.asked = 0;
  Notification.requestPermission = async () => { globalThis.asked += 1; return 'granted'; };
  Object.defineProperty(Notification, 'permission', { get: () => 'default' });"""
BADGE = """Object.assign(Navigator.prototype, {
  setAppBadge: async (n) => { globalThis.badge = n; },
  clearAppBadge: async () => { globalThis.badge = 0; },
});"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, tag, data }) => [title, tag, new URL(data.url).pathname])"""
# The worker tells its pages after it has shown a notification. Whoever asks Chromium for its list in the moment in which one
# is on its way to the screen makes it forget that one for good.
LISTEN = """() => {
  globalThis.heard = new Promise((hear) => navigator.serviceWorker.addEventListener('message', hear, { once: true }));
}"""


def shared_again(site: Site, phone: Open, message: str) -> tuple[str, str]:
    """A student who has news, and the address that it is about: the mentor wrote this and shared once more."""
    context = phone()
    site.sign_in(context, person(site, MENTOR))
    api = Api(context, site.url)
    past = next(one for one in api.get("/my/rounds") if one["state"] == "closed")
    student = api.get(f"/my/students?round={past['id']}")["groups"][0]["students"][-1]["student"]["id"]
    path = f"/rounds/{past['id']}/students/{student}"
    version = api.get(f"{path}/report")["message"]["version"]
    assert api.put(f"{path}/message", {"text": message}, version=version).ok
    assert api.post(f"{path}/share", {"guardians": False}).ok
    return str(student), path


def deliver(page: Page, site: Site, payload: dict[str, Any]) -> None:
    """What the push service does, by Chromium's own door for it; comes back when it is shown."""
    page.evaluate(LISTEN)
    cdp = page.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    cdp.send("ServiceWorker.enable")
    eventually(page, lambda: any(not one["isDeleted"] for one in known))
    registration = next(one["registrationId"] for one in known if not one["isDeleted"])
    message = {"origin": site.url, "registrationId": registration, "data": json.dumps(payload)}
    cdp.send("ServiceWorker.deliverPushMessage", message)
    page.evaluate("heard.then(() => null)")
    cdp.detach()


def own_phone(site: Site, phone: Open, who: str) -> Page:
    """A phone of this person on which notices may be shown, with the app in front."""
    context: BrowserContext = phone()
    context.grant_permissions(["notifications"], origin=site.url)
    context.add_init_script(BADGE)
    site.sign_in(context, who)
    page = context.new_page()
    page.goto(f"{site.url}/reports")
    page.evaluate(READY)
    return page


def test_what_is_read_on_one_phone_is_gone_on_the_other(site: Site, phone: Open) -> None:
    student, path = shared_again(site, phone, "Nog een woord van mij.")
    first, second = own_phone(site, phone, student), own_phone(site, phone, student)
    api = Api(first.context, site.url)

    def unread() -> list[dict[str, Any]]:
        return [one for one in api.get("/notices") if one["read_at"] is None]

    eventually(first, lambda: any(one["url"] == path for one in unread()))
    before = len(unread())
    told = ["Je feedback staat klaar", "report.shared:1", path]
    # At least once means twice now and then: the second takes the place of the first.
    for page in (first, second, first):
        deliver(page, site, {"kind": "report_shared", "url": path, "tag": "report.shared:1", "lang": "nl"})
        eventually(page, lambda page=page: page.evaluate(SHOWN) == [told])  # type: ignore[misc]
        expect(page.locator(".nav-count").first).to_have_text(str(before))
        assert page.evaluate("badge") == before

    second.locator(f'a[href="{path}"]').tap()
    eventually(second, lambda: not any(one["url"] == path for one in unread()))
    eventually(second, lambda: second.evaluate(SHOWN) == [])

    assert first.evaluate(SHOWN) == [told]
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    eventually(first, lambda: first.evaluate(SHOWN) == [])
    eventually(first, lambda: first.evaluate("badge") == len(unread()))


def test_the_inbox_reads_all_and_the_count_goes(site: Site, phone: Open) -> None:
    student, path = shared_again(site, phone, "En nog een.")
    page = own_phone(site, phone, student)
    api = Api(page.context, site.url)
    eventually(page, lambda: any(one["url"] == path and one["read_at"] is None for one in api.get("/notices")))
    page.reload()
    expect(page.locator(".nav-count").first).to_be_visible()
    page.get_by_role("navigation", name="Onderdelen").get_by_role("link", name="Meldingen").tap()
    expect(page.locator(".notice-new").first).to_be_visible()
    expect(page.locator(".nav-count")).to_have_count(0)
    assert all(one["read_at"] for one in api.get("/notices"))
    page.get_by_role("link", name="Je feedback staat klaar").first.tap()
    expect(page).to_have_url(f"{site.url}{path}")


def test_notices_are_offered_where_they_would_have_helped_and_later_is_later(site: Site, phone: Open) -> None:
    context = phone()
    context.add_init_script(UNDECIDED)
    site.sign_in(context, person(site, STUDENT))
    page = context.new_page()
    page.goto(f"{site.url}/reports")
    offer = page.get_by_role("heading", name="Zullen we het je laten weten?")
    expect(offer).to_be_visible()
    page.get_by_role("button", name="Later").tap()
    expect(offer).to_have_count(0)
    page.goto(f"{site.url}/notices/help")
    expect(page.get_by_role("button", name="Zet meldingen aan")).to_be_visible()
    page.goto(f"{site.url}/reports")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(offer).to_have_count(0)
    assert page.evaluate("asked") == 0


def test_help_is_reached_with_the_keyboard(site: Site, phone: Open) -> None:
    context = phone(viewport={"width": 1280, "height": 800})
    site.sign_in(context, person(site, STUDENT))
    page = context.new_page()
    page.goto(f"{site.url}/notices/help")
    summary = page.locator("summary").filter(has_text="iPhone en iPad").first
    step = page.get_by_text("Open Driehoek in Safari.")
    expect(step).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(step).to_be_visible()


def test_the_organiser_reminds_one_and_then_all_who_are_behind(site: Site, phone: Open) -> None:
    context = phone(service_workers="block")
    asked: list[Any] = []

    def answer(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json={"told": 1, "already": 0, "done": 0})

    context.route("**/api/v1/rounds/*/nudges", answer)
    site.sign_in(context, person(site, ORGANISER))
    now = next(one for one in Api(context, site.url).get("/rounds") if one["state"] == "open")
    page = context.new_page()
    page.goto(f"{site.url}/organise/{now['id']}")
    page.get_by_role("tab", name="Docenten").tap()
    row = page.locator(".organise-count").first
    row.get_by_role("button", name="Herinner").tap()
    expect(row.get_by_text("Herinnerd")).to_be_visible()
    page.get_by_role("button", name="Herinner wie achterloopt").tap()
    page.get_by_role("dialog").get_by_role("button", name="Herinner", exact=True).tap()
    expect(page.get_by_text("1 docent is herinnerd.").first).to_be_visible()
    assert [one["person"] is None for one in asked] == [False, True]


def test_what_one_chooses_stays_and_the_school_may_send_less(site: Site, phone: Open) -> None:
    context, admins = phone(), phone()
    site.sign_in(context, person(site, STUDENT))
    site.sign_in(admins, person(site, ADMIN))
    api, school = Api(context, site.url), Api(admins, site.url)

    def stored() -> bool | None:
        kinds = api.get("/me/notice-preferences")["kinds"]
        mail: bool | None = next(one for one in kinds if one["kind"] == "agreement.due")["channels"]["mail"]
        return mail

    page = context.new_page()
    page.goto(f"{site.url}/notices/settings")
    mail = page.get_by_role("group", name="Afspraak loopt af").get_by_role("switch", name="E-mail")
    before = stored()
    expect(mail).to_be_checked(checked=before is True)
    mail.click()
    eventually(page, lambda: stored() is not before)
    page.reload()
    expect(mail).to_be_checked(checked=before is not True)

    switch = {"kind": "agreement.due", "channel": "mail"}
    assert school.put("/school/notice-switches", {**switch, "on": False}).ok
    page.reload()
    expect(page.get_by_role("group", name="Afspraak loopt af")).to_be_visible()
    expect(mail).to_have_count(0)
    assert school.put("/school/notice-switches", {**switch, "on": True}).ok
    page.reload()
    expect(mail).to_be_checked(checked=before is not True)
