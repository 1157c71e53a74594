"""The database's roles: made once by a superuser, and looked at again by every process that connects.

`driehoek_owner` owns the database and everything in it and runs migrations. `driehoek_app` is what server and worker
are: it owns nothing and row-level security binds it. `driehoek_signin` and `driehoek_relay` cannot sign in; they own
the few functions that look across schools. `driehoek up` and production use the same steps.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import asyncpg

from server.settings import Refused

BOOTSTRAPPING = 7_283_640_014  # the number of the lock that lets one at a time in
DOORS = ("driehoek_signin", "driehoek_relay")


class Connection(Protocol):
    """As much of an asyncpg connection as is needed here."""

    async def fetchrow(self, query: str, *args: Any) -> Any: ...


async def refuse_superuser(connection: Connection) -> None:
    """Check that row-level security binds the role of this connection.

    Raises:
        Refused: the role is a superuser, bypasses row-level security, or owns tables.
    """
    row = await connection.fetchrow(
        "select r.rolname, r.rolsuper, r.rolbypassrls, "
        "exists (select 1 from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')) as owns "
        "from pg_roles r where r.rolname = current_user"
    )
    name = row["rolname"]
    advice = "connect as the plain role driehoek_app (DRIEHOEK_DATABASE_URL)."
    if row["rolsuper"]:
        raise Refused([f"The database role {name} is a superuser, so schools would not be kept apart: {advice}"])
    if row["rolbypassrls"]:
        raise Refused([f"The database role {name} bypasses row-level security: {advice}"])
    if row["owns"]:
        raise Refused([f"The database role {name} owns tables and could lift their protection: {advice}"])


async def bootstrap(superuser_url: str, owner_url: str, app_url: str) -> None:
    """Make the database and its roles, or bring them to what they must be. Safe to repeat.

    Names of the login roles, their passwords and the database come from `owner_url` and `app_url`.

    Raises:
        Refused: the addresses do not fit together.
    """
    owner, owner_password, database = _parts(owner_url)
    app, app_password, app_database = _parts(app_url)
    if database != app_database or owner == app:
        raise Refused(["Owner and application must be two roles of one database: see DRIEHOEK_OWNER_DATABASE_URL."])
    admin = await asyncpg.connect(superuser_url)
    try:
        await admin.fetchval("select pg_advisory_lock($1)", BOOTSTRAPPING)
        await _role(admin, owner, "login nosuperuser nobypassrls nocreaterole nocreatedb", owner_password)
        await _role(admin, app, "login nosuperuser nobypassrls nocreaterole nocreatedb noinherit", app_password)
        for door in DOORS:
            await _role(admin, door, "nologin nosuperuser nobypassrls nocreaterole nocreatedb", None)
            # The migration gives functions to these roles, which takes the right to become them.
            await _run(admin, "grant %I to %I with set true, inherit false", door, owner)
        if not await admin.fetchval("select exists (select 1 from pg_database where datname = $1)", database):
            await _run(admin, "create database %I owner %I", database, owner)
        await _run(admin, "alter database %I owner to %I", database, owner)
        # A school fits in memory, and disks have no heads to move: with PostgreSQL's own guess of 4 a report reads whole
        # tables where a dozen rows looked up by their key take two thirds of the time.
        await _run(admin, "alter database %I set random_page_cost = 1.1", database)
        await _run(admin, "revoke all on database %I from public", database)
        await _run(admin, "grant connect on database %I to %I", database, app)
        inside = await asyncpg.connect(superuser_url, database=database)
        try:
            await inside.execute("revoke all on schema public from public")
            for door in DOORS:
                # Only who may create in a schema can be given a function there; both cannot sign in.
                await _run(inside, "grant usage, create on schema public to %I", door)
        finally:
            await inside.close()
    finally:
        await admin.close()


async def _role(admin: Any, name: str, what: str, password: str | None) -> None:
    known = await admin.fetchval("select exists (select 1 from pg_roles where rolname = $1)", name)
    verb = "alter" if known else "create"
    if password is None:
        await _run(admin, f"{verb} role %I {what}", name)
    else:
        await _run(admin, f"{verb} role %I {what} password %L", name, password)


async def _run(admin: Any, statement: str, *names: str) -> None:
    """Role statements take no parameters: the database itself quotes the names."""
    slots = ", ".join(f"${number}::text" for number in range(2, len(names) + 2))
    await admin.execute(await admin.fetchval(f"select format($1, {slots})", statement, *names))


def _parts(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    name, password, database = parts.username, parts.password, parts.path.lstrip("/")
    if not name or not password or not database:
        raise Refused(["Database addresses must look like postgresql://role:password@host/database."])
    return unquote(name), unquote(password), unquote(database)
