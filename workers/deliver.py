"""Waiting deliveries: claim, ask the rules again, send outside any transaction, note what became of it.

Pushes and mails go out beside each other, each in batches, so that a mail server that hangs holds up no push. A worker that dies
between sending and noting leaves a lease that runs out: what was on its way then is sent once more, with the same tag, Topic
and Message-ID, so that phones and mail servers can tell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from math import inf
from time import monotonic
from typing import Any, Final, TypeVar
from uuid import UUID

from server.notices import delivery
from server.notices.delivery import Job, MailJob, PushJob, Result
from server.notices.kind import Channel
from server.platform import db
from server.platform.mail import Mailman
from server.platform.push import Push
from server.settings import Settings
from workers.pace import Pace

log = logging.getLogger("driehoek.worker")
T = TypeVar("T")

BATCH: Final = {Channel.PUSH: 50, Channel.MAIL: 40}
AT_ONCE: Final = 2
"""Batches of one channel on their way: while one waits for the other side, the other one works."""
LEASE: Final = timedelta(seconds=60)
NEW_BATCHES: Final = 20.0
"""Seconds after which no new batch is begun: the next sweep goes on, and this one ends well before it is cut off."""
ROUND: Final = 15.0
"""Seconds after which what is left of a batch is given back: a slow mail server or push service must not outlast the lease."""
PUSHES: Final = 10
"""Of one batch on their way: a service that is slow holds up few others, and all together are no burst."""
NOTING: Final = 5.0
"""Seconds that what is on its way gets, when its batch is given up: what was sent and not noted would be sent once more."""
NOTED_EVERY: Final = 0.25
"""Seconds after which what was sent meanwhile is noted: the less is open, the less a crash repeats."""
ENDING: Final = 10.0
"""Seconds that work beside the jobs gets when the process is asked to end."""
DATABASE_PATIENCE: Final = 20.0
"""Seconds for which a database that went away is asked again: what was sent and not noted would be sent once more."""


class Until:
    """The moment after which nothing more of a batch is sent."""

    def __init__(self) -> None:
        self._end = inf

    def within(self, seconds: float) -> None:
        """Let it come this soon, if it would not come sooner."""
        self._end = min(self._end, monotonic() + seconds)

    @property
    def open(self) -> bool:
        """Is there time left?"""
        return monotonic() < self._end


class Lane:
    """Work that one process does once at a time: whoever asks for it meanwhile makes it look once more."""

    def __init__(self) -> None:
        self._busy = False
        self._asked = False

    async def run(self, work: Callable[[float], Awaitable[None]]) -> None:
        """Do it; `work` gets the moment after which it begins nothing new."""
        self._asked = True
        if self._busy:
            return
        self._busy = True
        end = monotonic() + NEW_BATCHES
        try:
            while self._asked and monotonic() < end:
                self._asked = False
                await work(end)
        finally:
            self._busy = False


class Post:
    """What sending needs, one per process; `close` it at the end."""

    def __init__(self, settings: Settings) -> None:
        """Raises:
        settings.Refused: the push keys cannot be used.
        """
        self.settings = settings
        self.push = Push(settings)
        self.pace = Pace()
        self.preparing = asyncio.Lock()
        self.relay = Lane()
        self.lanes = {channel: Lane() for channel in Channel}
        self._beside: set[asyncio.Task[None]] = set()

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin work that no job waits for."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def close(self) -> None:
        """Let the work beside come to its end, if it is soon, and close the connections to push services."""
        if self._beside:
            _, late = await asyncio.wait(self._beside, timeout=ENDING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.push.close()


async def send_due(post: Post, channel: Channel) -> None:
    """Send all that is due over one channel. Returns at once where this process is at it already."""

    async def batches(end: float) -> None:
        while monotonic() < end and await deliver(post, channel) == BATCH[channel]:
            pass

    async def work(end: float) -> None:
        await asyncio.gather(*(batches(end) for _ in range(AT_ONCE)))

    await post.lanes[channel].run(work)


async def deliver(post: Post, *channels: Channel) -> int:
    """Try one batch of deliveries over each of these channels (all, when none is named); how many were taken. Safe to run twice
    and beside others."""
    return sum(await asyncio.gather(*(_batch(post, channel) for channel in channels or tuple(Channel))))


async def _batch(post: Post, channel: Channel) -> int:
    """A worker that ends, or loses Redis, gives up its jobs: then what is on its way is noted first, and the rest given back."""
    until = Until()
    whole = asyncio.create_task(_whole_batch(post, channel, until))
    try:
        return await asyncio.shield(whole)
    except asyncio.CancelledError:
        until.within(0)
        try:
            await asyncio.wait({whole}, timeout=NOTING)
        finally:
            whole.cancel()
        raise


async def _whole_batch(post: Post, channel: Channel, until: Until) -> int:
    try:
        claimed = await delivery.claim(channel, BATCH[channel], LEASE)
    except db.Away:
        log.warning("database away")  # the next sweep asks again
        return 0
    jobs: list[Job] = []
    for school_id, ids in claimed.items():
        jobs += await _prepared(post, school_id, ids)
    async for done in _send(post, channel, jobs, until):
        await _settled(done)
    return sum(map(len, claimed.values()))


async def _prepared(post: Post, school_id: UUID, ids: Sequence[UUID]) -> list[Job]:
    """One that fails by a fault of ours holds up no other; it keeps its lease and comes again when that ends."""
    try:
        return await _patiently(lambda: _prepare(post, school_id, ids))
    except db.Away:
        log.warning("database away")
        return []
    except Exception:
        if len(ids) == 1:
            log.exception("delivery failed")
            return []
    alone = [await _prepared(post, school_id, [each]) for each in ids]
    return [job for jobs in alone for job in jobs]


async def _prepare(post: Post, school_id: UUID, ids: Sequence[UUID]) -> list[Job]:
    """One at a time: the database has others to answer."""
    async with post.preparing:
        return await delivery.prepare(school_id, ids, post.settings)


async def _send(post: Post, channel: Channel, jobs: Sequence[Job], until: Until) -> AsyncIterator[list[Result]]:
    """Send them, and tell every now and then what became of some."""
    if not jobs:
        return
    until.within(ROUND)
    if channel is Channel.MAIL:
        async for done in _send_mails(post, [job for job in jobs if isinstance(job, MailJob)], until):
            yield done
    else:
        async for done in _send_pushes(post, [job for job in jobs if isinstance(job, PushJob)], until):
            yield done


async def _send_pushes(post: Post, jobs: Sequence[PushJob], until: Until) -> AsyncIterator[list[Result]]:
    """Some at once; each within the patience of `Push`. What time does not allow is given back untried."""
    left = list(reversed(jobs))
    done: list[Result] = []

    async def several() -> None:
        while left and until.open:
            job = left.pop()
            await post.pace.turn()
            try:
                attempt = await post.push.send(job.to, job.payload, ttl=job.ttl, urgency=job.urgency)
                done.append((job, attempt))
            except Exception:
                log.exception("push failed")

    going = {asyncio.create_task(several()) for _ in range(PUSHES)}
    try:
        while going:
            _, going = await asyncio.wait(going, timeout=NOTED_EVERY)
            noted, done[:] = done[:], []
            yield noted
    finally:
        for task in going:
            task.cancel()
    await _give_back(left)


async def _send_mails(post: Post, jobs: Sequence[MailJob], until: Until) -> AsyncIterator[list[Result]]:
    """One after another over one connection. What time does not allow is given back untried."""
    done: list[Result] = []
    left = list(jobs)
    noted = monotonic()
    async with Mailman(post.settings) as mailman:
        while left and until.open:
            job = left.pop(0)
            await post.pace.turn()
            try:
                done.append((job, await mailman.send(job.letter)))
            except Exception:
                log.exception("mail failed")
            if monotonic() - noted > NOTED_EVERY:
                yield done
                done, noted = [], monotonic()
    yield done
    await _give_back(left)


async def _give_back(jobs: Sequence[Job]) -> None:
    for job in jobs:
        await delivery.give_back(job.school_id, [job.id])


async def _settled(done: Sequence[Result]) -> None:
    """Note it, each school in a transaction of its own."""
    by_school: dict[UUID, list[Result]] = {}
    for job, attempt in done:
        by_school.setdefault(job.school_id, []).append((job, attempt))
    for school_id, results in by_school.items():
        try:
            await _patiently(lambda school_id=school_id, results=results: delivery.settle(school_id, results))  # type: ignore[misc]
        except Exception:
            log.exception("delivery not noted")


async def _patiently(what: Callable[[], Awaitable[T]]) -> T:
    """Ask again for a while when the database goes away meanwhile."""
    end = monotonic() + DATABASE_PATIENCE
    while True:
        try:
            return await what()
        except db.Away:
            if monotonic() > end:
                raise
            await asyncio.sleep(0.5)
