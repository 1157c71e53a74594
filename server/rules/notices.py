"""Who hears of news that is about a round or about the school's own work; news about a student follows `visibility`.

Asked when a notice is made, each time it is shown, and again just before it is sent: what is done meanwhile is no news any more.
"""

from __future__ import annotations

from datetime import date

from server.rules import administration, lifecycle, visibility
from server.rules.facts import (
    AgreementFacts,
    Party,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    StudentFacts,
    Ties,
    Viewer,
)
from server.rules.verdict import ALLOW, HIDDEN, Verdict


def hear_to_rate(viewer: Viewer, round_: RoundFacts, *, to_do: int) -> Verdict:
    """The round is open, its deadline is near or past, or the organiser asks: only who has students left (`to_do`)."""
    open_ = round_.state is RoundState.OPEN and to_do > 0
    return ALLOW if open_ and visibility.see_round(viewer, round_) else HIDDEN


def hear_to_share(viewer: Viewer, round_: RoundFacts, *, to_share: int) -> Verdict:
    """The round closed: mentors with reports to share (`to_share`), where sharing is on."""
    shareable = round_.state is RoundState.CLOSED and round_.sharing and to_share > 0
    return ALLOW if shareable and visibility.see_round(viewer, round_) else HIDDEN


def hear_of_plans(viewer: Viewer, round_: RoundFacts, *, missing: int) -> Verdict:
    """Students have not handed in a plan: their mentor, until the round is archived."""
    awaited = round_.state is not RoundState.ARCHIVED and missing > 0
    return ALLOW if awaited and visibility.see_round(viewer, round_) else HIDDEN


def hear_round_complete(viewer: Viewer, round_: RoundFacts, *, left: int) -> Verdict:
    """Everything is in (`left` is none): who can close the round."""
    complete = round_.state is RoundState.OPEN and left == 0
    return ALLOW if complete and lifecycle.plan_rounds(viewer) else HIDDEN


def hear_agreement_due(
    viewer: Viewer,
    ties: Ties,
    student: StudentFacts,
    school: SchoolFacts,
    share: ShareFacts | None,
    agreement: AgreementFacts,
    today: date,
    *,
    waits: bool,
) -> Verdict:
    """An agreement has a day and is not done (`waits`): who owes it. A mentor may tick off all of them, but owes the own ones."""
    own = {
        Party.STUDENT: ties.is_student,
        Party.GUARDIAN: ties.guardian is not None,
        Party.MENTOR: ties.mentor,
        Party.TEACHER: agreement.owner_id == viewer.person_id,
    }
    if not waits or not own[agreement.party]:
        return HIDDEN
    ticks = visibility.tick_agreement(viewer, ties, student, school, share, agreement, today)
    return ALLOW if ticks else HIDDEN


def hear_of_roster(viewer: Viewer) -> Verdict:
    """An import finished or failed: who administers the school. What is in it is read with a second factor."""
    return administration.show_second_factor(viewer)


def hear_of_bundle(viewer: Viewer) -> Verdict:
    """A bundle of reports that a member of staff asked for is ready; opening it asks the rules of every report in it."""
    return ALLOW if viewer.active and viewer.staff else HIDDEN
