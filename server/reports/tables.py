"""Tables of reports (see migrations/sql/0002_cycle.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table


class MentorMessage(Table, tablename="mentor_message"):
    """The personal note of the mentor on top of one report."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    text = Text()
    version = Integer()
    author_id = UUID()
    updated_at = Timestamptz()


class MentorMessageHistory(Table, tablename="mentor_message_history"):
    """Every version of a mentor message, the current one included."""

    id = UUID(primary_key=True)
    school_id = UUID()
    message_id = UUID()
    version = Integer()
    text = Text()
    author_id = UUID()
    saved_at = Timestamptz()


class ReportShare(Table, tablename="report_share"):
    """One frozen version of one report."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    student_id = UUID()
    number = Integer()
    content = Text()
    guardians = Boolean()
    shared_by = UUID()
    shared_at = Timestamptz()
    recalled_at = Timestamptz(null=True)
    plan_asked_at = Timestamptz(null=True)


class Question(Table, tablename="question"):
    """A student's question about one feedback (see migrations/sql/0014_question.sql)."""

    id = UUID(primary_key=True)
    school_id = UUID()
    feedback_id = UUID()
    number = Integer()
    asked_at = Timestamptz()
    told_at = Timestamptz()
    taken_back_at = Timestamptz(null=True)
    answered_at = Timestamptz(null=True)


class ReportRead(Table, tablename="report_read"):
    """First reading of a shared version by student or guardian."""

    id = UUID(primary_key=True)
    school_id = UUID()
    share_id = UUID()
    person_id = UUID()
    read_at = Timestamptz()
