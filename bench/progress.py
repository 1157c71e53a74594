"""The organiser's page of a round: the whole school's counts, asked for again and again while teachers save."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Callable
from statistics import median

import asyncpg

from bench.compare import one_round, request, sides, spread
from bench.data import School
from bench.installation import Installation
from server.platform.security import session_hash

READS = 120


async def organiser(url: str, school: School) -> str:
    """Somebody who organises and teaches nobody, signed in; the cookie. `url` is the superuser's."""
    cookie = secrets.token_urlsafe(32)
    database = await asyncpg.connect(url)
    try:
        async with database.transaction():
            await database.execute("select set_config('app.school_id', $1, true)", str(school.id))
            person = await database.fetchval(
                """insert into person (school_id, sourced_id, given_name, particle, family_name, sort_key, username, email)
                   values ($1, 'bench-organiser', 'Olga', '', 'Organiser', 'organiser', 'bench-organiser', '') returning id""",
                school.id,
            )
            await database.execute(
                "insert into person_role (school_id, person_id, role, source) values ($1, $2, 'organiser', 'manual')",
                school.id,
                person,
            )
            await database.execute(
                "insert into session (id_hash, school_id, person_id, expires_at) values ($1, $2, $3, now() + interval '12 hours')",
                session_hash(cookie),
                school.id,
                person,
            )
    finally:
        await database.close()
    return cookie


def measure(installation: Installation, school: School, rounds: int, tell: Callable[..., None]) -> None:
    """Milliseconds of server and of PostgreSQL for one answer, both together; the middle of some rounds."""
    cookie = asyncio.run(organiser(installation.instance.database_url("postgres"), school))
    one = request("GET", f"/api/v1/rounds/{school.open}/progress", cookie)
    with sides(installation, school) as (ours, _):
        found = [
            one_round(installation, ours, spread([one] * 16), spread([one] * READS)) for _ in range(max(3, rounds // 3))
        ]
    for result in found:
        print(f"# progress {result.server_ms:.2f} + {result.postgres_ms:.2f} ms", file=sys.stderr)
    tell("progress_server", median(each.server_ms for each in found), "ms server CPU")
    tell("progress_postgres", median(each.postgres_ms for each in found), "ms PostgreSQL CPU")
    tell("progress", median(each.server_ms + each.postgres_ms for each in found), "ms")
