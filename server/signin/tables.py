"""Tables of sign-in (see migrations/sql/0008_signin.sql)."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Boolean, Bytea, Text, Timestamptz
from piccolo.table import Table


class IdentityProvider(Table, tablename="identity_provider"):
    """Where a school's people have an account."""

    id = UUID(primary_key=True)
    school_id = UUID()
    preset = Text()
    name = Text()
    issuer = Text()
    client_id = Text()
    client_secret = Bytea(null=True)
    settings = Text()
    bind_by = Text()
    enabled = Boolean()
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Account(Table, tablename="account"):
    """Who an account is."""

    id = UUID(primary_key=True)
    school_id = UUID()
    provider_id = UUID()
    issuer = Text()
    subject = Text()
    person_id = UUID()
    bound_at = Timestamptz()
    bound_by = UUID(null=True)


class AccountClash(Table, tablename="account_clash"):
    """An account about which the admin decides."""

    id = UUID(primary_key=True)
    school_id = UUID()
    provider_id = UUID()
    issuer = Text()
    subject = Text()
    label = Text()
    reason = Text()
    candidates = Array(base_column=UUID())
    created_at = Timestamptz()
    seen_at = Timestamptz()
    settled_at = Timestamptz(null=True)
    settled_by = UUID(null=True)
