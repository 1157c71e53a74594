"""The worker as a process: it finds what is due by itself, and neither an emptied Redis nor a kill loses anything."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
import redis.asyncio as redis

from server.platform import queue, retention
from server.platform.children import BACK
from server.settings import Settings
from tests.push.http import Answer, Request
from tests.push.stub import PushService
from tests.workers.conftest import MailServer, School
from workers import main
from workers.deliver import Post
from workers.retain import retain

BY_CLI = (sys.executable, "-m", "server.cli", "work")
BY_ARQ = (sys.executable, "-c", "from arq.cli import cli; cli()", "workers.main.WorkerSettings")


@asynccontextmanager
async def worker(command: tuple[str, ...], environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process, ended for good afterwards if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def becomes(wanted: object, what: Callable[[], Awaitable[object]], seconds: float = 60) -> None:
    """Wait until `what()` is `wanted`."""
    found: object = None
    try:
        async with asyncio.timeout(seconds):
            while (found := await what()) != wanted:  # noqa: ASYNC110 - another process has no event to wait for
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"still {found!r} after {seconds} s")


@pytest.mark.parametrize("command", [BY_CLI, BY_ARQ], ids=["driehoek work", "arq"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_delivers_what_it_finds_and_ends_cleanly_when_asked(
    school: School, environment: dict[str, str], command: tuple[str, ...], how: signal.Signals
) -> None:
    await school.share(guardians=False)
    async with worker(command, environment) as process:
        await becomes([("mail", "sent")], school.states)
        process.send_signal(how)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0
        assert b"Traceback" not in errors
        assert b"Student0" not in errors


async def test_an_emptied_redis_loses_nothing(
    school: School, environment: dict[str, str], worker_settings: Settings
) -> None:
    client = redis.from_url(worker_settings.redis_url)  # type: ignore[no-untyped-call]
    async with worker(BY_CLI, environment):
        for student in school.world.students:
            await school.share(student=student, guardians=False)
            await client.flushall()
        await becomes([("mail", "sent")] * 3, school.states)
        await client.flushall()
        await school.append("report.shared", round="broken")
        await school.append("round.closed", round=uuid4())
        await becomes(1, lambda: undone(school))
    await client.aclose()


async def undone(school: School) -> int:
    return len(await school.run("select 1 from outbox where school_id = $1 and done_at is null"))


async def test_a_killed_worker_loses_nothing(
    school: School, environment: dict[str, str], service: PushService, mail_server: MailServer
) -> None:
    """Killed while the push service is thinking; the next worker takes over when the lease has run out."""
    await school.subscribe(school.student)
    await school.share(guardians=False)
    asked, killed = asyncio.Event(), asyncio.Event()

    async def thinks(_: Request) -> Answer:
        asked.set()
        await killed.wait()
        return Answer(503)

    service.slow = thinks
    async with worker(BY_CLI, environment) as process:
        await asyncio.wait_for(asked.wait(), 60)
        process.kill()
        await process.wait()
    killed.set()
    service.slow = None
    assert (await school.states())[0] == ("push", "waiting")
    await school.run("update delivery set leased_until = now() where school_id = $1 and state = 'waiting'")
    async with worker(BY_CLI, environment):
        await becomes([("push", "sent"), ("mail", "sent")], school.states)
    assert len(service.received) == 1


async def test_it_gives_way_to_who_answers_people(school: School, environment: dict[str, str]) -> None:
    await school.share(guardians=False)
    async with worker(BY_CLI, environment) as process:
        await becomes([("mail", "sent")], school.states)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + BACK)


async def test_without_redis_it_works_on(school: School, environment: dict[str, str]) -> None:
    nowhere = {**environment, "DRIEHOEK_REDIS_URL": "redis://127.0.0.1:1/0"}
    await school.share(guardians=False)
    async with worker(BY_CLI, nowhere) as process:
        await becomes([("mail", "sent")], school.states)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_without_redis_and_without_the_database_it_waits_and_does_not_end(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(main, "run_due_rounds", away)
    await main.alone({"post": post})


async def test_a_nudge_is_one_job_however_often_it_is_given_and_never_fails(worker_settings: Settings) -> None:
    client = redis.from_url(worker_settings.redis_url)  # type: ignore[no-untyped-call]
    await client.flushall()
    for _ in range(3):
        await queue.nudge(client)
    assert await client.zcard("arq:queue") == 1
    await client.flushall()
    await client.aclose()
    away = redis.from_url("redis://127.0.0.1:1/0")  # type: ignore[no-untyped-call]
    await queue.nudge(away)
    await away.aclose()


async def test_a_nudge_while_the_worker_is_at_it_makes_it_look_once_more(
    school: School, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job of the first nudge is over long before its work is: Redis takes the second one."""
    real, began, shared = main.relay, asyncio.Event(), asyncio.Event()

    async def slow() -> int:
        found = await real()
        began.set()
        await shared.wait()
        return found

    monkeypatch.setattr(main, "relay", slow)
    await main.wake({"post": post})
    await asyncio.wait_for(began.wait(), 60)
    await school.share(guardians=False)
    await main.wake({"post": post})
    shared.set()
    await becomes([("mail", "sent")], school.states)


async def test_work_that_a_nudge_began_comes_to_its_end_before_the_process_does(
    school: School, worker_settings: Settings, post: Post, mail_server: MailServer
) -> None:
    own = Post(worker_settings)
    await school.share(guardians=False)
    await main.wake({"post": own})
    await own.close()
    assert await school.states() == [("mail", "sent")]


async def test_a_nudge_without_a_database_is_a_line_in_the_log(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(main, "relay", away)
    await main.wake({"post": post})
    await post.close()


async def test_a_round_opens_and_closes_at_its_set_time(school: School, post: Post) -> None:
    async def state() -> object:
        return (await school.run("select state from round where school_id = $1 and id = $2", school.round_id))[0][
            "state"
        ]

    await school.run("update round set state = 'open', closes_at = now() + interval '1 hour' where school_id = $1")
    await main.rounds({"post": post})
    assert await state() == "open"
    await school.run("update round set closes_at = now() - interval '1 second' where school_id = $1")
    await main.rounds({"post": post})
    await main.rounds({"post": post})
    assert await state() == "closed"
    kinds = await school.run("select kind from outbox where school_id = $1")
    assert kinds == [{"kind": "round.closed"}]


async def test_every_day_open_rounds_follow_the_roster(school: School, post: Post) -> None:
    async with main.db.school_transaction(school.world.school_id):
        await school.world.set_round(school.round_id, "open")
        await school.world.leave(school.student, school.world.maths)
    for _ in range(2):
        await main.daily({"post": post})
        pairs = await school.run(
            "select state from expected_pair where school_id = $1 and student_id = $2 and group_id = $3",
            school.student.id,
            school.world.maths.id,
        )
        assert pairs == [{"state": "ended"}]


async def test_old_keys_sessions_and_outbox_rows_go_and_young_ones_stay(school: School, post: Post) -> None:
    person = school.student.id
    for age in (retention.KEYS + timedelta(days=1), timedelta(days=1)):
        await school.run(
            """insert into request_key (school_id, person_id, key, payload_hash, status, answer, created_at)
               values ($1, $2, $3, '\\x00', 200, '{}', now() - $4::interval)""",
            person, uuid4(), age,
        )  # fmt: skip
    sessions = {
        b"living": (None, -1),
        b"ended long ago": (9, -1),
        b"ended today": (0, -1),
        b"ran out long ago": (None, 9),
    }
    for name, (ended, expired) in sessions.items():
        await school.run(
            """insert into session (school_id, person_id, id_hash, ended_at, expires_at)
               values ($1, $2, $3, now() - $4::interval, now() - $5::interval)""",
            person, name, None if ended is None else timedelta(days=ended), timedelta(days=expired),
        )  # fmt: skip
    for days in (8, 1):
        await school.run(
            "insert into outbox (school_id, kind, ids, done_at) values ($1, 'round.closed', '{}', now() - $2::interval)",
            timedelta(days=days),
        )
    await school.run(
        "insert into outbox (school_id, kind, ids, created_at) values ($1, 'round.closed', '{}', '2020-01-01')"
    )
    for _ in range(2):
        await retain()
        assert len(await school.run("select 1 from request_key where school_id = $1")) == 1
        kept = {bytes(row["id_hash"]) for row in await school.run("select id_hash from session where school_id = $1")}
        assert kept == {b"living", b"ended today"}
        assert len(await school.run("select 1 from outbox where school_id = $1")) == 2


def test_importing_the_worker_reads_no_environment() -> None:
    assert "WorkerSettings" not in vars(main)
    assert main.WorkerSettings["functions"][0].name == queue.NUDGE
    with pytest.raises(AttributeError):
        _ = main.Nothing
    assert os.environ["DRIEHOEK_MODE"] == "test"
