"""The first schema: school, cycle, plumbing, security (see ../sql)."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.platform.db import run_script

ID = "2026-11-23T21:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "school, cycle, plumbing, security"

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("0001_school.sql", "0002_cycle.sql", "0003_plumbing.sql", "0004_security.sql")


async def forwards() -> MigrationManager:
    """Run the files in order inside Piccolo's own transaction."""
    manager = MigrationManager(migration_id=ID, app_name="driehoek", description=DESCRIPTION)

    async def run() -> None:
        for name in FILES:
            await run_script((SQL / name).read_text(encoding="utf-8"))

    manager.add_raw(run)
    return manager
