"""What a plan means before it is one: its moments in the school's calendar, and its mails as their readers get them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from server.calendar import service as calendars
from server.errors import FieldError, require
from server.notices.timing import DAY, reminder
from server.platform import clock
from server.platform.mail import fixed_words
from server.platform.request import Me
from server.platform.texts import text
from server.rounds import plan_queries
from server.rounds.planning import in_order, refuse, words_errors
from server.rounds.schemas import ClosedDays, Mailing, MailPreview, ReminderMoment, Timing, TimingBody, WordsBody
from server.rules import lifecycle

FAR: Final = timedelta(days=400)
"""Reminders of deadlines further away are not known yet: nobody wrote down those holidays."""

MAILS: Final[tuple[tuple[Mailing, str, int], ...]] = (
    ("opened", "round_opened", 120),
    ("reminder", "round_deadline_near", 12),
    ("closed", "round_closed", 28),
)
"""The mails that take own words: one of each, with an example of the number in it."""


async def timing(me: Me, body: TimingBody) -> Timing:
    """When reminders go out, and what lies between opening and deadline.

    Raises:
        Invalid: the deadline is past or too far away, or the opening time comes after it.
    """
    require(lifecycle.plan_rounds(me.viewer))
    now = clock.now()
    errors = []
    if body.deadline <= now:
        errors.append(FieldError("/deadline", "in_past"))
    elif body.deadline - now > FAR:
        errors.append(FieldError("/deadline", "too_far", {"most": FAR.days}))
    elif body.opens_at is not None and body.opens_at >= body.deadline:
        errors.append(FieldError("/opens_at", "after_deadline"))
    refuse(errors)
    calendar = await calendars.of_school(me.school_id)
    opening = max(body.opens_at or now, now)
    first, last = calendar.day(opening), calendar.day(body.deadline)
    moments: list[ReminderMoment] = []
    for days in in_order(body.reminders):
        at = reminder(body.deadline, days, calendar)
        comes = at > opening and at not in {each.at for each in moments}
        moments.append(ReminderMoment(days, at, comes))
    holidays = [
        ClosedDays(each.name, each.first, each.last) for each in await calendars.holidays(me.school_id, first, last)
    ]
    return Timing(
        reminders=moments,
        school_days=sum(calendar.is_school_day(first + DAY * ahead) for ahead in range((last - first).days + 1)),
        holidays=holidays,
        deadline_free=not calendar.is_school_day(last),
        deadline_holiday=next((each.name for each in holidays if each.first <= last <= each.last), None),
    )


async def mails(me: Me, body: WordsBody) -> list[MailPreview]:
    """The round's mails with these own words, in the organiser's language. Sends nothing.

    Raises:
        Invalid: words that a mail cannot hold.
    """
    require(lifecycle.plan_rounds(me.viewer))
    refuse(await words_errors(me, body.words))
    school = await plan_queries.school_name(me.school_id)
    return [
        MailPreview(
            mailing=mailing,
            own=getattr(body.words, mailing),
            footer=text(me.locale, "mail.footer", school=school),
            **fixed_words(me.locale, key, n, school),
        )
        for mailing, key, n in MAILS
    ]
