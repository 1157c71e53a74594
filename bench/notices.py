"""How fast news arrives: a share on a phone, and a whole school shared in one act while others go on rating.

Server and worker are those of an installation, one of each; push services and mail server are `bench.sinks`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from secrets import token_bytes, token_urlsafe
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.compare import Saves, request
from bench.data import School
from bench.installation import PREFERRED, Installation, prefer, process
from server.platform import embedded
from server.platform.children import BACK, Child
from server.platform.security import session_hash

Tell = Callable[..., None]
ALONE = 60
"""Reports that are shared one by one."""
RATERS = 8
"""Teachers who save while the school is shared, each a save every half second."""
BETWEEN = 0.5
CALM = 20.0
"""Seconds of saves with nothing beside them, before and again after."""
PATIENCE = 180.0


@dataclass(frozen=True)
class Houses:
    """Running server, worker and sinks."""

    port: int
    push_port: int
    answering: tuple[int, int]
    """Process ids of server and sinks."""
    worker: int

    def taken(self) -> dict[str, list[tuple[str, float]]]:
        """What arrived since the last time."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.push_port}/taken", timeout=10) as answer:
            found: dict[str, list[tuple[str, float]]] = json.loads(answer.read())
        return found


@contextmanager
def running(installation: Installation) -> Iterator[Houses]:
    """All of it."""
    port, push_port, smtp_port = (embedded.free_port() for _ in range(3))
    environment = {
        **installation.environment,
        "DRIEHOEK_PORT": str(port),
        "DRIEHOEK_SMTP_PORT": str(smtp_port),
        "DRIEHOEK_PUSH_ALLOWED_HOSTS": f"127.0.0.1:{push_port}",
        "DRIEHOEK_LOG_LEVEL": "warning",
    }
    folder = installation.folder
    with ExitStack() as stack:
        sinks = ["bench.sinks", str(push_port), str(smtp_port)]
        taking = stack.enter_context(process("Sinks", sinks, push_port, environment, folder / "sinks.log"))
        serve = ["server.cli", "serve"]
        server = stack.enter_context(process("Server", serve, port, environment, folder / "server.log"))
        worker = Child(
            "Worker", [sys.executable, "-m", "server.cli", "work"], log=folder / "worker.log", env=environment
        )
        stack.callback(worker.stop, 20)
        yield Houses(port, push_port, (taking.process.pid, server.process.pid), worker.process.pid)


@dataclass(frozen=True)
class Shares:
    """Who shares what: (home group, mentor) of the whole school; each has a cookie in the school."""

    groups: list[tuple[UUID, UUID]]
    people: int
    """Students and guardians who have a phone and an address."""


async def prepare(url: str, school: School, push_port: int) -> Shares:
    """A phone and an address for every student and guardian, and a session for every mentor. `url` is the superuser's."""
    database = await asyncpg.connect(url)
    try:
        async with database.transaction():
            await database.execute("select set_config('app.school_id', $1, true)", str(school.id))
            await database.execute("update school_settings set quiet_hours = false where school_id = $1", school.id)
            # A version that guardians may read too is another one: it is shared, and told, once more.
            await database.execute("update report_share set guardians = false where school_id = $1", school.id)
            told = await database.fetch(
                """select distinct id from (
                       select student_id as id from report_share where school_id = $1
                        union select g.guardian_id from guardianship g
                               join report_share h on h.school_id = g.school_id and h.student_id = g.student_id
                              where g.school_id = $1 and g.ended_on is null and not g.barred) t""",
                school.id,
            )
            await database.execute(
                "update person set email = id || '@bench.example' where school_id = $1 and id = any($2::uuid[])",
                school.id,
                [row["id"] for row in told],
            )
            point = ec.generate_private_key(ec.SECP256R1()).public_key()
            raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            await database.executemany(
                "insert into push_subscription (school_id, person_id, endpoint, p256dh, auth) values ($1, $2, $3, $4, $5)",
                [
                    (
                        school.id,
                        row["id"],
                        f"http://127.0.0.1:{push_port}/{row['id']}",
                        text(raw),
                        text(token_bytes(16)),
                    )
                    for row in told
                ],
            )
            groups = await database.fetch(
                """select g.id, min(m.person_id::text)::uuid as mentor from class_group g
                     join current_enrolment m on m.school_id = g.school_id and m.group_id = g.id and m.role = 'teacher'
                    where g.school_id = $1 and g.kind = 'home' group by g.id""",
                school.id,
            )
            for row in groups:
                if row["mentor"] not in school.cookies:
                    school.cookies[row["mentor"]] = cookie = token_urlsafe(32)
                    await database.execute(
                        """insert into session (id_hash, school_id, person_id, expires_at)
                           values ($1, $2, $3, now() + interval '12 hours')""",
                        session_hash(cookie), school.id, row["mentor"],
                    )  # fmt: skip
        await database.execute("vacuum analyze")
    finally:
        await database.close()
    return Shares([(row["id"], row["mentor"]) for row in groups], len(told))


def text(raw: bytes) -> str:
    """URL-safe base64."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


async def call(port: int, raw: bytes) -> float:
    """One request on a connection of its own; the seconds it took.

    Raises:
        RuntimeError: the answer is no success.
    """
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    answer = await reader.read(-1)
    seconds = time.perf_counter() - started
    writer.close()
    if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
        raise RuntimeError(f"an answer was {answer[:300]!r}")
    return seconds


def p95(values: list[float]) -> float:
    """The value that 95 of 100 stay below."""
    return sorted(values)[min(len(values) - 1, len(values) * 95 // 100)]


async def until_idle(houses: Houses, school: School) -> None:
    """Until the worker has begun and done what it does at its start: it sent a first push, and has had some seconds since."""
    student, mentor = school.reports[ALONE]
    path = f"/api/v1/rounds/{school.closed[0]}/students/{student}/share"
    await call(houses.port, request("POST", path, school.cookies[mentor], b'{"guardians": true}'))
    end = time.time() + PATIENCE
    while not houses.taken()["push"]:
        if time.time() > end:
            raise RuntimeError("the worker sends nothing")
        await asyncio.sleep(0.5)
    await asyncio.sleep(5)
    houses.taken()


async def one_by_one(houses: Houses, school: School) -> list[float]:
    """Share reports of an earlier round, one now and then; the seconds from each tap until its push was taken."""
    began: dict[str, float] = {}
    for student, mentor in school.reports[:ALONE]:
        path = f"/api/v1/rounds/{school.closed[0]}/students/{student}/share"
        began[f"/{student}"] = time.time()
        await call(houses.port, request("POST", path, school.cookies[mentor], b'{"guardians": true}'))
        await asyncio.sleep(0.3)
    await asyncio.sleep(2)
    arrived = dict(houses.taken()["push"])
    return [arrived[path] - at for path, at in began.items()]


class Raters:
    """Teachers who save at their own pace; `seconds` has what each save took."""

    def __init__(self, houses: Houses, saves: Saves) -> None:
        self.houses = houses
        self.saves = saves
        self.seconds: list[float] = []

    async def rate(self, ended: asyncio.Event) -> None:
        """Until `ended`."""
        await asyncio.gather(*(self._one(number, ended) for number in range(RATERS)))

    async def rate_for(self, seconds: float) -> None:
        """As long as this."""
        ended = asyncio.Event()
        rating = asyncio.create_task(self.rate(ended))
        await asyncio.sleep(seconds)
        ended.set()
        await rating

    async def _one(self, number: int, ended: asyncio.Event) -> None:
        """At moments of their own, however long the last save took: who waits together would else save together from then on."""
        loop = asyncio.get_running_loop()
        moment = loop.time() + number * BETWEEN / RATERS
        while not ended.is_set():
            await asyncio.sleep(max(0.0, moment - loop.time()))
            [save] = self.saves.next(2, None)[:1]
            self.seconds.append(await call(self.houses.port, save))
            moment += BETWEEN


async def in_one_act(houses: Houses, school: School, shares: Shares) -> dict[str, float]:
    """Share the whole last round at once while teachers rate; and what a save takes before and after, as machines have moods."""
    saves = Saves(school, school.pairs[0].teacher)
    calm, busy = Raters(houses, saves), Raters(houses, saves)
    await calm.rate_for(CALM)
    ended = asyncio.Event()
    rating = asyncio.create_task(busy.rate(ended))
    began = time.time()
    body = b'{"guardians": true}'
    last = school.closed[-1]
    for group, mentor in shares.groups:
        path = f"/api/v1/rounds/{last}/home-groups/{group}/share"
        await call(houses.port, request("POST", path, school.cookies[mentor], body))
    acted = time.time()
    arrived: dict[str, list[tuple[str, float]]] = {"push": [], "mail": []}
    while min(map(len, arrived.values())) < shares.people and time.time() - began < PATIENCE:
        await asyncio.sleep(1)
        for channel, those in (await asyncio.to_thread(houses.taken)).items():
            arrived[channel] += those
    ended.set()
    await rating
    await calm.rate_for(CALM)
    found = {"act": acted - began, "save_before": p95(calm.seconds), "save_meanwhile": p95(busy.seconds)}
    for channel, those in arrived.items():
        if {to for to, _ in those} and len(those) < shares.people:
            raise RuntimeError(f"{len(those)} of {shares.people} came by {channel}")
        found[channel] = max(at for _, at in those) - began
    return found


def measure(installation: Installation, school: School, tell: Tell, *, preferred: bool) -> None:
    """Tell all figures. `preferred`: before others on a busy machine, the worker as far behind as it wants to be."""
    with running(installation) as houses:
        shares = asyncio.run(prepare(installation.instance.database_url("postgres"), school, houses.push_port))
        asyncio.run(until_idle(houses, school))
        if preferred:
            prefer(os.getpid(), installation.postgres, *houses.answering)
            prefer(houses.worker, by=PREFERRED + BACK)
        alone = asyncio.run(one_by_one(houses, school))
        tell("notice_share_to_push_p95", p95(alone), "s")
        found = asyncio.run(in_one_act(houses, school, shares))
        print(f"# {shares.people} people, shared in {found['act']:.1f} s", file=sys.stderr)
        tell("notice_school_pushes", found["push"], "s")
        tell("notice_school_mails", found["mail"], "s")
        tell("notice_school_save_p95", found["save_meanwhile"] * 1000, "ms", found["save_before"] * 1000)
