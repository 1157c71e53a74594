"""What the API says to an admin."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.people.schemas import Accent, Card, Language
from server.rounds.schemas import RequiredRules

RoleName = Literal["student", "guardian", "teacher", "leader", "organiser", "admin"]
GivenRoleName = Literal["leader", "organiser", "admin"]
StateName = Literal["here", "disabled", "left"]
SourceName = Literal["roster", "manual"]
GroupKind = Literal["home", "teaching"]
LogKind = Literal["person", "guardian", "group", "subject", "school", "round", "roster", "signin", "access", "read"]
GivenName = Annotated[str, Meta(max_length=80)]
FamilyName = Annotated[str, Meta(max_length=120)]
Email = Annotated[str, Meta(max_length=254)]
SubjectName = Annotated[str, Meta(max_length=80)]
SchoolName = Annotated[str, Meta(max_length=120)]
Colour = Annotated[str, Meta(max_length=7)]
Years = Annotated[int, Meta(ge=1, le=10)]


class Overview(msgspec.Struct, frozen=True):
    """Counts of today, and what needs attention."""

    people: int
    students: int
    teachers: int
    guardians: int
    admins: int
    disabled: int
    home_groups: int
    teaching_groups: int
    without_mentor: int
    without_teacher: int
    clashes: int
    sources_stuck: int
    imported_at: datetime | None


class PersonLine(msgspec.Struct, frozen=True):
    """Somebody in the list."""

    id: UUID
    name: str
    list_name: str
    initials: str
    roles: list[RoleName]
    state: StateName
    source: SourceName
    username: str
    email: str
    home_group: str | None


class PeoplePage(msgspec.Struct, frozen=True):
    """Fifty people at a time; `page` counts from one."""

    people: list[PersonLine]
    total: int
    page: int
    pages: int


class RoleOf(msgspec.Struct, frozen=True):
    """A role and where it comes from; those from the roster are changed there."""

    role: RoleName
    source: SourceName


class GroupOf(msgspec.Struct, frozen=True):
    """A group in which somebody learns or teaches; a teacher of a home group is its mentor."""

    id: UUID
    title: str
    kind: GroupKind
    subject: str
    role: Literal["student", "teacher"]
    source: SourceName


class Relative(msgspec.Struct, frozen=True):
    """A guardian of a student, or a child of a guardian."""

    id: UUID
    name: str
    email: str
    barred: bool
    source: SourceName


class GroupName(msgspec.Struct, frozen=True):
    """A group by its title."""

    id: UUID
    title: str


class PersonDetail(msgspec.Struct, frozen=True):
    """Everything about one person that is not a text of theirs. `enabled`: the roster's word about the account. `erased_at`: nothing
    is left of this person but the number that others' texts refer to."""

    id: UUID
    name: str
    given_name: str
    particle: str
    family_name: str
    initials: str
    username: str
    email: str
    sourced_id: str
    source: SourceName
    state: StateName
    enabled: bool
    disabled_at: datetime | None
    left_on: date | None
    merged_into: UUID | None
    erased_at: datetime | None
    grade: str
    birth_date: date | None
    adult_flag: bool
    consents_report: bool
    consents_plan: bool
    roles: list[RoleOf]
    groups: list[GroupOf]
    guardians: list[Relative]
    children: list[Relative]
    scope: list[GroupName]
    home_groups: list[GroupName]


class PersonBody(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody whom the roster does not know. `student_id`: whose guardian it is."""

    given_name: GivenName
    family_name: FamilyName
    kind: Literal["guardian", "staff"]
    email: Email = ""
    student_id: UUID | None = None


class PersonChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; absent fields stay. Names and address only of people added by hand, the rest only of students."""

    given_name: GivenName | UnsetType = UNSET
    family_name: FamilyName | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    birth_date: date | UnsetType | None = UNSET
    adult_flag: bool | UnsetType = UNSET
    consents_report: bool | UnsetType = UNSET
    consents_plan: bool | UnsetType = UNSET


class RolesBody(msgspec.Struct, forbid_unknown_fields=True):
    """All roles that somebody has by hand."""

    roles: list[GivenRoleName]


class ScopeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The home groups that a leader reads; `everything`: all of today."""

    group_ids: list[UUID] = []
    everything: bool = False


class MergeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The record that stays."""

    into: UUID


class GuardianBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whether this guardian is kept out."""

    barred: bool = False


class GroupLine(msgspec.Struct, frozen=True):
    """A group in the list. One with students and without anybody who teaches it needs attention."""

    id: UUID
    title: str
    kind: GroupKind
    subject: str
    level: str
    year: int | None
    students: int
    teachers: list[str]


class GroupTeacher(msgspec.Struct, frozen=True):
    """`set_aside`: named by the roster, and not by the school."""

    id: UUID
    name: str
    source: SourceName
    set_aside: bool


class GroupDetail(msgspec.Struct, frozen=True):
    """One group with who is in it."""

    id: UUID
    title: str
    kind: GroupKind
    subject: str
    level: str
    year: int | None
    teachers: list[GroupTeacher]
    students: list[Card]


class TeachersBody(msgspec.Struct, forbid_unknown_fields=True):
    """Everybody who is mentor or teacher of the group from now on."""

    person_ids: list[UUID]


class SubjectLine(msgspec.Struct, frozen=True):
    """A subject. `roster_name`: what the roster calls it."""

    id: UUID
    code: str
    name: str
    roster_name: str
    groups: int


class SubjectChange(msgspec.Struct, forbid_unknown_fields=True):
    """What the school calls it; empty: what the roster does."""

    name: SubjectName


class SchoolSettings(msgspec.Struct, frozen=True):
    """What the school decides for everybody. `long_sessions`: 30 days on a device of one's own, instead of 12 hours."""

    name: str
    slug: str
    required: RequiredRules
    guardians_admitted: bool
    consent_at_16: bool
    long_sessions: bool
    retention_years: int
    languages: list[Language]
    accent: Accent | None
    logo: str | None


class AccentBody(msgspec.Struct, forbid_unknown_fields=True):
    """A colour for each look, `#rrggbb`."""

    light: Colour
    dark: Colour


class SchoolChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; absent fields stay. `accent` null: Driehoek's own colour."""

    name: SchoolName | UnsetType = UNSET
    required: RequiredRules | UnsetType = UNSET
    guardians_admitted: bool | UnsetType = UNSET
    consent_at_16: bool | UnsetType = UNSET
    long_sessions: bool | UnsetType = UNSET
    retention_years: Years | UnsetType = UNSET
    languages: list[Language] | UnsetType = UNSET
    accent: AccentBody | UnsetType | None = UNSET


class Named(msgspec.Struct, frozen=True):
    """Somebody or something that an entry of the log is about."""

    kind: Literal["person", "group", "round"]
    id: UUID
    name: str


class LogEntry(msgspec.Struct, frozen=True):
    """Who did what, about whom, when: never what it said. `who` null: it came by itself, or from the command line."""

    at: datetime
    act: str
    who: Named | None
    about: list[Named]
    details: dict[str, str]


class LogPage(msgspec.Struct, frozen=True):
    """Fifty entries at a time, newest first. `more`: there are older ones."""

    entries: list[LogEntry]
    page: int
    more: bool
