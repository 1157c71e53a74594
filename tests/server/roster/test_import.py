"""Importing a roster into a school, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from server.errors import NotFound
from server.people import service as people
from server.platform import clock, db
from server.platform.request import enter
from server.platform.security import session_hash
from server.roster import carrying
from server.roster.errors import BadSlugError, ManyLeaveError, NothingToUndoError, RosterFileError, UnknownSchoolError
from server.roster.plan import Kind, title_key
from server.roster.service import ImportSummary, clear, import_file, undo_last
from tests.roster_files import Zip, small_school
from tests.server.roster import stored

pytestmark = pytest.mark.usefixtures("rollback")

SLUG = "testcollege"
AUTUMN = datetime(2026, 11, 23, 9, tzinfo=UTC)
WINTER = datetime(2027, 1, 11, 9, tzinfo=UTC)


async def imported(
    school: Zip,
    tmp_path: Path,
    *,
    at: datetime = AUTUMN,
    slug: str = SLUG,
    dry_run: bool = False,
    by: UUID | None = None,
) -> ImportSummary:
    path = school.write(tmp_path / "school.zip")
    with clock.at(at):
        return await import_file(path, slug, create_school=True, dry_run=dry_run, by=by, confirm_leaving=True)


def counts(summary: ImportSummary, kind: Kind) -> tuple[int, int, int, int]:
    change = summary.of(kind)
    return change.created, change.changed, change.ended, change.unchanged


async def test_a_first_import_fills_the_school(tmp_path: Path) -> None:
    summary = await imported(small_school(), tmp_path)

    assert counts(summary, Kind.PERSON) == (9, 0, 0, 0)
    assert counts(summary, Kind.GROUP) == (5, 0, 0, 0)
    assert counts(summary, Kind.ENROLMENT) == (16, 0, 0, 0)
    assert counts(summary, Kind.GUARDIANSHIP) == (3, 0, 0, 0)
    assert await db.fetchval("select name from school where slug = $1", SLUG) == "Testcollege"
    zoe = await stored.one(SLUG, "person", "s1")
    assert (zoe["given_name"], zoe["particle"], zoe["family_name"], zoe["sort_key"], zoe["grade"]) == (
        "Zoë", "van den", "Berg", "berg  zoe", "02",
    )  # fmt: skip
    lesson = await stored.one(SLUG, "class_group", "h2a.wi")
    assert (lesson["kind"], lesson["level"], lesson["year"]) == ("teaching", "havo", 2)
    assert await db.fetchval("select code from subject where id = $1", lesson["subject_id"]) == "wi"
    assert await stored.roles_of(SLUG, "t1") == {"teacher": "roster"}
    assert await stored.roles_of(SLUG, "g1") == {"guardian": "roster"}
    assert await stored.roles_of(SLUG, "admin") == {"admin": "roster"}


async def test_no_role_of_the_roster_makes_an_organiser_or_leader(tmp_path: Path) -> None:
    school = small_school()
    school.row("roles", "r-admin")["role"] = "principal"

    await imported(school, tmp_path)

    assert await stored.roles_of(SLUG, "admin") == {}


async def test_version_1_1_and_1_2_give_the_same_school(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path, slug="newer")
    await imported(small_school().to_1_1(), tmp_path, slug="older")

    assert await stored.today("newer") == await stored.today("older")


async def test_the_second_run_writes_nothing_at_all(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    before = await stored.everything(SLUG)

    again = await imported(small_school(), tmp_path, at=WINTER)

    assert again.nothing
    assert again.import_id is None
    assert counts(again, Kind.ENROLMENT) == (0, 0, 0, 16)
    assert await stored.everything(SLUG) == before


async def test_a_changed_file_changes_exactly_that(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    before = await stored.everything(SLUG)
    school = small_school()
    school.row("users", "s1").update(familyName="de Boer", email="z.deboer@school.example")
    school.row("classes", "h2a.wi").update(title="h2a.wiskunde")
    school.row("enrollments", "e-h2a.wi-s2").update(beginDate="2026-10-12", endDate="2026-12-01")

    summary = await imported(school, tmp_path)

    assert summary.of(Kind.PERSON).fields == {"email": 1, "family_name": 1, "particle": 1, "sort_key": 1}
    assert summary.of(Kind.GROUP).fields == {"sort_key": 1, "title": 1}
    assert summary.of(Kind.ENROLMENT).fields == {"begins_on": 1, "ends_on": 1}
    after = await stored.everything(SLUG)
    changed = {table: len(set(after[table]) - set(before[table])) for table in stored.TABLES}
    assert {table: count for table, count in changed.items() if count} == {
        "person": 1,
        "class_group": 1,
        "enrolment": 1,
        "roster_import": 1,
        "outbox": 1,
        "audit_log": 1,
    }
    zoe = await stored.one(SLUG, "person", "s1")
    assert (zoe["particle"], zoe["family_name"]) == ("de", "Boer")


async def test_a_student_who_changes_group_has_both_enrolments(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    moved = small_school()
    moved.drop("enrollments", "e-h2a.netl-s1")
    moved.enrol("h2b.netl", "s1")

    summary = await imported(moved, tmp_path, at=WINTER)

    assert counts(summary, Kind.ENROLMENT) == (1, 0, 1, 15)
    assert (await stored.one(SLUG, "enrolment", "e-h2a.netl-s1"))["ended_on"] == date(2027, 1, 11)
    assert (await stored.one(SLUG, "enrolment", "e-h2b.netl-s1"))["ended_on"] is None


@pytest.mark.parametrize("how", ["vanished", "tobedeleted"])
async def test_who_left_is_marked_and_keeps_what_was_written(tmp_path: Path, how: str) -> None:
    await imported(small_school(), tmp_path)
    feedback = await write_feedback("s1", "h2a.netl", "t1")
    before = await stored.everything(SLUG)
    school = small_school()
    if how == "vanished":
        school.drop_person("s1")
    else:
        school.row("users", "s1")["status"] = "tobedeleted"

    summary = await imported(school, tmp_path, at=WINTER)

    assert counts(summary, Kind.PERSON) == (0, 0, 1, 8)
    assert counts(summary, Kind.ENROLMENT) == (0, 0, 3, 13)
    assert counts(summary, Kind.GUARDIANSHIP) == (0, 0, 2, 1)
    assert (await stored.one(SLUG, "person", "s1"))["left_on"] == date(2027, 1, 11)
    assert (await stored.one(SLUG, "enrolment", "e-h2a-s1"))["ended_on"] == date(2027, 1, 11)
    assert await stored.roles_of(SLUG, "s1") == {"student": "roster"}
    assert (await stored.everything(SLUG))["feedback"] == before["feedback"]
    assert await db.fetchval("select remark from feedback where id = $1", feedback) == "canary-remark"


async def test_who_left_leaves_once(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    school.drop_person("s1")
    await imported(school, tmp_path)

    again = await imported(school, tmp_path, at=WINTER)

    assert again.nothing
    assert (await stored.one(SLUG, "person", "s1"))["left_on"] == date(2026, 11, 23)


async def test_who_comes_back_is_the_same_person(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    first = await stored.one(SLUG, "person", "s1")
    school = small_school()
    school.drop_person("s1")
    await imported(school, tmp_path)

    back = await imported(small_school(), tmp_path, at=WINTER)

    assert back.of(Kind.PERSON).fields == {"left_on": 1}
    assert back.of(Kind.ENROLMENT).fields == {"ended_on": 3}
    assert counts(back, Kind.GUARDIANSHIP) == (0, 2, 0, 1)
    again = await stored.one(SLUG, "person", "s1")
    assert (again["id"], again["left_on"]) == (first["id"], None)


async def test_a_group_that_vanished_is_ended_and_stays(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    school.drop("classes", "h2a.wi")
    school.drop("enrollments", "e-h2a.wi-t2", "e-h2a.wi-s1", "e-h2a.wi-s2")

    summary = await imported(school, tmp_path, at=WINTER)

    assert counts(summary, Kind.GROUP) == (0, 0, 1, 4)
    assert counts(summary, Kind.ENROLMENT) == (0, 0, 3, 13)
    assert (await stored.one(SLUG, "class_group", "h2a.wi"))["ended_on"] == date(2027, 1, 11)


async def test_what_was_decided_by_hand_survives(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    teacher = await stored.one(SLUG, "person", "t1")
    guardian = await stored.one(SLUG, "person", "g1")
    for role in ("organiser", "admin"):
        await db.execute(
            "insert into person_role (school_id, person_id, role, source) values ($1, $2, $3, 'manual')",
            teacher["school_id"],
            teacher["id"],
            role,
        )
    await db.execute("update guardianship set barred = true where guardian_id = $1", guardian["id"])
    await db.execute("update person set locale = 'en', adult_flag = true where id = $1", guardian["id"])
    school = small_school()
    school.row("users", "g1")["email"] = "rob@school.example"
    school.row("roles", "r-t1")["role"] = "siteAdministrator"
    school.row("roles", "r-g2")["role"] = "student"

    await imported(school, tmp_path)

    assert await stored.roles_of(SLUG, "t1") == {"organiser": "manual", "admin": "manual", "teacher": "roster"}
    assert await stored.roles_of(SLUG, "g2") == {"student": "roster"}, (
        "a role that the roster gave goes with the roster"
    )
    rob = await stored.one(SLUG, "person", "g1")
    assert (rob["locale"], rob["adult_flag"], rob["email"]) == ("en", True, "rob@school.example")
    assert await db.fetchval("select barred from guardianship where guardian_id = $1", rob["id"])


async def test_a_disabled_account_is_stored_as_such(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    school.row("users", "s2")["enabledUser"] = "false"

    summary = await imported(school, tmp_path)

    assert summary.of(Kind.PERSON).fields == {"enabled": 1}
    assert not (await stored.one(SLUG, "person", "s2"))["enabled"]


async def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    before = await stored.everything(SLUG)
    school = small_school()
    school.person("s5", "student", "Nieuw", "Kind")
    school.drop_person("s4")

    looked = await imported(school, tmp_path, dry_run=True)
    untouched = await stored.everything(SLUG) == before
    real = await imported(school, tmp_path)

    assert untouched
    assert (looked.dry_run, looked.import_id) == (True, None)
    assert looked.changes == real.changes
    assert counts(real, Kind.PERSON) == (1, 0, 1, 8)


async def test_a_dry_run_makes_no_school(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path, dry_run=True)

    assert await db.fetchval("select count(*) from school where slug = $1", SLUG) == 0


async def test_an_unknown_school_is_made_only_when_asked(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")

    with pytest.raises(UnknownSchoolError):
        await import_file(path, "nergens")
    assert await db.fetchval("select count(*) from school where slug = 'nergens'") == 0


async def test_a_school_cannot_be_made_under_a_name_that_fits_no_address(tmp_path: Path) -> None:
    with pytest.raises(BadSlugError):
        await imported(small_school(), tmp_path, slug="Mijn School")


async def test_a_new_school_has_settings(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)

    assert await db.fetchval(
        "select guardians_admitted from school_settings where school_id = $1", await stored.enter(SLUG)
    )


async def test_an_import_leaves_one_fact_with_counts_only(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    admin = (await stored.one(SLUG, "person", "admin"))["id"]
    school = small_school()
    school.row("users", "s1")["givenName"] = "Canary"

    summary = await imported(school, tmp_path, by=admin)

    log = await db.fetchrow("select * from roster_import where id = $1", summary.import_id)
    assert log is not None
    assert (log["version"], log["imported_by"]) == ("1.2", admin)
    assert msgspec.json.decode(log["counts"])["person"] == {"created": 0, "changed": 1, "ended": 0}
    [head] = await db.fetch("select kind, ids from outbox where ids->>'import' = $1", str(summary.import_id))
    assert head["kind"] == "roster.imported"
    assert msgspec.json.decode(head["ids"]) == {"import": str(summary.import_id), "person": str(admin)}
    assert "Canary" not in log["counts"]


async def test_a_file_that_empties_half_the_school_is_pointed_out(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    for gone in ("s1", "s2", "s3", "s4", "g1", "g2"):
        school.drop_person(gone)

    summary = await imported(school, tmp_path, dry_run=True)

    [warning] = summary.warnings
    assert (warning.code, warning.params) == ("many_leave", {"leave": "6", "total": "9"})


@pytest.mark.parametrize("confirm", [False, True])
async def test_more_than_a_tenth_leaves_only_when_somebody_says_that_this_is_meant(
    tmp_path: Path, confirm: bool
) -> None:
    await imported(small_school(), tmp_path)
    before = await stored.everything(SLUG)
    school = small_school()
    school.drop_person("s1")
    path = school.write(tmp_path / "less.zip")

    if confirm:
        await import_file(path, SLUG, confirm_leaving=True)
        assert (await stored.one(SLUG, "person", "s1"))["left_on"] is not None
    else:
        with pytest.raises(ManyLeaveError) as caught:
            await import_file(path, SLUG)
        assert (caught.value.leaving, caught.value.present) == (1, 9)
        assert await stored.everything(SLUG) == before


async def test_groups_that_nobody_teaches_or_mentors_are_pointed_out(tmp_path: Path) -> None:
    school = small_school()
    school.drop("enrollments", "e-h2a.wi-t2", "e-h2b.netl-t1")
    school.row("enrollments", "e-h2a-t1")["endDate"] = "2026-11-22"
    school.row("enrollments", "e-h2b-t2")["endDate"] = "2026-11-23"

    summary = await imported(school, tmp_path, dry_run=True)

    assert [(one.code, one.params) for one in summary.warnings] == [
        ("no_teacher", {"count": "1", "titles": "h2a.wi"}),
        ("no_mentor", {"count": "1", "titles": "h2a"}),
    ]


@pytest.mark.parametrize("spoil", ["gone", "no role", "not enabled"])
async def test_an_import_after_which_nobody_is_admin_is_pointed_out(tmp_path: Path, spoil: str) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    if spoil == "gone":
        school.drop_person("admin")
    elif spoil == "no role":
        school.row("roles", "r-admin")["role"] = "principal"
    else:
        school.row("users", "admin")["enabledUser"] = "false"

    locked_out = await imported(school, tmp_path, dry_run=True)
    teacher = await stored.one(SLUG, "person", "t1")
    await db.execute(
        "insert into person_role (school_id, person_id, role, source) values ($1, $2, 'admin', 'manual')",
        teacher["school_id"],
        teacher["id"],
    )
    another = await imported(school, tmp_path, dry_run=True)

    assert [one.params for one in locked_out.warnings if one.code == "admins_out"] == [
        {"count": "1", "names": "Ada Beheer"}
    ]
    assert "no_admin" in [one.code for one in locked_out.warnings]
    assert "no_admin" not in [one.code for one in another.warnings]


async def by_hand(sourced_id: str, group: str, role: str, given: str = "Hand") -> UUID:
    """Somebody whom an admin added, in a group, with the roles for it."""
    school_id = await stored.enter(SLUG)
    person: UUID = await db.fetchval(
        """insert into person (school_id, sourced_id, given_name, family_name, sort_key, source)
           values ($1, $2, $3, 'Gemaakt', 'gemaakt', 'manual') returning id""",
        school_id,
        sourced_id,
        given,
    )
    await db.execute(
        "insert into person_role (school_id, person_id, role, source) values ($1, $2, $3, 'manual')",
        school_id, person, role,
    )  # fmt: skip
    await db.execute(
        """insert into enrolment (school_id, sourced_id, group_id, person_id, role, source)
           select $1, $2, id, $3, $4, 'manual' from class_group where school_id = $1 and sourced_id = $5""",
        school_id, sourced_id, person, role, group,
    )  # fmt: skip
    return person


async def test_people_mentors_and_accounts_of_the_schools_own_are_not_the_rosters_to_change(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    mentor = await by_hand("manual:1", "h2a", "teacher")
    school_id = await stored.enter(SLUG)
    shut, away = (await stored.one(SLUG, "person", "s2"))["id"], (await stored.one(SLUG, "enrolment", "e-h2a-t1"))["id"]
    await db.execute("update person set disabled_at = now() where id = $1", shut)
    # The roster's own mentor was replaced by hand.
    await db.execute("update enrolment set source = 'manual', ended_on = '2026-10-01' where id = $1", away)
    await db.execute(
        """insert into guardianship (school_id, student_id, guardian_id, source, ended_on)
           select $1, s.id, g.id, 'manual', '2026-10-01' from person s, person g where s.sourced_id = 's3' and g.sourced_id = 'g2'""",
        school_id,
    )
    school = small_school()
    school.row("users", "s2").update(givenName="Saar", enabledUser="true")
    school.row("users", "s3")["agentSourcedIds"] = "g2"
    school.row("enrollments", "e-h2a-t1")["primary"] = "false"
    school.drop_person("s4")

    summary = await imported(school, tmp_path, at=WINTER)
    again = await imported(school, tmp_path, at=WINTER)

    assert counts(summary, Kind.PERSON) == (0, 1, 1, 7)
    assert again.nothing
    assert (await stored.one(SLUG, "person", "manual:1"))["left_on"] is None
    assert (await stored.one(SLUG, "enrolment", "manual:1"))["ended_on"] is None
    assert await stored.roles_of(SLUG, "manual:1") == {"teacher": "manual"}
    assert (await stored.one(SLUG, "enrolment", "e-h2a-t1"))["ended_on"] == date(2026, 10, 1)
    saar = await stored.one(SLUG, "person", "s2")
    assert (saar["given_name"], saar["disabled_at"] is not None) == ("Saar", True)
    assert await db.fetchval(
        """select h.ended_on from guardianship h join person s on s.id = h.student_id
            where h.school_id = $1 and s.sourced_id = 's3'""",
        school_id,
    ) == date(2026, 10, 1)
    assert mentor == (await stored.one(SLUG, "person", "manual:1"))["id"]


async def test_a_home_group_with_a_mentor_chosen_by_hand_has_a_mentor(tmp_path: Path) -> None:
    school = small_school()
    school.drop("enrollments", "e-h2a-t1")
    await imported(school, tmp_path)
    await by_hand("manual:1", "h2a", "teacher")

    assert (await imported(school, tmp_path)).warnings == ()


async def test_who_was_shut_out_by_hand_cannot_sign_in_whatever_the_roster_says(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    teacher = await stored.one(SLUG, "person", "t1")
    session = await people.start_session(teacher["school_id"], teacher["id"])
    await db.execute("update person set disabled_at = now() where id = $1", teacher["id"])
    await imported(small_school(), tmp_path)

    row = await enter(session_hash(session))

    assert row is not None
    assert not row["active"]
    me = await people.as_person(teacher["school_id"], teacher["id"])
    assert me is not None
    assert not me.viewer.active
    with pytest.raises(NotFound):
        await people.start_session(teacher["school_id"], teacher["id"])


async def test_taking_the_first_import_back_leaves_an_empty_school(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)

    await undo_last(SLUG)

    left = {table: len(rows) for table, rows in (await stored.everything(SLUG)).items() if rows}
    assert left == {"roster_import": 1, "outbox": 2, "audit_log": 2}


async def test_taking_an_import_back_keeps_what_was_written_meanwhile(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    before = await stored.today(SLUG)
    school = small_school()
    school.person("s5", "student", "Nieuw", "Kind")
    school.person("s6", "student", "Ook", "Nieuw")
    school.group("h2b.wi", "scheduled", "wi", "Wiskunde", "Wiskunde havo 2")
    school.enrol("h2b.wi", "t2", "teacher")
    for one in ("s5", "s6"):
        school.enrol("h2b.wi", one)
    school.row("users", "s1")["givenName"] = "Zoé"
    school.drop_person("s4")
    await imported(school, tmp_path)
    feedback = await write_feedback("s5", "h2b.wi", "t2")

    with clock.at(WINTER):
        import_id = await undo_last(SLUG)

    assert await stored.today(SLUG) == before
    assert await db.fetchval("select remark from feedback where id = $1", feedback) == "canary-remark"
    kind = await stored.one(SLUG, "person", "s5")
    assert (kind["left_on"], (await stored.one(SLUG, "class_group", "h2b.wi"))["ended_on"]) == (date(2027, 1, 11),) * 2
    assert not await db.fetchval(
        "select exists(select 1 from person where sourced_id = 's6' and school_id = $1)", kind["school_id"]
    )
    log = await db.fetchrow("select undone_at, undone_by from roster_import where id = $1", import_id)
    assert log is not None
    assert log["undone_at"] is not None
    with pytest.raises(NothingToUndoError):
        await undo_last(SLUG)


async def test_many_people_who_came_by_mistake_end_at_once_and_go_by_and_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "PEOPLE", 2)
    await imported(small_school(), tmp_path)
    before = await stored.today(SLUG)
    school = small_school()
    for number in range(7):
        school.enrol("h2a.wi", school.person(f"x{number}", "student", "Sam", "Bakker"))
    await imported(school, tmp_path)
    await write_feedback("x3", "h2a.wi", "t2")
    await undo_last(SLUG)
    ended = await stored.today(SLUG)
    school_id = await stored.enter(SLUG)
    others = "select sourced_id from person where school_id = $1 and left_on is not null order by sourced_id"
    waiting = len(await db.fetch(others, school_id))
    # One of them comes with the next class list, before the night.
    await db.execute("update person set left_on = null where school_id = $1 and sourced_id = 'x4'", school_id)

    await clear(school_id)
    await clear(school_id)

    assert ended == before
    assert waiting == 5
    assert [row["sourced_id"] for row in await db.fetch(others, school_id)] == ["x3"]
    assert (await stored.one(SLUG, "person", "x4"))["left_on"] is None
    assert await db.fetchval("select count(*) from roster_before where school_id = $1", school_id) == 0


async def test_what_was_decided_by_hand_after_an_import_stays_when_it_is_taken_back(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    school.person("t3", "teacher", "Nieuwe", "Docent")
    school.row("users", "s1")["givenName"] = "Zoé"
    await imported(school, tmp_path)
    await db.execute("update person set source = 'manual' where sourced_id in ('t3', 's1')")

    await undo_last(SLUG)

    assert (await stored.one(SLUG, "person", "t3"))["left_on"] is None
    assert (await stored.one(SLUG, "person", "s1"))["given_name"] == "Zoé"


async def test_only_the_last_import_is_kept_for_undo(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path)
    school = small_school()
    school.row("users", "s1")["givenName"] = "Zoé"
    await imported(school, tmp_path)
    school.row("users", "s1")["givenName"] = "Zoe"
    last = await imported(school, tmp_path)

    kept = await db.fetch("select distinct import_id from roster_before where school_id = $1", await stored.enter(SLUG))

    assert [row["import_id"] for row in kept] == [last.import_id]
    await undo_last(SLUG)
    assert (await stored.one(SLUG, "person", "s1"))["given_name"] == "Zoé"


async def test_another_school_is_not_touched(tmp_path: Path) -> None:
    await imported(small_school(), tmp_path, slug="other")
    before = await stored.everything("other")

    await imported(small_school(), tmp_path)
    school = small_school()
    school.drop_person("s1")
    await imported(school, tmp_path)

    assert await stored.everything("other") == before


def not_a_zip(path: Path) -> None:
    path.write_bytes(b"geen zip")


def bomb(path: Path) -> None:
    school = small_school()
    school.extra["results.csv"] = b"0" * 3_000_000
    school.write(path)


def wrong_headers(path: Path) -> None:
    school = small_school()
    school.replaced["users"] = b"Stamnr,Roepnaam\r\n1,Zo\r\n"
    school.write(path)


def latin_1(path: Path) -> None:
    school = small_school()
    school.replaced["users"] = school.text(school.headers["users"], school.rows["users"]).replace("ë".encode(), b"\xeb")
    school.write(path)


def duplicate_ids(path: Path) -> None:
    school = small_school()
    school.rows["users"].append(dict(school.row("users", "s1")))
    school.write(path)


def dangling(path: Path) -> None:
    school = small_school()
    school.row("enrollments", "e-h2a-s1")["userSourcedId"] = "nobody"
    school.write(path)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (not_a_zip, [("zip_broken", "bad.zip", None, None)]),
        (bomb, [("zip_ratio", "bad.zip", None, None)]),
        (
            wrong_headers,
            [("column_missing", "users.csv", 1, column) for column in ("sourcedId", "givenName", "familyName")],
        ),
        (latin_1, [("not_utf8", "users.csv", 7, "givenName")]),
        (duplicate_ids, [("id_twice", "users.csv", 11, "sourcedId")]),
        (dangling, [("reference", "enrollments.csv", 8, "userSourcedId")]),
    ],
)
async def test_a_bad_file_tells_every_error_and_changes_nothing(
    tmp_path: Path, spoil: Callable[[Path], None], expected: list[tuple[str, str, int | None, str | None]]
) -> None:
    await imported(small_school(), tmp_path)
    before = await stored.everything(SLUG)
    spoil(tmp_path / "bad.zip")

    with pytest.raises(RosterFileError) as caught:
        await import_file(tmp_path / "bad.zip", SLUG)

    assert [(one.code, one.file, one.line, one.column) for one in caught.value.problems] == expected
    assert await stored.everything(SLUG) == before


async def test_the_demo_school_comes_through_the_import(tmp_path: Path) -> None:
    import server.demo

    path = Path(server.demo.__file__).parent / "school.zip"
    with clock.at(AUTUMN):
        summary = await import_file(path, SLUG, create_school=True)
        again = await import_file(path, SLUG)
        school_id = await stored.enter(SLUG)
        sizes = await db.fetch(
            "select g.title, count(*) as n from class_group g join current_enrolment e on e.group_id = g.id "
            "where g.school_id = $1 and e.role = 'student' and g.title like 't1a%' group by g.title",
            school_id,
        )

    assert counts(summary, Kind.PERSON)[0] == 435
    assert again.nothing
    assert len(sizes) > 8
    assert {row["n"] for row in sizes} == {28}


def test_titles_sort_as_people_count() -> None:
    assert sorted(["h10a", "h2b", "H2a", "h2a.wi", "h2a.netl"], key=title_key) == [
        "H2a",
        "h2a.netl",
        "h2a.wi",
        "h2b",
        "h10a",
    ]


async def write_feedback(student: str, group: str, teacher: str) -> UUID:
    """A round with one feedback in it, as the server would have written it."""
    who = {name: (await stored.one(SLUG, "person", name))["id"] for name in (student, teacher)}
    lesson = await stored.one(SLUG, "class_group", group)
    school_id = lesson["school_id"]
    round_id = await db.fetchval(
        "insert into round (school_id, name, state, deadline, required, audience) "
        "values ($1, 'Herfst', 'open', now() + interval '6 days', '{}', '{}') returning id",
        school_id,
    )
    pair = (school_id, round_id, who[student], lesson["id"])
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)", *pair
    )
    feedback: UUID = await db.fetchval(
        "insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, author_id, written_by) "
        "values ($1, $2, $3, $4, 'on_track', 'canary-remark', $5, array[$5::uuid]) returning id",
        *pair,
        who[teacher],
    )
    return feedback
