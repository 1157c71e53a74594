"""`driehoek erasures apply`: after a backup was put back, nobody is back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from server.people.service import known_schools
from server.platform import clock, db
from server.retention import ledger
from server.settings import Settings
from tests.roster_files import small_school
from tests.server.roster.test_command import database, driehoek

__all__ = ["database"]


async def somebody(tmp_path: Path) -> tuple[UUID, UUID]:
    """The ids of a school and of a student of it."""
    path = small_school().write(tmp_path / "school.zip")
    await driehoek("roster", "import", path, "--school", "test")
    [school] = await known_schools()
    async with db.school_transaction(school.id):
        found = await db.fetchval(
            """select p.id from person p join person_role r on r.school_id = p.school_id and r.person_id = p.id
                where p.school_id = $1 and r.role = 'student' order by p.sort_key limit 1""",
            school.id,
        )
    return school.id, found


async def name_of(school_id: UUID, person_id: UUID) -> str:
    async with db.school_transaction(school_id):
        found: str = await db.fetchval("select family_name from person where id = $1", person_id)
    return found


@pytest.mark.usefixtures("database")
async def test_it_erases_again_whom_the_ledger_names(tmp_path: Path, settings: Settings) -> None:
    school_id, person_id = await somebody(tmp_path)
    file = tmp_path / "kept" / "erasures.jsonl"
    # Somebody of a school that this database never had hinders nobody.
    ledger.add(
        file, [ledger.Line(UUID(int=1), UUID(int=2), clock.now()), ledger.Line(school_id, person_id, clock.now())]
    )
    status, said, _ = await driehoek("erasures", "apply", "--ledger", file)
    assert (status, said.strip()) == (0, "1 person was erased again.")
    assert await name_of(school_id, person_id) == "N.N."
    status, said, _ = await driehoek("erasures", "apply", "--ledger", file)
    assert (status, said.strip()) == (0, "Nobody had come back.")


@pytest.mark.usefixtures("database")
async def test_it_says_so_where_there_is_no_ledger(tmp_path: Path) -> None:
    status, _, complaint = await driehoek("erasures", "apply", "--ledger", tmp_path / "nothing.jsonl")
    assert status == 1
    assert "There is no ledger" in complaint
