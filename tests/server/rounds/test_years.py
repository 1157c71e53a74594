"""What is asked differs by year: sheet, save, late texts and counts all go by the year of the group."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from server.platform import db
from server.rounds.acts import recompute_open_rounds
from server.rounds.facts import ASKED, required_texts, texts_by_year
from server.rules import planning
from tests.factories import REQUIRED, Group, World
from tests.server.rounds.acting import act
from tests.server.rounds.planning import ROUNDS, at

NOTHING = {light: {"remark": False, "action": False} for light in REQUIRED}
ACTION = {**NOTHING, "on_track": {"remark": False, "action": True}}


async def year(world: World, group: Group, found: int | None) -> None:
    await world.speak()
    await db.execute(
        "update class_group set year = $3 where school_id = $1 and id = $2", world.school_id, group.id, found
    )


async def opened(world: World, **more: Any) -> UUID:
    """Dutch is of year 3, maths of year 4; year 3 asks an action with *Ga zo door*, the others what the school asks."""
    await year(world, world.maths, 4)
    body = {"name": "Jaren", "deadline": at(9), "required": REQUIRED}
    body |= {"required_by_year": [{"year": 3, "required": ACTION}]} | more
    made = await (await world.as_(world.organiser)).post(ROUNDS, json=body)
    assert made.status_code == 201, made.text
    assert (await act(world, made.json()["id"], "open")).status_code == 200
    return UUID(made.json()["id"])


async def sheet(world: World, round_id: UUID, group: Group) -> dict[str, Any]:
    found: dict[str, Any] = (
        await (await world.as_(group.teacher)).get(f"{ROUNDS}/{round_id}/groups/{group.id}")
    ).json()
    return found


async def rate(world: World, round_id: UUID, group: Group, light: str = "on_track") -> tuple[bool, list[str]]:
    """The teacher rates the first student without a text: is it complete, and what is missing?"""
    path = f"{ROUNDS}/{round_id}/groups/{group.id}/students/{world.students[0].id}/feedback"
    body = {"stoplight": light, "remark": "", "action": ""}
    answer = await (await world.as_(group.teacher)).put(path, json=body, if_match=0)
    return answer.json()["complete"], answer.json()["missing"]


async def counts(world: World, round_id: UUID) -> dict[str, tuple[int, int]]:
    """Complete and incomplete, by group."""
    answer = await (await world.as_(world.organiser)).get(f"{ROUNDS}/{round_id}/progress")
    return {each["title"]: (each["done"], each["incomplete"]) for each in answer.json()["groups"]}


async def test_the_sheet_asks_what_the_year_asks(world: World) -> None:
    round_id = await opened(world)

    assert (await sheet(world, round_id, world.dutch))["round"]["required"] == ACTION
    assert (await sheet(world, round_id, world.maths))["round"]["required"] == REQUIRED


async def test_what_is_complete_and_what_is_counted_go_by_the_year(world: World) -> None:
    round_id = await opened(world)

    assert await rate(world, round_id, world.dutch) == (False, ["action"])
    assert await rate(world, round_id, world.maths) == (True, [])
    assert (await sheet(world, round_id, world.dutch))["pairs"][0]["feedback"]["missing"] == ["action"]
    assert await counts(world, round_id) == {"h3a.netl": (0, 1), "h3a.wi": (1, 0)}


async def test_a_year_may_ask_less_than_the_round(world: World) -> None:
    round_id = await opened(world)

    assert await rate(world, round_id, world.dutch, "warning") == (True, [])
    assert await rate(world, round_id, world.maths, "warning") == (False, ["remark", "action"])


async def test_a_waiting_text_and_a_late_one_go_by_the_year_too(world: World) -> None:
    round_id = await opened(world)
    teacher = await world.as_(world.dutch.teacher)
    item = {"stoplight": "on_track", "remark": "", "action": "", "version": 0}
    first, second = world.students[0], world.students[1]
    together = await teacher.put(
        f"{ROUNDS}/{round_id}/groups/{world.dutch.id}/feedback",
        json={"items": [{**item, "student": str(first.id), "key": str(uuid4())}]},
    )
    assert together.status_code == 200, together.text
    assert (await act(world, round_id, "close", {})).status_code == 200
    late = f"{ROUNDS}/{round_id}/groups/{world.dutch.id}/students/{second.id}/feedback"
    body = {name: item[name] for name in ("stoplight", "remark", "action")}
    assert (await teacher.put(late, json=body, if_match=0)).status_code == 409
    assert (await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})).status_code == 200

    assert (await counts(world, round_id))["h3a.netl"] == (0, 2)


async def test_another_rule_for_a_year_makes_feedback_complete_or_not(world: World) -> None:
    round_id = await opened(world)
    await rate(world, round_id, world.dutch)
    client = await world.as_(world.organiser)
    version = (await client.get(f"{ROUNDS}/{round_id}")).json()["version"]
    answer = await client.patch(f"{ROUNDS}/{round_id}", json={"required_by_year": []}, if_match=version)

    assert answer.status_code == 200
    assert (await counts(world, round_id))["h3a.netl"] == (1, 0)


async def test_a_group_that_the_roster_puts_into_another_year_is_looked_at_again(world: World) -> None:
    round_id = await opened(world)
    await rate(world, round_id, world.dutch)
    await year(world, world.dutch, 4)
    await recompute_open_rounds(world.school_id)

    assert (await counts(world, round_id))["h3a.netl"] == (1, 0)
    assert (await sheet(world, round_id, world.dutch))["round"]["required"] == REQUIRED


async def test_the_same_years_in_another_order_are_no_change(world: World) -> None:
    years = [{"year": 4, "required": NOTHING}, {"year": 3, "required": ACTION}]
    round_id = await opened(world, required_by_year=years)
    client = await world.as_(world.organiser)
    detail = (await client.get(f"{ROUNDS}/{round_id}")).json()
    assert [each["year"] for each in detail["required_by_year"]] == [3, 4]
    answer = await client.patch(f"{ROUNDS}/{round_id}", json={"required_by_year": years}, if_match=detail["version"])

    assert answer.json()["version"] == detail["version"]


@pytest.mark.parametrize("found", [3, 4, 6, None])
async def test_the_statement_asks_what_the_rule_asks(world: World, found: int | None) -> None:
    round_id = await opened(world)
    await year(world, world.dutch, found)
    row = await db.fetchrow(
        f"""select {ASKED}, r.required as general, r.required_by_year from round r where r.school_id = $1 and r.id = $2""",
        world.school_id,
        round_id,
        world.dutch.id,
    )
    assert row is not None
    rule = planning.asked_of(required_texts(row["general"]), texts_by_year(row["required_by_year"]), found)
    assert required_texts(row["required"]) == rule
