"""One save as one statement: feedback, history, idempotency key and outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from server.feedback import queries
from server.feedback.schemas import Saved
from server.platform import live
from server.rounds.facts import live_topic
from server.rules.facts import Stoplight

NOTHING: Final = ""
"""Name of no lock in particular, for callers that hold the round's lock already."""


@dataclass(frozen=True, slots=True)
class Save:
    """What is written by whom. `version_seen`: 0 for "nothing yet". `round_version`: of the round that the rules were asked about."""

    school_id: UUID
    round_id: UUID
    group_id: UUID
    student_id: UUID
    person_id: UUID
    stoplight: Stoplight | None
    remark: str
    action: str
    missing: list[str]
    version_seen: int
    round_version: int
    at: datetime
    key: UUID | None = None
    digest: bytes = b""


def topic(round_id: UUID, group_id: UUID) -> str:
    """Under which name live events of a group go."""
    return live_topic(round_id, group_id)


async def write(save: Save) -> Saved | None:
    """Write it, unless feedback, round or key changed since they were looked at: then None, and nothing is written."""
    complete = not save.missing
    row = await queries.write(
        save.school_id,
        save.round_id,
        save.group_id,
        save.student_id,
        save.person_id,
        save.key,
        save.stoplight,
        save.remark,
        save.action,
        complete,
        save.at,
        save.version_seen,
        save.round_version,
        save.digest,
        msgspec.json.encode({"complete": complete, "missing": save.missing, "saved_at": save.at}).decode(),
    )
    if row is None:
        return None
    live.tell(topic(save.round_id, save.group_id), "feedback", student=save.student_id, version=row["version"])
    return Saved(row["id"], row["version"], complete, save.missing, save.at)  # type: ignore[arg-type]  # names of the rules
