"""The round's state machine as one table with one door, and who may pass it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from server.rules.facts import RoundFacts, RoundState, Viewer
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason, Verdict


class Act(StrEnum):
    """What an organiser does to a round."""

    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Transition:
    """From where, to where (`None`: the round is gone), and whether it needs a deadline ahead and somebody to rate."""

    sources: frozenset[RoundState]
    target: RoundState | None
    needs_future: bool = False


TRANSITIONS: Final[dict[Act, Transition]] = {
    Act.OPEN: Transition(frozenset({RoundState.DRAFT}), RoundState.OPEN, needs_future=True),
    # Closing a partly reopened round closes the named groups again: same act, same target.
    Act.CLOSE: Transition(frozenset({RoundState.OPEN}), RoundState.CLOSED),
    Act.REOPEN: Transition(frozenset({RoundState.CLOSED}), RoundState.OPEN),
    Act.ARCHIVE: Transition(frozenset({RoundState.CLOSED}), RoundState.ARCHIVED),
    # Texts are never deleted by configuration: only a draft, which can have none, may go.
    Act.DELETE: Transition(frozenset({RoundState.DRAFT}), None),
}


def plan_rounds(viewer: Viewer) -> Verdict:
    """May the viewer make rounds and see all of them, drafts included? The organiser alone (product.md, Words)."""
    return ALLOW if viewer.active and viewer.organiser else HIDDEN


def change_round(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """May the viewer edit the round freely? Only as a draft; afterwards `adjust_round` says what is still possible."""
    if not plan_rounds(viewer):
        return HIDDEN
    return ALLOW if round_.state is RoundState.DRAFT else Deny(Reason.ROUND_NOT_DRAFT)


def adjust_round(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """May the viewer change what destroys nothing (name, explanation, deadline, watching, sharing)? Until archived."""
    if not plan_rounds(viewer):
        return HIDDEN
    return ALLOW if round_.state is not RoundState.ARCHIVED else Deny(Reason.ROUND_ARCHIVED)


def transition(viewer: Viewer, round_: RoundFacts, act: Act, *, deadline_ahead: bool = True, pairs: int = 1) -> Verdict:
    """May the viewer do `act` to the round now?

    `deadline_ahead`: the deadline lies in the future. `pairs`: how many (student, teaching group) the audience holds.
    """
    if not plan_rounds(viewer):
        return HIDDEN
    return system_transition(round_, act, deadline_ahead=deadline_ahead, pairs=pairs)


def system_transition(round_: RoundFacts, act: Act, *, deadline_ahead: bool = True, pairs: int = 1) -> Verdict:
    """The same without a person: opening and closing at the set time, by the worker."""
    step = TRANSITIONS[act]
    if round_.state not in step.sources:
        return Deny(Reason.WRONG_TRANSITION)
    if step.needs_future and not deadline_ahead:
        return Deny(Reason.DEADLINE_PAST)
    if step.needs_future and pairs < 1:
        return Deny(Reason.AUDIENCE_EMPTY)
    return ALLOW


def widen(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """May more groups be reopened beside those that are? Only while the round is open for some groups, not for all."""
    if not plan_rounds(viewer):
        return HIDDEN
    partly = round_.state is RoundState.OPEN and round_.only_groups is not None
    return ALLOW if partly else Deny(Reason.WRONG_TRANSITION)


def appoint_stand_in(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """May the viewer give a group of this round to a substitute, or take it back? The organiser, until it is archived.

    Only once the round was opened: a draft has no groups yet, and nobody may know of it.
    """
    if not plan_rounds(viewer):
        return HIDDEN
    if round_.state is RoundState.DRAFT:
        return Deny(Reason.ROUND_NOT_OPEN)
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


def choose_stand_in(viewer: Viewer, person_id: UUID) -> bool:
    """May the viewer choose this person? Not oneself: an organiser sees counts, and opens no texts to oneself."""
    return viewer.person_id != person_id


def nudge(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """May the viewer ask those who are behind to go on? The organiser, while there is something they can do about it."""
    if not plan_rounds(viewer):
        return HIDDEN
    return ALLOW if round_.state is RoundState.OPEN else Deny(Reason.ROUND_NOT_OPEN)
