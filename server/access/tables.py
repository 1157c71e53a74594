"""Tables of access (see migrations/sql/0009_access.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Array, BigInt, Boolean, Bytea, SmallInt, Text, Timestamptz
from piccolo.table import Table


class Invitation(Table, tablename="invitation"):
    """One invitation of one person, by mail or on paper."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    channel = Text()
    token_hash = Bytea()
    sent_to = Text()
    made_by = UUID(null=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    opened_at = Timestamptz(null=True)
    used_at = Timestamptz(null=True)
    revoked_at = Timestamptz(null=True)


class SignInCode(Table, tablename="sign_in_code"):
    """One mailed code: who asked for it from which browser, and how often it was tried."""

    id = UUID(primary_key=True)
    school_id = UUID()
    invitation_id = UUID(null=True)
    sent_to = Text()
    browser = Bytea()
    tries = SmallInt()
    created_at = Timestamptz()
    expires_at = Timestamptz()
    confirmed_at = Timestamptz(null=True)
    ended_at = Timestamptz(null=True)


class Passkey(Table, tablename="passkey"):
    """One key of one person: the public half, and what its device said of it."""

    id = UUID(primary_key=True)
    school_id = UUID()
    person_id = UUID()
    credential_id = Bytea()
    public_key = Bytea()
    sign_count = BigInt()
    transports = Array(base_column=Text())
    name = Text()
    backed_up = Boolean()
    created_at = Timestamptz()
    last_used_at = Timestamptz(null=True)


class WebauthnChallenge(Table, tablename="webauthn_challenge"):
    """Random bytes that one browser has to sign, once, within five minutes."""

    challenge = Bytea(primary_key=True)
    browser = Bytea()
    purpose = Text()
    expires_at = Timestamptz()
