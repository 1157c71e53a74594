"""Servers of a test's own, which may be killed: PostgreSQL, Redis and a worker; and a school of many."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

from server.people import service as people
from server.platform import db, embedded
from server.platform.children import Child
from server.platform.instance import Instance
from server.reports import sharing
from tests.factories import World
from tests.push.stub import Device, PushService
from tests.workers.conftest import MailServer

# Durable enough for a process that is killed: what is committed is with the kernel. Only the machine itself must stay up.
SETTINGS = ("fsync=off", "full_page_writes=off", "max_wal_size=256MB")


@dataclass
class House:
    """The running servers; `kill_…` ends one as hard as it goes and starts it again on what it left behind."""

    instance: Instance
    place: embedded.PostgresPlace
    folder: Path
    postgres: Child = field(init=False)
    redis: Child = field(init=False)

    def start_postgres(self) -> None:
        self.postgres = embedded.start_postgres(
            self.place,
            port=self.instance.postgres_port,
            password=self.instance.superuser_password,
            log=self.folder / "postgresql.log",
            settings=SETTINGS,
        )

    def start_redis(self) -> None:
        self.redis = embedded.start_redis(
            self.folder / "redis",
            port=self.instance.redis_port,
            password=self.instance.redis_password,
            log=self.folder / "redis.log",
            durable=False,
        )

    async def kill_postgres(self) -> None:
        """The postmaster; its backends see it and end a moment later, and until then nothing starts in their place."""
        await asyncio.to_thread(_kill, self.postgres)
        async with asyncio.timeout(60):
            while True:
                try:
                    return await asyncio.to_thread(self.start_postgres)
                except embedded.Trouble:
                    await asyncio.sleep(0.1)

    async def kill_redis(self) -> None:
        """With everything that was in it."""
        await asyncio.to_thread(_kill, self.redis)
        await asyncio.to_thread(self.start_redis)

    def stop(self) -> None:
        for child in (self.redis, self.postgres):
            child.stop(5)


def _kill(child: Child) -> None:
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


@dataclass
class Worker:
    """`driehoek work` in a process of its own."""

    environment: dict[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as said:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.cli", "work", env=self.environment, stdout=said, stderr=said
            )

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()


@dataclass
class Crowd:
    """A school with one home group of many students, each with a phone and an address."""

    world: World
    mentor_id: UUID
    service: PushService
    mail_server: MailServer
    devices: dict[UUID, Device]
    interrupted: Counter[str] = field(default_factory=Counter)
    """How often a kill found a push or a mail in a worker's hands; named as in `pushes` and `mails`."""

    async def closed_round(self) -> UUID:
        """A round in which everybody got feedback, ready to share."""
        async with db.school_transaction(self.world.school_id):
            round_id = await self.world.round("closed")
            await db.execute(
                """insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, action, complete,
                                         author_id, written_by)
                   select school_id, round_id, student_id, group_id, 'attention', 'Kanariestip', 'Kanariestip', true, $3, array[$3::uuid]
                     from expected_pair where school_id = $1 and round_id = $2 and group_id = $4""",
                self.world.school_id, round_id, self.world.dutch.teacher.id, self.world.dutch.id,
            )  # fmt: skip
            await db.take_stock("expected_pair", "feedback")
        return round_id

    async def share(self, round_id: UUID) -> int:
        """One act for all of them; how many."""
        async with db.school_transaction(self.world.school_id):
            me = await people.as_person(self.world.school_id, self.mentor_id)
            assert me is not None
            return (await sharing.share_home_group(me, self.world.home.id, round_id, guardians=False)).shared

    async def run(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """One statement with the school as `$1`, as soon as there is a database."""

        async def once() -> list[dict[str, Any]]:
            async with db.school_transaction(self.world.school_id):
                return [dict(row) for row in await db.fetch(sql, self.world.school_id, *args)]

        while True:
            try:
                return await once()
            except db.Away:
                await asyncio.sleep(0.05)

    def forget(self) -> None:
        """What arrived so far."""
        self.service.received.clear()
        self.mail_server.mails.clear()
        self.interrupted.clear()

    @property
    def arrived(self) -> int:
        """Pushes and mails so far, repeated ones included."""
        return len(self.service.received) + len(self.mail_server.mails)

    async def until(self, what: Callable[[], Awaitable[bool]], seconds: float) -> None:
        """Wait for something that tells nobody."""
        async with asyncio.timeout(seconds):
            while not await what():  # noqa: ASYNC110 - another process has no event to wait for
                await asyncio.sleep(0.005)

    async def all_settled(self) -> bool:
        """Nothing waits any more."""
        await asyncio.sleep(0.2)
        [row] = await self.run(
            """select (select count(*) from delivery where school_id = $1 and state = 'waiting')
                    + (select count(*) from outbox where school_id = $1 and done_at is null) as open"""
        )
        return bool(row["open"] == 0)

    async def note_interrupted(self) -> None:
        """Count what is in a worker's hands now: nobody can know whether it went out."""
        for row in await self.run(
            """select d.id, d.channel, n.person_id from delivery d join notice n on n.school_id = d.school_id and n.id = d.notice_id
                where d.school_id = $1 and d.state = 'waiting' and d.leased_until is not null"""
        ):
            is_push = row["channel"] == "push"
            self.interrupted[self.devices[row["person_id"]].path if is_push else f"<{row['id']}@localhost>"] += 1

    async def leases_end(self) -> None:
        """What a killed worker had taken is free again, as it would be within a minute."""
        await self.run("update delivery set leased_until = null where school_id = $1 and leased_until is not null")
        await self.run("update outbox set leased_until = null where school_id = $1 and leased_until is not null")

    def pushes(self) -> Counter[str]:
        """How often each phone got the news."""
        return Counter(push.path for push in self.service.received)

    def mails(self) -> Counter[str]:
        """How often each mail came, by its Message-ID."""
        return Counter(
            str(message_from_bytes(mail, policy=policy.default)["message-id"]) for mail in self.mail_server.mails
        )


async def make_crowd(world: World, service: PushService, mail_server: MailServer, many: int) -> Crowd:
    """Fill a school of no students with `many`, in the running transaction."""
    rows = await db.fetch(
        """insert into person (school_id, sourced_id, given_name, family_name, sort_key, username, email, birth_date)
           select $1, 'many' || n, 'Leerling' || n, 'Van Velen', 'velen ' || n, 'many' || n, 'many' || n || '@many.example',
                  date '2012-01-01' from generate_series(1, $2::integer) n returning id""",
        world.school_id,
        many,
    )
    ids = [row["id"] for row in rows]
    await db.execute(
        "insert into person_role (school_id, person_id, role, source) select $1, unnest($2::uuid[]), 'student', 'manual'",
        world.school_id,
        ids,
    )
    for group in (world.home, world.dutch):
        await db.execute(
            """insert into enrolment (school_id, sourced_id, group_id, person_id, role)
               select $1, $3::uuid::text || p::text, $3, p, 'student' from unnest($2::uuid[]) p""",
            world.school_id,
            ids,
            group.id,
        )
    devices = {person_id: service.device() for person_id in ids}
    await db.executemany(
        "insert into push_subscription (school_id, person_id, endpoint, p256dh, auth) values ($1, $2, $3, $4, $5)",
        [(world.school_id, person, each.endpoint, each.p256dh, each.auth) for person, each in devices.items()],
    )
    await db.take_stock("person", "person_role", "enrolment")
    return Crowd(world, world.mentor.id, service, mail_server, devices)
