"""Tables of notices and their delivery (see migrations/sql/0003_plumbing.sql and 0011_notices.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table


class Notice(Table, tablename="notice"):
    """One piece of news for one person; its words are fixed and chosen by `kind`."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    kind = Text()
    ids = Text()
    created_at = Timestamptz()
    read_at = Timestamptz(null=True)
    withdrawn_at = Timestamptz(null=True)
    dedupe_key = Text()
    in_digest = Boolean()


class PushSubscription(Table, tablename="push_subscription"):
    """One device on which a person wants pushes."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    endpoint = Text()
    p256dh = Text()
    auth = Text()
    created_at = Timestamptz()
    session_id = UUID(null=True)


class Delivery(Table, tablename="delivery"):
    """One notice (or invitation, or mailed code) over one channel to one target: what was sent and what still has to be."""

    id = UUID(primary_key=True)
    school_id = UUID()
    notice_id = UUID(null=True)
    invitation_id = UUID(null=True)
    code_id = UUID(null=True)
    channel = Text()
    subscription_id = UUID(null=True)
    state = Text()
    tries = Integer()
    next_try_at = Timestamptz()
    leased_until = Timestamptz(null=True)
    last_error = Text()
    sent_at = Timestamptz(null=True)
    created_at = Timestamptz()
    first_tried_at = Timestamptz(null=True)


class StoppedAddress(Table, tablename="stopped_address"):
    """A mail address that a mail server said is no mailbox (see migrations/sql/0013_deliveries.sql)."""

    id = UUID(primary_key=True)
    school_id = UUID()
    address = Text()
    code = Text()
    stopped_at = Timestamptz()


class NoticePreference(Table, tablename="notice_preference"):
    """Whether a person wants one kind over one channel."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    kind = Text()
    channel = Text()
    wanted = Boolean()
    changed_at = Timestamptz()


class NoticeSwitchedOff(Table, tablename="notice_switched_off"):
    """One kind that a school sends to nobody over one channel."""

    id = UUID(primary_key=True)
    school_id = UUID()
    kind = Text()
    channel = Text()
