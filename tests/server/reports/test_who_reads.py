"""Who reads what of a report, and the other role that does not: product.md's table through the API."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from server.platform import clock, db
from tests.factories import Group, World
from tests.server.reports.acts import DUTCH, DUTCH_ACTION, MATHS, MESSAGE, Cycle, cycle


def subjects(report: dict[str, object]) -> dict[str, dict[str, object]]:
    found = report["subjects"]
    assert isinstance(found, list)
    return {each["subject"]: each for each in found}


# --- staff, closed ----------------------------------------------------------------------------------------------------


async def test_the_mentor_reads_everything_once_the_round_is_closed(world: World) -> None:
    report = await (await cycle(world)).report(world.mentor)

    assert report["relation"] == "mentor"
    dutch = subjects(report)["netl"]
    assert (dutch["remark"], dutch["action"], dutch["stoplight"]) == (DUTCH, DUTCH_ACTION, "attention")
    assert dutch["teachers"] == ["Dirk de Dutch"]
    assert subjects(report)["wi"]["remark"] == MATHS
    assert report["progress"] == {"done": 2, "total": 2}
    assert report["can"]["share"] is True


async def test_a_teacher_of_the_student_reads_colleagues_once_the_round_is_closed(world: World) -> None:
    report = await (await cycle(world)).report(world.maths.teacher)

    assert report["relation"] == "teacher"
    assert subjects(report)["netl"]["remark"] == DUTCH
    assert (subjects(report)["netl"]["mine"], subjects(report)["wi"]["mine"]) == (False, True)
    assert report["progress"] is None
    assert report["readers"] is None
    assert not any(report["can"].values())


async def test_who_has_nothing_to_do_with_the_student_finds_nothing(world: World) -> None:
    made = await cycle(world)
    await made.share()

    for who in (world.outsider, world.organiser, world.admin, world.students[1]):
        answer = await made.get(who)
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"


async def test_hidden_answers_exactly_like_not_there(world: World) -> None:
    made = await cycle(world)
    client = await world.as_(world.outsider)

    hidden = await made.get(world.outsider)
    missing = await client.get(f"/api/v1/rounds/{uuid4()}/students/{made.student.id}/report")

    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


async def test_another_school_finds_nothing(world: World, other_school: World) -> None:
    made = await cycle(world)
    await made.share()

    for who in (other_school.mentor, other_school.leader, other_school.students[0], other_school.guardian):
        client = await other_school.as_(who)
        assert (await client.get(made.path("report"))).status_code == 404


async def test_signed_out_is_401(world: World) -> None:
    made = await cycle(world)

    assert (await made.get(None)).status_code == 401


async def test_a_teacher_who_no_longer_teaches_the_student_loses_the_report(world: World) -> None:
    made = await cycle(world)
    assert (await made.get(world.maths.teacher)).status_code == 200

    await world.leave(made.student, world.maths)

    assert (await made.get(world.maths.teacher)).status_code == 404


async def test_a_mentor_of_another_class_loses_the_report(world: World) -> None:
    made = await cycle(world)
    await world.leave(world.mentor, world.home)

    assert (await made.get(world.mentor)).status_code == 404


# --- staff, open ------------------------------------------------------------------------------------------------------


async def test_while_open_the_mentor_sees_counts_and_no_feedback(world: World) -> None:
    report = await (await cycle(world, "open")).report(world.mentor)

    assert report["progress"] == {"done": 2, "total": 2}
    assert report["subjects"] == []


async def test_while_open_a_watching_mentor_reads_along(world: World) -> None:
    report = await (await cycle(world, "open", mentors_watch=True)).report(world.mentor)

    assert subjects(report)["netl"]["remark"] == DUTCH


async def test_a_watching_mentor_who_owes_feedback_sees_only_the_own(world: World) -> None:
    english = await world.group("teaching", "h3a.entl", world.mentor, subject="entl")
    await world.enrol(world.students[0], english, "student")
    made = await cycle(world, "open", mentors_watch=True)

    before = await made.report(world.mentor)
    await world.feedback(made.round_id, made.student, english, "warning", "eigen", "", complete=False)
    half = await made.report(world.mentor)

    assert (list(subjects(before)), before["progress"]) == (["entl"], {"done": 2, "total": 3})
    assert list(subjects(half)) == ["entl"]
    assert subjects(half)["entl"]["complete"] is False


async def test_a_watching_mentor_whose_own_feedback_is_complete_reads_along(world: World) -> None:
    english = await world.group("teaching", "h3a.entl", world.mentor, subject="entl")
    await world.enrol(world.students[0], english, "student")
    made = await cycle(world, "open", mentors_watch=True)
    await world.feedback(made.round_id, made.student, english)

    assert sorted(subjects(await made.report(world.mentor))) == ["entl", "netl", "wi"]


@pytest.mark.parametrize("who", ["teacher", "leader"])
async def test_while_open_teachers_and_leaders_have_no_report(world: World, who: str) -> None:
    made = await cycle(world, "open", mentors_watch=True)

    answer = await made.get(world.dutch.teacher if who == "teacher" else world.leader)

    assert answer.status_code == 404


async def test_a_reopened_group_hides_from_colleagues_and_the_rest_stays(world: World) -> None:
    made = await cycle(world)
    await world.set_round(made.round_id, "open", [world.dutch.id])

    assert list(subjects(await made.report(world.maths.teacher))) == ["wi"]
    assert list(subjects(await made.report(world.mentor))) == ["wi"]
    assert sorted(subjects(await made.report(world.dutch.teacher))) == ["netl", "wi"]


async def test_a_draft_round_has_no_report(world: World) -> None:
    round_id = await world.round("draft")

    answer = await (await world.as_(world.mentor)).get(
        f"/api/v1/rounds/{round_id}/students/{world.students[0].id}/report"
    )

    assert answer.status_code == 404


# --- what is shown of a pair ------------------------------------------------------------------------------------------


async def test_text_without_a_stoplight_looks_like_nothing_to_everybody_but_its_author(world: World) -> None:
    made = await cycle(world)
    second = world.students[1]
    await world.feedback(made.round_id, second, world.dutch, None, "canary-unfinished")

    for who in (world.mentor, world.maths.teacher):
        answer = await made.get(who, student=second)
        assert "canary-unfinished" not in answer.text
        assert subjects(answer.json())["netl"]["feedback_id"] is None
    own = await made.report(world.dutch.teacher, second)
    assert subjects(own)["netl"]["remark"] == "canary-unfinished"


async def test_incomplete_feedback_is_shown_as_it_is(world: World) -> None:
    made = await cycle(world)
    second = world.students[1]
    await world.feedback(made.round_id, second, world.dutch, "warning", "alleen een opmerking", complete=False)

    dutch = subjects(await made.report(world.mentor, second))["netl"]

    assert (dutch["stoplight"], dutch["remark"], dutch["complete"]) == ("warning", "alleen een opmerking", False)


async def test_nothing_written_is_shown_as_missing_with_who_should_have(world: World) -> None:
    made = await cycle(world)

    dutch = subjects(await made.report(world.mentor, world.students[1]))["netl"]

    assert (dutch["stoplight"], dutch["teachers"]) == (None, ["Dirk de Dutch"])


async def test_a_substitute_who_wrote_is_named(world: World) -> None:
    made = await cycle(world)
    second = world.students[1]
    await world.feedback(made.round_id, second, world.dutch, author=world.outsider)

    assert subjects(await made.report(world.mentor, second))["netl"]["teachers"] == ["Otto Outsider"]


async def test_the_change_since_the_last_round_goes_by_subject(world: World) -> None:
    earlier = await world.round("archived", name="Ronde 1", closed_at=clock.now() - timedelta(days=90))
    older = await world.round("archived", name="Ronde 0", closed_at=clock.now() - timedelta(days=200))
    await world.feedback(older, world.students[0], world.maths, "excellent")
    await world.feedback(earlier, world.students[0], world.dutch, "warning")
    await world.feedback(older, world.students[0], world.dutch, "excellent")
    made = await cycle(world)

    found = subjects(await made.report(world.mentor))

    assert found["netl"]["was"] == {"stoplight": "warning", "round_name": "Ronde 1"}
    assert found["wi"]["was"] == {"stoplight": "excellent", "round_name": "Ronde 0"}


async def test_an_open_round_is_no_last_round(world: World) -> None:
    running = await world.round("open")
    await world.feedback(running, world.students[0], world.dutch, "warning")
    made = await cycle(world)

    assert subjects(await made.report(world.mentor))["netl"]["was"] is None


# --- leader -----------------------------------------------------------------------------------------------------------


async def test_a_leader_reads_the_scope_and_every_read_is_logged(world: World) -> None:
    made = await cycle(world)

    report = await made.report(world.leader)
    await made.report(world.leader)

    assert report["relation"] == "leader"
    assert subjects(report)["netl"]["remark"] == DUTCH
    assert await made.reads_logged() == [(world.leader.id, made.student.id, "report")] * 2


async def test_a_leader_of_another_class_finds_nothing_and_nothing_is_logged(world: World) -> None:
    made = await cycle(world)
    other = await world.person("Lars Leader", "leader")
    await world.scope(other, Group(world.dutch.id, "", world.mentor))

    assert (await made.get(other)).status_code == 404
    assert await made.reads_logged() == []


async def test_scope_without_the_role_is_nothing(world: World) -> None:
    made = await cycle(world)
    former = await world.person("Fien Former", "teacher")
    await world.scope(former, world.home)

    assert (await made.get(former)).status_code == 404


async def test_reads_of_mentor_and_teacher_are_not_logged(world: World) -> None:
    made = await cycle(world)

    await made.report(world.mentor)
    await made.report(world.dutch.teacher)

    assert await made.reads_logged() == []


# --- mentor message ---------------------------------------------------------------------------------------------------


async def test_the_message_is_the_mentors_alone_before_sharing(world: World) -> None:
    made = await cycle(world)
    await made.write_message()

    assert (await made.report(world.mentor))["message"]["text"] == MESSAGE
    for who in (world.dutch.teacher, world.leader):
        assert MESSAGE not in (await made.get(who)).text


async def test_after_sharing_others_read_the_message_as_it_was_shared(world: World) -> None:
    made = await cycle(world)
    await made.write_message("eerste")
    await made.share()
    await made.write_message("tweede", if_match=1)

    for who in (world.dutch.teacher, world.leader, made.student, world.guardian):
        assert (await made.report(who))["message"]["text"] == "eerste"
    assert (await made.report(world.mentor))["message"]["text"] == "tweede"


# --- student and guardian ---------------------------------------------------------------------------------------------


async def test_before_sharing_student_and_guardian_find_nothing(world: World) -> None:
    made = await cycle(world)

    assert (await made.get(made.student)).status_code == 404
    assert (await made.get(world.guardian)).status_code == 404


async def test_the_student_reads_the_shared_version_and_no_later_change(world: World) -> None:
    made = await cycle(world)
    await made.write_message()
    await made.share()
    await world.speak()
    await change(made, "canary-later-change")

    report = await made.report(made.student)

    assert report["relation"] == "student"
    assert subjects(report)["netl"]["remark"] == DUTCH
    assert report["message"]["text"] == MESSAGE
    assert "canary-later-change" not in str(report)
    assert report["progress"] is None
    assert report["can"]["write_plan"] is True


async def change(made: Cycle, remark: str) -> None:
    await db.execute(
        "update feedback set remark = $3 where school_id = $1 and id = $2", made.world.school_id, made.dutch_id, remark
    )


async def test_what_is_shared_stays_readable_after_a_reopen(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await world.set_round(made.round_id, "open")

    assert subjects(await made.report(made.student))["netl"]["remark"] == DUTCH


async def test_a_guardian_reads_only_what_was_shared_with_guardians(world: World) -> None:
    made = await cycle(world)
    await made.share(guardians=False)
    assert (await made.get(world.guardian)).status_code == 404

    await made.share(guardians=True)

    report = await made.report(world.guardian)
    assert report["relation"] == "guardian"
    assert subjects(report)["netl"]["remark"] == DUTCH
    assert not any(report["can"].values())


async def test_a_guardian_keeps_the_version_that_included_them_and_no_more(world: World) -> None:
    made = await cycle(world)
    await made.share(guardians=True)
    await made.write_message("canary-not-for-guardians")
    await made.share(guardians=False)
    await made.agree("canary-agreement")

    answer = await made.get(world.guardian)

    assert answer.json()["share"]["number"] == 1
    assert "canary-not-for-guardians" not in answer.text
    assert "canary-agreement" not in answer.text


async def test_a_barred_guardian_finds_nothing(world: World) -> None:
    made = await cycle(world)
    barred = await world.person("Bas Barred", "guardian")
    await world.guard(barred, made.student, barred=True)
    await made.share()

    assert (await made.get(barred)).status_code == 404
    assert (await made.get(world.guardian)).status_code == 200


async def test_at_eighteen_the_past_closes_for_guardians_without_consent(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await world.set(made.student, birth_date=date(2000, 1, 1))
    assert (await made.get(world.guardian)).status_code == 404

    await world.set(made.student, consents_report=True)

    assert (await made.get(world.guardian)).status_code == 200


async def test_a_guardian_of_another_student_finds_nothing(world: World) -> None:
    made = await cycle(world)
    await made.share()
    other = await world.person("Gijs Guardian", "guardian")
    await world.guard(other, world.students[1])

    assert (await made.get(other)).status_code == 404


async def test_a_disabled_account_is_signed_out_at_once(world: World) -> None:
    made = await cycle(world)
    await made.share()
    assert (await made.get(made.student)).status_code == 200

    await world.set(made.student, enabled=False)

    assert (await made.get(made.student)).status_code == 401


# --- readers ----------------------------------------------------------------------------------------------------------


async def test_the_first_opening_is_kept_once_and_told_to_mentor_and_student(world: World) -> None:
    made = await cycle(world)
    await made.share()
    assert (await made.report(world.mentor))["readers"] == []

    await made.report(world.guardian)
    first = (await made.report(world.mentor))["readers"]
    await made.report(world.guardian)
    await made.report(made.student)

    assert [each["name"] for each in first] == ["Gea Guardian"]
    readers = (await made.report(world.mentor))["readers"]
    assert readers[0] == first[0]
    assert sorted(each["name"] for each in readers) == ["Gea Guardian", "Student0 van der Les0"]
    assert (await made.report(made.student))["readers"] == readers


async def test_guardian_and_teacher_do_not_learn_who_read(world: World) -> None:
    made = await cycle(world)
    await made.share()

    assert (await made.report(world.guardian))["readers"] is None
    assert (await made.report(world.dutch.teacher))["readers"] is None
