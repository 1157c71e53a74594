"""Asking for reports on paper: who may, what is made of it, and how it ends."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest

from server.bundles import service
from server.platform import clock, db
from tests.factories import World
from tests.server.bundles.papers import Paper, ask, fetch, made, rows, work
from tests.server.reports.acts import DUTCH, DUTCH_ACTION, MATHS, MESSAGE, cycle, type_of


async def test_a_mentor_has_the_home_group_printed_and_fetches_the_file(world: World) -> None:
    made_round = await cycle(world)
    second = world.students[1]
    await world.feedback(made_round.round_id, second, world.dutch, "excellent", "canary-second-1b2c")
    answer = await ask(world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)})
    assert answer.status_code == 201, answer.text
    client = await world.as_(world.mentor)
    address = f"/api/v1/bundles/{answer.json()['id']}"
    waiting = (await client.get(address)).json()
    assert (waiting["state"], waiting["done"], waiting["total"], waiting["opens"]) == ("waiting", 0, 3, None)
    early = await client.get(f"{address}/file")
    assert (early.status_code, type_of(early)) == (409, "/problems/bundle-not-ready")

    assert await work() == 1
    ready = (await client.get(address)).json()
    # The third student has nothing to print.
    assert (ready["state"], ready["done"], ready["total"], ready["left_out"]) == ("ready", 3, 3, 1)
    assert ready["opens"] is True
    assert (ready["scope"], ready["about"], ready["error"]) == ("home_group", "h3a", "")
    file = await client.get(f"{address}/file")
    assert file.headers["content-type"] == "application/pdf"
    assert "h3a" in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    assert len(file.content) == ready["size"]
    paper = Paper(file.content)
    for canary in (DUTCH, DUTCH_ACTION, MATHS, "canary-second-1b2c"):
        assert paper.count(canary) == 1
    assert [title for depth, title, _ in paper.bookmarks() if depth == 1] == [each.name for each in world.students[:2]]
    assert await rows(world, "bundle_part") == 0
    assert [each["id"] for each in (await client.get("/api/v1/bundles")).json()] == [ready["id"]]


async def test_one_student_s_report_has_what_the_page_has(world: World) -> None:
    made_round = await cycle(world)
    await made_round.write_message()
    await made_round.share()
    await made_round.write_plan(proud="Trots op canary-proud-11aa", how="Zo canary-how-22bb")
    await made_round.hand_in()
    await made_round.write_plan(if_match=2, proud="canary-draft-33cc")
    await made_round.agree("Elke dag canary-agreed-44dd", due_on="2026-12-18")
    address = await made(world, world.mentor, made_round.round_id, scope={"student": str(made_round.student.id)})
    paper = Paper(await fetch(await world.as_(world.mentor), address))
    for said in (
        DUTCH,
        MATHS,
        MESSAGE,
        "canary-proud-11aa",
        "canary-how-22bb",
        "canary-agreed-44dd",
        "18 december 2026",
    ):
        assert paper.count(said) == 1, said
    assert paper.count("canary-draft-33cc") == 0
    assert len(paper.pages) <= 2
    # Who asks for one report waits for it: no notice.
    assert await made_round.outbox("bundle.ready") == []


async def test_a_talk_sheet_is_one_page_per_student(world: World) -> None:
    made_round = await cycle(world)
    for student in world.students[1:]:
        await world.feedback(made_round.round_id, student, world.dutch, "warning", "Lang. " * 300, "Doe dit. " * 200)
    address = await made(
        world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)}, kind="talk_sheet"
    )
    paper = Paper(await fetch(await world.as_(world.mentor), address))
    assert len(paper.pages) == 3
    for page, student in zip(paper.pages, world.students, strict=True):
        assert student.name in page


async def test_a_zip_has_a_file_for_each_student(world: World) -> None:
    made_round = await cycle(world)
    twin = await world.person("Student0 van der Les0", "student")
    for group in (world.home, world.dutch):
        await world.enrol(twin, group, "student")
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, made_round.round_id, twin.id, world.dutch.id,
    )  # fmt: skip
    await world.feedback(made_round.round_id, twin, world.dutch, "excellent", "canary-twin-77ff")
    address = await made(world, world.leader, made_round.round_id, scope={"school": True}, form="zip", sort="group")
    client = await world.as_(world.leader)
    answer = await client.get(f"{address}/file")
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["h3a – Les0, Student0 van der.pdf", "h3a – Les0, Student0 van der – 2.pdf"]
    papers = [Paper(archive.read(name)) for name in archive.namelist()]
    assert sorted(paper.count("canary-twin-77ff") for paper in papers) == [0, 1]
    assert sorted(paper.count(DUTCH) for paper in papers) == [0, 1]


async def test_who_may_ask_for_what(world: World) -> None:
    made_round = await cycle(world)
    await made_round.share()
    student, group = {"student": str(made_round.student.id)}, {"home_group": str(world.home.id)}
    year, school = {"year": 3}, {"school": True}
    may = {
        world.mentor: (student, group, year, school),
        world.leader: (student, group, year, school),
        made_round.student: (student,),
        world.guardian: (student,),
    }
    everybody = (
        world.mentor, world.leader, made_round.student, world.students[1], world.guardian, world.dutch.teacher, world.organiser,
        world.admin, world.outsider,
    )  # fmt: skip
    for person in everybody:
        for scope in (student, group, year, school):
            answer = await ask(world, person, made_round.round_id, scope=scope)
            assert answer.status_code == (201 if scope in may.get(person, ()) else 404), f"{person.name} {scope}"
            await work()
    for person in (made_round.student, world.guardian):
        sheet = await ask(world, person, made_round.round_id, scope=student, kind="talk_sheet")
        assert sheet.status_code == 404
    assert (await ask(world, world.mentor, made_round.round_id, scope={"year": 4})).status_code == 404
    assert (await ask(world, world.mentor, uuid4(), scope=group)).status_code == 404
    assert (await ask(world, world.mentor, made_round.round_id, scope={"home_group": str(uuid4())})).status_code == 404


async def test_while_the_round_is_open_there_is_no_paper(world: World) -> None:
    made_round = await cycle(world, "open", mentors_watch=True)
    client = await world.as_(world.mentor)
    for scope in ({"student": str(made_round.student.id)}, {"home_group": str(world.home.id)}, {"school": True}):
        answer = await ask(world, world.mentor, made_round.round_id, scope=scope)
        assert (answer.status_code, type_of(answer)) == (409, "/problems/bundle-too-early")
    assert (await client.get(f"/api/v1/rounds/{made_round.round_id}/bundle-groups")).json() == []
    await world.set_round(made_round.round_id, "closed")
    [group] = (await client.get(f"/api/v1/rounds/{made_round.round_id}/bundle-groups")).json()
    assert (group["title"], group["year"], group["students"]) == ("h3a", 3, 3)
    await world.set_round(made_round.round_id, "draft")
    hidden = await ask(world, world.mentor, made_round.round_id, scope={"school": True})
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("scope", "pointer"),
    [
        ({}, "/scope"),
        ({"school": True, "year": 3}, "/scope"),
        ({"year": 9}, "/scope/year"),
        ({"student": "x"}, "/scope/student"),
        ({"everybody": True}, "/scope/everybody"),
    ],
)
async def test_a_scope_that_is_none_is_told_at_the_field(world: World, scope: dict[str, object], pointer: str) -> None:
    made_round = await cycle(world)
    answer = await ask(world, world.mentor, made_round.round_id, scope=scope)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_the_same_key_asks_once_and_three_may_wait(world: World) -> None:
    made_round = await cycle(world)
    client = await world.as_(world.mentor)
    body = {"round": str(made_round.round_id), "scope": {"school": True}}
    key = uuid4()
    first, again = [(await client.post("/api/v1/bundles", json=body, key=key)).json() for _ in range(2)]
    assert first == again
    answers = [await client.post("/api/v1/bundles", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert type_of(answers[2]) == "/problems/bundles-waiting"
    assert (await client.delete(f"/api/v1/bundles/{first['id']}")).status_code == 204
    assert (await client.post("/api/v1/bundles", json=body)).status_code == 201


async def test_nobody_else_sees_or_stops_it(world: World) -> None:
    made_round = await cycle(world)
    address = await made(world, world.mentor, made_round.round_id, scope={"school": True})
    for person in (world.leader, world.admin, world.organiser, made_round.student):
        client = await world.as_(person)
        assert (await client.get(address)).status_code == 404
        assert (await client.get(f"{address}/file")).status_code == 404
        assert (await client.delete(address)).status_code == 404
        assert (await client.get("/api/v1/bundles")).json() == []
    mentor = await world.as_(world.mentor)
    assert (await mentor.delete(address)).status_code == 204
    assert (await mentor.get(address)).status_code == 404
    for table in ("bundle", "bundle_student", "bundle_part", "bundle_piece"):
        assert await rows(world, table) == 0, table


async def test_who_asked_hears_that_it_is_ready(world: World) -> None:
    made_round = await cycle(world)
    address = await made(world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)})
    bundle_id = address.rpartition("/")[2]
    assert await made_round.outbox("bundle.ready") == [{"bundle": bundle_id, "person": str(world.mentor.id)}]


async def test_where_there_is_nothing_to_print_that_is_said(world: World) -> None:
    round_id = await world.round("closed")
    address = await made(world, world.mentor, round_id, scope={"home_group": str(world.home.id)})
    found = (await (await world.as_(world.mentor)).get(address)).json()
    assert (found["state"], found["error"], found["left_out"]) == ("failed", "empty", 3)


async def test_after_seven_days_it_is_gone(world: World) -> None:
    made_round = await cycle(world)
    address = await made(world, world.mentor, made_round.round_id, scope={"school": True})
    client = await world.as_(world.mentor)
    await world.speak()
    await db.execute(
        "update bundle set finished_at = $2 where school_id = $1",
        world.school_id,
        clock.now() - timedelta(days=6, hours=23),
    )
    assert await service.clear(world.school_id) == 0
    assert (await client.get(f"{address}/file")).status_code == 200
    await world.speak()
    await db.execute(
        "update bundle set finished_at = $2 where school_id = $1",
        world.school_id,
        clock.now() - timedelta(days=7, hours=1),
    )
    assert (await client.get(address)).status_code == 404
    assert (await client.get("/api/v1/bundles")).json() == []
    assert await service.clear(world.school_id) == 1
    assert await rows(world, "bundle_piece") == 0


async def test_erasing_somebody_takes_every_file_with_them_along(world: World) -> None:
    made_round = await cycle(world)
    await made(world, world.mentor, made_round.round_id, scope={"school": True})
    await world.speak()
    assert await service.forget(world.school_id, [world.students[2].id]) == 1
    assert await rows(world, "bundle_piece") == 0


async def test_the_audit_log_tells_what_was_asked_without_content(world: World) -> None:
    made_round = await cycle(world)
    await made(world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)})
    await world.speak()
    [row] = await db.fetch(
        "select person_id, ids::text as ids from audit_log where school_id = $1 and act = 'bundle.asked'",
        world.school_id,
    )
    assert row["person_id"] == world.mentor.id
    assert str(world.home.id) in row["ids"]
