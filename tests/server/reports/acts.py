"""What the tests about reports and plans have in common: a closed round with two subjects, and the acts of the cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec

from server.platform import db
from tests.factories import Person, World

DUTCH = "canary-dutch-remark-5be1"
DUTCH_ACTION = "canary-dutch-action-77c0"
MATHS = "canary-maths-remark-e93d"
MESSAGE = "canary-message-a4f2"
PLAN = "canary-plan-draft-08b6"


@dataclass
class Cycle:
    """One round of one school; everything is about the first student unless said otherwise."""

    world: World
    round_id: UUID
    dutch_id: UUID
    maths_id: UUID

    @property
    def student(self) -> Person:
        return self.world.students[0]

    def path(self, what: str, student: Person | None = None) -> str:
        return f"/api/v1/rounds/{self.round_id}/students/{(student or self.student).id}/{what}"

    async def get(self, who: Person | None, what: str = "report", student: Person | None = None) -> httpx.Response:
        return await (await self.world.as_(who)).get(self.path(what, student))

    async def report(self, who: Person, student: Person | None = None) -> dict[str, Any]:
        answer = await self.get(who, student=student)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(self, who: Person, what: str, body: Any = None, **more: Any) -> httpx.Response:
        return await (await self.world.as_(who)).post(self.path(what), json=body, **more)

    async def share(self, *, guardians: bool = True, by: Person | None = None) -> httpx.Response:
        return await self.post(by or self.world.mentor, "share", {"guardians": guardians})

    async def write_message(self, text: str = MESSAGE, *, if_match: int = 0, **more: Any) -> httpx.Response:
        client = await self.world.as_(more.pop("by", self.world.mentor))
        return await client.put(self.path("message"), json={"text": text}, if_match=if_match, **more)

    async def write_plan(
        self, *, if_match: int = 0, by: Person | None = None, key: UUID | None = None, **fields: Any
    ) -> httpx.Response:
        client = await self.world.as_(by or self.student)
        return await client.put(self.path("plan"), json=fields or {"proud": PLAN}, if_match=if_match, key=key)

    async def hand_in(self, *, if_match: int = 1, by: Person | None = None) -> httpx.Response:
        return await self.post(by or self.student, "plan/hand-in", if_match=if_match)

    async def agree(
        self, what: str = "Elke dag lezen", party: str = "student", *, by: Person | None = None, **more: Any
    ) -> httpx.Response:
        return await self.post(by or self.world.mentor, "agreements", {"what": what, "party": party, **more})

    async def outbox(self, kind: str) -> list[dict[str, Any]]:
        await self.world.speak()
        rows = await db.fetch(
            "select ids from outbox where school_id = $1 and kind = $2 order by id", self.world.school_id, kind
        )
        return [msgspec.json.decode(row["ids"]) for row in rows]

    async def reads_logged(self) -> list[tuple[UUID, UUID, str]]:
        await self.world.speak()
        rows = await db.fetch(
            "select viewer_id, student_id, what from access_log where school_id = $1 order by id", self.world.school_id
        )
        return [(row["viewer_id"], row["student_id"], row["what"]) for row in rows]


async def cycle(world: World, state: str = "closed", **options: Any) -> Cycle:
    """A round in which Dutch and maths both wrote about the first student."""
    round_id = await world.round(state, **options)
    dutch = await world.feedback(round_id, world.students[0], world.dutch, "attention", DUTCH, DUTCH_ACTION)
    maths = await world.feedback(round_id, world.students[0], world.maths, "on_track", MATHS)
    return Cycle(world, round_id, dutch, maths)


def type_of(answer: httpx.Response) -> str:
    return str(answer.json()["type"])
