"""Every screen, as the people of the demo school see it: for the tests that look at each, and for the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import acts
from tests.browser.hands import Api, calm, until_there
from tests.browser.site import Offered, Site

TEACHER, MENTOR, STUDENT, GUARDIAN = "Vakdocent", "Mentor", "Leerling", "Ouder"
ORGANISER, LEADER, ADMIN = "Organisator", "Teamleider", "Beheerder"
MESSAGE = (
    "Je hebt dit najaar echt doorgezet, ook toen het even tegenzat. Neem die boekbespreking als voorbeeld: "
    "je vroeg op tijd om hulp, en je zag zelf wat het opleverde."
)

DECIDED = (
    "Elke maandag plan je de week samen met je mentor, en op vrijdag kijken jullie terug.",
    "Twee weken lang elke dinsdag bijles wiskunde.",
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
        """Brings the page there; what an earlier stop did to the network is over."""
        page.context.set_offline(False)
        page.unroute_all()
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


@dataclass(frozen=True)
class Unrated:
    """A group in which nobody is rated yet, and who teaches it."""

    who: Offered
    path: str
    names: list[str]
    """Of its students, in the order of the cards."""


def unrated(browser: Browser, site: Site) -> Unrated:
    """The smallest that is left, of all whom the sign-in page offers."""
    found: list[tuple[int, Offered, str]] = []
    for who in site.offered():
        if who.role in (TEACHER, MENTOR):
            with asked(browser, site, who.id) as api:
                (now,) = (one for one in api.get("/my/rounds") if one["state"] == "open")
                fresh = [group for group in now["groups"] if group["done"] == 0]
                found += [(group["total"], who, f"/rounds/{now['id']}/groups/{group['id']}") for group in fresh]
    _, who, path = min(found, key=lambda one: one[0])
    with asked(browser, site, who.id) as api:
        return Unrated(who, path, [pair["student"]["name"] for pair in api.get(path)["pairs"]])


@contextmanager
def asked(browser: Browser, site: Site, who: str) -> Iterator[Api]:
    """The API as this person, beside any page."""
    context = new_context(browser, site, who, {})
    try:
        yield Api(context, site.url)
    finally:
        context.close()


def _guardians_report(browser: Browser, site: Site) -> tuple[str, str]:
    """A guardian who may read a plan, and the address of that report. The first of them may not have one."""
    for guardian in (one.id for one in site.offered() if one.role == GUARDIAN):
        with asked(browser, site, guardian) as api:
            for one in api.get("/my/reports"):
                if one["plan_state"] in ("handed_in", "concluded"):
                    return guardian, f"/rounds/{one['round_id']}/students/{one['student']['id']}"
    raise AssertionError("no guardian reads a plan")


def by_person(stops: Iterable[Stop]) -> dict[str | None, list[Stop]]:
    """The stops of each person, so that one sign-in does."""
    found: dict[str | None, list[Stop]] = {}
    for stop in stops:
        found.setdefault(stop.who, []).append(stop)
    return found


def prepare(browser: Browser, site: Site) -> list[Stop]:
    """Lets something happen in the demo school (a message, a report shared again), and answers all stops."""
    # The first of each role; who comes first changes with what happens, so everybody is found now.
    people = {one.role: one.id for one in reversed(site.offered())}
    teacher, mentor, organiser = people[TEACHER], people[MENTOR], people[ORGANISER]
    leader = people[LEADER]
    guardian, theirs = _guardians_report(browser, site)
    contexts = {role: new_context(browser, site, people[role], {}) for role in (TEACHER, MENTOR, ORGANISER)}
    ask = {role: Api(context, site.url) for role, context in contexts.items()}
    (now,) = (one for one in ask[TEACHER].get("/my/rounds") if one["state"] == "open")
    past, earlier = (one for one in ask[TEACHER].get("/my/rounds") if one["state"] == "closed")
    begun = [group for group in now["groups"] if 0 < group["done"] < group["total"]]
    # Each look at it leaves fewer to do.
    started = max(begun, key=lambda group: int(group["total"] - group["done"]))
    ready = next(group for group in now["groups"] if group["done"] == group["total"])
    other = next(group for group in reversed(now["groups"]) if group["done"] >= group["total"] - 1)
    half = f"/rounds/{now['id']}/groups/{started['id']}"

    home_group = ask[MENTOR].get(f"/my/students?round={past['id']}")["groups"][0]
    mine = home_group["students"]
    board = f"/students?board={home_group['id']}&round={past['id']}"
    handed_in = [each["student"]["id"] for each in mine if each["plan"] == "handed_in"]
    planned, changed = handed_in[0], handed_in[1]
    for student in (planned, changed):
        path = f"/rounds/{past['id']}/students/{student}"
        version = ask[MENTOR].get(f"{path}/report")["message"]["version"]
        assert ask[MENTOR].put(f"{path}/message", {"text": MESSAGE}, version=version).ok
        for text in DECIDED:
            assert ask[MENTOR].post(f"{path}/decisions", {"text": text}).ok
        if student == planned:
            assert ask[MENTOR].post(f"{path}/share", {"guardians": True}).ok

    path = f"/rounds/{past['id']}/students/{planned}"
    mine_of = next(one for one in ask[TEACHER].get(f"{path}/report")["subjects"] if one["mine"] and one["feedback_id"])
    with asked(browser, site, planned) as api:
        assert api.put(f"{path}/feedback/{mine_of['feedback_id']}/question", {"on": True}).ok

    before = ask[MENTOR].get(f"/my/students?round={earlier['id']}")["groups"][0]["students"]
    beginner = next(each["student"]["id"] for each in before if each["plan"] == "none")
    me = next(each["student"]["id"] for each in mine if each["plan"] == "concluded" and each["agreements"])
    report = f"/rounds/{past['id']}/students"

    almost = f"/rounds/{now['id']}/groups/{other['id']}"
    last = ask[TEACHER].get(almost)["pairs"][-1]
    bare = {"stoplight": "attention", "remark": "", "action": ""}
    path = f"{almost}/students/{last['student']['id']}/feedback"
    assert ask[TEACHER].put(path, bare, version=last["feedback"]["version"]).ok
    form = ask[ORGANISER].get("/rounds/defaults")
    draft = ask[ORGANISER].post("/rounds", {**form, "name": "Lenteronde"}).json()["id"]
    assert ask[ORGANISER].post("/round-templates", {"name": "Klein rondje", "round_id": draft}).ok
    again = f"/organise/new?from={now['id']}"

    slug = ask[MENTOR].get("/me")["school"]["slug"]
    with asked(browser, site, people[ADMIN]) as api:
        pupil, lead = (
            f"/admin/people/{api.get(f'/admin/people?role={role}')['people'][0]['id']}"
            for role in ("student", "leader")
        )
        assert api.put(f"{lead}/scope", {"everything": True}).ok  # so that the log has something to tell
        temporary = {"given_name": "Wendela", "family_name": "van der Tijdelijk", "kind": "staff", "email": ""}
        by_hand = f"/admin/people/{api.post('/admin/people', temporary).json()['id']}"
        home = f"/admin/groups/{api.get('/admin/groups?kind=home')[0]['id']}"

    page = contexts[MENTOR].new_page()
    page.goto(f"{site.url}/demo/mail")
    until_there(page, page.locator(".mail-list a").first)
    for context in contexts.values():
        context.close()
    return [
        Stop("sign-in", None, "/sign-in"),
        Stop("access-sign-in", None, f"/auth/code?school={slug}"),
        Stop("access-code", None, "/auth/code/enter"),
        Stop("access-invitation", None, "/i"),
        Stop("teacher-rounds", teacher, "/rounds"),
        Stop("teacher-past-rounds", teacher, "/rounds", acts.past_rounds),
        Stop("teacher-cards", teacher, half, wide=False),
        Stop("teacher-jump", teacher, half, acts.jump_sheet, wide=False),
        Stop("teacher-clock", teacher, half, acts.clock),
        Stop("teacher-menu", teacher, half, acts.more_acts),
        Stop("teacher-others", teacher, half, acts.others_question),
        Stop("teacher-text-sheet", teacher, half, acts.text_sheet, wide=False),
        Stop("teacher-reason-sheet", teacher, half, acts.reason_sheet, wide=False),
        Stop("teacher-list", teacher, half, acts.student_list, wide=False),
        Stop("teacher-list-none", teacher, f"/rounds/{now['id']}/groups/{ready['id']}", acts.nobody_left, wide=False),
        Stop("teacher-table", teacher, half, wide=True),
        Stop("teacher-table-red", teacher, half, acts.red_cells, wide=True),
        Stop("teacher-done", teacher, f"/rounds/{now['id']}/groups/{ready['id']}", wide=False),
        Stop("teacher-almost", teacher, almost, wide=False),
        Stop("teacher-closed", teacher, f"/rounds/{past['id']}/groups/{started['id']}"),
        Stop("teacher-earlier-reports", teacher, f"/students/{planned}"),
        Stop("teacher-report", teacher, f"{report}/{planned}"),
        Stop("teacher-how-to", teacher, "/how-to"),
        Stop("mentor-students-open", mentor, "/students"),
        Stop("mentor-students", mentor, f"/students?round={past['id']}"),
        Stop("mentor-report-open", mentor, f"/rounds/{now['id']}/students/{me}"),
        Stop("mentor-report", mentor, f"{report}/{me}", acts.feedback_part),
        Stop("mentor-clock", mentor, f"{report}/{changed}", acts.subject_clock),
        Stop("mentor-plan", mentor, f"{report}/{planned}", acts.plan_part),
        Stop("mentor-agreement", mentor, f"{report}/{planned}", acts.agreement_sheet),
        Stop("mentor-share", mentor, f"{report}/{changed}", acts.share_sheet),
        Stop("mentor-share-group", mentor, f"/students?round={past['id']}", acts.share_group_sheet),
        Stop("mentor-decisions", mentor, f"{report}/{changed}", acts.decisions_part),
        Stop("mentor-board", mentor, board, acts.board),
        Stop("mentor-board-none", mentor, f"{board}&only=warning&names=off", acts.board),
        Stop("mentor-two-messages", mentor, f"{report}/{planned}", acts.two_messages),
        Stop("student-reports", me, "/reports"),
        Stop("student-report", planned, f"{report}/{planned}", acts.feedback_part),
        Stop("student-agreements", me, f"{report}/{me}", acts.plan_part),
        Stop("student-plan-step", beginner, f"/rounds/{earlier['id']}/plan?step=improve"),
        Stop("student-plan-look-back", planned, f"/rounds/{past['id']}/plan?step=proud", acts.look_back),
        Stop("student-plan-done", planned, f"/rounds/{past['id']}/plan?step=when", acts.hand_in),
        Stop("student-plan-summary", planned, f"/rounds/{past['id']}/plan?step=summary"),
        Stop("student-notices", planned, "/notices"),
        Stop("guardian-reports", guardian, "/reports"),
        Stop("guardian-report", guardian, theirs),
        Stop("guardian-agreements", guardian, theirs, acts.plan_part),
        Stop("leader-students", leader, f"/students?round={past['id']}"),
        Stop("leader-board", leader, f"{board}&sort=care", acts.board),
        Stop("leader-board-hidden", leader, f"{board}&names=off&sort=care", acts.whole_board),
        Stop("leader-board-student", leader, f"{board}&sort=care", acts.board_student),
        Stop("leader-board-files", leader, board, acts.board_files),
        Stop("leader-report", leader, f"{report}/{me}"),
        Stop("other-person", leader, f"/students?round={past['id']}", acts.other_person(teacher)),
        Stop("organiser-rounds", organiser, "/organise"),
        Stop("organiser-form", organiser, "/organise/new"),
        Stop("organiser-form-refused", organiser, "/organise/new", acts.refused_form),
        Stop("organiser-form-who", organiser, again, acts.form_step("Voor wie")),
        Stop("organiser-form-when", organiser, again, acts.form_step("Wanneer")),
        Stop("organiser-form-ask", organiser, again, acts.form_year),
        Stop("organiser-form-words", organiser, again, acts.form_step("Berichten")),
        Stop("organiser-form-check", organiser, again, acts.form_step("Nakijken")),
        Stop("organiser-template", organiser, f"/organise/{draft}", acts.template_sheet),
        Stop("organiser-draft", organiser, f"/organise/{draft}", acts.more_acts),
        Stop("organiser-open", organiser, f"/organise/{draft}", acts.open_question),
        Stop("organiser-teachers", organiser, f"/organise/{now['id']}", acts.by_teacher),
        Stop("organiser-cannot-load", organiser, "/organise", acts.cannot_load),
        Stop("organiser-progress", organiser, f"/organise/{now['id']}"),
        Stop("organiser-departments", organiser, f"/organise/{now['id']}", acts.by_department),
        Stop("organiser-students", organiser, f"/organise/{now['id']}", acts.counted_students),
        Stop("organiser-stand-in", organiser, f"/organise/{now['id']}", acts.stand_in_sheet),
        Stop("organiser-close", organiser, f"/organise/{now['id']}", acts.close_sheet),
        Stop("organiser-reopen", organiser, f"/organise/{past['id']}", acts.reopen_sheet),
        Stop("organiser-figures", organiser, "/organise/figures?by=subject", acts.figures_tables),
        Stop("organiser-figures-open", organiser, f"/organise/figures?round={now['id']}&year=3"),
        Stop("leader-figures", leader, "/organise/figures?by=level"),
        Stop("organiser-files", organiser, f"/organise/{past['id']}", acts.more_acts),
        Stop("organiser-edit", organiser, f"/organise/{now['id']}/edit"),
        Stop("admin-notices", people[ADMIN], "/notices"),
        Stop("admin", people[ADMIN], "/admin"),
        Stop("admin-people", people[ADMIN], "/admin/people"),
        Stop("admin-people-none", people[ADMIN], "/admin/people?q=niemand"),
        Stop("admin-add-person", people[ADMIN], "/admin/people", acts.add_person),
        Stop("admin-student", people[ADMIN], pupil),
        Stop("admin-link-guardian", people[ADMIN], pupil, acts.link_guardian),
        Stop("admin-leader", people[ADMIN], lead),
        Stop("admin-disable", people[ADMIN], lead, acts.disable_question),
        Stop("admin-groups", people[ADMIN], "/admin/groups"),
        Stop("admin-group", people[ADMIN], home),
        Stop("admin-subjects", people[ADMIN], "/admin/subjects"),
        Stop("admin-subject", people[ADMIN], "/admin/subjects", acts.name_subject),
        Stop("admin-settings", people[ADMIN], "/admin/settings"),
        Stop("admin-colour-refused", people[ADMIN], "/admin/settings", acts.pale_colour),
        Stop("admin-retention", people[ADMIN], "/admin/retention"),
        Stop("admin-erase", people[ADMIN], by_hand, acts.erase_sheet),
        Stop("admin-log", people[ADMIN], "/admin/audit"),
        Stop("admin-roster", people[ADMIN], "/admin/roster"),
        Stop("admin-roster-preview", people[ADMIN], "/admin/roster", acts.roster_preview),
        Stop("admin-source", people[ADMIN], "/admin/roster", acts.add_source),
        Stop("admin-sign-in", people[ADMIN], "/admin/sign-in"),
        Stop("admin-provider", people[ADMIN], "/admin/sign-in", acts.add_entree),
        Stop("admin-letters", people[ADMIN], "/admin/letters"),
        Stop("admin-access", people[ADMIN], "/admin/access"),
        Stop("admin-notice-switches", people[ADMIN], "/admin/notices"),
        Stop("admin-calendar", people[ADMIN], "/admin/calendar"),
        Stop("admin-deliveries", people[ADMIN], "/admin/deliveries"),
        Stop("notice-settings", teacher, "/notices/settings"),
        Stop("notice-help", teacher, "/notices/help"),
        Stop("more", teacher, "/more"),
        Stop("sessions", teacher, "/more/sessions"),
        Stop("passkeys", teacher, "/passkeys"),
        Stop("second-factor", people[ADMIN], "/second-factor"),
        Stop("not-found", teacher, "/nowhere"),
        Stop("offline", teacher, "/rounds", acts.offline),
        # From here on there are texts on the device that wait for a choice.
        Stop("teacher-compare", teacher, half, acts.two_texts),
        Stop("teacher-refused", teacher, half, acts.refused_text),
        Stop("teacher-attention", teacher, "/rounds", acts.attention),
        Stop("teacher-discard", teacher, "/rounds", acts.discard_question),
        Stop("sign-out", teacher, "/more", acts.sign_out_question),
        Stop("signed-out", teacher, half, acts.signed_out),
        Stop("school-search", None, "/sign-in?q="),
        Stop("school-found", None, "/sign-in?q=college"),
        Stop("demo-mails", None, "/demo/mail"),
        Stop("demo-mail", None, "/demo/mail", acts.first_mail),
    ]
