"""What the API says about feedback."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.people.schemas import Card
from server.rounds.schemas import OpenedStateName, RequiredRules
from server.rules.facts import Stoplight

LONGEST = 2000
"""Characters of one text."""
Text = Annotated[str, Meta(max_length=LONGEST)]
MissingName = Literal["stoplight", "remark", "action", "reason"]
PairStateName = Literal["expected", "ended", "left"]


class FeedbackBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One feedback, whole. No stoplight and no text takes it back; for `no_picture` the reason is the remark."""

    stoplight: Stoplight | None
    remark: Text = ""
    action: Text = ""


class Saved(msgspec.Struct, frozen=True):
    """The server has it. `missing`: texts that are still asked for."""

    id: UUID
    version: int
    complete: bool
    missing: list[MissingName]
    saved_at: datetime


class BatchItem(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One feedback of a batch, whole. `version` is what the writer saw (0: nothing yet), `key` its own idempotency key.

    Length is checked per item, so that one long text does not hold the others.
    """

    student: UUID
    key: UUID
    version: int
    stoplight: Stoplight | None
    remark: str = ""
    action: str = ""


class Batch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Waiting texts of one group; 1 to 50 items, each student and each key once."""

    items: list[BatchItem]


class ItemProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why one item was not saved: the problem details that a single save would have answered."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None
    current: Current | None = None
    version: int | None = None
    kept: bool | None = None


class ItemAnswer(msgspec.Struct, frozen=True):
    """What became of one item: one of `saved` and `problem` is there."""

    student: UUID
    key: UUID
    saved: Saved | None
    problem: ItemProblem | None


class BatchAnswer(msgspec.Struct, frozen=True):
    """In the order of the request."""

    items: list[ItemAnswer]


class Author(msgspec.Struct, frozen=True):
    """Who wrote last."""

    id: UUID
    name: str


class Current(msgspec.Struct, frozen=True):
    """What stands on the server when a save came too late: `current` of the `stale` problem. All empty: nothing yet."""

    stoplight: Stoplight | None
    remark: str
    action: str
    author: Author | None
    updated_at: datetime | None
    version: int


class Written(msgspec.Struct, frozen=True):
    """Feedback in the rating sheet."""

    id: UUID
    stoplight: Stoplight | None
    remark: str
    action: str
    version: int
    complete: bool
    missing: list[MissingName]
    updated_at: datetime
    author: Author


class Late(msgspec.Struct, frozen=True):
    """The viewer's own text that came after closing; nobody else sees it."""

    stoplight: Stoplight | None
    remark: str
    action: str
    arrived_at: datetime


class LastTime(msgspec.Struct, frozen=True):
    """The stoplight of the round before, same subject."""

    stoplight: Stoplight
    round_name: str


class SheetPair(msgspec.Struct, frozen=True):
    """One student of the group. `until`: last day of a student who changed group or left."""

    student: Card
    state: PairStateName
    until: date | None
    last: LastTime | None
    feedback: Written | None
    late: Late | None


class SheetRound(msgspec.Struct, frozen=True):
    """The round above the sheet."""

    id: UUID
    name: str
    state: OpenedStateName
    deadline: datetime
    explanation_html: str
    required: RequiredRules


class SheetGroup(msgspec.Struct, frozen=True):
    """The teaching group above the sheet."""

    id: UUID
    title: str
    subject_id: UUID | None
    subject: str


class Sheet(msgspec.Struct, frozen=True):
    """The rating sheet of one group. `open`: it can be written now by this viewer."""

    round: SheetRound
    group: SheetGroup
    open: bool
    pairs: list[SheetPair]


class Earlier(msgspec.Struct, frozen=True):
    """One line of the clock."""

    round_id: UUID
    round_name: str
    closed_at: datetime | None
    subject: str
    group: str
    author: str
    stoplight: Stoplight
    remark: str
    action: str


class StudentHistory(msgspec.Struct, frozen=True):
    """The clock of one student in the group's subject."""

    student: UUID
    entries: list[Earlier]


class MyGroup(msgspec.Struct, frozen=True):
    """A group that the viewer rates. `open`: it can be written now."""

    id: UUID
    title: str
    subject: str
    done: int
    incomplete: int
    total: int
    open: bool


class MyRound(msgspec.Struct, frozen=True):
    """A round in *Mijn besprekingen*."""

    id: UUID
    name: str
    explanation_html: str
    deadline: datetime
    closed_at: datetime | None
    state: OpenedStateName
    sharing: bool
    required: RequiredRules
    groups: list[MyGroup]
