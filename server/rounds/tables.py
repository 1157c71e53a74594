"""Tables of rounds (see migrations/sql/0002_cycle.sql, 0012_calendar.sql, 0015_round_plan.sql and 0016_round_stand_in.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Boolean, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table


class Round(Table, tablename="round"):
    """One cycle: draft, open, closed, archived."""

    id = UUID(primary_key=True)
    school_id = UUID()
    name = Text()
    explanation = Text()
    state = Text()
    deadline = Timestamptz()
    opens_at = Timestamptz(null=True)
    closes_at = Timestamptz(null=True)
    opened_at = Timestamptz(null=True)
    closed_at = Timestamptz(null=True)
    mentors_watch = Boolean()
    sharing = Boolean()
    required = Text()
    audience = Text()
    only_groups = Array(base_column=UUID(), null=True)
    based_on = UUID(null=True)
    created_by = UUID(null=True)
    created_at = Timestamptz()
    version = Integer()
    reminders = Array(base_column=SmallInt())
    reminded_until = Timestamptz()
    complete_at = Timestamptz(null=True)
    required_by_year = Text()
    words = Text()


class ExpectedPair(Table, tablename="expected_pair"):
    """One (student, teaching group) that a round asks feedback about."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    group_id = UUID()
    state = Text()
    until = Date(null=True)


class RoundStandIn(Table, tablename="round_stand_in"):
    """A substitute: writes for one group in one round, beside its teachers."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    group_id = UUID()
    person_id = UUID()
    given_by = UUID()
    given_at = Timestamptz()


class Nudge(Table, tablename="nudge"):
    """An organiser asked somebody to go on, on one day."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    day = Date()
    round_id = UUID()
    asked_by = UUID()


class RoundTemplate(Table, tablename="round_template"):
    """A round's plan, kept under a name to start from."""

    id = UUID(primary_key=True)
    school_id = UUID()
    name = Text()
    plan = Text()
    version = Integer()
    created_by = UUID(null=True)
    created_at = Timestamptz()
