"""A whole cycle leaves no text, name, address or cookie where operators look: logs, figures, keys, outbox, Redis."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from prometheus_client import generate_latest

from server.platform import db
from tests.isolation.canaries import CANARY, build
from workers.relay import relay

FOR_OPERATORS = {
    "request_key": "answer::text",
    "outbox": "kind || ids::text",
    "notice": "kind || ids::text || dedupe_key",
    "delivery": "last_error",
    "access_log": "what",
    "audit_log": "act || ids::text",
    "roster_import": "version || counts::text",
}


@pytest.fixture
def logged(app: Litestar) -> Iterator[io.StringIO]:
    """Everything that any library logs, as this process would write it."""
    root = logging.getLogger()
    ours = next(handler for handler in root.handlers if type(handler.formatter).__name__ == "Lines")
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(ours.formatter)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)


async def test_a_cycle_leaves_no_personal_trace(
    app: Litestar, rollback: None, http: httpx.AsyncClient, logged: io.StringIO
) -> None:
    school = await build(http, "trace")
    world = school.world
    for person in school.people.values():
        client = await world.as_(person)
        for round_id in school.ids["round_id"]:
            await client.get(f"/api/v1/rounds/{round_id}/students/{world.students[0].id}/report?who=CANARYquery")
        for group in (world.dutch, world.maths):
            item = {"student": str(world.students[0].id), "key": str(uuid4()), "version": 0, "stoplight": "on_track"}
            await client.put(
                f"/api/v1/rounds/{max(school.ids['round_id'])}/groups/{group.id}/feedback",
                json={"items": [{**item, "remark": "CANARYbatch"}]},
            )
        await client.patch("/api/v1/me", json={"language": "CANARYbody"}, headers={"user-agent": "CANARYagent"})
        await client.get("/CANARYpath/of/a/page")
    await relay()
    await world.speak()
    try:
        raise ValueError("CANARYmessage")
    except ValueError:
        logging.getLogger("somewhere").exception("failed")
    assert "failed" in logged.getvalue()
    places = {"log": logged.getvalue(), "figures": generate_latest().decode()}
    for table, columns in FOR_OPERATORS.items():
        rows = await db.fetch(f"select {columns} as said from {table} where school_id = $1", world.school_id)
        places[table] = "\n".join(row["said"] for row in rows)
    redis = app.state.redis
    places["redis"] = " ".join([str(name) for name in await redis.keys("*")])
    for table in ("log", "request_key", "outbox", "notice", "access_log"):
        assert places[table], f"{table} is empty, so this shows nothing"
    names = [part for person in school.people.values() for part in person.name.split() if len(part) > 3]
    emails = [row["email"] for row in await db.fetch("select email from person where school_id = $1", world.school_id)]
    assert emails
    assert school.device_key
    for place, said in places.items():
        assert not CANARY.search(said), place
        for secret in (*names, *emails, *world.cookies.values(), school.device_key):
            assert secret not in said, f"{secret} in {place}"
