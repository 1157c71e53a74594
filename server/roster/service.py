"""Bring a school in line with a roster file, in one transaction that is safe to repeat.

People and groups that the file no longer names are ended, never deleted: what was written about them stays. What people
of the school decided by hand (roles given, guardians barred) is not the roster's to change.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from server.platform import clock, db, outbox
from server.roster import queries
from server.roster.difference import Difference, compare
from server.roster.errors import BadSlugError, UnknownSchoolError
from server.roster.model import Problem, Roster, Severity
from server.roster.names import fold
from server.roster.oneroster import read_roster
from server.roster.queries import ACADEMIC_YEAR, ENROLMENT, GROUP, GUARDIANSHIP, PERSON, SUBJECT, Target

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

MANY_LEAVE: Final = 0.5
"""More than this part of a school leaving at once looks like the file of another school: worth a warning."""


SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""Short names of schools, as the database checks them too."""


class Kind(StrEnum):
    """What a roster consists of, in the order in which it is reported."""

    ACADEMIC_YEAR = "academic_year"
    SUBJECT = "subject"
    PERSON = "person"
    ROLE = "role"
    GROUP = "group"
    ENROLMENT = "enrolment"
    GUARDIANSHIP = "guardianship"


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
class ImportSummary:
    """What an import did, or with `dry_run` would do. `import_id` is None when nothing was written."""

    school: str
    file: str
    dry_run: bool
    import_id: UUID | None
    new_school: bool
    changes: tuple[KindChange, ...]
    warnings: tuple[Problem, ...]

    @property
    def nothing(self) -> bool:
        """True when the school already was as the file says."""
        return all(change.nothing for change in self.changes)

    def of(self, kind: Kind) -> KindChange:
        """The changes of one kind."""
        return next(change for change in self.changes if change.kind is kind)


class _OnlyLooking(Exception):
    """Undoes a dry run: what an import would do is best told by doing it."""

    def __init__(self, summary: ImportSummary) -> None:
        self.summary = summary
        super().__init__()


async def import_file(
    path: Path, school_slug: str, *, dry_run: bool = False, by: UUID | None = None, create_school: bool = False
) -> ImportSummary:
    """Import a OneRoster zip into a school.

    Everything or nothing, one import per school at a time, and a second run of the same file writes nothing at all.
    `by` is the person who imports, None for the command line. With `create_school` a missing school is made, with the name
    that the file gives it.

    Raises:
        RosterFileError: the file has errors; it lists them all.
        UnknownSchoolError: there is no such school, and it may not be made.
        BadSlugError: the school would be made, and cannot have this slug.
    """
    roster = read_roster(path, today=clock.today())
    try:
        async with db.transaction():
            await db.lock(f"roster:{school_slug}")
            school = await queries.find_school(school_slug)
            new_school = school is None
            if school is None:
                if not create_school:
                    raise UnknownSchoolError(school_slug)
                if not SLUG.fullmatch(school_slug):
                    raise BadSlugError(school_slug)
                school = await queries.add_school(school_slug, roster.school_name or school_slug)
            school_id, zone = school
            await db.set_school(school_id)
            importer = _Import(roster, school_id, clock.today(zone))
            await importer.run()
            import_id = None if dry_run or importer.nothing else await importer.log(by)
            if sum(change.created for change in importer.changes) >= db.MANY:
                await db.take_stock("person", "person_role", "class_group", "enrolment", "guardianship")
            summary = ImportSummary(
                school=school_slug,
                file=path.name,
                dry_run=dry_run,
                import_id=import_id,
                new_school=new_school,
                changes=tuple(importer.changes),
                warnings=(*roster.warnings, *importer.warnings),
            )
            if dry_run:
                raise _OnlyLooking(summary)
    except _OnlyLooking as looked:
        return looked.summary
    return summary


class _Import:
    """One import into one school, on the running transaction."""

    def __init__(self, roster: Roster, school_id: UUID, today: date) -> None:
        self._roster = roster
        self._school_id = school_id
        self._today = today
        self.changes: list[KindChange] = []
        self.warnings: list[Problem] = []

    @property
    def nothing(self) -> bool:
        return all(change.nothing for change in self.changes)

    async def run(self) -> None:
        """Write the differences, in the order of the references."""
        roster = self._roster
        years = await self._sync(
            Kind.ACADEMIC_YEAR,
            ACADEMIC_YEAR,
            {one.sourced_id: (one.title, one.starts_on, one.ends_on) for one in roster.academic_years},
        )
        subjects = await self._sync(Kind.SUBJECT, SUBJECT, {one.code: (one.name,) for one in roster.subjects})
        people = await self._sync(
            Kind.PERSON,
            PERSON,
            {
                one.sourced_id: (
                    one.given_name,
                    one.particle,
                    one.family_name,
                    one.sort_key,
                    one.username or "",
                    one.email or "",
                    one.enabled,
                    one.grades[0] if one.grades else "",
                )
                for one in roster.people
            },
        )
        self._warn_if_many_leave()
        await self._sync_roles(people)
        groups = await self._sync(
            Kind.GROUP,
            GROUP,
            {
                one.sourced_id: (
                    one.kind.value,
                    one.title,
                    title_key(one.title),
                    years.get(one.academic_year_id),
                    subjects.get(one.subject_code),
                    one.level or "",
                    one.year,
                )
                for one in roster.groups
            },
        )
        await self._sync(
            Kind.ENROLMENT,
            ENROLMENT,
            {
                one.sourced_id: (
                    groups[one.group_id],
                    people[one.person_id],
                    one.role.value,
                    one.primary,
                    one.begins_on,
                    one.ends_on,
                )
                for one in roster.enrolments
            },
        )
        links = {(people[one.student_id], people[one.guardian_id]): () for one in roster.guardianships}
        await self._sync(Kind.GUARDIANSHIP, GUARDIANSHIP, links)

    async def _sync(
        self, kind: Kind, target: Target, wanted: Mapping[Any, tuple[Any, ...]]
    ) -> dict[Hashable | None, UUID]:
        """Bring one table in line; the ids of its rows by key."""
        stored = await queries.stored(target, self._school_id)
        names = [name.removesuffix("_id") for name in target.columns]
        found: Difference[Hashable] = compare(stored, wanted, names, end=target.end)
        await queries.insert(target, self._school_id, [(key, wanted[key]) for key in found.added])
        await queries.update(target, self._school_id, [(stored[key].id, wanted[key]) for key in found.changed])
        await queries.end(target, self._school_id, found.ended, self._today)
        counts = len(found.added), len(found.changed), len(found.ended), found.unchanged
        self.changes.append(KindChange(kind, *counts, fields=dict(sorted(found.fields.items()))))
        if found.added:
            stored = await queries.stored(target, self._school_id)
        return {key: row.id for key, row in stored.items()}

    async def _sync_roles(self, people: Mapping[Hashable | None, UUID]) -> None:
        """Give and take roster roles of the people in the file; who left keeps them, and is kept out by `left_on`."""
        wanted = {
            (people[one.sourced_id], ROLES[role]) for one in self._roster.people for role in one.roles if role in ROLES
        }
        # A file may name someone a teacher in a group alone: being its author needs the role as well.
        wanted |= {(people[one.person_id], one.role.value) for one in self._roster.enrolments}
        named = {people[one.sourced_id] for one in self._roster.people}
        stored = await queries.roles(self._school_id)
        added = sorted(wanted - stored.keys())
        gone = [
            role_id
            for pair, (role_id, source) in stored.items()
            if source == "roster" and pair[0] in named and pair not in wanted
        ]
        await queries.add_roles(self._school_id, added)
        await queries.remove_roles(self._school_id, gone)
        self.changes.append(KindChange(Kind.ROLE, len(added), 0, len(gone), len(wanted & stored.keys())))

    def _warn_if_many_leave(self) -> None:
        people = self.changes[-1]
        total = people.ended + people.unchanged + people.changed
        if people.ended > MANY_LEAVE * total:
            params = {"leave": str(people.ended), "total": str(total)}
            self.warnings.append(Problem("many_leave", "users.csv", params=params, severity=Severity.WARNING))

    async def log(self, by: UUID | None) -> UUID:
        """Leave one fact with counts; the worker hears of it and recomputes the open rounds."""
        counts = {
            change.kind.value: {"created": change.created, "changed": change.changed, "ended": change.ended}
            for change in self.changes
        }
        import_id = await queries.log_import(self._school_id, by, self._roster.version, counts)
        await outbox.append(self._school_id, "roster.imported", due_at=None, **{"import": import_id})
        return import_id


def title_key(title: str) -> str:
    """Order of group titles as people expect it: `h2a` before `h10a`."""
    return re.sub(r"\d+", lambda number: number[0].zfill(4), fold(title.replace(".", " ")))
