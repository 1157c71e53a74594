"""What the API says about rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.people.schemas import Card

RoundStateName = Literal["draft", "open", "closed", "archived"]
OpenedStateName = Literal["open", "closed", "archived"]
Name = Annotated[str, Meta(max_length=120)]
Explanation = Annotated[str, Meta(max_length=4000)]
Reason = Annotated[str, Meta(max_length=500)]
Moment = Annotated[datetime, Meta(tz=True)]
Level = Annotated[str, Meta(max_length=60)]
Year = Annotated[int, Meta(ge=1, le=8)]
SchoolDays = Annotated[int, Meta(ge=0, le=30)]


class Audience(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Whom a round is about: students of home groups that fit all three lists, in all subjects but the left-out ones.

    An empty list does not narrow.
    """

    levels: list[Level] = []
    years: list[Year] = []
    home_group_ids: list[UUID] = []
    left_out_subject_ids: list[UUID] = []


class RequiredTexts(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Which texts one stoplight asks for."""

    remark: bool = False
    action: bool = False


class RequiredRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The same for each of the four stoplights."""

    excellent: RequiredTexts = RequiredTexts()
    on_track: RequiredTexts = RequiredTexts()
    attention: RequiredTexts = RequiredTexts()
    warning: RequiredTexts = RequiredTexts()


class RoundBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new round. `opens_at` and `closes_at` empty: by hand. `reminders`: how many school days before the deadline."""

    name: Name
    deadline: Moment
    explanation: Explanation = ""
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    audience: Audience = msgspec.field(default_factory=Audience)
    required: RequiredRules = RequiredRules()
    mentors_watch: bool = False
    sharing: bool = True
    based_on: UUID | None = None
    reminders: list[SchoolDays] = msgspec.field(default_factory=lambda: [7, 2, 0])


class RoundChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; absent fields stay. Once the round was opened, audience, required texts and opening time are fixed."""

    name: Name | UnsetType = UNSET
    explanation: Explanation | UnsetType = UNSET
    deadline: Moment | UnsetType = UNSET
    opens_at: Moment | UnsetType | None = UNSET
    closes_at: Moment | UnsetType | None = UNSET
    audience: Audience | UnsetType = UNSET
    required: RequiredRules | UnsetType = UNSET
    mentors_watch: bool | UnsetType = UNSET
    sharing: bool | UnsetType = UNSET
    reminders: list[SchoolDays] | UnsetType = UNSET


class AudienceBody(msgspec.Struct, forbid_unknown_fields=True):
    """An audience to look at."""

    audience: Audience


class AudiencePreview(msgspec.Struct, frozen=True):
    """What an audience comes to today. `pairs` are feedbacks asked for; groups without a teacher cannot give theirs."""

    students: int
    groups: int
    teachers: int
    pairs: int
    groups_without_teacher: list[str]


class HomeGroupChoice(msgspec.Struct, frozen=True):
    """A home group to choose."""

    id: UUID
    title: str
    level: str
    year: int | None
    students: int


class SubjectChoice(msgspec.Struct, frozen=True):
    """A subject to leave out."""

    id: UUID
    code: str
    name: str


class AudienceChoices(msgspec.Struct, frozen=True):
    """Everything an audience can be made of today."""

    levels: list[str]
    years: list[int]
    home_groups: list[HomeGroupChoice]
    subjects: list[SubjectChoice]


class RoundSummary(msgspec.Struct, frozen=True):
    """One line of the organiser's list. `only_groups`: open after a partial reopen; null means all."""

    id: UUID
    name: str
    state: RoundStateName
    deadline: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    version: int
    done: int
    total: int
    only_groups: list[UUID] | None
    sharing: bool
    mentors_watch: bool


class RoundDetail(msgspec.Struct, frozen=True):
    """One round. What concerns planning only is null for other staff than the organiser."""

    id: UUID
    name: str
    state: RoundStateName
    explanation_html: str
    deadline: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    version: int
    required: RequiredRules
    sharing: bool
    mentors_watch: bool
    only_groups: list[UUID] | None
    explanation: str | None
    opens_at: datetime | None
    closes_at: datetime | None
    audience: Audience | None
    based_on: UUID | None
    reminders: list[int] | None


class RoundAnswer(msgspec.Struct, frozen=True):
    """Of every act on a round. `only_groups`: what is open after a partial reopen."""

    id: UUID
    version: int
    state: RoundStateName
    only_groups: list[UUID] | None


class CloseBody(msgspec.Struct, forbid_unknown_fields=True):
    """Groups that get an extension stay open; until `closes_at`, or until somebody closes them too."""

    keep_open_group_ids: list[UUID] = []
    closes_at: Moment | None = None


class ReopenBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which groups, or null for the whole round; the reason goes to the audit log. `closes_at`: when it closes by itself."""

    reason: Reason
    group_ids: list[UUID] | None = None
    closes_at: Moment | None = None


class GroupBody(msgspec.Struct, forbid_unknown_fields=True):
    """One teaching group."""

    group_id: UUID


class LateAccepted(msgspec.Struct, frozen=True):
    """`taken_over`: late texts that are feedback now. `waiting`: something newer stands there; the author chooses."""

    id: UUID
    version: int
    state: RoundStateName
    only_groups: list[UUID] | None
    taken_over: int
    waiting: int


class StandIn(msgspec.Struct, frozen=True):
    """Writes for a group in this round, beside its teachers."""

    person_id: UUID
    name: str


class GroupProgress(msgspec.Struct, frozen=True):
    """`late`: writes that came after this group was closed."""

    id: UUID
    title: str
    subject: str
    teachers: list[str]
    stand_ins: list[StandIn]
    done: int
    incomplete: int
    total: int
    open: bool
    late: int


class TeacherProgress(msgspec.Struct, frozen=True):
    """The authors of a group are counted for it together: each with the whole group."""

    id: UUID
    name: str
    done: int
    incomplete: int
    total: int


class HomeGroupProgress(msgspec.Struct, frozen=True):
    """All feedback on the students of one home group. `id` null: students without one."""

    id: UUID | None
    title: str
    level: str
    year: int | None
    students: int
    done: int
    incomplete: int
    total: int


class StudentProgress(msgspec.Struct, frozen=True):
    """All feedback on one student, in whichever subject."""

    student: Card
    done: int
    incomplete: int
    total: int


class StudentsProgress(msgspec.Struct, frozen=True):
    """The students of one home group. `withheld`: so many are not counted here, because the viewer writes about some of them."""

    students: list[StudentProgress]
    withheld: int


class RoundProgress(msgspec.Struct, frozen=True):
    """Counts, never texts. Leaders see the groups of their scope, without teachers."""

    students: int
    pairs: int
    done: int
    incomplete: int
    groups: list[GroupProgress]
    home_groups: list[HomeGroupProgress]
    teachers: list[TeacherProgress]
    late_writes: int


class StandInBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who gets which group for this round."""

    group_id: UUID
    person_id: UUID


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who could stand in, as in a list of names."""

    id: UUID
    list_name: str


class PairChange(msgspec.Struct, frozen=True):
    """What a recomputation did to one round."""

    added: int
    ended: int
    removed: int


class NudgeBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to nudge; null means everybody who is behind."""

    person: UUID | None


class Nudged(msgspec.Struct, frozen=True):
    """How many teachers are told now, had a nudge today already, and have nothing left to do."""

    told: int
    already: int
    done: int
