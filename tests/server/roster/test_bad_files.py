"""Every way in which a roster can be wrong is said with file, line and column."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from server.platform.texts import messages
from server.roster.errors import RosterFileError
from server.roster.model import Problem, Severity
from server.roster.oneroster import read_roster
from server.roster.plan import ENDS, FIELDS, Kind
from tests.roster_files import Zip, small_school

TODAY = date(2026, 11, 23)
Place = tuple[str, str, int | None, str | None]


def problems(path: Path) -> list[Problem]:
    with pytest.raises(RosterFileError) as caught:
        read_roster(path, today=TODAY)
    return list(caught.value.problems)


def places(school: Zip, tmp_path: Path) -> list[Place]:
    found = problems(school.write(tmp_path / "school.zip"))
    return [(one.code, one.file, one.line, one.column) for one in found if one.severity is Severity.ERROR]


def line(school: Zip, file: str, sourced_id: str) -> int:
    return school.rows[file].index(school.row(file, sourced_id)) + 2


def test_a_zip_that_is_not_there(tmp_path: Path) -> None:
    assert problems(tmp_path / "no.zip") == [Problem("zip_missing", "no.zip")]
    assert problems(tmp_path)[0].code == "zip_broken", "a folder is no zip"


@pytest.mark.parametrize(
    "spoil", [lambda data: b"", lambda data: b"naam,adres\r\n", lambda data: data[: len(data) // 2]]
)
def test_a_broken_zip(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = small_school().write(tmp_path / "school.zip")
    path.write_bytes(spoil(path.read_bytes()))

    assert problems(path) == [Problem("zip_broken", "school.zip")]


def test_a_zip_with_damaged_contents(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")
    with zipfile.ZipFile(path) as zipped:
        entry = zipped.getinfo("users.csv")
    data = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len("users.csv")
    data[start : start + entry.compress_size] = b"\xff" * entry.compress_size
    path.write_bytes(bytes(data))

    assert ("entry_broken", "users.csv") in [(one.code, one.file) for one in problems(path)]


def test_a_bomb_by_ratio_is_not_opened(tmp_path: Path) -> None:
    school = small_school()
    school.replaced["demographics"] = b""
    school.extra["demographics.csv"] = b"0" * 5_000_000

    [problem] = problems(school.write(tmp_path / "school.zip"))

    assert (problem.code, problem.params["entry"]) == ("zip_ratio", "demographics.csv")


def test_a_bomb_by_size_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "school.zip"
    block = bytes(range(256)) * 4096
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as zipped:
        for number in range(26):
            zipped.writestr(f"{number}.csv", block * 4)

    [problem] = problems(path)

    assert (problem.code, problem.params) == ("zip_size", {"most": "100"})


def test_a_zip_with_too_many_files_is_not_opened(tmp_path: Path) -> None:
    school = small_school()
    school.extra = {f"extra{number}.csv": b"x" for number in range(30)}

    assert [one.code for one in problems(school.write(tmp_path / "school.zip"))] == ["zip_entries"]


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")
    data = bytearray(path.read_bytes())
    header = data.index(b"PK\x01\x02")
    data[header + 8] |= 1
    path.write_bytes(bytes(data))

    assert [one.code for one in problems(path)] == ["zip_encrypted"]


def test_missing_files_are_all_named(tmp_path: Path) -> None:
    school = small_school()
    del school.rows["classes"], school.rows["roles"]
    school.rows["users"] = school.rows["enrollments"] = []

    assert places(school, tmp_path) == [
        ("file_missing", "classes.csv", None, None),
        ("file_missing", "roles.csv", None, None),
        ("nobody", "users.csv", None, None),
    ]


def test_a_zip_without_any_roster(tmp_path: Path) -> None:
    school = Zip()
    school.rows, school.manifest, school.extra = {}, {}, {"foto.jpg": b"x"}

    assert {code for code, *_ in places(school, tmp_path)} == {"file_missing"}


def test_one_file_twice(tmp_path: Path) -> None:
    school = small_school()
    school.extra = {"oud/users.csv": b"sourcedId\r\n"}

    assert places(school, tmp_path) == [("file_twice", "oud/users.csv", None, None)]


def test_wrong_headers_name_the_missing_column_and_what_is_there(tmp_path: Path) -> None:
    school = small_school()
    school.replaced["users"] = b"Stamnr,Roepnaam,Achternaam\r\n1,Zo,Berg\r\n"

    found = [one for one in problems(school.write(tmp_path / "school.zip")) if one.file == "users.csv"]

    assert [(one.code, one.line, one.column) for one in found] == [
        ("column_missing", 1, "sourcedId"),
        ("column_missing", 1, "givenName"),
        ("column_missing", 1, "familyName"),
    ]
    assert found[0].params == {"found": "Stamnr, Roepnaam, Achternaam"}


def test_a_file_that_cannot_be_read_gives_no_false_dangling_references(tmp_path: Path) -> None:
    school = small_school()
    school.replaced["classes"] = b"id;naam\r\n"

    assert {file for _, file, _, _ in places(school, tmp_path)} == {"classes.csv"}


@pytest.mark.parametrize(
    ("data", "code", "at"),
    [
        (b"", "file_empty", 1),
        (b"\r\n", "file_empty", 1),
        ("sourcedId,name\r\norg,x\r\n".encode("utf-16"), "utf16", 1),
        (b"sourcedId,name,name\r\norg,x,x\r\n", "column_twice", 1),
        (b'sourcedId,name\r\norg,"School\r\n', "row_unreadable", 2),
        (b'sourcedId,name\r\norg,"Sch"ool"\r\n', "row_unreadable", 2),
        (b"sourcedId,name\r\norg,a,b\r\n", "row_long", 2),
        (b"name,sourcedId\r\norg\r\n", "row_short", 2),
        (b"sourcedId,name\r\norg,a\x00b\r\n", "control_character", 2),
    ],
)
def test_files_that_are_no_proper_csv(tmp_path: Path, data: bytes, code: str, at: int) -> None:
    school = small_school()
    school.replaced["orgs"] = data

    assert (code, "orgs.csv", at) in [(found, file, line) for found, file, line, _ in places(school, tmp_path)]


def test_latin_1_bytes_are_told_with_line_and_column(tmp_path: Path) -> None:
    school = small_school()
    school.replaced["users"] = school.text(school.headers["users"], school.rows["users"]).replace("ë".encode(), b"\xeb")

    assert places(school, tmp_path) == [("not_utf8", "users.csv", line(school, "users", "s1"), "givenName")]


def test_every_duplicate_id_is_told_with_the_line_of_the_first(tmp_path: Path) -> None:
    school = small_school()
    school.add("users", sourcedId="s1", givenName="Twee", familyName="Keer")
    school.add("classes", sourcedId="h2a", title="h2a", classType="homeroom", courseSourcedId="crs-h2a")

    found = problems(school.write(tmp_path / "school.zip"))

    first = {one.file: one.params["first"] for one in found}
    assert [(one.code, one.line, one.column) for one in found] == [
        ("id_twice", len(school.rows["classes"]) + 1, "sourcedId"),
        ("id_twice", len(school.rows["users"]) + 1, "sourcedId"),
    ]
    assert first == {"classes.csv": "2", "users.csv": str(line(school, "users", "s1"))}


def test_every_dangling_reference_is_told(tmp_path: Path) -> None:
    school = small_school()
    school.row("academicSessions", "term")["parentSourcedId"] = "no-year"
    school.row("courses", "crs-h2a")["orgSourcedId"] = "no-org"
    school.row("classes", "h2a").update(courseSourcedId="no-course", termSourcedIds="term,no-term")
    school.row("users", "s1")["agentSourcedIds"] = "g1,no-guardian"
    school.row("roles", "r-t1")["userSourcedId"] = "no-user"
    school.row("enrollments", "e-h2a-s1")["classSourcedId"] = "no-class"
    school.row("enrollments", "e-h2a-s2")["userSourcedId"] = "no-student"

    assert places(school, tmp_path) == [
        ("reference", "academicSessions.csv", 3, "parentSourcedId"),
        ("reference", "courses.csv", 2, "orgSourcedId"),
        ("reference", "classes.csv", 2, "termSourcedIds"),
        ("reference", "classes.csv", 2, "courseSourcedId"),
        ("reference", "users.csv", line(school, "users", "s1"), "agentSourcedIds"),
        ("reference", "roles.csv", line(school, "roles", "r-t1"), "userSourcedId"),
        ("reference", "enrollments.csv", line(school, "enrollments", "e-h2a-s1"), "classSourcedId"),
        ("reference", "enrollments.csv", line(school, "enrollments", "e-h2a-s2"), "userSourcedId"),
    ]


@pytest.mark.parametrize(
    ("file", "sourced_id", "column", "value", "code"),
    [
        ("users", "s1", "status", "weg", "status_unknown"),
        ("users", "s1", "enabledUser", "misschien", "boolean_bad"),
        ("users", "s1", "givenName", "x" * 256, "value_long"),
        ("users", "s1", "sourcedId", "", "value_missing"),
        ("roles", "r-t1", "role", "baas", "role_unknown"),
        ("roles", "r-t1", "role", "", "value_missing"),
        ("roles", "r-t1", "endDate", "ooit", "date_bad"),
        ("classes", "h2a", "classType", "klas", "type_unknown"),
        ("classes", "h2a", "classType", "", "value_missing"),
        ("classes", "h2a", "title", "", "value_missing"),
        ("academicSessions", "year", "type", "jaar", "type_unknown"),
        ("academicSessions", "year", "startDate", "", "value_missing"),
        ("enrollments", "e-h2a-s1", "beginDate", "2026-02-30", "date_bad"),
        ("enrollments", "e-h2a-s1", "role", "vriend", "role_unknown"),
        ("enrollments", "e-h2a-s1", "primary", "2", "boolean_bad"),
        ("enrollments", "e-h2a-s1", "beginDate", "1/05/2026", "date_ambiguous"),
        ("enrollments", "e-h2a-s1", "beginDate", "31/31/2026", "date_bad"),
        ("enrollments", "e-h2a-s1", "beginDate", "1-05/2026", "date_bad"),
        ("enrollments", "e-h2a-s1", "sourcedId", "Manual:1", "id_reserved"),
        ("users", "s1", "sourcedId", "manual:s1", "id_reserved"),
    ],
)
def test_a_cell_that_makes_no_sense(
    tmp_path: Path, file: str, sourced_id: str, column: str, value: str, code: str
) -> None:
    school = small_school()
    at = line(school, file, sourced_id)
    school.row(file, sourced_id)[column] = value

    assert (code, f"{file}.csv", at, column) in places(school, tmp_path)


def test_someone_without_any_name(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s1").update(givenName="", familyName=" ")

    assert places(school, tmp_path) == [("value_missing", "users.csv", line(school, "users", "s1"), "familyName")]


def test_a_period_that_ends_before_it_begins(tmp_path: Path) -> None:
    school = small_school()
    school.row("enrollments", "e-h2a-s1").update(beginDate="2026-10-02", endDate="2026-10-01")

    assert places(school, tmp_path) == [
        ("period", "enrollments.csv", line(school, "enrollments", "e-h2a-s1"), "endDate")
    ]


def test_an_export_of_changes_only_is_refused_for_it_would_end_everything_else(tmp_path: Path) -> None:
    school = small_school()
    school.manifest["file.enrollments"] = "delta"

    [(code, file, _, column)] = places(school, tmp_path)

    assert (code, file, column) == ("delta", "manifest.csv", "value")


def test_two_dates_that_contradict_each_other_tell_no_order(tmp_path: Path) -> None:
    school = small_school()
    school.row("enrollments", "e-h2a-s1")["beginDate"] = "1/05/2026"
    school.row("enrollments", "e-h2a-s2").update(beginDate="8/24/2026", endDate="31/12/2026")

    found = [one for one in problems(school.write(tmp_path / "school.zip")) if one.severity is Severity.ERROR]

    assert [(one.code, one.line, one.column) for one in found] == [
        ("date_ambiguous", line(school, "enrollments", "e-h2a-s1"), "beginDate")
    ]
    assert found[0].params == {"value": "1/05/2026", "one": "2026-05-01", "other": "2026-01-05"}


def test_what_is_wrong_a_thousand_times_is_told_a_hundred_times_and_counted(tmp_path: Path) -> None:
    school = small_school()
    for number in range(300):
        school.enrol("h2a", school.person(f"x{number}", "student", "Sam", "Bakker", enabledUser="misschien"))

    found = problems(school.write(tmp_path / "school.zip"))

    assert [one.code for one in found].count("boolean_bad") == 100
    assert found[-1] == Problem("more", "users.csv", None, "enabledUser", {"count": "200"})


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    school = small_school()
    school.row("users", "s1")["enabledUser"] = "x"
    school.row("users", "s2")["status"] = "x"
    school.row("enrollments", "e-h2a-s1")["beginDate"] = "x"
    school.row("classes", "h2b")["classType"] = "x"

    assert len(places(school, tmp_path)) == 4


def test_each_problem_has_a_sentence_in_both_languages_with_the_same_gaps() -> None:
    folder = Path(read_roster.__code__.co_filename).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    dutch, english = messages("nl"), messages("en")
    keys = [key for key in dutch if key.startswith("roster.")]

    assert {key for key in english if key.startswith("roster.")} == set(keys)
    for key in keys:
        fields = [sorted(name for _, name, _, _ in _gaps(text[key]) if name) for text in (dutch, english)]
        assert fields[0] == fields[1], key
    unused = [key for key in keys if key.startswith("roster.problem.") and f'"{key.rsplit(".", 1)[1]}"' not in source]
    assert unused == []


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_row_and_each_of_its_fields_has_a_word_in_both_languages(kind: Kind) -> None:
    keys = [
        f"roster.kind.{kind}",
        *(f"roster.field.{name}" for name in (*FIELDS[kind], *filter(None, [ENDS.get(kind)]))),
    ]

    assert [key for key in keys if key not in messages("nl")] == []


def _gaps(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    import string

    return list(string.Formatter().parse(text))


def test_the_zip_is_read_where_it_lies(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")
    before = path.read_bytes()

    read_roster(path, today=TODAY)

    assert path.read_bytes() == before
    assert zipfile.is_zipfile(io.BytesIO(before))
