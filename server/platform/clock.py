"""The one clock. Tests set it with `at`; everything else asks `now` and `today`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Europe/Amsterdam"
_fixed: ContextVar[datetime | None] = ContextVar("driehoek_now", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def fixed() -> datetime | None:
    """The moment a test stands still at, if any."""
    return _fixed.get()


def today(zone: str = DEFAULT_ZONE) -> date:
    """The calendar day in a school's zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now` stand still at `moment` (aware) inside the block."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
