"""What is on the paper: every text once, as text, whatever it is; tags, language, alternative texts, bookmarks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.bundles import pages
from server.bundles.pages import School, Sheet
from server.people.schemas import Card
from server.plans.schemas import Agreement, AgreementCan, Plan, PlanContent, PlanVersion
from server.platform import pdf
from server.platform.binding import Binder, UnknownFormError
from server.platform.pdf import Setter
from server.reports.schemas import Can, Decision, Message, Report, RoundCard, Share, SubjectFeedback, Was
from server.rules.facts import Party, PlanState, RoundState, Stoplight
from tests.server.bundles.papers import Paper

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SCHOOL = School("Het Vlietland Lyceum", "Europe/Amsterdam", None)
NOTHING = Can(**dict.fromkeys(Can.__struct_fields__, False))
LIGHTS = [Stoplight.EXCELLENT, Stoplight.ON_TRACK, Stoplight.ATTENTION, Stoplight.WARNING, Stoplight.NO_PICTURE]
TWELVE = (
    "Nederlands", "Engels", "Frans", "Duits", "Wiskunde", "Natuurkunde", "Scheikunde", "Biologie", "Geschiedenis",
    "Aardrijkskunde", "Economie", "Kunst",
)  # fmt: skip
REMARK = (
    "Je werkt geconcentreerd en je helpt anderen als zij vastlopen. In de laatste toets zag ik dat je de stappen "
    "opschrijft, daardoor maak je minder slordige fouten dan in de vorige periode. Het huiswerk was drie keer niet af."
)
ACTION = "Maak op maandag en woensdag de opgaven van de week en laat mij op vrijdag zien waar je vastliep."
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def setter() -> Setter:
    return Setter()


def subject(name: str, light: Stoplight | None, remark: str = "", action: str = "", **more: Any) -> SubjectFeedback:
    found: dict[str, Any] = {
        "feedback_id": None if light is None else uuid4(), "subject_id": uuid4(), "subject": name, "group": f"h3a.{name[:2].lower()}",
        "teachers": ["Dirk de Dutch"], "stoplight": light, "remark": remark, "action": action, "complete": True, "was": None,
        "until": None, "mine": False, **more,
    }  # fmt: skip
    return SubjectFeedback(**found)


def report(name: str = "Zoë van den Berg", **more: Any) -> Report:
    found: dict[str, Any] = {
        "student": Card(uuid4(), name, name, "ZB", "h3a"),
        "round": RoundCard(uuid4(), "Najaarsronde", RoundState.CLOSED, sharing=True),
        "relation": "mentor", "progress": None,
        "subjects": [subject(each, LIGHTS[at % 5], f"{at}: {REMARK}", f"{at}: {ACTION}") for at, each in enumerate(TWELVE)],
        "message": Message(f"Beste leerling. {REMARK}", 1, NOW), "share": Share(1, NOW, guardians=True), "readers": None,
        "plan": Plan(PlanState.HANDED_IN, [PlanVersion(1, NOW, PlanContent(
            proud=f"trots: {REMARK}", improve=f"beter: {ACTION}", how=f"hoe: {REMARK}", help=f"hulp: {ACTION}", when=f"dan: {ACTION}"))]),
        "agreements": [agreement(f"eerste: {ACTION}", Party.STUDENT), agreement(f"tweede: {ACTION}", Party.MENTOR)],
        "decisions": [], "owners": [], "questions": [], "can": NOTHING, **more,
    }  # fmt: skip
    return Report(**found)


def agreement(what: str, party: Party, **more: Any) -> Agreement:
    found: dict[str, Any] = {
        "id": uuid4(), "what": what, "party": party, "owner_id": None, "owner_name": None, "due_on": date(2026, 12, 18),
        "confirmed_at": None, "done_at": None, "version": 1, "can": AgreementCan(False, False, False), **more,
    }  # fmt: skip
    return Agreement(**found)


def document(*reports: Report, kind: pages.Kind = "report", language: str = "nl", **more: Any) -> dict[str, Any]:
    sheets = [Sheet(each, ["Mo van den Mentor"]) for each in reports]
    found = pages.document(kind, "Rapportages", "Najaarsronde", SCHOOL, sheets, language)
    return {**found, **more}


def test_a_usual_report_is_two_pages_with_every_text_once(setter: Setter) -> None:
    paper = Paper(setter.set("report", document(report())))
    assert len(paper.pages) == 2
    for at in range(12):
        assert paper.count(f"{at}: {REMARK}".replace(f"{at}: ", f"{at}: ")) >= 1
    for said in (
        "Zoë van den Berg", "trots:", "beter:", "hoe:", "hulp:", "dan:", "eerste:", "tweede:", "Beste leerling.", "18 december 2026",
        "Het Vlietland Lyceum", "mentor Mo van den Mentor", "Gedeeld met leerling en ouders op 28 november 2026 (versie 1).",
    ):  # fmt: skip
        assert paper.count(said) >= 1, said
    for at in range(12):
        assert paper.text.count(f" {at}: Je werkt") == 1
        assert paper.text.count(f" {at}: Maak op") == 1
    for word in ("Excellent", "Ga zo door", "Let op", "Pas op", "Nog geen beeld"):
        assert word in paper.text
    for signer in ("Leerling, datum", "Ouder of verzorger, datum", "Mentor, datum"):
        assert paper.count(signer) == 1


def test_it_is_tagged_as_pdf_ua_with_language_title_headings_and_tables(setter: Setter) -> None:
    paper = Paper(setter.set("report", document(report()), PNG))
    root = paper.pdf.Root
    assert bool(root.MarkInfo.Marked)
    assert str(root.Lang).startswith("nl")
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    with paper.pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Rapportages"
    kinds = paper.kinds()
    assert (kinds["H1"], kinds["Table"]) == (1, 2)
    assert kinds["H2"] == 5
    assert kinds["TH"] == 6
    assert kinds["TR"] == 1 + 12 + 1 + 2
    # The picture says what it is; the lights have their word beside them, and nobody hears it twice.
    assert paper.alts() == ["Logo van Het Vlietland Lyceum"]
    assert paper.lost_tags() == []
    assert [(depth, title) for depth, title, _ in paper.bookmarks()] == [
        (1, "Zoë van den Berg"), (2, "Feedback"), (2, "Opmerking mentor"), (2, "Plan van aanpak"), (2, "Afspraken"),
        (2, "Gezien en besproken"),
    ]  # fmt: skip
    for page in paper.pdf.pages:
        for font in page.Resources.Font.values():
            descendant = font.DescendantFonts[0]
            assert "/FontFile2" in descendant.FontDescriptor or "/FontFile3" in descendant.FontDescriptor


def test_english_paper_speaks_english(setter: Setter) -> None:
    paper = Paper(setter.set("report", document(report(), language="en")))
    assert str(paper.pdf.Root.Lang).startswith("en")
    for said in ("Keep it up", "Watch out", "Plan of action", "18 December 2026", "Student, date"):
        assert paper.count(said) >= 1, said


HOSTILE = (
    "#panic(\"x\")", "#import \"@preview/x:1.0.0\"", "$x^2$", "= Kop", "*vet* _schuin_ `code`", "<label> @verwijzing", "\\u{1F600} \\",
    "#{ while true {} }", "[haakjes] {accolades}", "// geen commentaar /* ook niet */", "#sys.inputs.data", "https://evil.example/x",
    "'; drop table person; --", "<script>alert(1)</script>", "- lijst\n+ nummers\n/ term: x", "#show: it => none", "~ -- --- ... \"",
)  # fmt: skip


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("kind", ["report", "talk_sheet"])
def test_hostile_markup_is_text(setter: Setter, said: str, kind: pages.Kind) -> None:
    found = report(
        name=f"Sam {said}".replace("\n", " "),
        subjects=[subject("Wiskunde", Stoplight.WARNING, f"remark {said}", f"action {said}")],
        message=Message(f"message {said}", 1, NOW),
        agreements=[agreement(f"agreed {said}", Party.STUDENT)],
        plan=Plan(PlanState.HANDED_IN, [PlanVersion(1, NOW, PlanContent(improve=f"improve {said}"))]),
    )
    paper = Paper(setter.set(kind, document(found, kind=kind)))
    wanted = (
        ("remark", "action", "message", "agreed", "improve") if kind == "report" else ("action", "agreed", "improve")
    )
    for where in wanted:
        assert paper.count(f"{where} {said}") == 1, where


NAMES = (
    "Zoë Brañés-Ørsted", "Łukasz Żółć", "Gülşah İpek Şahin", "Nguyễn Thị Minh", "Đorđe Čolić", "Ștefan Ățel", "Олена Ґудзь",
    "Ελένη Παπαδάκη",
    "O’Neill-d’Hondt",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_with_diacritics_and_other_alphabets_read_back_whole(setter: Setter, name: str) -> None:
    paper = Paper(setter.set("report", document(report(name=name, subjects=[]))))
    assert paper.count(name) >= 1
    assert paper.bookmarks()[0][1] == name


@pytest.mark.parametrize("name", ["محمد العربي", "שרה כהן", "فاطمة الزهراء"])
def test_names_from_right_to_left_are_shown_and_kept_in_the_bookmark(setter: Setter, name: str) -> None:
    paper = Paper(setter.set("report", document(report(name=name, subjects=[]))))
    letters = {letter for letter in name if letter != " "}
    assert letters <= set(paper.text)
    assert pdf.UNKNOWN not in paper.text
    assert paper.bookmarks()[0][1] == name


def test_emoji_are_shown_and_what_no_font_has_is_a_box(setter: Setter) -> None:
    found = report(
        subjects=[subject("Wiskunde", Stoplight.EXCELLENT, "Top 😀🎉👍🏽 en 👩‍🔬", "漢字 en ꦗꦮ")],
        message=Message("pijl → vinkje ✓ ster ★ euro € half ½", 1, NOW),
    )
    paper = Paper(setter.set("report", document(found)))
    assert "😀" in paper.text
    assert "🎉" in paper.text
    assert "漢" not in paper.text
    assert paper.text.count(pdf.UNKNOWN) >= 2
    for sign in "→✓★€":
        assert sign in paper.text


def test_long_texts_run_over_pages_and_none_is_lost(setter: Setter) -> None:
    words = " ".join(f"w{number:04}" for number in range(333))  # 1,997 characters
    found = report(subjects=[subject(name, Stoplight.WARNING, words, words) for name in TWELVE])
    paper = Paper(setter.set("report", document(found)))
    assert len(paper.pages) > 5
    for word in ("w0000", "w0150", "w0332"):
        assert paper.text.count(word) == 24
    # Each page says whose it is.
    assert all("Zoë van den Berg" in page for page in paper.pages)


def test_a_word_without_end_stays_on_the_paper(setter: Setter) -> None:
    found = report(subjects=[subject("Wiskunde", Stoplight.WARNING, "x" * 2000, "y" * 2000)])
    body = setter.set("report", document(found))
    paper = Paper(body)
    assert paper.count("x" * 2000) == 1
    assert paper.count("y" * 2000) == 1


def test_a_talk_sheet_is_one_page_whatever_was_written(setter: Setter) -> None:
    long = "Een heel lange zin die nergens ophoudt. " * 50
    found = report(
        subjects=[subject(f"Vak met een lange naam nummer {at}", LIGHTS[at % 5], long, long) for at in range(21)],
        plan=Plan(PlanState.HANDED_IN, [PlanVersion(1, NOW, PlanContent(improve=long, how=long))]),
        agreements=[agreement(long, Party.TEACHER) for _ in range(9)],
    )
    reports = [found, report(), report(subjects=[], plan=None, agreements=[])]
    paper = Paper(setter.set("talk_sheet", document(*reports, kind="talk_sheet")))
    assert len(paper.pages) == 3
    assert paper.lost_tags() == []


def test_a_plan_s_draft_is_never_on_paper(setter: Setter) -> None:
    draft = Plan(PlanState.DRAFT, [], PlanContent(proud="canary-draft"), 1)
    paper = Paper(setter.set("report", document(report(plan=draft))))
    assert paper.count("canary-draft") == 0
    assert paper.count("Er is nog geen plan ingeleverd.") == 1


def test_answers_stand_under_the_subject_that_asked(setter: Setter) -> None:
    asked = subject("Biologie", Stoplight.ATTENTION, "Wat helpt jou?")
    assert asked.feedback_id is not None
    content = PlanContent(answers={asked.feedback_id: "Samen leren", UUID(int=1): "Een ander antwoord"})
    found = report(subjects=[asked], plan=Plan(PlanState.HANDED_IN, [PlanVersion(1, NOW, content)]))
    paper = Paper(setter.set("report", document(found)))
    assert paper.count("Antwoord op de vraag van Biologie Samen leren") == 1
    assert paper.count("Antwoord op een vraag Een ander antwoord") == 1


def test_what_changed_and_what_is_missing_is_said(setter: Setter) -> None:
    found = report(
        subjects=[
            subject("Frans", Stoplight.ON_TRACK, was=Was(Stoplight.WARNING, "Zomerronde")),
            subject("Duits", Stoplight.ATTENTION, complete=False),
            subject("Kunst", Stoplight.ON_TRACK, until=date(2026, 10, 12)),
            subject("Latijn", None, complete=False),
        ],
        share=None,
        plan=None,
    )
    paper = Paper(setter.set("report", document(found)))
    for said in ("was Pas op (Zomerronde)", "Nog niet compleet", "tot en met 12 oktober 2026", "Niet ingevuld: Latijn",
                 "Nog niet gedeeld met de leerling."):  # fmt: skip
        assert paper.count(said) == 1, said
    assert "Plan van aanpak" not in paper.text


def test_what_the_meeting_decided_is_on_the_report(setter: Setter) -> None:
    found = report(decisions=[Decision(uuid4(), "Bijles wiskunde op dinsdag")])
    paper = Paper(setter.set("report", document(found)))
    assert paper.count("Besloten in de bespreking Bijles wiskunde op dinsdag") == 1


def test_a_picture_that_cannot_be_shown_costs_nobody_the_report(setter: Setter) -> None:
    paper = Paper(setter.set("report", document(report()), b"\x89PNG\r\n\x1a\nbroken"))
    assert paper.alts() == []
    assert len(paper.pages) == 2


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_written_can_be_printed(said: str) -> None:
    setter = Setter()
    found = report(
        name=said or "x", subjects=[subject(said or "x", Stoplight.WARNING, said, said)], message=Message(said, 1, NOW)
    )
    assert Paper(setter.set("report", document(found))).lost_tags() == []


# --- bound into one ---------------------------------------------------------------------------------------------------


def test_bound_pages_keep_their_tags_bookmarks_and_order(setter: Setter) -> None:
    names = [f"Leerling {number}" for number in range(5)]
    usual = [report(name=name) for name in names]
    short = report(name="Kort", subjects=[], plan=None, agreements=[], message=None)
    binder = Binder(both_sides=True)
    parts = [setter.set("report", document(*chunk), PNG) for chunk in (usual[:2], [short], usual[2:])]
    bound = b"".join([*(some for part in parts for some in binder.add(part)), *binder.finish()])
    paper = Paper(bound)
    # The short one has one page, and the next student begins on a sheet of their own.
    assert len(paper.pages) == 2 * 2 + 1 + 1 + 3 * 2
    students = [(title, page) for depth, title, page in paper.bookmarks() if depth == 1]
    assert students == [
        ("Leerling 0", 1), ("Leerling 1", 3), ("Kort", 5), ("Leerling 2", 7), ("Leerling 3", 9), ("Leerling 4", 11),
    ]  # fmt: skip
    assert all(page % 2 for _, page in students)
    kinds = paper.kinds()
    assert (kinds["H1"], kinds["Document"], kinds["Figure"]) == (6, 1, 6)
    assert kinds["Table"] == 5 * 2
    assert paper.lost_tags() == []
    for number, page in ((3, 7), (4, 9)):
        assert f"Leerling {number - 1}" in paper.pages[page - 1]
    with paper.pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Rapportages"
        assert metadata["pdfuaid:part"] == "1"
    # What a cell says of its headers leads to a header of its own part.
    ids = dict(pikepdf.NameTree(paper.pdf.Root.StructTreeRoot.IDTree).items())
    assert len(ids) == 5 * 6 + 0
    assert all(str(element.ID) == name and str(element.S) == "/TH" for name, element in ids.items())
    assert len(list(pikepdf.NumberTree(paper.pdf.Root.StructTreeRoot.ParentTree))) >= 11


def test_titles_that_look_like_the_inside_of_a_pdf_are_titles(setter: Setter) -> None:
    names = [
        "1 0 R",
        "(12 0 R) endobj",
        "/ID(U1x0y0)",
        "/Headers[(U1x0y0)]",
        "<</Type/Pages>>",
        "a ) b ( c \\",
        "5 0 obj",
    ]
    binder = Binder(both_sides=False)
    parts = [setter.set("report", document(report(name=name, subjects=[]))) for name in names]
    bound = b"".join([*(some for part in parts for some in binder.add(part)), *binder.finish()])
    paper = Paper(bound)
    assert [title for depth, title, _ in paper.bookmarks() if depth == 1] == names
    assert paper.lost_tags() == []


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7\nstartxref\n9\n%%EOF", b"x" * 100])
def test_what_is_no_file_of_ours_is_not_bound(body: bytes) -> None:
    with pytest.raises(UnknownFormError):
        list(Binder(both_sides=True).add(body))
    with pytest.raises(UnknownFormError):
        list(Binder(both_sides=True).finish())


def test_what_is_left_away_to_make_a_name_every_system_takes() -> None:
    assert pages.file_name("Rapportage", 'A/B: "c"?', "", end="pdf") == "Rapportage – A-B- -c--.pdf"
    assert pages.file_name("..", end="zip") == "Driehoek.zip"
    assert len(pages.file_name("x" * 500, end="pdf")) == 124


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("kort", "kort"),
        ("een\ntwee  drie", "een twee drie"),
        ("woord " * 50, "woord " * 23 + "woord…"),
        ("x" * 200, "x" * 149 + "…"),
    ],
)
def test_texts_are_shortened_at_the_end_of_a_word(said: str, short: str) -> None:
    assert pages.shorten(said) == short
