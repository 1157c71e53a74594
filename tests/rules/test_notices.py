"""News about rounds and the school's own work: who hears of it, and that what is done is no news."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.rules import notices
from server.rules.facts import AgreementFacts, Party, RoundFacts, RoundState, Viewer
from tests.rules.cast import CAST, CHILD, SCHOOL, SHARES, TODAY

TEACHER = Viewer(uuid4(), staff=True)
ORGANISER = Viewer(uuid4(), staff=True, organiser=True)
ADMIN = Viewer(uuid4(), staff=True, admin=True)
STUDENT = Viewer(uuid4())
GONE = Viewer(uuid4(), active=False, staff=True, organiser=True, admin=True)
STATES = list(RoundState)


@pytest.mark.parametrize("state", STATES)
def test_who_rates_hears_while_the_round_is_open_and_students_are_left(state: RoundState) -> None:
    round_ = RoundFacts(state)
    assert bool(notices.hear_to_rate(TEACHER, round_, to_do=1)) is (state is RoundState.OPEN)
    assert not notices.hear_to_rate(TEACHER, round_, to_do=0)
    assert not notices.hear_to_rate(GONE, round_, to_do=1)
    assert not notices.hear_to_rate(STUDENT, round_, to_do=1)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("sharing", [True, False])
def test_mentors_hear_what_they_can_share_now(state: RoundState, sharing: bool) -> None:
    round_ = RoundFacts(state, sharing=sharing)
    expected = state is RoundState.CLOSED and sharing
    assert bool(notices.hear_to_share(TEACHER, round_, to_share=1)) is expected
    assert not notices.hear_to_share(TEACHER, round_, to_share=0)
    assert not notices.hear_to_share(GONE, round_, to_share=1)
    assert not notices.hear_to_share(STUDENT, round_, to_share=1)


@pytest.mark.parametrize("state", STATES)
def test_mentors_hear_of_missing_plans_until_the_round_is_archived(state: RoundState) -> None:
    round_ = RoundFacts(state)
    expected = state in (RoundState.OPEN, RoundState.CLOSED)
    assert bool(notices.hear_of_plans(TEACHER, round_, missing=1)) is expected
    assert not notices.hear_of_plans(TEACHER, round_, missing=0)
    assert not notices.hear_of_plans(GONE, round_, missing=1)
    assert not notices.hear_of_plans(STUDENT, round_, missing=1)


@pytest.mark.parametrize("state", STATES)
def test_organisers_hear_that_an_open_round_is_complete(state: RoundState) -> None:
    round_ = RoundFacts(state)
    assert bool(notices.hear_round_complete(ORGANISER, round_, left=0)) is (state is RoundState.OPEN)
    assert not notices.hear_round_complete(ORGANISER, round_, left=1)
    for other in (TEACHER, ADMIN, STUDENT, GONE):
        assert not notices.hear_round_complete(other, round_, left=0)


OWES = {
    Party.STUDENT: {"student"},
    Party.GUARDIAN: {"guardian"},
    Party.MENTOR: {"mentor", "mentor with own feedback to do"},
    # Each in turn is the one who was named.
    Party.TEACHER: {
        "author",
        "co-teacher who has not written",
        "other teacher of the student",
        "mentor",
        "mentor with own feedback to do",
    },
}


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("party", Party)
def test_only_who_owes_an_agreement_hears_that_it_is_due(party: Party, who: str) -> None:
    person = CAST[who]
    named = person.viewer.person_id if party is Party.TEACHER else None

    def hears(agreement: AgreementFacts, *, waits: bool = True, share: str = "shared with guardians too") -> bool:
        return bool(
            notices.hear_agreement_due(
                person.viewer, person.ties, CHILD, SCHOOL, SHARES[share], agreement, TODAY, waits=waits
            )
        )

    agreement = AgreementFacts(party, named)
    assert hears(agreement) is (who in OWES[party])
    assert not hears(agreement, waits=False)
    assert not hears(AgreementFacts(Party.TEACHER, uuid4()))


def test_imports_are_for_admins_and_bundles_for_staff() -> None:
    for viewer, administers, works in (
        (ADMIN, True, True),
        (ORGANISER, False, True),
        (TEACHER, False, True),
        (STUDENT, False, False),
        (GONE, False, False),
    ):
        assert bool(notices.hear_of_roster(viewer)) is administers
        assert bool(notices.hear_of_bundle(viewer)) is works
