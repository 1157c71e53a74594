"""The roster's work in the worker: claimed once, told as it goes, all or nothing, and found again after a fault or a crash."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from server.platform import db
from server.platform.sealing import seal
from server.roster import carrying, import_queries, queries, source_queries, sources
from server.roster.service import import_file
from server.settings import Settings
from tests.oneroster import CLIENT, SECRET, oneroster
from tests.roster_files import Zip, small_school
from tests.server.roster import stored
from tests.workers.test_worker import BY_CLI, becomes, worker
from workers.sync_roster import ask_for_the_night, work_on_rosters

SLUG = "testcollege"


class Waiting:
    """A school with an upload that a worker has to do something with."""

    def __init__(self, school_id: UUID, upload_id: UUID) -> None:
        self.school_id = school_id
        self.upload_id = upload_id

    async def row(self) -> Any:
        async with db.school_transaction(self.school_id):
            return await import_queries.upload(self.school_id, self.upload_id)

    async def state(self) -> object:
        return (await self.row())["state"]

    async def set(self, state: str, **columns: Any) -> None:
        async with db.school_transaction(self.school_id):
            await import_queries.change_upload(self.school_id, self.upload_id, state, **columns)

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        async with db.transaction():
            return await stored.everything(SLUG)


def larger_school() -> Zip:
    school = small_school()
    for number in range(40):
        school.enrol("h2a", school.person(f"x{number}", "student", "Sam", f"Bakker{number}"))
    return school


@pytest.fixture
async def waiting(worker_settings: Settings, tmp_path: Path) -> Waiting:
    await db.open_pool(5)
    await import_file(small_school().write(tmp_path / "first.zip"), SLUG, create_school=True)
    async with db.transaction():
        school_id = await stored.enter(SLUG)
        admin = await stored.one(SLUG, "person", "admin")
        zipped = larger_school().write(tmp_path / "x.zip").read_bytes()
        return Waiting(school_id, await import_queries.add_upload(school_id, admin["id"], "x.zip", zipped))


async def test_several_workers_read_and_apply_an_upload_once(waiting: Waiting, worker_settings: Settings) -> None:
    taken = await asyncio.gather(*(work_on_rosters(worker_settings) for _ in range(3)))
    ready = await waiting.row()
    before = await waiting.everything()
    await waiting.set("applying")
    taken += await asyncio.gather(*(work_on_rosters(worker_settings) for _ in range(3)))
    done = await waiting.row()

    assert sorted(taken) == [0, 0, 0, 0, 1, 1]
    assert (ready["state"], done["state"]) == ("ready", "done")
    assert len(before["roster_import"]) == 1
    assert len((await waiting.everything())["roster_import"]) == 2
    assert await work_on_rosters(worker_settings) == 0


async def test_how_far_it_is_can_be_seen_while_nothing_of_it_counts_yet(
    waiting: Waiting, worker_settings: Settings, fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "CHUNK", 10)
    await work_on_rosters(worker_settings)
    await waiting.set("applying")
    seen: list[tuple[int, int, int]] = []
    tell = import_queries.tell_progress
    outside = await asyncpg.connect(fresh_database)

    async def noted(school_id: UUID, upload_id: UUID, done: int, total: int) -> None:
        async with outside.transaction():
            await outside.fetchval("select set_config('app.school_id', $1, true)", str(school_id))
            people = await outside.fetchval("select count(*) from person")
            shown = await outside.fetchval("select rows_done from roster_upload where id = $1", upload_id)
        seen.append((shown, done, people))
        await tell(school_id, upload_id, done, total)

    monkeypatch.setattr(import_queries, "tell_progress", noted)
    await work_on_rosters(worker_settings)
    await outside.close()

    assert len(seen) > 8
    assert [shown for shown, _, _ in seen[1:]] == [done for _, done, _ in seen[:-1]]
    assert {people for _, _, people in seen} == {9}
    done = await waiting.row()
    assert (done["state"], done["rows_done"]) == ("done", seen[-1][1])


async def test_a_fault_halfway_leaves_everything_as_it_was_and_is_tried_again(
    waiting: Waiting, worker_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work_on_rosters(worker_settings)
    await waiting.set("applying")
    before = await waiting.everything()

    async def fault(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(import_queries, "add_import", fault)
        assert await work_on_rosters(worker_settings) == 1
    with monkeypatch.context() as patch:
        patch.setattr(carrying.db, "take_stock", fault)
        patch.setattr(db, "MANY", 1)
        assert await work_on_rosters(worker_settings) == 0, "it is left alone for a while"
        await waiting.set("applying", leased_until=None)
        assert await work_on_rosters(worker_settings) == 1
    halfway = await waiting.everything()
    state = await waiting.state()
    await waiting.set("applying", leased_until=None)
    await work_on_rosters(worker_settings)

    assert halfway == before
    assert (state, await waiting.state()) == ("applying", "done")


async def test_what_always_fails_is_given_up(
    waiting: Waiting, worker_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fault(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(queries, "school_of", fault)
    for _ in range(4):
        assert await work_on_rosters(worker_settings) == 1
        async with db.school_transaction(waiting.school_id):
            await import_queries.lease_upload(waiting.school_id, waiting.upload_id, timedelta(seconds=-1))

    row = await waiting.row()
    assert (row["state"], row["error"]) == ("failed", "gave_up")


async def test_the_worker_process_reads_what_is_uploaded(waiting: Waiting, environment: dict[str, str]) -> None:
    async with worker(BY_CLI, environment):
        await becomes("ready", waiting.state)
        await waiting.set("applying")
        await becomes("done", waiting.state)


async def test_the_night_fetches_what_is_nightly(waiting: Waiting, worker_settings: Settings) -> None:
    await waiting.set("failed")
    school_id = waiting.school_id
    async with oneroster(larger_school()) as service:
        async with db.school_transaction(school_id):
            source_id = await source_queries.new_id()
            values = {
                "name": "ELO", "version": "1.2", "base_url": service.url, "token_url": f"{service.url}/token",
                "client_id": CLIENT,
                "secret": seal(worker_settings.secret, sources.PURPOSE, SECRET.encode(), school_id.bytes + source_id.bytes),
            }  # fmt: skip
            await source_queries.add_source(school_id, source_id, values)
        assert await work_on_rosters(worker_settings) == 0
        await ask_for_the_night()
        await ask_for_the_night()
        taken = await asyncio.gather(*(work_on_rosters(worker_settings) for _ in range(3)))

    assert sorted(taken) == [0, 0, 1]
    async with db.school_transaction(school_id):
        row = await source_queries.source(school_id, source_id)
        assert row is not None
        assert (row["state"], row["result"]) == ("idle", "changed")
        assert (await stored.one(SLUG, "person", "x39"))["left_on"] is None
