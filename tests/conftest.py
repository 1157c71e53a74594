"""One PostgreSQL and one Redis for the whole test run, started when the first test asks for them.

The schema is migrated once, into a template; every test database is a copy of it. The addresses are chosen and put into
the environment before anything of ours is imported, because `piccolo_conf.py` reads them when it is imported.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

for name in [name for name in os.environ if name.startswith("DRIEHOEK_")]:
    del os.environ[name]  # the tests must not find a running installation

from server import settings as settings_module
from server.platform import embedded, instance, roles

# Short, and reachable for the account that runs PostgreSQL when the tests run as root.
SCRATCH = Path(tempfile.mkdtemp(prefix="driehoek-test-"))
SCRATCH.chmod(0o711 if embedded.is_root() else 0o700)
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
INSTANCE = instance.new()
INSTANCE.http_port = 8000
INSTANCE.postgres_port = embedded.free_port()
INSTANCE.redis_port = embedded.free_port()
TEMPLATE = "driehoek_template"
os.environ.update({**INSTANCE.environment(), "DRIEHOEK_MODE": "test", "DRIEHOEK_DATA": str(SCRATCH / "data")})


@dataclass(frozen=True)
class Servers:
    """The running servers of this test run."""

    instance: instance.Instance
    scratch: Path

    def url(self, role: str, database: str = instance.DATABASE) -> str:
        """Address of `database` for `driehoek_app`, `driehoek_owner` or `postgres`."""
        return self.instance.database_url(role, database)

    async def create_database(self, name: str) -> None:
        """A fresh, migrated, empty database."""
        admin = await asyncpg.connect(self.url("postgres", "postgres"))
        try:
            await admin.execute(f'create database "{name}" template {TEMPLATE} strategy file_copy owner driehoek_owner')
        finally:
            await admin.close()

    async def drop_database(self, name: str) -> None:
        """Away with it, and with every connection to it."""
        admin = await asyncpg.connect(self.url("postgres", "postgres"))
        try:
            await admin.execute(f'drop database if exists "{name}" with (force)')
        finally:
            await admin.close()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL (without fsync) and Redis, with the database `driehoek` migrated and empty."""
    place = embedded.PostgresPlace(SCRATCH / "postgres", f"test-{SCRATCH.name}")
    running = []
    try:
        running.append(
            embedded.start_postgres(
                place,
                port=INSTANCE.postgres_port,
                password=INSTANCE.superuser_password,
                log=SCRATCH / "postgresql.log",
                settings=embedded.THROW_AWAY,
            )
        )
        running.append(
            embedded.start_redis(
                SCRATCH / "redis",
                port=INSTANCE.redis_port,
                password=INSTANCE.redis_password,
                log=SCRATCH / "redis.log",
                durable=False,
            )
        )
        found = Servers(INSTANCE, SCRATCH)
        owner, app = found.url("driehoek_owner", TEMPLATE), found.url("driehoek_app", TEMPLATE)
        asyncio.run(roles.bootstrap(found.url("postgres", "postgres"), owner, app))
        # In a process of its own: there piccolo_conf.py is imported with the owner's address.
        migrated = subprocess.run(
            [sys.executable, "-m", "server.cli", "migrate"],
            env={**os.environ, "DRIEHOEK_OWNER_DATABASE_URL": owner, "DRIEHOEK_DATABASE_URL": app},
            capture_output=True,
            text=True,
            check=False,
        )
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        asyncio.run(found.create_database(instance.DATABASE))
        yield found
    finally:
        for child in reversed(running):
            child.stop(5)
        if place.moved:
            shutil.rmtree(place.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(servers: Servers) -> settings_module.Settings:
    """The settings of this process, in test mode, with the servers running."""
    return settings_module.load(os.environ)


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> str:
    """The shared test database, as the plain role. Tests on it roll back."""
    return servers.url("driehoek_app")


@pytest.fixture
async def fresh_database(servers: Servers) -> AsyncIterator[str]:
    """A database of the test's own, for tests that commit or use more than one connection; Piccolo points to it.

    The value is its address as the plain role; `servers.url("driehoek_owner", name)` is the owner's.
    """
    from piccolo.engine import engine_finder
    from piccolo.engine.postgres import PostgresEngine

    name = f"test_{uuid4().hex[:12]}"
    await servers.create_database(name)
    engine = engine_finder()
    assert isinstance(engine, PostgresEngine)
    before_config, before_pool, before_url = engine.config, engine.pool, os.environ["DRIEHOEK_DATABASE_URL"]
    url = servers.url("driehoek_app", name)
    engine.config, engine.pool = {"dsn": url}, None
    os.environ["DRIEHOEK_DATABASE_URL"] = url
    try:
        yield url
    finally:
        if engine.pool is not None:
            await engine.close_connection_pool()
        engine.config, engine.pool = before_config, before_pool
        os.environ["DRIEHOEK_DATABASE_URL"] = before_url
        await servers.drop_database(name)
