"""Carry a plan out, and take it back: writes on the running transaction, which is all or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from server.platform import db
from server.roster import import_queries, queries
from server.roster.difference import Key, Stored
from server.roster.plan import ENDS, Kind, Plan, Rows

CHUNK: Final = 5000
"""Rows written at a time, between two words about how far it is."""

PEOPLE: Final = 100
"""So many people are deleted in one transaction, at the most."""

Tell = Callable[[int], Awaitable[None]]
"""Hears how many rows were written."""
One = TypeVar("One")


async def stored_rows(school_id: UUID) -> dict[Kind, dict[Key, Stored]]:
    """What is stored of a school now."""
    return {kind: await queries.stored(kind, school_id) for kind in Kind}


async def carry_out(plan: Plan, stored: Rows, school_id: UUID, import_id: UUID, today: date, tell: Tell) -> None:
    """Write all that the plan says, in the order of the references, and keep what it takes to undo it."""
    ids = {kind: {key: row.id for key, row in rows.items()} for kind, rows in stored.items()}
    written = 0
    await import_queries.forget_earlier(school_id)
    for kind, found in plan.differences.items():
        wanted = plan.wanted[kind]
        touched = [ids[kind][key] for key in (*found.changed, *found.ended)]
        await import_queries.keep_rows(kind, school_id, import_id, touched)
        for keys in _chunks(found.added):
            made = await queries.insert(kind, school_id, {key: wanted[key] for key in keys}, ids)
            ids[kind] |= made
            await import_queries.keep_added(kind, school_id, import_id, list(made.values()))
            written += len(keys)
            await tell(written)
        for keys in _chunks(found.changed):
            await queries.update(kind, school_id, [(ids[kind][key], key, wanted[key]) for key in keys], ids)
            written += len(keys)
            await tell(written)
        for keys in _chunks(found.ended):
            await queries.end(kind, school_id, [ids[kind][key] for key in keys], today)
            written += len(keys)
            await tell(written)
    if sum(len(found.added) for found in plan.differences.values()) >= db.MANY:
        await db.take_stock("person", "person_role", "class_group", "enrolment", "guardianship")


def _chunks(keys: Sequence[One]) -> Sequence[list[One]]:
    rest = iter(keys)
    return list(iter(lambda: list(islice(rest, CHUNK)), []))


async def take_back(school_id: UUID, import_id: UUID, today: date) -> None:
    """Undo an import: rows as they were; what it added ends, and goes where nothing refers to it.

    What was decided by hand since then stays as it was decided. Of people only a handful goes at once: for each of them
    PostgreSQL looks through all that was ever written. The others have ended, and `clear_taken_back` lets them go.
    """
    for kind in Kind:
        await import_queries.put_rows_back(kind, school_id, import_id)
    later: list[UUID] = []
    for kind in reversed(Kind):
        added = await import_queries.added(kind, school_id, import_id)
        if kind in ENDS:
            await import_queries.end_added(kind, school_id, added, today)
        if kind is Kind.PERSON:
            added, later = added[:PEOPLE], added[PEOPLE:]
        await import_queries.delete_unreferred(kind, school_id, added)
    await import_queries.forget_earlier(school_id)
    if later:
        await import_queries.keep_added(Kind.PERSON, school_id, import_id, later)


async def clear_taken_back(school_id: UUID) -> int:
    """Let some more people go who came by an import that was taken back, and whom nothing refers to; how many were looked at."""
    import_id = await import_queries.taken_back(school_id)
    if import_id is None:
        return 0
    added = await import_queries.added(Kind.PERSON, school_id, import_id)
    await import_queries.delete_unreferred(Kind.PERSON, school_id, added[:PEOPLE])
    await import_queries.forget_earlier(school_id)
    if added[PEOPLE:]:
        await import_queries.keep_added(Kind.PERSON, school_id, import_id, added[PEOPLE:])
    return len(added[:PEOPLE])
