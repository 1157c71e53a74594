"""A whole school as a spreadsheet: how long the leader of everything waits for all texts, and how much memory the server takes more."""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg

from bench.data import School
from bench.installation import Installation, process
from server.platform import embedded

Tell = Callable[..., None]
TIMES = 5
FORMS = ("xlsx", "csv")


def measure(installation: Installation, school: School, tell: Tell) -> None:
    """All feedback of the last closed round, some times over."""
    leader = school.pairs[0].teacher
    rows = asyncio.run(_leads_all(installation.instance.database_url("postgres"), school, leader))
    port = embedded.free_port()
    environment = {**installation.environment, "DRIEHOEK_PORT": str(port), "DRIEHOEK_LOG_LEVEL": "warning"}
    with process("Server", ["server.cli", "serve"], port, environment, installation.folder / "server.log") as server:
        tell("export_rows", rows, "rows")
        for form in FORMS:
            path = f"/api/v1/rounds/{school.closed[-1]}/export/feedback?form={form}"
            # One small file first, so that what every first answer needs is there before memory is looked at.
            _fetch(port, path.replace("feedback", "counts"), school.cookies[leader])
            before = _peak(server.process.pid)
            found = [_fetch(port, path, school.cookies[leader]) for _ in range(TIMES)]
            tell(f"export_{form}", median(seconds for seconds, _ in found), "s")
            tell(f"export_{form}_size", found[0][1] / 1e6, "MB")
            tell(f"export_{form}_memory", _peak(server.process.pid) - before, "MB more at most")


async def _leads_all(url: str, school: School, person: UUID) -> int:
    """This person leads all home groups; how many pairs of the last closed round that comes to."""
    database = await asyncpg.connect(url)
    try:
        await database.execute("select set_config('app.school_id', $1, false)", str(school.id))
        await database.execute(
            """insert into person_role (school_id, person_id, role, source) values ($1, $2, 'leader', 'manual')
               on conflict do nothing""",
            school.id,
            person,
        )
        await database.execute(
            """insert into leader_scope (school_id, person_id, group_id)
               select school_id, $2, id from class_group where school_id = $1 and kind = 'home' and ended_on is null
               on conflict do nothing""",
            school.id,
            person,
        )
        found: int = await database.fetchval(
            "select count(*) from expected_pair where school_id = $1 and round_id = $2", school.id, school.closed[-1]
        )
        return found
    finally:
        await database.close()


def _fetch(port: int, path: str, cookie: str) -> tuple[float, int]:
    """Seconds until the last byte, and the size."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"driehoek={cookie}"})
    started = time.perf_counter()
    with urllib.request.urlopen(asked, timeout=60) as answer:
        size = len(answer.read())
    return time.perf_counter() - started, size


def _peak(process_id: int) -> float:
    """The most memory that this process ever had, in MB."""
    said = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", said)
    return int(found[1]) / 1024 if found else 0.0
