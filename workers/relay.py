"""From the outbox to notices and deliveries: claim what is due, do each in one transaction of its school, mark it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from server.notices import service
from server.notices.delivery import backoff
from server.notices.kinds import SILENT
from server.platform import db

log = logging.getLogger("driehoek.worker")
BATCH: Final = 50
"""Small enough that what they make ready leaves soon."""
AT_ONCE: Final = 3
"""Rows on their way: while one waits for the database, another one works."""
LEASE: Final = timedelta(seconds=60)


async def relay() -> int:
    """Do one batch of the outbox; how many rows were taken. Safe to run twice and beside others."""
    rows = await service.claim(BATCH, LEASE)
    silent: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        if row["kind"] in SILENT:
            silent[row["school_id"]].append(row["id"])
    for school_id, outbox_ids in silent.items():
        await service.settle_silent(school_id, outbox_ids)
    loud = iter([row for row in rows if row["kind"] not in SILENT])

    async def several() -> None:
        for row in loud:
            await _one(row)

    await asyncio.gather(*(several() for _ in range(AT_ONCE)))
    return len(rows)


async def _one(row: Any) -> None:
    """A row that fails waits and comes again; it never holds up the others."""
    try:
        await service.settle(row["school_id"], row["id"], row["kind"], msgspec.json.decode(row["ids"]))
    except db.Away:
        log.warning("database away")  # the row comes again when its lease ends
    except Exception:
        log.exception("relay failed", extra={"kind": row["kind"], "tries": row["tries"]})
        await service.put_back(row["school_id"], row["id"], backoff(row["tries"]))
