"""Who takes the texts of a round along as a spreadsheet. Counts go to whoever sees them (`visibility.count_per_group`)."""

from __future__ import annotations

from server.rules.board import was_closed
from server.rules.facts import RoundFacts, RoundState, Viewer
from server.rules.verdict import ALLOW_LOGGED, HIDDEN, Deny, Reason, Verdict


def export_texts(viewer: Viewer, round_: RoundFacts, *, in_scope: bool) -> Verdict:
    """The feedback of the students of one's scope, always logged: the leader alone, once the round was closed.

    Mentors read their students' reports one by one, and an organiser who is no leader gets no texts. Which rows are in it is
    asked per feedback (`read_feedback`).
    """
    if not (viewer.active and viewer.leader and in_scope) or round_.state is RoundState.DRAFT:
        return HIDDEN
    return ALLOW_LOGGED if was_closed(round_) else Deny(Reason.STILL_OPEN)
