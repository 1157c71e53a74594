"""How fast reports get onto paper: one report warm, and a whole school as one job while others go on rating."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench.compare import Saves, request
from bench.data import ACTION, REMARK, School
from bench.installation import Installation, process
from bench.notices import Houses, Raters, Tell, p95
from server.platform import embedded
from server.platform.children import Child
from server.platform.security import session_hash

WARM = 5
TIMES = 60
PATIENCE = 300.0
CALM = 15
"""Seconds of rating before."""


# --- one report ---------------------------------------------------------------------------------------------------------


def one_report() -> float:
    """CPU milliseconds for a report of twelve subjects in a process that is warm, from data to PDF."""
    from server.bundles import pages
    from server.people.schemas import Card
    from server.plans.schemas import Plan, PlanContent, PlanVersion
    from server.platform.pdf import Setter
    from server.reports.schemas import Can, Message, Report, RoundCard, Share, SubjectFeedback
    from server.rules.facts import PlanState, RoundState, Stoplight

    now = datetime.now(UTC)
    lights = [light for light in Stoplight if light is not Stoplight.NO_PICTURE]

    def data(number: int) -> dict[str, Any]:
        # Another student each time, as in a bundle: nothing of the last page can be used again.
        subjects = [
            SubjectFeedback(
                uuid4(), uuid4(), f"Vak {at}", f"h3a.{at}", ["Dirk de Dutch"], lights[at % 4], f"{REMARK} {number}.{at}",
                f"{ACTION} {number}.{at}", True, None, None, False,
            )
            for at in range(12)
        ]  # fmt: skip
        content = PlanContent(*[f"{text} {number}" for text in (REMARK, ACTION, REMARK, ACTION, ACTION)])
        report = Report(
            student=Card(uuid4(), f"Leerling {number}", f"Leerling {number}", "L", "h3a"),
            round=RoundCard(uuid4(), "Ronde", RoundState.CLOSED, True),
            relation="mentor", progress=None, subjects=subjects, message=Message(f"{REMARK} {number}", 1, now),
            share=Share(1, now, True), readers=None, plan=Plan(PlanState.HANDED_IN, [PlanVersion(1, now, content)]),
            agreements=[], owners=[], questions=[], decisions=[], can=Can(**dict.fromkeys(Can.__struct_fields__, False)),
        )  # fmt: skip
        school = pages.School("School", "Europe/Amsterdam", None)
        return pages.document("report", "Rapportage", "Ronde", school, [pages.Sheet(report, ["Mo Mentor"])], "nl")

    setter = Setter()
    sheets = [data(number) for number in range(WARM + TIMES)]
    for sheet in sheets[:WARM]:
        setter.set("report", sheet)
    began = time.process_time()
    for sheet in sheets[WARM:]:
        setter.set("report", sheet)
    return (time.process_time() - began) * 1000 / TIMES


# --- the whole school -----------------------------------------------------------------------------------------------------


async def leader_of_all(url: str, school: School) -> UUID:
    """Somebody who may have everything printed, with a session. `url` is the superuser's."""
    database = await asyncpg.connect(url)
    try:
        async with database.transaction():
            await database.execute("select set_config('app.school_id', $1, true)", str(school.id))
            person: UUID = school.reports[0][1]
            await database.execute(
                "insert into person_role (school_id, person_id, role, source) values ($1, $2, 'leader', 'manual') on conflict do nothing",
                school.id, person,
            )  # fmt: skip
            await database.execute(
                """insert into leader_scope (school_id, person_id, group_id)
                   select $1, $2, id from class_group where school_id = $1 and kind = 'home' and ended_on is null on conflict do nothing""",
                school.id, person,
            )  # fmt: skip
            if person not in school.cookies:
                school.cookies[person] = token_urlsafe(32)
                await database.execute(
                    "insert into session (id_hash, school_id, person_id, expires_at) values ($1, $2, $3, now() + interval '12 hours')",
                    session_hash(school.cookies[person]), school.id, person,
                )  # fmt: skip
    finally:
        await database.close()
    return person


async def answer(port: int, raw: bytes) -> bytes:
    """The body of one answer.

    Raises:
        RuntimeError: it is no success.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
        raise RuntimeError(f"an answer was {head[:300]!r} {body[:300]!r}")
    return body


@dataclass
class Memory:
    """The most that a worker and its children had at one moment, in MB; shared pages count once."""

    worker: int
    most: float = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        while not self.ended.is_set():
            self.most = max(self.most, sum(map(_proportional, [self.worker, *_children(self.worker)])))
            await asyncio.sleep(0.2)


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return found


def _proportional(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0)


async def whole_school(houses: Houses, school: School, leader: UUID) -> dict[str, float]:
    """One job for everybody, with teachers who rate before and meanwhile."""
    saves = Saves(school, school.pairs[0].teacher)
    calm, busy = Raters(houses, saves), Raters(houses, saves)
    ended = asyncio.Event()
    rating = asyncio.create_task(calm.rate(ended))
    await asyncio.sleep(CALM)
    ended.set()
    await rating

    ended, memory = asyncio.Event(), Memory(houses.worker)
    watching = asyncio.create_task(memory.watch())
    rating = asyncio.create_task(busy.rate(ended))
    cookie = school.cookies[leader]
    body = json.dumps({"round": str(school.closed[-1]), "scope": {"school": True}, "sort": "group"}).encode()
    began = time.perf_counter()
    asked = json.loads(await answer(houses.port, request("POST", "/api/v1/bundles", cookie, body)))
    path = f"/api/v1/bundles/{asked['id']}"
    found: dict[str, Any] = {"state": "waiting"}
    pages_done = 0.0
    while found["state"] in ("waiting", "making") and time.perf_counter() - began < PATIENCE:
        await asyncio.sleep(0.3)
        [found] = [
            each
            for each in json.loads(await answer(houses.port, request("GET", "/api/v1/bundles", cookie)))
            if each["id"] == asked["id"]
        ]
        if not pages_done and found["done"] == found["total"] > 0:
            pages_done = time.perf_counter() - began
    took = time.perf_counter() - began
    ended.set()
    await rating
    memory.ended.set()
    await watching
    if found["state"] != "ready":
        raise RuntimeError(f"it is {found['state']}: {found['error']}")
    opened = time.perf_counter()
    file = await answer(houses.port, request("GET", f"{path}/file", cookie))
    print(f"# {found['total']} students, pages after {pages_done:.1f} s, {len(file) / 1e6:.1f} MB", file=sys.stderr)
    return {
        "seconds": took,
        "memory": memory.most,
        "open": time.perf_counter() - opened,
        "save_before": p95(calm.seconds),
        "save_meanwhile": p95(busy.seconds),
    }


@contextmanager
def running(installation: Installation) -> Iterator[Houses]:
    """Server and worker; nothing that takes pushes."""
    port = embedded.free_port()
    environment = {**installation.environment, "DRIEHOEK_PORT": str(port), "DRIEHOEK_LOG_LEVEL": "warning"}
    folder = installation.folder
    with ExitStack() as stack:
        server = stack.enter_context(
            process("Server", ["server.cli", "serve"], port, environment, folder / "server.log")
        )
        worker = Child(
            "Worker", [sys.executable, "-m", "server.cli", "work"], log=folder / "worker.log", env=environment
        )
        stack.callback(worker.stop, 20)
        yield Houses(port, 0, (server.process.pid, server.process.pid), worker.process.pid)


def measure(installation: Installation, school: School, tell: Tell) -> None:
    """Tell all figures."""
    tell("pdf_student_cpu", one_report(), "ms CPU")
    with running(installation) as houses:
        leader = asyncio.run(leader_of_all(installation.instance.database_url("postgres"), school))
        found = asyncio.run(whole_school(houses, school, leader))
    tell("pdf_school", found["seconds"], "s")
    tell("pdf_school_memory", found["memory"], "MB")
    tell("pdf_school_open", found["open"], "s")
    tell("pdf_school_save_p95", found["save_meanwhile"] * 1000, "ms", found["save_before"] * 1000)
