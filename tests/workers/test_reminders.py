"""The worker that looks at the clock: beside others, again, and after a fault, each thing is told once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.notices import reminders
from server.platform import clock, db
from server.rounds import behind
from tests.factories import World
from tests.workers.conftest import School
from workers import main
from workers import reminders as job
from workers.deliver import Post
from workers.relay import relay
from workers.reminders import remind
from workers.render import Bindery

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture
async def due(school: School) -> School:
    """A school in which something of each kind is due at `NOW`."""
    await school.share(guardians=False)
    await school.run("update report_share set shared_at = $2 where school_id = $1", NOW - timedelta(days=9))
    await school.run(
        """insert into agreement (school_id, round_id, student_id, what, party, due_on, created_by, created_at)
           values ($1, $2, $3, 'Oefenen', 'student', $4, $5, $6)""",
        school.round_id, school.student.id, NOW.date() + timedelta(days=1), school.world.mentor.id, NOW - timedelta(days=9),
    )  # fmt: skip
    await school.run(
        "update feedback set complete = false where school_id = $1 and group_id = $2", school.world.maths.id
    )
    await school.run(
        "update round set state = 'open', deadline = $2, reminded_until = $3 where school_id = $1",
        NOW - timedelta(minutes=1), NOW - timedelta(hours=1),
    )  # fmt: skip
    await school.run("delete from outbox where school_id = $1")
    return school


async def told(school: School) -> list[str]:
    rows = await school.run("select kind from outbox where school_id = $1")
    return sorted(row["kind"] for row in rows)


ALL = ["agreement.due", "plan.missing", "round.deadline_passed"]


async def test_many_workers_at_once_tell_each_thing_once(due: School) -> None:
    with clock.at(NOW):
        await asyncio.gather(*(remind() for _ in range(5)))
        assert await told(due) == ALL
        await remind()
    with clock.at(NOW + timedelta(days=1)):
        await remind()
    assert await told(due) == ALL
    await due.run("update feedback set complete = true where school_id = $1")
    with clock.at(NOW + timedelta(days=1)):
        await asyncio.gather(*(remind() for _ in range(5)))
    assert await told(due) == sorted([*ALL, "round.complete"])


async def test_the_relay_takes_all_of_it(due: School) -> None:
    with clock.at(NOW):
        await remind()
    await relay()
    assert await due.run("select kind from outbox where school_id = $1 and done_at is null") == []


async def test_a_fault_half_way_tells_nothing_and_the_next_look_all_of_it(
    due: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(school_id: UUID, *_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched, clock.at(NOW):
        patched.setattr(behind, "told", breaks)
        patched.setattr(reminders.unplanned, "asked", breaks)
        patched.setattr(reminders.agreements, "reminded", breaks)
        assert await remind() == 0
        assert await told(due) == []
    with clock.at(NOW):
        assert await remind() == 3
    assert await told(due) == ALL


async def test_a_school_that_fails_does_not_stop_the_others(due: School, monkeypatch: pytest.MonkeyPatch) -> None:
    async with httpx.AsyncClient() as http, db.transaction():
        other = await World.create(http, students=0)
    real = job.JOBS

    async def fails(school_id: UUID) -> int:
        if school_id == other.school_id:
            raise RuntimeError
        return 0

    monkeypatch.setattr(job, "JOBS", (fails, *real))
    with clock.at(NOW):
        assert await remind() == 3


async def test_a_round_that_is_being_changed_is_looked_at_a_minute_later(due: School) -> None:
    async with db.school_transaction(due.world.school_id):
        await db.execute("select 1 from round where school_id = $1 for update", due.world.school_id)
        with clock.at(NOW):
            assert await asyncio.create_task(apart(due)) == 0
    with clock.at(NOW):
        assert await reminders.remind_of_rounds(due.world.school_id) == 1


async def apart(school: School) -> int:
    """The same job on a connection of its own."""
    token = db.engine().current_transaction.set(None)
    try:
        return await reminders.remind_of_rounds(school.world.school_id)
    finally:
        db.engine().current_transaction.reset(token)


async def test_without_redis_it_looks_once_a_minute(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    async def counts() -> int:
        looks.append(clock.now())
        return 0

    monkeypatch.setattr(main, "remind", counts)
    monkeypatch.setattr(Bindery, "begin", lambda _: None)
    ctx: dict[str, Any] = {"post": post, "bindery": Bindery()}
    for seconds in (0, 1, 59, 60, 61):
        with clock.at(NOW + timedelta(seconds=seconds)):
            await main.alone(ctx)
    assert looks == [NOW, NOW + timedelta(minutes=1)]
