"""What an import will do to a school, told before it does it. Pure: what is stored and what the roster says in, a Plan out.

Rows are named by the ids of the exporting system, not by ours, so that a plan can be made for rows that are not there yet.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from server.people.names import full_name
from server.roster.difference import Difference, Key, Stored, Values, compare
from server.roster.model import EnrolmentRole, GroupKind, Problem, Roster, Severity
from server.roster.names import fold

ROLES: Final = {
    "student": "student",
    "teacher": "teacher",
    "guardian": "guardian",
    "parent": "guardian",
    "relative": "guardian",
    "siteAdministrator": "admin",
    "systemAdministrator": "admin",
}
"""Which of our roles a OneRoster role gives. Organisers and leaders are appointed at the school: nothing gives those."""
MANY_LEAVE: Final = 0.1
"""More than this part of a school leaving at once is the end of a school year, or the file of another school: ask."""
TITLES: Final = 10
"""So many groups or people are named in a warning."""


class Kind(StrEnum):
    """What a roster consists of, in the order of the references between them."""

    ACADEMIC_YEAR = "academic_year"
    SUBJECT = "subject"
    PERSON = "person"
    ROLE = "role"
    GROUP = "group"
    ENROLMENT = "enrolment"
    GUARDIANSHIP = "guardianship"


FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.ACADEMIC_YEAR: ("title", "starts_on", "ends_on"),
    Kind.SUBJECT: ("name",),
    Kind.PERSON: (
        "given_name", "particle", "family_name", "sort_key", "username", "email", "enabled", "grade", "eck_id",
    ),
    Kind.ROLE: (),
    Kind.GROUP: ("kind", "title", "sort_key", "academic_year", "subject", "level", "year"),
    Kind.ENROLMENT: ("group", "person", "role", "is_primary", "begins_on", "ends_on"),
    Kind.GUARDIANSHIP: (),
}  # fmt: skip
"""The fields of each kind, in the order of their values."""
ENDS: Final[Mapping[Kind, str]] = {
    Kind.PERSON: "left_on",
    Kind.GROUP: "ended_on",
    Kind.ENROLMENT: "ended_on",
    Kind.GUARDIANSHIP: "ended_on",
}
"""What ends a row of this kind. Years and subjects stay, for earlier rounds name them; roles are taken away."""

Rows = Mapping[Kind, Mapping[Key, Stored]]
"""What is stored of a school."""


@dataclass(frozen=True, slots=True)
class KindChange:
    """How many rows of one kind are new, changed, ended and unchanged; `fields` counts which fields changed."""

    kind: Kind
    created: int
    changed: int
    ended: int
    unchanged: int
    fields: Mapping[str, int] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """True when every row was as the file says."""
        return not (self.created or self.changed or self.ended)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import will write. `present` people are at the school now and came from a roster; `admins_out` are admins
    now, and will not be any more."""

    version: str
    wanted: Mapping[Kind, Mapping[Key, Values]]
    differences: Mapping[Kind, Difference]
    present: int
    admins_out: tuple[Key, ...]
    warnings: tuple[Problem, ...]

    @property
    def changes(self) -> tuple[KindChange, ...]:
        """The counts, kind by kind."""
        return tuple(
            KindChange(
                kind,
                len(one.added),
                len(one.changed),
                len(one.ended),
                one.unchanged,
                dict(sorted(one.fields.items())),
            )
            for kind, one in self.differences.items()
        )

    @property
    def rows(self) -> int:
        """How many rows it writes."""
        return sum(one.rows for one in self.differences.values())

    @property
    def leaving(self) -> int:
        """How many people leave the school by it."""
        return len(self.differences[Kind.PERSON].ended)

    @property
    def needs_confirmation(self) -> bool:
        """True when so many leave that somebody has to say that this is meant."""
        return many(self.leaving, self.present)

    @property
    def digest(self) -> str:
        """The same for two plans that do the same to the same rows."""
        hashed = hashlib.sha256()
        for kind, one in self.differences.items():
            for keys in (one.added, one.changed, one.ended):
                hashed.update(repr((kind.value, sorted(map(repr, keys)))).encode())
        return hashed.hexdigest()


def many(leaving: int, present: int) -> bool:
    """Is that more than a school loses in an ordinary week?"""
    return leaving > MANY_LEAVE * present


def make_plan(roster: Roster, stored: Rows, today: date, aside: Collection[tuple[Key, Key]] = ()) -> Plan:
    """What brings a school from what is stored to what the roster says.

    `today` decides who still teaches whom. `aside`: group and person where the school says that the roster's word does not count.
    """
    wanted = wanted_rows(roster)
    differences = {
        kind: _roles(wanted, stored) if kind is Kind.ROLE else compare(
            stored[kind], wanted[kind], FIELDS[kind], end=ENDS.get(kind)
        )
        for kind in Kind
    }  # fmt: skip
    present = sum(not (row.ended or row.manual) for row in stored[Kind.PERSON].values())
    admins = _admins_after(wanted, stored)
    admins_out = tuple(sorted(_admins_now(stored) - admins, key=repr))
    return Plan(
        version=roster.version,
        wanted=wanted,
        differences=differences,
        present=present,
        admins_out=admins_out,
        warnings=(
            *_warnings(roster, stored, today, aside, len(differences[Kind.PERSON].ended), present),
            *([_those_out(admins_out, stored)] if admins_out else []),
            *([] if admins else [_NO_ADMIN]),
        ),
    )


def wanted_rows(roster: Roster) -> dict[Kind, dict[Key, Values]]:
    """The roster as rows by key, kind by kind."""
    roles: dict[Key, Values] = {
        (one.sourced_id, ROLES[role]): () for one in roster.people for role in one.roles if role in ROLES
    }
    # A file may name someone a teacher in a group alone: being its author needs the role as well.
    roles |= {(one.person_id, one.role.value): () for one in roster.enrolments}
    return {
        Kind.ACADEMIC_YEAR: {one.sourced_id: (one.title, one.starts_on, one.ends_on) for one in roster.academic_years},
        Kind.SUBJECT: {one.code: (one.name,) for one in roster.subjects},
        Kind.PERSON: {
            one.sourced_id: (
                one.given_name,
                one.particle,
                one.family_name,
                one.sort_key,
                one.username or "",
                one.email or "",
                one.enabled,
                one.grades[0] if one.grades else "",
                one.eck_id,
            )
            for one in roster.people
        },
        Kind.ROLE: roles,
        Kind.GROUP: {
            one.sourced_id: (
                one.kind.value,
                one.title,
                title_key(one.title),
                one.academic_year_id,
                one.subject_code,
                one.level or "",
                one.year,
            )
            for one in roster.groups
        },
        Kind.ENROLMENT: {
            one.sourced_id: (one.group_id, one.person_id, one.role.value, one.primary, one.begins_on, one.ends_on)
            for one in roster.enrolments
        },
        Kind.GUARDIANSHIP: {(one.student_id, one.guardian_id): () for one in roster.guardianships},
    }


def _roles(wanted: Mapping[Kind, Mapping[Key, Values]], stored: Rows) -> Difference:
    """Roles are given to and taken from the people in the file; who left keeps them, and is kept out by `left_on`."""
    named = wanted[Kind.PERSON]
    by_hand = {
        (row.values[1], row.values[2]) for row in stored[Kind.ENROLMENT].values() if row.manual and not row.ended
    }
    there = stored[Kind.ROLE]
    return Difference(
        added=sorted((key for key in wanted[Kind.ROLE] if key not in there), key=repr),
        ended=[
            key
            for key, row in there.items()
            if isinstance(key, tuple)
            and key[0] in named
            and not row.manual
            and key not in wanted[Kind.ROLE]
            and key not in by_hand
        ],
        unchanged=sum(key in there for key in wanted[Kind.ROLE]),
    )


_NO_ADMIN: Final = Problem("no_admin", "users.csv", severity=Severity.WARNING)
_ENABLED: Final = FIELDS[Kind.PERSON].index("enabled")


def _admins(roles: Iterable[Key]) -> set[Key]:
    return {key[0] for key in roles if isinstance(key, tuple) and key[1] == "admin"}


def _admins_now(stored: Rows) -> set[Key]:
    """Those who administer the school now."""
    people = stored[Kind.PERSON]
    return {
        key
        for key in _admins(stored[Kind.ROLE])
        if key in people and not people[key].ended and people[key].values[_ENABLED]
    }


def _admins_after(wanted: Mapping[Kind, Mapping[Key, Values]], stored: Rows) -> set[Key]:
    """Those who will administer it, and can take the import back."""
    by_hand = {key for key, row in stored[Kind.ROLE].items() if row.manual}
    found: set[Key] = set()
    for key in _admins(wanted[Kind.ROLE].keys() | by_hand):
        values, row = wanted[Kind.PERSON].get(key), stored[Kind.PERSON].get(key)
        if values[_ENABLED] if values is not None else row is not None and row.manual and not row.ended:
            found.add(key)
    return found


def _those_out(admins_out: Sequence[Key], stored: Rows) -> Problem:
    names = [full_name(*stored[Kind.PERSON][key].values[:3]) for key in admins_out]
    params = {"count": str(len(names)), "names": ", ".join(names[:TITLES]) + _more(names)}
    return Problem("admins_out", "users.csv", params=params, severity=Severity.WARNING)


def _more(names: Sequence[str]) -> str:
    """What stands behind the first few names."""
    return f" … (+{len(names) - TITLES})" if len(names) > TITLES else ""


def _warnings(
    roster: Roster, stored: Rows, today: date, aside: Collection[tuple[Key, Key]], leaving: int, present: int
) -> Iterable[Problem]:
    if many(leaving, present):
        params = {"leave": str(leaving), "total": str(present)}
        yield Problem("many_leave", "users.csv", params=params, severity=Severity.WARNING)
    taught = {
        one.group_id
        for one in roster.enrolments
        if one.role is EnrolmentRole.TEACHER
        and (one.ends_on is None or one.ends_on >= today)
        and (one.group_id, one.person_id) not in aside
    }
    taught |= {
        row.values[0]
        for row in stored[Kind.ENROLMENT].values()
        if row.manual and not row.ended and row.values[2] == EnrolmentRole.TEACHER
    }
    for code, kind in (("no_teacher", GroupKind.TEACHING), ("no_mentor", GroupKind.HOME)):
        titles = sorted(
            (one.title for one in roster.groups if one.kind is kind and one.sourced_id not in taught), key=title_key
        )
        if titles:
            params = {"count": str(len(titles)), "titles": ", ".join(titles[:TITLES]) + _more(titles)}
            yield Problem(code, "classes.csv", params=params, severity=Severity.WARNING)


def title_key(title: str) -> str:
    """Order of group titles as people expect it: `h2a` before `h10a`."""
    return re.sub(r"\d+", lambda number: number[0].zfill(4), fold(title.replace(".", " ")))
