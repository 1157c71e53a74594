"""What becomes of the past: school years end, who left long ago is erased, and the ledger beside the database knows of it."""

from __future__ import annotations

from server.people.service import known_schools
from server.retention import ledger, service
from server.rounds.archiving import archive_past_years
from server.settings import Mode, Settings


async def let_go(settings: Settings) -> None:
    """Archive the rounds of past school years and erase whom the school keeps no longer. Safe to run twice.

    The demo school's rounds stay as they were made, whatever day it is.
    """
    # A backup that was put back must not bring anybody back, not even until tonight.
    await ledger.apply(settings.ledger_file)
    for school in await known_schools():
        if settings.mode is not Mode.DEMO:
            await archive_past_years(school.id)
        await service.retire(school.id)
    await keep_ledger(settings)


async def keep_ledger(settings: Settings) -> None:
    """Write down beside the database who was erased. Safe to run twice."""
    await ledger.keep(settings.ledger_file)
