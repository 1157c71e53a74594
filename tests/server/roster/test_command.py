"""`driehoek roster import` as an administrator runs it: a process of its own, on a database that commits."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from server.platform import db
from server.roster.plan import Kind
from server.roster.service import import_file
from tests.roster_files import small_school
from tests.server.roster import stored


async def driehoek(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    command = [sys.executable, "-m", "server.cli", *map(str, arguments)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdout=pipe, stderr=pipe, env={**os.environ, "LANG": "nl_NL"}
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
async def database(fresh_database: str) -> None:
    await db.open_pool(4)


@pytest.mark.usefixtures("database")
async def test_the_command_imports_tells_what_changed_and_is_repeatable(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")

    looked = await driehoek("roster", "import", path, "--school", "test", "--dry-run")
    first = await driehoek("roster", "import", path, "--school", "test")
    again = await driehoek("roster", "import", path, "--school", "test", "--language", "en")

    assert looked[1].startswith("Dit verandert er in school test")
    assert first[0] == 0
    assert first[1].startswith("school.zip is ingelezen voor school test.")
    assert again[:2] == (0, again[1])
    assert again[1].startswith("school.zip has been read for school test. Nothing changes.")


@pytest.mark.usefixtures("database")
async def test_a_role_that_no_roster_knows_is_granted_to_exactly_one_person(tmp_path: Path) -> None:
    await import_file(small_school().write(tmp_path / "school.zip"), "test", create_school=True)

    nobody = await driehoek("grant", "organiser", "who@nowhere.example", "--school", "test")
    elsewhere = await driehoek("grant", "organiser", "t1", "--school", "other")
    first = await driehoek("grant", "organiser", "t1", "--school", "test")
    again = await driehoek("grant", "organiser", "t1", "--school", "test")

    assert nobody[0] == elsewhere[0] == 1
    assert "No people of test" in nobody[2]
    assert "no school other" in elsewhere[2]
    assert first[0] == again[0] == 0
    assert "is organiser now" in first[1]
    assert "was organiser already" in again[1]


@pytest.mark.usefixtures("database")
async def test_a_bad_file_is_told_on_standard_error_and_the_school_stays_as_it_was(tmp_path: Path) -> None:
    await import_file(small_school().write(tmp_path / "school.zip"), "test", create_school=True)
    async with db.transaction():
        before = await stored.everything("test")
    school = small_school()
    school.row("enrollments", "e-h2a-s1")["userSourcedId"] = "nobody"
    school.row("users", "s2")["enabledUser"] = "misschien"

    code, out, err = await driehoek("roster", "import", school.write(tmp_path / "bad.zip"), "--school", "test")

    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "users.csv, regel 8, kolom enabledUser: Hier hoort true of false te staan, en er staat: misschien.",
        "enrollments.csv, regel 8, kolom userSourcedId: De id nobody komt niet voor in users.csv.",
        "",
        "2 fouten in bad.zip. Er is niets veranderd.",
    ]
    async with db.transaction():
        assert await stored.everything("test") == before


@pytest.mark.usefixtures("database")
async def test_a_big_leave_is_asked_about_and_an_import_is_taken_back(tmp_path: Path) -> None:
    await import_file(small_school().write(tmp_path / "school.zip"), "test", create_school=True)
    async with db.transaction():
        before = await stored.today("test")
    school = small_school()
    school.drop_person("s1")
    path = school.write(tmp_path / "less.zip")

    looked = await driehoek("roster", "preview", path, "--school", "test")
    refused = await driehoek("roster", "import", path, "--school", "test")
    done = await driehoek("roster", "import", path, "--school", "test", "--confirm-leaving")
    back = await driehoek("roster", "undo", "--school", "test", "--language", "en")
    again = await driehoek("roster", "undo", "--school", "test")
    nowhere = await driehoek("roster", "undo", "--school", "nowhere")

    assert looked[0] == done[0] == back[0] == 0
    assert "Van de 9 mensen in deze school staan er 1 niet meer in dit bestand" in looked[1]
    assert (refused[0], refused[1]) == (1, "")
    assert "gebruik dan --confirm-leaving" in refused[2]
    assert back[1] == "The last import of school test was taken back.\n"
    assert (again[0], nowhere[0]) == (1, 1)
    assert "niets om terug te draaien" in again[2]
    assert "School nowhere bestaat niet" in nowhere[2]
    async with db.transaction():
        assert await stored.today("test") == before


@pytest.mark.usefixtures("database")
async def test_two_imports_at_once_follow_each_other(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")

    summaries = await asyncio.gather(*(import_file(path, "test", create_school=True) for _ in range(3)))

    assert sorted(one.of(Kind.PERSON).created for one in summaries) == [0, 0, 9]
    assert sum(one.nothing for one in summaries) == 2


@pytest.mark.usefixtures("database")
async def test_after_a_large_import_the_planner_knows_the_new_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "MANY", 5)

    await import_file(small_school().write(tmp_path / "school.zip"), "test", create_school=True)

    async with db.transaction():
        counted = await db.fetchval("select reltuples from pg_class where relname = 'enrolment'")
    assert counted > 0
