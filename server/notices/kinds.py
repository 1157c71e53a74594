"""*** Which news makes which notice for whom: one table. ***

A kind says who may be concerned and by which channels, which rule decides about each of them, and which fixed words are shown.
The rule is asked when the notice is made, again before each delivery, and again when the list is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from server.reports.basis import Basis


class Relation(StrEnum):
    """What a person is to the student whom the news is about."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    MENTOR = "mentor"
    TEACHER = "teacher"


class Channel(StrEnum):
    """How a notice reaches somebody beside the list in the app, where every notice stands."""

    PUSH = "push"
    MAIL = "mail"


class Ids(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ids of one piece of news, as the outbox brings them; each kind has its own."""

    round: UUID
    student: UUID
    share: UUID | None = None
    plan: UUID | None = None
    number: int | None = None
    agreement: UUID | None = None
    by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    `words`: message key under `notice.` (and `mail.`); readers other than the student get `<words>_other` where
    `other_words` is set. `fact`: which ids tell one piece of news from the next. `collapse`: news within this time after a
    notice makes no second one. `push_life`: how long a push service keeps it for a phone that is off.
    """

    name: str
    words: str
    to: Mapping[Relation, frozenset[Channel]]
    allows: Callable[[Basis, Ids], bool]
    fact: tuple[str, ...] = ()
    collapse: timedelta | None = None
    other_words: bool = False
    urgency: str = "normal"
    push_life: timedelta = timedelta(days=7)

    def words_for(self, person_id: UUID, ids: Ids) -> str:
        """The message key for this reader."""
        return f"{self.words}_other" if self.other_words and person_id != ids.student else self.words

    def url(self, ids: Ids) -> str:
        """The address in the app that it leads to."""
        return f"/rounds/{ids.round}/students/{ids.student}"

    def tag(self, ids: Ids) -> str:
        """News of one tag replaces what a phone still shows of it."""
        return f"{self.name}:{ids.round}:{ids.student}"


def _reads_share(basis: Basis, ids: Ids) -> bool:
    """The very version that the news is about still stands, and its reader is still meant."""
    return any(share.id == ids.share and basis.shared_verdict(share) for share in basis.shares)


def _reads_plan(basis: Basis, ids: Ids) -> bool:
    return bool(basis.read_plan())


def _reads_agreements(basis: Basis, ids: Ids) -> bool:
    return bool(basis.read_agreements())


_PUSH: Final = frozenset({Channel.PUSH})
_PUSH_AND_MAIL: Final = frozenset({Channel.PUSH, Channel.MAIL})
_APP_ONLY: Final[frozenset[Channel]] = frozenset()

REPORT_SHARED: Final = Kind(
    name="report.shared",
    words="report_shared",
    to={Relation.STUDENT: _PUSH_AND_MAIL, Relation.GUARDIAN: _PUSH_AND_MAIL},
    allows=_reads_share,
    fact=("share",),
    other_words=True,
    urgency="high",
)
PLAN_HANDED_IN: Final = Kind(
    name="plan.handed_in",
    words="plan_handed_in",
    to={Relation.MENTOR: _PUSH, Relation.TEACHER: _APP_ONLY},
    allows=_reads_plan,
    fact=("plan", "number"),
    push_life=timedelta(days=2),
)
AGREEMENT_CHANGED: Final = Kind(
    name="agreement.changed",
    words="agreement_changed",
    to={Relation.STUDENT: _PUSH},
    allows=_reads_agreements,
    fact=("round", "student"),
    collapse=timedelta(hours=1),
    push_life=timedelta(days=1),
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (REPORT_SHARED, PLAN_HANDED_IN, AGREEMENT_CHANGED)}

SILENT: Final = frozenset(
    {
        "round.opened",
        "round.closed",
        "round.reopened",
        "round.archived",
        "feedback.saved",
        "message.saved",
        "plan.concluded",
        "agreement.confirmed",
        "agreement.ticked",
        "round.deadline_near",
        "round.deadline_passed",
        "round.complete",
        "round.nudged",
        "plan.missing",
        "agreement.due",
    }
)
"""Kinds of the outbox that nobody is told about."""

LETTERS: Final[Mapping[str, str]] = {"invitation.made": "invitation", "code.asked": "code"}
"""Kinds that are a mail and no notice, each with the id of what it brings: nothing of them stands in the app."""
