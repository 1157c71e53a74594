"""From the outbox to notices: who is told, who is not, and that nothing happens twice."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec

import server
from server.notices import service as notices
from server.notices.kinds import KINDS, LETTERS, SILENT
from server.plans import agreements
from server.plans import service as plans
from server.plans.schemas import AgreementBody, PlanContent
from server.platform import db
from server.reports import sharing
from server.rules.facts import Party
from tests.factories import World
from tests.workers.conftest import School
from workers.relay import relay


async def outbox(school: School) -> list[dict[str, object]]:
    return await school.run("select kind, done_at, tries, due_at > now() as later from outbox where school_id = $1")


async def test_a_shared_report_is_told_to_student_and_guardian_by_push_and_mail(school: School) -> None:
    world = school.world
    await school.subscribe(school.student)
    await school.subscribe(school.student)
    await school.subscribe(world.guardian)
    await school.subscribe(world.students[1])
    share = await school.share()
    assert await relay() == 1
    told = await school.notices()
    assert {notice["person_id"] for notice in told} == {school.student.id, world.guardian.id}
    assert all(str(share) in notice["ids"] for notice in told)
    rows = await school.deliveries()
    assert sorted((row["person_id"], row["channel"]) for row in rows) == sorted(
        [(school.student.id, "push")] * 2
        + [(school.student.id, "mail"), (world.guardian.id, "push"), (world.guardian.id, "mail")]
    )
    assert {row["state"] for row in rows} == {"waiting"}


async def test_a_guardian_is_told_only_when_included_and_let_in(school: School) -> None:
    world = school.world
    async with db.school_transaction(world.school_id):
        barred = await world.person("Bas Barred", "guardian")
        await world.guard(barred, school.student, barred=True)
        disabled = await world.person("Dis Abled", "guardian", enabled=False)
        await world.guard(disabled, school.student)
    await school.share(guardians=True)
    await school.share(student=world.students[1], guardians=False)
    await relay()
    assert {notice["person_id"] for notice in await school.notices()} == {
        school.student.id,
        world.guardian.id,
        world.students[1].id,
    }


async def test_a_school_that_lets_no_guardians_in_tells_none(school: School) -> None:
    await school.run("update school_settings set guardians_admitted = false where school_id = $1")
    await school.share()
    await relay()
    assert [notice["person_id"] for notice in await school.notices()] == [school.student.id]


async def test_running_twice_makes_nothing_twice(school: School) -> None:
    await school.subscribe(school.student)
    await school.share()
    await relay()
    before = (await school.notices(), await school.deliveries())
    assert await relay() == 0
    await school.run("update outbox set done_at = null, leased_until = null where school_id = $1")
    assert await relay() == 1
    after = (await school.notices(), await school.deliveries())
    assert [row["id"] for row in after[1]] == [row["id"] for row in before[1]]
    assert after[0] == before[0]


async def test_a_worker_that_dies_after_claiming_loses_nothing(school: School) -> None:
    await school.share()
    async with db.transaction():
        assert await notices.claim(10, timedelta(seconds=60))
    assert await relay() == 0  # leased
    await school.time_passes()
    assert await relay() == 1
    assert len(await school.notices()) == 2


async def test_a_recall_takes_back_the_notice_and_what_was_not_sent(school: School) -> None:
    await school.subscribe(school.student)
    await school.share()
    await relay()
    await school.act(school.world.mentor, lambda me: sharing.recall(me, school.student.id, school.round_id))
    await relay()
    assert all(notice["withdrawn_at"] for notice in await school.notices())
    assert {state for _, state in await school.states()} == {"dropped"}


async def test_a_report_recalled_before_the_relay_came_by_is_told_to_nobody(school: School) -> None:
    await school.share()
    await school.act(school.world.mentor, lambda me: sharing.recall(me, school.student.id, school.round_id))
    assert await relay() == 2
    assert await school.notices() == []


async def hand_in(school: School) -> None:
    saved = await school.act(
        school.student,
        lambda me: plans.save_draft(me, school.student.id, school.round_id, PlanContent(proud="trots"), 0),
    )
    await school.act(school.student, lambda me: plans.hand_in(me, school.student.id, school.round_id, saved.version))


async def test_a_plan_is_told_to_mentor_by_push_and_to_todays_teachers_in_the_app_and_the_days_digest(
    school: School,
) -> None:
    world = school.world
    for person in (world.mentor, world.dutch.teacher, world.outsider, world.leader):
        await school.subscribe(person)
    await school.share()
    async with db.school_transaction(world.school_id):
        await world.leave(world.maths.teacher, world.maths)
    await relay()
    await hand_in(school)
    await relay()
    told = [notice["person_id"] for notice in await school.notices() if notice["kind"] == "plan.handed_in"]
    assert set(told) == {world.mentor.id, world.dutch.teacher.id}
    rows = [(row["person_id"], row["kind"], row["channel"]) for row in await school.deliveries()]
    assert [row for row in rows if row[1] == "plan.handed_in"] == [(world.mentor.id, "plan.handed_in", "push")]
    assert [row for row in rows if row[1] == "digest"] == [
        (world.dutch.teacher.id, "digest", "push"),
        (world.dutch.teacher.id, "digest", "mail"),
    ]


async def test_a_plan_handed_in_again_is_news_again(school: School) -> None:
    await school.share()
    await hand_in(school)
    saved = await school.act(
        school.student,
        lambda me: plans.save_draft(me, school.student.id, school.round_id, PlanContent(proud="trotser"), 1),
    )
    await school.act(school.student, lambda me: plans.hand_in(me, school.student.id, school.round_id, saved.version))
    await relay()
    told = [notice for notice in await school.notices(school.world.mentor) if notice["kind"] == "plan.handed_in"]
    assert len(told) == 2


async def agree(school: School, what: str) -> None:
    body = AgreementBody(what=what, party=Party.STUDENT)
    await school.act(school.world.mentor, lambda me: agreements.add(me, school.student.id, school.round_id, body))


async def test_agreements_made_in_one_talk_are_one_notice_which_comes_back_when_read(school: School) -> None:
    await school.subscribe(school.student)
    await school.share()
    await relay()
    for what in ("Elke dag tien woorden", "Vragen stellen"):
        await agree(school, what)
        await relay()
    told = [notice for notice in await school.notices(school.student) if notice["kind"] == "agreement.changed"]
    assert len(told) == 1
    await school.run("update notice set read_at = now() where school_id = $1")
    await agree(school, "Huiswerk noteren")
    await relay()
    told = [notice for notice in await school.notices(school.student) if notice["kind"] == "agreement.changed"]
    assert [notice["read_at"] for notice in told] == [None]
    pushes = [
        row for row in await school.deliveries() if row["person_id"] == school.student.id and row["channel"] == "push"
    ]
    assert len(pushes) == 2  # the shared report and the first agreement


async def test_agreements_an_hour_later_are_news_again(school: School) -> None:
    await school.share()
    await agree(school, "Elke dag tien woorden")
    await relay()
    await school.run(
        """update notice set created_at = created_at - interval '61 minutes', dedupe_key = dedupe_key || '-earlier'
            where school_id = $1 and kind = 'agreement.changed'"""
    )
    await agree(school, "Vragen stellen")
    await relay()
    told = [notice for notice in await school.notices(school.student) if notice["kind"] == "agreement.changed"]
    assert len(told) == 2


async def test_one_row_that_fails_waits_and_holds_up_no_other(school: School) -> None:
    await school.append("report.shared", round="not an id")
    await school.append("tomorrow.invented", thing=uuid4())
    await school.share()
    assert await relay() == 3
    assert len(await school.notices()) == 2
    rows = {row["kind"] if row["done_at"] is None else "done": row for row in await outbox(school)}
    assert set(rows) == {"report.shared", "tomorrow.invented", "done"}
    assert rows["tomorrow.invented"]["later"]
    assert rows["report.shared"]["later"]


async def test_news_of_one_kind_is_told_together_and_to_each_its_own(school: School) -> None:
    """Each student's version to the student and to nobody else's guardian; what comes twice in one batch is one notice."""
    world = school.world
    for student in world.students:
        await school.subscribe(student)
    shares = {student.id: await school.share(student=student) for student in world.students}
    await school.append(
        "report.shared", round=school.round_id, student=school.student.id, share=shares[school.student.id]
    )
    assert await relay() == 4
    told = [(notice["person_id"], msgspec.json.decode(notice["ids"])["share"]) for notice in await school.notices()]
    assert sorted(told) == sorted(
        [
            *((person, str(share)) for person, share in shares.items()),
            (world.guardian.id, str(shares[school.student.id])),
        ]
    )
    rows = [(row["person_id"], row["channel"]) for row in await school.deliveries()]
    assert sorted(rows) == sorted(
        [
            *((student.id, channel) for student in world.students for channel in ("push", "mail")),
            (world.guardian.id, "mail"),
        ]
    )


async def test_agreements_that_come_in_one_batch_are_one_notice(school: School) -> None:
    await school.share()
    for what in ("Elke dag tien woorden", "Vragen stellen"):
        await agree(school, what)
    assert await relay() == 3
    told = [notice for notice in await school.notices(school.student) if notice["kind"] == "agreement.changed"]
    assert len(told) == 1


async def test_plans_that_come_in_one_batch_are_one_digest_for_each_teacher(school: School) -> None:
    for number in (1, 2):
        await school.append(
            "plan.handed_in", round=school.round_id, student=school.student.id, plan=school.round_id, number=number
        )
    await school.share()
    await school.run(
        "insert into plan (school_id, round_id, student_id, state) values ($1, $2, $3, 'handed_in')",
        school.round_id,
        school.student.id,
    )
    assert await relay() == 3
    told = [(notice["person_id"], notice["kind"]) for notice in await school.notices()]
    for teacher in (school.world.dutch.teacher, school.world.maths.teacher):
        assert told.count((teacher.id, "plan.handed_in")) == 2
        assert told.count((teacher.id, "digest")) == 1


async def test_what_nobody_is_told_about_is_done_at_once(school: School) -> None:
    for kind in sorted(SILENT):
        await school.append(kind, round=school.round_id)
    assert await relay() == len(SILENT)
    assert all(row["done_at"] for row in await outbox(school))
    assert await school.notices() == []


async def test_a_roster_import_recomputes_open_rounds(school: School) -> None:
    world = school.world
    async with db.school_transaction(world.school_id):
        await world.set_round(school.round_id, "open")
        await world.leave(school.student, world.maths)
    await school.append("roster.imported", **{"import": uuid4()})
    await relay()
    pairs = await school.run(
        "select state from expected_pair where school_id = $1 and student_id = $2 and group_id = $3",
        school.student.id,
        world.maths.id,
    )
    assert pairs == [{"state": "ended"}]


def written_kinds() -> set[str]:
    """Every kind that the server's code appends to the outbox: literals in calls of `append`, `append_all`, `_tell` and `_done`."""
    found: set[str] = set()
    for file in Path(server.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("append", "append_all", "_tell", "_done"):
                found |= {
                    arg.value
                    for arg in node.args
                    if isinstance(arg, ast.Constant)
                    and isinstance(arg.value, str)
                    and re.fullmatch(r"[a-z]+\.[a-z_]+", arg.value)
                }
    return found


def test_every_kind_the_server_writes_is_known_here() -> None:
    written = written_kinds()
    assert {"report.shared", "plan.handed_in", "agreement.changed", "round.opened"} <= written
    assert written - SILENT - set(KINDS) - set(LETTERS) - {"report.recalled"} == set()


async def test_schools_are_told_apart(school: School) -> None:
    """Both schools share at once; one batch serves both, each in its own transaction."""
    async with httpx.AsyncClient() as http, db.transaction():
        world = await World.create(http, students=1)
        round_id = await world.round("open")
        await world.feedback(round_id, world.students[0], world.dutch)
        await world.set_round(round_id, "closed")
    other = School(world, school.service, round_id)
    await school.share()
    await other.share()
    assert await relay() == 2
    assert {notice["person_id"] for notice in await school.notices()} == {school.student.id, school.world.guardian.id}
    assert {notice["person_id"] for notice in await other.notices()} == {world.students[0].id, world.guardian.id}
