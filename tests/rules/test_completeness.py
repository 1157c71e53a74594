"""When feedback is complete, and what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.completeness import Progress, complete, missing, progress
from server.rules.facts import Required, RoundFacts, RoundState, Stoplight

REQUIRED = {
    Stoplight.ATTENTION: Required(remark=True, action=True),
    Stoplight.WARNING: Required(remark=False, action=True),
}


@pytest.mark.parametrize(
    ("stoplight", "remark", "action", "asked"),
    [
        pytest.param(None, "Je werkt door.", "Ga verder.", ["stoplight"], id="text without a stoplight"),
        pytest.param(Stoplight.ON_TRACK, "", "", [], id="nothing asked, nothing written"),
        pytest.param(Stoplight.EXCELLENT, "", "", [], id="a stoplight without a rule asks nothing"),
        pytest.param(Stoplight.ATTENTION, "", "", ["remark", "action"], id="both asked, both empty"),
        pytest.param(Stoplight.ATTENTION, "Ik zag …", "", ["action"], id="the action is missing"),
        pytest.param(Stoplight.ATTENTION, " \n\t", "Laat zien", ["remark"], id="white space is no text"),
        pytest.param(Stoplight.WARNING, "", "Kom langs", [], id="only the action asked"),
        pytest.param(Stoplight.NO_PICTURE, "", "", ["reason"], id="no picture asks its reason"),
        pytest.param(Stoplight.NO_PICTURE, "Nieuw in de groep", "", [], id="no picture with a reason"),
    ],
)
def test_what_is_missing(stoplight: Stoplight | None, remark: str, action: str, asked: list[str]) -> None:
    assert missing(REQUIRED, stoplight, remark, action) == asked
    assert complete(RoundFacts(RoundState.OPEN, required=REQUIRED), stoplight, remark, action) == (not asked)


@given(st.lists(st.sampled_from([None, False, True])))
def test_progress_adds_up(states: list[bool | None]) -> None:
    found = progress(states)
    assert found.done + found.incomplete + states.count(None) == found.total == len(states)
    assert found.to_do == len(states) - states.count(True)


def test_progress_of_nobody_is_zero_of_zero() -> None:
    assert progress([]) == Progress(0, 0, 0)
