"""Figures: one address, everything to filter by stands in the query."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromQuery

from server.figures import service
from server.figures.schemas import Figures
from server.platform.policy import policy
from server.platform.request import signed_in
from server.rules import figures
from server.rules.figures import Chosen


@get(
    "/api/v1/figures",
    opt=policy(figures.see_figures, figures.count_progress, figures.count_lights),
    tags=["figures"],
)
async def read_figures(
    request: Request[Any, Any, Any],
    round: FromQuery[UUID | None] = None,
    year: FromQuery[int | None] = None,
    level: FromQuery[str | None] = None,
    subject: FromQuery[UUID | None] = None,
    group: FromQuery[UUID | None] = None,
) -> Figures:
    """Counts of a round for the organiser, of the own scope for a leader. Nothing in them is about fewer than five students."""
    async with signed_in(request) as me:
        return await service.figures(me, round, Chosen(year, level, subject, group))


handlers: list[Any] = [read_figures]
