"""How a worker leaves room for those who answer people: it rests between two pieces of work, the longer the more it used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic, process_time
from typing import Final

SHARE: Final = 0.3
"""Of one core, while there is much to do."""
SPARE: Final = 0.3
"""Seconds of work that are always there: what is little leaves at once."""
GRAIN: Final = 0.05
"""Seconds that a rest lasts at least: work in pieces of a millisecond each finds the processor's caches cold, and costs twice as much."""


class Pace:
    """One per process. Whoever does much of something asks before each of it."""

    def __init__(self, used: Callable[[], float] = process_time, now: Callable[[], float] = monotonic) -> None:
        """`used` and `now` in seconds."""
        self._used, self._now = used, now
        self._counted = used()
        self._free_at = now() - SPARE
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until there is room, in the order of asking."""
        async with self._turn:
            await asyncio.sleep(self._rest())

    def _rest(self) -> float:
        """Seconds until what the process used meanwhile is no more than its share."""
        used, now = self._used(), self._now()
        self._free_at = max(self._free_at, now - SPARE) + (used - self._counted) / SHARE
        self._counted = used
        rest = self._free_at - now
        return rest if rest > GRAIN else 0.0
