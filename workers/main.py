"""The worker process: `driehoek work`, or `arq workers.main.WorkerSettings`.

Each second, and at once when the server nudges: relay the outbox, then deliver. PostgreSQL decides what is due; every job may
run twice or beside another one. A sweep that is asked for while one is at it makes that one look once more. The process gives way
to those who answer people.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from time import monotonic
from typing import Any

import uvloop

from server.notices.kind import Channel
from server.platform import clock, db, live, queue
from server.platform.children import give_way
from server.platform.logs import configure_logs
from server.platform.queue import Regular
from server.settings import Settings, load
from workers.deliver import Post, send_due
from workers.leavers import keep_ledger, let_go
from workers.relay import BATCH, relay
from workers.reminders import remind
from workers.render import TIMEOUT as RENDER_TIMEOUT
from workers.render import Bindery
from workers.retain import retain
from workers.rounds import recompute, run_due_rounds
from workers.sync_roster import TIMEOUT as ROSTER_TIMEOUT
from workers.sync_roster import ask_for_the_night, work_on_rosters

log = logging.getLogger("driehoek.worker")
SWEEP_TIMEOUT = 55
"""Shorter than the leases, so that a batch which hangs is given up before others take it."""


async def sweep_with(post: Post) -> None:
    """Do all that is due now: what the relay makes ready leaves while it goes on."""
    leaving: list[asyncio.Task[None]] = []

    def send() -> None:
        leaving.extend(asyncio.create_task(send_due(post, channel)) for channel in Channel)

    async def work(end: float) -> None:
        while monotonic() < end:
            await post.pace.turn()
            told = await relay()
            send()
            if told < BATCH:
                return

    try:
        await post.relay.run(work)
        send()
        await asyncio.gather(*leaving)
    finally:
        for task in leaving:
            task.cancel()


async def sweep(ctx: Mapping[str, Any]) -> None:
    """Relay and deliver."""
    await sweep_with(ctx["post"])


async def wake(ctx: Mapping[str, Any]) -> None:
    """The same at once. The job itself is over before it is done: while it runs, Redis takes no other nudge."""
    ctx["post"].beside(_sweep_beside(ctx["post"]))


async def _sweep_beside(post: Post) -> None:
    try:
        async with asyncio.timeout(SWEEP_TIMEOUT):
            await sweep_with(post)
    except db.Away:
        log.warning("database away")
    except Exception:
        log.exception("sweep failed")


async def rounds(ctx: Mapping[str, Any]) -> None:
    """Open and close rounds at their set times, and let pages that are open see it."""
    await run_due_rounds()
    await live.tell_now(ctx["post"].settings.redis_url)


async def reminders(ctx: Mapping[str, Any]) -> None:
    """Deadlines, plans and agreements."""
    await remind()


async def daily(ctx: Mapping[str, Any]) -> None:
    """What a new day brings."""
    await recompute()
    await retain()
    await let_go(ctx["post"].settings)


async def ledger(ctx: Mapping[str, Any]) -> None:
    """Write down beside the database who was erased."""
    await keep_ledger(ctx["post"].settings)


async def rosters(ctx: Mapping[str, Any]) -> None:
    """Read, apply and fetch what is asked for."""
    while await work_on_rosters(ctx["post"].settings):
        pass


async def paper(ctx: Mapping[str, Any]) -> None:
    """Reports on paper."""
    await ctx["bindery"].work()


async def nightly(ctx: Mapping[str, Any]) -> None:
    """Ask for the rosters of tonight."""
    await ask_for_the_night()


async def start(ctx: dict[str, Any], settings: Settings | None = None) -> None:
    """Open what the jobs need."""
    settings = settings or load(os.environ)
    configure_logs(settings.log_level)
    await db.open_pool(settings.database_pool)
    ctx["post"] = Post(settings)
    ctx["bindery"] = Bindery()


async def stop(ctx: dict[str, Any]) -> None:
    """Close it again."""
    if "bindery" in ctx:
        await ctx.pop("bindery").close()
    if "post" in ctx:
        await ctx.pop("post").close()
    await db.close_pool()


def worker_settings(settings: Settings) -> dict[str, Any]:
    """All jobs, for arq."""
    return queue.worker_settings(
        settings.redis_url,
        nudged=wake,
        regular=[
            Regular(sweep, SWEEP_TIMEOUT),
            Regular(rounds, SWEEP_TIMEOUT, seconds=5),
            Regular(reminders, SWEEP_TIMEOUT, seconds=60),
            Regular(rosters, ROSTER_TIMEOUT),
            Regular(paper, RENDER_TIMEOUT),
            Regular(nightly, SWEEP_TIMEOUT, hour=2, minute=30),
            Regular(ledger, SWEEP_TIMEOUT, seconds=60),
            Regular(daily, 300, hour=4, minute=10, at_start=True),
        ],
        timeout=SWEEP_TIMEOUT,
        on_startup=start,
        on_shutdown=stop,
    )


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, ended.set)
    ctx: dict[str, Any] = {}
    await start(ctx, settings)
    try:
        options = worker_settings(settings) | {"ctx": ctx, "on_startup": None, "on_shutdown": None}
        await queue.work(settings.redis_url, options, ended, lambda: alone(ctx))
    finally:
        await stop(ctx)


async def alone(ctx: dict[str, Any]) -> None:
    """The same without Redis. Without the database too there is nothing to do but wait."""
    try:
        await run_due_rounds()
        if (minute := clock.now().replace(second=0, microsecond=0)) != ctx.get("minute"):
            ctx["minute"] = minute
            await reminders(ctx)
            await ledger(ctx)
        await sweep(ctx)
        await rosters(ctx)
        ctx["bindery"].begin()
    except db.Away:
        log.warning("database away")


def run() -> None:
    """One worker process, until it is asked to stop.

    Raises:
        settings.Refused: the settings do not allow a start.
    """
    settings = load(os.environ)
    give_way()
    uvloop.run(work(settings))


def __getattr__(name: str) -> Any:
    # `arq workers.main.WorkerSettings`: read from the environment when asked for, not when this module is imported.
    if name == "WorkerSettings":
        return worker_settings(load(os.environ))
    raise AttributeError(name)
