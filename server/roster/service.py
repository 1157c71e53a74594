"""Bring a school in line with a roster, in one transaction that is safe to repeat; and take the last import back.

People and groups that the roster no longer names are ended, never deleted: what was written about them stays. What people
of the school decided by hand (roles given, mentors chosen, accounts shut, guardians barred) is not the roster's to change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from server.audit import service as audit
from server.platform import clock, db, outbox
from server.roster import import_queries, queries
from server.roster.carrying import Tell, carry_out, clear_taken_back, stored_rows, take_back
from server.roster.errors import BadSlugError, ManyLeaveError, NothingToUndoError, UnknownSchoolError
from server.roster.model import Problem, Roster
from server.roster.oneroster import read_roster
from server.roster.plan import Kind, KindChange, Plan, Rows, make_plan

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""Short names of schools, as the database checks them too."""


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
    """Takes back what a dry run did: a school that is not there yet has to be made to look at it."""

    def __init__(self, summary: ImportSummary) -> None:
        self.summary = summary
        super().__init__()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an import comes from: `command`, `upload` or `source`, its name there, and who wanted it."""

    kind: str
    name: str
    by: UUID | None = None
    source_id: UUID | None = None


async def nobody_listens(written: int) -> None:
    """Progress that is of no interest."""


async def import_file(
    path: Path,
    school_slug: str,
    *,
    dry_run: bool = False,
    by: UUID | None = None,
    create_school: bool = False,
    confirm_leaving: bool = False,
) -> ImportSummary:
    """Import a OneRoster zip into a school.

    Everything or nothing, one import per school at a time, and a second run of the same file writes nothing at all.
    `by` is the person who imports, None for the command line. With `create_school` a missing school is made, with the name
    that the file gives it.

    Raises:
        RosterFileError: the file has errors; it lists them all.
        UnknownSchoolError: there is no such school, and it may not be made.
        BadSlugError: the school would be made, and cannot have this slug.
        ManyLeaveError: more people leave than happens in an ordinary week, and `confirm_leaving` does not say it is meant.
    """
    roster = read_roster(path, today=clock.today())
    try:
        async with db.transaction():
            await lock(school_slug)
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
            plan, stored = await plan_for(school_id, roster, clock.today(zone))
            import_id = None
            if not dry_run:
                if plan.needs_confirmation and not confirm_leaving:
                    raise ManyLeaveError(plan.leaving, plan.present)
                import_id = await carry(plan, stored, school_id, zone, Origin("command", path.name, by))
            summary = ImportSummary(
                school=school_slug,
                file=path.name,
                dry_run=dry_run,
                import_id=import_id,
                new_school=new_school,
                changes=plan.changes,
                warnings=(*roster.warnings, *plan.warnings),
            )
            if dry_run:
                raise _OnlyLooking(summary)
    except _OnlyLooking as looked:
        return looked.summary
    return summary


async def lock(slug: str) -> None:
    """One import per school at a time, until the transaction ends."""
    await db.lock(f"roster:{slug}")


async def plan_for(school_id: UUID, roster: Roster, today: date) -> tuple[Plan, Rows]:
    """What the roster would change in this school now, and what is stored of it."""
    stored = await stored_rows(school_id)
    return make_plan(roster, stored, today, await queries.set_aside(school_id)), stored


async def carry(
    plan: Plan, stored: Rows, school_id: UUID, zone: str, origin: Origin, tell: Tell = nobody_listens
) -> UUID | None:
    """Carry a plan out and leave one fact with counts; the worker hears of it and recomputes the open rounds.

    None when there was nothing to do.
    """
    if not plan.rows:
        return None
    counts = {
        change.kind.value: {"created": change.created, "changed": change.changed, "ended": change.ended}
        for change in plan.changes
    }
    import_id = await import_queries.add_import(
        school_id, origin.by, plan.version, counts, origin=origin.kind, name=origin.name, source_id=origin.source_id
    )
    await carry_out(plan, stored, school_id, import_id, clock.today(zone), tell)
    await audit.record(
        school_id, origin.by, "roster.imported", **{"import": import_id}, rows=plan.rows, leaving=plan.leaving
    )
    await outbox.append(school_id, "roster.imported", due_at=None, person=origin.by, **{"import": import_id})
    return import_id


async def undo_last(school_slug: str) -> UUID:
    """Take back the last import of a school, from the command line; its id.

    Raises:
        UnknownSchoolError: there is no such school.
        NothingToUndoError: nothing was imported, or the last import was taken back already.
    """
    async with db.transaction():
        school = await queries.find_school(school_slug)
        if school is None:
            raise UnknownSchoolError(school_slug)
        await db.set_school(school[0])
        last = await import_queries.latest_import(school[0])
        if last is None:
            raise NothingToUndoError
        await undo(school[0], last, None)
        return last


async def undo(school_id: UUID, import_id: UUID, by: UUID | None) -> None:
    """Take back an import, on the running transaction: the rows it changed are as they were, what it added ends or goes.

    A source that it came from is no longer fetched by itself: it would only do the same again in the night.

    Raises:
        NothingToUndoError: there is a later import, or it was taken back already.
    """
    slug, zone = await queries.school_of(school_id)
    await lock(slug)
    found = await import_queries.one_import(school_id, import_id)
    if found is None or not found["undoable"]:
        raise NothingToUndoError
    await take_back(school_id, import_id, clock.today(zone))
    await import_queries.mark_undone(school_id, import_id, by)
    if found["source_id"] is not None:
        await import_queries.stop_nightly(school_id, found["source_id"])
    await audit.record(school_id, by, "roster.undone", **{"import": import_id})
    await outbox.append(school_id, "roster.imported", due_at=None, **{"import": import_id})


async def clear(school_id: UUID) -> None:
    """Let the people go who came by an import that was taken back. Safe to run twice."""
    while True:
        async with db.school_transaction(school_id):
            slug, _ = await queries.school_of(school_id)
            await lock(slug)
            if not await clear_taken_back(school_id):
                return
