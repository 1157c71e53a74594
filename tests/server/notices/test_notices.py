"""The list of notices: fixed words for the reader, by today's rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from server.notices import service
from server.people import service as people
from server.platform import db
from server.reports import sharing
from tests.factories import Person, World


async def shared(world: World, student: Person, *, guardians: bool = True) -> UUID:
    """A closed round whose report of this student is shared and told."""
    round_id = await world.round("closed")
    await world.feedback(round_id, student, world.dutch, "attention", "Kanarie-remark", "Kanarie-action")
    me = await people.as_person(world.school_id, world.mentor.id)
    assert me is not None
    await sharing.share(me, student.id, round_id, guardians)
    await tell(world)
    return round_id


async def tell(world: World) -> None:
    """What the relay does, in the test's own transaction."""
    await world.speak()
    for row in await db.fetch(
        "select id, kind, ids from outbox where school_id = $1 and done_at is null order by id", world.school_id
    ):
        await service.settle(world.school_id, row["kind"], {row["id"]: msgspec.json.decode(row["ids"])})


async def notices(world: World, person: Person, language: str = "nl") -> list[dict[str, Any]]:
    answer = await (await world.as_(person, language=language)).get("/api/v1/notices")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


async def unread(world: World, person: Person) -> int:
    found: int = (await (await world.as_(person)).get("/api/v1/me")).json()["unread_notices"]
    return found


async def test_student_and_guardian_read_fixed_words_each_in_their_own(world: World) -> None:
    student = world.students[0]
    round_id = await shared(world, student)
    own, guardians = await notices(world, student), await notices(world, world.guardian)
    url = f"/rounds/{round_id}/students/{student.id}"
    assert [(each["title"], each["url"], each["about"]) for each in own] == [("Je feedback staat klaar", url, None)]
    assert [(each["title"], each["url"]) for each in guardians] == [("Er staat feedback klaar", url)]
    assert guardians[0]["about"] == student.name
    assert "Kanarie" not in msgspec.json.encode([own, guardians]).decode()


async def test_the_words_are_in_the_persons_own_language(world: World) -> None:
    student = world.students[0]
    await shared(world, student)
    await (await world.as_(student)).patch("/api/v1/me", json={"language": "en"})
    assert [each["title"] for each in await notices(world, student)] == ["Your feedback is ready"]


async def test_nobody_sees_a_notice_of_somebody_else(world: World, other_school: World) -> None:
    await shared(world, world.students[0])
    for person in (world.students[1], world.outsider, world.dutch.teacher, world.organiser, world.admin, world.leader):
        assert await notices(world, person) == []
    assert await notices(other_school, other_school.students[0]) == []


@pytest.mark.parametrize(
    "change",
    [
        "update guardianship set barred = true where school_id = $1 and guardian_id = $2",
        "update school_settings set guardians_admitted = false where school_id = $1 and $2::uuid is not null",
    ],
)
async def test_a_notice_goes_with_the_permission_behind_it_and_out_of_the_count(world: World, change: str) -> None:
    await shared(world, world.students[0])
    assert await unread(world, world.guardian) == 1
    await world.speak()
    await db.execute(change, world.school_id, world.guardian.id)
    assert await notices(world, world.guardian) == []
    assert await unread(world, world.guardian) == 0


async def test_a_recalled_report_is_no_news_any_more(world: World) -> None:
    student = world.students[0]
    round_id = await shared(world, student)
    answer = await (await world.as_(world.mentor)).post(f"/api/v1/rounds/{round_id}/students/{student.id}/recall")
    assert answer.status_code in (200, 201)
    assert await notices(world, student) == []


async def test_reading_some_and_reading_all(world: World) -> None:
    student = world.students[0]
    await shared(world, student)
    await shared(world, student)
    client = await world.as_(student)
    first = (await notices(world, student))[0]
    answer = await client.post("/api/v1/notices/read", json={"ids": [first["id"], str(uuid4())]})
    assert answer.json() == {"unread": 1}
    read = {each["id"]: each["read_at"] for each in await notices(world, student)}
    assert [id_ for id_, at in read.items() if at is not None] == [first["id"]]
    assert (await client.post("/api/v1/notices/read", json={"ids": None})).json() == {"unread": 0}


async def test_one_cannot_read_for_somebody_else(world: World) -> None:
    student = world.students[0]
    await shared(world, student)
    theirs = (await notices(world, student))[0]
    await (await world.as_(world.students[1])).post("/api/v1/notices/read", json={"ids": [theirs["id"]]})
    await (await world.as_(world.students[1])).post("/api/v1/notices/read", json={"ids": None})
    assert await unread(world, student) == 1


@pytest.mark.parametrize(
    "body", [{}, {"ids": ["x"]}, {"ids": "all"}, {"ids": None, "more": 1}, {"ids": [str(uuid4())] * 201}]
)
async def test_a_body_that_does_not_fit_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = await (await world.as_(world.students[0])).post("/api/v1/notices/read", json=body)
    assert answer.status_code == 422


async def test_who_is_signed_out_gets_nothing(world: World) -> None:
    client = await world.as_(None)
    assert (await client.get("/api/v1/notices")).status_code == 401
    assert (await client.post("/api/v1/notices/read", json={"ids": None})).status_code == 401
