"""Tables of plans and agreements (see migrations/sql/0002_cycle.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Date, Integer, Text, Timestamptz
from piccolo.table import Table


class Plan(Table, tablename="plan"):
    """One plan per student per round, with the draft that only the student sees."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    state = Text()
    draft = Text()
    version = Integer()
    concluded_at = Timestamptz(null=True)
    updated_at = Timestamptz()


class PlanVersion(Table, tablename="plan_version"):
    """A plan as it was handed in."""

    id = UUID(primary_key=True)
    school_id = UUID()
    plan_id = UUID()
    number = Integer()
    content = Text()
    handed_in_at = Timestamptz()


class Agreement(Table, tablename="agreement"):
    """What, who, by when."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    what = Text()
    party = Text()
    owner_id = UUID(null=True)
    due_on = Date(null=True)
    confirmed_at = Timestamptz(null=True)
    done_at = Timestamptz(null=True)
    removed_at = Timestamptz(null=True)
    version = Integer()
    created_by = UUID()
    created_at = Timestamptz()
    updated_at = Timestamptz()
    reminded_for = Date(null=True)


class AgreementHistory(Table, tablename="agreement_history"):
    """Every version of an agreement, the removal included."""

    id = UUID(primary_key=True)
    school_id = UUID()
    agreement_id = UUID()
    version = Integer()
    content = Text()
    author_id = UUID()
    saved_at = Timestamptz()
