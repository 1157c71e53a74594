"""One house for all tests of this folder: its servers are killed, so they are nobody else's."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from aiosmtpd.smtp import SMTP

from server.platform import db, embedded, instance, roles
from server.platform.vapid import key_pair
from server.settings import load
from tests.factories import World
from tests.faults.house import Crowd, House, Worker, make_crowd
from tests.push.stub import push_service
from tests.workers.conftest import MailServer

MANY = 1200


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    """PostgreSQL and Redis, migrated and empty."""
    folder = Path(tempfile.mkdtemp(prefix="driehoek-faults-"))
    folder.chmod(0o711 if embedded.is_root() else 0o700)
    now = instance.new()
    now.postgres_port, now.redis_port = embedded.free_port(), embedded.free_port()
    place = embedded.PostgresPlace(folder / "postgres", folder.name)
    found = House(now, place, folder)
    try:
        found.start_postgres()
        found.start_redis()
        owner, app = now.database_url("driehoek_owner"), now.database_url("driehoek_app")
        asyncio.run(roles.bootstrap(now.database_url("postgres", "postgres"), owner, app))
        subprocess.run(
            [sys.executable, "-m", "server.cli", "migrate"],
            env={**os.environ, "DRIEHOEK_OWNER_DATABASE_URL": owner, "DRIEHOEK_DATABASE_URL": app},
            check=True,
            capture_output=True,
        )
        yield found
    finally:
        found.stop()
        if place.moved:
            shutil.rmtree(place.folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
async def database(house: House) -> AsyncIterator[str]:
    """Piccolo points to the house."""
    url = house.instance.database_url("driehoek_app")
    engine = db.engine()
    before = engine.config, engine.pool, os.environ["DRIEHOEK_DATABASE_URL"]
    engine.config, engine.pool = {"dsn": url}, None
    os.environ["DRIEHOEK_DATABASE_URL"] = url
    await db.open_pool(4)
    try:
        yield url
    finally:
        await db.close_pool()
        engine.config, engine.pool, os.environ["DRIEHOEK_DATABASE_URL"] = before


@pytest.fixture(scope="package")
async def crowd(house: House, database: str) -> AsyncIterator[Crowd]:
    """Twelve hundred students, the push service of their phones, and the mail server."""
    mail_server = MailServer()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mail_server), "127.0.0.1", 0)
    async with server, push_service() as service, httpx.AsyncClient() as nobody:
        mail_server.port = server.sockets[0].getsockname()[1]
        async with db.transaction():
            world = await World.create(nobody, students=0)
            found = await make_crowd(world, service, mail_server, MANY)
        yield found


@pytest.fixture
async def worker(house: House, crowd: Crowd) -> AsyncIterator[Worker]:
    """A worker that was not started yet; killed in the end."""
    environment = {
        **os.environ,
        **house.instance.environment(),
        "DRIEHOEK_MODE": "test",
        "DRIEHOEK_DATA": str(house.folder / "data"),
        "DRIEHOEK_PUBLIC_URL": "http://localhost:8000",
        "DRIEHOEK_SMTP_PORT": str(crowd.mail_server.port),
        "DRIEHOEK_PUSH_ALLOWED_HOSTS": f"127.0.0.1:{crowd.service.port}",
        "DRIEHOEK_LOG_LEVEL": "warning",
    }
    crowd.service.public_key = key_pair(load(environment)).public_key
    crowd.forget()
    found = Worker(environment, house.folder / "worker.log")
    yield found
    if found.process is not None and found.process.returncode is None:
        await found.kill()
