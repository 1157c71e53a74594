"""Opening a file that was made before: everything is asked again, and what was opened is written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest

from server.platform import db
from tests.factories import Group, Person, World
from tests.server.bundles.papers import Paper, ask, fetch, made, work
from tests.server.reports.acts import DUTCH, MESSAGE, Cycle, cycle, type_of


async def opened(world: World, person: Person, address: str) -> httpx.Response:
    return await (await world.as_(person)).get(f"{address}/file")


async def leaves_home(made_round: Cycle) -> None:
    """The student moves to another class."""
    await made_round.world.leave(made_round.student, made_round.world.home)


async def other_mentor(made_round: Cycle) -> None:
    world = made_round.world
    await world.leave(world.mentor, world.home)


async def reopened(made_round: Cycle) -> None:
    await made_round.world.set_round(made_round.round_id, "open")


async def dutch_reopened(made_round: Cycle) -> None:
    await made_round.world.set_round(made_round.round_id, "open", [made_round.world.dutch.id])


@pytest.mark.parametrize("change", [leaves_home, other_mentor, reopened, dutch_reopened])
async def test_a_mentor_who_may_not_see_one_of_them_any_more_opens_none(
    world: World, change: Callable[[Cycle], Awaitable[None]]
) -> None:
    made_round = await cycle(world)
    await world.feedback(made_round.round_id, world.students[1], world.dutch, "excellent", "x")
    address = await made(world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)})
    assert (await opened(world, world.mentor, address)).status_code == 200
    await change(made_round)
    answer = await opened(world, world.mentor, address)
    assert (answer.status_code, type_of(answer)) == (409, "/problems/bundle-outdated")
    assert (await (await world.as_(world.mentor)).get(address)).json()["opens"] is False


async def test_a_group_that_is_reopened_and_closed_again_opens_it_again(world: World) -> None:
    made_round = await cycle(world)
    address = await made(world, world.mentor, made_round.round_id, scope={"student": str(made_round.student.id)})
    await dutch_reopened(made_round)
    assert (await opened(world, world.mentor, address)).status_code == 409
    during = await made(world, world.mentor, made_round.round_id, scope={"student": str(made_round.student.id)})
    paper = Paper(await fetch(await world.as_(world.mentor), during))
    assert paper.count(DUTCH) == 0
    await world.set_round(made_round.round_id, "closed")
    assert (await opened(world, world.mentor, address)).status_code == 200


async def test_rights_that_were_lost_before_it_was_made_are_lost(world: World) -> None:
    made_round = await cycle(world)
    answer = await ask(world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)})
    await other_mentor(made_round)
    await work()
    found = (await (await world.as_(world.mentor)).get(f"/api/v1/bundles/{answer.json()['id']}")).json()
    assert (found["state"], found["error"]) == ("failed", "empty")


async def test_one_student_s_name_goes_with_the_right_to_see_it(world: World) -> None:
    made_round = await cycle(world)
    address = await made(world, world.mentor, made_round.round_id, scope={"student": str(made_round.student.id)})
    await leaves_home(made_round)
    client = await world.as_(world.mentor)
    assert (await client.get(address)).status_code == 404
    assert (await client.get("/api/v1/bundles")).json() == []
    assert (await opened(world, world.mentor, address)).status_code == 404


async def test_a_leader_s_opening_is_logged_for_each_student_and_making_is_not(world: World) -> None:
    made_round = await cycle(world)
    await world.feedback(made_round.round_id, world.students[1], world.dutch, "excellent", "x")
    address = await made(world, world.leader, made_round.round_id, scope={"home_group": str(world.home.id)})
    assert await made_round.reads_logged() == []
    assert (await opened(world, world.leader, address)).status_code == 200
    assert sorted(await made_round.reads_logged()) == sorted(
        (world.leader.id, student.id, "paper") for student in world.students[:2]
    )
    await db.execute("delete from leader_scope where school_id = $1", world.school_id)
    assert (await opened(world, world.leader, address)).status_code == 409
    # A mentor's is not.
    own = await made(world, world.mentor, made_round.round_id, scope={"home_group": str(world.home.id)})
    assert (await opened(world, world.mentor, own)).status_code == 200
    assert len(await made_round.reads_logged()) == 2


async def test_a_leader_s_paper_has_no_message_before_sharing(world: World) -> None:
    made_round = await cycle(world)
    await made_round.write_message()
    scope = {"student": str(made_round.student.id)}
    leader = await world.as_(world.leader)
    before = await made(world, world.leader, made_round.round_id, scope=scope)
    assert Paper(await fetch(leader, before)).count(MESSAGE) == 0
    await made_round.share()
    after = await made(world, world.leader, made_round.round_id, scope=scope)
    assert Paper(await fetch(leader, after)).count(MESSAGE) == 1
    await made_round.post(world.mentor, "recall")
    assert (await opened(world, world.leader, after)).status_code == 409
    assert (await opened(world, world.leader, before)).status_code == 200


async def test_the_student_s_own_paper_is_the_version_that_was_shared(world: World) -> None:
    made_round = await cycle(world)
    await made_round.write_message()
    await made_round.share(guardians=True)
    await made_round.write_message("canary-later-9c9c", if_match=1)
    student, scope = made_round.student, {"student": str(made_round.student.id)}
    address = await made(world, student, made_round.round_id, scope=scope)
    assert (await made_round.report(world.mentor))["readers"] == []
    paper = Paper(await fetch(await world.as_(student), address))
    assert (paper.count(MESSAGE), paper.count("canary-later-9c9c")) == (1, 0)
    # Opened on paper is read, so it is not taken back any more.
    assert [each["name"] for each in (await made_round.report(world.mentor))["readers"]] == [student.name]
    assert (await made_round.post(world.mentor, "recall")).status_code == 409


async def test_a_version_that_was_taken_back_takes_its_paper_along(world: World) -> None:
    made_round = await cycle(world)
    await made_round.share(guardians=True)
    scope = {"student": str(made_round.student.id)}
    papers = {
        person: await made(world, person, made_round.round_id, scope=scope)
        for person in (made_round.student, world.guardian)
    }
    assert (await made_round.post(world.mentor, "recall")).status_code == 200
    for person, address in papers.items():
        assert (await opened(world, person, address)).status_code == 404


async def test_a_guardian_loses_the_paper_with_the_right_to_read(world: World) -> None:
    made_round = await cycle(world)
    await made_round.share(guardians=True)
    address = await made(world, world.guardian, made_round.round_id, scope={"student": str(made_round.student.id)})
    assert (await opened(world, world.guardian, address)).status_code == 200
    await world.set(made_round.student, birth_date=date(2000, 1, 1))
    assert (await opened(world, world.guardian, address)).status_code == 404


async def test_a_mentor_who_is_a_guardian_too_does_not_keep_the_mentor_s_paper(world: World) -> None:
    """What is left is the right to read what was shared, and the file has more."""
    made_round = await cycle(world)
    await world.guard(world.mentor, made_round.student)
    await made_round.write_message()
    await made_round.share(guardians=True)
    address = await made(world, world.mentor, made_round.round_id, scope={"student": str(made_round.student.id)})
    assert (await opened(world, world.mentor, address)).status_code == 200
    await other_mentor(made_round)
    assert (await opened(world, world.mentor, address)).status_code == 409


async def test_a_year_and_the_school_are_one_s_own_groups_of_them(world: World) -> None:
    made_round = await cycle(world)
    other_mentor_ = await world.person("Olle Other", "teacher")
    other = await world.group("home", "h3b", other_mentor_)
    stranger = await world.person("Vreemd Vreemdeling", "student")
    for group in (other, world.dutch):
        await world.enrol(stranger, group, "student")
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, made_round.round_id, stranger.id, world.dutch.id,
    )  # fmt: skip
    await world.feedback(made_round.round_id, stranger, world.dutch, "warning", "canary-stranger-5e5e")

    async def said(person: Person, groups: list[Group], **scope: object) -> int:
        address = await made(world, person, made_round.round_id, scope=scope)
        found = await (await world.as_(person)).get(f"/api/v1/rounds/{made_round.round_id}/bundle-groups")
        assert [each["title"] for each in found.json()] == [group.title for group in groups]
        return Paper(await fetch(await world.as_(person), address)).count("canary-stranger-5e5e")

    for scope in ({"year": 3}, {"school": True}):
        assert await said(world.mentor, [world.home], **scope) == 0
        assert await said(other_mentor_, [other], **scope) == 1
    await world.scope(world.leader, other)
    assert await said(world.leader, [world.home, other], school=True) == 1
