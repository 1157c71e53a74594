"""The round's state machine: every act from every state, by everybody."""

from __future__ import annotations

import pytest

from server.rules import lifecycle
from server.rules.facts import RoundFacts, RoundState
from server.rules.lifecycle import TRANSITIONS, Act
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason
from tests.rules.cast import CAST, GROUP

LEGAL = {
    (RoundState.DRAFT, Act.OPEN): RoundState.OPEN,
    (RoundState.DRAFT, Act.DELETE): None,
    (RoundState.OPEN, Act.CLOSE): RoundState.CLOSED,
    (RoundState.CLOSED, Act.REOPEN): RoundState.OPEN,
    (RoundState.CLOSED, Act.ARCHIVE): RoundState.ARCHIVED,
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", RoundState)
@pytest.mark.parametrize("who", CAST)
def test_only_an_organiser_passes_and_only_along_the_drawn_arrows(state: RoundState, act: Act, who: str) -> None:
    found = lifecycle.transition(CAST[who].viewer, RoundFacts(state), act)
    if who != "organiser":
        assert found == HIDDEN
    elif (state, act) in LEGAL:
        assert found == ALLOW
        assert TRANSITIONS[act].target is LEGAL[state, act]
    else:
        assert found == Deny(Reason.WRONG_TRANSITION)


def test_a_round_with_its_deadline_in_the_past_does_not_open() -> None:
    organiser = CAST["organiser"].viewer
    found = lifecycle.transition(organiser, RoundFacts(RoundState.DRAFT), Act.OPEN, deadline_ahead=False)
    assert found == Deny(Reason.DEADLINE_PAST)


def test_a_round_for_nobody_does_not_open() -> None:
    organiser = CAST["organiser"].viewer
    assert lifecycle.transition(organiser, RoundFacts(RoundState.DRAFT), Act.OPEN, pairs=0) == Deny(
        Reason.AUDIENCE_EMPTY
    )


def test_closing_needs_neither_deadline_nor_pairs() -> None:
    organiser = CAST["organiser"].viewer
    assert (
        lifecycle.transition(organiser, RoundFacts(RoundState.OPEN), Act.CLOSE, deadline_ahead=False, pairs=0) == ALLOW
    )


def test_a_partly_reopened_round_closes_again() -> None:
    partly = RoundFacts(RoundState.OPEN, only_groups=frozenset({GROUP}))
    assert lifecycle.transition(CAST["organiser"].viewer, partly, Act.CLOSE) == ALLOW


def test_the_worker_opens_and_closes_at_the_set_time_by_the_same_table() -> None:
    assert lifecycle.system_transition(RoundFacts(RoundState.DRAFT), Act.OPEN) == ALLOW
    assert lifecycle.system_transition(RoundFacts(RoundState.CLOSED), Act.CLOSE) == Deny(Reason.WRONG_TRANSITION)


@pytest.mark.parametrize("state", RoundState)
@pytest.mark.parametrize("who", CAST)
def test_what_would_touch_texts_is_edited_in_a_draft_only(state: RoundState, who: str) -> None:
    viewer = CAST[who].viewer
    change = lifecycle.change_round(viewer, RoundFacts(state))
    adjust = lifecycle.adjust_round(viewer, RoundFacts(state))
    if who != "organiser":
        assert (change, adjust) == (HIDDEN, HIDDEN)
        return
    assert change == (ALLOW if state is RoundState.DRAFT else Deny(Reason.ROUND_NOT_DRAFT))
    assert adjust == (Deny(Reason.ROUND_ARCHIVED) if state is RoundState.ARCHIVED else ALLOW)


@pytest.mark.parametrize("state", RoundState)
@pytest.mark.parametrize("partly", [False, True], ids=["all groups", "some groups"])
@pytest.mark.parametrize("who", CAST)
def test_more_groups_follow_only_while_some_are_reopened_and_only_by_an_organiser(
    who: str, partly: bool, state: RoundState
) -> None:
    round_ = RoundFacts(state, only_groups=frozenset({GROUP}) if partly else None)
    found = lifecycle.widen(CAST[who].viewer, round_)
    if who != "organiser":
        assert found == HIDDEN
    elif partly and state is RoundState.OPEN:
        assert found == ALLOW
    else:
        assert found == Deny(Reason.WRONG_TRANSITION)


@pytest.mark.parametrize("state", RoundState)
@pytest.mark.parametrize("who", CAST)
def test_only_an_organiser_gives_a_group_to_a_substitute_from_opening_until_archived(
    state: RoundState, who: str
) -> None:
    found = lifecycle.appoint_stand_in(CAST[who].viewer, RoundFacts(state))
    told = {RoundState.DRAFT: Deny(Reason.ROUND_NOT_OPEN), RoundState.ARCHIVED: Deny(Reason.ROUND_ARCHIVED)}
    assert found == (told.get(state, ALLOW) if who == "organiser" else HIDDEN)


def test_nobody_opens_a_groups_texts_to_oneself() -> None:
    organiser = CAST["organiser"].viewer
    assert not lifecycle.choose_stand_in(organiser, organiser.person_id)
    assert lifecycle.choose_stand_in(organiser, CAST["substitute"].viewer.person_id)


@pytest.mark.parametrize("state", RoundState)
@pytest.mark.parametrize("who", CAST)
def test_only_an_organiser_nudges_and_only_while_something_can_be_done(state: RoundState, who: str) -> None:
    found = lifecycle.nudge(CAST[who].viewer, RoundFacts(state))
    if who != "organiser":
        assert found == HIDDEN
    elif state is RoundState.OPEN:
        assert found == ALLOW
    else:
        assert found == Deny(Reason.ROUND_NOT_OPEN)
