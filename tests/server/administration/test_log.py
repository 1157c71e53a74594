"""The log that an admin reads: who did what, about whom, when, and never what it said."""

from __future__ import annotations

from typing import Any

from tests.factories import Client, World

LOG = "/api/v1/admin/audit"


async def entries(client: Client, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(LOG, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found


async def test_an_act_is_told_with_who_and_about_whom(world: World) -> None:
    client = await world.as_(world.admin)
    await client.post(f"/api/v1/admin/people/{world.mentor.id}/disable")
    [entry] = await entries(client)
    assert (entry["act"], entry["who"]["name"]) == ("person.disabled", "Ada Admin")
    assert [(one["kind"], one["name"]) for one in entry["about"]] == [("person", "Mo van den Mentor")]


async def test_a_read_of_a_leader_is_told_without_what_was_read(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "warning", "Dit staat er")
    report = f"/api/v1/rounds/{round_id}/students/{world.students[0].id}/report"
    assert (await (await world.as_(world.leader)).get(report)).status_code == 200
    client = await world.as_(world.admin)
    [entry] = await entries(client, kind="read")
    assert (entry["act"], entry["who"]["name"]) == ("read.report", "Lea Leader")
    assert {one["name"] for one in entry["about"]} == {world.students[0].name, "Najaarsronde"}
    assert "Dit staat er" not in str(entry)


async def test_it_narrows_by_kind_and_by_person_and_goes_by_fifties(world: World) -> None:
    client = await world.as_(world.admin)
    for _ in range(26):
        for act in ("disable", "enable"):
            await client.post(f"/api/v1/admin/people/{world.outsider.id}/{act}")
    await client.patch("/api/v1/admin/settings", json={"consent_at_16": True})
    first = (await client.get(LOG)).json()
    second = (await client.get(LOG, params={"page": 2})).json()
    assert (len(first["entries"]), first["more"], len(second["entries"]), second["more"]) == (50, True, 3, False)
    assert [one["act"] for one in await entries(client, kind="school")] == ["school.settings"]
    assert len(await entries(client, person_id=str(world.mentor.id))) == 0
    assert len(await entries(client, person_id=str(world.outsider.id))) == 50
    assert (await client.get(LOG, params={"kind": "x"})).status_code == 422
    assert (await entries(client, kind="school"))[0]["details"] == {"fields": "consent_at_16"}


async def test_the_reason_for_reopening_is_told_when_somebody_typed_one(world: World) -> None:
    round_id = await world.round("closed")
    organiser = await world.as_(world.organiser)
    path = f"/api/v1/rounds/{round_id}/reopen"
    group = str(world.dutch.id)
    assert (await organiser.post(path, json={"reason": "Zieke docent", "group_ids": [group]})).status_code == 200
    [entry] = [
        one for one in await entries(await world.as_(world.admin), kind="round") if one["act"] == "round.reopened"
    ]
    assert entry["details"] == {"reason": "Zieke docent"}
    assert {one["name"] for one in entry["about"]} == {"Najaarsronde", world.dutch.title}


async def test_a_template_that_is_kept_is_not_called_by_the_round_it_was_taken_from(world: World) -> None:
    organiser = await world.as_(world.organiser)
    body = {"name": "Lente", "round_id": str(await world.round())}
    assert (await organiser.post("/api/v1/round-templates", json=body)).status_code == 201
    [entry] = await entries(await world.as_(world.admin), kind="round")
    assert (entry["act"], entry["about"]) == ("round.template_saved", [])


async def test_another_schools_log_is_not_in_it(world: World, other_school: World) -> None:
    theirs = await other_school.as_(other_school.admin)
    await theirs.post(f"/api/v1/admin/people/{other_school.mentor.id}/disable")
    assert await entries(await world.as_(world.admin)) == []
