"""What the API says about the calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta


class Holiday(msgspec.Struct, forbid_unknown_fields=True):
    """Days on which the school is closed, first and last included: a holiday, a day off, a day for teachers only."""

    name: Annotated[str, Meta(max_length=80)]
    first: date
    last: date


class SchoolYearCalendar(msgspec.Struct, forbid_unknown_fields=True):
    """All of them, by date. Weekends need not be named."""

    holidays: list[Holiday]
