"""Figures over three school years: nine closed rounds of the whole school behind one request."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from secrets import token_urlsafe
from statistics import median
from uuid import UUID

import asyncpg

from bench.compare import request
from bench.data import School
from bench.installation import Installation, process
from bench.load import cpu, cpu_of_family
from bench.notices import call, p95
from server.platform import embedded
from server.platform.security import session_hash

Tell = Callable[..., None]
ROUNDS = 9
"""Three school years of three."""
WARM, TIMED = 5, 60


async def prepare(url: str, school: School) -> str:
    """More closed rounds, each a copy of the first with its pairs and feedback; the cookie of an organiser."""
    database = await asyncpg.connect(url)
    try:
        async with database.transaction():
            await database.execute("select set_config('app.school_id', $1, true)", str(school.id))
            for number in range(ROUNDS - len(school.closed)):
                await _copy(database, school.id, school.closed[0], number)
            person: UUID = await database.fetchval(
                """select r.person_id from person_role r
                     join person p on p.school_id = r.school_id and p.id = r.person_id and p.enabled and p.left_on is null
                    where r.school_id = $1 and r.role = 'teacher' order by r.person_id limit 1""",
                school.id,
            )
            await database.execute(
                """insert into person_role (school_id, person_id, role, source) values ($1, $2, 'organiser', 'manual')
                   on conflict do nothing""",
                school.id,
                person,
            )
            cookie = token_urlsafe(32)
            await database.execute(
                "insert into session (id_hash, school_id, person_id, expires_at) values ($1, $2, $3, now() + interval '12 hours')",
                session_hash(cookie),
                school.id,
                person,
            )
        await database.execute("vacuum analyze")
    finally:
        await database.close()
    return cookie


async def _copy(database: asyncpg.Connection, school_id: UUID, source: UUID, number: int) -> None:
    """One more round, three months before the one before."""
    round_id: UUID = await database.fetchval(
        """insert into round (school_id, name, state, deadline, required, audience, opened_at, closed_at)
           select school_id, 'Eerder ' || $3::int, state, deadline - v.back, required, audience, opened_at - v.back, closed_at - v.back
             from round, (select make_interval(days => 90 * ($3::int + 1)) as back) v
            where school_id = $1 and id = $2 returning id""",
        school_id, source, number,
    )  # fmt: skip
    await database.execute(
        """insert into expected_pair (school_id, round_id, student_id, group_id, state, until)
           select school_id, $3, student_id, group_id, state, until from expected_pair where school_id = $1 and round_id = $2""",
        school_id, source, round_id,
    )  # fmt: skip
    await database.execute(
        """insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, action, complete, author_id, written_by)
           select school_id, $3, student_id, group_id, stoplight, remark, action, complete, author_id, written_by
             from feedback where school_id = $1 and round_id = $2""",
        school_id, source, round_id,
    )  # fmt: skip


def measure(installation: Installation, school: School, tell: Tell) -> None:
    """Tell how long the answer about the last closed round and the eight before it takes, and what it costs."""
    cookie = asyncio.run(prepare(installation.instance.database_url("postgres"), school))
    port = embedded.free_port()
    environment = {**installation.environment, "DRIEHOEK_PORT": str(port), "DRIEHOEK_LOG_LEVEL": "warning"}
    with process("Server", ["server.cli", "serve"], port, environment, installation.folder / "server.log") as server:
        check(port, cookie)
        asked = request("GET", "/api/v1/figures", cookie)
        asyncio.run(_times(port, asked, WARM))
        before = cpu(server.process.pid), cpu_of_family(installation.postgres)
        seconds = asyncio.run(_times(port, asked, TIMED))
        tell("figures_three_years", median(seconds) * 1000, "ms")
        tell("figures_three_years_p95", p95(seconds) * 1000, "ms")
        tell("figures_three_years_cpu", (cpu(server.process.pid) - before[0]) / TIMED * 1000, "ms server CPU")
        used = (cpu_of_family(installation.postgres) - before[1]) / TIMED * 1000
        tell("figures_three_years_postgres_cpu", used, "ms PostgreSQL CPU")


def check(port: int, cookie: str) -> None:
    """All rounds are in the answer, each with the stoplights of the whole school.

    Raises:
        RuntimeError: the answer is about less than what is measured.
    """
    ask = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/figures",
        headers={"Cookie": f"driehoek={cookie}", "Sec-Fetch-Site": "same-origin"},
    )
    with urllib.request.urlopen(ask, timeout=30) as answer:
        found = json.loads(answer.read())
    lights = [found["lights"], *(each["lights"] for each in found["earlier"])]
    if len(lights) != ROUNDS or min(sum(each.values()) for each in lights) < 10_000:
        raise RuntimeError(f"the figures are of {[sum(each.values()) for each in lights]} stoplights")


async def _times(port: int, asked: bytes, times: int) -> list[float]:
    return [await call(port, asked) for _ in range(times)]
