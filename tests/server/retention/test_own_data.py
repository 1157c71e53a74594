"""A student's own data: everything the student may read, nothing else, as a page and as JSON."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx
import msgspec
import pytest

from server.platform import db
from tests.factories import Client, World
from tests.isolation.canaries import CANARY, Aviary, build

ADDRESS = "/api/v1/me/data"


def opened(answer: httpx.Response) -> tuple[str, dict[str, Any]]:
    """The page and the JSON in the zip."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.testzip() is None
        page, data = sorted(zipped.namelist())
        assert (page.rsplit(".")[-1], data.rsplit(".")[-1]) == ("html", "json")
        return zipped.read(page).decode(), msgspec.json.decode(zipped.read(data))


@pytest.fixture
async def aviary(rollback: None, http: httpx.AsyncClient) -> Aviary:
    return await build(http, "own")


async def test_a_student_gets_all_that_the_student_may_read_and_nothing_else(aviary: Aviary) -> None:
    student = aviary.people["student"]
    client = await aviary.world.as_(student)
    page, data = opened(await client.get(ADDRESS))
    may = {word for word, people in aviary.may.items() if student.id in people}
    assert set(CANARY.findall(page)) == may
    assert set(CANARY.findall(msgspec.json.encode(data).decode())) == may
    [report] = data["reports"]
    assert [one["subject"] for one in report["versions"][0]["content"]["subjects"]] == ["netl", "wi"]
    assert report["questions"][0]["asked_at"] is not None
    assert "Je had hier een vraag over" in page
    assert data["person"]["name"] == student.name
    assert data["person"]["guardians"] == ["Bart Barred", "Gea Guardian"]
    assert {one["title"] for one in data["groups"]} == {"h3a", "h3a.netl", "h3a.wi"}
    # The secret that seals the copies on the phone is no reading matter.
    assert aviary.device_key not in page + str(data)


async def test_every_version_that_was_shared_is_in_it(world: World) -> None:
    student = world.students[0]
    round_id = await world.round("closed")
    await world.feedback(round_id, student, world.dutch, "attention", "Eerst dit")
    mentor = await world.as_(world.mentor)
    report = f"/api/v1/rounds/{round_id}/students/{student.id}"
    await mentor.post(f"{report}/share", json={"guardians": False})
    await (await world.as_(student)).get(f"{report}/report")
    await world.speak()
    await db.execute("update feedback set remark = 'Later dat' where school_id = $1", world.school_id)
    assert (await mentor.post(f"{report}/share", json={"guardians": True})).json()["number"] == 2
    page, data = opened(await (await world.as_(student)).get(ADDRESS))
    assert [one["number"] for one in data["reports"][0]["versions"]] == [2, 1]
    assert "Eerst dit" in page
    assert "Later dat" in page
    # Who took it along has read it: it is not taken back any more.
    assert (await mentor.post(f"{report}/recall")).json()["type"] == "/problems/already-read"


async def test_reads_by_leaders_are_told_to_whom_they_are_about(world: World) -> None:
    student = world.students[0]
    round_id = await world.round("closed")
    await world.feedback(round_id, student, world.dutch)
    await (await world.as_(world.leader)).get(f"/api/v1/rounds/{round_id}/students/{student.id}/report")
    page, data = opened(await (await world.as_(student)).get(ADDRESS))
    assert [(one["who"], one["what"]) for one in data["reads"]] == [("Lea Leader", "report")]
    assert "Lea Leader" in page
    _, of_another = opened(await (await world.as_(world.students[1])).get(ADDRESS))
    assert of_another["reads"] == []


async def test_what_somebody_typed_is_text_in_the_page(world: World) -> None:
    student = world.students[0]
    round_id = await world.round("closed")
    await world.feedback(round_id, student, world.dutch, "attention", "<script>alert(1)</script> & \u202eمرحبا 😀")
    mentor = await world.as_(world.mentor)
    await mentor.post(f"/api/v1/rounds/{round_id}/students/{student.id}/share", json={"guardians": False})
    page, _ = opened(await (await world.as_(student)).get(ADDRESS))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "😀" in page


async def test_it_is_in_the_students_language(world: World) -> None:
    student = world.students[0]
    await world.set(student, locale="en")
    answer = await (await world.as_(student)).get(ADDRESS)
    assert 'filename="my-data-' in answer.headers["content-disposition"]
    page, _ = opened(answer)
    assert '<html lang="en">' in page
    assert "Nothing has been shared with you yet." in page


async def test_for_everybody_else_there_is_no_such_thing(world: World) -> None:
    for who in (world.mentor, world.guardian, world.organiser, world.leader, world.admin):
        assert (await (await world.as_(who)).get(ADDRESS)).status_code == 404
    nobody: Client = await world.as_(None)
    assert (await nobody.get(ADDRESS)).status_code == 401
