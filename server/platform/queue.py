"""Our side of arq: the one file that knows it.

Redis only says *when* to look; what is due is found in PostgreSQL. Emptying Redis loses nothing, because the worker looks each
second anyway, and a worker without Redis goes on looking until Redis is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import redis.asyncio as redis
from arq.connections import ArqRedis, RedisSettings
from arq.cron import CronJob, cron
from arq.worker import Worker, create_worker, func
from redis.exceptions import RedisError

from server.platform.clock import DEFAULT_ZONE

log = logging.getLogger("driehoek.queue")
NUDGE: Final = "sweep"
"""Name of the job that a nudge asks for."""
POLL: Final = 0.1
"""Seconds between two looks into Redis: the delay of a nudge."""
GRACE: Final = 15
"""Seconds that running jobs get to finish when the worker is asked to stop."""

Job = Callable[[Mapping[str, Any]], Awaitable[None]]
Away = (RedisError, OSError, asyncio.TimeoutError)

_encode = msgspec.msgpack.Encoder(enc_hook=repr).encode
_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Regular:
    """A job that runs by the clock, once for all workers. `hour` None: every `seconds`."""

    job: Job
    timeout: int
    seconds: int = 1
    hour: int | None = None
    minute: int = 0
    at_start: bool = False

    def cron(self) -> CronJob:
        """As arq has it."""
        when: dict[str, Any] = (
            {"second": set(range(0, 60, self.seconds))}
            if self.hour is None
            else {"hour": self.hour, "minute": self.minute}
        )
        return cron(self.job, timeout=self.timeout, run_at_startup=self.at_start, **when)  # type: ignore[arg-type]


async def nudge(client: redis.Redis) -> None:
    """Ask the workers to look now instead of within a second. Never fails; a lost nudge is harmless."""
    with suppress(*Away):
        queue = ArqRedis(client.connection_pool, job_serializer=_encode, job_deserializer=_decode)
        await queue.enqueue_job(NUDGE, _job_id=NUDGE)


def worker_settings(
    redis_url: str,
    *,
    nudged: Job,
    regular: Sequence[Regular],
    timeout: int,
    on_startup: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
    on_shutdown: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
) -> dict[str, Any]:
    """What arq takes as `WorkerSettings`. `timeout`: seconds for a nudged job."""
    address = RedisSettings.from_dsn(redis_url)
    address.conn_retries = 0
    return {
        "functions": [func(nudged, name=NUDGE, timeout=timeout, keep_result=0, max_tries=1)],  # type: ignore[arg-type]
        "cron_jobs": [each.cron() for each in regular],
        "redis_settings": address,
        "on_startup": on_startup,
        "on_shutdown": on_shutdown,
        "poll_delay": POLL,
        "keep_result": 0,
        "job_completion_wait": GRACE,
        "timezone": ZoneInfo(DEFAULT_ZONE),
        "job_serializer": _encode,
        "job_deserializer": _decode,
    }


async def work(
    redis_url: str, settings: Mapping[str, Any], stop: asyncio.Event, alone: Callable[[], Awaitable[None]]
) -> None:
    """Run arq until `stop`. While Redis is away, call `alone` each second instead."""
    while not stop.is_set():
        worker = create_worker(dict(settings), handle_signals=False)
        try:
            await _work_until(worker, stop)
        except Away:
            log.warning("redis away")
        finally:
            await _close(worker)
        while not stop.is_set() and not await _answers(redis_url):
            await alone()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)


async def _work_until(worker: Worker, stop: asyncio.Event) -> None:
    running = asyncio.ensure_future(worker.async_run())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        worker.allow_pick_jobs = False
        if jobs := [job for job in worker.tasks.values() if not job.done()]:
            await asyncio.wait(jobs, timeout=GRACE)
        if running.done():
            running.result()
    finally:
        stopping.cancel()
        running.cancel()
        await asyncio.wait({running, stopping})


async def _close(worker: Worker) -> None:
    """arq's own way of closing stops half-way when Redis is away."""
    for job in worker.tasks.values():
        job.cancel()
    await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
    if worker._pool is not None:
        with suppress(*Away):
            await worker._pool.aclose(close_connection_pool=True)


async def _answers(redis_url: str) -> bool:
    client = redis.Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(await client.ping())
    except Away:
        return False
    finally:
        await client.aclose()
