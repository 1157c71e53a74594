"""Reports on paper: who may have them made, and who may still open them once they are (product.md, row *report PDFs*).

A bundle is made for one person from what that person may read on the screen, and it may lie for days: so everything is asked
again when it is opened, with what was put into it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from enum import StrEnum
from uuid import UUID

from server.rules import visibility
from server.rules.facts import RoundFacts, RoundState, SchoolFacts, ShareFacts, StudentFacts, Ties, Viewer
from server.rules.verdict import ALLOW, ALLOW_LOGGED, HIDDEN, Deny, Reason, Verdict


class Reading(StrEnum):
    """With whose eyes a report was put on paper: they see different things of it."""

    MENTOR = "mentor"
    LEADER = "leader"
    SHARED = "shared"
    """Student or guardian: the version that was shared."""


def reading(ties: Ties) -> Reading:
    """With whose eyes this viewer reads the student's report."""
    if ties.mentor:
        return Reading.MENTOR
    return Reading.LEADER if ties.leader else Reading.SHARED


def print_group(viewer: Viewer, round_: RoundFacts, *, mentor: bool, in_scope: bool) -> Verdict:
    """A whole home group: its mentor, or a leader who has it in scope (logged). A year and the school are all such groups."""
    if not viewer.active or round_.state is RoundState.DRAFT or not (mentor or in_scope):
        return HIDDEN
    if _all_open(round_):
        return Deny(Reason.BUNDLE_TOO_EARLY)
    return ALLOW if mentor else ALLOW_LOGGED


def print_student(
    viewer: Viewer,
    ties: Ties,
    round_: RoundFacts,
    student: StudentFacts,
    school: SchoolFacts,
    share: ShareFacts | None,
    today: date,
    *,
    talk_sheet: bool,
) -> Verdict:
    """One student: mentor and leader once the round was closed, student and guardian what was shared with them.

    The talk sheet, with room for the mentor's notes, is for staff.
    """
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    eyes = reading(ties)
    if eyes is Reading.SHARED and talk_sheet:
        return HIDDEN
    if eyes is not Reading.SHARED and _all_open(round_):
        return Deny(Reason.BUNDLE_TOO_EARLY)
    verdict = visibility.print_report(viewer, ties, student, school, share, today)
    # A leader who is the student's guardian too reads with a leader's eyes.
    return ALLOW_LOGGED if verdict and eyes is Reading.LEADER else verdict


def open_page(
    viewer: Viewer,
    ties: Ties,
    round_: RoundFacts,
    student: StudentFacts,
    school: SchoolFacts,
    share: ShareFacts | None,
    today: date,
    *,
    talk_sheet: bool,
    made_as: Reading,
    shown: AbstractSet[UUID],
    version_stands: bool,
) -> Verdict:
    """The pages of one student in a bundle that was made before.

    `share`: what was shared with the viewer now. `made_as`: with whose eyes they were made. `shown`: the groups whose feedback is
    in them. `version_stands`: the shared version that they were made with, if any, was not taken back.
    """
    verdict = print_student(viewer, ties, round_, student, school, share, today, talk_sheet=talk_sheet)
    if not verdict:
        return verdict
    now = reading(ties)
    if not version_stands or (now is not made_as and (now, made_as) != (Reading.MENTOR, Reading.LEADER)):
        return HIDDEN
    if made_as is not Reading.SHARED:
        # A group that is reopened hides its feedback again, except from its own teachers.
        reopened = {group for group in shown if not visibility.settled(round_, group)}
        if reopened - ties.teaches:
            return HIDDEN
    return verdict


def _all_open(round_: RoundFacts) -> bool:
    """Everybody still writes; after a partial reopening the rest is as it was."""
    return round_.state is RoundState.OPEN and round_.only_groups is None
