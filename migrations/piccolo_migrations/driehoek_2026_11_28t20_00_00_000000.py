"""Statistics of notices and deliveries (see ../sql)."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.platform.db import run_script

ID = "2026-11-28T20:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "stock"

SQL = Path(__file__).resolve().parent.parent / "sql"


async def forwards() -> MigrationManager:
    """Run the file inside Piccolo's own transaction."""
    manager = MigrationManager(migration_id=ID, app_name="driehoek", description=DESCRIPTION)

    async def run() -> None:
        await run_script((SQL / "0023_stock.sql").read_text(encoding="utf-8"))

    manager.add_raw(run)
    return manager
