"""What the API says about keeping and erasing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

RoleName = Literal["student", "guardian", "teacher", "leader", "organiser", "admin"]
Obstacle = Literal["in_roster", "yourself", "merged"]
TypedName = Annotated[str, Meta(max_length=300)]


class Leaver(msgspec.Struct, frozen=True):
    """Somebody who left. `goes_on`: the day on which everything about this person is erased."""

    id: UUID
    list_name: str
    roles: list[RoleName]
    left_on: date
    goes_on: date


class LastRun(msgspec.Struct, frozen=True):
    """The last night on which somebody was erased, and how many."""

    at: datetime
    people: int


class RetentionPage(msgspec.Struct, frozen=True):
    """Everybody who left, who goes first at the top, fifty at a time. `tonight`, `soon`: how many the next night and the coming
    month will erase, by the same question as the job that does it."""

    years: int
    tonight: int
    soon: int
    last: LastRun | None
    people: list[Leaver]
    total: int
    page: int
    pages: int


class ErasurePreview(msgspec.Struct, frozen=True):
    """What erasing somebody would do. `obstacles`: why it cannot be done. `guardians` go along, for they are guardians of nobody
    else and in no roster. `written`: texts about others, which stay without the name."""

    id: UUID
    name: str
    obstacles: list[Obstacle]
    feedback: int
    shares: int
    plans: int
    agreements: int
    written: int
    guardians: list[str]


class EraseBody(msgspec.Struct, forbid_unknown_fields=True):
    """The name of who is to be erased, typed by who decides it."""

    name: TypedName


class Erased(msgspec.Struct, frozen=True):
    """It is done. `people`: this person and who went along."""

    id: UUID
    people: int
    at: datetime
