"""Reports on paper: one bundle at a time per worker, by lease."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from server.bundles import making
from server.platform import db

log = logging.getLogger("driehoek.worker")
TIMEOUT: Final = 900
"""Seconds for what waits. A bundle that is not finished then goes on from its last step."""


class Bindery:
    """What one worker process makes at a time: paper must not crowd out the news."""

    def __init__(self) -> None:
        self._busy = False
        self._alone: asyncio.Task[int] | None = None

    async def work(self) -> int:
        """Make what waits; how many bundles were taken. Safe to run twice and beside others."""
        if self._busy:
            return 0
        self._busy = True
        try:
            count = 0
            while await render():
                count += 1
            return count
        finally:
            self._busy = False

    def begin(self) -> None:
        """The same, without waiting for it."""
        if not self._busy:
            self._alone = asyncio.create_task(self.work())

    async def close(self) -> None:
        """Leave what was begun to others."""
        if self._alone is not None:
            self._alone.cancel()
            await asyncio.gather(self._alone, return_exceptions=True)


async def render() -> bool:
    """Make the next bundle there is; False when none waits. Safe to run twice and beside others."""
    claimed = await making.claim()
    if claimed is None:
        return False
    try:
        await making.work(claimed["school_id"], claimed["id"], claimed["tries"])
    except db.Away:
        log.warning("database away")  # it comes again when its lease ends
    except Exception:
        log.exception("bundle failed", extra={"kind": "bundle", "tries": claimed["tries"]})
    return True
