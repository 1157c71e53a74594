"""Tables of bundles (see migrations/sql/0019_bundle.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Array, BigInt, Bytea, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table


class Bundle(Table, tablename="bundle"):
    """What somebody asked for, and how far it is."""

    id = UUID(primary_key=True)
    school_id = UUID()
    round_id = UUID()
    asked_by = UUID()
    asked_at = Timestamptz()
    kind = Text()
    form = Text()
    sort = Text()
    scope = Text()
    student_id = UUID(null=True)
    group_id = UUID(null=True)
    year = SmallInt(null=True)
    language = Text()
    state = Text()
    error = Text()
    total = Integer()
    done = Integer()
    left_out = Integer()
    size = BigInt()
    finished_at = Timestamptz(null=True)
    leased_until = Timestamptz(null=True)
    tries = Integer()


class BundleStudent(Table, tablename="bundle_student"):
    """One student of a bundle, and what was put into it."""

    id = UUID(primary_key=True)
    school_id = UUID()
    bundle_id = UUID()
    place = Integer()
    student_id = UUID()
    state = Text()
    reading = Text()
    share_id = UUID(null=True)
    shown = Array(base_column=UUID())


class BundlePart(Table, tablename="bundle_part"):
    """Pages that were made, until the file is bound from them."""

    id = UUID(primary_key=True)
    school_id = UUID()
    bundle_id = UUID()
    place = Integer()
    body = Bytea()


class BundlePiece(Table, tablename="bundle_piece"):
    """A piece of the finished file."""

    id = UUID(primary_key=True)
    school_id = UUID()
    bundle_id = UUID()
    number = Integer()
    body = Bytea()
