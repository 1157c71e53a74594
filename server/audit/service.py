"""The two logs. Access log: who read whose data. Audit log: what organiser, admin or the clock did. Both without content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec

from server.audit import queries
from server.people.names import full_name
from server.platform import clock

if TYPE_CHECKING:  # commands write down what they did, too, and need no web framework for it
    from server.platform.request import Me

Read = Literal["report", "reports", "strip", "clock", "plan", "board", "export", "paper"]
"""What was read, as the access log names it."""


async def log_read(me: Me, student_id: UUID, round_id: UUID | None, what: Read) -> None:
    """Write one read down. Called when a rule answered `Allow(logged=True)`, in the transaction that reads."""
    await queries.add_reads(me.school_id, me.person_id, [student_id], round_id, what, clock.now())


async def log_reads(me: Me, student_ids: Sequence[UUID], round_id: UUID | None, what: Read) -> None:
    """The same for a list of students, of which each counts as read."""
    if student_ids:
        await queries.add_reads(me.school_id, me.person_id, student_ids, round_id, what, clock.now())


async def record(
    school_id: UUID, person_id: UUID | None, act: str, **ids: UUID | str | int | list[UUID] | None
) -> None:
    """Write one act down; `person_id` None is the clock. `ids` name what it was done to: ids, codes and counts only."""
    told = {name: value for name, value in ids.items() if value is not None}
    await queries.add_act(school_id, person_id, act, msgspec.json.encode(told).decode(), clock.now())


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of either log. `ids`: what it was done to, by the names under which it was written down."""

    at: datetime
    act: str
    person_id: UUID | None
    ids: Mapping[str, Any]


async def entries(
    school_id: UUID, kinds: Sequence[str], person_id: UUID | None, limit: int, offset: int
) -> list[Entry]:
    """Both logs in one, newest first; for who may read them (rules/administration.py)."""
    rows = await queries.entries(school_id, kinds, person_id, limit, offset)
    return [Entry(row["at"], row["act"], row["person_id"], msgspec.json.decode(row["ids"])) for row in rows]


@dataclass(frozen=True, slots=True)
class OwnRead:
    """Somebody read something of a student's; `round_name` empty: of no one round."""

    at: datetime
    what: str
    who: str
    round_name: str


async def reads_of(school_id: UUID, student_id: UUID) -> list[OwnRead]:
    """Every logged read of one student's data, newest first; for the student (rules.visibility.read_access_log)."""
    return [
        OwnRead(
            row["read_at"],
            row["what"],
            full_name(row["given_name"], row["particle"], row["family_name"]),
            row["round_name"] or "",
        )
        for row in await queries.reads_of(school_id, student_id)
    ]
