"""The database: one Piccolo engine, one transaction per request, one school per transaction.

The engine comes from `piccolo_conf.py`. Everything below runs on the connection of the current Piccolo transaction, so query
builder and SQL see the same snapshot and the same school. Outside a transaction there is no school, and every tenant table
raises: forgetting the tenant must not look like an empty class.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

import asyncpg
from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine

from server.platform import clock

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

UniqueViolation = asyncpg.UniqueViolationError
ForeignKeyViolation = asyncpg.ForeignKeyViolationError
CheckViolation = asyncpg.CheckViolationError
DatabaseDown = (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, ConnectionError, TimeoutError)
Away = (*DatabaseDown, asyncpg.InterfaceError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)
"""What a job meets while the database goes away under it: it may try again."""


@cache
def engine() -> PostgresEngine:
    """The engine of `piccolo_conf.py`: one per process, so it is looked up once.

    Raises:
        RuntimeError: none is configured.
    """
    found = engine_finder()
    if not isinstance(found, PostgresEngine):
        raise RuntimeError("piccolo_conf.py names no PostgreSQL engine")
    return found


def connection() -> Connection:
    """The connection of the current transaction.

    Raises:
        RuntimeError: there is no transaction; use `transaction` or `school_transaction`.
    """
    current = engine().current_transaction.get()
    if current is None:
        raise RuntimeError("no transaction: use db.transaction() or db.school_transaction()")
    return cast("Connection", current.connection)


@asynccontextmanager
async def transaction() -> AsyncIterator[Connection]:
    """One transaction; inside another one (tests) a savepoint, because Piccolo's nested transaction is none."""
    running = engine().current_transaction.get()
    if running is None:
        opened = engine().transaction()
        try:
            async with opened as current:
                await _set_test_clock(cast("Connection", current.connection))
                yield cast("Connection", current.connection)
        except Away:
            await _let_go(opened)
            raise
    else:
        inner = cast("Connection", running.connection)
        await _set_test_clock(inner)
        async with inner.transaction():
            yield inner


async def _let_go(opened: Any) -> None:
    """Piccolo keeps a transaction and its connection when the database went away under it: after ten of these nothing would go on."""
    if engine().current_transaction.get() is opened:
        engine().current_transaction.set(None)
    pool = engine().pool
    if pool is not None and hasattr(opened, "connection"):
        with suppress(Exception):
            await pool.release(opened.connection)


async def _set_test_clock(inner: Connection) -> None:
    if (moment := clock.fixed()) is not None:
        day = clock.today().isoformat()
        await inner.execute("select set_config('app.today', $1, true)", day)
        await inner.execute("select set_config('app.now', $1, true)", moment.isoformat())


@asynccontextmanager
async def school_transaction(school_id: UUID) -> AsyncIterator[Connection]:
    """One transaction of one school: for jobs, imports and commands, which have no session."""
    async with transaction() as inner:
        await set_school(school_id)
        yield inner


@asynccontextmanager
async def apart(school_id: UUID) -> AsyncIterator[Connection]:
    """A transaction of its own beside the one that runs, and kept whatever becomes of that: for the progress of long work.

    It sees nothing of the other, and must touch no row that the other one changed.
    """
    current = engine().current_transaction
    token = current.set(None)
    try:
        async with school_transaction(school_id) as inner:
            yield inner
    finally:
        current.reset(token)


async def set_school(school_id: UUID) -> None:
    """Make `school_id` the school of the current transaction."""
    await connection().fetchval("select set_config('app.school_id', $1, true)", str(school_id))


async def fetch(sql: str, *args: Any) -> list[asyncpg.Record]:
    """Rows of one statement with `$1` parameters."""
    return await connection().fetch(sql, *args)


async def fetch_in_parts(sql: str, *args: Any, size: int = 500) -> AsyncIterator[list[asyncpg.Record]]:
    """Rows of one statement, `size` at a time, so that a whole school never stands in memory at once."""
    cursor = await connection().cursor(sql, *args)
    while rows := await cursor.fetch(size):
        yield rows


async def fetchrow(sql: str, *args: Any) -> asyncpg.Record | None:
    """The first row, or None."""
    return await connection().fetchrow(sql, *args)


async def fetchval(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    return await connection().fetchval(sql, *args)


async def execute(sql: str, *args: Any) -> int:
    """Run one statement; the number of rows it touched (0 where it has none)."""
    tag = await connection().execute(sql, *args)
    last = tag.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


async def executemany(sql: str, args: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each set of parameters, in one round trip."""
    await connection().executemany(sql, args)


async def run_script(sql: str) -> None:
    """Run a script of several statements; for migrations."""
    await connection().execute(sql)


async def lock(name: str, *, shared: bool = False) -> None:
    """Advisory lock until the transaction ends, by any name (for example `round:<id>`)."""
    kind = "_shared" if shared else ""
    await connection().fetchval(f"select pg_advisory_xact_lock{kind}(hashtextextended($1, 0))", name)


@asynccontextmanager
async def whole_school(*, planned_once: bool = False) -> AsyncIterator[None]:
    """For statements over all students of a school: join by hashing, whatever the statistics say.

    Right after an import or the opening of a round PostgreSQL knows nothing of the new rows yet, takes them for one, and
    compares thirteen thousand pairs with each other one by one: half a minute instead of a tenth of a second.

    `planned_once`: for what is asked again and again, a session keeps the plans. Left to itself PostgreSQL plans a statement anew
    each time as long as it takes the round that is asked for to be smaller than others.
    """
    before, after = (
        "select set_config('enable_nestloop', 'off', true)",
        "select set_config('enable_nestloop', 'on', true)",
    )
    if planned_once:
        before += ", set_config('plan_cache_mode', 'force_generic_plan', true)"
        after += ", set_config('plan_cache_mode', 'auto', true)"
    await connection().fetchval(before)
    yield
    # After an error the rollback does this.
    await connection().fetchval(after)


@asynccontextmanager
async def by_key() -> AsyncIterator[None]:
    """For statements that look up rows by their keys, batch after batch: by index, and with plans that are kept.

    Planning such a statement, and the check behind each foreign key of what it writes, costs more than what is planned. A kept
    plan is only as good as the statistics were: tables that grow from nothing want a `Stock` beside it, or what is told to a
    whole school is looked up among all of it, half a second for a batch.
    """
    await connection().fetchval(
        "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)"
    )
    yield
    # After an error the rollback does this.
    await connection().fetchval(
        "select set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'on', true)"
    )


MANY: Final = 500
"""So many new rows at once are worth new statistics."""


async def take_stock(*tables: str) -> None:
    """Renew the planner's statistics after many rows came at once.

    Autovacuum does so within a minute or so; until then every statement would be planned as if the tables were empty, and the
    first teachers of a round would wait for seconds.
    """
    await connection().execute("analyze " + ", ".join(tables))


class Stock:
    """Tables that a process fills little by little: it takes stock of them each time that they may have doubled by it."""

    def __init__(self, first: int, *tables: str) -> None:
        """`first`: so much that came is worth it for the first time."""
        self._tables = tables
        self._came, self._next = 0, first

    async def grew(self, by: int) -> None:
        """Count what came, outside any transaction."""
        self._came += by
        if self._came >= self._next:
            self._next = 2 * self._came
            async with transaction():
                await take_stock(*self._tables)


async def open_pool(size: int) -> None:
    """Start the pool (once per process). Prepared statements are cached per connection."""
    if engine().pool is None:
        await engine().start_connection_pool(min_size=1, max_size=size, reset=_nothing_to_reset)


async def _nothing_to_reset(inner: Connection) -> None:
    """Spare a round trip per request: the school, the locks and the settings of tests all end with their transaction.

    Whoever gives a session something to keep (`set_config(…, false)`, `set`, `listen`, a session's lock) has to take it away
    too. A transaction that was left open is rolled back by the pool before this is called.
    """


CLOSING: Final = 10
"""Seconds that connections in use get to come back; a database that is gone gives none back."""


async def close_pool() -> None:
    """Close the pool if there is one."""
    if engine().pool is None:
        return
    try:
        async with asyncio.timeout(CLOSING):
            await engine().close_connection_pool()
    except TimeoutError:
        # Interrupted, the pool has ended its connections by itself.
        engine().pool = None


async def alive() -> bool:
    """True when the database answers."""
    try:
        await engine()._run_in_pool("select 1")
    except (*DatabaseDown, asyncpg.PostgresError, ValueError, OSError):
        return False
    return True
