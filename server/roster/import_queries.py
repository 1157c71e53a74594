"""SQL of what is kept about imports: which there were, what undo needs, what was uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from server.platform import db
from server.roster.plan import Kind
from server.roster.queries import TARGETS

Counts = Mapping[str, Mapping[str, int]]


# --- imports --------------------------------------------------------------------------------------------------------------


async def add_import(
    school_id: UUID, by: UUID | None, version: str, counts: Counts, *, origin: str, name: str, source_id: UUID | None
) -> UUID:
    """Write down that a roster was imported; counts only."""
    found: UUID = await db.fetchval(
        """insert into roster_import (school_id, imported_by, version, counts, origin, name, source_id)
           values ($1, $2, $3, $4, $5, $6, $7) returning id""",
        school_id,
        by,
        version,
        msgspec.json.encode(counts).decode(),
        origin,
        name,
        source_id,
    )
    return found


_IMPORTS: Final = """
select i.id, i.imported_at, i.version, i.counts, i.origin, i.name, i.source_id, i.undone_at,
       p.given_name, p.particle, p.family_name, u.given_name as undone_given, u.particle as undone_particle,
       u.family_name as undone_family,
       i.undone_at is null and exists (select 1 from roster_before b where b.school_id = $1 and b.import_id = i.id)
         and i.id = (select l.id from roster_import l where l.school_id = $1 order by l.imported_at desc, l.id desc limit 1)
         as undoable
  from roster_import i
  left join person p on p.school_id = $1 and p.id = i.imported_by
  left join person u on u.school_id = $1 and u.id = i.undone_by
 where i.school_id = $1 and ($2::uuid is null or i.id = $2)
 order by i.imported_at desc, i.id desc limit $3
"""


async def imports(school_id: UUID, most: int) -> list[Any]:
    """The latest imports, newest first, with who did them and whether they can be undone."""
    return await db.fetch(_IMPORTS, school_id, None, most)


async def one_import(school_id: UUID, import_id: UUID) -> Any | None:
    """One of them."""
    return await db.fetchrow(_IMPORTS, school_id, import_id, 1)


async def latest_import(school_id: UUID) -> UUID | None:
    """The id of the last one, undone or not."""
    found: UUID | None = await db.fetchval(
        "select id from roster_import where school_id = $1 order by imported_at desc, id desc limit 1", school_id
    )
    return found


async def mark_undone(school_id: UUID, import_id: UUID, by: UUID | None) -> None:
    """Write down that an import was taken back."""
    await db.execute(
        "update roster_import set undone_at = now(), undone_by = $3 where school_id = $1 and id = $2",
        school_id,
        import_id,
        by,
    )


async def stop_nightly(school_id: UUID, source_id: UUID) -> None:
    """A source is fetched on demand only."""
    await db.execute("update roster_source set nightly = false where school_id = $1 and id = $2", school_id, source_id)


# --- what undo needs ------------------------------------------------------------------------------------------------------


async def forget_earlier(school_id: UUID) -> None:
    """Only the last import can be undone: what was kept for an earlier one goes, for it holds names."""
    await db.execute("delete from roster_before where school_id = $1", school_id)


async def keep_rows(kind: Kind, school_id: UUID, import_id: UUID, ids: Sequence[UUID]) -> None:
    """Keep rows as they are now."""
    if ids:
        await db.execute(
            f"""insert into roster_before (school_id, import_id, kind, added, rows)
                select $1, $2, $3, '{{}}', jsonb_agg(to_jsonb(t)) from {TARGETS[kind].table} t
                 where t.school_id = $1 and t.id = any($4::uuid[])""",
            school_id,
            import_id,
            kind.value,
            ids,
        )


async def keep_added(kind: Kind, school_id: UUID, import_id: UUID, ids: Sequence[UUID]) -> None:
    """Keep which rows were not there before."""
    await db.execute(
        """insert into roster_before (school_id, import_id, kind, added, rows) values ($1, $2, $3, $4, '[]')
           on conflict (school_id, import_id, kind) do update set added = roster_before.added || excluded.added""",
        school_id,
        import_id,
        kind.value,
        ids,
    )


async def added(kind: Kind, school_id: UUID, import_id: UUID) -> list[UUID]:
    """Which rows an import added."""
    return (
        await db.fetchval(
            "select added from roster_before where school_id = $1 and import_id = $2 and kind = $3",
            school_id,
            import_id,
            kind.value,
        )
        or []
    )


async def taken_back(school_id: UUID) -> UUID | None:
    """The import that was taken back and has added people who are still to go."""
    found: UUID | None = await db.fetchval(
        """select b.import_id from roster_before b
             join roster_import i on i.school_id = b.school_id and i.id = b.import_id and i.undone_at is not null
            where b.school_id = $1 limit 1""",
        school_id,
    )
    return found


async def put_rows_back(kind: Kind, school_id: UUID, import_id: UUID) -> None:
    """Give rows the values that the import found. Roles that it took away are given again."""
    target = TARGETS[kind]
    was = f"""roster_before b, jsonb_populate_recordset(null::{target.table}, b.rows) was
               where b.school_id = $1 and b.import_id = $2 and b.kind = $3"""
    if kind is Kind.ROLE:
        sql = f"""insert into {target.table} (id, school_id, person_id, role, source)
                  select was.id, $1, was.person_id, was.role, was.source from {was} on conflict do nothing"""
    else:
        columns = [*target.columns, *([target.end] if target.end else [])]
        sets = ", ".join([f"{name} = was.{name}" for name in columns] + (["updated_at = now()"] * target.touched))
        sql = f"""update {target.table} t set {sets} from {was}
                   and t.school_id = $1 and t.id = was.id and not ({target.manual})"""
    await db.execute(sql, school_id, import_id, kind.value)


async def end_added(kind: Kind, school_id: UUID, ids: Sequence[UUID], day: date) -> None:
    """End rows that an import added, except those that were taken over by hand since."""
    target = TARGETS[kind]
    await db.execute(
        f"""update {target.table} t set {target.end} = $3
             where t.school_id = $1 and t.id = any($2::uuid[]) and t.{target.end} is null and not ({target.manual})""",
        school_id,
        ids,
        day,
    )


_REFERRING: Final = """
select k.conrelid::regclass::text as there,
       (select a.attname from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[array_position(
          k.confkey, (select i.attnum from pg_attribute i where i.attrelid = k.confrelid and i.attname = 'id'))]) as here
  from pg_constraint k where k.contype = 'f' and k.confrelid = $1::regclass
"""


async def delete_unreferred(kind: Kind, school_id: UUID, ids: Sequence[UUID]) -> None:
    """Delete rows that nothing in the database refers to, whatever tables there are; never one that is decided by hand, or
    that goes on again.

    The choices of a round name groups and subjects without a reference, so those are looked at too.
    """
    if not ids:
        return
    target = TARGETS[kind]
    conditions = [f"not ({target.manual})", *([f"t.{target.end} is not null"] if target.end else [])]
    conditions += [
        f"not exists (select 1 from {row['there']} r where r.school_id = t.school_id and r.{row['here']} = t.id)"
        for row in await db.fetch(_REFERRING, target.table)
    ]
    if kind in (Kind.GROUP, Kind.SUBJECT):
        conditions.append(
            """not exists (select 1 from round r where r.school_id = t.school_id
                            and (strpos(r.audience::text, t.id::text) > 0 or t.id = any(r.only_groups)))"""
        )
    await db.execute(
        f"delete from {target.table} t where t.school_id = $1 and t.id = any($2::uuid[]) and {' and '.join(conditions)}",
        school_id,
        ids,
    )


# --- uploads --------------------------------------------------------------------------------------------------------------


async def add_upload(school_id: UUID, by: UUID, filename: str, zipped: bytes) -> UUID:
    """Keep what was uploaded, for a worker to read."""
    found: UUID = await db.fetchval(
        "insert into roster_upload (school_id, uploaded_by, filename, zipped) values ($1, $2, $3, $4) returning id",
        school_id,
        by,
        filename,
        zipped,
    )
    return found


async def drop_waiting_uploads(school_id: UUID) -> None:
    """A newer file takes the place of one that was looked at and not applied."""
    await db.execute(
        "update roster_upload set zipped = '', state = 'failed', error = 'replaced', finished_at = now()"
        " where school_id = $1 and state in ('waiting', 'reading', 'ready')",
        school_id,
    )


async def upload(school_id: UUID, upload_id: UUID) -> Any | None:
    """One upload without its bytes."""
    return await db.fetchrow(
        """select id, filename, state, problems, preview, digest, changed, confirm_leaving, rows_done, rows_total, error,
                  import_id, uploaded_by, uploaded_at, applied_by, finished_at
             from roster_upload where school_id = $1 and id = $2""",
        school_id,
        upload_id,
    )


async def lock_upload(school_id: UUID, upload_id: UUID) -> Any | None:
    """State, preview and name of an upload that nobody else changes until the transaction ends."""
    return await db.fetchrow(
        "select state, preview, filename from roster_upload where school_id = $1 and id = $2 for update",
        school_id,
        upload_id,
    )


async def zipped(school_id: UUID, upload_id: UUID) -> bytes:
    """The bytes of an upload."""
    return bytes(
        await db.fetchval("select zipped from roster_upload where school_id = $1 and id = $2", school_id, upload_id)
    )


async def change_upload(school_id: UUID, upload_id: UUID, state: str, **columns: Any) -> None:
    """Set the state and other columns; a state in which nothing more is done gives up the lease and, at the end, the bytes."""
    sets = [f"{name} = ${number}" for number, name in enumerate(columns, 4)]
    if state not in ("reading", "applying"):
        sets.append("leased_until = null")
    if state in ("refused", "done", "failed"):
        sets += ["zipped = ''", "finished_at = now()"]
    await db.execute(
        f"update roster_upload set {', '.join(['state = $3', *sets])} where school_id = $1 and id = $2",
        school_id,
        upload_id,
        state,
        *columns.values(),
    )


async def lease_upload(school_id: UUID, upload_id: UUID, wait: timedelta) -> None:
    """Leave an upload alone for a while."""
    await db.execute(
        "update roster_upload set leased_until = now() + $3::interval where school_id = $1 and id = $2",
        school_id,
        upload_id,
        wait,
    )


async def tell_progress(school_id: UUID, upload_id: UUID, done: int, total: int) -> None:
    """How far applying is."""
    await db.execute(
        "update roster_upload set rows_done = $3, rows_total = $4 where school_id = $1 and id = $2 and state = 'applying'",
        school_id,
        upload_id,
        done,
        total,
    )


async def claim(lease: timedelta) -> Any | None:
    """The next upload or source of any school that has to be worked on: what, school_id, id, state, tries."""
    return await db.fetchrow("select * from roster_claim($1)", lease)
