"""What the API says about the group board."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from server.people.schemas import Card
from server.reports.schemas import Decision, GroupRelation, RoundCard
from server.rules.facts import Stoplight


class BoardGroup(msgspec.Struct, frozen=True):
    """A home group that one mentors, or has in scope as a leader."""

    id: UUID
    title: str
    relation: GroupRelation


class Boards(msgspec.Struct, frozen=True):
    """Of which groups and in which rounds (newest first) the reader may open the board. `export`: texts of the whole scope can be
    taken along."""

    rounds: list[RoundCard]
    groups: list[BoardGroup]
    export: bool


class BoardCell(msgspec.Struct, frozen=True):
    """What stands in one `column`. Without a stoplight none was given. `until`: last day of a student who changed group."""

    column: int
    stoplight: Stoplight | None
    until: date | None = None


class BoardStudent(msgspec.Struct, frozen=True):
    """One row. `concern`: how much the stoplights ask for attention. `agree`: a decision can become an agreement now."""

    student: Card
    cells: list[BoardCell]
    concern: int
    decisions: list[Decision]
    agree: bool


class Board(msgspec.Struct, frozen=True):
    """Students and subjects (`columns`) of one home group in one round, in class-list order. `export`: its texts can be taken
    along."""

    round: RoundCard
    group: BoardGroup
    columns: list[str]
    students: list[BoardStudent]
    decide: bool
    export: bool


class DecisionBody(msgspec.Struct, forbid_unknown_fields=True):
    """What was decided."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]


class DecisionSaved(msgspec.Struct, frozen=True):
    """A decision was written, changed or taken away."""

    id: UUID
    version: int


class DecisionAgreed(msgspec.Struct, frozen=True):
    """A decision has become an agreement."""

    id: UUID
    agreement_id: UUID
