"""The roster goes on while a round is open: who changes group, leaves, returns."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from server.platform import clock, db
from server.rounds.acts import recompute_open_rounds
from tests.factories import World
from tests.server.rounds.acting import pairs, save


async def test_a_student_who_changes_group_leaves_what_was_written_and_is_expected_in_the_new_one(world: World) -> None:
    round_id = await world.round()
    mover = world.students[0]
    await world.feedback(round_id, mover, world.dutch, "attention", "tekst", "actie")
    parallel = await world.group("teaching", "h3b.netl", world.outsider, subject="netl")
    await world.leave(mover, world.dutch, day=date(2026, 10, 12))
    await world.enrol(mover, parallel, "student")

    changed = await recompute_open_rounds(world.school_id)

    found = await pairs(world)
    assert found[mover.id, world.dutch.id] == ("ended", date(2026, 10, 12))
    assert found[mover.id, parallel.id] == ("expected", None)
    assert (changed[round_id].added, changed[round_id].ended, changed[round_id].removed) == (1, 1, 0)
    assert await db.fetchval("select remark from feedback where school_id = $1", world.school_id) == "tekst"


async def test_a_pair_that_nothing_was_written_for_goes_without_a_trace(world: World) -> None:
    await world.round()
    await world.leave(world.students[0], world.dutch)
    await recompute_open_rounds(world.school_id)

    assert (world.students[0].id, world.dutch.id) not in await pairs(world)


async def test_a_pair_with_a_late_text_stays(world: World) -> None:
    round_id = await world.round(only_groups=[world.maths.id])
    await save(world, round_id, "te laat")
    await world.set_round(round_id, "open")
    await world.leave(world.students[0], world.dutch, day=date(2026, 10, 12))
    await recompute_open_rounds(world.school_id)

    assert (await pairs(world))[world.students[0].id, world.dutch.id] == ("ended", date(2026, 10, 12))


async def test_a_student_who_left_school_is_marked_so_and_one_who_returns_is_expected_again(world: World) -> None:
    round_id = await world.round()
    leaver = world.students[0]
    await world.feedback(round_id, leaver, world.dutch)
    await world.set(leaver, left_on=date(2026, 11, 1))
    await recompute_open_rounds(world.school_id)
    assert (await pairs(world))[leaver.id, world.dutch.id] == ("left", date(2026, 11, 1))

    await world.set(leaver, left_on=None)
    await recompute_open_rounds(world.school_id)
    assert (await pairs(world))[leaver.id, world.dutch.id] == ("expected", None)


async def test_who_changed_group_first_and_left_school_later_is_marked_as_left(world: World) -> None:
    round_id = await world.round()
    leaver = world.students[0]
    await world.feedback(round_id, leaver, world.dutch)
    await world.leave(leaver, world.dutch, day=date(2026, 10, 12))
    await recompute_open_rounds(world.school_id)
    await world.set(leaver, left_on=date(2026, 11, 1))
    await recompute_open_rounds(world.school_id)

    assert (await pairs(world))[leaver.id, world.dutch.id] == ("left", date(2026, 11, 1))


async def test_enrolments_count_from_their_first_to_their_last_day(world: World) -> None:
    await world.round()
    new = await world.person("Nina Nieuw", "student")
    await world.enrol(new, world.home, "student")
    await world.enrol(new, world.dutch, "student", begins=date(2026, 12, 1), ends=date(2026, 12, 2))

    seen = []
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)):
        with clock.at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
            await recompute_open_rounds(world.school_id)
            seen.append((new.id, world.dutch.id) in await pairs(world))
    assert seen == [False, True, True, False]


async def test_recomputing_twice_changes_nothing_the_second_time(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.leave(world.students[0], world.dutch, day=date(2026, 10, 12))
    await recompute_open_rounds(world.school_id)
    before = await pairs(world)
    changed = await recompute_open_rounds(world.school_id)

    assert (changed[round_id].added, changed[round_id].ended, changed[round_id].removed) == (0, 0, 0)
    assert await pairs(world) == before


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
async def test_pairs_are_frozen_unless_the_round_is_open(world: World, state: str) -> None:
    await world.round(state)
    before = await pairs(world)
    await world.leave(world.students[0], world.dutch)

    assert await recompute_open_rounds(world.school_id) == {}
    assert await pairs(world) == before


async def test_while_some_groups_are_reopened_the_others_stay_frozen(world: World) -> None:
    await world.round(only_groups=[world.maths.id])
    await world.leave(world.students[0], world.dutch)
    await world.leave(world.students[0], world.maths)
    await recompute_open_rounds(world.school_id)

    found = await pairs(world)
    assert (world.students[0].id, world.dutch.id) in found
    assert (world.students[0].id, world.maths.id) not in found


async def test_recomputing_one_school_leaves_another_alone(world: World, other_school: World) -> None:
    await other_school.round()
    await other_school.leave(other_school.students[0], other_school.dutch)
    await recompute_open_rounds(world.school_id)

    assert len(await pairs(other_school)) == 6
