"""Migrations forwards, all of them or none, one process at a time."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stdout

MIGRATING = 7_283_640_015  # any number nobody else locks


async def forwards(owner_url: str) -> None:
    """Bring the database at `owner_url` to this version. Call it in a process of its own.

    `piccolo_conf.py` takes its address when it is imported, so this sets the variable first.

    Raises:
        RuntimeError: a migration failed; nothing was changed.
    """
    os.environ["DRIEHOEK_DATABASE_URL"] = owner_url
    from piccolo.apps.migrations.commands.forwards import run_forwards

    from server.platform import db

    async with db.transaction() as connection:
        await connection.fetchval("select pg_advisory_xact_lock($1)", MIGRATING)
        with redirect_stdout(io.StringIO()):  # Piccolo's own talk; the caller says how it went
            result = await run_forwards("driehoek")
        if not result.success:
            raise RuntimeError(f"migration failed: {result.message}")
