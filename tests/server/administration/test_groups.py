"""Mentors and teachers as the school decides them, whatever the roster says, and names of subjects."""

from __future__ import annotations

from server.platform import db
from tests.factories import World

GROUPS = "/api/v1/admin/groups"


async def test_groups_are_listed_with_who_teaches_them(world: World) -> None:
    client = await world.as_(world.admin)
    found = (await client.get(GROUPS)).json()
    assert {(one["title"], one["students"], tuple(one["teachers"])) for one in found} == {
        ("h3a", 3, ("Mo van den Mentor",)),
        ("h3a.netl", 3, ("Dirk de Dutch",)),
        ("h3a.wi", 3, ("Mia Maths",)),
    }
    home = (await client.get(GROUPS, params={"kind": "home"})).json()
    assert [one["title"] for one in home] == ["h3a"]
    assert (await client.get(GROUPS, params={"kind": "other"})).status_code == 422


async def test_another_mentor_counts_at_once_and_the_rosters_no_longer(world: World) -> None:
    round_id = await world.round("closed")
    report = f"/api/v1/rounds/{round_id}/students/{world.students[0].id}/report"
    client, mentor = await world.as_(world.admin), await world.as_(world.mentor)
    outsider = await world.as_(world.outsider)
    assert ((await mentor.get(report)).status_code, (await outsider.get(report)).status_code) == (200, 404)

    answer = await client.put(f"{GROUPS}/{world.home.id}/mentors", json={"person_ids": [str(world.outsider.id)]})

    assert answer.status_code == 200, answer.text
    assert {(one["name"], one["source"], one["set_aside"]) for one in answer.json()["teachers"]} == {
        ("Mo van den Mentor", "roster", True),
        ("Otto Outsider", "manual", False),
    }
    assert ((await mentor.get(report)).status_code, (await outsider.get(report)).status_code) == (404, 200)
    assert "students" in (await outsider.get("/api/v1/me")).json()["navigation"]


async def test_the_override_survives_a_roster_that_names_the_mentor_anew(world: World) -> None:
    client = await world.as_(world.admin)
    await client.put(f"{GROUPS}/{world.home.id}/mentors", json={"person_ids": [str(world.outsider.id)]})
    # The same fact under another identifier, as some exports give it.
    await world.leave(world.mentor, world.home)
    await world.enrol(world.mentor, world.home, "teacher")
    assert "students" not in (await (await world.as_(world.mentor)).get("/api/v1/me")).json()["navigation"]


async def test_back_to_the_roster_leaves_nothing_behind(world: World) -> None:
    client = await world.as_(world.admin)
    mentors = f"{GROUPS}/{world.home.id}/mentors"
    await client.put(mentors, json={"person_ids": [str(world.outsider.id)]})
    back = await client.put(mentors, json={"person_ids": [str(world.mentor.id)]})
    assert [(one["name"], one["set_aside"]) for one in back.json()["teachers"]] == [("Mo van den Mentor", False)]
    await world.speak()
    assert await db.fetchval("select count(*) from set_aside where school_id = $1", world.school_id) == 0
    rows = await db.fetch("select act, ids from audit_log where school_id = $1 order by id", world.school_id)
    assert [row["act"] for row in rows] == ["group.mentors", "group.mentors"]


async def test_back_to_the_roster_also_forgets_whom_the_roster_names_no_more(world: World) -> None:
    """The roster named another mentor meanwhile. When it names the first one again, that is the mentor again."""
    client = await world.as_(world.admin)
    mentors = f"{GROUPS}/{world.home.id}/mentors"
    await client.put(mentors, json={"person_ids": [str(world.outsider.id)]})
    await world.leave(world.mentor, world.home)
    await world.enrol(world.dutch.teacher, world.home, "teacher")
    back = await client.put(mentors, json={"person_ids": [str(world.dutch.teacher.id)]})
    assert [one["id"] for one in back.json()["teachers"]] == [str(world.dutch.teacher.id)]
    await world.enrol(world.mentor, world.home, "teacher")
    now = (await client.get(f"{GROUPS}/{world.home.id}")).json()["teachers"]
    assert {one["id"]: one["set_aside"] for one in now} == {
        str(world.dutch.teacher.id): False,
        str(world.mentor.id): False,
    }


async def test_whom_the_roster_names_as_well_meanwhile_stays_when_all_is_as_in_the_roster(world: World) -> None:
    client = await world.as_(world.admin)
    mentors = f"{GROUPS}/{world.home.id}/mentors"
    await client.put(mentors, json={"person_ids": [str(world.outsider.id)]})
    await world.leave(world.mentor, world.home)
    await world.enrol(world.outsider, world.home, "teacher")
    shown = (await client.get(f"{GROUPS}/{world.home.id}")).json()["teachers"]
    assert [(one["id"], one["source"], one["set_aside"]) for one in shown] == [
        (str(world.outsider.id), "roster", False)
    ]
    await client.put(mentors, json={"person_ids": [str(world.outsider.id)]})
    await world.speak()
    manual = "select count(*) from enrolment where school_id = $1 and source = 'manual' and ended_on is null"
    assert await db.fetchval(manual, world.school_id) == 0


async def test_a_substitute_rates_beside_the_teacher(world: World) -> None:
    round_id = await world.round("open")
    client, outsider = await world.as_(world.admin), await world.as_(world.outsider)
    sheet = f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}"
    assert (await outsider.get(sheet)).status_code == 404
    both = [str(world.dutch.teacher.id), str(world.outsider.id)]
    assert (await client.put(f"{GROUPS}/{world.dutch.id}/teachers", json={"person_ids": both})).status_code == 200
    assert (await outsider.get(sheet)).status_code == 200


async def test_a_substitute_comes_beside_a_teacher_whose_account_is_shut(world: World) -> None:
    client, teacher = await world.as_(world.admin), world.dutch.teacher
    await client.post(f"/api/v1/admin/people/{teacher.id}/disable")
    teachers = f"{GROUPS}/{world.dutch.id}/teachers"
    both = await client.put(teachers, json={"person_ids": [str(teacher.id), str(world.outsider.id)]})
    assert both.status_code == 200, both.text
    # Nobody is made a teacher whose account is shut.
    other = await client.put(f"{GROUPS}/{world.maths.id}/teachers", json={"person_ids": [str(teacher.id)]})
    assert other.json()["errors"][0]["code"] == "unknown_person"


async def test_only_the_staff_teaches_and_a_group_is_what_it_is(world: World, other_school: World) -> None:
    client = await world.as_(world.admin)
    mentors = f"{GROUPS}/{world.home.id}/mentors"
    for nobody in (world.students[0], world.guardian, other_school.mentor):
        answer = await client.put(mentors, json={"person_ids": [str(nobody.id)]})
        assert answer.json()["errors"][0]["code"] == "unknown_person", nobody.name
    someone = {"person_ids": [str(world.outsider.id)]}
    for path in (
        f"{GROUPS}/{world.dutch.id}/mentors",
        f"{GROUPS}/{world.home.id}/teachers",
        f"{GROUPS}/{other_school.home.id}/mentors",
    ):
        assert (await client.put(path, json=someone)).status_code == 404
    assert (await (await world.as_(world.organiser)).put(mentors, json=someone)).status_code == 404


async def test_a_subject_has_the_name_that_the_school_gives_it_also_after_an_import(world: World) -> None:
    client = await world.as_(world.admin)
    subject = f"/api/v1/admin/subjects/{world.dutch.subject_id}"
    named = await client.patch(subject, json={"name": " Nederlandse  taal "})
    assert (named.json()["name"], named.json()["roster_name"]) == ("Nederlandse taal", "netl")
    await world.speak()
    await db.execute("update subject set roster_name = 'Dutch' where id = $1", world.dutch.subject_id)
    listed = {one["code"]: one["name"] for one in (await client.get("/api/v1/admin/subjects")).json()}
    assert listed == {"netl": "Nederlandse taal", "wi": "wi"}
    assert (await client.patch(subject, json={"name": ""})).json()["name"] == "Dutch"
    assert (await client.patch(subject, json={"name": "a\x00b"})).json()["errors"][0]["code"] == "bad_character"
