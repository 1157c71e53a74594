"""What the API says about bundles."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.bundles.pages import Kind
from server.reports.paper import Scope

Form = Literal["file", "zip"]
Sort = Literal["name", "group"]
State = Literal["waiting", "making", "ready", "failed"]


class BundleScope(msgspec.Struct, forbid_unknown_fields=True):
    """Whose reports: exactly one of these. `year` and `school` are as much of them as the asker may have."""

    student: UUID | None = None
    home_group: UUID | None = None
    year: Annotated[int, Meta(ge=1, le=6)] | None = None
    school: bool = False


class BundleBody(msgspec.Struct, forbid_unknown_fields=True):
    """What to make. `kind`: the report, or one page for the talk. `form`: one PDF, or a zip with one for each student."""

    round: UUID
    scope: BundleScope
    sort: Sort = "name"
    form: Form = "file"
    kind: Kind = "report"


class Bundle(msgspec.Struct, frozen=True):
    """What was asked for, and how far it is.

    `about`: the student, the home group, or empty. `left_out`: students of `done` without anything to print. `kept_until`: when
    a finished file goes. `error`: why there is none. `opens`: told of a finished bundle that is asked for alone; false when it
    holds something that the asker may not see any more.
    """

    id: UUID
    round_id: UUID
    round_name: str
    scope: Scope
    about: str
    year: int | None
    kind: Kind
    form: Form
    sort: Sort
    state: State
    error: str
    done: int
    total: int
    left_out: int
    size: int
    asked_at: datetime
    kept_until: datetime | None
    opens: bool | None = None


class BundleGroup(msgspec.Struct, frozen=True):
    """A home group that the asker may have made; `students` of it are in the round."""

    id: UUID
    title: str
    year: int | None
    students: int


class BundleAsked(msgspec.Struct, frozen=True):
    """A bundle was asked for."""

    id: UUID
