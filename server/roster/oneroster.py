"""Read a OneRoster 1.1 or 1.2 CSV zip into a consistent Roster, or say everything that is wrong with it.

The version is told by what is in the file: from 1.2 on the roles stand in roles.csv, before that in users.csv.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Final

from server.roster.archive import ArchiveError, Files, open_archive
from server.roster.errors import RosterFileError
from server.roster.files import RosterFiles
from server.roster.model import (
    AcademicYear,
    EnrolmentRole,
    GroupKind,
    Guardianship,
    Problem,
    Problems,
    Roster,
    RosterEnrolment,
    RosterGroup,
    RosterPerson,
    Severity,
    Subject,
)
from server.roster.names import fold, sort_key, split_particle
from server.roster.programme import level_of, subject_from_course, year_of
from server.roster.rows import Row, plain_word

_REQUIRED_FILES: Final = ("academicSessions", "orgs", "courses", "classes", "users", "enrollments")
_ROLE_NAMES: Final = (
    "administrator aide counselor districtAdministrator guardian parent principal proctor relative siteAdministrator "
    "student systemAdministrator teacher"
)
_ROLES: Final = {role.casefold(): role for role in _ROLE_NAMES.split()}
_GUARDIAN_ROLES: Final = frozenset({"guardian", "parent", "relative"})
_OTHER_ROLE_NAMES: Final = {
    "pupil": "student", "learner": "student", "students": "student", "leerling": "student",
    "teachers": "teacher", "instructor": "teacher", "educator": "teacher", "docent": "teacher", "leraar": "teacher",
    "parents": "parent", "guardians": "guardian", "ouder": "parent", "verzorger": "guardian", "admin": "administrator",
}  # fmt: skip
"""What exports write for a role of the standard."""
_SESSION_TYPES: Final = frozenset({"gradingperiod", "semester", "schoolyear", "term"})
_CLASS_TYPES: Final = {"homeroom": GroupKind.HOME, "scheduled": GroupKind.TEACHING}


@dataclass(slots=True)
class _Session:
    title: str
    kind: str
    starts_on: date
    ends_on: date
    parent: str


@dataclass(slots=True)
class _Course:
    title: str
    grades: tuple[str, ...]
    subjects: str
    codes: tuple[str, ...]
    year_id: str


@dataclass(slots=True)
class _Person:
    """A person before roles.csv was read; the row stays only for what it may still have to report."""

    row: Row
    given: str
    particle: str
    family: str
    username: str
    email: str
    enabled: bool
    grades: tuple[str, ...]
    agents: tuple[str, ...]
    eck_id: str
    roles: set[str] = field(default_factory=set)


_OTHER_ID: Final = re.compile(r"\{([^:{}]+):([^{}]+)\}")
"""One of `userIds`: a type and an identifier, which may have colons of its own (OneRoster 1.1 and 1.2, users.csv)."""


def _eck_id(written: str) -> str:
    """The ECK iD among somebody's other identifiers; suppliers spell its type as they like."""
    found = (value.strip() for kind, value in _OTHER_ID.findall(written) if "eck" in plain_word(kind))
    return next(found, "")


def read_roster(zipped: Path | IO[bytes], *, today: date, name: str | None = None) -> Roster:
    """Read a whole zip.

    `today` decides which roles in roles.csv have ended; `name` is what problems call it, where it is not a file's own.
    Raises RosterFileError with every problem found; a Roster that comes back has only warnings.
    """
    called = name or (zipped.name if isinstance(zipped, Path) else "")
    try:
        with open_archive(zipped, called) as archive:
            return read_archive(archive, called, today=today)
    except ArchiveError as error:
        raise RosterFileError(called, [error.problem]) from error


def read_archive(archive: Files, name: str, *, today: date) -> Roster:
    """The same from an archive that is open already; `name` is what errors call it."""
    problems = Problems()
    problems.extend(archive.problems)
    roster = _Reader(archive, problems, today).read()
    if roster is None or any(problem.severity is Severity.ERROR for problem in problems):
        raise RosterFileError(name, problems.told())
    return roster


class _Reader:
    """Reads the files in the order in which they refer to each other. `problems` grows on the way."""

    def __init__(self, archive: Files, problems: Problems, today: date) -> None:
        self._archive = archive
        self._problems = problems
        self._today = today
        self._files = RosterFiles(archive, problems)
        self._school_name: str | None = None
        self._sessions: dict[str, _Session] = {}
        self._courses: dict[str, _Course] = {}
        self._groups: dict[str, RosterGroup] = {}
        self._people: dict[str, _Person] = {}
        self._subject_names: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def read(self) -> Roster | None:
        """The roster, or None when a file that everything rests on is not there."""
        if not self._read_manifest():
            return None
        self._read_orgs()
        self._read_sessions()
        self._read_courses()
        self._read_classes()
        self._read_users()
        self._read_roles()
        enrolments = tuple(sorted(self._read_enrolments(), key=lambda one: one.sourced_id))
        if self._files.ids["users"].complete and not self._people:
            self._problems.append(Problem("nobody", self._archive.name_of("users")))
        return Roster(
            version="1.2" if "roles" in self._archive else "1.1",
            school_name=self._school_name,
            academic_years=tuple(self._academic_years()),
            subjects=tuple(self._subjects()),
            people=tuple(self._finished_people()),
            groups=tuple(group for _, group in sorted(self._groups.items())),
            enrolments=enrolments,
            guardianships=tuple(self._guardianships()),
            warnings=self._problems.told(),
        )

    # -- the files, each row once

    def _read_manifest(self) -> bool:
        needed = list(_REQUIRED_FILES)
        if "manifest" in self._archive:
            for row in self._files.table("manifest", "propertyName value", "propertyName value"):
                name, value = row.text("propertyName"), row.text("value").casefold()
                file = name.removeprefix("file.")
                if file != name and value == "delta" and file in (*needed, "roles"):
                    row.error("delta", "value", file=f"{file}.csv")
        else:
            self._problems.append(Problem("manifest_missing", "manifest.csv", severity=Severity.WARNING))
        missing = [file for file in needed if file not in self._archive]
        self._problems.extend(Problem("file_missing", f"{file}.csv") for file in missing)
        return len(missing) < len(needed)

    def _read_orgs(self) -> None:
        schools: list[tuple[str, str]] = []
        for sourced_id, row in self._files.rows("orgs", "name type", "name"):
            if row.text("type").casefold() in ("school", ""):
                schools.append((sourced_id, row.text("name", required=True)))
        if schools:
            self._school_name = min(schools)[1]
        if len(schools) > 1:
            name, params = self._archive.name_of("orgs"), {"count": str(len(schools))}
            self._problems.append(Problem("several_schools", name, params=params, severity=Severity.WARNING))

    def _read_sessions(self) -> None:
        columns = "title type startDate endDate parentSourcedId"
        parents: list[tuple[Row, str]] = []
        for sourced_id, row in self._files.rows("academicSessions", columns, "title type startDate endDate"):
            kind = row.word("type")
            if kind and kind not in _SESSION_TYPES and not kind.startswith("ext:"):
                row.error("type_unknown", "type", value=row.text("type"))
            starts, ends = self._period(row, "startDate", "endDate", required=True)
            parent = row.text("parentSourcedId")
            parents.append((row, parent))
            if starts and ends:
                self._sessions[sourced_id] = _Session(row.text("title"), kind, starts, ends, parent)
        for row, parent in parents:
            if parent:
                self._files.check(row, "parentSourcedId", "academicSessions")

    def _read_courses(self) -> None:
        columns = "title grades subjects subjectCodes orgSourcedId schoolYearSourcedId"
        for sourced_id, row in self._files.rows("courses", columns, "title"):
            self._files.check(row, "orgSourcedId", "orgs")
            years = self._files.check(row, "schoolYearSourcedId", "academicSessions")
            self._courses[sourced_id] = _Course(
                title=row.text("title"),
                grades=row.ids("grades"),
                subjects=row.text("subjects"),
                codes=row.ids("subjectCodes"),
                year_id=next(iter(years), ""),
            )

    def _read_classes(self) -> None:
        columns = "title grades courseSourcedId classType schoolSourcedId termSourcedIds subjects subjectCodes"
        for sourced_id, row in self._files.rows("classes", columns, "title classType"):
            title = row.text("title", required=True)
            kind = self._class_kind(row)
            self._files.check(row, "schoolSourcedId", "orgs")
            terms = self._files.check(row, "termSourcedIds", "academicSessions")
            course_id = next(iter(self._files.check(row, "courseSourcedId", "courses")), "")
            course = self._courses.get(course_id) or _Course("", (), "", (), "")
            if kind is None:
                continue
            codes: tuple[str, ...] = ()
            subject: str | None = None
            if kind is GroupKind.TEACHING:
                codes, subject = self._subject(row, course, title)
            self._groups[sourced_id] = RosterGroup(
                sourced_id=sourced_id,
                kind=kind,
                title=title,
                subject_codes=codes,
                subject_name=subject,
                level=level_of(course.title, title),
                year=year_of(row.ids("grades") or course.grades, title),
                academic_year_id=self._year_of((*terms, course.year_id)),
            )

    @staticmethod
    def _class_kind(row: Row) -> GroupKind | None:
        written = row.word("classType")
        kind = _CLASS_TYPES.get(written)
        if kind is None and written and not written.startswith("ext:"):
            row.error("type_unknown", "classType", value=row.text("classType"))
        return kind

    def _subject(self, row: Row, course: _Course, title: str) -> tuple[tuple[str, ...], str]:
        """Codes and the name of the first; a class without any is named after its course."""
        codes = tuple(code.casefold() for code in row.ids("subjectCodes") or course.codes)
        written = row.text("subjects") or course.subjects
        names = [name.strip() for name in written.split(",")] if len(codes) > 1 else [written]
        if not codes:
            names = [written or subject_from_course(course.title) or title]
            codes = (fold(names[0]).replace(" ", "-") or title.casefold(),)
        for code, name in zip(codes, names, strict=False):
            if name:
                self._subject_names[code][name] += 1
        return codes, names[0] or codes[0]

    def _read_users(self) -> None:
        columns = (
            "enabledUser username givenName familyName middleName email agentSourcedIds grades preferredGivenName "
            "preferredFamilyName role primaryOrgSourcedId orgSourcedIds userIds"
        )
        usernames: dict[str, int] = {}
        for sourced_id, row in self._files.rows("users", columns, "givenName familyName"):
            self._files.check(row, "primaryOrgSourcedId", "orgs")
            self._files.check(row, "orgSourcedIds", "orgs")
            person = self._person(row)
            self._people[sourced_id] = person
            person.roles.update(self._roles_in(row))
            username = person.username.casefold()
            if username and (first := usernames.setdefault(username, row.line)) != row.line:
                row.warn("username_twice", "username", value=person.username, first=str(first))
        users = self._files.tables.get("users")
        if users and users.complete and not users.has("role") and "roles" not in self._archive:
            self._problems.append(Problem("file_missing", "roles.csv"))
        for person in self._people.values():
            if person.agents:
                self._files.check(person.row, "agentSourcedIds", "users")

    def _person(self, row: Row) -> _Person:
        given = row.text("preferredGivenName") or row.text("givenName")
        written = row.text("preferredFamilyName") or row.text("familyName")
        particle, family = split_particle(written, row.text("middleName"))
        if not given and not family:
            row.error("value_missing", "familyName")
        email = row.text("email")
        local, at, domain = email.partition("@")
        if email and not (local and at and "." in domain and "@" not in domain and " " not in email):
            row.warn("email_bad", "email", value=email)
            email = ""
        return _Person(
            row=row,
            given=given,
            particle=particle,
            # Someone with one name only is found under it.
            family=family or given,
            username=row.text("username"),
            email=email,
            enabled=row.flag("enabledUser", empty=True),
            grades=row.ids("grades"),
            agents=row.ids("agentSourcedIds"),
            eck_id=_eck_id(row.text("userIds")),
        )

    @staticmethod
    def _roles_in(row: Row) -> Iterator[str]:
        for written in row.ids("role"):
            word = plain_word(written)
            if role := _ROLES.get(word):
                yield role
            elif role := _OTHER_ROLE_NAMES.get(word):
                row.warn("role_guessed", "role", value=written, role=role)
                yield role
            elif not word.startswith("ext:"):
                row.error("role_unknown", "role", value=written)

    def _read_roles(self) -> None:
        columns = "userSourcedId role beginDate endDate orgSourcedId"
        for _, row in self._files.rows("roles", columns, "userSourcedId role"):
            users = self._files.check(row, "userSourcedId", "users", required=True)
            self._files.check(row, "orgSourcedId", "orgs")
            if not row.text("role", required=True):
                continue
            roles = tuple(self._roles_in(row))
            _, ends = self._period(row, "beginDate", "endDate")
            if ends is None or ends >= self._today:
                for person in filter(None, map(self._people.get, users)):
                    person.roles.update(roles)
        if self._files.ids["roles"].complete or "roles" not in self._archive:
            for person in self._people.values():
                if not person.roles and person.enabled:
                    person.row.warn("role_missing", "sourcedId")

    def _read_enrolments(self) -> Iterator[RosterEnrolment]:
        columns = "classSourcedId userSourcedId schoolSourcedId role primary beginDate endDate"
        for sourced_id, row in self._files.rows("enrollments", columns, "classSourcedId userSourcedId role"):
            groups = self._files.check(row, "classSourcedId", "classes", required=True)
            users = self._files.check(row, "userSourcedId", "users", required=True)
            self._files.check(row, "schoolSourcedId", "orgs")
            row.text("role", required=True)
            roles = list(self._roles_in(row))
            begins, ends = self._period(row, "beginDate", "endDate")
            primary = row.flag("primary", empty=False)
            pairs = [(group, user) for group in groups for user in users]
            for column, found in (("classSourcedId", groups), ("userSourcedId", users)):
                if len(found) > 1:
                    row.warn("ids_split", column, value=", ".join(found))
            if not roles or roles[0] not in ("student", "teacher"):
                continue
            for group, user in pairs:
                # A row that is to be deleted takes its enrolments along, even where the file still lists them.
                if group in self._groups and user in self._people:
                    one = sourced_id if len(pairs) == 1 else f"{sourced_id}:{group}:{user}"
                    kind = EnrolmentRole(roles[0])
                    yield RosterEnrolment(one, user, group, kind, primary, begins, ends)

    @staticmethod
    def _period(row: Row, begin: str, end: str, *, required: bool = False) -> tuple[date | None, date | None]:
        begins, ends = row.day(begin, required=required), row.day(end, required=required)
        if begins and ends and ends < begins:
            row.error("period", end, begin=begins.isoformat(), end=ends.isoformat())
        return begins, ends

    # -- what follows from all of them

    def _year_of(self, session_ids: Iterable[str]) -> str | None:
        """The school year above the first of these sessions that has one; else the topmost session."""
        for start in session_ids:
            seen: set[str] = set()
            top: str | None = None
            one = start
            while one in self._sessions and one not in seen:
                seen.add(one)
                top = one
                if self._sessions[one].kind == "schoolyear":
                    break
                one = self._sessions[one].parent
            if top is not None:
                return top
        return None

    def _academic_years(self) -> Iterator[AcademicYear]:
        used = {group.academic_year_id for group in self._groups.values()}
        for sourced_id, session in sorted(self._sessions.items()):
            if session.kind == "schoolyear" or sourced_id in used:
                yield AcademicYear(sourced_id, session.title, session.starts_on, session.ends_on)

    def _subjects(self) -> Iterator[Subject]:
        """Every code with the name that most classes give it, so that one odd row renames nothing."""
        codes = {code for group in self._groups.values() for code in group.subject_codes}
        for code in sorted(codes):
            names = self._subject_names.get(code)
            yield Subject(code, min(names, key=lambda name: (-names[name], name)) if names else code)

    def _finished_people(self) -> Iterator[RosterPerson]:
        for sourced_id, person in sorted(self._people.items()):
            yield RosterPerson(
                sourced_id=sourced_id,
                given_name=person.given,
                particle=person.particle,
                family_name=person.family,
                sort_key=sort_key(person.family, person.given),
                username=person.username or None,
                email=person.email or None,
                enabled=person.enabled,
                roles=frozenset(person.roles),
                grades=tuple(sorted(person.grades)),
                agent_ids=tuple(sorted(person.agents)),
                eck_id=person.eck_id,
            )

    def _guardianships(self) -> Iterator[Guardianship]:
        """Links from either side, for some systems write them at the student and some at the guardian."""
        pairs: set[tuple[str, str]] = set()
        for one, person in self._people.items():
            for other in person.agents:
                agent = self._people.get(other)
                if agent is None:
                    continue
                if "student" in person.roles and agent.roles & _GUARDIAN_ROLES:
                    pairs.add((one, other))
                elif person.roles & _GUARDIAN_ROLES and "student" in agent.roles:
                    pairs.add((other, one))
        for student, guardian in sorted(pairs):
            yield Guardianship(student, guardian)
