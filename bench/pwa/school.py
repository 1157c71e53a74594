"""The school that phones are measured with: the demo school with one home group enlarged to 30, and its demo rounds."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from bench.installation import Installation, process
from server.demo.seed import built_in
from server.platform import embedded

STUDENTS = 30
HOSTS = "http://localhost"

# The group that is rated: all its students are expected in the open round, and one of its teachers is their mentor or not,
# it does not matter. The mentor and the student are those of a closed round with shared reports.
PLACES = """
select p.round_id, p.group_id, t.person_id as teacher
  from expected_pair p
  join round r on r.school_id = p.school_id and r.id = p.round_id and r.state = 'open'
  cross join lateral (select c.person_id from current_enrolment c
                       where c.school_id = p.school_id and c.group_id = p.group_id and c.role = 'teacher'
                       order by c.is_primary desc, c.person_id limit 1) t
 group by p.round_id, p.group_id, t.person_id having count(*) = $1
 order by p.group_id limit 1
"""
REPORT = """
select s.round_id, s.student_id, m.person_id as mentor
  from report_share s
  join round r on r.school_id = s.school_id and r.id = s.round_id
  join current_enrolment h on h.school_id = s.school_id and h.person_id = s.student_id and h.kind = 'home' and h.role = 'student'
  join current_enrolment m on m.school_id = h.school_id and m.group_id = h.group_id and m.role = 'teacher'
  join person p on p.school_id = m.school_id and p.id = m.person_id and p.enabled and p.left_on is null
 where (select count(*) from current_enrolment c
         where c.school_id = h.school_id and c.group_id = h.group_id and c.role = 'student') = $1
 order by r.closed_at desc, s.student_id limit 1
"""
EMPTY = (
    "delete from feedback_history h using feedback f where f.id = h.feedback_id and f.round_id = $1 and f.group_id = $2",
    "delete from feedback where round_id = $1 and group_id = $2",
)

Cookies = dict[str, str]


@dataclass(frozen=True)
class Place:
    """A running server and who does what on it."""

    url: str
    database: str
    """Address of the database for the superuser: emptying a group is no user's work."""
    round: UUID
    group: UUID
    teacher: UUID
    """Teaches the group of 30 and can rate it."""
    report_round: UUID
    student: UUID
    """Reads a shared report of that round."""
    mentor: UUID
    """Has a home group of 30."""

    @property
    def group_path(self) -> str:
        """Where the group is rated."""
        return f"/rounds/{self.round}/groups/{self.group}"

    @property
    def report_path(self) -> str:
        """Where the student reads."""
        return f"/rounds/{self.report_round}/students/{self.student}"

    def cookies(self, person: UUID) -> Cookies:
        """Sign this person in on an own device; what the browser keeps of that."""
        answer = httpx.post(
            f"{self.url}/auth/demo",
            data={"person_id": str(person), "next": "/", "device": "own"},
            headers={"sec-fetch-site": "same-origin"},
        )
        if answer.status_code != 303:
            raise RuntimeError(f"Nobody could sign in: {answer.status_code} {answer.text}")
        return dict(answer.cookies.items())

    def done(self, cookies: Cookies) -> int:
        """How many students of the group have complete feedback at the server."""
        answer = httpx.get(f"{self.url}/api/v1{self.group_path}", cookies=cookies)
        answer.raise_for_status()
        return sum(bool(pair["feedback"] and pair["feedback"]["complete"]) for pair in answer.json()["pairs"])

    def empty(self) -> None:
        """Nobody in the group has feedback in the open round."""
        # In a thread of its own: where playwright works, an event loop runs already.
        with ThreadPoolExecutor(1) as alone:
            alone.submit(asyncio.run, self._empty()).result()

    async def _empty(self) -> None:
        connection = await asyncpg.connect(self.database)
        try:
            async with connection.transaction():
                for statement in EMPTY:
                    await connection.execute(statement, self.round, self.group)
        finally:
            await connection.close()


def write_school(target: Path) -> Path:
    """The built-in demo school with its largest home group enlarged to 30 by students of our own."""
    with zipfile.ZipFile(built_in()) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        tables = {
            name: list(csv.DictReader(io.StringIO(source.read(name).decode("utf-8-sig")))) for name in source.namelist()
        }
        homes = {row["sourcedId"] for row in tables["classes.csv"] if row["classType"] == "homeroom"}
        sizes = Counter(
            row["classSourcedId"]
            for row in tables["enrollments.csv"]
            if row["role"] == "student" and row["classSourcedId"] in homes
        )
        home, size = sizes.most_common(1)[0]
        model = next(
            row["userSourcedId"]
            for row in tables["enrollments.csv"]
            if row["role"] == "student" and row["classSourcedId"] == home
        )
        for number in range(size, STUDENTS):
            _copy(tables, model, f"bench-{number}")
        for name, rows in tables.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
            made.writestr(name, text.getvalue())
    return target


def _copy(tables: dict[str, list[dict[str, str]]], model: str, new: str) -> None:
    """One more student in all groups of the student `model`."""
    for name, key in (("users.csv", "sourcedId"), ("roles.csv", "userSourcedId"), ("enrollments.csv", "userSourcedId")):
        for row in [row for row in tables[name] if row[key] == model]:
            copied = {**row, "sourcedId": row["sourcedId"].replace(model, new), key: new}
            if name == "users.csv":
                own = {"givenName": "Fenna", "familyName": new.capitalize(), "middleName": "", "agentSourcedIds": ""}
                copied |= own | {"username": new, "email": f"{new}@school.example", "identifier": new}
            tables[name].append(copied)


async def _find(database: str) -> tuple[asyncpg.Record, asyncpg.Record]:
    connection = await asyncpg.connect(database)
    try:
        return await connection.fetchrow(PLACES, STUDENTS), await connection.fetchrow(REPORT, STUDENTS)
    finally:
        await connection.close()


@contextmanager
def served(installation: Installation) -> Iterator[Place]:
    """The school, filled, behind `driehoek serve`."""
    installation.command("demo", "seed", "--school", str(write_school(installation.folder / "school.zip")))
    database = installation.instance.database_url("postgres")
    group, report = asyncio.run(_find(database))
    port = embedded.free_port()
    environment = {**installation.environment, "DRIEHOEK_PORT": str(port)}
    with process("Server", ["server.cli", "serve"], port, environment, installation.folder / "server.log"):
        yield Place(
            f"{HOSTS}:{port}", database, group["round_id"], group["group_id"], group["teacher"],
            report["round_id"], report["student_id"], report["mentor"],
        )  # fmt: skip
