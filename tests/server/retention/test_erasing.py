"""Erasing somebody: nothing of them is found in any table, texts about others stay, and what stands in the way is told."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import httpx
import msgspec
import pytest

from server.people import merging
from server.platform import clock, db
from server.retention import erasing, service
from tests.factories import Person, World
from tests.isolation.canaries import Aviary, build
from tests.server.administration.test_merging import REFERENCES

LEFT = date(2026, 7, 31)


def erasure(person: Person) -> str:
    return f"/api/v1/admin/people/{person.id}/erasure"


async def erase(world: World, person: Person, name: str | None = None) -> httpx.Response:
    client = await world.as_(world.admin)
    answer = await client.post(erasure(person), json={"name": person.name if name is None else name})
    await world.speak()
    return answer


async def tables() -> list[str]:
    rows = await db.fetch(
        """select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
              and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'school_id')"""
    )
    return [row["relname"] for row in rows]


async def places(school_id: UUID, *words: str) -> set[tuple[str, str]]:
    """In which tables of a school each of these words stands, in whatever column: as text or as bytes."""
    found = set()
    for table in await tables():
        for word in words:
            there = await db.fetchval(
                f"""select count(*) from {table} t where t.school_id = $1
                     and (strpos(lower(t::text), lower($2)) > 0 or strpos(t::text, encode(convert_to($2, 'UTF8'), 'hex')) > 0)""",
                school_id,
                word,
            )
            if there:
                found.add((table, word))
    return found


@pytest.fixture
async def aviary(rollback: None, http: httpx.AsyncClient) -> Aviary:
    """A school full of texts; in this one the student has a name that nobody else's text has."""
    found = await build(http, "gone")
    student = found.people["student"]
    await found.world.set(
        student, given_name="Quirina", family_name="Xanthos", username="qxanthos", email="q.xanthos@school.example",
        eck_id="eck-quirina", sourced_id="nr-48151", birth_date=date(2011, 3, 4),
    )  # fmt: skip
    found.people["student"] = Person(student.id, "Quirina van der Xanthos", student.school_id)
    return found


IDENTIFIES = ("Quirina", "Xanthos", "qxanthos", "eck-quirina", "nr-48151", "2011-03-04")


async def about(student_id: UUID, school_id: UUID) -> set[str]:
    """Every canary in a text about this student, found before anything goes."""
    sources = (
        "select concat(remark, ' ', action) from feedback where school_id = $1 and student_id = $2",
        """select concat(h.remark, ' ', h.action) from feedback_history h join feedback f on f.id = h.feedback_id
            where f.school_id = $1 and f.student_id = $2""",
        "select concat(remark, ' ', action) from late_write where school_id = $1 and student_id = $2",
        """select h.text from mentor_message_history h join mentor_message m on m.id = h.message_id
            where m.school_id = $1 and m.student_id = $2""",
        "select content::text from report_share where school_id = $1 and student_id = $2",
        "select draft::text from plan where school_id = $1 and student_id = $2",
        """select v.content::text from plan_version v join plan p on p.id = v.plan_id
            where p.school_id = $1 and p.student_id = $2""",
        """select h.content::text from agreement_history h join agreement a on a.id = h.agreement_id
            where a.school_id = $1 and a.student_id = $2""",
        """select concat(b.text, ' ', h.text) from decision b join decision_history h on h.decision_id = b.id
            where b.school_id = $1 and b.student_id = $2""",
        """select convert_from(p.body, 'UTF8') from bundle_piece p join bundle_student s on s.bundle_id = p.bundle_id
            where s.school_id = $1 and s.student_id = $2""",
    )
    words: set[str] = set()
    for sql in sources:
        rows = await db.fetch(sql, school_id, student_id)
        assert rows or "late_write" in sql, sql
        words |= {word for row in rows for word in re.findall(r"CANARY[a-z0-9]+", row[0])}
    return words


async def kept_elsewhere(world: World, student: Person) -> None:
    """What names them without a reference: roster, addresses, accounts that are unclear, news of others."""
    user = {"givenName": "Quirina", "familyName": "Xanthos", "status": "active"}
    await db.execute(
        """insert into roster_before (school_id, import_id, kind, added, rows)
           select $1, id, 'person', '{}', $2 from roster_import where school_id = $1 limit 1""",
        world.school_id,
        msgspec.json.encode([{"id": str(student.id), **user}, {"id": str(world.mentor.id)}]).decode(),
    )
    for file, sourced_id, cells in (
        ("users", "nr-48151", user),
        ("users", "nr-guardian", {"givenName": "Gea", "agentSourcedIds": "nr-48151,nr-1"}),
        ("enrollments", "e-1", {"userSourcedId": "nr-48151"}),
    ):
        await db.execute(
            """insert into roster_mirror (school_id, source_id, file, sourced_id, cells)
               select $1, id, $2, $3, $4 from roster_source where school_id = $1 limit 1""",
            world.school_id, file, sourced_id, msgspec.json.encode(cells).decode(),
        )  # fmt: skip
    await db.execute(
        "update roster_upload set preview = jsonb_build_object('x', 'Quirina Xanthos'), zipped = 'Quirina' where school_id = $1",
        world.school_id,
    )
    await db.execute(
        "insert into stopped_address (school_id, address, code) values ($1, 'q.xanthos@school.example', '550')",
        world.school_id,
    )
    await db.execute(
        "insert into sign_in_code (school_id, sent_to, browser) values ($1, 'Q.Xanthos@school.example', 'b')",
        world.school_id,
    )
    provider = await db.fetchval(
        """insert into identity_provider (school_id, preset, name, issuer, client_id, bind_by)
           values ($1, 'oidc', 'x', 'https://x.example', 'x', 'username') returning id""",
        world.school_id,
    )
    await db.execute(
        """insert into account_clash (school_id, provider_id, issuer, subject, label, reason, candidates)
           values ($1, $2, 'https://x.example', 's', 'qxanthos', 'several', $3)""",
        world.school_id, provider, [student.id],
    )  # fmt: skip
    notice = await db.fetchval(
        """insert into notice (school_id, person_id, kind, ids, dedupe_key)
           values ($1, $2, 'plan.handed_in', jsonb_build_object('student', $3::text), 'd') returning id""",
        world.school_id, world.mentor.id, str(student.id),
    )  # fmt: skip
    await db.execute(
        "insert into delivery (school_id, notice_id, channel) values ($1, $2, 'mail')", world.school_id, notice
    )


async def test_nothing_about_an_erased_student_is_found_in_any_table(aviary: Aviary) -> None:
    world, student = aviary.world, aviary.people["student"]
    await world.speak()
    await kept_elsewhere(world, student)
    texts = await about(student.id, world.school_id)
    assert len(texts) >= 9
    others = set(aviary.may) - texts - {word for word in aviary.may if "upload" in word or "source" in word}
    keys = await db.fetchval("select count(*) from request_key where school_id = $1", world.school_id)
    assert {word for _, word in await places(world.school_id, *IDENTIFIES, *texts)} == {*IDENTIFIES, *texts}
    # Erased are only those who left: otherwise the next import would bring them back.
    refused = await erase(world, student)
    assert (refused.status_code, refused.json()["reasons"]) == (409, ["in_roster"])
    await world.set(student, left_on=LEFT)

    answer = await erase(world, student)

    assert answer.status_code == 200, answer.text
    assert await places(world.school_id, *IDENTIFIES, *texts) == set()
    # Only the record itself and the log still know the number.
    assert {table for table, _ in await places(world.school_id, str(student.id))} == {"person", "audit_log"}
    assert await db.fetchval("select count(*) from request_key where school_id = $1", world.school_id) < keys
    # And nothing of anybody else went.
    assert {word for _, word in await places(world.school_id, *others)} == others
    left = await db.fetchrow(
        "select cells ->> 'agentSourcedIds' as agents from roster_mirror where school_id = $1", world.school_id
    )
    assert left["agents"] == "nr-1"
    assert (
        await db.fetchval("select jsonb_array_length(rows) from roster_before where school_id = $1", world.school_id)
        == 1
    )


async def test_what_a_teacher_wrote_stays_and_names_nobody_also_in_what_was_read(aviary: Aviary) -> None:
    world = aviary.world
    teacher = aviary.people["dutch"]
    await world.set(teacher, left_on=LEFT, given_name="Wubbo", family_name="Quaedvlieg")
    teacher = Person(teacher.id, "Wubbo de Quaedvlieg", world.school_id)
    student = aviary.people["student"]
    # As it was shared, the version names the teacher as the teacher was called then.
    frozen = "select content::text from report_share where school_id = $1 and student_id = $2"
    before = await db.fetchval(frozen, world.school_id, student.id)
    assert "Dirk de Dutch" in before

    assert (await erase(world, teacher)).status_code == 200

    after = await db.fetchval(frozen, world.school_id, student.id)
    assert "Dirk de Dutch" not in after
    assert "N.N." in after
    assert re.findall(r"CANARY[a-z0-9]+", after) == re.findall(r"CANARY[a-z0-9]+", before)
    assert await places(world.school_id, "Wubbo", "Quaedvlieg", "Dirk de Dutch") == set()
    report = f"/api/v1/rounds/{min(aviary.ids['round_id'])}/students/{student.id}/report"
    reader = await (await world.as_(world.mentor)).get(report)
    assert reader.status_code == 200
    assert "N.N." in reader.text
    seen = await (await world.as_(student)).get(report)
    assert "N.N." in seen.text


async def test_the_name_has_to_be_typed(world: World) -> None:
    student = world.students[0]
    await world.set(student, left_on=LEFT)
    wrong = await erase(world, student, "Student1 van der Les1")
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/name"
    assert await db.fetchval("select erased_at from person where id = $1", student.id) is None
    assert (await erase(world, student, "  STUDENT0   van der lés0 ")).status_code == 200
    again = await erase(world, student)
    assert again.status_code == 404


async def test_nobody_but_an_admin_with_a_second_factor_can_ask_for_it(world: World) -> None:
    await world.set(world.students[0], left_on=LEFT)
    for who in (world.organiser, world.leader, world.mentor, world.students[1], world.guardian):
        client = await world.as_(who)
        assert (await client.get(erasure(world.students[0]))).status_code == 404
        assert (await client.post(erasure(world.students[0]), json={"name": "x"})).status_code == 404
        assert (await client.get("/api/v1/admin/retention")).status_code == 404


async def test_what_stands_in_the_way_is_told_before_and_at_the_act(world: World) -> None:
    client = await world.as_(world.admin)
    assert (await client.get(erasure(world.mentor))).json()["obstacles"] == ["in_roster"]
    assert (await client.get(erasure(world.admin))).json()["obstacles"] == ["in_roster", "yourself"]
    refused = await erase(world, world.admin)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cannot-erase")
    assert refused.json()["reasons"] == ["in_roster", "yourself"]


async def test_the_preview_counts_what_goes_and_what_stays_and_changes_nothing(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch)
    await world.feedback(round_id, world.students[0], world.maths)
    alone = await world.person("Hanna Handmade", "guardian")
    await world.set(alone, source="manual")
    await world.guard(alone, world.students[0])
    await world.set(world.students[0], left_on=LEFT)
    client = await world.as_(world.admin)
    found = (await client.get(erasure(world.students[0]))).json()
    assert (found["feedback"], found["written"], found["obstacles"]) == (2, 0, [])
    # The guardian of the roster leaves by the roster; who was added by hand never would.
    assert found["guardians"] == ["Hanna Handmade"]
    of_teacher = (await client.get(erasure(world.dutch.teacher))).json()
    assert (of_teacher["feedback"], of_teacher["written"]) == (0, 1)
    await world.speak()
    assert await db.fetchval("select count(*) from feedback where school_id = $1", world.school_id) == 2

    answer = await erase(world, world.students[0])
    assert answer.json()["people"] == 2
    assert await db.fetchval("select erased_at is not null from person where id = $1", alone.id)
    assert not await db.fetchval("select erased_at is not null from person where id = $1", world.guardian.id)


async def test_a_guardian_by_hand_of_another_child_stays(world: World) -> None:
    await world.set(world.guardian, source="manual")
    await world.guard(world.guardian, world.students[1])
    await world.set(world.students[0], left_on=LEFT)
    assert (await erase(world, world.students[0])).json()["people"] == 1


async def test_a_record_goes_with_the_one_that_it_became_part_of(world: World) -> None:
    old, new = world.outsider, world.mentor
    await world.set(old, merged_into=new.id, left_on=LEFT)
    refused = await erase(world, old)
    assert refused.json()["reasons"] == ["merged"]
    await world.set(new, left_on=LEFT)
    assert (await erase(world, new)).status_code == 200
    assert await db.fetchval("select family_name from person where id = $1", old.id) == "N.N."


async def test_the_log_says_that_it_was_done_and_nothing_else(world: World) -> None:
    student = world.students[0]
    await world.set(student, left_on=LEFT)
    await erase(world, student)
    client = await world.as_(world.admin)
    [entry] = (await client.get("/api/v1/admin/audit?kind=person")).json()["entries"]
    assert (entry["act"], entry["who"]["name"]) == ("person.erased", "Ada Admin")
    assert [one["name"] for one in entry["about"]] == ["N.N."]
    person = (await client.get(f"/api/v1/admin/people/{student.id}")).json()
    assert person["erased_at"] is not None
    assert person["name"] == "N.N."
    # In the list nobody is found, and nothing of what is left can be changed.
    listed = (await client.get("/api/v1/admin/people?status=left")).json()["people"]
    assert str(student.id) not in {one["id"] for one in listed}
    assert (await client.post(f"/api/v1/admin/people/{student.id}/disable")).status_code == 404


async def test_who_was_signed_in_is_signed_out(world: World) -> None:
    teacher = await world.person("Inge Inval", "teacher")
    await world.set(teacher, source="manual")
    client = await world.as_(teacher)
    assert (await client.get("/api/v1/me")).status_code == 200
    await world.speak()
    assert (await erase(world, teacher)).status_code == 200
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_an_import_that_is_taken_back_brings_nobody_back(world: World) -> None:
    student = world.students[0]
    await world.set(student, left_on=LEFT)
    import_id = await db.fetchval(
        "insert into roster_import (school_id, version, counts, origin) values ($1, '1.2', '{}', 'upload') returning id",
        world.school_id,
    )
    await db.execute(
        """insert into roster_before (school_id, import_id, kind, added, rows)
           select $1, $2, 'person', '{}', jsonb_agg(to_jsonb(p)) from person p where p.school_id = $1 and p.id = $3""",
        world.school_id, import_id, student.id,
    )  # fmt: skip
    await erase(world, student)
    client = await world.as_(world.admin)
    assert (await client.post(f"/api/v1/admin/roster/imports/{import_id}/undo")).status_code == 200
    await world.speak()
    assert await db.fetchval("select family_name from person where id = $1", student.id) == "N.N."


async def test_rows_with_texts_can_be_deleted_by_erasing_alone(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "warning", "Blijft staan")
    for table in ("feedback_history", "notice", "access_log", "report_share", "plan_version"):
        await db.execute(f"delete from {table} where school_id = $1", world.school_id)
    assert await db.fetchval("select count(*) from feedback_history where school_id = $1", world.school_id) == 1
    assert await db.execute("delete from question where school_id = $1", world.school_id) == 0


async def test_another_schools_people_are_not_there_to_erase(world: World, other_school: World) -> None:
    theirs = other_school.students[0]
    await other_school.set(theirs, left_on=LEFT)
    assert (await erase(world, theirs)).status_code == 404
    await world.speak()
    await service.erase_again(world.school_id, [theirs.id])
    await other_school.speak()
    assert await db.fetchval("select erased_at from person where id = $1", theirs.id) is None


async def test_every_reference_to_a_person_says_whose_row_it_is_or_who_did_something(rollback: None) -> None:
    """A new column has to be called by one of these names, or be put into `erasing.OWN`."""
    doers = {
        "author_id", "shared_by", "owner_id", "created_by", "viewer_id", "imported_by", "undone_by", "asked_by", "uploaded_by",
        "applied_by", "bound_by", "settled_by", "made_by", "merged_into", "given_by",
    }  # fmt: skip
    there = {(row["place"].strip('"'), row["name"]) for row in await db.fetch(REFERENCES)}
    own = set(erasing.own_columns(await erasing.references()))
    assert {name for _, name in there - own - erasing.NOT_OWN} <= doers
    assert {(table, column) for table, column in own if column in doers} == erasing.ALSO_OWN
    # Whatever is a student's own when records are merged goes when the student does.
    assert {place for place in (*merging.MOVES, *merging.JOINS) if place[1] == "student_id"} <= own


async def test_a_frozen_clock_gives_the_schools_own_day(world: World) -> None:
    teacher = await world.person("Inge Inval", "teacher")
    await world.set(teacher, source="manual")
    assert (await erase(world, teacher)).status_code == 200
    assert await db.fetchval("select left_on from person where id = $1", teacher.id) == clock.today()


def test_a_version_without_these_names_is_left_as_it_was() -> None:
    content = '{"subjects":[{"feedback_id":"1","teachers":["A"]}],"message":null,"schema":1}'
    assert erasing._without(content, {}) is None
