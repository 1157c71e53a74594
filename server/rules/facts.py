"""What the rules are told: frozen facts, loaded by the services, never a row that could trigger a query.

Relations are today's, as product.md demands: who teaches, mentors or guards the student *now*. The one exception is
`FeedbackFacts.written_by`, because an author keeps reading the own text while working at the school.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Stoplight(StrEnum):
    """The four stoplights in the manual's order, and `no_picture` that stands beside them, never among them."""

    EXCELLENT = "excellent"
    ON_TRACK = "on_track"
    ATTENTION = "attention"
    WARNING = "warning"
    NO_PICTURE = "no_picture"


class RoundState(StrEnum):
    """`draft → open → closed → archived`, and `closed → open` again (reopen)."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class PlanState(StrEnum):
    """`none → draft → handed_in → concluded`; handing in again makes a next version and stays `handed_in`."""

    NONE = "none"
    DRAFT = "draft"
    HANDED_IN = "handed_in"
    CONCLUDED = "concluded"


class PairState(StrEnum):
    """Of one (student, teaching group) in one round.

    `expected`: feedback is asked for. `ended`: the student changed group; what was written stays, read-only, and counts in
    no progress. `left`: the student left the school; shown greyed, read-only.
    """

    EXPECTED = "expected"
    ENDED = "ended"
    LEFT = "left"


class Party(StrEnum):
    """Who an agreement is for: the `who` of what / who / by when."""

    STUDENT = "student"
    TEACHER = "teacher"
    MENTOR = "mentor"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks. `active`: account enabled and (still) at the school today; without it nothing is visible.

    `second_factor`: shown in this session, so that the admin pages open.
    """

    person_id: UUID
    active: bool = True
    staff: bool = False
    organiser: bool = False
    admin: bool = False
    leader: bool = False
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """The viewer as guardian of one student. `barred`: the school or a court keeps this guardian out."""

    barred: bool = False


@dataclass(frozen=True, slots=True)
class Ties:
    """What the viewer is to one student today.

    `teaches`: the teaching groups in which the viewer teaches this student now. `own_complete`: all feedback that the viewer
    owes this student in the round at hand is complete (true when nothing is owed).
    """

    teaches: frozenset[UUID] = frozenset()
    mentor: bool = False
    is_student: bool = False
    guardian: GuardianFacts | None = None
    leader: bool = False
    own_complete: bool = True


NO_TIES = Ties()


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What a school decides for everybody."""

    guardians_admitted: bool = True
    consent_at_16: bool = False


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """The student as the guardian rules see them.

    `birth_date` is empty where the roster has none; then `adult_flag`, set by the admin, decides (product.md).
    `consents_report`: consent of an adult student that guardians see everything. `consents_plan`: consent at 16 and 17 for
    plan and agreements, asked only where the school does.
    """

    birth_date: date | None = None
    adult_flag: bool = False
    consents_report: bool = False
    consents_plan: bool = False
    at_school: bool = True


@dataclass(frozen=True, slots=True)
class Required:
    """Which texts one stoplight asks for."""

    remark: bool = False
    action: bool = False


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round. `only_groups` names the groups that are open after a partial reopen; `None` means all of them."""

    state: RoundState
    sharing: bool = True
    mentors_watch: bool = False
    only_groups: frozenset[UUID] | None = None
    required: dict[Stoplight, Required] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PairFacts:
    """One (student, teaching group) of a round. `viewer_teaches`: the viewer is a teacher of that group today.

    `viewer_stands_in`: the organiser gave the viewer that group for this round.
    """

    group_id: UUID
    state: PairState = PairState.EXPECTED
    viewer_teaches: bool = False
    viewer_stands_in: bool = False

    @property
    def viewer_authors(self) -> bool:
        """Teachers and substitutes of a group are its authors together."""
        return self.viewer_teaches or self.viewer_stands_in


@dataclass(frozen=True, slots=True)
class FeedbackFacts:
    """Feedback of one pair: who wrote in it, and whether a stoplight was given."""

    pair: PairFacts
    written_by: frozenset[UUID] = frozenset()
    has_stoplight: bool = True


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """The latest sharing of one report that was not recalled. `opened`: somebody it was meant for has read it."""

    number: int
    shared_at: datetime
    guardians: bool = False
    opened: bool = False


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """One agreement: which party it is for and, for a teacher, which person."""

    party: Party
    owner_id: UUID | None = None
