"""What the server is compared with: plain ASGI and asyncpg, nothing else, under the same uvicorn.

    python -m bench.bare PORT

No session, no origin check, no rules, no validation, no routing, no log: only the work in the database, with the same pool,
as the same plain role under row-level security. School and person are fixed for the whole process.
- `PUT /one/…`    the save in one statement: the server's own statement, so the hardest thing to be compared with
- `PUT /steps/…`  the save as one writes it by hand: feedback, history, key and outbox as four statements
- `GET /report/…` the report of one student as one query that makes the whole JSON
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvicorn

from bench.report import REPORT
from server.feedback.queries import WRITE

SET_SCHOOL = "select set_config('app.school_id', $1, true)"
UPSERT = """
insert into feedback as old (school_id, round_id, group_id, student_id, stoplight, remark, action, complete, author_id,
                             written_by, created_at, updated_at)
values ($1, $2, $3, $4, $6, $7, $8, $9, $5, array[$5::uuid], $10, $10)
on conflict (school_id, round_id, student_id, group_id) do update
   set stoplight = excluded.stoplight, remark = excluded.remark, action = excluded.action, complete = excluded.complete,
       author_id = excluded.author_id, updated_at = excluded.updated_at, version = old.version + 1,
       written_by = case when $5 = any(old.written_by) then old.written_by else old.written_by || $5::uuid end
 where old.version = $11
returning id, version
"""
HISTORY = """
insert into feedback_history (school_id, feedback_id, version, stoplight, remark, action, author_id, saved_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
KEY = (
    "insert into request_key (school_id, person_id, key, payload_hash, status, answer) values ($1, $2, $3, $4, 200, $5)"
)
OUTBOX = "insert into outbox (school_id, kind, ids) values ($1, 'feedback.saved', $2)"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Bare:
    """The application."""

    def __init__(self) -> None:
        self.school = UUID(os.environ["BENCH_SCHOOL"])
        self.person = UUID(os.environ["BENCH_PERSON"])
        self.pool: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            size = int(os.environ.get("DRIEHOEK_DATABASE_POOL", "10"))
            self.pool = await asyncpg.create_pool(os.environ["DRIEHOEK_DATABASE_URL"], min_size=1, max_size=size)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        parts = scope["path"].split("/")
        if parts[1] == "health":
            body = b"{}"
        elif parts[1] == "report":
            body = await self.report(UUID(parts[2]), UUID(parts[3]))
        else:
            headers = dict(scope["headers"])
            sent = (await receive())["body"]
            save = self.one if parts[1] == "one" else self.steps
            body = await save(
                [UUID(part) for part in parts[2:5]],
                sent,
                int(headers[b"if-match"].strip(b'"')),
                UUID(headers[b"idempotency-key"].decode()),
            )
        length = str(len(body)).encode()
        start_headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": start_headers})
        await send({"type": "http.response.body", "body": body})

    async def one(self, ids: list[UUID], sent: bytes, version: int, key: UUID) -> bytes:
        """A save with the server's own statement."""
        now = datetime.now(UTC)
        data = msgspec.json.decode(sent)
        answer = msgspec.json.encode({"complete": True, "missing": [], "saved_at": now}).decode()
        digest = hashlib.sha256(sent).digest()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.fetchval(SET_SCHOOL, str(self.school))
            row = await connection.fetchrow(
                WRITE, self.school, *ids, self.person, key, data["stoplight"], data["remark"], data["action"], True, now,
                version, 1, digest, answer,
            )  # fmt: skip
        return msgspec.json.encode(
            {"id": row["id"], "version": row["version"], "complete": True, "missing": [], "saved_at": now}
        )

    async def steps(self, ids: list[UUID], sent: bytes, version: int, key: UUID) -> bytes:
        """A save with a statement per table."""
        now = datetime.now(UTC)
        data = msgspec.json.decode(sent)
        digest = hashlib.sha256(sent).digest()
        texts = data["stoplight"], data["remark"], data["action"]
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.fetchval(SET_SCHOOL, str(self.school))
            row = await connection.fetchrow(UPSERT, self.school, *ids, self.person, *texts, True, now, version)
            await connection.execute(HISTORY, self.school, row["id"], row["version"], *texts, self.person, now)
            answer = {"id": row["id"], "version": row["version"], "complete": True, "missing": [], "saved_at": now}
            encoded = msgspec.json.encode(answer)
            await connection.execute(KEY, self.school, self.person, key, digest, encoded.decode())
            told = {
                "round": ids[0], "student": ids[2], "group": ids[1], "version": row["version"], "by": self.person,
            }  # fmt: skip
            await connection.execute(OUTBOX, self.school, msgspec.json.encode(told).decode())
        return encoded

    async def report(self, round_id: UUID, student_id: UUID) -> bytes:
        """A report as the database makes it."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.fetchval(SET_SCHOOL, str(self.school))
            found: str = await connection.fetchval(REPORT, self.school, round_id, student_id)
        return found.encode()


if __name__ == "__main__":
    uvicorn.run(
        Bare(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=3,
    )
