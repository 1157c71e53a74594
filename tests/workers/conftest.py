"""Worker tests: a database of their own that commits, a push service, a mail server, and a school to send to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from server.people import service as people
from server.platform import db
from server.platform.request import Me
from server.platform.vapid import key_pair
from server.reports import sharing
from server.settings import Settings, load
from tests.factories import Person, World
from tests.push.stub import Device, PushService, push_service
from workers.deliver import Post

CANARIES = ("Kanariestip-remark", "Kanariestip-action", "Kanariestip-message")


@dataclass
class MailServer:
    """Keeps what it gets; `refuse` holds answers that are given to recipients first; with `hangs` it takes mails and says nothing."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    refuse: list[str] = field(default_factory=list)
    hangs: bool = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse:
            return self.refuse.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs:
            await asyncio.sleep(3600)
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    kept = MailServer()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(kept), "127.0.0.1", 0)
    async with server:
        kept.port = server.sockets[0].getsockname()[1]
        yield kept


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as found:
        yield found


@pytest.fixture
def environment(fresh_database: str, mail_server: MailServer, service: PushService, tmp_path: Path) -> dict[str, str]:
    """The environment of a worker of this test."""
    return {
        **os.environ,
        "DRIEHOEK_DATABASE_URL": fresh_database,
        "DRIEHOEK_DATA": str(tmp_path),
        "DRIEHOEK_PUBLIC_URL": "http://localhost:8000",
        "DRIEHOEK_SMTP_PORT": str(mail_server.port),
        "DRIEHOEK_PUSH_ALLOWED_HOSTS": f"127.0.0.1:{service.port}",
    }


@pytest.fixture
def worker_settings(environment: dict[str, str], service: PushService) -> Settings:
    found = load(environment)
    service.public_key = key_pair(found).public_key
    return found


@pytest.fixture
async def post(worker_settings: Settings) -> AsyncIterator[Post]:
    await db.open_pool(5)
    found = Post(worker_settings)
    yield found
    await found.close()


@dataclass
class School:
    """A school whose round is closed, ready to share; every text in it is a canary."""

    world: World
    service: PushService
    round_id: UUID

    @property
    def student(self) -> Person:
        return self.world.students[0]

    async def act(self, person: Person, what: Callable[[Me], Awaitable[Any]]) -> Any:
        """Let a person do something, in a transaction of its own."""
        async with db.school_transaction(self.world.school_id):
            me = await people.as_person(self.world.school_id, person.id)
            assert me is not None
            return await what(me)

    async def share(self, *, guardians: bool = True, student: Person | None = None) -> UUID:
        """The mentor shares; the id of the version."""
        who = (student or self.student).id
        shared = await self.act(self.world.mentor, lambda me: sharing.share(me, who, self.round_id, guardians))
        found: UUID = shared.id
        return found

    async def subscribe(self, person: Person) -> Device:
        """A device of this person."""
        device = self.service.device()
        await self.run(
            "insert into push_subscription (school_id, person_id, endpoint, p256dh, auth) values ($1, $2, $3, $4, $5)",
            person.id,
            device.endpoint,
            device.p256dh,
            device.auth,
        )
        return device

    async def run(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """One statement with the school as `$1`."""
        async with db.school_transaction(self.world.school_id):
            return [dict(row) for row in await db.fetch(sql, self.world.school_id, *args)]

    async def notices(self, person: Person | None = None) -> list[dict[str, Any]]:
        """Notices of one person, or of all."""
        return await self.run(
            """select person_id, kind, ids, withdrawn_at, read_at, dedupe_key from notice
                where school_id = $1 and ($2::uuid is null or person_id = $2) order by id""",
            person.id if person else None,
        )

    async def deliveries(self) -> list[dict[str, Any]]:
        """All deliveries, push before mail."""
        return await self.run(
            """select d.id, n.person_id, n.kind, d.channel, d.state, d.tries, d.last_error, d.subscription_id, d.sent_at,
                      extract(epoch from d.next_try_at - now())::float as wait
                 from delivery d join notice n on n.id = d.notice_id and n.school_id = d.school_id
                where d.school_id = $1 order by d.channel desc, d.id""",
        )

    async def states(self) -> list[tuple[str, str]]:
        """Channel and state of all deliveries."""
        return [(row["channel"], row["state"]) for row in await self.deliveries()]

    async def time_passes(self) -> None:
        """Leases run out and waits are over."""
        await self.run("update delivery set leased_until = null, next_try_at = now() where school_id = $1")
        await self.run("update outbox set leased_until = null, due_at = now() where school_id = $1")

    async def append(self, kind: str, **ids: Any) -> None:
        """Put something into the outbox."""
        await self.run(
            "insert into outbox (school_id, kind, ids) values ($1, $2, $3)", kind, msgspec.json.encode(ids).decode()
        )


@pytest.fixture
async def school(post: Post, service: PushService) -> School:
    async with httpx.AsyncClient() as http, db.transaction():
        world = await World.create(http, students=3)
        round_id = await world.round("open")
        for student in world.students:
            await world.feedback(round_id, student, world.dutch, "attention", CANARIES[0], CANARIES[1])
            await world.feedback(round_id, student, world.maths, "on_track", CANARIES[0])
        await world.set_round(round_id, "closed")
        await db.execute(
            "insert into mentor_message (school_id, round_id, student_id, text, author_id) values ($1, $2, $3, $4, $5)",
            world.school_id, round_id, world.students[0].id, CANARIES[2], world.mentor.id,
        )  # fmt: skip
    return School(world, service, round_id)
