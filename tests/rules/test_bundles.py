"""Reports on paper: row *report PDFs* of product.md's table, for every relation × state of the round × sharing, when they are
made and when they are opened."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules import bundles
from server.rules.bundles import Reading
from server.rules.facts import GuardianFacts, RoundFacts, RoundState, Ties
from server.rules.verdict import ALLOW, ALLOW_LOGGED, HIDDEN, Allow, Deny, Reason, Verdict
from tests.rules.cast import ADULT, CAST, CHILD, GROUP, OTHER_GROUP, ROUNDS, SCHOOL, SHARES, TODAY

MENTORS = {"mentor", "mentor with own feedback to do"}
LEADERS = {"leader in scope"}
SHARED = {
    "not shared": set(),
    "shared with the student": {"student"},
    "shared with guardians too": {"student", "guardian"},
}
ALL_OPEN = {"open", "open, mentors watch"}
TOO_EARLY = Deny(Reason.BUNDLE_TOO_EARLY)


def cases(*axes: Mapping[str, object]) -> list[object]:
    return [pytest.param(*names, id=" · ".join(names)) for names in product(*axes)]


def expected(state: str, share: str, who: str, *, talk_sheet: bool) -> Verdict:
    if state == "draft":
        return HIDDEN
    if who in MENTORS | LEADERS:
        if state in ALL_OPEN:
            return TOO_EARLY
        return ALLOW_LOGGED if who in LEADERS else ALLOW
    return ALLOW if who in SHARED[share] and not talk_sheet else HIDDEN


@pytest.mark.parametrize("talk_sheet", [False, True], ids=["report", "talk sheet"])
@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_who_has_one_student_printed(state: str, share: str, who: str, talk_sheet: bool) -> None:
    person = CAST[who]
    found = bundles.print_student(
        person.viewer, person.ties, ROUNDS[state], CHILD, SCHOOL, SHARES[share], TODAY, talk_sheet=talk_sheet
    )
    assert found == expected(state, share, who, talk_sheet=talk_sheet)


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_has_a_home_group_printed(state: str, who: str) -> None:
    person = CAST[who]
    found = bundles.print_group(
        person.viewer, ROUNDS[state], mentor=person.ties.mentor, in_scope=person.viewer.leader and person.ties.leader
    )
    assert found == (expected(state, "not shared", who, talk_sheet=False))


def test_an_adult_student_s_guardian_prints_nothing_without_consent() -> None:
    guardian = CAST["guardian"]
    found = bundles.print_student(
        guardian.viewer, guardian.ties, ROUNDS["closed"], ADULT, SCHOOL, SHARES["shared with guardians too"], TODAY,
        talk_sheet=False,
    )  # fmt: skip
    assert found == HIDDEN


def test_a_leader_who_is_the_guardian_too_reads_with_a_leader_s_eyes_and_is_logged() -> None:
    leader = CAST["leader in scope"]
    ties = Ties(leader=True, guardian=GuardianFacts())
    found = bundles.print_student(
        leader.viewer, ties, ROUNDS["closed"], CHILD, SCHOOL, SHARES["shared with guardians too"], TODAY,
        talk_sheet=False,
    )  # fmt: skip
    assert (bundles.reading(ties), found) == (Reading.LEADER, ALLOW_LOGGED)


def opened(who: str, round_: RoundFacts, share: str, made_as: Reading, *, shown: frozenset[object] = frozenset({GROUP}),
           version_stands: bool = True, ties: Ties | None = None) -> Verdict:  # fmt: skip
    person = CAST[who]
    return bundles.open_page(
        person.viewer, person.ties if ties is None else ties, round_, CHILD, SCHOOL, SHARES[share], TODAY, talk_sheet=False,
        made_as=made_as, shown=shown, version_stands=version_stands,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("made_as", list(Reading))
@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_who_still_opens_what_was_made_once(state: str, share: str, who: str, made_as: Reading) -> None:
    """Only who might have it made now, and with the same eyes: a mentor may be given what a leader could see, nobody more."""
    may = expected(state, share, who, talk_sheet=False)
    now = bundles.reading(CAST[who].ties)
    if may and now is not made_as and (now, made_as) != (Reading.MENTOR, Reading.LEADER):
        may = HIDDEN
    if may and made_as is not Reading.SHARED and state.startswith("reopened for this group"):
        may = HIDDEN
    assert opened(who, ROUNDS[state], share, made_as) == may


def test_a_group_that_is_reopened_closes_paper_with_its_feedback_except_for_its_own_teacher() -> None:
    reopened = ROUNDS["reopened for this group"]
    assert opened("mentor", reopened, "not shared", Reading.MENTOR) == HIDDEN
    assert opened("mentor", reopened, "not shared", Reading.MENTOR, shown=frozenset({OTHER_GROUP})) == ALLOW
    teaches = Ties(mentor=True, teaches=frozenset({GROUP}))
    assert opened("mentor", reopened, "not shared", Reading.MENTOR, ties=teaches) == ALLOW
    # What was shared stays readable for all who had it.
    assert opened("student", reopened, "shared with the student", Reading.SHARED) == ALLOW


def test_paper_goes_with_the_version_that_was_taken_back() -> None:
    for who, made_as in (("student", Reading.SHARED), ("leader in scope", Reading.LEADER), ("mentor", Reading.MENTOR)):
        share = "shared with the student"
        assert opened(who, ROUNDS["closed"], share, made_as)
        assert opened(who, ROUNDS["closed"], share, made_as, version_stands=False) == HIDDEN


@given(
    who=st.sampled_from(sorted(CAST)),
    state=st.sampled_from(list(RoundState)),
    only=st.none() | st.frozensets(st.sampled_from([GROUP, OTHER_GROUP])),
    share=st.sampled_from(sorted(SHARES)),
    made_as=st.sampled_from(list(Reading)),
    shown=st.frozensets(st.sampled_from([GROUP, OTHER_GROUP])),
    stands=st.booleans(),
)
def test_nobody_opens_what_they_could_not_have_made_now(
    who: str,
    state: RoundState,
    only: frozenset[object] | None,
    share: str,
    made_as: Reading,
    shown: frozenset[object],
    stands: bool,
) -> None:
    person = CAST[who]
    round_ = RoundFacts(state, only_groups=only)  # type: ignore[arg-type]
    found = opened(who, round_, share, made_as, shown=shown, version_stands=stands)
    now = bundles.print_student(
        person.viewer, person.ties, round_, CHILD, SCHOOL, SHARES[share], TODAY, talk_sheet=False
    )
    if isinstance(found, Allow):
        assert found == now
