"""What the API says about rounds."""

from __future__ import annotations

from datetime import date, datetime
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
OwnWords = Annotated[str, Meta(max_length=600)]
Mailing = Literal["opened", "reminder", "closed"]


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


class YearRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is asked about groups of one year instead of what the round asks."""

    year: Year
    required: RequiredRules


class RoundWords(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The organiser's own words in the round's mails to staff, as plain text; empty: the fixed words alone.

    `opened` and `reminder` go to who rates, `closed` to mentors.
    """

    opened: OwnWords = ""
    reminder: OwnWords = ""
    closed: OwnWords = ""


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
    required_by_year: list[YearRules] = []
    words: RoundWords = RoundWords()


class RoundChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; absent fields stay. Once the round was opened, what would destroy something is refused at its field."""

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
    required_by_year: list[YearRules] | UnsetType = UNSET
    words: RoundWords | UnsetType = UNSET


class AudienceBody(msgspec.Struct, forbid_unknown_fields=True):
    """An audience to look at."""

    audience: Audience


class TeacherLoad(msgspec.Struct, frozen=True):
    """What one teacher will have to do: how many students, in how many groups. `heavy`: more than can be asked without a word."""

    id: UUID
    name: str
    students: int
    groups: int
    heavy: bool


class AudiencePreview(msgspec.Struct, frozen=True):
    """What an audience comes to today. `pairs` are feedbacks asked for; groups without a teacher cannot give theirs."""

    students: int
    groups: int
    teachers: int
    pairs: int
    groups_without_teacher: list[str]
    workload: list[TeacherLoad]


class TimingBody(msgspec.Struct, forbid_unknown_fields=True):
    """Moments to look at in the school's calendar. `opens_at` empty: as from now."""

    deadline: Moment
    opens_at: Moment | None = None
    reminders: list[SchoolDays] = []


class ReminderMoment(msgspec.Struct, frozen=True):
    """When one reminder goes out. `comes`: not before the round is open, and not together with one that comes earlier in the list."""

    days: int
    at: datetime
    comes: bool


class ClosedDays(msgspec.Struct, frozen=True):
    """A holiday between opening and deadline."""

    name: str
    first: date
    last: date


class Timing(msgspec.Struct, frozen=True):
    """A round's moments in the school's calendar. `school_days`: how many lie between opening and deadline, both included.

    `deadline_free`: the deadline lies on a day without school. `deadline_holiday`: in this holiday.
    """

    reminders: list[ReminderMoment]
    school_days: int
    holidays: list[ClosedDays]
    deadline_free: bool
    deadline_holiday: str | None


class WordsBody(msgspec.Struct, forbid_unknown_fields=True):
    """Own words to look at."""

    words: RoundWords


class MailPreview(msgspec.Struct, frozen=True):
    """A mail of a round as its reader gets it, with an example number; `own` are the organiser's words in it."""

    mailing: Mailing
    subject: str
    title: str
    text: str
    own: str
    button: str
    footer: str


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
    required_by_year: list[YearRules] | None
    words: RoundWords | None


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


class StandIn(msgspec.Struct, frozen=True, gc=False):
    """Writes for a group in this round, beside its teachers."""

    person_id: UUID
    name: str


class GroupProgress(msgspec.Struct, frozen=True, gc=False):
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


class TeacherProgress(msgspec.Struct, frozen=True, gc=False):
    """The authors of a group are counted for it together: each with the whole group. `reminded`: nudged today, told to who may nudge."""

    id: UUID
    name: str
    done: int
    incomplete: int
    total: int
    reminded: bool


class HomeGroupProgress(msgspec.Struct, frozen=True, gc=False):
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


class TemplateBody(msgspec.Struct, forbid_unknown_fields=True):
    """Keep the plan of this round under a name."""

    name: Name
    round_id: UUID


class TemplateName(msgspec.Struct, forbid_unknown_fields=True):
    """Another name."""

    name: Name


class TemplateKept(msgspec.Struct, frozen=True):
    """Which template was kept or renamed: what is stored of the answer, without its name."""

    id: UUID


class Template(msgspec.Struct, frozen=True):
    """A plan to start from."""

    id: UUID
    name: str
    version: int
    created_at: datetime


class TemplatePlan(msgspec.Struct, kw_only=True):
    """What is kept of a round: everything but its moments. `name`: of the round it was taken from.

    It is stored: a field that comes later needs a default.
    """

    name: str
    explanation: str
    audience: Audience
    required: RequiredRules
    required_by_year: list[YearRules]
    mentors_watch: bool
    sharing: bool
    reminders: list[int]
    words: RoundWords
