"""Waiting deliveries: claim, ask the rules again, send outside any transaction, note what became of it.

A worker that dies between sending and noting leaves a lease that runs out: the delivery is sent once more, with the same tag,
Topic and Message-ID, so that phones and mail servers can tell.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from server.notices import delivery
from server.notices.delivery import PushJob
from server.platform import mail
from server.platform.push import Push
from server.settings import Settings

log = logging.getLogger("driehoek.worker")
BATCH: Final = 20
LEASE: Final = timedelta(seconds=60)


class Post:
    """What sending needs, one per process; `close` it at the end."""

    def __init__(self, settings: Settings) -> None:
        """Raises:
        settings.Refused: the push keys cannot be used.
        """
        self.settings = settings
        self.push = Push(settings)

    async def close(self) -> None:
        """Close the connections to push services."""
        await self.push.close()


async def deliver(post: Post) -> int:
    """Try one batch of deliveries; how many were taken. Safe to run twice and beside others."""
    claimed = await delivery.claim(BATCH, LEASE)
    await asyncio.gather(*(_one(post, school_id, delivery_id) for school_id, delivery_id in claimed))
    return len(claimed)


async def _one(post: Post, school_id: UUID, delivery_id: UUID) -> None:
    """One that fails by a fault of ours keeps its lease and comes again when that ends."""
    try:
        job = await delivery.prepare(school_id, delivery_id, post.settings)
        if job is None:
            return
        if isinstance(job, PushJob):
            attempt = await post.push.send(job.to, job.payload, ttl=job.ttl, urgency=job.urgency)
        else:
            attempt = await mail.send(job.letter, post.settings)
        await delivery.settle(school_id, delivery_id, attempt)
    except Exception:
        log.exception("delivery failed")
