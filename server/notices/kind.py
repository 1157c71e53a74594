"""What a kind of notice is: whom it is for, over which channels, and what its rule has to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from server.plans.view import AgreementRow
from server.platform.request import Me
from server.reports.basis import Basis
from server.reports.questions import QuestionFacts
from server.rules.facts import RoundFacts


class Audience(StrEnum):
    """What a person is to the news."""

    STUDENT = "student"
    """Of the student whom it is about: oneself, guardian, mentor, teacher."""
    GUARDIAN = "guardian"
    MENTOR = "mentor"
    TEACHER = "teacher"
    RATER = "rater"
    """Of the round: who rates in it, who mentors its students."""
    ROUND_MENTOR = "round_mentor"
    ORGANISER = "organiser"
    ADMIN = "admin"
    STAFF = "staff"


class Channel(StrEnum):
    """How a notice reaches somebody beside the list in the app, where every notice stands."""

    PUSH = "push"
    MAIL = "mail"


class Subject(StrEnum):
    """What a rule has to know to decide about a kind."""

    REPORT = "report"
    AGREEMENT = "agreement"
    QUESTION = "question"
    ROUND = "round"
    NOTHING = "nothing"


class OwnWords(StrEnum):
    """Which of the organiser's own words for a round its mail has in it."""

    OPENED = "opened"
    REMINDER = "reminder"
    CLOSED = "closed"


class Count(StrEnum):
    """What is counted in a round for one person, at the moment when a notice is shown or sent."""

    TO_RATE = "to_rate"
    TO_SHARE = "to_share"
    WITHOUT_PLAN = "without_plan"
    LEFT = "left"
    """Of the whole round."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an audience hears: each channel with its default (None: never over it), or once a day with others of its kind."""

    push: bool | None = None
    mail: bool | None = None
    digest: bool = False

    def default(self, channel: Channel) -> bool | None:
        """Is this channel used where nobody chose otherwise? None: it is not offered."""
        return self.push if channel is Channel.PUSH else self.mail


class Ids(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename={"import_": "import"}):
    """The ids of one piece of news, as the outbox brings them; each kind has its own.

    `person`: it is for this person alone. `moment`, `day`: which of several moments it is.
    """

    round: UUID | None = None
    student: UUID | None = None
    share: UUID | None = None
    plan: UUID | None = None
    number: int | None = None
    agreement: UUID | None = None
    feedback: UUID | None = None
    person: UUID | None = None
    import_: UUID | None = None
    upload: UUID | None = None
    source: UUID | None = None
    bundle: UUID | None = None
    moment: int | None = None
    day: int | None = None
    by: UUID | None = None


@dataclass(frozen=True, slots=True)
class RoundNews:
    """A round, what is counted in it for one person, and what its organiser adds to its mails, by `OwnWords`."""

    name: str
    facts: RoundFacts
    deadline: datetime
    number: int
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """Who may hear of it, and what it is about as things stand now."""

    me: Me
    report: Basis | None = None
    agreement: AgreementRow | None = None
    question: QuestionFacts | None = None
    round: RoundNews | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice; its name is the outbox kind that makes it.

    `fact`: which ids tell one piece of news from the next. `collapse`: news within this time after a notice makes no second
    one. `other_words`: readers other than the student get words of their own. `named`: for `ids.person` alone. `until`: the
    last moment at which it is of use, from the facts and the moment when the notice was made. `calm`: waits for quiet hours to
    end. `push_life`: how long a push service keeps it for a phone that is off. `own`: which of the organiser's words its mail has.
    """

    name: str
    to: Mapping[Audience, Way]
    about: Subject
    allows: Callable[[Facts, Ids], bool]
    leads_to: str
    fact: tuple[str, ...]
    collapse: timedelta | None = None
    count: Count | None = None
    other_words: bool = False
    named: bool = False
    until: Callable[[Facts, datetime], datetime | None] | None = None
    calm: bool = True
    urgency: str = "normal"
    push_life: timedelta = timedelta(days=7)
    own: OwnWords | None = None

    @property
    def words(self) -> str:
        """Message key under `notice.`, `mail.` and the phone's `push.`."""
        return self.name.replace(".", "_")

    @property
    def shows_number(self) -> bool:
        """Do its words name how many?"""
        return self.count not in (None, Count.LEFT)

    def words_for(self, person_id: UUID, ids: Ids) -> str:
        """The message key for this reader."""
        return f"{self.words}_other" if self.other_words and person_id != ids.student else self.words

    def url(self, ids: Ids) -> str:
        """The address in the app that it leads to."""
        return self.leads_to.format(round=ids.round, student=ids.student)

    def tag(self, ids: Ids) -> str:
        """News of one tag replaces what a phone still shows of it."""
        about = (ids.round, ids.student, ids.import_, ids.upload, ids.source, ids.bundle)
        return ":".join([self.name, *(str(each) for each in about if each is not None)])
