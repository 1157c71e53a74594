"""Message, preview, share, share a whole class, recall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from server.platform import clock, db
from server.reports.content import SCHEMA
from tests.factories import World
from tests.server.reports.acts import DUTCH, MATHS, Cycle, cycle, type_of


async def edit(made: Cycle, remark: str) -> None:
    await made.world.speak()
    await db.execute(
        "update feedback set remark = $3 where school_id = $1 and id = $2", made.world.school_id, made.dutch_id, remark
    )


async def frozen(made: Cycle) -> list[dict[str, Any]]:
    await made.world.speak()
    rows = await db.fetch("select content from report_share where school_id = $1 order by number", made.world.school_id)
    return [msgspec.json.decode(row["content"]) for row in rows]


# --- message ----------------------------------------------------------------------------------------------------------


async def test_the_mentor_writes_and_rewrites_the_message_and_each_version_is_kept(world: World) -> None:
    made = await cycle(world)

    first = await made.write_message("een")
    second = await made.write_message("twee", if_match=1)

    assert (first.json(), second.json()) == ({"version": 1}, {"version": 2})
    await world.speak()
    kept = await db.fetch(
        "select version, text from mentor_message_history where school_id = $1 order by version", world.school_id
    )
    assert [tuple(row) for row in kept] == [(1, "een"), (2, "twee")]
    assert [each["version"] for each in await made.outbox("message.saved")] == [1, 2]


async def test_a_second_mentor_cannot_overwrite_unseen(world: World) -> None:
    made = await cycle(world)
    second = await world.person("Mees Mentor", "teacher")
    await world.enrol(second, world.home, "teacher")
    await made.write_message("van Mo")

    answer = await made.write_message("van Mees", by=second)

    assert (answer.status_code, type_of(answer)) == (409, "/problems/stale")
    assert (answer.json()["version"], answer.json()["current"]["text"]) == (1, "van Mo")
    assert (await made.write_message("van Mees", by=second, if_match=1)).status_code == 200


async def test_the_same_text_again_makes_no_version(world: World) -> None:
    made = await cycle(world)
    await made.write_message("een")

    assert (await made.write_message("een", if_match=0)).json() == {"version": 1}
    assert len(await made.outbox("message.saved")) == 1


async def test_a_message_is_for_the_mentor_to_write(world: World) -> None:
    made = await cycle(world)

    for who in (world.dutch.teacher, world.leader, made.student, world.organiser, world.outsider):
        assert (await made.write_message(by=who)).status_code == 404


async def test_a_message_can_be_written_while_open_and_not_once_archived(world: World) -> None:
    made = await cycle(world, "open")
    assert (await made.write_message()).status_code == 200

    await world.set_round(made.round_id, "archived")

    answer = await made.write_message("later", if_match=1)
    assert (answer.status_code, type_of(answer)) == (409, "/problems/round-archived")


@pytest.mark.parametrize(("text", "code"), [("x" * 2001, "too_long"), ("a\x00b", "bad_character")])
async def test_a_message_that_cannot_be_stored_is_refused_at_the_field(world: World, text: str, code: str) -> None:
    answer = await (await cycle(world)).write_message(text)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/text", code)]


# --- preview and share ------------------------------------------------------------------------------------------------


async def test_the_preview_is_exactly_what_the_student_gets(world: World) -> None:
    made = await cycle(world)
    await made.write_message()
    preview = (await made.get(world.mentor, "preview")).json()

    await made.share()

    report = await made.report(made.student)
    assert preview["subjects"] == report["subjects"]
    assert preview["message"] == report["message"]
    assert [each["subject"] for each in preview["subjects"]] == ["netl", "wi"]


async def test_a_preview_is_for_the_mentor(world: World) -> None:
    made = await cycle(world)

    for who in (world.dutch.teacher, world.leader, made.student):
        assert (await made.get(who, "preview")).status_code == 404


async def test_sharing_freezes_a_version_of_a_known_schema_without_ids_of_history(world: World) -> None:
    made = await cycle(world)
    await made.write_message()
    second = world.students[1]
    await world.feedback(made.round_id, second, world.dutch, None, "canary-unfinished")

    answer = await made.share()

    assert answer.json()["number"] == 1
    [content] = await frozen(made)
    assert content["schema"] == SCHEMA
    assert content.keys() == {"schema", "subjects", "message", "decisions"}
    assert content["message"].keys() == {"text", "version", "updated_at"}
    assert content["subjects"][0].keys() == {
        "feedback_id", "subject_id", "subject", "group", "teachers", "stoplight", "remark", "action", "until",
    }  # fmt: skip
    [told] = await made.outbox("report.shared")
    assert told == {
        "round": str(made.round_id),
        "student": str(made.student.id),
        "share": answer.json()["id"],
        "by": str(world.mentor.id),
    }


async def test_only_a_mentor_of_the_student_shares(world: World) -> None:
    made = await cycle(world)
    other = await world.person("Mik Mentor", "teacher")
    await world.group("home", "h3b", other)

    for who in (world.dutch.teacher, world.leader, world.organiser, made.student, world.guardian, other):
        assert (await made.share(by=who)).status_code == 404
    assert (await made.share()).status_code == 200


@pytest.mark.parametrize(
    ("state", "sharing", "problem"),
    [
        ("open", True, "round-not-closed"),
        ("archived", True, "round-archived"),
        ("closed", False, "sharing-off"),
    ],
)
async def test_sharing_says_why_it_cannot(world: World, state: str, sharing: bool, problem: str) -> None:
    made = await cycle(world, state, sharing=sharing)

    for answer in (await made.share(), await made.get(world.mentor, "preview")):
        assert (answer.status_code, type_of(answer)) == (409, f"/problems/{problem}")
    assert await frozen(made) == []
    assert (await made.report(world.mentor))["can"]["share"] is False


async def test_an_empty_report_is_not_shared(world: World) -> None:
    made = await cycle(world)
    client = await world.as_(world.mentor)

    answer = await client.post(made.path("share", world.students[1]), json={"guardians": True})

    assert (answer.status_code, type_of(answer)) == (409, "/problems/nothing-to-share")


async def test_what_changed_since_is_shared_again_as_the_next_version(world: World) -> None:
    made = await cycle(world)
    await made.share()
    assert (await made.report(world.mentor))["share"]["changed_since"] is False

    await edit(made, "canary-second-version")
    assert (await made.report(world.mentor))["share"]["changed_since"] is True
    again = await made.share()

    assert again.json()["number"] == 2
    assert (await made.report(world.mentor))["share"]["changed_since"] is False
    assert "canary-second-version" in (await made.get(made.student)).text
    assert [each["subjects"][0]["remark"] for each in await frozen(made)] == [DUTCH, "canary-second-version"]


async def test_a_new_message_asks_to_share_again_and_only_the_mentor_sees_that(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await made.write_message()

    assert (await made.report(world.mentor))["share"]["changed_since"] is True
    for who in (world.dutch.teacher, world.leader, made.student, world.guardian):
        assert (await made.report(who))["share"]["changed_since"] is False


async def test_sharing_the_same_again_makes_no_version_and_no_notice(world: World) -> None:
    made = await cycle(world)
    first = await made.share()

    second = await made.share()

    assert second.json() == first.json()
    assert len(await made.outbox("report.shared")) == 1


async def test_letting_guardians_in_later_is_a_version_of_its_own(world: World) -> None:
    made = await cycle(world)
    await made.share(guardians=False)

    assert (await made.share(guardians=True)).json()["number"] == 2


async def test_the_same_key_shares_once_and_with_another_body_is_refused(world: World) -> None:
    made = await cycle(world)
    key = uuid4()
    first = await made.post(world.mentor, "share", {"guardians": True}, key=key)
    again = await made.post(world.mentor, "share", {"guardians": True}, key=key)
    other = await made.post(world.mentor, "share", {"guardians": False}, key=key)

    assert first.json() == again.json()
    assert (other.status_code, type_of(other)) == (422, "/problems/key-reused")
    assert len(await frozen(made)) == 1


async def test_sharing_must_say_whether_guardians_are_included(world: World) -> None:
    answer = await (await cycle(world)).post(world.mentor, "share", {})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "required"


# --- recall -----------------------------------------------------------------------------------------------------------


async def test_a_report_nobody_opened_can_be_recalled(world: World) -> None:
    made = await cycle(world)
    await made.share()
    assert (await made.report(world.mentor))["share"]["recall_until"] is not None

    answer = await made.post(world.mentor, "recall")

    assert answer.json() == {"number": 1}
    assert (await made.get(made.student)).status_code == 404
    assert (await made.report(world.mentor))["share"] is None
    assert len(await made.outbox("report.recalled")) == 1
    assert (await made.share()).json()["number"] == 2


async def test_recalling_the_second_version_leaves_the_first(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await made.report(made.student)
    await edit(made, "canary-recalled")
    await made.share()

    assert (await made.post(world.mentor, "recall")).json() == {"number": 2}

    answer = await made.get(made.student)
    assert answer.json()["share"]["number"] == 1
    assert "canary-recalled" not in answer.text


@pytest.mark.parametrize("reader", ["student", "guardian"])
async def test_once_opened_it_stays(world: World, reader: str) -> None:
    made = await cycle(world)
    await made.share()
    await made.report(made.student if reader == "student" else world.guardian)

    answer = await made.post(world.mentor, "recall")

    assert (answer.status_code, type_of(answer)) == (409, "/problems/already-read")
    report = await made.report(world.mentor)
    assert (report["can"]["recall"], report["share"]["recall_until"]) == (False, None)


async def test_a_colleague_reading_does_not_count_as_opened(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await made.report(world.dutch.teacher)

    assert (await made.post(world.mentor, "recall")).status_code == 200


async def test_after_ten_minutes_it_is_too_late(world: World) -> None:
    made = await cycle(world)
    await made.share()

    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        answer = await made.post(world.mentor, "recall")

    assert (answer.status_code, type_of(answer)) == (409, "/problems/recall-too-late")


async def test_recall_is_the_mentors_and_needs_something_shared(world: World) -> None:
    made = await cycle(world)
    nothing = await made.post(world.mentor, "recall")
    await made.share()

    assert (nothing.status_code, type_of(nothing)) == (409, "/problems/not-shared")
    for who in (world.dutch.teacher, world.leader, made.student):
        assert (await made.post(who, "recall")).status_code == 404


# --- a whole class ----------------------------------------------------------------------------------------------------


async def share_class(made: Cycle, *, by: Any = None, key: Any = None) -> Any:
    client = await made.world.as_(by or made.world.mentor)
    path = f"/api/v1/rounds/{made.round_id}/home-groups/{made.world.home.id}/share"
    return await client.post(path, json={"guardians": True}, key=key)


async def test_a_class_is_shared_in_one_act_and_who_has_nothing_is_told(world: World) -> None:
    made = await cycle(world)
    await world.feedback(made.round_id, world.students[1], world.maths, remark="canary-second-student")

    answer = await share_class(made)

    assert answer.json()["shared"] == 2
    [skipped] = answer.json()["skipped"]
    assert (skipped["student"]["id"], skipped["reason"]) == (str(world.students[2].id), "empty")
    assert MATHS in (await made.get(made.student)).text
    assert "canary-second-student" not in (await made.get(made.student)).text
    assert "canary-second-student" in (await made.get(world.students[1], student=world.students[1])).text
    assert {each["student"] for each in await made.outbox("report.shared")} == {
        str(each.id) for each in world.students[:2]
    }


async def test_what_a_class_act_freezes_is_what_a_single_act_freezes(world: World) -> None:
    made = await cycle(world)
    await made.write_message()
    await made.share()

    outcome = (await share_class(made)).json()

    # The single act and the class act build the same content: nothing has changed, so nothing new is shared.
    assert (outcome["shared"], outcome["skipped"][0]["reason"]) == (0, "unchanged")
    await edit(made, "anders")
    assert (await share_class(made)).json()["shared"] == 1
    assert (await made.report(made.student))["share"]["number"] == 2


async def test_a_lost_answer_shares_nothing_twice(world: World) -> None:
    made = await cycle(world)
    key = uuid4()

    first, again = await share_class(made, key=key), await share_class(made, key=key)

    assert first.json() == again.json()
    assert first.json()["shared"] == 1
    await world.speak()
    kept = await db.fetchval("select answer from request_key where school_id = $1 and key = $2", world.school_id, key)
    assert "van der Les" not in kept


async def test_only_the_mentor_of_the_class_shares_it(world: World) -> None:
    made = await cycle(world)

    for who in (world.dutch.teacher, world.leader, world.organiser, made.student):
        assert (await share_class(made, by=who)).status_code == 404


async def test_a_class_is_not_shared_while_open(world: World) -> None:
    answer = await share_class(await cycle(world, "open"))

    assert (answer.status_code, type_of(answer)) == (409, "/problems/round-not-closed")


async def test_a_teaching_group_is_no_class_to_share(world: World) -> None:
    made = await cycle(world)
    client = await world.as_(world.dutch.teacher)

    answer = await client.post(
        f"/api/v1/rounds/{made.round_id}/home-groups/{world.dutch.id}/share", json={"guardians": True}
    )

    assert answer.status_code == 404
