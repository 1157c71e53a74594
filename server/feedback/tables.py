"""Tables of feedback (see migrations/sql/0002_cycle.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table


class Feedback(Table, tablename="feedback"):
    """What one teaching group gives one student in one round."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    group_id = UUID()
    stoplight = Text(null=True)
    remark = Text()
    action = Text()
    complete = Boolean()
    version = Integer()
    author_id = UUID()
    written_by = Array(base_column=UUID())
    created_at = Timestamptz()
    updated_at = Timestamptz()


class FeedbackHistory(Table, tablename="feedback_history"):
    """Every version ever saved, the current one included."""

    id = UUID(primary_key=True)
    school_id = UUID()
    feedback_id = UUID()
    version = Integer()
    stoplight = Text(null=True)
    remark = Text()
    action = Text()
    author_id = UUID()
    saved_at = Timestamptz()


class LateWrite(Table, tablename="late_write"):
    """A write that came after closing: kept for its author."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    group_id = UUID()
    author_id = UUID()
    stoplight = Text(null=True)
    remark = Text()
    action = Text()
    based_on = Integer()
    arrived_at = Timestamptz()
    settled_at = Timestamptz(null=True)
