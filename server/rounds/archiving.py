"""The school year's end: rounds that were closed in it become read-only by themselves."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from server.audit import service as audit
from server.platform import clock, db, outbox
from server.rounds import queries
from server.rounds.facts import lock_name
from server.rounds.service import load
from server.rules import lifecycle
from server.rules import retention as rules
from server.rules.facts import RoundState
from server.rules.lifecycle import Act


async def archive_past_years(school_id: UUID) -> int:
    """Archive every closed round whose school year has passed; how many. Safe to run twice.

    A round belongs to the year of its deadline, or of its last closing where that came later: what was opened once more after
    the summer is of the new year. Open rounds and drafts are the organiser's to settle.
    """
    count = 0
    async with db.school_transaction(school_id):
        zone = ZoneInfo(await queries.zone(school_id))
        years = [(row["starts_on"], row["ends_on"]) for row in await queries.school_years(school_id)]
        today = clock.now().astimezone(zone).date()
        for row in await queries.closed(school_id):
            last = max(row["deadline"], row["closed_at"] or row["deadline"]).astimezone(zone).date()
            if not rules.year_over(last, years, today):
                continue
            await db.lock(lock_name(row["id"]))
            _, facts = await load(school_id, row["id"])
            # Somebody may have reopened it at this very moment.
            if not lifecycle.system_transition(facts, Act.ARCHIVE):
                continue
            await queries.change(school_id, row["id"], {"state": RoundState.ARCHIVED.value})
            await outbox.append(school_id, "round.archived", round=row["id"], by=None)
            await audit.record(school_id, None, "round.archived", round=row["id"])
            count += 1
    return count
