"""Rounds by the clock: open and close at the set time, and each day the pairs of open rounds by the roster of that day."""

from __future__ import annotations

import logging

from server.people.service import known_schools
from server.rounds import acts

log = logging.getLogger("driehoek.worker")


async def run_due_rounds() -> None:
    """Open and close the rounds whose time has come. Safe to run twice; one that fails does not stop the others."""
    for school_id, round_id, act in await acts.due():
        try:
            await acts.run_due(school_id, round_id, act)
        except Exception:
            log.exception("round failed", extra={"kind": act})


async def recompute() -> None:
    """Bring the open rounds of every school up to today's roster. Safe to run twice."""
    for school in await known_schools():
        try:
            await acts.recompute_open_rounds(school.id)
        except Exception:
            log.exception("recompute failed")
