"""Tables of the logs (see migrations/sql/0003_plumbing.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table


class AccessLog(Table, tablename="access_log"):
    """One read of one student's data by somebody whose reads are logged."""

    id = UUID(primary_key=True)
    school_id = UUID()
    viewer_id = UUID()
    student_id = UUID()
    round_id = UUID(null=True)
    what = Text()
    read_at = Timestamptz()


class AuditLog(Table, tablename="audit_log"):
    """What an organiser or administrator did, without content."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID(null=True)
    act = Text()
    ids = Text()
    at = Timestamptz()
