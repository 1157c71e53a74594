"""Bundles in the worker: made once, told as it goes, stopped on the spot, and finished whoever dies meanwhile."""

from __future__ import annotations

import asyncio
import io
import os
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from server.bundles import making, queries, service
from server.bundles.schemas import Bundle, BundleBody, BundleScope
from server.platform import db, press
from server.platform.press import PressError
from tests.factories import Person
from tests.server.bundles.papers import Paper
from tests.workers.conftest import CANARIES, School
from tests.workers.test_worker import BY_CLI, becomes, worker
from workers.relay import relay
from workers.render import Bindery, render

MANY = 100
FAR = datetime(2000, 1, 1, tzinfo=UTC)
TABLES = ("bundle_part", "bundle_piece", "bundle_student", "bundle")


async def fill(school: School, many: int = MANY) -> None:
    """More students in the home group, each with feedback that says who it is about."""
    async with db.school_transaction(school.world.school_id):
        await db.execute(
            """with people as (
                 insert into person (school_id, sourced_id, given_name, family_name, sort_key, username)
                 select $1, 'many' || n, 'Veel' || to_char(n, 'FM000'), 'Van Velen', 'velen ' || to_char(n, 'FM000'), 'many' || n
                   from generate_series(1, $2::integer) n returning id, given_name),
               roles as (insert into person_role (school_id, person_id, role) select $1, id, 'student' from people),
               enrolled as (
                 insert into enrolment (school_id, sourced_id, group_id, person_id, role)
                 select $1, g::text || id::text, g, id, 'student' from people, unnest(array[$3::uuid, $4::uuid]) g),
               pairs as (
                 insert into expected_pair (school_id, round_id, student_id, group_id) select $1, $5, id, $4 from people returning id)
               select count(*) from pairs""",
            school.world.school_id, many, school.world.home.id, school.world.dutch.id, school.round_id,
        )  # fmt: skip
        await db.execute(
            """insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, complete, author_id, written_by)
               select $1, e.round_id, e.student_id, e.group_id, 'on_track', 'Dit gaat over ' || p.given_name, true, $4, array[$4::uuid]
                 from expected_pair e join person p on p.id = e.student_id
                where e.school_id = $1 and e.round_id = $2 and e.group_id = $3 and p.family_name = 'Van Velen'""",
            school.world.school_id, school.round_id, school.world.dutch.id, school.world.dutch.teacher.id,
        )  # fmt: skip


async def ask(school: School, person: Person | None = None, **more: Any) -> UUID:
    body = BundleBody(round=school.round_id, scope=BundleScope(school=True), **more)
    asked = await school.act(person or school.world.mentor, lambda me: service.ask(me, body))
    found: UUID = asked.id
    return found


async def look(school: School, bundle_id: UUID) -> Bundle:
    found: Bundle = await school.act(school.world.mentor, lambda me: service.read(me, bundle_id))
    return found


async def state(school: School, bundle_id: UUID) -> str:
    return (await look(school, bundle_id)).state


async def file(school: School, bundle_id: UUID) -> bytes:
    opened = await school.act(school.world.mentor, lambda me: service.open_file(me, bundle_id))
    body = b"".join([piece async for piece in opened.pieces])
    assert len(body) == opened.size
    return body


async def counts(school: School) -> dict[str, int]:
    return {
        table: (await school.run(f"select count(*) as n from {table} where school_id = $1"))[0]["n"] for table in TABLES
    }


async def lease_ends(school: School) -> None:
    await school.run("update bundle set leased_until = null where school_id = $1")


def presses_of(worker_pid: int) -> list[int]:
    """Processes that set type for this worker, by Linux's own list."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == worker_pid and b"server.platform.pdf" in command:
            found.append(int(stat.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def whole(body: bytes, many: int = MANY) -> None:
    """Everybody's pages are in it once, in order, with their tags."""
    paper = Paper(body)
    students = [title for depth, title, _ in paper.bookmarks() if depth == 1]
    assert len(students) == len(set(students)) == many + 3
    for number in range(1, many + 1):
        assert paper.text.count(f"Dit gaat over Veel{number:03}") == 1
    assert paper.lost_tags() == []


async def test_a_killed_worker_s_bundle_is_finished_by_the_next_one(
    school: School, environment: dict[str, str]
) -> None:
    await fill(school)
    bundle_id = await ask(school)

    async def halfway() -> bool:
        return 0 < (await look(school, bundle_id)).done < MANY

    async with worker(BY_CLI, environment) as process:
        await becomes(True, halfway, 240)
        orphans = presses_of(process.pid)
        assert orphans
        process.kill()
        await process.wait()
    before = await look(school, bundle_id)
    assert before.state == "making"

    async def all_ended() -> bool:
        return not any(alive(pid) for pid in orphans)

    await becomes(True, all_ended, 60)
    await lease_ends(school)
    async with worker(BY_CLI, environment):
        await becomes("ready", lambda: state(school, bundle_id), 240)
    after = await look(school, bundle_id)
    assert (after.done, after.total, after.left_out) == (MANY + 3, MANY + 3, 0)
    whole(await file(school, bundle_id))
    found = await counts(school)
    assert (found["bundle"], found["bundle_part"], found["bundle_student"]) == (1, 0, MANY + 3)
    await relay()
    assert [row["kind"] for row in await school.notices(school.world.mentor)].count("bundle.ready") == 1


async def test_several_workers_make_it_once(school: School) -> None:
    await fill(school, 30)
    bundle_id = await ask(school, form="zip")
    assert sorted(await asyncio.gather(*(render() for _ in range(3)))) == [False, False, True]
    archive = zipfile.ZipFile(io.BytesIO(await file(school, bundle_id)))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 33
    assert (await counts(school))["bundle_part"] == 0


async def test_a_worker_that_was_taken_for_dead_does_no_harm(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease runs out in the middle of a step; another one goes on, and both come to an end."""
    await fill(school, 30)
    bundle_id = await ask(school)
    thinking, wake = asyncio.Event(), asyncio.Event()
    set_type = press.Press.set

    async def slow(self: press.Press, *args: Any) -> bytes:
        if not thinking.is_set():
            thinking.set()
            await wake.wait()
        return await set_type(self, *args)

    monkeypatch.setattr(press.Press, "set", slow)
    first = asyncio.create_task(render())
    await thinking.wait()
    await lease_ends(school)
    assert await render()
    wake.set()
    assert await first
    assert (await look(school, bundle_id)).state == "ready"
    whole(await file(school, bundle_id), 30)
    assert (await counts(school))["bundle_part"] == 0


async def test_stopping_it_ends_the_work_and_leaves_nothing(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(school, 50)
    bundle_id = await ask(school)
    settle = queries.settle

    async def stopped(school_id: UUID, which: UUID, rows: Any) -> None:
        await settle(school_id, which, rows)
        asyncio.get_running_loop().call_soon(lambda: tasks.append(asyncio.ensure_future(stop())))

    tasks: list[asyncio.Future[None]] = []

    async def stop() -> None:
        async with db.apart(school.world.school_id):
            await queries.remove(school.world.school_id, school.world.mentor.id, bundle_id)

    monkeypatch.setattr(queries, "settle", stopped)
    assert await render()
    await asyncio.gather(*tasks)
    assert await counts(school) == dict.fromkeys(TABLES, 0)
    assert not await render()
    await relay()
    assert await school.notices(school.world.mentor) == []


async def test_a_press_that_dies_costs_one_try(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle_id = await ask(school)
    begun = asyncio.create_subprocess_exec
    children: list[asyncio.subprocess.Process] = []

    async def noted(*args: Any, **more: Any) -> asyncio.subprocess.Process:
        child = await begun(*args, **more)
        children.append(child)
        if len(children) == 1:
            child.kill()
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    assert await render()
    assert (await look(school, bundle_id)).state == "making"
    assert not await render(), "it is left alone for a while"
    await lease_ends(school)
    assert await render()
    assert (await look(school, bundle_id)).state == "ready"
    assert all(child.returncode is not None for child in children)


async def test_what_always_fails_is_given_up_and_says_so(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle_id = await ask(school)

    async def fault(*_: Any) -> bytes:
        raise PressError("TypstError")

    monkeypatch.setattr(press.Press, "set", fault)
    for _ in range(making.TRIES + 1):
        assert await render()
        await lease_ends(school)
    found = await look(school, bundle_id)
    assert (found.state, found.error, found.size) == ("failed", "fault", 0)
    assert not await render()


async def test_how_far_it_is_can_be_seen(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(school, 50)
    bundle_id = await ask(school)
    seen: list[int] = []
    go_on = queries.go_on

    async def noted(school_id: UUID, which: UUID, until: Any) -> None:
        await go_on(school_id, which, until)
        async with db.apart(school.world.school_id):
            seen.append((await queries.one(school_id, school.world.mentor.id, FAR, bundle_id))["done"])

    monkeypatch.setattr(queries, "go_on", noted)
    assert await render()
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] < 53, "each step is seen when it is committed"
    assert (await look(school, bundle_id)).done == 53


async def test_small_ones_come_before_large_ones(school: School) -> None:
    large = await ask(school)
    small = BundleBody(round=school.round_id, scope=BundleScope(student=school.student.id))
    asked = await school.act(school.world.mentor, lambda me: service.ask(me, small))
    claimed = await making.claim()
    assert claimed is not None
    assert claimed["id"] == asked.id
    await making.work(claimed["school_id"], claimed["id"], claimed["tries"])
    assert await Bindery().work() == 1
    assert (await look(school, large)).state == "ready"


async def test_the_process_that_sets_type_tells_kinds_of_errors_and_no_text() -> None:
    async with press.press() as found:
        with pytest.raises(PressError, match=r"^[A-Za-z]+$"):
            await found.set("report", {"words": {}, "students": [{"name": CANARIES[0]}]})
        with pytest.raises(PressError, match=r"^[A-Za-z]+$"):
            await found.set("nothing", {})


@pytest.fixture(autouse=True)
async def _no_press_is_left() -> AsyncIterator[None]:
    yield
    assert presses_of(os.getpid()) == []
