"""What the API says about reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.people.schemas import Card
from server.plans.schemas import Agreement, Plan
from server.rules.facts import PlanState, RoundState, Stoplight

Relation = Literal["mentor", "teacher", "leader", "student", "guardian"]
GroupRelation = Literal["mentor", "leader"]
SkipReason = Literal["empty", "unchanged"]


class RoundCard(msgspec.Struct, frozen=True):
    """A round as reports name it."""

    id: UUID
    name: str
    state: RoundState
    sharing: bool


class Was(msgspec.Struct, frozen=True):
    """The stoplight of the last round before this one that had one for the same subject."""

    stoplight: Stoplight
    round_name: str


class SubjectFeedback(msgspec.Struct, frozen=True):
    """One subject of a report. Without a stoplight nothing was written (that the reader may know of).

    For `no_picture` the reason stands in `remark`. `until`: last day of a student who changed group. `mine`: the reader
    teaches this group.
    """

    feedback_id: UUID | None
    subject_id: UUID | None
    subject: str
    group: str
    teachers: list[str]
    stoplight: Stoplight | None
    remark: str
    action: str
    complete: bool
    was: Was | None
    until: date | None
    mine: bool


class Progress(msgspec.Struct, frozen=True):
    """`done` complete of `total` expected."""

    done: int
    total: int


class Message(msgspec.Struct, frozen=True):
    """The mentor message: as it stands now for the mentor, as it was shared for everybody else."""

    text: str
    version: int
    updated_at: datetime


class Decision(msgspec.Struct, frozen=True):
    """What was decided when the group was discussed. `version` (for `If-Match`) and `agreed` (it has become an agreement) are for
    who may change it; everybody else reads the text that was shared."""

    id: UUID
    text: str
    version: int = 0
    agreed: bool = False


class Share(msgspec.Struct, frozen=True):
    """The shared version. `recall_until` and `changed_since` (share again?) are the mentor's."""

    number: int
    shared_at: datetime
    guardians: bool
    recall_until: datetime | None = None
    changed_since: bool = False


class Reader(msgspec.Struct, frozen=True):
    """Who opened the shared version, and when first."""

    name: str
    read_at: datetime


class Owner(msgspec.Struct, frozen=True):
    """A teacher of the student today, who can own an agreement."""

    id: UUID
    name: str


class Can(msgspec.Struct, frozen=True):
    """What the reader may do now."""

    share: bool
    recall: bool
    write_message: bool
    write_agreements: bool
    conclude: bool
    write_plan: bool
    confirm: bool
    ask: bool
    decide: bool


class Question(msgspec.Struct, frozen=True):
    """The student's question about one feedback. `asked_at`: null where none stands."""

    feedback_id: UUID
    asked_at: datetime | None
    answered_at: datetime | None


class Report(msgspec.Struct, frozen=True):
    """All feedback on one student in one round, with message, plan and agreements, as far as the reader may see it.

    `owners` (teachers to choose from in an agreement) is filled for who writes agreements, `questions` for the student.
    """

    student: Card
    round: RoundCard
    relation: Relation
    progress: Progress | None
    subjects: list[SubjectFeedback]
    message: Message | None
    decisions: list[Decision]
    share: Share | None
    readers: list[Reader] | None
    plan: Plan | None
    agreements: list[Agreement]
    owners: list[Owner]
    questions: list[Question]
    can: Can


class Preview(msgspec.Struct, frozen=True):
    """Exactly what the student will get."""

    student: Card
    round: RoundCard
    subjects: list[SubjectFeedback]
    message: Message | None
    decisions: list[Decision]


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    """The mentor message; empty takes it away."""

    text: Annotated[str, Meta(max_length=2000)]


class MessageSaved(msgspec.Struct, frozen=True):
    """The mentor message was saved."""

    version: int


class ShareBody(msgspec.Struct, forbid_unknown_fields=True):
    """Share with the student, and with the guardians or not."""

    guardians: bool


class Shared(msgspec.Struct, frozen=True):
    """Shared as version `number`."""

    id: UUID
    number: int


class Recalled(msgspec.Struct, frozen=True):
    """Version `number` was taken back."""

    number: int


class GroupOutcome(msgspec.Struct, frozen=True):
    """The same in ids, as it is kept under the idempotency key."""

    shared: int
    skipped: dict[UUID, SkipReason]


class Skipped(msgspec.Struct, frozen=True):
    """Not shared: nothing to share, or shared already as it is."""

    student: Card
    reason: SkipReason


class GroupShared(msgspec.Struct, frozen=True):
    """A whole home group was shared in one act."""

    shared: int
    skipped: list[Skipped]


class ReportLine(msgspec.Struct, frozen=True):
    """A round whose report of this student the reader may open."""

    round_id: UUID
    round_name: str
    closed_at: datetime | None
    state: RoundState


class Reports(msgspec.Struct, frozen=True):
    """The reports of one student, newest round first."""

    student: Card
    reports: list[ReportLine]


class StripLight(msgspec.Struct, frozen=True):
    """One stoplight of a strip."""

    subject: str
    stoplight: Stoplight


class SharedState(msgspec.Struct, frozen=True):
    """When a report was shared, and whether anybody it was meant for has opened it (null: not for this reader)."""

    at: datetime
    number: int
    read: bool | None


class StudentStatus(msgspec.Struct, frozen=True):
    """One line of *Mijn leerlingen*. `done` and `total` are null while the reader may not know them."""

    student: Card
    done: int | None
    total: int | None
    strip: list[StripLight]
    shared: SharedState | None
    plan: PlanState
    agreements: int


class StudentGroup(msgspec.Struct, frozen=True):
    """A home group that one mentors, or has in scope as a leader. `progress`: n of m of the whole group."""

    id: UUID
    title: str
    relation: GroupRelation
    progress: Progress | None
    students: list[StudentStatus]


class MyStudents(msgspec.Struct, frozen=True):
    """The students one mentors or has in scope, in one round (`round`, chosen among `rounds`, newest first)."""

    rounds: list[RoundCard]
    round: RoundCard | None
    groups: list[StudentGroup]


class QuestionBody(msgspec.Struct, forbid_unknown_fields=True):
    """Ask, or take it back."""

    on: bool


class AnsweredBody(msgspec.Struct, forbid_unknown_fields=True):
    """Answered, or not yet."""

    answered: bool


class MyQuestion(msgspec.Struct, frozen=True):
    """A question to the reader about a feedback of the own."""

    id: UUID
    student: Card
    round_id: UUID
    round_name: str
    subject: str
    group: str
    asked_at: datetime
    answered_at: datetime | None


class Answered(msgspec.Struct, frozen=True):
    """A question was marked as answered, or not."""

    id: UUID
    answered_at: datetime | None


class MyReport(msgspec.Struct, frozen=True):
    """A report that was shared with the reader. `new`: not opened yet by this reader."""

    student: Card
    round_id: UUID
    round_name: str
    shared_at: datetime
    number: int
    new: bool
    plan_state: PlanState
