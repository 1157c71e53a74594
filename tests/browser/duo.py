"""A small school in which two teachers have every group together, and an open round: for the tests of rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.browser.hands import Api, calm
from tests.browser.site import Offered, Site
from tests.roster_files import Zip, small_school

SCHOOL, SLUG = "Duocollege", "duo"
SUBJECTS = {
    "netl": "Nederlands",
    "wi": "Wiskunde",
    "entl": "Engels",
    "ak": "Aardrijkskunde",
    "gs": "Geschiedenis",
    "biol": "Biologie",
    "mu": "Muziek",
    "te": "Tekenen",
    "lo": "Lichamelijke opvoeding",
    "nask": "Natuur- en scheikunde",
    "fatl": "Frans",
}
"""Each has a group of its own with everybody in it, so that no test meets what another one wrote."""
ALONE, MANY = "solo", "vol"
"""A group of one, and one of 33."""
NAMES = (
    ("Zoë", "van den Berg"),
    ("Jan", "Jansen"),
    ("Jan", "Jansen"),
    ("زينب", "العلي"),
    ("Wilhelmina-Alexandra", "van Oldenbarnevelt-Groeneveld tot Schaffelaar"),
    ("Özlem", "Yılmaz"),
)
FILLERS = 27
REQUIRED = {"attention": {"remark": True, "action": True}, "warning": {"remark": True, "action": True}}


def duo_school(name: str) -> Zip:
    """Marieke and Joost, their groups, two home groups (the two Jans are not in one), and who opens rounds."""
    school = Zip()
    base = small_school()
    school.rows["academicSessions"] = base.rows["academicSessions"]
    school.add("orgs", sourcedId="org", name=name, type="school")
    school.person("ada", "siteAdministrator", "Ada", "Beheer")
    school.person("mar", "teacher", "Marieke", "de Wit")
    school.person("joo", "teacher", "Joost", "Bakker")
    school.person("men", "teacher", "Mo", "Mentor")
    for home in ("h2a", "h2b"):
        school.group(home, "homeroom")
        school.enrol(home, "men", "teacher", primary="true")
    students = []
    for number, (given, family) in enumerate((*NAMES, *((f"Leerling{n:02}", "Vul") for n in range(FILLERS)))):
        who = school.person(f"s{number}", "student", given, family, grades="02")
        school.enrol("h2b" if number == 2 else "h2a", who)
        students.append(who)
    groups = {f"d.{code}": (name, students[: len(NAMES)]) for code, name in SUBJECTS.items()}
    groups |= {f"d.{ALONE}": ("Fagot", students[:1]), f"d.{MANY}": ("Koor", students)}
    for title, (subject, members) in groups.items():
        school.group(title, "scheduled", title.removeprefix("d."), subject, f"{subject} havo 2")
        for who in ("mar", "joo"):
            school.enrol(title, who, "teacher", primary=str(who == "mar").lower())
        for who in members:
            school.enrol(title, who)
    return school


@dataclass(frozen=True)
class Duo:
    """Who and where."""

    marieke: Offered
    joost: Offered
    organiser: Offered
    round_id: str
    groups: dict[str, str]
    """Group ids by code."""

    def path(self, code: str) -> str:
        """Address of the rating page, and of the sheet in the API."""
        return f"/rounds/{self.round_id}/groups/{self.groups[code]}"

    def another_round(self, site: Site, context: BrowserContext) -> tuple[str, Api]:
        """One more open round of the same school, for what would disturb the others; and its organiser's hands."""
        site.sign_in(context, self.organiser.id)
        api = Api(context, site.url)
        return open_round(api, "Tweede ronde"), api


def open_round(api: Api, name: str) -> str:
    """The organiser makes a round for the whole school and opens it; its id."""
    body: dict[str, Any] = {
        "name": name,
        "deadline": (datetime.now(UTC) + timedelta(days=5)).isoformat(),
        "required": REQUIRED,
    }
    made = api.post("/rounds", body)
    assert made.ok, made.text()
    round_id: str = made.json()["id"]
    assert api.post(f"/rounds/{round_id}/open", {}).ok
    return round_id


def start_duo(site: Site, browser: Browser, folder: Path, *, school: str = SCHOOL, slug: str = SLUG) -> Duo:
    """The school comes in and its organiser opens a round."""
    roster = duo_school(school).write(folder / f"{slug}.zip")
    site.driehoek("roster", "import", str(roster), "--school", slug)
    site.driehoek("grant", "organiser", "ada", "--school", slug)
    people = {(one.role, one.name): one for one in site.offered(school)}
    organiser = people["Organisator", "Ada Beheer"]
    marieke, joost = people["Vakdocent", "Marieke de Wit"], people["Vakdocent", "Joost Bakker"]
    context = browser.new_context()
    site.sign_in(context, organiser.id)
    api = Api(context, site.url)
    round_id = open_round(api, "Duoronde")
    site.sign_in(context, marieke.id)
    groups = {one["title"].removeprefix("d."): one["id"] for one in api.get("/my/rounds")[0]["groups"]}
    context.close()
    return Duo(marieke, joost, organiser, round_id, groups)


OPENS_MS = 20_000
FRAMES = "() => new Promise((done) => { let left = 4; (function next() { left-- ? requestAnimationFrame(next) : done(); })(); })"


class Teacher:
    """A teacher with one group on the screen."""

    def __init__(self, site: Site, duo: Duo, context: BrowserContext, who: Offered, code: str) -> None:
        self.site, self.duo, self.context, self.code = site, duo, context, code
        site.sign_in(context, who.id)
        self.api = Api(context, site.url)
        self.page = context.new_page()
        self.open()

    def open(self) -> None:
        """Visits the group."""
        self.page.goto(self.site.url + self.duo.path(self.code))
        expect(self.page.locator(".rate-card-top, .rate-table, .rate-done")).to_be_visible(timeout=OPENS_MS)
        calm(self.page)

    @property
    def card(self) -> Locator:
        return self.page.get_by_role("article")

    @property
    def sheet(self) -> Locator:
        return self.page.get_by_role("dialog")

    def light(self, name: str) -> Locator:
        """One of the four below the card."""
        return self.page.locator(".rate-four").get_by_role("radio", name=name)

    def saved(self) -> None:
        # A card that was just tapped counts a frame later; until then the page still says what was true before.
        self.page.evaluate(FRAMES)
        expect(self.page.get_by_text("Bewaard", exact=True)).to_be_visible()

    def stored(self, index: int = 0) -> dict[str, Any] | None:
        """What the server has about a student, by its place in the list."""
        found: dict[str, Any] | None = self.api.get(self.duo.path(self.code))["pairs"][index]["feedback"]
        return found

    def write(self, index: int, **content: Any) -> None:
        """Writes from another device of this teacher."""
        pair = self.api.get(self.duo.path(self.code))["pairs"][index]
        path = f"{self.duo.path(self.code)}/students/{pair['student']['id']}/feedback"
        body = {"stoplight": None, "remark": "", "action": "", **content}
        done = self.api.put(path, body, version=pair["feedback"]["version"] if pair["feedback"] else 0)
        assert done.ok, done.text()
