"""What the API says about plans and agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.rules.facts import Party, PlanState

Text = Annotated[str, Meta(max_length=2000)]
What = Annotated[str, Meta(min_length=1, max_length=2000)]


class PlanContent(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The steps of a plan; any may be empty. `answers`: to the teachers' questions, by the id of their feedback."""

    proud: Text = ""
    improve: Text = ""
    how: Text = ""
    help: Text = ""
    when: Text = ""
    answers: dict[UUID, Text] = {}


class PlanVersion(msgspec.Struct, frozen=True):
    """A plan as it was handed in."""

    number: int
    handed_in_at: datetime
    content: PlanContent


class Plan(msgspec.Struct, frozen=True):
    """A plan. `draft` and `version` (for `If-Match`) are the student's alone; nobody else sees the state `draft`."""

    state: PlanState
    versions: list[PlanVersion]
    draft: PlanContent | None = None
    version: int = 0


class PlanSaved(msgspec.Struct, frozen=True):
    """A draft was saved."""

    id: UUID
    version: int
    state: PlanState


class PlanHandedIn(msgspec.Struct, frozen=True):
    """A plan was handed in as version `number`."""

    id: UUID
    number: int
    version: int
    state: PlanState


class PlanConcluded(msgspec.Struct, frozen=True):
    """The talk concluded the plan."""

    id: UUID
    state: PlanState


class AgreementBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new agreement. `owner_id`: the teacher, where the party is `teacher`."""

    what: What
    party: Party
    owner_id: UUID | None = None
    due_on: date | None = None


class AgreementChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; absent fields stay."""

    what: What | UnsetType = UNSET
    party: Party | UnsetType = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    due_on: date | UnsetType | None = UNSET


class Tick(msgspec.Struct, forbid_unknown_fields=True):
    """Done, or not yet."""

    done: bool


class AgreementCan(msgspec.Struct, frozen=True):
    """What the reader may do to one agreement."""

    edit: bool
    tick: bool
    confirm: bool


class Agreement(msgspec.Struct, frozen=True):
    """One agreement: what, who, by when."""

    id: UUID
    what: str
    party: Party
    owner_id: UUID | None
    owner_name: str | None
    due_on: date | None
    confirmed_at: datetime | None
    done_at: datetime | None
    version: int
    can: AgreementCan


class AgreementSaved(msgspec.Struct, frozen=True):
    """An agreement was written, confirmed or ticked off."""

    id: UUID
    version: int
    confirmed: bool
    done: bool
