"""What one does on a screen to see something of it: the acts of the tour's stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.files import another_school
from tests.browser.hands import Api, calm

MEANWHILE = {
    "stoplight": "attention",
    "remark": "Je bent vaak al vertrokken als de uitleg begint.",
    "action": "Kom de eerste vijf minuten bij mij vooraan zitten.",
}
REFUSED = {"type": "https://driehoek.example/problems/not-found", "title": "Niet gevonden", "status": 404, "detail": ""}


def is_wide(page: Page) -> bool:
    """Whether rating is a table here."""
    wide: bool = page.evaluate("matchMedia('(min-width: 56.25em)').matches")
    return wide


def tap(page: Page, role: Any, name: str) -> None:
    """Presses the first of this role and name."""
    page.get_by_role(role, name=name).first.click()


def api_of(page: Page) -> Api:
    """The API as this page's person."""
    place = urlsplit(page.url)
    return Api(page.context, f"{place.scheme}://{place.netloc}")


# ---------------------------------------------------------------------------------------------------------- rating


def text_sheet(page: Page) -> None:
    """A stoplight that asks for a text, with nothing written yet."""
    page.locator(".rate-four").get_by_role("radio", name="Pas op").click()
    expect(page.get_by_role("dialog").get_by_label("Opmerking", exact=True)).to_be_visible()


def reason_sheet(page: Page) -> None:
    """*Nog geen beeld* asks why."""
    tap(page, "button", "Nog geen beeld")
    expect(page.get_by_role("dialog").get_by_label("Reden")).to_be_visible()


def red_cells(page: Page) -> None:
    """In the table what is asked for is red in its place."""
    _next_row(page).get_by_role("button", name="Pas op", exact=True).click()
    expect(page.locator(".rate-row-at textarea.input-missing").first).to_be_focused()


def student_list(page: Page) -> None:
    """The list beside the cards, also when they have given way to *Iedereen gehad*."""
    page.get_by_role("button", name=re.compile("^(Lijst|Nog eens kijken)$")).click()
    expect(page.locator(".rate-list")).to_be_visible()


def nobody_left(page: Page) -> None:
    """The list of who is still to do, when that is nobody."""
    student_list(page)
    page.get_by_text("Nog te doen").click()
    expect(page.locator(".rate-none")).to_be_visible()


def jump_sheet(page: Page) -> None:
    """From the cards to one student."""
    page.locator(".rate-card-top .rate-jump").click()
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_visible()


def clock(page: Page) -> None:
    """What was said about this student before."""
    if is_wide(page):
        page.locator(".rate-was").first.click()
    else:
        page.locator(".rate-facts").get_by_role("button", name="Vorige ronde").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def more_acts(page: Page) -> None:
    """The menu of what is rarely needed."""
    tap(page, "button", "Meer acties")
    expect(page.get_by_role("menu")).to_be_visible()


def others_question(page: Page) -> None:
    """The question before everybody else is *Ga zo door*."""
    if is_wide(page):
        tap(page, "button", "Rest: Ga zo door")
    else:
        more_acts(page)
        tap(page, "menuitem", "Rest: Ga zo door")
    expect(page.get_by_role("dialog")).to_be_visible()


def _next_row(page: Page) -> Locator:
    return page.locator("tr[data-student]:not(:has([aria-pressed=true]))").first


def _next_student(page: Page) -> str:
    """Id of the student who is rated next."""
    if is_wide(page):
        return str(_next_row(page).get_attribute("data-student"))
    name = page.locator(".rate-card-top").get_attribute("aria-label")
    pairs = api_of(page).get(urlsplit(page.url).path)["pairs"]
    return str(next(pair["student"]["id"] for pair in pairs if pair["student"]["name"] == name))


def _rate_next(page: Page) -> None:
    """Gives *Ga zo door* to the next student."""
    if is_wide(page):
        _next_row(page).get_by_role("button", name="Ga zo door", exact=True).click()
    else:
        page.locator(".rate-four").get_by_role("radio", name="Ga zo door").click()


def two_texts(page: Page) -> None:
    """Rated without a connection while the same student got another text elsewhere; both are shown."""
    student = _next_student(page)
    page.context.set_offline(True)
    _rate_next(page)
    expect(page.get_by_text("Op je telefoon", exact=True).first).to_be_visible()
    meanwhile = api_of(page).put(f"{urlsplit(page.url).path}/students/{student}/feedback", MEANWHILE)
    assert meanwhile.ok, meanwhile.text()
    page.context.set_offline(False)
    page.get_by_role("button", name="Vergelijken").click()
    expect(page.get_by_role("dialog").get_by_text(MEANWHILE["remark"])).to_be_visible()


def refused_text(page: Page) -> None:
    """A text that the server does not take; the page says so, and where to find it."""
    page.route(
        "**/feedback", lambda route: route.fulfill(status=404, json=REFUSED, content_type="application/problem+json")
    )
    _rate_next(page)
    expect(page.locator("a[href='/rounds#attention']")).to_be_visible()


def attention(page: Page) -> None:
    """Texts that wait for their writer's choice."""
    expect(page.locator(".rounds-troubled").first).to_be_visible()


def discard_question(page: Page) -> None:
    """The question before a text is thrown away."""
    attention(page)
    tap(page, "button", "Weggooien")
    expect(page.get_by_role("dialog")).to_be_visible()


def past_rounds(page: Page) -> None:
    """Closed rounds, opened."""
    for one in page.locator("summary").all():
        one.click()


# ------------------------------------------------------------------------------------------------------ everywhere


def offline(page: Page) -> None:
    """The bar that says that there is no connection; first all that was under way arrives."""
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    expect(page.get_by_text("Geen verbinding").first).to_be_visible()


def cannot_load(page: Page) -> None:
    """A page that does not come, and what one can do."""
    page.route("**/api/v1/rounds**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("button", name="Opnieuw proberen").first).to_be_visible()


def sign_out_question(page: Page) -> None:
    """The question before one leaves texts behind."""
    tap(page, "button", "Uitloggen")
    expect(page.get_by_role("dialog")).to_be_visible()


def signed_out(page: Page) -> None:
    """The session is over while one works. The context is of no use afterwards."""
    page.context.clear_cookies()
    _rate_next(page)
    expect(page.locator(".bars .banner")).to_be_visible()


def other_person(somebody: str) -> Callable[[Page], None]:
    """Somebody else signs in in another tab. The context is of no use afterwards."""

    def act(page: Page) -> None:
        place = urlsplit(page.url)
        page.context.request.post(
            f"{place.scheme}://{place.netloc}/auth/demo",
            form={"person_id": somebody},
            headers={"sec-fetch-site": "same-origin"},
        )
        page.get_by_role("main").get_by_role("link").first.click()
        expect(page.locator(".bars .banner")).to_be_visible()

    return act


def first_mail(page: Page) -> None:
    """The newest mail of the demo."""
    page.locator(".mail-list a").first.click()
    expect(page.locator(".mail-text")).to_be_visible()


# --------------------------------------------------------------------------------------------------------- reports


def subject_clock(page: Page) -> None:
    """Earlier feedback of one subject."""
    feedback_part(page)
    tap(page, "button", "Eerdere feedback voor")
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def plan_part(page: Page) -> None:
    """Plan and agreements of a report."""
    tap(page, "tab", "Plan en afspraken")


def feedback_part(page: Page) -> None:
    """The feedback of a report."""
    tap(page, "tab", "Feedback")


def agreement_sheet(page: Page) -> None:
    """A new agreement."""
    plan_part(page)
    tap(page, "button", "Afspraak toevoegen")
    expect(page.get_by_role("dialog").get_by_label("Wat spreken jullie af?")).to_be_visible()


def share_sheet(page: Page) -> None:
    """What the student will see."""
    feedback_part(page)
    tap(page, "button", "Deel opnieuw")
    expect(page.get_by_role("dialog").get_by_text("Ouders lezen mee")).to_be_visible()


def share_group_sheet(page: Page) -> None:
    """Sharing with a whole home group. In the demo school all is shared, so one student is made to wait for it."""

    def one_waits(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["groups"][0]["students"][0]["shared"] = None
        route.fulfill(response=answer, json=body)

    page.route("**/api/v1/my/students**", one_waits)
    page.reload()
    tap(page, "button", "Deel met de hele klas")
    expect(page.get_by_role("dialog").get_by_role("switch")).to_be_visible()


def board(page: Page) -> None:
    """The group board is there."""
    expect(page.locator(".board-name, .board-page .state").first).to_be_visible()


def whole_board(page: Page) -> None:
    """It has the whole screen."""
    board(page)
    tap(page, "button", "Volledig scherm")
    expect(page.get_by_role("button", name="Sluit volledig scherm")).to_be_visible()


def board_student(page: Page) -> None:
    """Who asks for most concern is discussed."""
    board(page)
    page.locator(".board-name").first.click()
    expect(page.get_by_role("dialog").get_by_label("Nieuw besluit")).to_be_visible()


def board_files(page: Page) -> None:
    """What a leader may take along."""
    board(page)
    tap(page, "button", "Meenemen als bestand")
    expect(page.get_by_role("menu")).to_be_visible()


def decisions_part(page: Page) -> None:
    """What was decided, on the report."""
    feedback_part(page)
    page.locator(".decision").first.scroll_into_view_if_needed()


def two_messages(page: Page) -> None:
    """The mentor's message, changed here and elsewhere; both are shown."""
    feedback_part(page)
    field = page.get_by_label("Opmerking mentor")
    path = f"{urlsplit(page.url).path}"
    version = api_of(page).get(f"{path}/report")["message"]["version"]
    page.context.set_offline(True)
    field.fill("Wat ik hier typte.")
    assert api_of(page).put(f"{path}/message", {"text": f"Wat daar stond, {version}."}, version=version).ok
    page.context.set_offline(False)
    field.blur()
    expect(page.get_by_role("dialog").get_by_role("radio").first).to_be_visible()


def look_back(page: Page) -> None:
    """A question of the plan, with what teachers wrote."""
    page.locator("summary").first.click()


def hand_in(page: Page) -> None:
    """A plan that is handed in (again)."""
    field = page.get_by_label("Jouw antwoord")
    field.fill(f"{field.input_value()}.")
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    page.goto(re.sub(r"step=\w+", "step=summary", page.url))
    calm(page)
    tap(page, "button", "Lever")
    expect(page.get_by_role("heading", name="Je plan is ingeleverd")).to_be_visible()


# ------------------------------------------------------------------------------------------------------- organising


def close_sheet(page: Page) -> None:
    """Closing a round, with more time for some."""
    tap(page, "button", "Sluit de bespreking")
    expect(page.get_by_role("dialog").get_by_text("Geef deze groepen meer tijd")).to_be_visible()


def reopen_sheet(page: Page) -> None:
    """Opening a closed round again."""
    tap(page, "button", "Heropen")
    expect(page.get_by_role("dialog").get_by_text("Welke groepen?")).to_be_visible()


def figures_tables(page: Page) -> None:
    """The numbers behind the pictures."""
    expect(page.get_by_role("img").first).to_be_visible()
    for table in page.get_by_text("Bekijk als tabel").all():
        table.click()
    expect(page.get_by_role("table").first).to_be_visible()


def by_teacher(page: Page) -> None:
    """Who is how far."""
    tap(page, "tab", "Docenten")


def by_department(page: Page) -> None:
    """Levels and years, with their home groups."""
    tap(page, "tab", "Afdelingen")
    closed = page.locator(".organise-department:not([open]) > summary")
    while closed.count():
        closed.first.click()
    expect(page.get_by_role("button", name="Leerlingen van").first).to_be_visible()


def counted_students(page: Page) -> None:
    """Each student of a home group and how much there is."""
    by_department(page)
    tap(page, "button", "Leerlingen van")
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def stand_in_sheet(page: Page) -> None:
    """A group for a colleague, and who has it already."""
    tap(page, "button", "Vervanger voor")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Collega").select_option(index=1)
    dialog.get_by_role("button", name="Geef de groep").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_text("Alles", exact=True).click()
    page.locator("li", has_text="vervanger:").get_by_role("button", name="Vervanger voor").first.click()
    expect(page.get_by_role("dialog").get_by_role("button", name=re.compile("^Neem")).first).to_be_visible()


def refused_form(page: Page) -> None:
    """A form with what is wrong at its fields."""
    page.get_by_label("Naam", exact=True).fill("")
    tap(page, "button", "Meteen nakijken")
    tap(page, "button", "Bewaar als concept")
    expect(page.locator(".banner").first).to_be_visible()


def form_step(name: str) -> Callable[[Page], None]:
    """One step of the form of a round, with what the server makes of it."""

    def act(page: Page) -> None:
        page.get_by_role("navigation", name="Stappen").get_by_role("button", name=name).click()
        expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()
        page.wait_for_load_state("networkidle")

    return act


def form_year(page: Page) -> None:
    """What a year asks that differs."""
    form_step("Wat je vraagt")(page)
    page.get_by_role("button", name=re.compile("^leerjaar")).first.click()
    expect(page.locator(".organise-year").first).to_be_visible()


def template_sheet(page: Page) -> None:
    """Asks under which name a round's plan is kept."""
    more_acts(page)
    tap(page, "menuitem", "Bewaar als sjabloon")
    expect(page.get_by_role("dialog").get_by_label("Naam van het sjabloon")).to_be_visible()


def open_question(page: Page) -> None:
    """The question before a round opens."""
    tap(page, "button", "Open de bespreking")
    expect(page.get_by_role("dialog")).to_be_visible()


# ----------------------------------------------------------------------------------------------------------- admin


def add_person(page: Page) -> None:
    """The form for somebody whom the roster does not know, with what does not fit."""
    tap(page, "button", "Iemand toevoegen")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mailadres").fill("geen adres")
    dialog.get_by_role("button", name="Toevoegen").click()
    expect(dialog.get_by_text("Dit is geen e-mailadres.")).to_be_visible()


def add_entree(page: Page) -> None:
    """The form for a way to sign in, of the kind that asks most."""
    tap(page, "button", "Manier van inloggen toevoegen")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Soort").select_option(label="Entree Federatie")
    dialog.get_by_role("button", name="Bewaren").click()
    expect(dialog.get_by_text("Vul dit in.").first).to_be_visible()


def add_source(page: Page) -> None:
    """The form for a service that the roster comes from."""
    tap(page, "button", "Bron toevoegen")
    expect(page.get_by_role("dialog").get_by_label("Adres", exact=True)).to_be_visible()


def roster_preview(page: Page) -> None:
    """A file in which many are gone, some are new, and a name is misspelled: the preview with its warnings."""
    page.locator("input[type=file]").set_input_files(
        {"name": "school.zip", "mimeType": "application/zip", "buffer": another_school()}
    )
    expect(page.get_by_role("button", name="Zo bijwerken")).to_be_visible()


def link_guardian(page: Page) -> None:
    """Finds somebody to be guardian of a student."""
    tap(page, "button", "Ouder koppelen")
    page.get_by_role("dialog").get_by_label("Zoeken").fill("de")
    expect(page.get_by_role("dialog").locator(".list-row").first).to_be_visible()


def disable_question(page: Page) -> None:
    """Asks before an account is switched off."""
    tap(page, "button", "Meer over deze persoon")
    tap(page, "menuitem", "Account uitzetten")
    expect(page.get_by_role("dialog").get_by_text("Overal meteen uitgelogd")).to_be_visible()


def erase_sheet(page: Page) -> None:
    """Says what goes before somebody is erased, and asks for the name."""
    tap(page, "button", "Meer over deze persoon")
    tap(page, "menuitem", "Gegevens wissen")
    expect(page.get_by_role("dialog").get_by_label("Typ de naam over")).to_be_visible()


def name_subject(page: Page) -> None:
    """What the school calls a subject."""
    page.locator(".list-row").first.click()
    expect(page.get_by_role("dialog").get_by_label("Naam")).to_be_visible()


def pale_colour(page: Page) -> None:
    """A colour that nobody can read is refused, with one that everybody can."""
    page.get_by_label("Op licht", exact=True).fill("#ffcc00")
    page.locator("section", has=page.get_by_role("heading", name="Kleur")).get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("button", name="Neem #")).to_be_visible()
