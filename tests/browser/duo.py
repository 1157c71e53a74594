"""A small school in which two teachers have every group together, and an open round: for the tests of rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.hands import Api
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


def duo_school() -> Zip:
    """Marieke and Joost, their groups, two home groups (the two Jans are not in one), and who opens rounds."""
    school = Zip()
    base = small_school()
    school.rows["academicSessions"] = base.rows["academicSessions"]
    school.add("orgs", sourcedId="org", name=SCHOOL, type="school")
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


def start_duo(site: Site, browser: Browser, folder: Path) -> Duo:
    """The school comes in and its organiser opens a round."""
    roster = duo_school().write(folder / "duo.zip")
    site.driehoek("roster", "import", str(roster), "--school", SLUG)
    site.driehoek("grant", "organiser", "ada", "--school", SLUG)
    people = {(one.role, one.name): one for one in site.offered(SCHOOL)}
    organiser = people["Organisator", "Ada Beheer"]
    marieke, joost = people["Vakdocent", "Marieke de Wit"], people["Vakdocent", "Joost Bakker"]
    context = browser.new_context()
    site.sign_in(context, organiser.id)
    api = Api(context, site.url)
    body: dict[str, Any] = {
        "name": "Duoronde",
        "deadline": (datetime.now(UTC) + timedelta(days=5)).isoformat(),
        "required": REQUIRED,
    }
    made = api.post("/rounds", body)
    assert made.ok, made.text()
    round_id = made.json()["id"]
    assert api.post(f"/rounds/{round_id}/open", {}).ok
    site.sign_in(context, marieke.id)
    groups = {one["title"].removeprefix("d."): one["id"] for one in api.get("/my/rounds")[0]["groups"]}
    context.close()
    return Duo(marieke, joost, organiser, round_id, groups)
