"""The school's calendar, for its admin."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, put
from litestar.params import JSONBody

from server.calendar import service
from server.calendar.schemas import SchoolYearCalendar
from server.platform.policy import policy
from server.platform.request import signed_in
from server.rules.administration import administer

CALENDAR = "/api/v1/school/calendar"
TAGS = ["administration"]


@get(CALENDAR, opt=policy(administer), tags=TAGS)
async def read_calendar(request: Request[Any, Any, Any]) -> SchoolYearCalendar:
    """When the school is closed."""
    async with signed_in(request) as me:
        return await service.read(me)


@put(CALENDAR, opt=policy(administer), tags=TAGS)
async def write_calendar(request: Request[Any, Any, Any], data: JSONBody[SchoolYearCalendar]) -> SchoolYearCalendar:
    """Exactly these holidays: reminders, digests and quiet hours go by them from now on."""
    async with signed_in(request) as me:
        return await service.write(me, data)


handlers: list[Any] = [read_calendar, write_calendar]
