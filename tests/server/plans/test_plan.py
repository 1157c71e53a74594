"""The plan: draft, hand in, revise, conclude, and who reads it when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from server.platform import db
from tests.factories import World
from tests.server.reports.acts import PLAN, Cycle, cycle, type_of


async def shared(world: World, *, guardians: bool = True, **options: Any) -> Cycle:
    made = await cycle(world, **options)
    await made.share(guardians=guardians)
    return made


# --- draft ------------------------------------------------------------------------------------------------------------


async def test_the_student_writes_a_draft_and_any_field_may_be_empty(world: World) -> None:
    made = await shared(world)

    first = await made.write_plan(proud="")
    second = await made.write_plan(if_match=1, proud="Ik las elke dag.")

    assert (first.json()["version"], first.json()["state"]) == (1, "draft")
    assert (second.json()["version"], second.json()["state"]) == (2, "draft")
    plan = (await made.get(made.student, "plan")).json()
    assert (plan["draft"]["proud"], plan["version"], plan["versions"]) == ("Ik las elke dag.", 2, [])


async def test_before_the_first_word_the_plan_is_empty(world: World) -> None:
    made = await shared(world)

    assert (await made.get(made.student, "plan")).json()["state"] == "none"
    for who in (world.mentor, world.dutch.teacher, world.guardian, world.leader, world.students[1]):
        assert (await made.get(who, "plan")).status_code == 404


async def test_nobody_but_the_student_sees_a_draft(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    assert PLAN in (await made.get(made.student)).text

    for who in (world.mentor, world.dutch.teacher, world.leader, world.guardian):
        answer = await made.get(who)
        assert PLAN not in answer.text
        assert answer.json()["plan"] is None
        assert (await made.get(who, "plan")).status_code == 404


async def test_nobody_but_the_student_writes_the_plan(world: World) -> None:
    made = await shared(world)

    for who in (world.mentor, world.dutch.teacher, world.leader, world.guardian, world.students[1]):
        assert (await made.write_plan(by=who)).status_code == 404
        assert (await made.hand_in(by=who)).status_code == 404


async def test_before_sharing_there_is_no_plan_to_write(world: World) -> None:
    made = await cycle(world)

    assert (await made.write_plan()).status_code == 404
    assert (await made.get(made.student, "plan")).status_code == 404


async def test_a_stale_draft_is_answered_with_what_stands_there(world: World) -> None:
    made = await shared(world)
    await made.write_plan(proud="op de laptop")

    answer = await made.write_plan(proud="op de telefoon")

    assert (answer.status_code, type_of(answer)) == (409, "/problems/stale")
    assert (answer.json()["version"], answer.json()["current"]["proud"]) == (1, "op de laptop")


async def test_the_same_draft_again_makes_no_version(world: World) -> None:
    made = await shared(world)
    await made.write_plan(proud="een")

    assert (await made.write_plan(proud="een")).json()["version"] == 1


async def test_a_repeated_key_answers_the_same_and_another_body_is_refused(world: World) -> None:
    made = await shared(world)
    key = uuid4()

    first = await made.write_plan(proud="een", key=key)
    again = await made.write_plan(proud="een", key=key)
    other = await made.write_plan(proud="twee", key=key)

    assert first.json() == again.json()
    assert (other.status_code, type_of(other)) == (422, "/problems/key-reused")


async def test_answers_belong_to_feedback_in_the_shared_report(world: World) -> None:
    made = await shared(world)
    await world.speak()
    hidden = await world.feedback(made.round_id, world.students[1], world.dutch)

    good = await made.write_plan(answers={str(made.dutch_id): "Omdat ik te laat begon.", str(made.maths_id): ""})
    wrong = await made.write_plan(if_match=1, answers={str(hidden): "x", str(uuid4()): ""})

    assert good.status_code == 200
    plan = (await made.get(made.student, "plan")).json()
    assert plan["draft"]["answers"] == {str(made.dutch_id): "Omdat ik te laat begon."}
    assert wrong.status_code == 422
    assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [(f"/answers/{hidden}", "unknown_question")]


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [("proud", "x" * 2001, "too_long"), ("when", "a\x00b", "bad_character"), ("name", "x", "unknown_field")],
)
async def test_what_does_not_fit_is_refused_at_the_field(world: World, field: str, text: str, code: str) -> None:
    answer = await (await shared(world)).write_plan(**{field: text})

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(f"/{field}", code)]


# --- hand in ----------------------------------------------------------------------------------------------------------


async def test_a_plan_handed_in_is_read_by_mentor_teachers_guardian_and_leader(world: World) -> None:
    made = await shared(world)
    await made.write_plan()

    answer = await made.hand_in()

    assert (answer.json()["number"], answer.json()["state"]) == (1, "handed_in")
    for who in (world.mentor, world.dutch.teacher, world.guardian, world.leader, made.student):
        plan = (await made.get(who, "plan")).json()
        assert (plan["state"], [each["content"]["proud"] for each in plan["versions"]]) == ("handed_in", [PLAN])
        assert (await made.report(who))["plan"]["versions"] == plan["versions"]
    [told] = await made.outbox("plan.handed_in")
    assert (told["student"], told["plan"], told["number"]) == (str(made.student.id), answer.json()["id"], 1)


async def test_who_has_nothing_to_do_with_the_student_does_not_read_the_plan(world: World, other_school: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.hand_in()

    for who in (world.outsider, world.organiser, world.admin, world.students[1]):
        assert (await made.get(who, "plan")).status_code == 404
    foreign = await other_school.as_(other_school.mentor)
    assert (await foreign.get(made.path("plan"))).status_code == 404


async def test_a_leaders_reading_of_a_plan_is_logged(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.hand_in()

    await made.get(world.leader, "plan")
    await made.get(world.mentor, "plan")

    assert await made.reads_logged() == [(world.leader.id, made.student.id, "plan")]


async def test_a_guardian_who_was_left_out_does_not_read_the_plan(world: World) -> None:
    made = await shared(world, guardians=False)
    await made.write_plan()
    await made.hand_in()

    assert (await made.get(world.guardian, "plan")).status_code == 404


@pytest.mark.parametrize(("asks", "consents", "status"), [(True, False, 404), (True, True, 200), (False, False, 200)])
async def test_at_sixteen_a_school_may_ask_consent_for_the_plan_but_not_for_the_feedback(
    world: World, asks: bool, consents: bool, status: int
) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.hand_in()
    today = date.today()  # noqa: DTZ011  # any day of the year in which the student is sixteen
    await world.set(made.student, birth_date=date(today.year - 17, 1, 1), consents_plan=consents)
    await db.execute("update school_settings set consent_at_16 = $2 where school_id = $1", world.school_id, asks)

    assert (await made.get(world.guardian, "plan")).status_code == status
    report = await made.report(world.guardian)
    assert (report["plan"] is not None) == (status == 200)
    assert len(report["subjects"]) == 2


async def test_a_plan_without_a_word_is_not_handed_in(world: World) -> None:
    made = await shared(world)
    nothing = await made.hand_in(if_match=0)
    await made.write_plan(proud="  \n", answers={str(made.dutch_id): " "})

    blank = await made.hand_in()

    for answer in (nothing, blank):
        assert (answer.status_code, type_of(answer)) == (409, "/problems/plan-empty")


async def test_an_answer_alone_is_enough_to_hand_in(world: World) -> None:
    made = await shared(world)
    await made.write_plan(answers={str(made.dutch_id): "Ja."})

    assert (await made.hand_in()).status_code == 200


async def test_revising_keeps_each_version_and_hides_the_draft_between(world: World) -> None:
    made = await shared(world)
    await made.write_plan(proud="een")
    await made.hand_in()
    saved = await made.write_plan(proud="canary-second-draft", if_match=1)
    between = await made.get(world.mentor)
    again = await made.hand_in(if_match=2)

    assert saved.json()["state"] == "handed_in"
    assert "canary-second-draft" not in between.text
    assert again.json()["number"] == 2
    plan = (await made.get(world.mentor, "plan")).json()
    assert [each["content"]["proud"] for each in plan["versions"]] == ["een", "canary-second-draft"]


async def test_handing_the_same_in_again_makes_no_version(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.hand_in()

    assert (await made.hand_in()).json()["number"] == 1
    assert len(await made.outbox("plan.handed_in")) == 1


async def test_handing_in_an_old_draft_is_stale(world: World) -> None:
    made = await shared(world)
    await made.write_plan(proud="een")
    await made.write_plan(proud="twee", if_match=1)

    answer = await made.hand_in(if_match=1)

    assert (answer.status_code, type_of(answer)) == (409, "/problems/stale")


async def test_the_plan_goes_on_across_versions_of_the_report(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.write_message()
    await made.share()

    assert (await made.get(made.student, "plan")).json()["draft"]["proud"] == PLAN


# --- conclude ---------------------------------------------------------------------------------------------------------


async def test_the_mentor_concludes_and_the_plan_is_read_only(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.hand_in()

    answer = await made.post(world.mentor, "plan/conclude")

    assert answer.json()["state"] == "concluded"
    assert len(await made.outbox("plan.concluded")) == 1
    for refused in (await made.write_plan(proud="later", if_match=1), await made.post(world.mentor, "plan/conclude")):
        assert (refused.status_code, type_of(refused)) == (409, "/problems/plan-concluded")
    assert (await made.report(world.dutch.teacher))["plan"]["state"] == "concluded"


async def test_a_talk_may_conclude_without_a_written_plan(world: World) -> None:
    made = await shared(world)

    assert (await made.post(world.mentor, "plan/conclude")).status_code == 200
    assert (await made.report(world.mentor))["plan"] == {
        "state": "concluded", "versions": [], "draft": None, "version": 0,
    }  # fmt: skip


async def test_concluding_does_not_show_a_draft_that_was_never_handed_in(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.post(world.mentor, "plan/conclude")

    for who in (world.mentor, world.dutch.teacher, world.guardian):
        assert PLAN not in (await made.get(who)).text
    assert PLAN in (await made.get(made.student)).text


async def test_only_the_mentor_concludes_and_only_after_sharing(world: World) -> None:
    made = await cycle(world)
    early = await made.post(world.mentor, "plan/conclude")
    await made.share()

    assert (early.status_code, type_of(early)) == (409, "/problems/not-shared")
    for who in (world.dutch.teacher, world.leader, made.student, world.guardian):
        assert (await made.post(who, "plan/conclude")).status_code == 404


async def test_an_archived_round_is_read_only(world: World) -> None:
    made = await shared(world)
    await made.write_plan()
    await made.hand_in()
    await world.set_round(made.round_id, "archived")

    for answer in (
        await made.write_plan(proud="later", if_match=1),
        await made.hand_in(),
        await made.post(world.mentor, "plan/conclude"),
        await made.agree(),
    ):
        assert (answer.status_code, type_of(answer)) == (409, "/problems/round-archived")
    assert (await made.report(made.student))["plan"]["versions"][0]["content"]["proud"] == PLAN
