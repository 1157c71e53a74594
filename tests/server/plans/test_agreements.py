"""Agreements: the mentor writes, the student confirms, everybody ticks off the own ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from server.platform import clock, db
from tests.factories import Person, World
from tests.server.reports.acts import Cycle, cycle, type_of

WHAT = "canary-agreement-61aa"


async def shared(world: World) -> Cycle:
    made = await cycle(world)
    await made.share()
    return made


async def agreed(made: Cycle, party: str = "student", **more: Any) -> UUID:
    answer = await made.agree(WHAT, party, **more)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


def place(agreement: UUID, act: str = "") -> str:
    return f"/api/v1/agreements/{agreement}{act}"


async def change(
    made: Cycle, agreement: UUID, *, if_match: int | None = 1, by: Person | None = None, **body: Any
) -> httpx.Response:
    client = await made.world.as_(by or made.world.mentor)
    return await client.patch(place(agreement), json=body, if_match=if_match)


async def confirm(
    made: Cycle, agreement: UUID, *, by: Person | None = None, if_match: int | None = None
) -> httpx.Response:
    return await (await made.world.as_(by or made.student)).post(place(agreement, "/confirm"), if_match=if_match)


async def tick(made: Cycle, agreement: UUID, by: Person, *, done: bool = True) -> httpx.Response:
    return await (await made.world.as_(by)).post(place(agreement, "/tick"), json={"done": done})


async def only(made: Cycle, who: Person) -> dict[str, Any]:
    [agreement] = (await made.report(who))["agreements"]
    return dict(agreement)


def errors(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


# --- read -------------------------------------------------------------------------------------------------------------


async def test_an_agreement_is_read_by_student_mentor_teachers_guardian_and_leader(world: World) -> None:
    made = await shared(world)
    await agreed(made)

    for who in (made.student, world.mentor, world.dutch.teacher, world.guardian, world.leader):
        assert (await only(made, who))["what"] == WHAT
    for who in (world.outsider, world.organiser, world.students[1]):
        assert WHAT not in (await made.get(who)).text


async def test_a_guardian_who_was_left_out_reads_no_agreement(world: World) -> None:
    made = await cycle(world)
    await made.share(guardians=False)
    await agreed(made)

    assert (await made.get(world.guardian)).status_code == 404
    assert (await only(made, made.student))["what"] == WHAT


# --- add --------------------------------------------------------------------------------------------------------------


async def test_only_the_mentor_adds_and_only_after_sharing(world: World) -> None:
    made = await cycle(world)
    early = await made.agree()
    await made.share()

    assert (early.status_code, type_of(early)) == (409, "/problems/not-shared")
    for who in (world.dutch.teacher, world.leader, made.student, world.guardian, world.outsider):
        assert (await made.agree(by=who)).status_code == 404
    assert (await made.agree()).status_code == 201


async def test_an_agreement_for_a_teacher_names_one_who_teaches_the_student_today(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made, "teacher", owner_id=str(world.dutch.teacher.id))

    found = await only(made, world.mentor)
    assert (found["id"], found["owner_name"]) == (str(agreement), "Dirk de Dutch")
    owners = (await made.report(world.mentor))["owners"]
    assert [each["name"] for each in owners] == ["Dirk de Dutch", "Mia Maths"]
    assert (await made.report(world.dutch.teacher))["owners"] == []


@pytest.mark.parametrize(
    ("party", "owner", "code"),
    [
        ("teacher", None, "owner_required"),
        ("teacher", "outsider", "owner_unknown"),
        ("teacher", "mentor", "owner_unknown"),
        ("teacher", "nobody", "owner_unknown"),
        ("student", "dutch", "owner_unfit"),
    ],
)
async def test_an_owner_who_does_not_fit_is_refused(world: World, party: str, owner: str | None, code: str) -> None:
    made = await shared(world)
    people = {"outsider": world.outsider.id, "mentor": world.mentor.id, "dutch": world.dutch.teacher.id}

    answer = await made.agree(WHAT, party, owner_id=None if owner is None else str(people.get(owner, uuid4())))

    assert errors(answer) == [("/owner_id", code)]


async def test_a_teacher_of_before_cannot_be_chosen(world: World) -> None:
    made = await shared(world)
    await world.leave(made.student, world.maths)

    answer = await made.agree(WHAT, "teacher", owner_id=str(world.maths.teacher.id))

    assert errors(answer) == [("/owner_id", "owner_unknown")]


@pytest.mark.parametrize("day", ["9999-12-31", "2099-01-01"])
async def test_a_day_that_nobody_lives_to_see_at_school_is_refused(world: World, day: str) -> None:
    """The last day of all would be kept as `infinity` and make the whole report unreadable."""
    made = await shared(world)
    assert errors(await made.agree(due_on=day)) == [("/due_on", "date_far")]


async def test_a_day_in_the_past_is_refused_and_today_is_fine(world: World) -> None:
    made = await shared(world)
    today = clock.today()

    past = await made.agree(due_on=(today - timedelta(days=1)).isoformat())
    now = await made.agree(due_on=today.isoformat())

    assert errors(past) == [("/due_on", "date_past")]
    assert now.status_code == 201


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"what": "", "party": "student"}, ("/what", "required")),
        ({"what": "  ", "party": "student"}, ("/what", "required")),
        ({"what": "x" * 2001, "party": "student"}, ("/what", "too_long")),
        ({"what": "a\x00", "party": "student"}, ("/what", "bad_character")),
        ({"what": "x", "party": "neighbour"}, ("/party", "unknown_value")),
        ({"what": "x", "party": "student", "due_on": "morgen"}, ("/due_on", "wrong_type")),
        ({"party": "student"}, ("/what", "required")),
    ],
)
async def test_what_does_not_fit_is_refused_at_the_field(
    world: World, body: dict[str, str], error: tuple[str, str]
) -> None:
    made = await shared(world)

    assert errors(await made.post(world.mentor, "agreements", body)) == [error]


async def test_a_repeated_key_adds_once(world: World) -> None:
    made = await shared(world)
    key = uuid4()
    body = {"what": WHAT, "party": "student"}

    first = await made.post(world.mentor, "agreements", body, key=key)
    again = await made.post(world.mentor, "agreements", body, key=key)

    assert first.json() == again.json()
    assert len((await made.report(world.mentor))["agreements"]) == 1
    assert len(await made.outbox("agreement.changed")) == 1


# --- change and remove ------------------------------------------------------------------------------------------------


async def test_a_change_after_confirming_has_to_be_confirmed_again(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    assert (await confirm(made, agreement)).json()["confirmed"] is True

    answer = await change(made, agreement, what="Elke dag een bladzijde")

    assert (answer.json()["version"], answer.json()["confirmed"]) == (2, False)
    found = await only(made, made.student)
    assert (found["what"], found["confirmed_at"], found["can"]["confirm"]) == ("Elke dag een bladzijde", None, True)


async def test_changing_nothing_keeps_the_confirmation(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    await confirm(made, agreement)

    answer = await change(made, agreement, what=WHAT)

    assert (answer.json()["version"], answer.json()["confirmed"]) == (1, True)


async def test_a_stale_change_is_answered_with_what_stands_there(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    await change(made, agreement, what="anders")

    for answer in (
        await change(made, agreement, what="nog anders"),
        await change(made, agreement, what="x", if_match=None),
    ):
        assert (answer.status_code, type_of(answer)) == (409, "/problems/stale")
        assert (answer.json()["version"], answer.json()["current"]["what"]) == (2, "anders")


async def test_a_day_that_has_passed_may_stay_when_something_else_changes(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made, due_on=clock.today().isoformat())

    with clock.at(clock.now() + timedelta(days=3)):
        kept = await change(made, agreement, what="anders")
        moved = await change(made, agreement, if_match=2, due_on=(clock.today() - timedelta(days=1)).isoformat())

    assert kept.status_code == 200
    assert errors(moved) == [("/due_on", "date_past")]


async def test_another_party_lets_the_teacher_go_and_a_day_can_be_taken_away(world: World) -> None:
    made = await shared(world)
    owner = str(world.dutch.teacher.id)
    agreement = await agreed(made, "teacher", owner_id=owner, due_on=clock.today().isoformat())

    await change(made, agreement, party="guardian")
    await change(made, agreement, due_on=None, if_match=2)

    found = await only(made, world.mentor)
    assert (found["party"], found["owner_id"], found["due_on"]) == ("guardian", None, None)


async def test_a_removed_agreement_is_gone_for_everybody_and_kept_in_its_history(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    client = await world.as_(world.mentor)

    answer = await client.delete(place(agreement), if_match=1)

    assert answer.json()["version"] == 2
    for who in (world.mentor, made.student):
        assert (await made.report(who))["agreements"] == []
    assert (await client.delete(place(agreement), if_match=2)).status_code == 404
    await world.speak()
    kept = await db.fetch(
        "select version, content from agreement_history where school_id = $1 order by version", world.school_id
    )
    assert [(row["version"], msgspec.json.decode(row["content"])["removed"]) for row in kept] == [(1, False), (2, True)]
    assert len(await made.outbox("agreement.changed")) == 2


async def test_only_the_mentor_changes_and_removes(world: World, other_school: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)

    for who in (world.dutch.teacher, world.leader, made.student, world.guardian, world.outsider):
        assert (await change(made, agreement, by=who, what="x")).status_code == 404
        assert (await (await world.as_(who)).delete(place(agreement), if_match=1)).status_code == 404
    foreign = await other_school.as_(other_school.mentor)
    assert (await foreign.patch(place(agreement), json={"what": "x"}, if_match=1)).status_code == 404
    assert (await only(made, world.mentor))["what"] == WHAT


# --- confirm ----------------------------------------------------------------------------------------------------------


async def test_only_the_student_confirms_and_twice_is_once(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    for who in (world.mentor, world.guardian, world.dutch.teacher, world.students[1]):
        assert (await confirm(made, agreement, by=who)).status_code == 404

    await confirm(made, agreement)
    first = (await only(made, world.mentor))["confirmed_at"]
    await confirm(made, agreement)

    assert first is not None
    assert (await only(made, world.mentor))["confirmed_at"] == first
    assert len(await made.outbox("agreement.confirmed")) == 1


async def test_what_was_changed_meanwhile_is_read_before_it_is_confirmed(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    await change(made, agreement, what="anders")

    answer = await confirm(made, agreement, if_match=1)

    assert (answer.status_code, type_of(answer)) == (409, "/problems/stale")
    assert (await confirm(made, agreement, if_match=2)).status_code == 200


# --- tick off ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "own", "others"),
    [
        ("student", ["student", "mentor"], ["guardian", "dutch", "maths"]),
        ("guardian", ["guardian", "mentor"], ["student", "dutch"]),
        ("teacher", ["dutch", "mentor"], ["student", "guardian", "maths"]),
        ("mentor", ["mentor"], ["student", "guardian", "dutch"]),
    ],
)
async def test_everyone_ticks_off_the_own_and_the_mentor_all(
    world: World, party: str, own: list[str], others: list[str]
) -> None:
    made = await shared(world)
    people = {
        "student": made.student, "mentor": world.mentor, "guardian": world.guardian,
        "dutch": world.dutch.teacher, "maths": world.maths.teacher,
    }  # fmt: skip
    owner = {"owner_id": str(world.dutch.teacher.id)} if party == "teacher" else {}
    agreement = await agreed(made, party, **owner)

    for name in others:
        answer = await tick(made, agreement, people[name])
        assert (answer.status_code, type_of(answer)) == (403, "/problems/not-yours"), name
        assert (await only(made, people[name]))["can"]["tick"] is False
    for name in own:
        assert (await only(made, people[name]))["can"]["tick"] is True
        assert (await tick(made, agreement, people[name])).json()["done"] is True
        assert (await only(made, people[name]))["done_at"] is not None
        assert (await tick(made, agreement, people[name], done=False)).json()["done"] is False


async def test_a_leader_does_not_tick_and_an_outsider_does_not_know(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)

    assert (await tick(made, agreement, world.leader)).status_code == 403
    assert (await tick(made, agreement, world.outsider)).status_code == 404
    assert (await tick(made, agreement, world.students[1])).status_code == 404


async def test_in_an_archived_round_only_ticking_off_is_left(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    await world.set_round(made.round_id, "archived")

    for answer in (
        await change(made, agreement, what="x"),
        await confirm(made, agreement),
        await (await world.as_(world.mentor)).delete(place(agreement), if_match=1),
    ):
        assert (answer.status_code, type_of(answer)) == (409, "/problems/round-archived")
    assert (await tick(made, agreement, made.student)).status_code == 200


async def test_ticking_off_keeps_confirmation_and_version(world: World) -> None:
    made = await shared(world)
    agreement = await agreed(made)
    await confirm(made, agreement)

    answer = await tick(made, agreement, made.student)

    assert answer.json() == {"id": str(agreement), "version": 1, "confirmed": True, "done": True}
    [told] = await made.outbox("agreement.ticked")
    assert told["by"] == str(made.student.id)


async def test_an_unknown_agreement_is_not_found(world: World) -> None:
    made = await shared(world)

    assert (await tick(made, uuid4(), world.mentor)).status_code == 404
    assert (await change(made, uuid4(), what="x")).status_code == 404
