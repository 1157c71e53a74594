"""What the API says about passkeys, and about who gets in without a provider."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

Channel = Literal["mail", "paper"]
InvitationState = Literal["waiting", "opened", "used", "expired", "revoked"]
Who = Literal["guardians", "students", "staff"]

Encoded = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
"""Bytes as base64url without padding."""
CredentialId = Annotated[str, msgspec.Meta(min_length=1, max_length=1400)]
KeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class PasskeyItem(msgspec.Struct, frozen=True):
    """One of my passkeys. `synced`: its maker keeps copies on the person's other devices."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    synced: bool


class PasskeyOptions(msgspec.Struct, frozen=True):
    """What the browser is to be asked, as WebAuthn writes it in JSON (`parseCreationOptionsFromJSON` and its kin)."""

    public_key: dict[str, Any]


class MadePasskey(msgspec.Struct, forbid_unknown_fields=True):
    """What the browser answered to `navigator.credentials.create`."""

    id: CredentialId
    client_data: Encoded
    attestation: Encoded
    name: KeyName
    transports: Annotated[list[Annotated[str, msgspec.Meta(max_length=30)]], msgspec.Meta(max_length=10)] = []


class ShownPasskey(msgspec.Struct, forbid_unknown_fields=True):
    """What the browser answered to `navigator.credentials.get`."""

    id: CredentialId
    client_data: Encoded
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class SignInPasskey(ShownPasskey, forbid_unknown_fields=True):
    """The same, to sign in with: on which device, and where to afterwards."""

    device: Annotated[str, msgspec.Meta(max_length=20)] = "shared"
    next: Annotated[str, msgspec.Meta(max_length=2000)] = "/"


class Onward(msgspec.Struct, frozen=True):
    """Where to now: a path of ours."""

    next: str


class PasskeyName(msgspec.Struct, forbid_unknown_fields=True):
    """Another name for a passkey."""

    name: KeyName


class InvitationItem(msgspec.Struct, frozen=True):
    """The latest invitation of somebody. `undelivered`: its mail did not arrive."""

    id: UUID
    channel: Channel
    state: InvitationState
    invited_at: datetime
    expires_at: datetime
    undelivered: bool


class AccessItem(msgspec.Struct, frozen=True):
    """How one person gets in. `students`: of whom this is a guardian."""

    id: UUID
    name: str
    list_name: str
    home_group: str | None
    students: list[str]
    active: bool
    has_address: bool
    passkeys: int
    invitation: InvitationItem | None
    signed_in_at: datetime | None


class AccessPage(msgspec.Struct, frozen=True):
    """A part of the list, and how long it is."""

    people: list[AccessItem]
    total: int


class InviteBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to invite: some people, or all of a kind who have no access yet.

    Either `persons`, or `home_group` (its students' guardians, unless `who` says otherwise), or `all_guardians`, or `who` for
    the whole school.
    """

    channel: Channel
    persons: Annotated[list[UUID], msgspec.Meta(max_length=500)] | None = None
    home_group: UUID | None = None
    all_guardians: bool = False
    who: Who | None = None


class Invited(msgspec.Struct, frozen=True):
    """What became of it. `without_address` got none by mail; `had_access` need none. `letters`: where to print them."""

    made: int
    without_address: int
    had_access: int
    letters: str | None
