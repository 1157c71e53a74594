"""The outbox: what others must hear of, written in the same transaction as the fact itself. Ids only, never a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from server.platform import db

UNHURRIED: Final = frozenset({"feedback.saved", "message.saved"})
"""Written with each save; nobody waits for them, so they call no worker."""

_waiting: ContextVar[bool] = ContextVar("driehoek_outbox_waiting", default=False)


Ids = Mapping[str, UUID | int | None]


async def append(school_id: UUID, kind: str, *, due_at: datetime | None = None, **ids: UUID | int | None) -> None:
    """Add one row; `kind` is `<domain>.<what happened>`, `ids` are ids and version numbers. `due_at` delays the delivery."""
    await append_all(school_id, kind, [ids], due_at=due_at)


async def append_all(school_id: UUID, kind: str, news: Sequence[Ids], *, due_at: datetime | None = None) -> None:
    """The same for several pieces of news of one kind, by one statement."""
    await db.execute(
        """insert into outbox (school_id, kind, ids, due_at)
           select $1, $2, n.ids::jsonb, coalesce($4, now()) from unnest($3::text[]) n (ids)""",
        school_id,
        kind,
        [encode(ids) for ids in news],
        due_at,
    )
    if kind not in UNHURRIED and due_at is None:
        _waiting.set(True)


def take_waiting() -> bool:
    """Was anything appended in this request that workers should look at now? Asked once, after the answer was sent."""
    waiting = _waiting.get()
    _waiting.set(False)
    return waiting


def encode(ids: Ids) -> str:
    """The ids as JSON, empty ones left out."""
    return msgspec.json.encode({name: value for name, value in ids.items() if value is not None}).decode()
