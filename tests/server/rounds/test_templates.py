"""A round's plan, kept under a name: start from it, rename it, delete it. Rounds made from it stay as they are."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.factories import World
from tests.server.rounds.planning import ROUNDS, acts, create, read

TEMPLATES = "/api/v1/round-templates"


async def keep(world: World, round_id: str, name: str = "Najaar") -> dict[str, Any]:
    answer = await (await world.as_(world.organiser)).post(TEMPLATES, json={"name": name, "round_id": round_id})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def names(world: World) -> list[str]:
    return [each["name"] for each in (await (await world.as_(world.organiser)).get(TEMPLATES)).json()]


async def test_a_round_starts_from_a_kept_plan(world: World) -> None:
    plan = {
        "name": "Najaar 1",
        "explanation": "Zoals altijd.",
        "audience": {
            "levels": [], "years": [], "home_group_ids": [str(world.home.id)],
            "left_out_subject_ids": [str(world.dutch.subject_id)],
        },
        "required_by_year": [{"year": 3, "required": {"on_track": {"remark": True}}}],
        "mentors_watch": True,
        "sharing": False,
        "reminders": [3],
        "words": {"opened": "Fijn!", "reminder": "", "closed": ""},
    }  # fmt: skip
    kept = await keep(world, await create(world, **plan))
    client = await world.as_(world.organiser)
    found = (await client.get(f"{ROUNDS}/defaults", params={"template": kept["id"]})).json()

    for name in ("name", "explanation", "audience", "mentors_watch", "sharing", "reminders", "words"):
        assert found[name] == plan[name], name
    assert found["required_by_year"][0]["required"]["on_track"] == {"remark": True, "action": False}
    assert (found["opens_at"], found["closes_at"], found["based_on"]) == (None, None, None)
    assert (await client.post(ROUNDS, json=found)).status_code == 201


async def test_a_kept_plan_does_not_change_with_its_round(world: World) -> None:
    round_id = await create(world, explanation="Eerst.")
    kept = await keep(world, round_id)
    client = await world.as_(world.organiser)
    await client.patch(f"{ROUNDS}/{round_id}", json={"explanation": "Later."}, if_match=1)
    assert (await client.delete(f"{ROUNDS}/{round_id}")).status_code == 204

    found = (await client.get(f"{ROUNDS}/defaults", params={"template": kept["id"]})).json()
    assert found["explanation"] == "Eerst."


async def test_templates_are_listed_renamed_and_deleted(world: World) -> None:
    round_id = await create(world)
    first = await keep(world, round_id, "winter ")
    second = await keep(world, round_id, "Najaar")
    client = await world.as_(world.organiser)
    assert await names(world) == ["Najaar", "winter"]

    renamed = await client.patch(f"{TEMPLATES}/{first['id']}", json={"name": " Winter  klein"}, if_match=1)
    assert (renamed.status_code, renamed.json()["name"], renamed.json()["version"]) == (200, "Winter klein", 2)
    stale = await client.patch(f"{TEMPLATES}/{first['id']}", json={"name": "Anders"}, if_match=1)
    assert (stale.status_code, stale.json()["current"]["name"]) == (409, "Winter klein")
    same = await client.patch(f"{TEMPLATES}/{first['id']}", json={"name": "Winter klein"}, if_match=2)
    assert same.json()["version"] == 2
    assert (await client.delete(f"{TEMPLATES}/{second['id']}")).status_code == 204
    assert (await client.delete(f"{TEMPLATES}/{second['id']}")).status_code == 404
    assert await names(world) == ["Winter klein"]
    assert (await read(world, round_id))["name"] == "Winterronde"
    assert await acts(world) == [
        "round.created", "round.template_saved", "round.template_saved", "round.template_renamed", "round.template_removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "required"), (" \t", "required"), ("NAJAAR", "template_name_taken"), ("x" * 121, "too_long"), ("\x00", "bad_character")],
)  # fmt: skip
async def test_a_name_that_cannot_be_is_told_at_its_field(world: World, name: str, code: str) -> None:
    round_id = await create(world)
    await keep(world, round_id, "Najaar")
    other = await keep(world, round_id, "Winter")
    client = await world.as_(world.organiser)

    made = await client.post(TEMPLATES, json={"name": name, "round_id": round_id})
    renamed = await client.patch(f"{TEMPLATES}/{other['id']}", json={"name": name}, if_match=1)
    for answer in (made, renamed):
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/name", code)]
    assert await names(world) == ["Najaar", "Winter"]


async def test_fifty_templates_are_enough(world: World) -> None:
    round_id = await create(world)
    for number in range(50):
        await keep(world, round_id, f"Nummer {number}")
    answer = await (await world.as_(world.organiser)).post(TEMPLATES, json={"name": "Meer", "round_id": round_id})

    assert answer.json()["errors"][0]["code"] == "too_many"


async def test_another_schools_templates_are_not_there(world: World, other_school: World) -> None:
    theirs = await keep(other_school, await create(other_school))
    client = await world.as_(world.organiser)
    missing = await client.get(f"{ROUNDS}/{uuid4()}")

    assert (await client.get(TEMPLATES)).json() == []
    for answer in (
        await client.get(f"{ROUNDS}/defaults", params={"template": theirs["id"]}),
        await client.patch(f"{TEMPLATES}/{theirs['id']}", json={"name": "x"}, if_match=1),
        await client.delete(f"{TEMPLATES}/{theirs['id']}"),
        await client.post(TEMPLATES, json={"name": "x", "round_id": str(await other_school.round())}),
    ):
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert (await keep(world, await create(world)))["name"] == theirs["name"]
