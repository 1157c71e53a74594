"""The group board and what is decided there: whose it is, from when on, and how much concern a student's stoplights ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from server.rules import visibility
from server.rules.facts import RoundFacts, RoundState, ShareFacts, Stoplight, Ties, Viewer
from server.rules.verdict import ALLOW, ALLOW_LOGGED, HIDDEN, Deny, Reason, Verdict

WEIGHTS: Final = {Stoplight.WARNING: 3, Stoplight.ATTENTION: 1}
"""What a stoplight adds to a student's concern: one *Pas op* stands above two *Let op*. The other stoplights add nothing."""


def was_closed(round_: RoundFacts) -> bool:
    """Has the round been closed, also when some of its groups are reopened? Until then nobody has the whole picture."""
    if round_.state in (RoundState.CLOSED, RoundState.ARCHIVED):
        return True
    return round_.state is RoundState.OPEN and round_.only_groups is not None


def see_board(viewer: Viewer, round_: RoundFacts, *, mentor: bool, in_scope: bool) -> Verdict:
    """The board of one home group in one round. Which stoplights stand on it is asked per feedback (`read_feedback`)."""
    verdict = visibility.see_group_board(viewer, mentor=mentor, in_scope=in_scope)
    if not verdict or round_.state is RoundState.DRAFT:
        return HIDDEN
    return verdict if was_closed(round_) else Deny(Reason.STILL_OPEN)


def read_decisions(viewer: Viewer, ties: Ties, round_: RoundFacts) -> Verdict:
    """Decisions as they stand: the mentor and the leader who may make them. All others read the version that was shared."""
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    if ties.mentor:
        return ALLOW
    return ALLOW_LOGGED if ties.leader and was_closed(round_) else HIDDEN


def write_decision(viewer: Viewer, ties: Ties, round_: RoundFacts) -> Verdict:
    """Note, change or take away what was decided: who has the board, once the round was closed and until it is archived."""
    if not viewer.active or not (ties.mentor or ties.leader) or round_.state is RoundState.DRAFT:
        return HIDDEN
    if round_.state is RoundState.ARCHIVED:
        return Deny(Reason.ROUND_ARCHIVED)
    return ALLOW if was_closed(round_) else Deny(Reason.STILL_OPEN)


def agree(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None, *, agreed: bool) -> Verdict:
    """Make an agreement of a decision, once: who writes agreements. `agreed`: it has become one that still stands."""
    verdict = visibility.write_agreements(viewer, ties, round_, share)
    return Deny(Reason.ALREADY_AGREED) if verdict and agreed else verdict


def concern(lights: Iterable[Stoplight | None]) -> int:
    """How much a student's stoplights ask for attention, to sort by: 0 where all goes well or nothing is known."""
    return sum(WEIGHTS.get(light, 0) for light in lights if light is not None)
