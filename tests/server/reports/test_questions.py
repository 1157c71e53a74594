"""A student's question about a feedback: who asks about what, who hears of it, and who says that it was answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from server.platform import clock, db
from tests.factories import Person, World
from tests.server.reports.acts import Cycle, cycle, type_of

MINE = "/api/v1/my/questions"


async def shared(world: World, **options: Any) -> Cycle:
    made = await cycle(world, **options)
    await made.share()
    return made


async def ask(
    made: Cycle, feedback_id: UUID, *, on: bool = True, by: Person | None = None, **more: Any
) -> httpx.Response:
    client = await made.world.as_(by or made.student)
    return await client.put(made.path(f"feedback/{feedback_id}/question"), json={"on": on}, **more)


async def asked_of(world: World, who: Person) -> list[dict[str, Any]]:
    answer = await (await world.as_(who)).get(MINE)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def answer(world: World, who: Person, question_id: str, *, answered: bool = True) -> httpx.Response:
    return await (await world.as_(who)).put(f"{MINE}/{question_id}", json={"answered": answered})


async def told(made: Cycle) -> list[tuple[str, int]]:
    """To whom news of a question went, and which asking it was."""
    return [(row["person"], row["number"]) for row in await made.outbox("question.asked")]


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_a_tap_asks_the_author_and_the_report_says_so(world: World) -> None:
    made = await shared(world)
    assert (await made.report(made.student))["questions"] == []

    reply = await ask(made, made.dutch_id)

    assert reply.status_code == 200, reply.text
    report = await made.report(made.student)
    assert report["can"]["ask"]
    assert report["questions"] == [reply.json()]
    assert (reply.json()["feedback_id"], reply.json()["answered_at"]) == (str(made.dutch_id), None)
    assert await made.outbox("question.asked") == [
        {
            "round": str(made.round_id),
            "student": str(made.student.id),
            "feedback": str(made.dutch_id),
            "number": 1,
            "person": str(world.dutch.teacher.id),
        }
    ]


async def test_the_asked_teacher_finds_it_with_what_it_takes_to_talk(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)

    [question] = await asked_of(world, world.dutch.teacher)

    assert question["student"]["id"] == str(made.student.id)
    assert (question["group"], question["round_id"]) == (world.dutch.title, str(made.round_id))
    assert question["answered_at"] is None


async def test_the_same_tap_twice_is_one_question_and_one_piece_of_news(world: World) -> None:
    made = await shared(world)
    key = uuid4()
    first = await ask(made, made.dutch_id, key=key)

    assert (await ask(made, made.dutch_id, key=key)).json() == first.json()
    assert (await ask(made, made.dutch_id)).json() == first.json()
    assert len(await asked_of(world, world.dutch.teacher)) == 1
    assert len(await told(made)) == 1


async def test_taken_back_it_is_gone_for_both_and_asked_again_the_same_day_it_is_no_news(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)

    back = await ask(made, made.dutch_id, on=False)

    assert (back.status_code, back.json()["asked_at"]) == (200, None)
    assert (await ask(made, made.dutch_id, on=False)).json() == back.json()
    assert await asked_of(world, world.dutch.teacher) == []
    assert (await made.report(made.student))["questions"] == []

    await ask(made, made.dutch_id)
    assert len(await asked_of(world, world.dutch.teacher)) == 1
    teacher = str(world.dutch.teacher.id)
    assert await told(made) == [(teacher, 1)]

    await ask(made, made.dutch_id, on=False)
    with clock.at(clock.now() + timedelta(days=1)):
        await ask(made, made.dutch_id)
    assert await told(made) == [(teacher, 1), (teacher, 2)]


async def test_what_was_never_asked_can_be_taken_back_without_a_trace(world: World) -> None:
    made = await shared(world)

    assert (await ask(made, made.dutch_id, on=False)).json()["asked_at"] is None
    assert await db.fetchval("select count(*) from question where school_id = $1", world.school_id) == 0
    assert await told(made) == []


async def test_nobody_but_the_student_asks(world: World) -> None:
    made = await shared(world)

    for who in (world.mentor, world.dutch.teacher, world.guardian, world.leader, world.students[1], world.admin):
        assert (await ask(made, made.dutch_id, by=who)).status_code == 404, who.name
        assert not (await made.get(who)).json().get("questions")


async def test_only_about_a_feedback_of_the_version_that_was_shared(world: World) -> None:
    unshared = await cycle(world, name="Niet gedeeld")
    assert (await ask(unshared, unshared.dutch_id)).status_code == 404
    made = await shared(world)
    await world.speak()
    of_another = await world.feedback(made.round_id, world.students[1], world.dutch)
    for feedback_id in (of_another, unshared.dutch_id, uuid4()):
        assert (await ask(made, feedback_id)).status_code == 404
    assert await told(made) == []


async def test_in_an_archived_round_nobody_asks_any_more_and_what_was_asked_can_be_answered(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)
    await world.speak()
    await world.set_round(made.round_id, "archived")

    for on in (True, False):
        refused = await ask(made, made.maths_id, on=on)
        assert (refused.status_code, type_of(refused)) == (409, "/problems/round-archived")
    assert not (await made.report(made.student))["can"]["ask"]
    [question] = await asked_of(world, world.dutch.teacher)
    assert (await answer(world, world.dutch.teacher, question["id"])).status_code == 200


async def test_a_share_that_somebody_asks_about_is_read(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)

    refused = await made.post(world.mentor, "recall")

    assert (refused.status_code, type_of(refused)) == (409, "/problems/already-read")


@pytest.mark.parametrize(
    ("body", "pointer"), [({}, "/on"), ({"on": "ja"}, "/on"), ({"on": True, "text": "x"}, "/text")]
)
async def test_a_question_has_no_text(world: World, body: dict[str, Any], pointer: str) -> None:
    made = await shared(world)
    client = await world.as_(made.student)

    refused = await client.put(made.path(f"feedback/{made.dutch_id}/question"), json=body)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


# --- the asked author -------------------------------------------------------------------------------------------------


async def test_nobody_but_the_asked_author_sees_a_question(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)
    [question] = await asked_of(world, world.dutch.teacher)

    others = (world.mentor, world.maths.teacher, world.leader, world.organiser, world.admin, world.guardian)
    for who in (*others, *world.students):
        assert await asked_of(world, who) == [], who.name
        assert (await answer(world, who, question["id"])).status_code == 404, who.name
    assert (await answer(world, world.dutch.teacher, str(uuid4()))).status_code == 404


async def test_co_teachers_are_asked_together_and_who_wrote_and_left_the_group_too(world: World) -> None:
    made = await shared(world)
    await world.speak()
    co_teacher = await world.person("Coen Co", "teacher")
    await world.enrol(co_teacher, world.dutch, "teacher")
    await ask(made, made.dutch_id)

    assert {who for who, _ in await told(made)} == {str(co_teacher.id), str(world.dutch.teacher.id)}
    [question] = await asked_of(world, co_teacher)
    assert (await answer(world, co_teacher, question["id"])).status_code == 200
    [same] = await asked_of(world, world.dutch.teacher)
    assert same["answered_at"] is not None

    await world.speak()
    for teacher in (co_teacher, world.dutch.teacher):
        await world.leave(teacher, world.dutch)
    assert await asked_of(world, co_teacher) == []
    assert len(await asked_of(world, world.dutch.teacher)) == 1


async def test_the_student_sees_that_it_was_answered_and_may_ask_anew(world: World) -> None:
    made = await shared(world)
    teacher = world.dutch.teacher
    await ask(made, made.dutch_id)
    [question] = await asked_of(world, teacher)

    done = await answer(world, teacher, question["id"])

    assert done.json()["answered_at"] is not None
    assert (await answer(world, teacher, question["id"])).json() == done.json()
    [seen] = (await made.report(made.student))["questions"]
    assert seen["answered_at"] == done.json()["answered_at"]
    # There is nothing left to take back.
    assert (await ask(made, made.dutch_id, on=False)).json() == seen

    assert (await ask(made, made.dutch_id)).json()["answered_at"] is None
    assert await told(made) == [(str(teacher.id), 1), (str(teacher.id), 2)]


async def test_answered_by_mistake_it_waits_again(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)
    [question] = await asked_of(world, world.dutch.teacher)
    await answer(world, world.dutch.teacher, question["id"])

    undone = await answer(world, world.dutch.teacher, question["id"], answered=False)

    assert (undone.status_code, undone.json()["answered_at"]) == (200, None)
    assert await asked_of(world, world.dutch.teacher) == [question]


async def test_what_was_taken_back_cannot_be_answered(world: World) -> None:
    made = await shared(world)
    await ask(made, made.dutch_id)
    [question] = await asked_of(world, world.dutch.teacher)
    await ask(made, made.dutch_id, on=False)

    assert (await answer(world, world.dutch.teacher, question["id"])).status_code == 404


async def test_waiting_questions_come_first_and_old_answers_leave_the_list(world: World) -> None:
    made = await shared(world)
    await world.speak()
    both = world.dutch.teacher
    await world.enrol(both, world.maths, "teacher")
    for feedback_id in (made.dutch_id, made.maths_id):
        await ask(made, feedback_id)
    first, second = await asked_of(world, both)
    await answer(world, both, first["id"])

    assert [each["id"] for each in await asked_of(world, both)] == [second["id"], first["id"]]
    with clock.at(clock.now() + timedelta(days=15)):
        assert [each["id"] for each in await asked_of(world, both)] == [second["id"]]


async def test_signed_out_there_is_nothing(world: World) -> None:
    assert (await (await world.as_(None)).get(MINE)).status_code == 401
