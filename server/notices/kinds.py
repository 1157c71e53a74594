"""*** Which news makes which notice for whom: one table. ***

A kind says who may be concerned, over which channels and with which default, at once or in the day's digest, whether it waits
for quiet hours, how long it is of use, which fixed words it shows and where it leads. Its rule is asked when the notice is
made, again before each delivery, and again when the list is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.notices.kind import Audience, Count, Facts, Ids, Kind, OwnWords, Subject, Way
from server.rules import notices, visibility
from server.rules.facts import PlanState

# --- rules ------------------------------------------------------------------------------------------------------------


def _reads_share(facts: Facts, ids: Ids) -> bool:
    """The very version that the news is about still stands, and its reader is still meant."""
    report = facts.report
    return report is not None and any(share.id == ids.share and report.shared_verdict(share) for share in report.shares)


def _reads_plan(facts: Facts, ids: Ids) -> bool:
    return facts.report is not None and bool(facts.report.read_plan())


def _reads_agreements(facts: Facts, ids: Ids) -> bool:
    return facts.report is not None and bool(facts.report.read_agreements())


def _reads_what_was_concluded(facts: Facts, ids: Ids) -> bool:
    concluded = facts.report is not None and facts.report.plan is PlanState.CONCLUDED
    return concluded and _reads_agreements(facts, ids)


def _owes_agreement(facts: Facts, ids: Ids) -> bool:
    report, agreement = facts.report, facts.agreement
    if report is None or agreement is None:
        return False
    waits = agreement.due_on is not None and agreement.done_at is None
    return bool(
        notices.hear_agreement_due(
            facts.me.viewer,
            report.ties,
            report.student,
            report.school,
            report.share,
            agreement.facts,
            facts.me.today,
            waits=waits,
        )
    )


def _reads_question(facts: Facts, ids: Ids) -> bool:
    """It still waits. Taken back it is no news, and answered it is none either."""
    question = facts.question
    if question is None or not question.waits:
        return False
    return bool(visibility.read_question(facts.me.viewer, asked=question.asked, asker=False))


def _rates(facts: Facts, ids: Ids) -> bool:
    news = facts.round
    return news is not None and bool(notices.hear_to_rate(facts.me.viewer, news.facts, to_do=news.number))


def _shares(facts: Facts, ids: Ids) -> bool:
    news = facts.round
    return news is not None and bool(notices.hear_to_share(facts.me.viewer, news.facts, to_share=news.number))


def _awaits_plans(facts: Facts, ids: Ids) -> bool:
    news = facts.round
    return news is not None and bool(notices.hear_of_plans(facts.me.viewer, news.facts, missing=news.number))


def _can_close(facts: Facts, ids: Ids) -> bool:
    news = facts.round
    return news is not None and bool(notices.hear_round_complete(facts.me.viewer, news.facts, left=news.number))


def _administers(facts: Facts, ids: Ids) -> bool:
    return bool(notices.hear_of_roster(facts.me.viewer))


def _asked_for_bundle(facts: Facts, ids: Ids) -> bool:
    return bool(notices.hear_of_bundle(facts.me.viewer))


# --- until when -------------------------------------------------------------------------------------------------------


def _before_deadline(facts: Facts, made_at: datetime) -> datetime | None:
    """A reminder comes before the deadline or not at all; made after it, it goes by the rule alone."""
    if facts.round is None or made_at >= facts.round.deadline:
        return None
    return facts.round.deadline


def _that_day(facts: Facts, made_at: datetime) -> datetime | None:
    """The end of the day on which the agreement is due."""
    if facts.agreement is None or facts.agreement.due_on is None:
        return None
    return datetime.combine(facts.agreement.due_on + timedelta(days=1), time(), ZoneInfo(facts.me.zone))


# --- the table --------------------------------------------------------------------------------------------------------

PUSH_AND_MAIL: Final = Way(push=True, mail=True)
PUSH: Final = Way(push=True, mail=False)
DIGEST: Final = Way(digest=True)

REPORT_PAGE: Final = "/rounds/{round}/students/{student}"

REPORT_SHARED: Final = Kind(
    name="report.shared",
    to={Audience.STUDENT: PUSH_AND_MAIL, Audience.GUARDIAN: PUSH_AND_MAIL},
    about=Subject.REPORT,
    allows=_reads_share,
    leads_to=REPORT_PAGE,
    fact=("share",),
    other_words=True,
    urgency="high",
)
PLAN_HANDED_IN: Final = Kind(
    name="plan.handed_in",
    to={Audience.MENTOR: PUSH, Audience.TEACHER: DIGEST},
    about=Subject.REPORT,
    allows=_reads_plan,
    leads_to=REPORT_PAGE,
    fact=("plan", "number"),
    push_life=timedelta(days=2),
)
AGREEMENT_CHANGED: Final = Kind(
    name="agreement.changed",
    to={Audience.STUDENT: PUSH},
    about=Subject.REPORT,
    allows=_reads_agreements,
    leads_to=REPORT_PAGE,
    fact=("round", "student"),
    collapse=timedelta(hours=1),
    push_life=timedelta(days=1),
)
PLAN_CONCLUDED: Final = Kind(
    name="plan.concluded",
    to={Audience.STUDENT: PUSH_AND_MAIL, Audience.GUARDIAN: PUSH_AND_MAIL, Audience.MENTOR: PUSH},
    about=Subject.REPORT,
    allows=_reads_what_was_concluded,
    leads_to=REPORT_PAGE,
    fact=("plan",),
    other_words=True,
    # Student, guardian and mentor sit at one table, also in the evening.
    calm=False,
    urgency="high",
)
AGREEMENT_DUE: Final = Kind(
    name="agreement.due",
    to={Audience.STUDENT: PUSH, Audience.GUARDIAN: PUSH, Audience.MENTOR: PUSH, Audience.TEACHER: PUSH},
    about=Subject.AGREEMENT,
    allows=_owes_agreement,
    leads_to=REPORT_PAGE,
    fact=("agreement", "moment"),
    until=_that_day,
)
QUESTION_ASKED: Final = Kind(
    name="question.asked",
    to={Audience.TEACHER: DIGEST},
    about=Subject.QUESTION,
    allows=_reads_question,
    leads_to="/rounds",
    fact=("feedback", "number"),
    named=True,
)
ROUND_OPENED: Final = Kind(
    name="round.opened",
    to={Audience.RATER: PUSH_AND_MAIL},
    about=Subject.ROUND,
    allows=_rates,
    leads_to="/rounds",
    fact=("round",),
    count=Count.TO_RATE,
    until=_before_deadline,
    own=OwnWords.OPENED,
)
DEADLINE_NEAR: Final = Kind(
    name="round.deadline_near",
    to={Audience.RATER: PUSH_AND_MAIL},
    about=Subject.ROUND,
    allows=_rates,
    leads_to="/rounds",
    fact=("round", "moment"),
    count=Count.TO_RATE,
    named=True,
    until=_before_deadline,
    own=OwnWords.REMINDER,
)
DEADLINE_PASSED: Final = Kind(
    name="round.deadline_passed",
    to={Audience.RATER: PUSH_AND_MAIL},
    about=Subject.ROUND,
    allows=_rates,
    leads_to="/rounds",
    fact=("round", "moment"),
    count=Count.TO_RATE,
    named=True,
    push_life=timedelta(days=2),
    own=OwnWords.REMINDER,
)
ROUND_NUDGED: Final = Kind(
    name="round.nudged",
    to={Audience.RATER: PUSH_AND_MAIL},
    about=Subject.ROUND,
    allows=_rates,
    leads_to="/rounds",
    fact=("round", "day"),
    count=Count.TO_RATE,
    named=True,
    until=_before_deadline,
    push_life=timedelta(days=1),
    own=OwnWords.REMINDER,
)
ROUND_STAND_IN: Final = Kind(
    name="round.stand_in",
    to={Audience.RATER: PUSH_AND_MAIL},
    about=Subject.ROUND,
    allows=_rates,
    leads_to="/rounds",
    fact=("round",),
    # Some groups are given one after the other; the number tells of all of them.
    collapse=timedelta(hours=1),
    count=Count.TO_RATE,
    named=True,
    until=_before_deadline,
)
ROUND_CLOSED: Final = Kind(
    name="round.closed",
    to={Audience.ROUND_MENTOR: PUSH_AND_MAIL},
    about=Subject.ROUND,
    allows=_shares,
    leads_to="/students?round={round}",
    fact=("round",),
    # Closed again after a reopening of some days is news again.
    collapse=timedelta(hours=1),
    count=Count.TO_SHARE,
    own=OwnWords.CLOSED,
)
PLAN_MISSING: Final = Kind(
    name="plan.missing",
    to={Audience.ROUND_MENTOR: PUSH},
    about=Subject.ROUND,
    allows=_awaits_plans,
    leads_to="/students?round={round}",
    fact=("round", "moment"),
    count=Count.WITHOUT_PLAN,
    named=True,
)
ROUND_COMPLETE: Final = Kind(
    name="round.complete",
    to={Audience.ORGANISER: PUSH},
    about=Subject.ROUND,
    allows=_can_close,
    leads_to="/organise/{round}",
    fact=("round", "moment"),
    count=Count.LEFT,
)
ROSTER_IMPORTED: Final = Kind(
    name="roster.imported",
    to={Audience.ADMIN: PUSH},
    about=Subject.NOTHING,
    allows=_administers,
    leads_to="/admin/roster",
    fact=("import_",),
    named=True,
    push_life=timedelta(days=1),
)
ROSTER_FAILED: Final = Kind(
    name="roster.failed",
    to={Audience.ADMIN: PUSH_AND_MAIL},
    about=Subject.NOTHING,
    allows=_administers,
    leads_to="/admin/roster",
    fact=("upload", "source"),
    # A source that fails night after night is told of each morning, not each time it is asked for.
    collapse=timedelta(hours=12),
)
BUNDLE_READY: Final = Kind(
    name="bundle.ready",
    to={Audience.STAFF: PUSH},
    about=Subject.NOTHING,
    allows=_asked_for_bundle,
    leads_to="/students?bundles=mine",
    fact=("bundle",),
    named=True,
    push_life=timedelta(days=1),
)

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        REPORT_SHARED,
        PLAN_CONCLUDED,
        AGREEMENT_CHANGED,
        AGREEMENT_DUE,
        PLAN_HANDED_IN,
        PLAN_MISSING,
        QUESTION_ASKED,
        ROUND_OPENED,
        DEADLINE_NEAR,
        DEADLINE_PASSED,
        ROUND_NUDGED,
        ROUND_STAND_IN,
        ROUND_CLOSED,
        ROUND_COMPLETE,
        ROSTER_IMPORTED,
        ROSTER_FAILED,
        BUNDLE_READY,
    )
}
"""In the order of the page on which people choose."""

DAILY: Final = "digest"
"""The one mail and push a day with the counts of what came in. It is delivered like a notice and stands in no list."""
DAILY_WAY: Final = PUSH_AND_MAIL
DAILY_LIFE: Final = timedelta(hours=18)
DAILY_PAGE: Final = "/notices"

SILENT: Final = frozenset(
    {
        "round.reopened",
        "round.archived",
        "feedback.saved",
        "message.saved",
        "agreement.confirmed",
        "agreement.ticked",
    }
)
"""Kinds of the outbox that nobody is told about."""

LETTERS: Final[Mapping[str, str]] = {"invitation.made": "invitation", "code.asked": "code"}
"""Kinds that are a mail and no notice, each with the id of what it brings: nothing of them stands in the app."""
