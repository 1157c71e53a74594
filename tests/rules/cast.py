"""Everybody who could ask about one student's feedback, and every state a round can be in: the axes of the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from server.rules.facts import (
    NO_TIES,
    FeedbackFacts,
    GuardianFacts,
    PairFacts,
    PairState,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    StudentFacts,
    Ties,
    Viewer,
)

TODAY: Final = date(2026, 11, 23)
NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
GROUP: Final = UUID(int=1)
OTHER_GROUP: Final = UUID(int=2)
SOMEBODY: Final = UUID(int=99)

SCHOOL: Final = SchoolFacts()
CHILD: Final = StudentFacts(birth_date=date(2012, 5, 1))
ADULT: Final = StudentFacts(birth_date=date(2008, 11, 23))
"""Eighteen today."""


@dataclass(frozen=True)
class Person:
    """One column of the table. `teaches_group`: teaches the group of the feedback today; `wrote`: has written in it;
    `stands_in`: was given the group for this round."""

    viewer: Viewer
    ties: Ties = NO_TIES
    teaches_group: bool = False
    wrote: bool = False
    stands_in: bool = False

    def pair(self, state: PairState = PairState.EXPECTED) -> PairFacts:
        """The pair as this person stands to it."""
        return PairFacts(GROUP, state, self.teaches_group, self.stands_in)


def somebody(number: int, *, active: bool = True, staff: bool = True, organiser: bool = False, admin: bool = False,
             leader: bool = False) -> Viewer:  # fmt: skip
    """A viewer with a number of its own."""
    return Viewer(UUID(int=1000 + number), active, staff, organiser, admin, leader)


TEACHES = frozenset({GROUP})
TEACHES_OTHER = frozenset({OTHER_GROUP})

CAST: Final[dict[str, Person]] = {
    "author": Person(somebody(1), Ties(teaches=TEACHES), teaches_group=True, wrote=True),
    "co-teacher who has not written": Person(somebody(2), Ties(teaches=TEACHES), teaches_group=True),
    "author whose student moved on": Person(somebody(3), Ties(), teaches_group=True, wrote=True),
    "author who lost the group": Person(somebody(4), Ties(), wrote=True),
    "author who left the school": Person(somebody(5, active=False), Ties(), wrote=True),
    "other teacher of the student": Person(somebody(6), Ties(teaches=TEACHES_OTHER)),
    "former teacher of the student": Person(somebody(7)),
    "mentor": Person(somebody(8), Ties(mentor=True)),
    "mentor with own feedback to do": Person(somebody(9), Ties(mentor=True, teaches=TEACHES_OTHER, own_complete=False)),
    "former mentor": Person(somebody(10)),
    "student": Person(somebody(11, staff=False), Ties(is_student=True)),
    "student who left": Person(somebody(12, active=False, staff=False), Ties(is_student=True)),
    "another student": Person(somebody(13, staff=False)),
    "guardian": Person(somebody(14, staff=False), Ties(guardian=GuardianFacts())),
    "barred guardian": Person(somebody(15, staff=False), Ties(guardian=GuardianFacts(barred=True))),
    "former guardian": Person(somebody(16, staff=False)),
    "leader in scope": Person(somebody(17, leader=True), Ties(leader=True)),
    "leader of other groups": Person(somebody(18, leader=True)),
    "organiser": Person(somebody(19, organiser=True)),
    "admin": Person(somebody(20, admin=True)),
    "substitute": Person(somebody(23), stands_in=True),
    "substitute who left the school": Person(somebody(24, active=False), stands_in=True, wrote=True),
    "disabled mentor": Person(somebody(21, active=False), Ties(mentor=True)),
    "disabled leader": Person(somebody(22, active=False, leader=True), Ties(leader=True)),
}

ROUNDS: Final[dict[str, RoundFacts]] = {
    "draft": RoundFacts(RoundState.DRAFT, mentors_watch=True),
    "open": RoundFacts(RoundState.OPEN),
    "open, mentors watch": RoundFacts(RoundState.OPEN, mentors_watch=True),
    "reopened for this group": RoundFacts(RoundState.OPEN, only_groups=frozenset({GROUP})),
    "reopened for this group, mentors watch": RoundFacts(
        RoundState.OPEN, mentors_watch=True, only_groups=frozenset({GROUP})
    ),
    "reopened for another group": RoundFacts(RoundState.OPEN, only_groups=frozenset({OTHER_GROUP})),
    "closed": RoundFacts(RoundState.CLOSED),
    "closed, sharing off": RoundFacts(RoundState.CLOSED, sharing=False),
    "archived": RoundFacts(RoundState.ARCHIVED),
}

SHARES: Final[dict[str, ShareFacts | None]] = {
    "not shared": None,
    "shared with the student": ShareFacts(1, NOW),
    "shared with guardians too": ShareFacts(1, NOW, guardians=True),
}


def feedback_of(person: Person, *, has_stoplight: bool = True, state: PairState = PairState.EXPECTED) -> FeedbackFacts:
    """The feedback as this person stands to it."""
    written = {SOMEBODY} | ({person.viewer.person_id} if person.wrote else set())
    return FeedbackFacts(person.pair(state), frozenset(written), has_stoplight)
