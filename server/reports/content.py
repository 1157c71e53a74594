"""The content of a report: what is frozen at sharing, and how it is built. Pure, and the only place that builds it.

A frozen version says which schema it has; a reader of the future tells old ones by it. It holds texts, subjects, names of
teachers and the mentor message. `feedback_id` lets the student's plan answer a question, and lets an erasure find its way
back to the authors; ids of history are never in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec

from server.people.names import full_name
from server.reports.schemas import Decision, Message, SubjectFeedback
from server.rules.facts import FeedbackFacts, PairFacts, PairState, Stoplight

SCHEMA = 1


class Name(msgspec.Struct, frozen=True, array_like=True):
    """A person as the queries send one."""

    id: UUID
    given: str
    particle: str
    family: str

    @property
    def full(self) -> str:
        """As one says it."""
        return full_name(self.given, self.particle, self.family)


class Pair(msgspec.Struct, array_like=True):
    """One (student, teaching group) of a round with its feedback, in the order of columns of `queries.PAIRS`.

    `teachers` is filled by `decode_pairs`: the names of who wrote; while nobody did, of who teaches the group.
    """

    group_id: UUID
    state: PairState
    until: date | None
    group: str
    subject_id: UUID | None
    subject: str
    teaches: list[UUID]
    feedback_id: UUID | None
    stoplight: Stoplight | None
    remark: str | None
    action: str | None
    complete: bool | None
    written_by: list[UUID] | None
    teachers: list[str] = []

    def facts(self, viewer_id: UUID) -> FeedbackFacts:
        """The feedback as the rules see it; nothing written counts as no stoplight."""
        return FeedbackFacts(
            PairFacts(self.group_id, self.state, viewer_id in self.teaches),
            frozenset(self.written_by or ()),
            self.stoplight is not None,
        )


_PAIRS = msgspec.json.Decoder(list[Pair])
_NAMES = msgspec.json.Decoder(list[Name])


def decode_names(source: str | None) -> dict[UUID, str]:
    """Names as one says them by id, in the order of a list."""
    return {each.id: each.full for each in _NAMES.decode(source)} if source else {}


def decode_pairs(source: str | None, names: Mapping[UUID, str]) -> list[Pair]:
    """Pairs with their feedback, by subject, and the names of their teachers as far as `names` has them."""
    pairs = _PAIRS.decode(source) if source else []
    places = {person_id: (number, name) for number, (person_id, name) in enumerate(names.items())}
    for pair in pairs:
        wanted = pair.written_by or pair.teaches
        if len(wanted) == 1:  # as a rule
            pair.teachers = [places[wanted[0]][1]] if wanted[0] in places else []
        else:
            pair.teachers = [name for _, name in sorted({places[each] for each in wanted if each in places})]
    return pairs


class SharedSubject(msgspec.Struct, frozen=True):
    """One subject of a frozen version."""

    feedback_id: UUID
    subject_id: UUID | None
    subject: str
    group: str
    teachers: list[str]
    stoplight: Stoplight
    remark: str
    action: str
    until: date | None = None


class SharedDecision(msgspec.Struct, frozen=True):
    """One decision of a frozen version."""

    id: UUID
    text: str


class SharedReport(msgspec.Struct, frozen=True):
    """A frozen version of a report. Those of before there was a group board have no decisions."""

    subjects: list[SharedSubject]
    message: Message | None
    schema: int = SCHEMA
    decisions: list[SharedDecision] = []

    @property
    def empty(self) -> bool:
        """True when there is nothing to read in it."""
        return not self.subjects and self.message is None and not self.decisions


def build(pairs: Iterable[Pair], message: Message | None, decisions: Iterable[Decision] = ()) -> SharedReport:
    """What the student gets: everything with a stoplight, complete or not, what was decided, and the message unless it is empty."""
    subjects = [
        SharedSubject(
            pair.feedback_id, pair.subject_id, pair.subject, pair.group, pair.teachers, pair.stoplight,
            pair.remark or "", pair.action or "", pair.until,
        )
        for pair in pairs
        if pair.feedback_id is not None and pair.stoplight is not None
    ]  # fmt: skip
    return SharedReport(
        subjects,
        message if message is not None and message.text.strip() else None,
        decisions=[SharedDecision(each.id, each.text) for each in decisions],
    )


def differs(now: SharedReport, shared: SharedReport) -> bool:
    """Would sharing again show the student something else? A teacher's new name or a moved date is no new content."""
    return _essence(now) != _essence(shared)


def shown(content: SharedReport) -> list[SubjectFeedback]:
    """The subjects of a frozen version as the API shows them."""
    return [
        SubjectFeedback(
            feedback_id=each.feedback_id, subject_id=each.subject_id, subject=each.subject, group=each.group,
            teachers=each.teachers, stoplight=each.stoplight, remark=each.remark, action=each.action, complete=True,
            was=None, until=each.until, mine=False,
        )
        for each in content.subjects
    ]  # fmt: skip


def shown_decisions(content: SharedReport) -> list[Decision]:
    """The decisions of a frozen version as the API shows them."""
    return [Decision(each.id, each.text) for each in content.decisions]


def _essence(content: SharedReport) -> tuple[dict[UUID, tuple[Stoplight, str, str]], str, list[SharedDecision]]:
    texts = {each.feedback_id: (each.stoplight, each.remark, each.action) for each in content.subjects}
    return texts, "" if content.message is None else content.message.text, content.decisions
