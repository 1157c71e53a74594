"""What the API says about providers, clashes and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.people.schemas import DeviceName
from server.signin.presets import BindBy, Details, PresetName

Name = Annotated[str, Meta(max_length=80)]
Address = Annotated[str, Meta(max_length=500)]
ClientId = Annotated[str, Meta(max_length=300)]
Secret = Annotated[str, Meta(min_length=1, max_length=1000)]


class ProviderItem(msgspec.Struct, frozen=True):
    """One provider. The secret is only ever written; `redirect_uri` is what is registered there."""

    id: UUID
    preset: PresetName
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    settings: Details
    bind_by: BindBy
    enabled: bool
    redirect_uri: str


class ProviderBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new provider. Without an issuer it is the preset's; without a secret it is a public client."""

    preset: PresetName
    name: Name
    client_id: ClientId
    bind_by: BindBy
    issuer: Address = ""
    client_secret: Secret | None = None
    settings: Details = Details()
    enabled: bool = True


class ProviderChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; absent fields stay. `client_secret` null takes the secret away."""

    name: Name | UnsetType = UNSET
    issuer: Address | UnsetType = UNSET
    client_id: ClientId | UnsetType = UNSET
    client_secret: Secret | UnsetType | None = UNSET
    settings: Details | UnsetType = UNSET
    bind_by: BindBy | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class PresetItem(msgspec.Struct, frozen=True):
    """One kind of provider: its issuer (empty: the school names it) and the settings that it needs."""

    preset: PresetName
    issuer: str
    needs: list[str]


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at, with a sentence about it."""

    key: Literal["discovery", "keys", "pkce", "secret", "sign_out"]
    outcome: Literal["ok", "warning", "failed"]
    text: str


class ProviderReport(msgspec.Struct, frozen=True):
    """Whether a provider can be used, check by check. Nobody was signed in for it."""

    usable: bool
    checks: list[Check]


class Candidate(msgspec.Struct, frozen=True):
    """Somebody whose account it may be."""

    id: UUID
    name: str
    username: str
    home_group: str | None


class ClashItem(msgspec.Struct, frozen=True):
    """An account to decide about. `label`: the identifier it came with."""

    id: UUID
    provider_id: UUID
    provider: str
    label: str
    reason: Literal["several", "taken"]
    candidates: list[Candidate]
    created_at: datetime
    seen_at: datetime


class ClashDecision(msgspec.Struct, forbid_unknown_fields=True):
    """Whose account it is; null: nobody's."""

    person_id: UUID | None


class SessionItem(msgspec.Struct, frozen=True):
    """One place where somebody is signed in. `label` says in words what device it is; empty where nobody knows."""

    id: UUID
    label: str
    device: DeviceName
    created_at: datetime
    seen_at: datetime
    current: bool


class Ended(msgspec.Struct, frozen=True):
    """How many sessions ended."""

    count: int
