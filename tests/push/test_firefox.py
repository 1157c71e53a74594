"""The real thing, end to end: a report is shared over the API, our worker sends the push, and a real Firefox decrypts it
and shows it by our built service worker."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server.platform import db, embedded, static
from tests.factories import World
from tests.push.autopush import autopush
from tests.push.conftest import FIREFOX
from tests.push.firefox import Firefox, firefox, push_prefs

pytestmark = pytest.mark.firefox

SUBSCRIBE = """
  const me = await (await fetch('/api/v1/me')).json();
  const registration = await navigator.serviceWorker.ready;
  const key = Uint8Array.from(atob(me.vapid_public_key.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const answer = await fetch('/api/v1/push-subscriptions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(subscription.toJSON()),
  });
  return answer.status;
"""
SIGN_IN = """
  const answer = await fetch('/auth/demo', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ person_id: args[0], next: '/health/live' }),
  });
  return answer.status;
"""
SHOWN = """
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data }));
"""
CANARY = "Kanariestip"


@asynccontextmanager
async def process(name: str, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`driehoek <name>` in a process of its own, ended politely."""
    running = await asyncio.create_subprocess_exec(sys.executable, "-m", "server.cli", name, env=environment)
    try:
        yield running
        running.terminate()
        await asyncio.wait_for(running.wait(), 30)
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


async def answers(url: str, server: asyncio.subprocess.Process) -> None:
    """Wait until the server is there."""
    async with asyncio.timeout(60), httpx.AsyncClient() as http:
        while server.returncode is None:
            try:
                if (await http.get(f"{url}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    pytest.fail("the server did not start")


async def shown(browser: Firefox) -> list[dict[str, object]]:
    """The notifications on the screen, as soon as there is one."""
    async with asyncio.timeout(60):
        while not (found := await browser.run(SHOWN)):  # noqa: ASYNC110 - the browser tells nobody
            await asyncio.sleep(0.1)
    notifications: list[dict[str, object]] = found
    return notifications


async def test_a_shared_report_shows_on_the_students_screen(fresh_database: str, tmp_path: Path) -> None:
    assert FIREFOX is not None
    assert (static.build_folder() / "sw.js").is_file(), "build the front end first: make build"
    await db.open_pool(2)
    async with httpx.AsyncClient() as nobody, db.transaction():
        world = await World.create(nobody, students=1)
        student, round_id = world.students[0], await world.round("open")
        await world.feedback(round_id, student, world.dutch, "attention", CANARY, CANARY)
        await world.set_round(round_id, "closed")
    port = embedded.free_port()
    url = f"http://localhost:{port}"
    async with autopush() as service:
        environment = {
            **os.environ,
            "DRIEHOEK_DATABASE_URL": fresh_database,
            "DRIEHOEK_DATA": str(tmp_path / "data"),
            "DRIEHOEK_MODE": "demo",
            "DRIEHOEK_LOG_LEVEL": "warning",
            "DRIEHOEK_PORT": str(port),
            "DRIEHOEK_PUBLIC_URL": url,
            "DRIEHOEK_PUSH_ALLOWED_HOSTS": f"127.0.0.1:{service.http_port}",
        }
        async with (
            process("serve", environment) as server,
            process("work", environment),
            firefox(FIREFOX, tmp_path / "profile", push_prefs(service.address)) as browser,
        ):
            await answers(url, server)
            await browser.open(f"{url}/sign-in")
            assert await browser.run(SIGN_IN, str(student.id)) == 200
            await browser.open(f"{url}/reports")
            assert await browser.run(SUBSCRIBE) == 200
            assert await browser.run(SHOWN) == []

            async with httpx.AsyncClient(base_url=url, headers={"sec-fetch-site": "same-origin"}) as mentor:
                signed_in = await mentor.post("/auth/demo", json={"person_id": str(world.mentor.id)})
                assert signed_in.status_code == 303
                path = f"/api/v1/rounds/{round_id}/students/{student.id}/share"
                assert (await mentor.post(path, json={"guardians": False})).is_success

            notifications = await shown(browser)
            address = f"{url}/rounds/{round_id}/students/{student.id}"
            assert [(each["title"], each["lang"], each["data"]) for each in notifications] == [
                ("Je feedback staat klaar", "nl", {"url": address})
            ]
            assert CANARY not in str(notifications)
            assert student.name.split()[0] not in str(notifications)
            assert len(service.received) == 1
            assert CANARY.encode() not in service.received[0].body
            assert service.received[0].headers["urgency"] == "high"
            async with asyncio.timeout(30):
                while not service.acknowledged:  # noqa: ASYNC110 - Firefox says it when it likes
                    await asyncio.sleep(0.05)
