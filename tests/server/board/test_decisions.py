"""What is decided about a student: who notes it, who reads it and from when on, and how it becomes an agreement."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from server.platform import db
from tests.factories import Person, World
from tests.server.reports.acts import Cycle, cycle, type_of

DECIDED = "canary-decided-3c1f"
LATER = "canary-decided-later-77ab"


async def decide(made: Cycle, who: Person, text: str = DECIDED, **more: Any) -> httpx.Response:
    return await made.post(who, "decisions", {"text": text}, **more)


async def noted(made: Cycle, text: str = DECIDED) -> str:
    answer = await decide(made, made.world.mentor, text)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def texts(made: Cycle, who: Person) -> list[str]:
    """The decisions in the report as this person gets it."""
    return [each["text"] for each in (await made.report(who))["decisions"]]


async def on_board(made: Cycle, who: Person) -> list[str]:
    client = await made.world.as_(who)
    found = (await client.get(f"/api/v1/rounds/{made.round_id}/home-groups/{made.world.home.id}/board")).json()
    return [each["text"] for row in found["students"] for each in row["decisions"]]


async def test_mentor_and_leader_note_decisions_and_read_each_others(world: World) -> None:
    made = await cycle(world)

    assert (await decide(made, world.mentor, DECIDED)).status_code == 201
    assert (await decide(made, world.leader, LATER)).status_code == 201

    for who in (world.mentor, world.leader):
        assert await on_board(made, who) == await texts(made, who) == [DECIDED, LATER]
    assert (world.leader.id, made.student.id, "report") in await made.reads_logged()


async def test_nobody_else_notes_changes_or_takes_away(world: World) -> None:
    made = await cycle(world)
    decision = f"/api/v1/decisions/{await noted(made)}"
    await made.share()

    for who in (
        world.organiser, world.admin, world.dutch.teacher, world.outsider, world.students[0], world.students[1], world.guardian,
    ):  # fmt: skip
        client = await world.as_(who)
        assert (await decide(made, who)).status_code == 404, who.name
        assert (await client.put(decision, json={"text": "x"}, if_match=1)).status_code == 404
        assert (await client.delete(decision, if_match=1)).status_code == 404
        assert (await client.post(f"{decision}/agreement", json={"what": "x", "party": "student"})).status_code == 404
    assert await texts(made, world.mentor) == [DECIDED]


async def test_the_student_reads_decisions_with_the_share_and_not_before(world: World) -> None:
    made = await cycle(world)
    await noted(made)
    assert (await made.get(made.student)).status_code == 404
    preview = (await made.get(world.mentor, "preview")).json()
    assert [each["text"] for each in preview["decisions"]] == [DECIDED]

    await made.share(guardians=True)
    await noted(made, LATER)

    for who in (made.student, world.guardian):
        answer = await made.get(who)
        assert [each["text"] for each in answer.json()["decisions"]] == [DECIDED]
        assert LATER not in answer.text
    # Teachers of the student are not named in it, other students and their guardians of course not.
    assert await texts(made, world.dutch.teacher) == []
    assert DECIDED not in (await made.get(world.students[1])).text


async def test_a_change_after_sharing_needs_a_new_version(world: World) -> None:
    made = await cycle(world)
    decision_id = await noted(made)
    await made.share()
    client = await world.as_(world.mentor)

    saved = await client.put(f"/api/v1/decisions/{decision_id}", json={"text": LATER}, if_match=1)

    assert saved.json() == {"id": decision_id, "version": 2}
    assert await texts(made, made.student) == [DECIDED]
    assert (await made.report(world.mentor))["share"]["changed_since"] is True
    assert (await made.share()).json()["number"] == 2
    assert await texts(made, made.student) == [LATER]
    assert (await made.report(world.mentor))["share"]["changed_since"] is False


async def test_a_whole_group_is_shared_with_its_decisions(world: World) -> None:
    made = await cycle(world)
    await noted(made)
    path = f"/api/v1/rounds/{made.round_id}/home-groups/{world.home.id}/share"

    assert (await (await world.as_(world.mentor)).post(path, json={"guardians": False})).status_code == 200

    assert await texts(made, made.student) == [DECIDED]


async def test_versions_shared_before_there_were_decisions_are_still_read(world: World) -> None:
    made = await cycle(world)
    await made.share()
    await world.speak()
    await db.execute("update report_share set content = content - 'decisions' where school_id = $1", world.school_id)

    assert await texts(made, made.student) == []
    assert (await made.report(world.mentor))["share"]["changed_since"] is False


async def test_what_was_taken_away_is_gone_from_the_next_version_and_kept_in_the_history(world: World) -> None:
    made = await cycle(world)
    decision_id = await noted(made)
    await made.share()
    client = await world.as_(world.leader)

    assert (await client.delete(f"/api/v1/decisions/{decision_id}", if_match=1)).status_code == 200

    assert await on_board(made, world.mentor) == []
    assert await texts(made, made.student) == [DECIDED]
    await made.share()
    assert await texts(made, made.student) == []
    assert (await client.delete(f"/api/v1/decisions/{decision_id}", if_match=2)).status_code == 404
    await world.speak()
    rows = await db.fetch(
        "select version, text, removed, author_id from decision_history where school_id = $1 order by version",
        world.school_id,
    )
    assert [tuple(row) for row in rows] == [
        (1, DECIDED, False, world.mentor.id),
        (2, DECIDED, True, world.leader.id),
    ]


async def test_who_changes_what_somebody_else_changed_meanwhile_is_shown_it(world: World) -> None:
    made = await cycle(world)
    path = f"/api/v1/decisions/{await noted(made)}"
    mentor, leader = await world.as_(world.mentor), await world.as_(world.leader)
    await leader.put(path, json={"text": LATER}, if_match=1)

    stale = await mentor.put(path, json={"text": "Iets anders"}, if_match=1)
    gone = await mentor.delete(path, if_match=1)

    assert (stale.status_code, type_of(stale), stale.json()["current"]) == (409, "/problems/stale", {"text": LATER})
    assert gone.status_code == 409
    # The same text again is no change.
    assert (await mentor.put(path, json={"text": f" {LATER} "}, if_match=2)).json()["version"] == 2


async def test_the_same_key_notes_it_once(world: World) -> None:
    made = await cycle(world)
    key = uuid4()

    first, again = await decide(made, world.mentor, key=key), await decide(made, world.mentor, key=key)

    assert first.json() == again.json()
    assert await on_board(made, world.mentor) == [DECIDED]


async def test_decisions_wait_for_the_round_and_end_with_it(world: World) -> None:
    made = await cycle(world, "open")
    for who in (world.mentor, world.leader):
        answer = await decide(made, who)
        assert (answer.status_code, type_of(answer)) == (409, "/problems/still-open")
    await world.set_round(made.round_id, "closed")
    decision_id = await noted(made)
    await world.set_round(made.round_id, "archived")

    client = await world.as_(world.mentor)
    for answer in (
        await decide(made, world.mentor),
        await client.put(f"/api/v1/decisions/{decision_id}", json={"text": "x"}, if_match=1),
        await client.delete(f"/api/v1/decisions/{decision_id}", if_match=1),
    ):
        assert (answer.status_code, type_of(answer)) == (409, "/problems/round-archived")
    assert await texts(made, world.mentor) == [DECIDED]
    assert (await made.report(world.mentor))["can"]["decide"] is False


async def test_a_text_that_cannot_be_is_told_at_its_field(world: World) -> None:
    made = await cycle(world)

    for text, code in (("", "required"), ("  \n", "required"), ("a\x00b", "bad_character"), ("x" * 501, "too_long")):
        answer = await decide(made, world.mentor, text)
        assert answer.status_code in (400, 422)
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/text", code)


# --- agreements -------------------------------------------------------------------------------------------------------


async def agree(made: Cycle, decision_id: str, who: Person, what: str = "Elke dag lezen") -> httpx.Response:
    client = await made.world.as_(who)
    return await client.post(f"/api/v1/decisions/{decision_id}/agreement", json={"what": what, "party": "student"})


async def test_a_decision_becomes_an_agreement_once(world: World) -> None:
    made = await cycle(world)
    decision_id = await noted(made)
    early = await agree(made, decision_id, world.mentor)
    assert (early.status_code, type_of(early)) == (409, "/problems/not-shared")
    await made.share()

    done = await agree(made, decision_id, world.mentor)
    again = await agree(made, decision_id, world.mentor)

    assert done.status_code == 201
    assert (again.status_code, type_of(again)) == (409, "/problems/already-agreed")
    report = await made.report(world.mentor)
    (agreement,) = report["agreements"]
    assert (agreement["id"], agreement["what"]) == (done.json()["agreement_id"], "Elke dag lezen")
    assert [each["agreed"] for each in report["decisions"]] == [True]
    # It says the same, so nothing has to be shared anew.
    assert report["share"]["changed_since"] is False


async def test_when_the_agreement_is_taken_away_the_decision_can_become_one_again(world: World) -> None:
    made = await cycle(world)
    decision_id = await noted(made)
    await made.share()
    agreement_id = (await agree(made, decision_id, world.mentor)).json()["agreement_id"]
    client = await world.as_(world.mentor)
    assert (await client.delete(f"/api/v1/agreements/{agreement_id}", if_match=1)).status_code == 200

    assert (await made.report(world.mentor))["decisions"][0]["agreed"] is False
    assert (await agree(made, decision_id, world.mentor)).status_code == 201


async def test_a_leader_who_is_no_mentor_makes_no_agreements(world: World) -> None:
    made = await cycle(world)
    decision_id = await noted(made)
    await made.share()

    assert (await agree(made, decision_id, world.leader)).status_code == 404
    assert (await made.report(world.mentor))["agreements"] == []


async def test_acts_are_written_down_without_what_they_say(world: World) -> None:
    made = await cycle(world)
    decision_id = await noted(made)
    client = await world.as_(world.leader)
    await client.put(f"/api/v1/decisions/{decision_id}", json={"text": LATER}, if_match=1)
    await client.delete(f"/api/v1/decisions/{decision_id}", if_match=2)

    await world.speak()
    rows = await db.fetch(
        "select person_id, act, ids::text as ids from audit_log where school_id = $1 order by id", world.school_id
    )
    assert [(row["person_id"], row["act"]) for row in rows] == [
        (world.mentor.id, "board.decided"),
        (world.leader.id, "board.changed"),
        (world.leader.id, "board.removed"),
    ]
    for row in rows:
        assert "canary" not in row["ids"]
        assert UUID(msgspec.json.decode(row["ids"])["student"]) == made.student.id
