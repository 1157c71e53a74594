"""A draft can be anything; once opened, a round takes only what destroys nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from server.platform import clock, db
from tests.factories import World
from tests.server.rounds.planning import ROUNDS, acts, at, create, form, read


async def test_a_draft_can_be_edited_freely(world: World) -> None:
    draft = await create(world)
    change = {
        "name": " Winter ",
        "explanation": "Kort.",
        "deadline": at(20),
        "opens_at": at(2),
        "closes_at": at(21),
        "audience": {"home_group_ids": [str(world.home.id)]},
        "required": {"excellent": {"remark": True}},
        "mentors_watch": True,
        "sharing": False,
    }
    answer = await (await world.as_(world.organiser)).patch(f"{ROUNDS}/{draft}", json=change, if_match=1)

    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    found = await read(world, draft)
    assert (found["name"], found["mentors_watch"], found["sharing"]) == ("Winter", True, False)
    assert found["audience"]["home_group_ids"] == [str(world.home.id)]
    assert found["required"]["excellent"] == {"remark": True, "action": False}
    assert await acts(world) == ["round.created", "round.changed"]


async def test_a_stale_edit_answers_with_the_round_as_it_is(world: World) -> None:
    draft = await create(world)
    client = await world.as_(world.organiser)
    await client.patch(f"{ROUNDS}/{draft}", json={"name": "Eerste"}, if_match=1)

    for seen in (1, None):
        answer = await client.patch(f"{ROUNDS}/{draft}", json={"name": "Tweede"}, if_match=seen)
        assert (answer.status_code, answer.json()["version"]) == (409, 2)
        assert answer.json()["current"]["name"] == "Eerste"


async def test_an_edit_that_changes_nothing_makes_no_version(world: World) -> None:
    draft = await create(world)
    answer = await (await world.as_(world.organiser)).patch(
        f"{ROUNDS}/{draft}", json={"name": "Winterronde"}, if_match=1
    )

    assert answer.json()["version"] == 1


async def test_an_open_round_takes_changes_that_destroy_nothing(world: World) -> None:
    round_id = await world.round()
    client = await world.as_(world.organiser)
    change = {
        "name": "Herfst",
        "explanation": "x",
        "deadline": at(8),
        "closes_at": at(9),
        "mentors_watch": True,
        "sharing": False,
    }
    answer = await client.patch(f"{ROUNDS}/{round_id}", json=change, if_match=1)

    assert answer.status_code == 200
    assert answer.json()["state"] == "open"


@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.parametrize(
    "change",
    [{"audience": {"years": [3]}}, {"required": {}}, {"opens_at": at(1)}],
    ids=["audience", "required texts", "opening time"],
)
async def test_a_change_that_would_touch_what_people_wrote_is_refused(world: World, state: str, change: Any) -> None:
    round_id = await world.round(state)
    await world.feedback(round_id, world.students[0], world.dutch, "attention", "tekst", "actie")
    answer = await (await world.as_(world.organiser)).patch(f"{ROUNDS}/{round_id}", json=change, if_match=1)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/round-not-draft")
    await world.speak()
    assert await db.fetchval("select remark from feedback where school_id = $1", world.school_id) == "tekst"


async def test_the_whole_form_may_come_back_when_only_the_name_differs(world: World) -> None:
    round_id = await world.round(deadline=datetime.now(UTC) - timedelta(days=1))
    found = await read(world, round_id)
    whole = {
        name: found[name]
        for name in ("explanation", "deadline", "opens_at", "closes_at", "audience", "required", "sharing")
    }
    answer = await (await world.as_(world.organiser)).patch(
        f"{ROUNDS}/{round_id}", json={**whole, "name": "Nieuw"}, if_match=1
    )

    assert answer.status_code == 200


async def test_an_archived_round_cannot_be_changed(world: World) -> None:
    round_id = await world.round("archived")
    answer = await (await world.as_(world.organiser)).patch(f"{ROUNDS}/{round_id}", json={"name": "x"}, if_match=1)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/round-archived")


async def test_only_a_draft_can_be_deleted(world: World) -> None:
    draft = await create(world)
    copy = await create(world, based_on=draft)
    client = await world.as_(world.organiser)

    assert (await client.delete(f"{ROUNDS}/{draft}")).status_code == 204
    assert (await client.get(f"{ROUNDS}/{draft}")).status_code == 404
    assert (await read(world, copy))["based_on"] is None
    for state in ("open", "closed", "archived"):
        answer = await client.delete(f"{ROUNDS}/{await world.round(state)}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/round-not-draft")


async def test_explanations_cannot_carry_script_images_or_foreign_links(world: World) -> None:
    text = (
        "<script>alert(1)</script> ![x](https://example.org/x.png) [a](javascript:alert(1)) [b](https://example.org) "
        "[c](mailto:a@example.org) [d](http://example.org) <b>vet</b>"
    )
    found = (await read(world, await create(world, explanation=text)))["explanation_html"]

    assert "<script" not in found
    assert "<img" not in found
    assert "<b>" not in found
    assert "javascript:" not in found.replace("(javascript:", "")
    assert 'href="https://example.org" rel="noopener noreferrer nofollow"' in found
    assert 'href="mailto:a@example.org"' in found
    assert 'href="http:' not in found


async def test_rounds_are_listed_open_first_with_their_progress(world: World) -> None:
    await world.round("closed", name="Vorige")
    await world.round("draft", name="Volgende")
    now_open = await world.round(name="Nu")
    await world.feedback(now_open, world.students[0], world.dutch)
    found = (await (await world.as_(world.organiser)).get(ROUNDS)).json()

    assert [(each["name"], each["done"], each["total"]) for each in found] == [
        ("Nu", 1, 6),
        ("Volgende", 0, 0),
        ("Vorige", 0, 6),
    ]


async def test_the_clock_of_the_tests_is_the_clock_of_the_rules(world: World) -> None:
    with clock.at(datetime(2027, 1, 10, 12, tzinfo=UTC)):
        answer = await (await world.as_(world.organiser)).post(ROUNDS, json=form(deadline="2027-01-09T16:00:00+01:00"))

    assert answer.json()["errors"][0]["code"] == "in_past"
    assert msgspec.json.decode(answer.content)["status"] == 422


async def test_the_schedule_of_reminders_can_be_changed_until_the_round_is_archived(world: World) -> None:
    client = await world.as_(world.organiser)
    for state in ("draft", "open", "closed"):
        round_id = await world.round(state)
        answer = await client.patch(f"{ROUNDS}/{round_id}", json={"reminders": [1, 3]}, if_match=1)
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
        assert (await read(world, round_id))["reminders"] == [3, 1]
        again = await client.patch(f"{ROUNDS}/{round_id}", json={"reminders": [3, 1, 1]}, if_match=2)
        assert again.json()["version"] == 2
    archived = await world.round("archived")
    assert (await client.patch(f"{ROUNDS}/{archived}", json={"reminders": []}, if_match=1)).status_code == 409


async def test_other_staff_read_a_round_without_its_schedule(world: World) -> None:
    round_id = await world.round()
    answer = await (await world.as_(world.mentor)).get(f"{ROUNDS}/{round_id}")
    assert answer.json()["reminders"] is None
