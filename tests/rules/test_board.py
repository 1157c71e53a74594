"""The group board, what is decided there, and texts in a file: every state of a round × every relation."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules import board, exports
from server.rules.facts import Stoplight
from server.rules.verdict import ALLOW, ALLOW_LOGGED, HIDDEN, Deny, Reason, Verdict
from tests.rules.cast import CAST, ROUNDS, SHARES

MENTORS = {"mentor", "mentor with own feedback to do"}
LEADER = "leader in scope"
NEVER_CLOSED = {"open", "open, mentors watch"}
STILL_OPEN = Deny(Reason.STILL_OPEN)

# For the mentor; the leader's reads are logged.
BOARD: dict[str, Verdict] = {
    "draft": HIDDEN,
    "open": STILL_OPEN,
    "open, mentors watch": STILL_OPEN,
    "reopened for this group": ALLOW,
    "reopened for this group, mentors watch": ALLOW,
    "reopened for another group": ALLOW,
    "closed": ALLOW,
    "closed, sharing off": ALLOW,
    "archived": ALLOW,
}
EVERYBODY = [pytest.param(state, who, id=f"{state} · {who}") for state, who in product(BOARD, CAST)]


@pytest.mark.parametrize(("state", "who"), EVERYBODY)
def test_who_sees_the_board_of_a_home_group(state: str, who: str) -> None:
    person = CAST[who]
    found = board.see_board(person.viewer, ROUNDS[state], mentor=person.ties.mentor, in_scope=person.ties.leader)
    if who in MENTORS:
        assert found == BOARD[state]
    elif who == LEADER:
        assert found == (ALLOW_LOGGED if BOARD[state] == ALLOW else BOARD[state])
    else:
        assert found == HIDDEN


@pytest.mark.parametrize(("state", "who"), EVERYBODY)
def test_who_reads_decisions_as_they_stand(state: str, who: str) -> None:
    person = CAST[who]
    found = board.read_decisions(person.viewer, person.ties, ROUNDS[state])
    if who in MENTORS:
        # What was decided before everything was reopened stays in the mentor's sight.
        assert found == (HIDDEN if state == "draft" else ALLOW)
    elif who == LEADER:
        assert found == (HIDDEN if state == "draft" or state in NEVER_CLOSED else ALLOW_LOGGED)
    else:
        assert found == HIDDEN


@pytest.mark.parametrize(("state", "who"), EVERYBODY)
def test_who_notes_what_was_decided(state: str, who: str) -> None:
    person = CAST[who]
    found = board.write_decision(person.viewer, person.ties, ROUNDS[state])
    if who in MENTORS | {LEADER}:
        assert found == {"archived": Deny(Reason.ROUND_ARCHIVED)}.get(state, BOARD[state])
    else:
        assert found == HIDDEN


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("state", "who"), EVERYBODY)
def test_who_makes_an_agreement_of_a_decision(state: str, who: str, share: str) -> None:
    person = CAST[who]
    found = board.agree(person.viewer, person.ties, ROUNDS[state], SHARES[share], agreed=False)
    again = board.agree(person.viewer, person.ties, ROUNDS[state], SHARES[share], agreed=True)
    if who not in MENTORS or state == "draft":
        assert found == again == HIDDEN
    elif SHARES[share] is None:
        assert found == again == Deny(Reason.NOT_SHARED)
    elif state == "archived":
        assert found == again == Deny(Reason.ROUND_ARCHIVED)
    else:
        assert (found, again) == (ALLOW, Deny(Reason.ALREADY_AGREED))


@pytest.mark.parametrize(("state", "who"), EVERYBODY)
def test_who_takes_texts_along_in_a_file(state: str, who: str) -> None:
    person = CAST[who]
    found = exports.export_texts(person.viewer, ROUNDS[state], in_scope=person.ties.leader)
    if who == LEADER:
        assert found == (ALLOW_LOGGED if BOARD[state] == ALLOW else BOARD[state])
    else:
        assert found == HIDDEN
    # A scope without the role (somebody led before) is nothing.
    if not person.viewer.leader:
        assert exports.export_texts(person.viewer, ROUNDS[state], in_scope=True) == HIDDEN


LIGHTS = st.lists(st.sampled_from([*Stoplight, None]), max_size=14)


@given(LIGHTS)
def test_only_let_op_and_pas_op_ask_for_concern(lights: list[Stoplight | None]) -> None:
    care = [light for light in lights if light in (Stoplight.ATTENTION, Stoplight.WARNING)]
    assert board.concern(lights) == board.concern(care)
    assert (board.concern(lights) > 0) == bool(care)


@given(LIGHTS)
def test_concern_grows_with_each_stoplight_that_asks_for_it(lights: list[Stoplight | None]) -> None:
    now = board.concern(lights)
    assert now < board.concern([*lights, Stoplight.ATTENTION]) < board.concern([*lights, Stoplight.WARNING])
    assert board.concern([*lights, Stoplight.ATTENTION, Stoplight.ATTENTION]) < board.concern(
        [*lights, Stoplight.WARNING]
    )
    assert board.concern(list(reversed(lights))) == now
