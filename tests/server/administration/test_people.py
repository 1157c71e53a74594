"""Finding, adding and changing people; roles, accounts, guardians. Each permission with its other role."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from server.errors import NotFound
from server.people import service as people
from server.platform import db
from tests.factories import Client, Person, World

PEOPLE = "/api/v1/admin/people"


async def admin_of(world: World) -> Client:
    return await world.as_(world.admin)


async def acts(world: World) -> list[str]:
    """What stands in the audit log, in order."""
    await world.speak()
    rows = await db.fetch("select act from audit_log where school_id = $1 order by at, id", world.school_id)
    return [row["act"] for row in rows]


async def from_roster(world: World, person: Person) -> None:
    """The factory gives roles by hand; these come from the roster."""
    await world.speak()
    await db.execute(
        "update person_role set source = 'roster' where school_id = $1 and person_id = $2", world.school_id, person.id
    )


@pytest.mark.parametrize("who", ["organiser", "leader", "mentor", "guardian", "outsider"])
async def test_for_everybody_but_an_admin_the_pages_do_not_exist(world: World, who: str) -> None:
    client = await world.as_(getattr(world, who))
    for path in (PEOPLE, f"{PEOPLE}/{world.mentor.id}", "/api/v1/admin/groups", "/api/v1/admin/settings", "/api/v1/admin/audit",
                 "/api/v1/admin/overview", "/api/v1/admin/subjects"):  # fmt: skip
        assert (await client.get(path)).status_code == 404
    assert (await client.post(f"{PEOPLE}/{world.mentor.id}/disable")).status_code == 404
    assert (await client.put(f"{PEOPLE}/{world.mentor.id}/roles", json={"roles": ["admin"]})).status_code == 404


async def test_an_admin_without_a_second_factor_is_asked_for_it_and_still_sees_the_way_there(world: World) -> None:
    await world.speak()
    client = Client(world.http, await people.start_session(world.school_id, world.admin.id))
    answer = await client.get(PEOPLE)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/second-factor"
    assert "admin" in (await client.get("/api/v1/me")).json()["navigation"]


async def test_a_name_is_found_folded_in_any_order_and_by_its_particle(world: World) -> None:
    await world.person("Zoë van den Bérg", "student")
    client = await admin_of(world)
    for q in ("zoe", "BERG zo", "van den berg", "Bérg"):
        found = (await client.get(PEOPLE, params={"q": q})).json()
        assert [one["name"] for one in found["people"]] == ["Zoë van den Bérg"], q
    assert (await client.get(PEOPLE, params={"q": "zoe hendriks"})).json()["total"] == 0


async def test_somebody_is_found_by_username_address_and_identifier(world: World) -> None:
    client = await admin_of(world)
    await world.speak()
    row = await db.fetchrow("select username, sourced_id from person where id = $1", world.mentor.id)
    assert row is not None
    for q in (row["username"], row["username"].upper()):
        found = (await client.get(PEOPLE, params={"q": q})).json()["people"]
        assert [one["id"] for one in found] == [str(world.mentor.id)]


async def test_the_list_narrows_by_role_and_state_and_goes_by_fifties(world: World) -> None:
    client = await admin_of(world)
    for number in range(51):
        await world.person(f"Kind{number} Kinders", "student")
    first = (await client.get(PEOPLE, params={"q": "kinders", "role": "student"})).json()
    second = (await client.get(PEOPLE, params={"q": "kinders", "role": "student", "page": 2})).json()
    assert (len(first["people"]), first["total"], first["pages"], len(second["people"])) == (50, 51, 2, 1)
    await world.set(world.outsider, left_on=date(2026, 1, 1))
    assert (await client.get(PEOPLE, params={"q": "outsider"})).json()["total"] == 0
    assert (await client.get(PEOPLE, params={"q": "outsider", "status": "left"})).json()["total"] == 1
    assert (await client.get(PEOPLE, params={"status": "nowhere"})).status_code == 422


async def test_one_person_is_shown_with_groups_guardians_and_where_roles_come_from(world: World) -> None:
    await from_roster(world, world.mentor)
    client = await admin_of(world)
    mentor = (await client.get(f"{PEOPLE}/{world.mentor.id}")).json()
    assert mentor["roles"] == [{"role": "teacher", "source": "roster"}]
    assert [(one["title"], one["kind"], one["role"]) for one in mentor["groups"]] == [("h3a", "home", "teacher")]
    student = (await client.get(f"{PEOPLE}/{world.students[0].id}")).json()
    assert [one["id"] for one in student["guardians"]] == [str(world.guardian.id)]
    guardian = (await client.get(f"{PEOPLE}/{world.guardian.id}")).json()
    assert [one["id"] for one in guardian["children"]] == [str(world.students[0].id)]
    leader = (await client.get(f"{PEOPLE}/{world.leader.id}")).json()
    assert [one["title"] for one in leader["scope"]] == ["h3a"]


async def test_another_schools_people_do_not_exist(world: World, other_school: World) -> None:
    client = await admin_of(world)
    there = f"{PEOPLE}/{other_school.mentor.id}"
    assert (await client.get(there)).status_code == 404
    assert (await client.post(f"{there}/disable")).status_code == 404
    assert (await client.put(f"{there}/roles", json={"roles": ["admin"]})).status_code == 404
    answer = await client.post(f"{PEOPLE}/{world.outsider.id}/merge", json={"into": str(other_school.mentor.id)})
    assert answer.status_code == 422
    assert (await client.get(PEOPLE, params={"q": other_school.slug})).json()["total"] == 0


async def test_a_guardian_is_added_by_hand_to_a_student(world: World) -> None:
    client = await admin_of(world)
    body = {"given_name": " Pia ", "family_name": "van der Pleeg", "kind": "guardian", "email": "pia@example.nl",
            "student_id": str(world.students[1].id)}  # fmt: skip
    answer = await client.post(PEOPLE, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["particle"], made["source"]) == ("Pia van der Pleeg", "van der", "manual")
    assert made["roles"] == [{"role": "guardian", "source": "manual"}]
    assert [one["id"] for one in made["children"]] == [str(world.students[1].id)]
    assert made["sourced_id"].startswith("manual:")
    assert await acts(world) == ["person.added"]


async def test_what_does_not_fit_is_told_at_its_field(world: World) -> None:
    client = await admin_of(world)
    body = {"given_name": " ", "family_name": "a\u202eb", "kind": "staff", "email": "geen adres",
            "student_id": str(world.students[0].id)}  # fmt: skip
    answer = await client.post(PEOPLE, json=body)
    assert answer.status_code == 422
    assert {error["pointer"]: error["code"] for error in answer.json()["errors"]} == {
        "/given_name": "required", "/family_name": "bad_character", "/email": "bad_email", "/student_id": "unknown_person",
    }  # fmt: skip


async def test_names_from_the_roster_are_changed_there_and_those_by_hand_here(world: World) -> None:
    client = await admin_of(world)
    refused = await client.patch(f"{PEOPLE}/{world.mentor.id}", json={"given_name": "Ander"})
    assert refused.json()["errors"][0]["code"] == "from_roster"
    body = {"given_name": "Inge", "family_name": "Inval", "kind": "staff"}
    made = (await client.post(PEOPLE, json=body)).json()
    changed = await client.patch(f"{PEOPLE}/{made['id']}", json={"family_name": "de Inval", "email": "inge@example.nl"})
    assert (changed.json()["name"], changed.json()["email"]) == ("Inge de Inval", "inge@example.nl")


async def test_age_and_consent_are_set_for_students_alone(world: World) -> None:
    client = await admin_of(world)
    student = f"{PEOPLE}/{world.students[0].id}"
    changed = await client.patch(student, json={"birth_date": None, "adult_flag": True, "consents_report": True})
    assert (changed.json()["birth_date"], changed.json()["adult_flag"], changed.json()["consents_report"]) == (
        None,
        True,
        True,
    )
    for born in ("1066-10-14", "2999-01-01"):
        assert (await client.patch(student, json={"birth_date": born})).json()["errors"][0]["code"] == "bad_birth_date"
    refused = await client.patch(f"{PEOPLE}/{world.mentor.id}", json={"adult_flag": True})
    assert refused.json()["errors"][0]["code"] == "students_only"


async def test_a_role_by_hand_is_given_and_taken_and_works_at_once(world: World) -> None:
    client = await admin_of(world)
    outsider = await world.as_(world.outsider)
    roles = f"{PEOPLE}/{world.outsider.id}/roles"
    assert (await outsider.get("/api/v1/rounds")).status_code == 404
    given = await client.put(roles, json={"roles": ["organiser", "admin"]})
    assert {one["role"] for one in given.json()["roles"]} == {"teacher", "organiser", "admin"}
    assert (await outsider.get("/api/v1/rounds")).status_code == 200
    await client.put(roles, json={"roles": []})
    assert (await outsider.get("/api/v1/rounds")).status_code == 404
    assert await acts(world) == ["person.roles", "person.roles"]


async def test_a_role_from_the_roster_stays(world: World) -> None:
    await from_roster(world, world.admin)
    client = await admin_of(world)
    answer = await client.put(f"{PEOPLE}/{world.admin.id}/roles", json={"roles": []})
    assert answer.json()["roles"] == [{"role": "admin", "source": "roster"}]


async def test_a_student_can_have_none_of_these_roles(world: World) -> None:
    client = await admin_of(world)
    answer = await client.put(f"{PEOPLE}/{world.students[0].id}/roles", json={"roles": ["admin"]})
    assert answer.json()["errors"][0]["code"] == "staff_only"


async def test_the_last_admin_stays(world: World) -> None:
    client = await admin_of(world)
    me = f"{PEOPLE}/{world.admin.id}"
    for answer in (await client.put(f"{me}/roles", json={"roles": []}), await client.post(f"{me}/disable")):
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/last-admin"
    # Somebody who cannot sign in does not count.
    await world.role(world.outsider, "admin")
    await world.set(world.outsider, enabled=False)
    assert (await client.put(f"{me}/roles", json={"roles": []})).status_code == 409
    await world.set(world.outsider, enabled=True)
    assert (await client.put(f"{me}/roles", json={"roles": []})).status_code == 200
    assert (await client.get(PEOPLE)).status_code == 404


async def test_who_is_disabled_sees_nothing_on_the_next_request_and_cannot_come_back(world: World) -> None:
    client, mentor = await admin_of(world), await world.as_(world.mentor)
    assert (await mentor.get("/api/v1/me")).status_code == 200
    off = await client.post(f"{PEOPLE}/{world.mentor.id}/disable")
    assert off.json()["state"] == "disabled"
    assert (await mentor.get("/api/v1/me")).status_code == 401
    await world.speak()
    with pytest.raises(NotFound):
        await people.start_session(world.school_id, world.mentor.id)
    me = await people.as_person(world.school_id, world.mentor.id)
    assert me is not None and not me.viewer.active
    assert (await client.post(f"{PEOPLE}/{world.mentor.id}/enable")).json()["state"] == "here"
    # The old session has ended for good; a new one works.
    assert (await mentor.get("/api/v1/me")).status_code == 401
    await world.speak()
    assert await people.start_session(world.school_id, world.mentor.id)


async def test_a_leaders_scope_is_exactly_what_was_chosen(world: World) -> None:
    other = await world.group("home", "v4b", world.outsider)
    client = await admin_of(world)
    scope = f"{PEOPLE}/{world.leader.id}/scope"
    chosen = await client.put(scope, json={"group_ids": [str(other.id)]})
    assert [one["title"] for one in chosen.json()["scope"]] == ["v4b"]
    assert len((await client.put(scope, json={"everything": True})).json()["scope"]) == 2
    refused = await client.put(scope, json={"group_ids": [str(world.dutch.id)]})
    assert refused.json()["errors"][0]["code"] == "unknown_group"
    assert (await client.put(f"{PEOPLE}/{world.mentor.id}/scope", json={"everything": True})).status_code == 404


async def shared_report(world: World) -> str:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "on_track", "Goed bezig")
    report = f"/api/v1/rounds/{round_id}/students/{world.students[0].id}"
    answer = await (await world.as_(world.mentor)).post(f"{report}/share", json={"guardians": True})
    assert answer.status_code in (200, 201)
    return f"{report}/report"


async def test_a_barred_guardian_reads_nothing_any_more_and_again_when_let_in(world: World) -> None:
    report = await shared_report(world)
    client, guardian = await admin_of(world), await world.as_(world.guardian)
    bond = f"/api/v1/admin/students/{world.students[0].id}/guardians/{world.guardian.id}"
    assert (await guardian.get(report)).status_code == 200
    barred = await client.put(bond, json={"barred": True})
    assert [one["barred"] for one in barred.json()["guardians"]] == [True]
    assert (await guardian.get(report)).status_code == 404
    await client.put(bond, json={"barred": False})
    assert (await guardian.get(report)).status_code == 200
    assert [act for act in await acts(world) if act.startswith("guardian")] == ["guardian.barred", "guardian.admitted"]


async def test_a_bond_by_hand_ends_by_hand_and_one_from_the_roster_there(world: World) -> None:
    client = await admin_of(world)
    student, guardian = world.students[1], world.guardian
    bond = f"/api/v1/admin/students/{student.id}/guardians/{guardian.id}"
    added = await client.put(bond, json={})
    assert [(one["id"], one["source"]) for one in added.json()["guardians"]] == [(str(guardian.id), "manual")]
    assert (await client.delete(bond)).json()["guardians"] == []
    assert (await client.delete(bond)).status_code == 404
    roster = f"/api/v1/admin/students/{world.students[0].id}/guardians/{guardian.id}"
    refused = await client.delete(roster)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/from-roster")


async def test_nobody_is_guardian_of_somebody_who_is_no_student(world: World) -> None:
    client = await admin_of(world)
    for student, guardian, status in (
        (world.mentor.id, world.guardian.id, 404),
        (uuid4(), world.guardian.id, 404),
        (world.students[0].id, uuid4(), 404),
        (world.students[0].id, world.students[1].id, 422),
    ):
        answer = await client.put(f"/api/v1/admin/students/{student}/guardians/{guardian}", json={})
        assert answer.status_code == status


async def test_the_start_counts_what_is_there_and_what_is_missing(world: World) -> None:
    client = await admin_of(world)
    await world.leave(world.mentor, world.home)
    found: dict[str, Any] = (await client.get("/api/v1/admin/overview")).json()
    assert (found["students"], found["home_groups"], found["teaching_groups"]) == (3, 1, 2)
    assert (found["without_mentor"], found["without_teacher"], found["admins"]) == (1, 0, 1)
