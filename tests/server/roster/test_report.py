"""What the command line says about an import."""

from __future__ import annotations

import pytest

from server.roster.errors import RosterFileError
from server.roster.model import Problem, Severity
from server.roster.plan import Kind, KindChange
from server.roster.report import describe, describe_errors
from server.roster.service import ImportSummary

LATE = Problem(
    "date_guessed", "users.csv", 3, "endDate", {"value": "1/5/2027", "date": "2027-01-05"}, severity=Severity.WARNING
)
ERROR = Problem("reference", "enrollments.csv", 12, "userSourcedId", {"id": "s9", "target": "users.csv"})


def summary(*changes: KindChange, dry_run: bool = False, warnings: tuple[Problem, ...] = ()) -> ImportSummary:
    return ImportSummary("demo", "school.zip", dry_run, None, False, changes, warnings)


def test_the_table_has_a_line_per_kind_with_its_numbers_under_the_right_heads() -> None:
    said = describe(
        summary(
            KindChange(Kind.PERSON, 12, 3, 1, 1200, {"email": 2, "title": 1}), KindChange(Kind.ENROLMENT, 0, 0, 0, 9)
        ),
        "nl",
    ).splitlines()

    assert said[0] == "school.zip is ingelezen voor school demo."
    assert said[2].split() == ["nieuw", "gewijzigd", "gestopt", "gelijk"]
    assert said[3].split() == ["Personen", "12", "3", "1", "1200"]
    assert said[4].split() == ["Plaatsingen", "0", "0", "0", "9"]
    assert [line.index(word) + len(word) for line, word in ((said[2], "gelijk"), (said[3], "1200"))] == [
        len(said[2])
    ] * 2
    assert "e-mailadres (2), titel (1)" in said[-1]


@pytest.mark.parametrize(
    ("change", "dry_run", "start"),
    [
        (KindChange(Kind.PERSON, 1, 0, 0, 0), True, "This is what changes in school demo"),
        (KindChange(Kind.PERSON, 0, 0, 0, 5), False, "school.zip has been read for school demo. Nothing changes."),
        (KindChange(Kind.PERSON, 0, 0, 0, 5), True, "school.zip has been read for school demo. Nothing changes."),
    ],
)
def test_a_preview_and_an_import_without_changes_say_so(change: KindChange, dry_run: bool, start: str) -> None:
    assert describe(summary(change, dry_run=dry_run), "en").startswith(start)


def test_warnings_follow_the_table() -> None:
    said = describe(summary(KindChange(Kind.PERSON, 1, 0, 0, 0), warnings=(LATE,)), "nl")

    assert said.endswith(
        "Let op (1):\nusers.csv, regel 3, kolom endDate: De datum 1/5/2027 lezen we als 2027-01-05. "
        "Schrijf een datum liever als 2026-08-24."
    )


def test_each_error_has_its_place_and_the_end_says_that_nothing_changed() -> None:
    said = describe_errors(RosterFileError("school.zip", [LATE, ERROR, ERROR]), "nl").splitlines()

    place = "enrollments.csv, regel 12, kolom userSourcedId: De id s9 komt niet voor in users.csv."
    assert said[:2] == [place, place]
    assert said[-1] == "2 fouten in school.zip. Er is niets veranderd."
    assert describe_errors(RosterFileError("a.zip", [ERROR]), "en").endswith("1 error in a.zip. Nothing was changed.")


def test_what_stands_in_a_file_cannot_steer_the_terminal() -> None:
    evil = Problem("role_unknown", "us\x1b[2Jers.csv", 2, "role", {"value": "\x1b]0;x\x07{id}"})

    said = describe_errors(RosterFileError("a.zip", [evil]), "nl")

    assert "\x1b" not in said
    assert "\x07" not in said
    assert "{id}" in said


def test_every_kind_has_a_name_in_both_languages() -> None:
    for language in ("nl", "en"):
        for kind in Kind:
            assert describe(summary(KindChange(kind, 1, 0, 0, 0)), language)
