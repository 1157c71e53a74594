"""What a roster file says, as plain values: no database, no HTTP, no clock.

Everything is keyed by the `sourcedId` of the exporting system, because that is what stays the same between two exports.
Passwords, phone numbers and demographics have no field here on purpose: what is never read cannot be stored by mistake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """An error stops the import; a warning says how something unusual was read."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about the file that a person should know.

    `code` and `params` make the sentence (message key `roster.problem.<code>`). `line` counts as an editor does, the
    header is line 1; `column` is the header as the file spells it. Either is None when the problem has no such place.
    """

    code: str
    file: str
    line: int | None = None
    column: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR


RESERVED: Final = "manual:"
"""How the ids begin of what people of the school added by hand: no file may name those."""
MOST_ALIKE: Final = 100
"""So many problems of one sort in one column are told one by one; a hundred thousand American dates help nobody."""


class Problems(list[Problem]):
    """All problems of a file, in the order in which they were found."""

    def __init__(self) -> None:
        super().__init__()
        self._alike: Counter[tuple[str, str, str | None, Severity]] = Counter()

    def append(self, problem: Problem) -> None:
        """Keep one more, or only count it."""
        sort = (problem.code, problem.file, problem.column, problem.severity)
        self._alike[sort] += 1
        if self._alike[sort] <= MOST_ALIKE:
            super().append(problem)

    def told(self) -> tuple[Problem, ...]:
        """What was kept, and how many more of each sort there are."""
        more = [
            Problem("more", file, None, column, {"count": str(count - MOST_ALIKE)}, severity)
            for (_, file, column, severity), count in self._alike.items()
            if count > MOST_ALIKE
        ]
        return (*self, *more)


class GroupKind(StrEnum):
    """OneRoster's `homeroom` is the home group (its teacher is the mentor), `scheduled` a teaching group."""

    HOME = "home"
    TEACHING = "teaching"


class EnrolmentRole(StrEnum):
    """The two ways of being in a group that matter here."""

    STUDENT = "student"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class AcademicYear:
    """A school year; `ends_on` is its last day."""

    sourced_id: str
    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Subject:
    """A school subject by the code of the administration (lower case)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One active row of users.csv, with its roles.

    `roles` are OneRoster's own names (`student`, `teacher`, `guardian`, `siteAdministrator` …). `enabled` is False
    where the account exists but may not be used. `agent_ids` are the related people, on whichever side the file lists
    them. `eck_id` is the pseudonym by which Dutch suppliers know a person, empty where the roster tells none.
    """

    sourced_id: str
    given_name: str
    particle: str
    family_name: str
    sort_key: str
    username: str | None
    email: str | None
    enabled: bool
    roles: frozenset[str]
    grades: tuple[str, ...]
    agent_ids: tuple[str, ...]
    eck_id: str


@dataclass(frozen=True, slots=True)
class RosterGroup:
    """One active row of classes.csv.

    `subject_code` and `subject_name` are None for a home group; a teaching group that names several subjects keeps them
    all in `subject_codes` and counts as the first. `level` is a word like `havo` or `vmbo-tl`, `year` the year of the
    programme (1–6); each is None where neither the course nor the title tells.
    """

    sourced_id: str
    kind: GroupKind
    title: str
    subject_codes: tuple[str, ...]
    subject_name: str | None
    level: str | None
    year: int | None
    academic_year_id: str | None

    @property
    def subject_code(self) -> str | None:
        """The subject that feedback in this group counts for."""
        return self.subject_codes[0] if self.subject_codes else None


@dataclass(frozen=True, slots=True)
class RosterEnrolment:
    """One active row of enrollments.csv for a student or teacher.

    `begins_on` is the first day and `ends_on` the last day in the group, None means as long as the group exists. (The
    standard calls end dates exclusive; schools write the last day, and one day more harms nobody.)
    """

    sourced_id: str
    person_id: str
    group_id: str
    role: EnrolmentRole
    primary: bool
    begins_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Guardianship:
    """This guardian belongs to this student."""

    student_id: str
    guardian_id: str


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole, consistent roster: every reference resolves, and no list depends on the order of the rows.

    `version` is the OneRoster version whose form it has, `"1.1"` or `"1.2"`.
    """

    version: str
    school_name: str | None
    academic_years: tuple[AcademicYear, ...]
    subjects: tuple[Subject, ...]
    people: tuple[RosterPerson, ...]
    groups: tuple[RosterGroup, ...]
    enrolments: tuple[RosterEnrolment, ...]
    guardianships: tuple[Guardianship, ...]
    warnings: tuple[Problem, ...]
