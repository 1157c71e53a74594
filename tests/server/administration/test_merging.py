"""Two records of one human being: everything goes over, nothing is lost, and what cannot be one is refused with reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.people import merging
from server.people import service as people
from server.platform import db
from tests.factories import Client, Person, World

REFERENCES = """
select k.conrelid::regclass::text as place, a.attname as name from pg_constraint k
  cross join lateral unnest(k.conkey) as number
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = number
 where k.contype = 'f' and k.confrelid = 'person'::regclass and a.attname <> 'school_id'
"""


async def merge(world: World, old: Person, new: Person) -> Any:
    client = await world.as_(world.admin)
    answer = await client.post(f"/api/v1/admin/people/{old.id}/merge", json={"into": str(new.id)})
    await world.speak()
    return answer


async def by_hand(world: World, name: str, *roles: str) -> Person:
    person = await world.person(name, *roles)
    await world.set(person, source="manual")
    return person


async def test_every_reference_to_a_person_has_a_place_in_the_plan(rollback: None) -> None:
    there = {(row["place"].strip('"'), row["name"]) for row in await db.fetch(REFERENCES)}
    acted = {*merging.MOVES, *merging.JOINS, *merging.ENDS}
    assert there - acted == there & set(merging.STAYS)
    assert acted <= there


async def test_who_signs_in_as_the_old_record_is_the_new_one(world: World) -> None:
    old = await by_hand(world, "Dubbel Bestand", "teacher")
    assert (await merge(world, old, world.mentor)).status_code == 200
    client = Client(world.http, await people.start_session(world.school_id, old.id))
    assert (await client.get("/api/v1/me")).json()["id"] == str(world.mentor.id)


async def test_a_substitute_who_came_into_the_roster_keeps_texts_groups_and_roles(world: World) -> None:
    old = await by_hand(world, "Inge Inval", "teacher", "organiser")
    await world.enrol(old, world.dutch, "teacher")
    await db.execute(
        "update enrolment set source = 'manual' where school_id = $1 and person_id = $2", world.school_id, old.id
    )
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "on_track", "Mooi", author=old)
    new = await world.person("Inge Inval", "teacher")

    answer = await merge(world, old, new)

    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert {one["role"] for one in said["roles"]} == {"teacher", "organiser"}
    assert [one["title"] for one in said["groups"]] == ["h3a.netl"]
    row = await db.fetchrow("select author_id, written_by from feedback where school_id = $1", world.school_id)
    assert (row["author_id"], row["written_by"]) == (new.id, [new.id])
    assert await db.fetchval("select author_id from feedback_history where school_id = $1", world.school_id) == new.id
    gone = await db.fetchrow("select merged_into, left_on from person where id = $1", old.id)
    assert gone["merged_into"] == new.id and gone["left_on"] is not None
    assert not await db.fetchval("select count(*) from current_enrolment where person_id = $1", old.id)
    group = await (await world.as_(new)).get(f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}")
    assert group.status_code == 200


async def test_a_group_that_was_given_for_a_round_stays_with_the_human_being(world: World) -> None:
    old, new = await by_hand(world, "Inge Inval", "teacher"), await world.person("Inge Inval", "teacher")
    first, second = await world.round(), await world.round()
    for round_id in (first, second):
        await world.stand_in(round_id, world.dutch, old)
    await world.stand_in(first, world.dutch, new)
    assert (await merge(world, old, new)).status_code == 200
    rows = await db.fetch("select round_id, person_id from round_stand_in where school_id = $1", world.school_id)
    assert {tuple(row) for row in rows} == {(first, new.id), (second, new.id)}


async def test_a_student_who_came_back_with_another_identifier_has_one_history(world: World) -> None:
    old = world.students[0]
    round_id = await world.round("closed")
    await world.feedback(round_id, old, world.dutch, "attention", "Oefen elke dag")
    mentor = await world.as_(world.mentor)
    report = f"/api/v1/rounds/{round_id}/students"
    assert (await mentor.post(f"{report}/{old.id}/share", json={"guardians": True})).status_code in (200, 201)
    await world.set(old, left_on=date(2026, 8, 1))
    new = await world.person("Student0 van der Les0", "student")
    for group in (world.home, world.dutch):
        await world.enrol(new, group, "student")

    answer = await merge(world, old, new)

    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["guardians"]] == [str(world.guardian.id)]
    for reader in (world.mentor, new, world.guardian):
        seen = await (await world.as_(reader)).get(f"{report}/{new.id}/report")
        assert "Oefen elke dag" in seen.text, reader.name
    assert not await db.fetchval("select count(*) from expected_pair where student_id = $1", old.id)


async def test_a_guardian_who_was_kept_out_under_one_name_stays_out_under_the_other(world: World) -> None:
    old = await by_hand(world, "Gea Guardian", "guardian")
    await world.guard(old, world.students[0], barred=True)
    answer = await merge(world, old, world.guardian)
    assert [one["barred"] for one in answer.json()["children"]] == [True]


async def test_what_both_have_is_refused_with_the_reason_and_nothing_changes(world: World) -> None:
    old, new = world.students[0], world.students[1]
    await world.set(old, left_on=date(2026, 8, 1))
    round_id = await world.round("closed")
    for student in (old, new):
        await world.feedback(round_id, student, world.dutch)
    answer = await merge(world, old, new)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/cannot-merge")
    assert answer.json()["reasons"] == ["feedback"]
    assert await db.fetchval("select merged_into from person where id = $1", old.id) is None


async def test_who_is_in_the_roster_stays_because_the_next_import_would_bring_them_back(world: World) -> None:
    for old, new, reasons in (
        (world.outsider, world.mentor, ["in_roster"]),
        (await by_hand(world, "Los Bestand", "teacher"), world.students[0], ["other_kind"]),
        (world.admin, world.mentor, ["in_roster", "yourself"]),
    ):
        answer = await merge(world, old, new)
        assert answer.status_code == 409
        assert answer.json()["reasons"] == reasons


async def test_a_record_is_not_merged_twice_nor_with_itself(world: World) -> None:
    old = await by_hand(world, "Dubbel Bestand", "teacher")
    assert (await merge(world, old, old)).status_code == 422
    assert (await merge(world, old, world.mentor)).status_code == 200
    again = await merge(world, old, world.outsider)
    assert again.json()["reasons"] == ["gone"]
