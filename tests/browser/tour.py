"""Every screen, as the people of the demo school see it: for the tests that look at each, and for the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.hands import Api, calm, until_there
from tests.browser.site import Site

TEACHER, MENTOR, STUDENT, GUARDIAN = "Vakdocent", "Mentor", "Leerling", "Ouder"
ORGANISER, LEADER, ADMIN = "Organisator", "Teamleider", "Beheerder"
MESSAGE = (
    "Je hebt dit najaar echt doorgezet, ook toen het even tegenzat. Neem die boekbespreking als voorbeeld: "
    "je vroeg op tijd om hulp, en je zag zelf wat het opleverde."
)


@dataclass(frozen=True)
class Stop:
    """One screen: who looks, where it is, and what one does to see it."""

    name: str
    who: str | None
    """Id of the person who is signed in, if anybody."""
    path: str
    act: Callable[[Page], None] = calm
    wide: bool | None = None
    """Only on a laptop (True), only on a phone (False), or on both."""

    def show(self, page: Page, url: str) -> None:
        """Brings the page there."""
        page.goto(url + self.path)
        calm(page)
        self.act(page)
        calm(page)


def new_context(browser: Browser, site: Site, who: str | None, device: dict[str, Any], **more: Any) -> BrowserContext:
    """A context of this device in which this person is signed in."""
    chosen = {**device, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "reduced_motion": "reduce", **more}
    context = browser.new_context(**chosen)
    context.set_default_timeout(10_000)
    if who:
        site.sign_in(context, who)
    return context


def by_person(stops: Iterable[Stop]) -> dict[str | None, list[Stop]]:
    """The stops of each person, so that one sign-in does."""
    found: dict[str | None, list[Stop]] = {}
    for stop in stops:
        found.setdefault(stop.who, []).append(stop)
    return found


def _tap(page: Page, role: Any, name: str) -> None:
    page.get_by_role(role, name=name).first.click()


def _text_sheet(page: Page) -> None:
    """A stoplight that asks for a text, with nothing written yet."""
    page.locator(".rate-four").get_by_role("radio", name="Pas op").click()
    expect(page.get_by_role("dialog").get_by_label("Opmerking", exact=True)).to_be_visible()


def _list(page: Page) -> None:
    """The list beside the cards; the cards may have given way to *Klaar*."""
    _tap(page, "button", "Lijst")
    expect(page.locator(".rate-list")).to_be_visible()


def _clock(page: Page) -> None:
    page.locator(".rate-facts").get_by_role("button", name="Vorige ronde").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def _subject_clock(page: Page) -> None:
    _tap(page, "button", "Eerdere feedback voor")
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def _plan_part(page: Page) -> None:
    _tap(page, "tab", "Plan en afspraken")


def _agreement_sheet(page: Page) -> None:
    _plan_part(page)
    _tap(page, "button", "Afspraak toevoegen")
    expect(page.get_by_role("dialog").get_by_label("Wat spreken jullie af?")).to_be_visible()


def _share_sheet(page: Page) -> None:
    _tap(page, "button", "Deel opnieuw")
    expect(page.get_by_role("dialog").get_by_text("Ouders lezen mee")).to_be_visible()


def _close_sheet(page: Page) -> None:
    _tap(page, "button", "Sluit de bespreking")
    expect(page.get_by_role("dialog").get_by_text("Geef deze groepen meer tijd")).to_be_visible()


def _reopen_sheet(page: Page) -> None:
    _tap(page, "button", "Heropen")
    expect(page.get_by_role("dialog").get_by_text("Welke groepen?")).to_be_visible()


def _first_mail(page: Page) -> None:
    page.locator(".mail-list a").first.click()
    expect(page.locator(".mail-text")).to_be_visible()


def _feedback_part(page: Page) -> None:
    _tap(page, "tab", "Feedback")


def _mentor_clock(page: Page) -> None:
    _feedback_part(page)
    _subject_clock(page)


def _mentor_share(page: Page) -> None:
    _feedback_part(page)
    _share_sheet(page)


def prepare(browser: Browser, site: Site) -> list[Stop]:
    """Lets something happen in the demo school (a message, a report shared again), and answers all stops."""
    # The first of each role; who comes first changes with what happens, so everybody is found now.
    people = {one.role: one.id for one in reversed(site.offered())}
    teacher, mentor, organiser = people[TEACHER], people[MENTOR], people[ORGANISER]
    leader, guardian = people[LEADER], people[GUARDIAN]
    contexts = {role: new_context(browser, site, people[role], {}) for role in (TEACHER, MENTOR, GUARDIAN)}
    ask = {role: Api(context, site.url) for role, context in contexts.items()}
    (now,) = (one for one in ask[TEACHER].get("/my/rounds") if one["state"] == "open")
    past, earlier = (one for one in ask[TEACHER].get("/my/rounds") if one["state"] == "closed")
    started = next(group for group in now["groups"] if 0 < group["done"] < group["total"])
    ready = next(group for group in now["groups"] if group["done"] == group["total"])
    half = f"/rounds/{now['id']}/groups/{started['id']}"

    mine = ask[MENTOR].get(f"/my/students?round={past['id']}")["groups"][0]["students"]
    handed_in = [each["student"]["id"] for each in mine if each["plan"] == "handed_in"]
    planned, changed = handed_in[0], handed_in[1]
    for student in (planned, changed):
        path = f"/rounds/{past['id']}/students/{student}"
        version = ask[MENTOR].get(f"{path}/report")["message"]["version"]
        assert ask[MENTOR].put(f"{path}/message", {"text": MESSAGE}, version=version).ok
        if student == planned:
            assert ask[MENTOR].post(f"{path}/share", {"guardians": True}).ok

    before = ask[MENTOR].get(f"/my/students?round={earlier['id']}")["groups"][0]["students"]
    beginner = next(each["student"]["id"] for each in before if each["plan"] == "none")
    me = next(each["student"]["id"] for each in mine if each["plan"] == "concluded" and each["agreements"])
    child = ask[GUARDIAN].get("/my/reports")[0]["student"]["id"]
    report = f"/rounds/{past['id']}/students"

    page = contexts[MENTOR].new_page()
    page.goto(f"{site.url}/demo/mail")
    until_there(page, page.locator(".mail-list a").first)
    for context in contexts.values():
        context.close()
    return [
        Stop("sign-in", None, "/sign-in"),
        Stop("teacher-rounds", teacher, "/rounds"),
        Stop("teacher-cards", teacher, half, wide=False),
        Stop("teacher-clock", teacher, half, _clock, wide=False),
        Stop("teacher-text-sheet", teacher, half, _text_sheet, wide=False),
        Stop("teacher-list", teacher, half, _list, wide=False),
        Stop("teacher-table", teacher, half, wide=True),
        Stop("teacher-done", teacher, f"/rounds/{now['id']}/groups/{ready['id']}", wide=False),
        Stop("teacher-closed", teacher, f"/rounds/{past['id']}/groups/{started['id']}"),
        Stop("teacher-earlier-reports", teacher, f"/students/{planned}"),
        Stop("teacher-report", teacher, f"{report}/{planned}"),
        Stop("teacher-how-to", teacher, "/how-to"),
        Stop("mentor-students-open", mentor, "/students"),
        Stop("mentor-students", mentor, f"/students?round={past['id']}"),
        Stop("mentor-report-open", mentor, f"/rounds/{now['id']}/students/{me}"),
        Stop("mentor-report", mentor, f"{report}/{me}", _feedback_part),
        Stop("mentor-clock", mentor, f"{report}/{changed}", _mentor_clock),
        Stop("mentor-plan", mentor, f"{report}/{planned}", _plan_part),
        Stop("mentor-agreement", mentor, f"{report}/{planned}", _agreement_sheet),
        Stop("mentor-share", mentor, f"{report}/{changed}", _mentor_share),
        Stop("student-reports", me, "/reports"),
        Stop("student-report", planned, f"{report}/{planned}", _feedback_part),
        Stop("student-agreements", me, f"{report}/{me}", _plan_part),
        Stop("student-plan-step", beginner, f"/rounds/{earlier['id']}/plan?step=improve"),
        Stop("student-plan-summary", planned, f"/rounds/{past['id']}/plan?step=summary"),
        Stop("student-notices", planned, "/notices"),
        Stop("guardian-reports", guardian, "/reports"),
        Stop("guardian-report", guardian, f"{report}/{child}"),
        Stop("leader-students", leader, f"/students?round={past['id']}"),
        Stop("leader-report", leader, f"{report}/{me}"),
        Stop("organiser-rounds", organiser, "/organise"),
        Stop("organiser-form", organiser, "/organise/new"),
        Stop("organiser-progress", organiser, f"/organise/{now['id']}"),
        Stop("organiser-close", organiser, f"/organise/{now['id']}", _close_sheet),
        Stop("organiser-reopen", organiser, f"/organise/{past['id']}", _reopen_sheet),
        Stop("organiser-edit", organiser, f"/organise/{now['id']}/edit"),
        Stop("admin-notices", people[ADMIN], "/notices"),
        Stop("more", teacher, "/more"),
        Stop("not-found", teacher, "/nowhere"),
        Stop("demo-mails", None, "/demo/mail"),
        Stop("demo-mail", None, "/demo/mail", _first_mail),
    ]
