"""The whole cycle on a phone: a roster comes in, and in the end student and mentor have agreements."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from server.notices import caught
from server.platform.clock import DEFAULT_ZONE
from tests.browser.conftest import Open
from tests.browser.hands import Api, swipe, until_there
from tests.browser.site import ROOT, Offered, Site

pytestmark = pytest.mark.browser

SCHOOL = "Lentecollege"
ORGANISER = "50001@school165.example"
HOME, STUDENTS = "t1a", 28
ROUND = "Lentebespreking"
EXPLANATION = "Kijk naar **inzet** en volhouden."
OF_COLLEAGUE = "Je helpt anderen bij de kaartopdracht, kanarie-collega."
QUESTION = "Wat heb je van mij nodig bij de volgende opdracht?"
OF_TEACHER, ACTION = "Je begint laat met leren, kanarie-docent.", "Maak elke week een samenvatting."
WORD = "Wat een mooie vraag stelde je maandag."
REASON = "Je bent nieuw in de groep."
MESSAGE = "Mooi hoe je dit najaar hebt volgehouden, kanarie-mentor."
PLAN = {
    "Waar ben je trots op?": "Op mijn boekbespreking.",
    "Wat wil je de komende weken beter doen?": "Op tijd beginnen, kanarie-plan.",
    "Hoe ga je dat doen?": "Elke zondag maak ik een weekplan.",
    "Wie of wat kan je helpen?": "Mijn mentor kijkt mee.",
    "Wanneer doe je het?": "Vanaf maandag.",
}
ANSWER = "Een voorbeeld aan het begin."
AGREEMENTS = ("Elke zondag een weekplan maken", "Op maandag kort langskomen")


def other_school(folder: Path) -> Path:
    """The demo's roster under another name, so that the sign-in page tells the two schools apart."""
    target = folder / "lente.zip"
    with zipfile.ZipFile(ROOT / "server" / "demo" / "school.zip") as roster, zipfile.ZipFile(target, "w") as renamed:
        for name in roster.namelist():
            content = roster.read(name)
            if name == "orgs.csv":
                content, found = re.subn(rb"Voorbeeldcollege \d+", SCHOOL.encode(), content)
                assert found == 1
            renamed.writestr(name, content)
    return target


def mail_address(name: str) -> str:
    """Where the school mails this student, as the roster says."""
    with zipfile.ZipFile(ROOT / "server" / "demo" / "school.zip") as roster:
        users = csv.DictReader(io.StringIO(roster.read("users.csv").decode()))
        (found,) = (
            row["email"]
            for row in users
            if " ".join(filter(None, (row["givenName"], row["middleName"], row["familyName"]))) == name
        )
    return found


class Person:
    """Somebody with a phone in hand."""

    def __init__(self, site: Site, open_phone: Open, who: Offered) -> None:
        self.site, self.who = site, who
        self.context = open_phone()
        self.api = Api(self.context, site.url)
        site.sign_in(self.context, who.id)
        self.page = self.context.new_page()
        self.go("/")

    def go(self, path: str) -> Page:
        """Visits an address of the app."""
        self.page.goto(f"{self.site.url}{path}")
        return self.page

    def nav(self, name: str) -> Page:
        """Taps a place in the bottom navigation."""
        self.page.get_by_role("navigation", name="Onderdelen").get_by_role("link", name=name).tap()
        return self.page


class Cards:
    """The card stack of one group in a teacher's hand."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.card = page.get_by_role("article")
        self.sheet = page.get_by_role("dialog")
        self.lights = page.get_by_role("radiogroup", name="Stoplicht voor")

    def shows(self, name: str) -> None:
        """This student is on top."""
        expect(self.card).to_have_accessible_name(name)

    def light(self, name: str) -> Locator:
        """One of the four big symbols below the card."""
        return self.page.locator(".rate-four").get_by_role("radio", name=name)

    def counts(self, done: int) -> None:
        """So many students have complete feedback."""
        expect(self.page.get_by_text(f"{done} van {STUDENTS}", exact=True).first).to_be_visible()

    @contextmanager
    def writing(self, name: str, button: str) -> Iterator[Locator]:
        """The text sheet about this student is open, and is closed with this button at the end."""
        expect(self.sheet.get_by_role("heading", name=name)).to_be_visible()
        yield self.sheet
        self.sheet.get_by_role("button", name=button, exact=True).tap()
        expect(self.sheet).to_be_hidden()

    def saved(self) -> None:
        """The server has every word."""
        expect(self.page.get_by_text("Bewaard", exact=True)).to_be_visible()


def test_from_roster_to_agreements(site: Site, phone: Open, tmp_path: Path) -> None:
    organiser, round_id = plan_round(site, phone, tmp_path)
    people = site.offered(SCHOOL)
    teachers = [who for who in people if who.role == "Vakdocent"]
    teacher, colleague = Person(site, phone, teachers[0]), Person(site, phone, teachers[1])
    mentor = Person(site, phone, next(who for who in people if who.role == "Mentor" and HOME in who.about))
    student = Person(site, phone, next(who for who in people if who.role == "Leerling"))
    about = f"/rounds/{round_id}/students/{student.who.id}"

    group = rate_group(teacher, round_id, student)
    colleague_writes(colleague, round_id, student)
    nobody_sees_colleagues(teacher, colleague, mentor, student, about)
    close_round(organiser, round_id)
    closed_is_closed(teacher, round_id, group, student)
    address = mail_address(student.who.name)
    # Another school of the same installation may have somebody with this address.
    earlier = sum(mail.to == address for mail in caught.newest(site.data / "mail"))
    mentor_shares(mentor, student)
    student_hands_in(student, mentor, about, address, earlier)
    plan_is_read(teacher, about)
    asks(student, teacher, mentor, about)
    agree(mentor, student, about)


def told_at_once(site: Site, phone: Open) -> None:
    """This school has no quiet hours: its mails go also at night and in the weekend, whenever this test runs."""
    context = phone()
    site.sign_in(context, next(one.id for one in site.offered(SCHOOL) if one.role == "Beheerder"))
    assert Api(context, site.url).put("/school/quiet-hours", {"on": False}).ok


def plan_round(site: Site, phone: Open, folder: Path) -> tuple[Person, str]:
    """Roster, organiser, a round from nothing, opened."""
    printed = site.driehoek("roster", "import", str(other_school(folder)), "--school", "lente")
    assert "lente" in printed.lower()
    assert "organiser" in site.driehoek("grant", "organiser", ORGANISER, "--school", "lente")
    told_at_once(site, phone)
    who = next(one for one in site.offered(SCHOOL) if one.role == "Organisator")

    organiser = Person(site, phone, who)
    page = organiser.nav("Organiseren")
    expect(page.get_by_text("Nog geen besprekingen")).to_be_visible()
    page.get_by_role("link", name="Nieuwe bespreking").tap()
    page.get_by_label("Naam", exact=True).fill(ROUND)
    page.get_by_label("Toelichting").fill(EXPLANATION)
    page.get_by_role("button", name="Voor wie").tap()
    page.get_by_role("button", name=HOME, exact=True).tap()
    expect(page.get_by_text(f"{STUDENTS} leerlingen, 11 lesgroepen, 11 docenten.")).to_be_visible()
    page.get_by_role("button", name="Verder").tap()
    deadline = (datetime.now(ZoneInfo(DEFAULT_ZONE)) + timedelta(days=10)).replace(hour=16, minute=0)
    page.get_by_label("Deadline").fill(deadline.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Verder").tap()
    for light, required in {"Excellent": False, "Ga zo door": False, "Let op": True, "Pas op": True}.items():
        for text in ("Opmerking", "Actie"):
            box = page.get_by_role("group", name=light).get_by_role("checkbox", name=text)
            box.set_checked(required)
    page.get_by_role("switch", name="Delen met leerlingen").set_checked(True)
    page.get_by_role("switch", name="Mentoren kijken mee").set_checked(False)
    page.get_by_role("button", name="Meteen nakijken").tap()
    page.get_by_role("button", name="Bewaar als concept").tap()

    expect(page.get_by_role("heading", name=ROUND, level=1)).to_be_visible()
    expect(page.get_by_text("Concept ·")).to_be_visible()
    round_id = page.url.rsplit("/", 1)[1]
    page.get_by_role("button", name="Open de bespreking").tap()
    page.get_by_role("dialog").get_by_role("button", name="Open de bespreking").tap()
    expect(page.get_by_text("Open ·")).to_be_visible()
    expect(page.get_by_text(f"0 van {STUDENTS * 11} ingevuld")).to_be_visible()
    return organiser, round_id


def rate_group(teacher: Person, round_id: str, student: Person) -> str:
    """All 28 on the card stack: swipes, taps, texts, undo. Answers the group's id."""
    mine = teacher.api.get("/my/rounds")
    (group,) = (one for one in mine[0]["groups"] if mine[0]["id"] == round_id)
    sheet = teacher.api.get(f"/rounds/{round_id}/groups/{group['id']}")
    names = [pair["student"]["name"] for pair in sheet["pairs"]]
    assert len(names) == STUDENTS
    assert names[0] == student.who.name

    page = teacher.nav("Besprekingen")
    expect(page.get_by_text("Nog 28 leerlingen").first).to_be_visible()
    expect(page.locator("strong", has_text="inzet")).to_be_visible()
    page.get_by_role("link", name=re.compile(re.escape(group["title"]))).tap()
    cards = Cards(page)

    # A stoplight that asks for texts opens the sheet, and what is missing is red.
    cards.shows(names[0])
    swipe(page, cards.card, "left")
    with cards.writing(names[0], "Volgende leerling") as texts:
        for label, text in (("Opmerking", OF_TEACHER), ("Actie", ACTION)):
            field = texts.get_by_label(label, exact=True)
            expect(field).to_have_class(re.compile("input-missing"))
            field.fill(text)
            expect(field).not_to_have_class(re.compile("input-missing"))
    cards.shows(names[1])
    cards.counts(1)

    swipe(page, cards.card, "down")
    with cards.writing(names[1], "Volgende leerling") as texts:
        expect(texts.get_by_text("verplicht bij Pas op").first).to_be_visible()
        texts.get_by_label("Opmerking", exact=True).fill("Je was drie keer niet voorbereid.")
        texts.get_by_label("Actie", exact=True).fill("Kom dinsdag langs, dan plannen we samen.")
    cards.shows(names[2])

    # The others leave at once; a free word stays in reach.
    swipe(page, cards.card, "up")
    cards.shows(names[3])
    page.get_by_role("button", name="Woordje erbij").tap()
    with cards.writing(names[2], "Klaar") as texts:
        texts.get_by_label("Opmerking", exact=True).fill(WORD)
    cards.shows(names[3])

    swipe(page, cards.card, "right")
    cards.shows(names[4])
    page.get_by_role("button", name="Ongedaan").tap()
    cards.shows(names[3])
    expect(cards.light("Ga zo door")).not_to_be_checked()
    cards.light("Excellent").tap()
    cards.shows(names[4])

    page.get_by_role("button", name="Nog geen beeld").tap()
    with cards.writing(names[4], "Volgende leerling") as texts:
        field = texts.get_by_label("Reden")
        expect(field).to_have_class(re.compile("input-missing"))
        field.fill(REASON)
    for name in names[5:]:
        cards.shows(name)
        cards.light("Ga zo door").tap()

    expect(page.get_by_text("Iedereen gehad")).to_be_visible()
    cards.counts(STUDENTS)
    cards.saved()
    page.get_by_role("button", name="Nog eens kijken").tap()
    expect(cards.lights).to_have_count(STUDENTS)
    expect(page.get_by_role("radio", name="Ga zo door", checked=True)).to_have_count(STUDENTS - 5)

    stored = [pair["feedback"] for pair in teacher.api.get(f"/rounds/{round_id}/groups/{group['id']}")["pairs"]]
    lights = [one["stoplight"] for one in stored]
    assert lights[:5] == ["attention", "warning", "excellent", "excellent", "no_picture"]
    assert set(lights[5:]) == {"on_track"}
    assert [one["remark"] for one in (stored[0], stored[2], stored[4])] == [OF_TEACHER, WORD, REASON]
    assert all(one["complete"] for one in stored)
    return str(group["id"])


def colleague_writes(colleague: Person, round_id: str, student: Person) -> None:
    """Another teacher of the same student, in another group."""
    mine = colleague.api.get("/my/rounds")
    (group,) = (one for one in mine[0]["groups"] if mine[0]["id"] == round_id)
    body = {"stoplight": "attention", "remark": OF_COLLEAGUE, "action": QUESTION}
    written = colleague.api.put(f"/rounds/{round_id}/groups/{group['id']}/students/{student.who.id}/feedback", body)
    assert written.ok, written.text()


def nobody_sees_colleagues(teacher: Person, colleague: Person, mentor: Person, student: Person, about: str) -> None:
    """While the round is open nobody reads what others wrote, and the student nothing at all."""
    for one, own, other in ((teacher, OF_TEACHER, OF_COLLEAGUE), (colleague, OF_COLLEAGUE, OF_TEACHER)):
        assert one.api.status(f"{about}/report") == 404
        page = one.go(f"/students/{student.who.id}")
        expect(page.get_by_text("Nog geen rapportages")).to_be_visible()
        page = one.go(about)
        expect(page.get_by_text("Deze pagina is er niet")).to_be_visible()
        assert own not in page.content()
        assert other not in page.content()
    page = mentor.nav("Leerlingen")
    page.get_by_role("link", name=re.compile(student.who.name.split()[-1])).tap()
    expect(page.get_by_text("De bespreking is nog open.")).to_be_visible()
    assert "kanarie" not in page.content()
    expect(student.page.get_by_text("Nog geen feedback")).to_be_visible()


def close_round(organiser: Person, round_id: str) -> None:
    """The organiser sees counts, never texts, and closes."""
    page = organiser.go(f"/organise/{round_id}")
    expect(page.get_by_text(f"{STUDENTS + 1} van {STUDENTS * 11} ingevuld")).to_be_visible()
    expect(page.get_by_text(f"1 van {STUDENTS}", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{STUDENTS} van {STUDENTS}")).to_have_count(0)
    page.get_by_text("Alles", exact=True).tap()
    expect(page.get_by_text(f"{STUDENTS} van {STUDENTS}")).to_be_visible()
    assert "kanarie" not in page.content()
    page.get_by_role("button", name="Sluit de bespreking").tap()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text(f"Er ontbreken nog {STUDENTS * 10 - 1} feedbacks.")).to_be_visible()
    sheet.get_by_role("button", name="Sluit de bespreking").tap()
    expect(page.get_by_text("Gesloten ·")).to_be_visible()


def closed_is_closed(teacher: Person, round_id: str, group: str, student: Person) -> None:
    """No writing, on the screen and in the API; now a colleague's words stand under the student's name."""
    page = teacher.go(f"/rounds/{round_id}/groups/{group}")
    expect(page.get_by_text("De bespreking is gesloten. Je kunt lezen, niet schrijven.")).to_be_visible()
    expect(page.get_by_text(OF_TEACHER)).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_have_count(0)
    refused = teacher.api.put(
        f"/rounds/{round_id}/groups/{group}/students/{student.who.id}/feedback",
        {"stoplight": "excellent", "remark": "Te laat.", "action": ""},
        version=1,
    )
    assert refused.status == 409
    assert refused.json()["type"].endswith("round-not-open")

    page.get_by_role("link", name=student.who.name).tap()
    page.get_by_role("link", name=ROUND).tap()
    expect(page.get_by_text(OF_COLLEAGUE)).to_be_visible()
    expect(page.get_by_text(OF_TEACHER)).to_be_visible()
    expect(page.get_by_text("Te laat.")).to_have_count(0)


def mentor_shares(mentor: Person, student: Person) -> None:
    """A message, the preview, and the share."""
    mentor.go("/students")
    page = mentor.page
    page.get_by_role("link", name=re.compile(student.who.name.split()[-1])).tap()
    expect(page.get_by_text(OF_COLLEAGUE)).to_be_visible()
    expect(page.get_by_text(OF_TEACHER)).to_be_visible()
    page.get_by_label("Opmerking mentor").fill(MESSAGE)
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    assert student.api.get("/my/reports") == []

    page.get_by_role("button", name="Feedback delen met leerling").tap()
    preview = page.get_by_role("dialog")
    expect(preview.get_by_role("heading", name="Zo ziet je leerling het")).to_be_visible()
    for text in (MESSAGE, OF_COLLEAGUE, OF_TEACHER):
        expect(preview.get_by_text(text)).to_be_visible()
    preview.get_by_role("button", name="Deel met").tap()
    expect(page.get_by_text("Nog door niemand gelezen.")).to_be_visible()


def student_hands_in(student: Person, mentor: Person, about: str, address: str, earlier: int) -> None:
    """Notice, mail, report, plan in small steps."""
    page = student.go("/notices")
    until_there(page, page.get_by_role("link", name="Je feedback staat klaar"))
    page.goto(f"{student.site.url}/demo/mail")
    mails = page.get_by_role("link").filter(has_text=address)
    until_there(page, mails.nth(earlier))
    mails.filter(has_text="Je feedback staat klaar").first.tap()
    expect(page.get_by_role("heading", name="Je feedback staat klaar")).to_be_visible()
    for hidden in (MESSAGE, OF_COLLEAGUE, OF_TEACHER):
        assert hidden not in page.content()
    page.get_by_role("link").filter(has_text=about).tap()

    expect(page).to_have_url(re.compile(re.escape(about)))
    for text in (MESSAGE, OF_COLLEAGUE, OF_TEACHER):
        expect(page.get_by_text(text)).to_be_visible()
    page.get_by_role("link", name="Maak je plan").tap()
    for question, answer in PLAN.items():
        expect(page.get_by_role("heading", name=question)).to_be_visible()
        page.get_by_label("Jouw antwoord").fill(answer)
        expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
        page.get_by_role("button", name="Verder").tap()
    page.get_by_label(QUESTION).fill(ANSWER)
    page.get_by_role("button", name="Verder").tap()
    expect(page.get_by_role("heading", name="Klopt je plan zo?")).to_be_visible()

    # A draft is the student's alone.
    draft = mentor.go(about)
    expect(draft.get_by_text("Feedback", exact=True).first).to_be_visible()
    draft.get_by_role("tab", name="Plan en afspraken").tap()
    expect(draft.get_by_text("Nog geen plan")).to_be_visible()
    assert "kanarie-plan" not in draft.content()

    page.get_by_role("button", name="Lever je plan in").tap()
    expect(page.get_by_role("heading", name="Je plan is ingeleverd")).to_be_visible()


def plan_is_read(teacher: Person, about: str) -> None:
    """A teacher of the student reads the plan at once."""
    page = teacher.go(about)
    page.get_by_role("tab", name="Plan en afspraken").tap()
    for text in (*PLAN.values(), ANSWER):
        expect(page.get_by_text(text)).to_be_visible()


def asks(student: Person, teacher: Person, mentor: Person, about: str) -> None:
    """A tap at what the teacher wrote, taken back, tapped again; the teacher and nobody else finds it, and answers it."""
    page = student.go(about)
    card = page.get_by_role("listitem").filter(has_text=OF_TEACHER)
    for _ in range(2):
        card.get_by_role("button", name="Ik heb een vraag").tap()
        expect(card.get_by_text("Gevraagd.")).to_be_visible()
        assert len(teacher.api.get("/my/questions")) == 1
        assert mentor.api.get("/my/questions") == []
        card.get_by_role("button", name="Haal terug").tap()
        expect(card.get_by_text("Gevraagd.")).to_have_count(0)
        assert teacher.api.get("/my/questions") == []
    card.get_by_role("button", name="Ik heb een vraag").tap()
    expect(card.get_by_text("Gevraagd.")).to_be_visible()

    theirs = teacher.go("/rounds")
    row = theirs.get_by_role("region", name="Vragen van leerlingen").get_by_role("listitem")
    expect(row.get_by_role("link", name=student.who.name)).to_be_visible()
    row.get_by_role("button", name="Beantwoord").tap()
    expect(row.get_by_role("button", name="Toch niet")).to_be_visible()
    page.reload()
    expect(card.get_by_text("Beantwoord")).to_be_visible()


def agree(mentor: Person, student: Person, about: str) -> None:
    """The mentor reads the plan and adds two agreements; the student sees them and confirms one."""
    page = mentor.go(about)
    page.get_by_role("tab", name="Plan en afspraken").tap()
    expect(page.get_by_text(PLAN["Wat wil je de komende weken beter doen?"])).to_be_visible()
    for what, who in zip(AGREEMENTS, (student.who.name.split()[0], "mentor"), strict=True):
        page.get_by_role("button", name="Afspraak toevoegen").tap()
        sheet = page.get_by_role("dialog", name="Afspraak toevoegen")
        sheet.get_by_label("Wat spreken jullie af?").fill(what)
        sheet.get_by_role("button", name=who, exact=True).tap()
        sheet.get_by_role("button", name="over 2 weken").tap()
        sheet.get_by_role("button", name="Zet erbij").tap()
        expect(page.get_by_text(what, exact=True)).to_be_visible()

    theirs = student.go(about)
    theirs.get_by_role("tab", name="Plan en afspraken").tap()
    for what in AGREEMENTS:
        expect(theirs.get_by_text(what, exact=True)).to_be_visible()
    first = theirs.get_by_role("listitem").filter(has_text=AGREEMENTS[0])
    first.get_by_role("button", name="Dit klopt").tap()
    expect(first.get_by_role("button", name="Dit klopt")).to_have_count(0)
    agreements = {one["what"]: one for one in mentor.api.get(f"{about}/report")["agreements"]}
    assert agreements[AGREEMENTS[0]]["confirmed_at"] is not None
    assert agreements[AGREEMENTS[1]]["confirmed_at"] is None
