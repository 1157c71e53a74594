"""Uploading a roster as the admin does: a preview before anything happens, then apply, then undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.people import service as people
from server.platform import db, retention
from server.roster import uploads
from server.roster.service import import_file
from tests.factories import Client, World
from tests.roster_files import Zip, small_school
from tests.server.roster import stored

SLUG = "testcollege"
ROSTER = "/api/v1/admin/roster"


@pytest.fixture
async def admin(rollback: None, http: httpx.AsyncClient, tmp_path: Path) -> Client:
    """The admin of a school whose roster was imported once."""
    await import_file(small_school().write(tmp_path / "first.zip"), SLUG, create_school=True)
    person = await stored.one(SLUG, "person", "admin")
    session = await people.start_session(person["school_id"], person["id"], second_factor=True)
    return Client(http, session)


async def upload(admin: Client, school: Zip, tmp_path: Path) -> UUID:
    """Upload a school; the id."""
    return await send(admin, school.write(tmp_path / "new.zip").read_bytes())


async def send(admin: Client, content: bytes, **more: Any) -> UUID:
    """Upload these bytes; the id."""
    headers = {"content-type": "application/zip"}
    answer = await admin.post(f"{ROSTER}/uploads?filename=new.zip", content=content, headers=headers, **more)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def work(upload_id: UUID) -> None:
    """What a worker would do with it now."""
    school_id = await stored.enter(SLUG)
    row = await db.fetchrow("select state, tries from roster_upload where id = $1", upload_id)
    assert row is not None
    await uploads.work(school_id, upload_id, row["state"], row["tries"])


async def look(admin: Client, upload_id: UUID) -> Any:
    answer = await admin.get(f"{ROSTER}/uploads/{upload_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def changed_school() -> Zip:
    """One more, one fewer, one renamed, one group without a teacher."""
    school = small_school()
    school.person("s5", "student", "Nieuw", "van Kind")
    school.enrol("h2a", "s5")
    school.row("users", "s1")["givenName"] = "Zoé"
    school.drop_person("s4")
    school.drop("enrollments", "e-h2a.wi-t2")
    return school


async def test_a_file_is_read_and_previewed_before_anything_happens(admin: Client, tmp_path: Path) -> None:
    before = await stored.today(SLUG)
    upload_id = await upload(admin, changed_school(), tmp_path)
    waiting = await look(admin, upload_id)
    await work(upload_id)
    ready = await look(admin, upload_id)

    assert (waiting["state"], waiting["preview"], waiting["filename"]) == ("waiting", None, "new.zip")
    assert (ready["state"], ready["changed"], ready["error"], ready["message"]) == ("ready", False, "", None)
    preview = ready["preview"]
    assert preview["people"] == {
        "new": {"total": 1, "shown": ["Nieuw van Kind"]},
        "changed": {"total": 1, "shown": ["Zoé van den Berg"]},
        "leaving": {"total": 1, "shown": ["Jan Jansen"]},
    }
    assert preview["enrolments"]["new"] == {"total": 1, "shown": ["h2a: Nieuw van Kind"]}
    assert preview["enrolments"]["leaving"]["total"] == 3
    [people_] = [one for one in preview["kinds"] if one["kind"] == "person"]
    assert (people_["label"], people_["new"], people_["changed"], people_["ended"], people_["unchanged"]) == (
        "Personen", 1, 1, 1, 7,
    )  # fmt: skip
    assert people_["fields"] == {"voornaam": 1}
    assert (preview["leaving"], preview["present"], preview["needs_confirmation"]) == (1, 9, True)
    assert [one["code"] for one in preview["warnings"]] == ["many_leave", "no_teacher"]
    assert await stored.today(SLUG) == before


async def test_applying_asks_whether_so_many_leave_and_then_does_what_was_shown(admin: Client, tmp_path: Path) -> None:
    upload_id = await upload(admin, changed_school(), tmp_path)
    early = await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={})
    await work(upload_id)
    asked = await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={})
    yes = await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={"confirm_leaving": True})
    applying = await look(admin, upload_id)
    await work(upload_id)
    await work(upload_id)  # a second time changes nothing
    done = await look(admin, upload_id)

    assert (early.status_code, early.json()["type"]) == (409, "/problems/roster-not-ready")
    assert (asked.status_code, asked.json()["type"]) == (409, "/problems/many-leave")
    assert (asked.json()["leaving"], asked.json()["present"]) == (1, 9)
    assert yes.status_code == 200
    assert (applying["state"], applying["done"]) == ("applying", 0)
    assert (done["state"], done["done"]) == ("done", done["total"])
    assert done["total"] > 5
    assert (await stored.one(SLUG, "person", "s4"))["left_on"] is not None
    imports = (await admin.get(f"{ROSTER}/imports")).json()
    assert [(one["origin"], one["name"], one["by"], one["undoable"]) for one in imports] == [
        ("upload", "new.zip", "Ada Beheer", True),
        ("command", "first.zip", None, False),
    ]
    assert imports[0]["id"] == done["import_id"]
    assert await db.fetchval("select length(zipped) from roster_upload where id = $1", upload_id) == 0
    acts = await db.fetch("select act from audit_log where school_id = $1 order by id", await stored.enter(SLUG))
    assert [row["act"] for row in acts] == ["roster.imported", "roster.uploaded", "roster.imported"]


async def test_a_school_that_changed_since_the_preview_is_shown_again(admin: Client, tmp_path: Path) -> None:
    upload_id = await upload(admin, changed_school(), tmp_path)
    await work(upload_id)
    between = small_school()
    between.person("s6", "student", "Tussen", "Door")
    await import_file(between.write(tmp_path / "between.zip"), SLUG)
    await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={"confirm_leaving": True})
    await work(upload_id)
    again = await look(admin, upload_id)
    untouched = await stored.one(SLUG, "person", "s4")
    await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={"confirm_leaving": True})
    await work(upload_id)

    assert (again["state"], again["changed"]) == ("ready", True)
    assert again["preview"]["people"]["leaving"] == {"total": 2, "shown": ["Tussen Door", "Jan Jansen"]}
    assert untouched["left_on"] is None
    assert (await look(admin, upload_id))["state"] == "done"


async def test_undo_brings_the_school_back_once_and_only_the_last_time(admin: Client, tmp_path: Path) -> None:
    before = await stored.today(SLUG)
    upload_id = await upload(admin, changed_school(), tmp_path)
    await work(upload_id)
    await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={"confirm_leaving": True})
    await work(upload_id)
    last, first = [one["id"] for one in (await admin.get(f"{ROSTER}/imports")).json()]

    not_this = await admin.post(f"{ROSTER}/imports/{first}/undo")
    undone = await admin.post(f"{ROSTER}/imports/{last}/undo")
    twice = await admin.post(f"{ROSTER}/imports/{last}/undo")

    assert (not_this.status_code, not_this.json()["type"]) == (409, "/problems/nothing-to-undo")
    assert undone.status_code == 200
    assert (undone.json()["undone_by"], undone.json()["undoable"]) == ("Ada Beheer", False)
    assert twice.status_code == 409
    assert await stored.today(SLUG) == before
    assert (await admin.get(f"{ROSTER}/imports/{last}")).json() == undone.json()


async def test_a_file_with_errors_is_refused_with_each_of_them_in_the_readers_language(
    admin: Client, tmp_path: Path
) -> None:
    school = small_school()
    school.row("enrollments", "e-h2a-s1")["userSourcedId"] = "nobody"
    upload_id = await upload(admin, school, tmp_path)
    await work(upload_id)

    found = await look(admin, upload_id)
    applied = await admin.post(f"{ROSTER}/uploads/{upload_id}/apply", json={})

    assert found["state"] == "refused"
    assert found["problems"] == [
        {
            "severity": "error",
            "code": "reference",
            "place": "enrollments.csv, regel 8, kolom userSourcedId",
            "text": "De id nobody komt niet voor in users.csv.",
            "file": "enrollments.csv",
            "line": 8,
            "column": "userSourcedId",
        }
    ]
    assert applied.status_code == 409


async def test_a_newer_file_takes_the_place_of_the_one_before(admin: Client, tmp_path: Path) -> None:
    first = await upload(admin, changed_school(), tmp_path)
    second = await upload(admin, small_school(), tmp_path)
    await work(first)
    await work(second)

    replaced = await look(admin, first)
    assert (replaced["state"], replaced["error"], replaced["message"]) == (
        "failed", "replaced", "Er is daarna een ander bestand gekozen.",
    )  # fmt: skip
    assert (await look(admin, second))["preview"]["nothing"]


async def test_the_same_upload_sent_twice_is_one(admin: Client, tmp_path: Path) -> None:
    key, content = UUID(int=7), small_school().write(tmp_path / "new.zip").read_bytes()
    first = await send(admin, content, key=key)

    assert await send(admin, content, key=key) == first


@pytest.mark.parametrize(
    ("content", "sort"), [(b"", "application/zip"), (b"naam\r\n", "application/zip"), (b"PK", "text/csv")]
)
async def test_what_is_no_zip_is_said_at_once(admin: Client, content: bytes, sort: str) -> None:
    answer = await admin.post(f"{ROSTER}/uploads", content=content, headers={"content-type": sort})

    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["no_zip"]


async def test_two_megabytes_are_taken_in(admin: Client) -> None:
    upload_id = await send(admin, b"PK" + b"x" * 2_000_000)
    await work(upload_id)

    found = await look(admin, upload_id)
    assert (found["state"], [one["code"] for one in found["problems"]]) == ("refused", ["zip_broken"])


async def test_more_than_a_hundred_megabytes_is_too_much(admin: Client) -> None:
    headers = {"content-type": "application/zip", "content-length": str(101 * 1024 * 1024)}

    answer = await admin.post(f"{ROSTER}/uploads", content=b"PK", headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


async def test_work_that_fails_three_times_is_given_up(admin: Client, tmp_path: Path) -> None:
    upload_id = await upload(admin, small_school(), tmp_path)
    await db.execute("update roster_upload set tries = 4 where id = $1", upload_id)
    await work(upload_id)

    given_up = await look(admin, upload_id)
    assert (given_up["state"], given_up["error"]) == ("failed", "gave_up")


async def test_uploads_and_what_undo_needs_are_cleared_away(admin: Client, tmp_path: Path) -> None:
    upload_id = await upload(admin, changed_school(), tmp_path)
    school_id = await stored.enter(SLUG)
    await db.execute("update roster_upload set uploaded_at = now() - interval '8 days' where id = $1", upload_id)
    await db.execute(
        "update roster_import set imported_at = now() - interval '31 days' where school_id = $1", school_id
    )

    await retention.clear(school_id)

    assert (await admin.get(f"{ROSTER}/uploads/{upload_id}")).status_code == 404
    assert [one["undoable"] for one in (await admin.get(f"{ROSTER}/imports")).json()] == [False]


async def test_nobody_but_an_admin_with_a_second_factor_comes_near(world: World) -> None:
    for person in (world.mentor, world.organiser, world.leader, world.students[0], world.guardian):
        client = await world.as_(person)
        assert (await client.get(f"{ROSTER}/imports")).status_code == 404
        answer = await client.post(f"{ROSTER}/uploads", content=b"PK", headers={"content-type": "application/zip"})
        assert answer.status_code == 404
    await world.speak()
    half = Client(world.http, await people.start_session(world.school_id, world.admin.id))
    assert (await half.get(f"{ROSTER}/imports")).json()["type"] == "/problems/second-factor"
    assert (await Client(world.http).get(f"{ROSTER}/imports")).status_code == 401


async def test_an_eck_id_that_comes_later_is_a_change_like_any_other(admin: Client, tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s1")["userIds"] = "{eckId:https://ketenid.nl/1/a}"
    upload_id = await upload(admin, school, tmp_path)
    await work(upload_id)
    [people_] = [one for one in (await look(admin, upload_id))["preview"]["kinds"] if one["kind"] == "person"]
    assert people_["fields"] == {"ECK iD": 1}


async def test_an_admin_who_would_be_locked_out_is_told_and_another_one_is_not(admin: Client, tmp_path: Path) -> None:
    school_id = await stored.enter(SLUG)
    teacher = await stored.one(SLUG, "person", "t1")
    await people.give_role(school_id, teacher["id"], "admin")
    other = Client(admin.http, await people.start_session(school_id, teacher["id"], second_factor=True))
    school = small_school()
    school.drop_person("admin")
    upload_id = await upload(admin, school, tmp_path)
    await work(upload_id)

    assert (await look(admin, upload_id))["preview"]["you_out"]
    assert not (await look(other, upload_id))["preview"]["you_out"]


async def test_what_is_unusual_in_a_good_file_is_told_with_the_preview(admin: Client, tmp_path: Path) -> None:
    school = small_school()
    school.headers["users"]["givenName"] = "First Name"
    upload_id = await upload(admin, school, tmp_path)
    await work(upload_id)

    found = await look(admin, upload_id)
    assert (found["state"], [one["code"] for one in found["problems"]]) == ("ready", ["column_guessed"])


async def test_a_mentor_whom_the_school_set_aside_is_no_mentor(admin: Client, tmp_path: Path) -> None:
    home = await stored.one(SLUG, "class_group", "h2a")
    before = await upload(admin, small_school(), tmp_path)
    await work(before)
    assert "no_mentor" not in [one["code"] for one in (await look(admin, before))["preview"]["warnings"]]
    await admin.put(f"/api/v1/admin/groups/{home['id']}/mentors", json={"person_ids": []})
    upload_id = await upload(admin, small_school(), tmp_path)
    await work(upload_id)

    warnings = {one["code"]: one["text"] for one in (await look(admin, upload_id))["preview"]["warnings"]}
    assert "h2a" in warnings["no_mentor"]
