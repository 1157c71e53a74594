"""From the outbox to notices and deliveries: claim what is due, do what one school has of one kind in one transaction, mark it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from server.notices import service
from server.notices.delivery import backoff
from server.notices.kinds import SILENT
from server.platform import db

log = logging.getLogger("driehoek.worker")
BATCH: Final = 25
"""Small enough that what they make ready leaves soon, and that nobody waits long for the database."""
AT_ONCE: Final = 2
"""Transactions on their way: while one waits for the database, another one works."""
LEASE: Final = timedelta(seconds=60)


async def relay() -> int:
    """Do one batch of the outbox; how many rows were taken. Safe to run twice and beside others."""
    rows = await service.claim(BATCH, LEASE)
    silent: defaultdict[UUID, list[UUID]] = defaultdict(list)
    loud: defaultdict[tuple[UUID, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row["kind"] in SILENT:
            silent[row["school_id"]].append(row["id"])
        else:
            loud[row["school_id"], row["kind"]].append(row)
    for school_id, outbox_ids in silent.items():
        await service.settle_silent(school_id, outbox_ids)
    waiting = iter(loud.values())

    async def several() -> None:
        for together in waiting:
            await _settled(together)

    await asyncio.gather(*(several() for _ in range(AT_ONCE)))
    return len(rows)


async def _settled(rows: Sequence[Any]) -> None:
    """Rows of one school and kind. One that fails waits and comes again; it never holds up the others."""
    first = rows[0]
    try:
        news = {row["id"]: msgspec.json.decode(row["ids"]) for row in rows}
        await service.settle(first["school_id"], first["kind"], news)
    except db.Away:
        log.warning("database away")  # the rows come again when their lease ends
    except Exception:
        if len(rows) > 1:
            for row in rows:
                await _settled([row])
            return
        log.exception("relay failed", extra={"kind": first["kind"], "tries": first["tries"]})
        await service.put_back(first["school_id"], first["id"], backoff(first["tries"]))
