"""Tables of the group board (see migrations/sql/0018_board.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table


class Decision(Table, tablename="decision"):
    """What was decided about one student in one round."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    text = Text()
    version = Integer()
    agreement_id = UUID(null=True)
    created_by = UUID()
    created_at = Timestamptz()
    updated_at = Timestamptz()
    removed_at = Timestamptz(null=True)


class DecisionHistory(Table, tablename="decision_history"):
    """Every version of a decision, the current one included."""

    id = UUID(primary_key=True)
    school_id = UUID()
    decision_id = UUID()
    version = Integer()
    text = Text()
    removed = Boolean()
    author_id = UUID()
    saved_at = Timestamptz()
