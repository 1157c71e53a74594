"""What comes due by the clock of each school: deadlines, plans that are missing, agreements."""

from __future__ import annotations

import logging

from server.notices import reminders
from server.people.service import known_schools

log = logging.getLogger("driehoek.worker")
JOBS = (reminders.remind_of_rounds, reminders.ask_for_plans, reminders.remind_of_agreements)


async def remind() -> int:
    """Tell what has come due; how much. Safe to run twice and beside others; one school that fails does not stop the others."""
    count = 0
    for school in await known_schools():
        for job in JOBS:
            try:
                count += await job(school.id)
            except Exception:
                log.exception("reminders failed", extra={"kind": job.__name__})
    return count
