"""SQL of the sources and of the mirror of what they said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.platform import db
from server.roster.mirror import Cells, Rows

_COLUMNS = """id, school_id, name, version, base_url, token_url, client_id, secret, nightly, state, confirm_leaving, whole, asked_by,
  fetched_until, fetched_whole_at, result, result_at, error, preview, problems"""


async def new_id() -> UUID:
    """An id that a secret can be bound to before its row is there."""
    found: UUID = await db.fetchval("select uuidv7()")
    return found


async def sources(school_id: UUID) -> list[Any]:
    """Every source of a school, oldest first."""
    return await db.fetch(f"select {_COLUMNS} from roster_source where school_id = $1 order by id", school_id)


async def source(school_id: UUID, source_id: UUID) -> Any | None:
    """One source."""
    return await db.fetchrow(
        f"select {_COLUMNS} from roster_source where school_id = $1 and id = $2", school_id, source_id
    )


async def add_source(school_id: UUID, source_id: UUID, values: Mapping[str, Any]) -> None:
    """Add a source; `values` by column."""
    names = ", ".join(values)
    places = ", ".join(f"${number}" for number, _ in enumerate(values, 3))
    await db.execute(
        f"insert into roster_source (school_id, id, {names}) values ($1, $2, {places})",
        school_id,
        source_id,
        *values.values(),
    )


async def change_source(school_id: UUID, source_id: UUID, values: Mapping[str, Any]) -> None:
    """Set some columns."""
    if values:
        sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 3))
        await db.execute(
            f"update roster_source set {sets} where school_id = $1 and id = $2", school_id, source_id, *values.values()
        )


async def remove_source(school_id: UUID, source_id: UUID) -> None:
    """Delete a source; its mirror goes along."""
    await db.execute("delete from roster_source where school_id = $1 and id = $2", school_id, source_id)


async def ask(school_id: UUID, source_id: UUID, by: UUID, *, confirm_leaving: bool, full: bool) -> bool:
    """Put a source up for a worker; False when it is already."""
    return bool(
        await db.execute(
            """update roster_source set state = 'waiting', asked_by = $3, confirm_leaving = $4, whole = $5, tries = 0,
                      leased_until = null
                where school_id = $1 and id = $2 and state = 'idle'""",
            school_id,
            source_id,
            by,
            confirm_leaving,
            full,
        )
    )


async def ask_nightly(school_id: UUID) -> int:
    """Put every source up that is fetched each night; how many."""
    return await db.execute(
        """update roster_source set state = 'waiting', asked_by = null, confirm_leaving = false, whole = false, tries = 0,
                  leased_until = null
            where school_id = $1 and nightly and state = 'idle'""",
        school_id,
    )


async def lease_source(school_id: UUID, source_id: UUID, wait: timedelta) -> None:
    """Leave a source alone for a while."""
    await db.execute(
        "update roster_source set leased_until = now() + $3::interval where school_id = $1 and id = $2",
        school_id,
        source_id,
        wait,
    )


async def settle(school_id: UUID, source_id: UUID, result: str, **columns: Any) -> None:
    """Write down what a synchronisation came to. What is not given is as if it never was, except how far it got before."""
    values = {"error": "", "problems": "[]", "preview": None, **columns}
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 4))
    await db.execute(
        f"""update roster_source set state = 'idle', result = $3, result_at = now(), leased_until = null, tries = 0,
                   confirm_leaving = false, whole = false, {sets}
             where school_id = $1 and id = $2""",
        school_id,
        source_id,
        result,
        *values.values(),
    )


async def rows(school_id: UUID) -> dict[UUID, Rows]:
    """What every source of a school last said, oldest source first."""
    found: dict[UUID, dict[str, dict[str, Cells]]] = {}
    for row in await db.fetch(
        "select source_id, file, sourced_id, cells from roster_mirror where school_id = $1 order by source_id",
        school_id,
    ):
        files = found.setdefault(row["source_id"], {})
        files.setdefault(row["file"], {})[row["sourced_id"]] = msgspec.json.decode(row["cells"])
    return {**found}


async def write(school_id: UUID, source_id: UUID, fresh: Rows, *, whole: bool) -> None:
    """Keep what a source said: instead of everything before, or over it."""
    if whole:
        await db.execute("delete from roster_mirror where school_id = $1 and source_id = $2", school_id, source_id)
    for file, by_id in fresh.items():
        if by_id:
            await db.execute(
                """insert into roster_mirror (school_id, source_id, file, sourced_id, cells)
                   select $1, $2, $3, new.sourced_id, new.cells::jsonb from unnest($4::text[], $5::text[]) as new (sourced_id, cells)
                   on conflict (school_id, source_id, file, sourced_id) do update set cells = excluded.cells""",
                school_id,
                source_id,
                file,
                list(by_id),
                [msgspec.json.encode(cells).decode() for cells in by_id.values()],
            )
    if whole and sum(map(len, fresh.values())) >= db.MANY:
        await db.take_stock("roster_mirror")
