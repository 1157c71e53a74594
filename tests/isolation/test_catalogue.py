"""What the database's own catalogue says about schools, references and our descriptions of the tables."""

from __future__ import annotations

import importlib
import inspect
from collections import defaultdict
from pathlib import Path

import pytest
from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Column,
    Date,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

import server
from server.platform import db

TYPES: dict[type[Column], set[str]] = {
    UUID: {"uuid"},
    Array: {"ARRAY"},
    Boolean: {"boolean"},
    Bytea: {"bytea"},
    Date: {"date"},
    BigInt: {"bigint"},
    Integer: {"integer"},
    SmallInt: {"smallint"},
    # jsonb comes and goes as text (see server/platform/db.py).
    Text: {"text", "jsonb"},
    Varchar: {"text"},
    Timestamptz: {"timestamp with time zone"},
}
WITHOUT_COMPOSITE_KEY = {"outbox"}
"""Looked up before a school is known (docs/decisions/0002-tenancy.md); nothing refers to them."""


def described() -> list[type[Table]]:
    """Every class of every `tables.py`."""
    folder = Path(next(iter(server.__path__)))
    found = []
    for file in sorted(folder.glob("*/tables.py")):
        module = importlib.import_module(f"server.{file.parent.name}.tables")
        found += [
            each
            for _, each in inspect.getmembers(module, inspect.isclass)
            if issubclass(each, Table) and each.__module__ == module.__name__
        ]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("table", described(), ids=lambda table: table._meta.tablename)
async def test_our_description_of_a_table_is_what_the_database_has(rollback: None, table: type[Table]) -> None:
    rows = await db.fetch(
        """select column_name, data_type, is_nullable = 'YES' as nullable from information_schema.columns
            where table_schema = 'public' and table_name = $1""",
        table._meta.tablename,
    )
    there = {row["column_name"]: (row["data_type"], row["nullable"]) for row in rows}
    ours = {column._meta.db_column_name: column for column in table._meta.columns}
    assert set(ours) == set(there)
    for name, column in ours.items():
        data_type, nullable = there[name]
        assert data_type in TYPES[type(column)], name
        assert column._meta.null is nullable, f"{name}: nullable"


async def tenant_tables() -> set[str]:
    rows = await db.fetch(
        """select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and c.column_name = 'school_id' and t.table_type = 'BASE TABLE'"""
    )
    return {row["table_name"] for row in rows}


async def test_every_reference_between_two_tables_of_a_school_names_the_school_on_both_sides(rollback: None) -> None:
    tenants = await tenant_tables()
    rows = await db.fetch(
        """select k.conname, k.conrelid::regclass::text as here, k.confrelid::regclass::text as there,
                  array(select a.attname::text from unnest(k.conkey) with ordinality n(num, at)
                          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.num order by n.at) as from_columns,
                  array(select a.attname::text from unnest(k.confkey) with ordinality n(num, at)
                          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.num order by n.at) as to_columns
             from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace"""
    )
    between = [row for row in rows if row["here"] in tenants and row["there"] in tenants]
    assert len(between) > 30
    for row in between:
        pairs = list(zip(row["from_columns"], row["to_columns"], strict=True))
        assert ("school_id", "school_id") in pairs, f"{row['here']}: {row['conname']}"


async def test_every_id_of_somebody_or_something_is_a_reference(rollback: None) -> None:
    """A column that ends in `_id` without a reference could name something of another school."""
    rows = await db.fetch(
        """select a.attrelid::regclass::text || '.' || a.attname as name
             from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            where a.attnum > 0 and not a.attisdropped and a.atttypid = 'uuid'::regtype and a.attname not in ('id', 'key')
              and not exists (select 1 from pg_constraint k
                               where k.contype = 'f' and k.conrelid = a.attrelid and a.attnum = any (k.conkey))"""
    )
    assert {row["name"] for row in rows} == set()


async def test_every_table_of_a_school_can_be_referred_to_with_its_school(rollback: None) -> None:
    rows = await db.fetch(
        """select k.conrelid::regclass::text as name, k.contype::text as kind,
                  array(select a.attname::text from unnest(k.conkey) with ordinality n(num, at)
                          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.num order by n.at) as columns
             from pg_constraint k where k.contype in ('p', 'u') and k.connamespace = 'public'::regnamespace"""
    )
    keys = defaultdict(list)
    for row in rows:
        keys[row["name"]].append((row["kind"], row["columns"]))
    lacking = {
        table
        for table in await tenant_tables()
        if not any(
            columns == ["school_id", "id"] or (kind == "p" and columns[0] == "school_id")
            for kind, columns in keys[table]
        )
    }
    assert lacking == WITHOUT_COMPOSITE_KEY


async def test_the_plain_role_cannot_go_around_the_school(rollback: None) -> None:
    """No view runs with its owner's rights, and every door that does is closed to everybody but the plain role."""
    views = await db.fetch(
        """select c.relname from pg_class c where c.relkind in ('v', 'm') and c.relnamespace = 'public'::regnamespace
              and not coalesce('security_invoker=true' = any (c.reloptions), false)"""
    )
    assert not views
    doors = await db.fetch(
        """select p.proname, r.rolsuper or r.rolbypassrls as unbound, p.proconfig, p.proacl::text[] as rights
             from pg_proc p join pg_roles r on r.oid = p.proowner
            where p.prosecdef and p.pronamespace = 'public'::regnamespace"""
    )
    assert len(doors) >= 4
    for door in doors:
        assert not door["unbound"], door["proname"]
        assert any(setting.startswith("search_path=") for setting in door["proconfig"] or ()), door["proname"]
        assert not any(right.startswith("=") for right in door["rights"] or ["=X"]), door["proname"]
