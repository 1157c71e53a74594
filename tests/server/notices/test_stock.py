"""Statistics of tables that grow by thousands at once: taken each time that they may have doubled."""

from __future__ import annotations

import pytest

from server.notices.service import stock
from server.platform import db
from tests.factories import World


async def test_stock_is_taken_each_time_that_a_table_may_have_doubled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    came = 0

    async def take(*tables: str) -> None:
        assert tables == ("notice", "delivery")
        taken.append(came)

    monkeypatch.setattr(db, "take_stock", take)
    growing = db.Stock(3, "notice", "delivery")
    for by in (1, 1, 1, 2, 1, 5, 1, 20):
        came += by
        await growing.grew(by)
    assert taken == [3, 6, 12, 32]


async def test_the_application_may_take_stock_of_what_a_worker_fills(world: World) -> None:
    # PostgreSQL only warns where it is not allowed, and leaves the table out.
    async with db.transaction():
        for table in stock._tables:
            assert await db.fetchval("select has_table_privilege($1, 'maintain')", table), table


async def test_plans_are_kept_only_for_what_is_looked_up_by_key(world: World) -> None:
    async def now() -> list[str]:
        return [await db.fetchval(f"show {name}") for name in ("plan_cache_mode", "enable_seqscan")]

    async with db.transaction():
        async with db.by_key():
            assert await now() == ["force_generic_plan", "off"]
        assert await now() == ["auto", "on"]
