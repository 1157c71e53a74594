"""The roster's long work: read and apply uploads, fetch from sources. One at a time per worker, by lease."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from server.people.service import known_schools
from server.roster import sources, uploads
from server.settings import Settings

log = logging.getLogger("driehoek.worker")
TIMEOUT: Final = 900
"""Seconds for the work on one school."""
LEASE: Final = timedelta(seconds=TIMEOUT + 60)
"""Longer than the work may take, so that nobody begins it a second time while it goes on."""


async def work_on_rosters(settings: Settings) -> int:
    """Do the next piece of work there is; how many (0 or 1). Safe to run twice and beside others."""
    claimed = await uploads.claim(LEASE)
    if claimed is None:
        return 0
    try:
        if claimed["what"] == "upload":
            await uploads.work(claimed["school_id"], claimed["id"], claimed["state"], claimed["tries"])
        else:
            await sources.work(claimed["school_id"], claimed["id"], claimed["tries"], settings)
    except Exception:
        log.exception("roster failed", extra={"kind": claimed["what"], "tries": claimed["tries"]})
    return 1


async def ask_for_the_night() -> None:
    """Ask for all sources that are fetched each night. Safe to run twice."""
    for school in await known_schools():
        await sources.ask_for_the_night(school.id)
