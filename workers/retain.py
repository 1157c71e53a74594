"""Clears away what is kept for a time only."""

from __future__ import annotations

from server.bundles import service as bundles
from server.notices import devices
from server.people.service import known_schools
from server.platform import retention
from server.roster import service as roster


async def retain() -> None:
    """Clear every school. Safe to run twice."""
    for school in await known_schools():
        await roster.clear(school.id)
        await devices.clear(school.id)
        await bundles.clear(school.id)
        await retention.clear(school.id)
