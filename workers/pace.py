"""How a worker leaves room for those who answer people: it rests between two pieces of work, the longer the more it used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic, process_time
from typing import Final

SHARE: Final = 0.5
"""Of one core, while there is much to do. The kernel lets others go first only at the end of a slice, and there are few cores."""
SPARE: Final = 1.0
"""Seconds of rest that are there from the beginning: what is little leaves at once."""


class Pace:
    """One per process. Everything that does much of something asks before each of it."""

    def __init__(self, used: Callable[[], float] = process_time, now: Callable[[], float] = monotonic) -> None:
        self._used, self._now = used, now
        self._counted = used()
        self._free_at = now() - SPARE
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until there is room, in the order of asking."""
        async with self._turn:
            used, now = self._used(), self._now()
            self._free_at = max(self._free_at, now - SPARE) + (used - self._counted) / SHARE
            self._counted = used
            if self._free_at > now:
                await asyncio.sleep(self._free_at - now)
