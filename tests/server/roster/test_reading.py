"""Reading a roster that is fine, however untidy: the same people, groups and enrolments come out."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from server.roster.mirror import cells_of
from server.roster.model import GroupKind, Roster, RosterGroup, RosterPerson
from server.roster.names import fold, sort_key, split_particle
from server.roster.oneroster import read_roster
from server.roster.programme import level_of, subject_from_course, year_of
from tests.roster_files import Zip, small_school

TODAY = date(2026, 11, 23)


def read(school: Zip, tmp_path: Path) -> Roster:
    return read_roster(school.write(tmp_path / "school.zip"), today=TODAY)


def person(roster: Roster, sourced_id: str) -> RosterPerson:
    return next(one for one in roster.people if one.sourced_id == sourced_id)


def group(roster: Roster, sourced_id: str) -> RosterGroup:
    return next(one for one in roster.groups if one.sourced_id == sourced_id)


def codes(roster: Roster) -> list[str]:
    return [problem.code for problem in roster.warnings]


def test_a_school_of_version_1_2_is_read_whole(tmp_path: Path) -> None:
    roster = read(small_school(), tmp_path)

    assert (roster.version, roster.school_name, roster.warnings) == ("1.2", "Testcollege", ())
    assert [(year.title, year.starts_on, year.ends_on) for year in roster.academic_years] == [
        ("2026-2027", date(2026, 8, 1), date(2027, 7, 31))
    ]
    assert {(subject.code, subject.name) for subject in roster.subjects} == {("netl", "Nederlands"), ("wi", "Wiskunde")}
    zoe = person(roster, "s1")
    assert (zoe.given_name, zoe.particle, zoe.family_name, zoe.sort_key) == ("Zoë", "van den", "Berg", "berg  zoe")
    assert zoe.roles == {"student"}
    assert zoe.grades == ("02",)
    home, lesson = group(roster, "h2a"), group(roster, "h2a.netl")
    assert (home.kind, home.subject_code, home.level, home.year) == (GroupKind.HOME, None, "havo", 2)
    assert (lesson.kind, lesson.subject_code, lesson.subject_name) == (GroupKind.TEACHING, "netl", "Nederlands")
    assert lesson.academic_year_id == "year", "the school year stands above the term of the class"
    late = next(one for one in roster.enrolments if one.sourced_id == "e-h2a.wi-s2")
    assert (late.begins_on, late.ends_on) == (date(2026, 10, 5), None)
    assert [(one.student_id, one.guardian_id) for one in roster.guardianships] == [
        ("s1", "g1"),
        ("s1", "g2"),
        ("s2", "g2"),
    ]


def test_version_1_1_gives_the_same_school(tmp_path: Path) -> None:
    newer, older = read(small_school(), tmp_path), read(small_school().to_1_1(), tmp_path)

    assert older.version == "1.1"
    assert (older.people, older.groups, older.enrolments, older.guardianships) == (
        newer.people,
        newer.groups,
        newer.enrolments,
        newer.guardianships,
    )


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path) -> None:
    shuffled = small_school()
    mixer = random.Random(7)
    for rows in shuffled.rows.values():
        mixer.shuffle(rows)
    for file, columns in shuffled.headers.items():
        names = list(columns.items())
        mixer.shuffle(names)
        shuffled.headers[file] = dict(names)

    assert read(shuffled, tmp_path) == read(small_school(), tmp_path)


def test_bom_semicolons_line_ends_and_case_of_headers_do_not_matter(tmp_path: Path) -> None:
    plain = read(small_school(), tmp_path)
    for delimiter, line_end, bom in ((";", "\n", True), ("\t", "\r\n", False), (",", "\r", True)):
        untidy = small_school()
        untidy.delimiter, untidy.line_end, untidy.bom = delimiter, line_end, bom
        for columns in untidy.headers.values():
            for column in columns:
                columns[column] = f" {column.upper()} "

        assert read(untidy, tmp_path) == plain


def test_extension_columns_and_passwords_are_not_read(tmp_path: Path) -> None:
    school = small_school()
    for columns in school.headers.values():
        columns["metadata.x"] = "metadata.jp.kana"
    school.row("users", "s1")["password"] = "canary-geheim"
    school.row("users", "s1")["metadata.x"] = "canary-kana"

    roster = read(school, tmp_path)

    assert roster.people == read(small_school(), tmp_path).people
    assert "canary" not in repr(roster)


def test_misspelled_headers_and_file_names_are_read_with_a_warning(tmp_path: Path) -> None:
    school = small_school()
    school.headers["users"]["dateLastModified"] = "dataLastModified"
    school.headers["users"]["familyName"] = "familiyName"
    school.names["enrollments"] = "enrolments.csv"

    roster = read(school, tmp_path)

    assert roster.people == read(small_school(), tmp_path).people
    assert [(one.code, one.file, one.column) for one in roster.warnings] == [
        ("file_guessed", "enrolments.csv", None),
        ("column_guessed", "users.csv", "familiyName"),
    ]


def test_a_folder_in_the_zip_and_other_files_do_no_harm(tmp_path: Path) -> None:
    school = small_school()
    school.names = {file: f"export 2026/{name.upper()}" for file, name in school.names.items()}
    school.extra = {"__MACOSX/._users.csv": b"\0", "export 2026/leesmij.txt": b"hallo", "userprofiles.csv": b"x\n"}

    assert read(school, tmp_path) == read(small_school(), tmp_path)


def test_a_name_that_points_outside_the_zip_is_left_alone(tmp_path: Path) -> None:
    school = small_school()
    school.extra = {"../users.csv": b"x", "/etc/users.csv": b"x", "..\\..\\classes.csv": b"x", "C:\\orgs.csv": b"x"}

    roster = read(school, tmp_path)

    assert codes(roster) == ["entry_ignored"] * 4
    assert roster.people == read(small_school(), tmp_path).people
    assert [path.name for path in tmp_path.iterdir()] == ["school.zip"], "nothing is unpacked to disk"


def test_empty_status_is_active_and_booleans_may_shout(tmp_path: Path) -> None:
    school = small_school()
    for rows in school.rows.values():
        for row in rows:
            row["status"] = ""
    for row in school.rows["users"]:
        row["enabledUser"] = "TRUE"
    school.row("users", "s1")["enabledUser"] = "False"

    roster = read(school, tmp_path)

    assert not person(roster, "s1").enabled
    assert all(one.enabled for one in roster.people if one.sourced_id != "s1")
    assert len(roster.people) == len(read(small_school(), tmp_path).people)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1/15/2027", date(2027, 1, 15)),
        ("5/5/2027", date(2027, 5, 5)),
        ("31/12/2026", date(2026, 12, 31)),
        ("31-12-2026", date(2026, 12, 31)),
        ("1-5-2027", date(2027, 5, 1)),
        ("1.5.2027 00:00", date(2027, 5, 1)),
        ("12-31-2026", date(2026, 12, 31)),
        ("2027/1/5", date(2027, 1, 5)),
        ("20270105", date(2027, 1, 5)),
    ],
)
def test_dates_of_other_countries_are_read_and_said(tmp_path: Path, written: str, meant: date) -> None:
    school = small_school()
    row = school.row("enrollments", "e-h2a-s1")
    row["endDate"] = written

    roster = read(school, tmp_path)

    assert next(one.ends_on for one in roster.enrolments if one.sourced_id == "e-h2a-s1") == meant
    [warning] = roster.warnings
    line = school.rows["enrollments"].index(row) + 2
    assert (warning.code, warning.line, warning.column) == ("date_guessed", line, "endDate")
    assert warning.params == {"value": written, "date": meant.isoformat()}


@pytest.mark.parametrize(("other", "meant"), [("8/24/2026", date(2027, 1, 5)), ("24/8/2026", date(2027, 5, 1))])
def test_another_date_of_the_file_tells_whether_day_or_month_comes_first(
    tmp_path: Path, other: str, meant: date
) -> None:
    school = small_school()
    school.row("enrollments", "e-h2a-s1")["endDate"] = "1/05/2027"
    school.rows["enrollments"][-1]["beginDate"] = other

    roster = read(school, tmp_path)

    assert next(one.ends_on for one in roster.enrolments if one.sourced_id == "e-h2a-s1") == meant
    assert codes(roster) == ["date_guessed"] * 2


def test_names_that_exports_give_to_columns_roles_and_types_are_understood(tmp_path: Path) -> None:
    school = small_school()
    school.headers["users"] |= {"givenName": "First Name", "familyName": "last_name", "enabledUser": "Enabled"}
    school.headers["enrollments"] |= {
        "sourcedId": "sourceId",
        "beginDate": "startDate",
        "userSourcedId": "user_sourced_id",
    }
    for row in school.rows["users"]:
        row["enabledUser"] = "Yes"
    school.row("roles", "r-s1")["role"] = "Pupil"
    school.row("classes", "h2a")["classType"] = "Home room"

    roster = read(school, tmp_path)

    expected = read(small_school(), tmp_path)
    assert (roster.people, roster.groups, roster.enrolments) == (expected.people, expected.groups, expected.enrolments)
    assert sorted((one.code, one.column) for one in roster.warnings) == [
        ("column_guessed", "Enabled"),
        ("column_guessed", "First Name"),
        ("column_guessed", "last_name"),
        ("column_guessed", "sourceId"),
        ("column_guessed", "startDate"),
        ("role_guessed", "role"),
    ]


def test_an_enrolment_that_names_several_groups_or_people_counts_for_each(tmp_path: Path) -> None:
    school = small_school()
    school.drop("enrollments", "e-h2b-s3", "e-h2b.netl-s3", "e-h2b-s4", "e-h2b.netl-s4")
    school.add("enrollments", sourcedId="both", classSourcedId="h2b;h2b.netl", userSourcedId="s3, s4", role="student")

    roster = read(school, tmp_path)

    plain = {(one.group_id, one.person_id, one.role) for one in read(small_school(), tmp_path).enrolments}
    assert {(one.group_id, one.person_id, one.role) for one in roster.enrolments} == plain
    assert len({one.sourced_id for one in roster.enrolments}) == len(roster.enrolments)
    assert codes(roster) == ["ids_split"] * 2


def test_what_is_nobodys_business_is_never_read(tmp_path: Path) -> None:
    school = small_school()
    school.extra = {"demographics.csv": b"sourcedId,birthDate,ethnicity\r\ns1,2012-01-01,canary\r\n"}
    school.headers["users"] |= {"ethnicity": "ethnicity", "birthDate": "birthDate", "passwd": "Pass word"}
    school.row("users", "s1").update(
        ethnicity="canary", birthDate="canary", password="canary", passwd="canary", phone="canary"
    )

    assert "canary" not in repr(read(school, tmp_path))


def test_a_time_behind_a_date_is_no_surprise(tmp_path: Path) -> None:
    school = small_school()
    school.row("enrollments", "e-h2a-s1")["beginDate"] = "2026-08-24T00:00:00.000Z"

    roster = read(school, tmp_path)

    assert roster.warnings == ()
    assert next(one.begins_on for one in roster.enrolments if one.sourced_id == "e-h2a-s1") == date(2026, 8, 24)


def test_several_ids_in_one_cell_and_links_written_at_the_guardian(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s1")["agentSourcedIds"] = " g1 ; g2 ,g1"
    school.row("users", "s2")["agentSourcedIds"] = ""
    school.row("users", "g2")["agentSourcedIds"] = "s2|s3"

    roster = read(school, tmp_path)

    assert [(one.student_id, one.guardian_id) for one in roster.guardianships] == [
        ("s1", "g1"),
        ("s1", "g2"),
        ("s2", "g2"),
        ("s3", "g2"),
    ]


def test_an_agent_who_is_no_guardian_sees_nothing_by_it(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s3")["agentSourcedIds"] = "t1,s4"

    assert {one.student_id for one in read(school, tmp_path).guardianships} == {"s1", "s2"}


def test_rows_to_be_deleted_are_gone_with_all_that_hangs_on_them(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s1")["status"] = "tobedeleted"
    school.row("classes", "h2a.wi")["status"] = "ToBeDeleted"
    school.row("enrollments", "e-h2b-s3")["status"] = "tobedeleted"

    roster = read(school, tmp_path)

    assert "s1" not in {one.sourced_id for one in roster.people}
    assert "h2a.wi" not in {one.sourced_id for one in roster.groups}
    left = {one.sourced_id for one in roster.enrolments}
    assert not left & {"e-h2a-s1", "e-h2a.netl-s1", "e-h2a.wi-s2", "e-h2b-s3"}
    assert "e-h2b.netl-s3" in left
    assert {one.student_id for one in roster.guardianships} == {"s2"}


def test_a_role_that_ended_counts_no_more(tmp_path: Path) -> None:
    school = small_school()
    school.row("roles", "r-t1")["endDate"] = "2026-10-01"
    school.row("roles", "r-t2")["endDate"] = TODAY.isoformat()

    roster = read(school, tmp_path)

    assert person(roster, "t1").roles == frozenset()
    assert person(roster, "t2").roles == {"teacher"}
    assert [(one.code, one.file) for one in roster.warnings] == [("role_missing", "users.csv")]


def test_roles_and_class_types_of_extensions_are_left_out(tmp_path: Path) -> None:
    school = small_school()
    school.row("roles", "r-t1")["role"] = "ext:conciërge"
    school.row("classes", "h2a.wi")["classType"] = "ext:club"
    school.row("enrollments", "e-h2b-t2")["role"] = "proctor"

    roster = read(school, tmp_path)

    assert person(roster, "t1").roles == frozenset()
    assert "h2a.wi" not in {one.sourced_id for one in roster.groups}
    assert "e-h2b-t2" not in {one.sourced_id for one in roster.enrolments}


def test_the_preferred_name_is_the_name(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s2").update(preferredGivenName="Saar", preferredFamilyName="Bos")
    school.row("users", "s4").update(familyName="Linden", middleName="van der")

    roster = read(school, tmp_path)

    assert (person(roster, "s2").given_name, person(roster, "s2").family_name) == ("Saar", "Bos")
    assert (person(roster, "s4").particle, person(roster, "s4").family_name) == ("van der", "Linden")


def test_subjects_come_from_the_course_where_the_class_names_none(tmp_path: Path) -> None:
    school = small_school()
    school.row("classes", "h2a.wi").update(subjects="", subjectCodes="")
    school.row("courses", "crs-h2a.wi").update(title="Mens & natuur havo 2")
    school.row("classes", "h2b.netl").update(subjects="", subjectCodes="")
    school.row("courses", "crs-h2b.netl").update(subjects="Nederlands", subjectCodes="NETL")

    roster = read(school, tmp_path)

    assert (group(roster, "h2a.wi").subject_code, group(roster, "h2a.wi").subject_name) == (
        "mens-natuur",
        "Mens & natuur",
    )
    assert group(roster, "h2b.netl").subject_code == "netl"


def test_one_odd_row_does_not_rename_a_subject(tmp_path: Path) -> None:
    school = small_school()
    school.group("h2c.netl", "scheduled", "netl", "Aardig Nederlands")

    assert {one.code: one.name for one in read(school, tmp_path).subjects}["netl"] == "Nederlands"


def test_oddities_that_harm_nobody_are_warnings(tmp_path: Path) -> None:
    school = small_school()
    school.manifest = {}
    school.add("orgs", sourcedId="org2", name="Locatie Zuid", type="school")
    school.row("users", "s1")["email"] = "zoe"
    school.row("users", "s2")["username"] = "S1"

    roster = read(school, tmp_path)

    assert sorted(codes(roster)) == ["email_bad", "manifest_missing", "several_schools", "username_twice"]
    assert person(roster, "s1").email is None


def test_cells_with_line_breaks_do_not_shift_the_line_numbers(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "admin")["phone"] = "06\r\n010\r\n020"
    school.row("users", "t1")["email"] = "nee"

    [warning] = read(school, tmp_path).warnings

    assert warning.line == 5, "header, three lines of the admin, then t1"


@pytest.mark.parametrize(
    ("family", "middle", "particle", "name"),
    [
        ("van den Berg", "", "van den", "Berg"),
        ("de Vries-van Dam", "", "de", "Vries-van Dam"),
        ("'t Hart", "", "'t", "Hart"),
        ("van ’t Hof", "", "van ’t", "Hof"),
        ("in 't Veld", "", "in 't", "Veld"),
        ("d'Ancona", "", "d'", "Ancona"),
        ("D'Hondt", "", "", "D'Hondt"),
        ("Berg, van den", "", "van den", "Berg"),
        ("Berg", "van den", "van den", "Berg"),
        ("Berg", "Maria", "", "Berg"),
        ("Van der Meer", "", "Van der", "Meer"),
        ("De", "", "", "De"),
        ("O'Brien", "", "", "O'Brien"),
        ("Devries", "", "", "Devries"),
        ("Nguyễn", "", "", "Nguyễn"),
        ("  van   Dijk ", "", "van", "Dijk"),
        ("", "", "", ""),
    ],
)
def test_the_particle_is_taken_off_the_family_name(family: str, middle: str, particle: str, name: str) -> None:
    assert split_particle(family, middle) == (particle, name)


def test_people_sort_as_in_a_dutch_class_list() -> None:
    people = [
        ("Meer", "Zoë"),
        ("Meer-Dam", "Anna"),
        ("IJzerman", "Noor"),
        ("Özdemir", "Bo"),
        ("Yılmaz", "Ali"),
        ("Łuk", "Jan"),
    ]
    ordered = sorted(people, key=lambda one: sort_key(*one))

    assert [family for family, _ in ordered] == ["IJzerman", "Łuk", "Meer", "Meer-Dam", "Özdemir", "Yılmaz"]
    assert fold("Ĳsbrand O’Neill Straße") == "ijsbrand oneill strasse"


@pytest.mark.parametrize(
    ("course", "title", "level"),
    [
        ("Engels havo 2", "h2a.entl", "havo"),
        ("Mentoruur vmbo-tl 4", "t4a", "vmbo-tl"),
        ("Wiskunde VWO 5", "x", "vwo"),
        ("Latijn gymnasium 1", "g1a", "vwo"),
        ("Engels havo/vwo 1", "hv1a", "havo/vwo"),
        ("Nederlands vmbo kb 3", "3k2", "vmbo-kb"),
        ("Engels", "h4.entl1", "havo"),
        ("Engels", "2vb", None),
        ("Engels", "v6.entl2", "vwo"),
        ("", "4h", "havo"),
        ("Havoorbeeld", "x", None),
        ("Programmeren", "PR1", None),
    ],
)
def test_the_level_is_read_from_course_or_title(course: str, title: str, level: str | None) -> None:
    assert level_of(course, title) == level


@pytest.mark.parametrize(
    ("grades", "title", "year"),
    [(("02",), "h2a", 2), (("3", "04"), "h4.x1", 4), (("03", "04"), "x", 3), ((), "v6.entl2", 6), (("12",), "x", None)],
)
def test_the_year_is_read_from_grades_or_title(grades: tuple[str, ...], title: str, year: int | None) -> None:
    assert year_of(grades, title) == year


def test_the_subject_is_what_is_left_of_a_course_title() -> None:
    assert subject_from_course("Natuur- en scheikunde vmbo-tl 2") == "Natuur- en scheikunde"


def test_a_very_large_roster_stays_small_in_memory(tmp_path: Path) -> None:
    school = Zip()
    school.add(
        "academicSessions", sourcedId="y", title="y", type="schoolYear", startDate="2026-08-01", endDate="2027-07-31"
    )
    school.add("orgs", sourcedId="org", name="Groot", type="school")
    school.group("h2a", "homeroom")
    school.row("courses", "crs-h2a")["schoolYearSourcedId"] = "y"
    school.row("classes", "h2a")["termSourcedIds"] = "y"
    for number in range(24_000):
        school.enrol("h2a", school.person(f"s{number}", "student", "Sam", f"Bakker{number}"))
    path = school.write(tmp_path / "school.zip")
    del school

    code = (
        "import re, sys; from datetime import date; from pathlib import Path; "
        "from server.roster.oneroster import read_roster; "
        "roster = read_roster(Path(sys.argv[1]), today=date(2026, 11, 23)); "
        # The high-water mark of this program; getrusage would count the test run that started it as well.
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]; "
        "print(len(roster.people), int(peak) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    people, megabytes = map(int, done.stdout.split())

    assert people == 24_000
    assert megabytes < 300


def test_the_committed_demo_school_is_lively(tmp_path: Path) -> None:
    import server.demo

    roster = read_roster(Path(server.demo.__file__).parent / "school.zip", today=TODAY)

    students: dict[str, list[str]] = {}
    for one in roster.enrolments:
        if one.role == "student" and one.ends_on is None:
            students.setdefault(one.group_id, []).append(one.person_id)
    whole = [found for found in roster.groups if found.title.startswith("t1a")]
    assert len(whole) > 8
    assert {len(students[found.sourced_id]) for found in whole} == {28}, (
        "t1a and its teaching groups have 28 students each"
    )
    assert roster.warnings == ()
    names = {one.sourced_id: (one.given_name, one.family_name) for one in roster.people}
    home = [names[one] for one in students[next(one.sourced_id for one in whole if one.kind == GroupKind.HOME)]]
    assert len(set(home)) < len(home), "two students of one name in one home group"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{eckId:https://ketenid.nl/201703/abc}", "https://ketenid.nl/201703/abc"),
        ("{LDAP:zoe},{ECK iD : https://ketenid.nl/201703/abc }", "https://ketenid.nl/201703/abc"),
        ("{LDAP:zoe}", ""),
        ("ketenid.nl/abc", ""),
        ("", ""),
    ],
)
def test_the_eck_id_is_found_among_somebody_s_other_identifiers(tmp_path: Path, written: str, found: str) -> None:
    school = small_school()
    school.row("users", "s1")["userIds"] = written
    assert person(read(school, tmp_path), "s1").eck_id == found


def test_a_service_lists_other_identifiers_with_their_type() -> None:
    ids = [{"type": "LDAP", "identifier": "zoe"}, {"type": "eckId", "identifier": "https://ketenid.nl/1/a"}, "?", {}]
    assert cells_of("users", {"userIds": ids})["userIds"] == "{LDAP:zoe},{eckId:https://ketenid.nl/1/a}"
