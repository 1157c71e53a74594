"""The databases of the tests are what production has: migrated, and reached as a role that owns nothing."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from server.platform import db
from server.platform.roles import bootstrap, refuse_superuser
from server.settings import Refused
from tests.conftest import TEMPLATE, Servers


async def test_the_app_role_is_let_in(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await refuse_superuser(connection)
        assert await connection.fetchval("select current_user") == "driehoek_app"
    finally:
        await connection.close()


@pytest.mark.parametrize(("role", "why"), [("postgres", "is a superuser"), ("driehoek_owner", "owns tables")])
async def test_a_role_that_row_level_security_does_not_bind_is_refused(servers: Servers, role: str, why: str) -> None:
    connection = await asyncpg.connect(servers.url(role))
    try:
        with pytest.raises(Refused, match=why):
            await refuse_superuser(connection)
    finally:
        await connection.close()


async def test_a_role_that_bypasses_row_level_security_is_refused(servers: Servers) -> None:
    admin = await asyncpg.connect(servers.url("postgres"))
    try:
        async with admin.transaction():
            await admin.execute("create role sneaky bypassrls")
            await admin.execute("set local role sneaky")
            with pytest.raises(Refused, match="bypasses row-level security"):
                await refuse_superuser(admin)
            await admin.execute("reset role")
            await admin.execute("drop role sneaky")
    finally:
        await admin.close()


async def test_the_app_role_cannot_become_owner_or_door(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for role in ("driehoek_owner", "driehoek_signin", "driehoek_relay", "postgres"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"set role {role}")
    finally:
        await connection.close()


async def test_bootstrap_can_be_repeated(servers: Servers) -> None:
    owner, app = servers.url("driehoek_owner", TEMPLATE), servers.url("driehoek_app", TEMPLATE)
    await bootstrap(servers.url("postgres", "postgres"), owner, app)


async def test_bootstrap_refuses_one_role_for_both(servers: Servers) -> None:
    app = servers.url("driehoek_app")
    with pytest.raises(Refused, match="two roles"):
        await bootstrap(servers.url("postgres", "postgres"), app, app)


async def test_a_fresh_database_is_empty_and_piccolo_uses_it(fresh_database: str) -> None:
    name = fresh_database.rsplit("/", 1)[1]
    async with db.transaction():
        assert await db.fetchval("select current_database()") == name
        assert await db.fetchval("select count(*) from school") == 0


async def test_two_bootstraps_at_once_both_succeed(servers: Servers) -> None:
    """Two one-shot containers of one installation may start together."""
    owner, app = servers.url("driehoek_owner", TEMPLATE), servers.url("driehoek_app", TEMPLATE)
    await asyncio.gather(*(bootstrap(servers.url("postgres", "postgres"), owner, app) for _ in range(3)))
