"""Erases people: everything about them goes from every table, and what they wrote about others names nobody any more.

Which rows are about somebody is read from the database's own catalogue, so that a table of tomorrow is not forgotten: a column
of `OWN` says whose row it is, and whatever hangs on such a row goes with it. Every other reference to a person says who did
something; it stays, and leads to a record that says `N.N.`. A test looks at every reference there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from server.people.names import full_name
from server.platform import clock, db
from server.retention import queries

OWN: Final = frozenset({"student_id", "guardian_id", "person_id"})
"""A row that refers to a person by one of these is about that person, or of use to nobody else."""
ALSO_OWN: Final = frozenset({("late_write", "author_id")})
"""A text that came too late is its author's alone."""
NOT_OWN: Final = frozenset({("audit_log", "person_id")})
"""Who did what stays in the admin's log, by a number without a name."""
ABOUT: Final = ("feedback", "mentor_message", "report_share", "plan", "agreement")
"""What has an id that stands elsewhere without a reference: in answers kept under idempotency keys."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One foreign key: the columns here, and those there, in the same order. `cascades`: the database deletes by itself."""

    here: str
    columns: tuple[str, ...]
    there: str
    targets: tuple[str, ...]
    cascades: bool


_REFERENCES: Final = """
select k.conrelid::regclass::text as here, k.confrelid::regclass::text as there, k.confdeltype::text as action,
       array(select a.attname::text from unnest(k.conkey) with ordinality n (number, at)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.number order by n.at) as columns,
       array(select a.attname::text from unnest(k.confkey) with ordinality n (number, at)
               join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.number order by n.at) as targets
  from pg_constraint k
 where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.confrelid <> 'school'::regclass
 order by k.conrelid::regclass::text, k.conname
"""


async def references() -> list[Reference]:
    """Every reference between two tables."""
    return [
        Reference(row["here"], tuple(row["columns"]), row["there"], tuple(row["targets"]), row["action"] != "a")
        for row in await db.fetch(_REFERENCES)
    ]


def own_columns(every: Sequence[Reference]) -> list[tuple[str, str]]:
    """Table and column of everything that is about the person it refers to."""
    found = []
    for one in every:
        if one.there == "person":
            column = next(name for name in one.columns if name != "school_id")
            place = (one.here, column)
            if (column in OWN and place not in NOT_OWN) or place in ALSO_OWN:
                found.append(place)
    return found


async def erase(school_id: UUID, people: Sequence[UUID]) -> None:
    """Erase these people, and the records that became part of them. Safe to repeat.

    Runs in a transaction of the school, all or nothing.
    """
    ids = await queries.with_merged(school_id, people)
    every = await references()
    async with _erasing():
        await _forget_keys(school_id, ids)
        await _unname(school_id, ids)
        hanging = _by_target(every)
        await _forget_news(school_id, ids, hanging)
        for table, column in own_columns(every):
            await _delete(table, f"school_id = $1 and {column} = any($2::uuid[])", (school_id, ids), hanging)
        await _forget_values(school_id, ids)
        await _forget_roster(school_id, ids)
    day = clock.today((await queries.school(school_id))["time_zone"])
    await queries.blank(school_id, ids, day, clock.now())


@asynccontextmanager
async def _erasing() -> AsyncIterator[None]:
    """Rows that nothing else may delete can be deleted in here (see migrations/sql/0020_retention.sql)."""
    await db.fetchval("select set_config('app.erasing', 'on', true)")
    yield
    # After an error the rollback does this.
    await db.fetchval("select set_config('app.erasing', '', true)")


def _by_target(every: Sequence[Reference]) -> Mapping[str, list[Reference]]:
    found: dict[str, list[Reference]] = defaultdict(list)
    for one in every:
        if not one.cascades and one.here != one.there:
            found[one.there].append(one)
    return found


async def _delete(
    table: str,
    condition: str,
    args: tuple[Any, ...],
    hanging: Mapping[str, list[Reference]],
    above: tuple[str, ...] = (),
) -> None:
    """Delete rows of a table, and first whatever refers to them."""
    for one in hanging.get(table, ()):
        if one.here not in above:
            inner = f"({', '.join(one.columns)}) in (select {', '.join(one.targets)} from {table} where {condition})"
            await _delete(one.here, inner, args, hanging, (*above, table))
    await db.execute(f"delete from {table} where {condition}", *args)


# --- what names them without a reference ------------------------------------------------------------------------------


async def _forget_keys(school_id: UUID, ids: Sequence[UUID]) -> None:
    """Answers under idempotency keys of others hold ids of what is about to go."""
    sources = " union all ".join(
        f"select id::text from {table} where school_id = $1 and student_id = any($2::uuid[])" for table in ABOUT
    )
    await db.execute(
        f"delete from request_key where school_id = $1 and answer ->> 'id' in ({sources})", school_id, list(ids)
    )


async def _forget_news(school_id: UUID, ids: Sequence[UUID], hanging: Mapping[str, list[Reference]]) -> None:
    """Notices of others about these people, and news of them that waits."""
    texts = [str(one) for one in ids]
    named = "school_id = $1 and exists (select 1 from unnest($2::text[]) one where strpos(ids::text, one) > 0)"
    await _delete("notice", named, (school_id, texts), hanging)
    await db.execute(f"delete from outbox where {named}", school_id, texts)


async def _forget_values(school_id: UUID, ids: Sequence[UUID]) -> None:
    """Addresses and identifiers that were copied."""
    await db.execute(
        """delete from stopped_address where school_id = $1 and address in (
             select lower(email) from person where school_id = $1 and id = any($2::uuid[]) and email <> '')""",
        school_id,
        list(ids),
    )
    await db.execute(
        """delete from sign_in_code where school_id = $1 and lower(sent_to) in (
             select lower(email) from person where school_id = $1 and id = any($2::uuid[]) and email <> '')""",
        school_id,
        list(ids),
    )
    await db.execute(
        "delete from account_clash where school_id = $1 and candidates && $2::uuid[]", school_id, list(ids)
    )


async def _forget_roster(school_id: UUID, ids: Sequence[UUID]) -> None:
    """What the roster keeps for a while: rows for taking an import back, what a source said, files and previews.

    An uploaded file that waits may name them, and must not bring them back: it is dropped, and uploaded anew.
    """
    texts = [str(one) for one in ids]
    await db.execute(
        """update roster_before b
              set rows = coalesce((select jsonb_agg(one) from jsonb_array_elements(b.rows) one
                                    where not (one ->> 'id' = any($2) or one ->> 'person_id' = any($2)
                                               or one ->> 'student_id' = any($2) or one ->> 'guardian_id' = any($2))
                                          is true), '[]')
            where b.school_id = $1
              and exists (select 1 from unnest($2::text[]) one where strpos(b.rows::text, one) > 0)""",
        school_id,
        texts,
    )
    sourced = [
        row["sourced_id"]
        for row in await db.fetch(
            "select sourced_id from person where school_id = $1 and id = any($2::uuid[])", school_id, list(ids)
        )
    ]
    await db.execute(
        """delete from roster_mirror where school_id = $1
              and (file = 'users' and sourced_id = any($2::text[])
                   or file = 'enrollments' and cells ->> 'userSourcedId' = any($2))""",
        school_id,
        sourced,
    )
    await db.execute(
        """update roster_mirror m
              set cells = jsonb_set(m.cells, '{agentSourcedIds}', to_jsonb(array_to_string(array(
                    select one from unnest(string_to_array(m.cells ->> 'agentSourcedIds', ',')) one
                     where not one = any($2::text[])), ',')))
            where m.school_id = $1 and m.file = 'users' and string_to_array(m.cells ->> 'agentSourcedIds', ',') && $2""",
        school_id,
        sourced,
    )
    await db.execute(
        """update roster_upload set preview = null, problems = '[]', zipped = '',
                  state = case when state in ('waiting', 'ready') then 'failed' else state end,
                  error = case when state in ('waiting', 'ready') then 'replaced' else error end,
                  finished_at = coalesce(finished_at, now())
            where school_id = $1 and state not in ('reading', 'applying')""",
        school_id,
    )
    await db.execute(
        "update roster_source set preview = null, problems = '[]' where school_id = $1 and state = 'idle' and result <> 'held'",
        school_id,
    )


# --- names in what others have read -----------------------------------------------------------------------------------


class _Writers(msgspec.Struct, frozen=True):
    """Who wrote a feedback, as names are now."""

    names: list[str]
    gone: list[str]


async def _unname(school_id: UUID, ids: Sequence[UUID]) -> None:
    """Frozen versions of other students' reports name who wrote: those names go, the texts stay as they were read.

    Somebody may have had another name then, and it cannot be found: the names are made anew from who wrote.
    """
    rows = await db.fetch(
        """select f.id, f.round_id, f.student_id, f.written_by from feedback f
            where f.school_id = $1 and f.written_by && $2::uuid[] and not f.student_id = any($2)""",
        school_id,
        list(ids),
    )
    if not rows:
        return
    writers = await _writers(school_id, rows, frozenset(ids))
    shares = await db.fetch(
        """select h.id, h.content::text as content from report_share h
             join unnest($2::uuid[], $3::uuid[]) as these (round_id, student_id)
               on these.round_id = h.round_id and these.student_id = h.student_id
            where h.school_id = $1 group by h.id""",
        school_id,
        [row["round_id"] for row in rows],
        [row["student_id"] for row in rows],
    )
    changed = [(school_id, row["id"], after) for row in shares if (after := _without(row["content"], writers))]
    await db.executemany("update report_share set content = $3 where school_id = $1 and id = $2", changed)


async def _writers(school_id: UUID, rows: Sequence[Any], gone: frozenset[UUID]) -> dict[str, _Writers]:
    everybody = {who for row in rows for who in row["written_by"]}
    named = {
        row["id"]: full_name(row["given_name"], row["particle"], row["family_name"])
        for row in await db.fetch(
            """select id, given_name, particle, family_name from person
                where school_id = $1 and id = any($2::uuid[]) order by sort_key, id""",
            school_id,
            list(everybody),
        )
    }
    return {
        str(row["id"]): _Writers(
            [queries.NOBODY if who in gone else name for who, name in named.items() if who in row["written_by"]],
            [name for who, name in named.items() if who in gone and who in row["written_by"]],
        )
        for row in rows
    }


def _without(content: str, writers: Mapping[str, _Writers]) -> str | None:
    """The frozen version without these names; None where it has none of them. What else stands in it is not looked at."""
    frozen = msgspec.json.decode(content)
    changed = False
    for subject in frozen["subjects"]:
        found = writers.get(subject["feedback_id"])
        if found is None:
            continue
        were: list[str] = subject["teachers"]
        known = all(name in were for name in found.gone)
        subject["teachers"] = (
            [queries.NOBODY if name in found.gone else name for name in were] if known else found.names
        )
        changed = True
    return msgspec.json.encode(frozen).decode() if changed else None
