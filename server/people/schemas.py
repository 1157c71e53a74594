"""What the API says about people."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

Language = Literal["nl", "en"]
Theme = Literal["auto", "light", "dark"]
Mode = Literal["demo", "production", "test"]
DeviceName = Literal["own", "shared"]
NavigationKey = Literal["rounds", "students", "reports", "organise", "admin", "notices", "more"]


class Card(msgspec.Struct, frozen=True):
    """A student as every list shows one. `apart`: the home group, given where two students of the list share a name."""

    id: UUID
    name: str
    list_name: str
    initials: str
    home_group: str | None = None
    apart: str | None = None


class SchoolCard(msgspec.Struct, frozen=True):
    """The school one is signed in at."""

    id: UUID
    name: str
    slug: str


class Accent(msgspec.Struct, frozen=True):
    """The school's own colour, `#rrggbb`, for either look."""

    light: str
    dark: str


class MySchool(SchoolCard, frozen=True):
    """The same with how it looks: address of its picture, colour, and the languages one may choose there."""

    logo: str | None = None
    accent: Accent | None = None
    languages: list[Language] = msgspec.field(default_factory=lambda: ["nl", "en"])


class MeAnswer(msgspec.Struct, frozen=True):
    """Who is signed in, what the navigation offers, and what push needs. `device`: what was said about it at sign-in."""

    id: UUID
    name: str
    given_name: str
    initials: str
    school: MySchool
    language: Language
    theme: Theme
    roles: list[str]
    navigation: list[NavigationKey]
    vapid_public_key: str | None
    unread_notices: int
    mode: Mode
    device: DeviceName


class DeviceKey(msgspec.Struct, frozen=True):
    """32 bytes as base64url without padding, the same ever after: what an own device derives its key from."""

    key: str


class MeChange(msgspec.Struct, forbid_unknown_fields=True):
    """What one may change about oneself; absent fields stay."""

    language: Language | msgspec.UnsetType = msgspec.UNSET
    theme: Theme | msgspec.UnsetType = msgspec.UNSET
