"""A draft can be anything; once opened, a round takes only what destroys nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from server.platform import clock, db
from tests.factories import World
from tests.server.rounds.acting import row, save, told
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
        "required_by_year": [{"year": 3, "required": {"excellent": {"action": True}}}],
        "words": {"closed": "Bedankt!"},
    }
    answer = await (await world.as_(world.organiser)).patch(f"{ROUNDS}/{draft}", json=change, if_match=1)

    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    found = await read(world, draft)
    assert (found["name"], found["mentors_watch"], found["sharing"]) == ("Winter", True, False)
    assert found["audience"]["home_group_ids"] == [str(world.home.id)]
    assert found["required"]["excellent"] == {"remark": True, "action": False}
    assert found["required_by_year"][0]["required"]["excellent"] == {"remark": False, "action": True}
    assert found["words"]["closed"] == "Bedankt!"
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


PARTS = [
    ({"audience": {"years": [3]}}, "/audience"),
    ({"required": {}}, "/required"),
    ({"required_by_year": [{"year": 3, "required": {}}]}, "/required_by_year"),
    ({"opens_at": at(1)}, "/opens_at"),
]


@pytest.mark.parametrize(("change", "pointer"), PARTS, ids=[pointer for _, pointer in PARTS])
@pytest.mark.parametrize("state", ["closed", "partly", "open"])
async def test_what_cannot_change_any_more_is_refused_with_the_reason_at_its_field(
    world: World, state: str, change: Any, pointer: str
) -> None:
    round_id = await world.round(
        "closed" if state == "closed" else "open", only_groups=[world.dutch.id] if state == "partly" else None
    )
    await world.feedback(round_id, world.students[0], world.dutch, "attention", "tekst", "actie")
    if pointer == "/audience":
        assert world.dutch.subject_id is not None
        change = {"audience": {"left_out_subject_ids": [str(world.dutch.subject_id)]}}
    answer = await (await world.as_(world.organiser)).patch(f"{ROUNDS}/{round_id}", json=change, if_match=1)

    code = {
        ("closed", "/opens_at"): "already_opened",
        ("partly", "/opens_at"): "already_opened",
        ("open", "/opens_at"): "already_opened",
        ("open", "/audience"): "audience_has_texts",
        ("open", "/required"): None,
        ("open", "/required_by_year"): None,
    }.get((state, pointer), {"closed": "closed_fixed", "partly": "partly_open_fixed"}.get(state))
    if code is None:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
        assert (await read(world, round_id))["version"] == 1
    await world.speak()
    assert await db.fetchval("select remark from feedback where school_id = $1", world.school_id) == "tekst"


async def test_an_open_round_takes_in_and_lets_go_as_long_as_nothing_was_written_there(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.maths)
    client = await world.as_(world.organiser)

    async def groups() -> dict[str, int]:
        found = (await client.get(f"{ROUNDS}/{round_id}/progress")).json()["groups"]
        return {each["title"]: each["total"] for each in found}

    smaller = {"left_out_subject_ids": [str(world.dutch.subject_id)]}
    answer = await client.patch(f"{ROUNDS}/{round_id}", json={"audience": smaller}, if_match=1)
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert await groups() == {"h3a.wi": 3}
    assert (await client.patch(f"{ROUNDS}/{round_id}", json={"audience": {}}, if_match=2)).status_code == 200
    assert await groups() == {"h3a.netl": 3, "h3a.wi": 3}
    assert await told(world) == ["round.opened", "round.opened"]
    nobody = {"left_out_subject_ids": [str(world.dutch.subject_id), str(world.maths.subject_id)]}
    refused = await client.patch(f"{ROUNDS}/{round_id}", json={"audience": nobody}, if_match=3)
    assert [each["code"] for each in refused.json()["errors"]] == ["audience_has_texts"]
    assert refused.json()["errors"][0]["params"] == {"n": 1}
    assert await groups() == {"h3a.netl": 3, "h3a.wi": 3}


async def test_who_left_by_the_roster_does_not_hold_up_a_change(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.leave(world.students[0], world.dutch)
    answer = await (await world.as_(world.organiser)).patch(
        f"{ROUNDS}/{round_id}", json={"audience": {"left_out_subject_ids": [str(world.dutch.subject_id)]}}, if_match=1
    )

    assert answer.status_code == 200
    await world.speak()
    assert await db.fetchval("select count(*) from feedback where school_id = $1", world.school_id) == 1


async def test_a_late_text_holds_up_a_change_too(world: World) -> None:
    round_id = await world.round("closed")
    await save(world, round_id, "te laat")
    await world.set_round(round_id, "open")
    answer = await (await world.as_(world.organiser)).patch(
        f"{ROUNDS}/{round_id}", json={"audience": {"left_out_subject_ids": [str(world.dutch.subject_id)]}}, if_match=1
    )

    assert [each["code"] for each in answer.json()["errors"]] == ["audience_has_texts"]


async def test_what_an_open_round_asks_may_change_and_what_is_complete_follows(world: World) -> None:
    round_id = await world.round()
    await world.feedback(round_id, world.students[0], world.dutch, "on_track")
    await world.feedback(round_id, world.students[1], world.dutch, "attention", "Ik zag dat.", complete=False)
    client = await world.as_(world.organiser)

    async def dutch() -> tuple[int, int]:
        found = (await client.get(f"{ROUNDS}/{round_id}/progress")).json()["groups"]
        return next((each["done"], each["incomplete"]) for each in found if each["title"] == "h3a.netl")

    assert await dutch() == (1, 1)
    more = {"on_track": {"remark": True}, "attention": {"remark": True}}
    assert (await client.patch(f"{ROUNDS}/{round_id}", json={"required": more}, if_match=1)).status_code == 200
    assert await dutch() == (1, 1)
    assert (await client.patch(f"{ROUNDS}/{round_id}", json={"required": {}}, if_match=2)).status_code == 200
    assert await dutch() == (2, 0)
    await world.speak()
    rows = await db.fetch("select version, remark from feedback where school_id = $1 order by id", world.school_id)
    assert [tuple(each) for each in rows] == [(1, ""), (1, "Ik zag dat.")]


async def test_a_round_that_became_complete_by_asking_less_is_no_news_to_who_asked(world: World) -> None:
    round_id = await world.round()
    for student in world.students:
        for group in (world.dutch, world.maths):
            await world.feedback(round_id, student, group, "attention", complete=False)
    client = await world.as_(world.organiser)
    await client.patch(f"{ROUNDS}/{round_id}", json={"required": {}}, if_match=1)

    assert (await row(world, round_id))["complete_at"] is not None
    await client.patch(f"{ROUNDS}/{round_id}", json={"required": {"attention": {"action": True}}}, if_match=2)
    assert (await row(world, round_id))["complete_at"] is None


async def test_the_whole_form_may_come_back_when_only_the_name_differs(world: World) -> None:
    round_id = await world.round(deadline=datetime.now(UTC) - timedelta(days=1))
    found = await read(world, round_id)
    whole = {
        name: found[name]
        for name in (
            "explanation", "deadline", "opens_at", "closes_at", "audience", "required", "required_by_year", "words", "sharing",
        )
    }  # fmt: skip
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
