"""Tables of the calendar (see migrations/sql/0012_calendar.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Date, Text
from piccolo.table import Table


class SchoolHoliday(Table, tablename="school_holiday"):
    """Days on which the school is closed, first and last included."""

    id = UUID(primary_key=True)
    school_id = UUID()
    name = Text()
    first_on = Date()
    last_on = Date()
