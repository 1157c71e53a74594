"""What the API says about the roster."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

UploadState = Literal["waiting", "reading", "ready", "refused", "applying", "done", "failed"]
SourceState = Literal["idle", "waiting", "reading", "applying"]
SourceResult = Literal["never", "changed", "nothing", "held", "failed"]
Origin = Literal["command", "upload", "source"]
Version = Literal["1.1", "1.2"]
KindName = Literal["academic_year", "subject", "person", "role", "group", "enrolment", "guardianship"]
Name = Annotated[str, Meta(max_length=120)]
Address = Annotated[str, Meta(max_length=500)]
Secret = Annotated[str, Meta(max_length=500)]


class RosterProblem(msgspec.Struct):
    """One thing about a file. `place` says file, line and column in words; `text` what is the matter."""

    severity: Literal["error", "warning"]
    code: str
    place: str
    text: str
    file: str
    line: int | None
    column: str | None


class KindCounts(msgspec.Struct):
    """How many rows of one kind are new, changed, ended and unchanged; `fields` in words with how often each changed."""

    kind: KindName
    label: str
    new: int
    changed: int
    ended: int
    unchanged: int
    fields: dict[str, int]


class NameList(msgspec.Struct):
    """The first names or titles of a list, and how long it is."""

    total: int
    shown: list[str]


class PreviewPart(msgspec.Struct):
    """Who or what is new, changed and leaving."""

    new: NameList
    changed: NameList
    leaving: NameList


class RosterPreview(msgspec.Struct):
    """What an import will do, or did. With `needs_confirmation` it is done only with `confirm_leaving`.

    `you_out`: the reader is no admin any more afterwards, and cannot take it back.
    """

    kinds: list[KindCounts]
    people: PreviewPart
    groups: PreviewPart
    enrolments: PreviewPart
    present: int
    leaving: int
    needs_confirmation: bool
    nothing: bool
    you_out: bool
    warnings: list[RosterProblem]


class Upload(msgspec.Struct):
    """An uploaded file. `ready`: look at the preview and apply; `changed`: it is another one than was confirmed.

    While `applying`, `done` of `total` rows are written. `error`: why it `failed`, as a code (`replaced`, `gave_up`).
    """

    id: UUID
    filename: str
    state: UploadState
    changed: bool
    done: int
    total: int
    error: str
    message: str | None
    import_id: UUID | None
    uploaded_at: datetime
    finished_at: datetime | None
    problems: list[RosterProblem]
    preview: RosterPreview | None


class UploadAnswer(msgspec.Struct):
    """The id under which to look how far it is."""

    id: UUID


class ApplyBody(msgspec.Struct, forbid_unknown_fields=True):
    """`confirm_leaving`: yes, so many people leave."""

    confirm_leaving: bool = False


class RosterImport(msgspec.Struct):
    """An import that was done: when, by whom (None: the command line or the clock), with how many changes."""

    id: UUID
    at: datetime
    origin: Origin
    name: str
    by: str | None
    version: str
    counts: list[ImportCounts]
    undoable: bool
    undone_at: datetime | None
    undone_by: str | None


class ImportAnswer(msgspec.Struct):
    """The id of the import."""

    id: UUID


class ImportCounts(msgspec.Struct):
    """How many rows of one kind an import added, changed and ended."""

    kind: KindName
    label: str
    new: int
    changed: int
    ended: int


class SourceBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new OneRoster REST service. The secret goes in and never comes out."""

    name: Name
    version: Version
    base_url: Address
    token_url: Address
    client_id: Secret
    client_secret: Secret
    nightly: bool = True


class SourceChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes of a source; a field that is left out stays."""

    name: Name | UnsetType = UNSET
    version: Version | UnsetType = UNSET
    base_url: Address | UnsetType = UNSET
    token_url: Address | UnsetType = UNSET
    client_id: Secret | UnsetType = UNSET
    client_secret: Secret | UnsetType = UNSET
    nightly: bool | UnsetType = UNSET


class SyncBody(msgspec.Struct, forbid_unknown_fields=True):
    """`confirm_leaving`: also when more than a tenth leaves. `full`: fetch everything, not only what changed."""

    confirm_leaving: bool = False
    full: bool = False


class RosterSource(msgspec.Struct):
    """A source with what its last synchronisation came to.

    `held`: more than a tenth of the people would leave; look at the preview and synchronise with `confirm_leaving`.
    `error`: why it `failed`, as a code with its words in `message`.
    """

    id: UUID
    name: str
    version: Version
    base_url: str
    token_url: str
    client_id: str
    nightly: bool
    state: SourceState
    result: SourceResult
    result_at: datetime | None
    error: str
    message: str | None
    problems: list[RosterProblem]
    preview: RosterPreview | None


class SourceAnswer(msgspec.Struct):
    """The id of the source."""

    id: UUID
