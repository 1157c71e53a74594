"""A student's question about a feedback: a tap, and the authors hear of it. What is said about it is said face to face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from server.errors import NotFound, require
from server.people import service as people
from server.platform import clock, db, outbox
from server.platform.request import Me
from server.reports import basis as facts
from server.reports import queries
from server.reports.basis import Basis
from server.reports.schemas import Answered, MyQuestion, Question
from server.rules import visibility
from server.rules.facts import FeedbackFacts, PairFacts

TOLD_AGAIN: Final = timedelta(days=1)
"""Taken back and asked again within this time is one piece of news."""
SHOWN: Final = timedelta(days=14)
"""So long a question that was answered stays in its author's list."""


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """One question as its notice has to know it. `waits`: not taken back, and not answered. `asked`: the viewer is."""

    waits: bool
    asked: bool


# --- the student ------------------------------------------------------------------------------------------------------


async def of_student(basis: Basis) -> list[Question]:
    """The questions that stand, for who asked them."""
    if not visibility.read_question(basis.me.viewer, asked=False, asker=basis.ties.is_student):
        return []
    rows = await queries.questions_of(basis.me.school_id, basis.round_id, basis.student_id)
    return [_question(row) for row in rows]


async def ask(me: Me, student_id: UUID, round_id: UUID, feedback_id: UUID, on: bool) -> Question:
    """Ask, or take it back; a second time changes nothing. After an answer it is a new question.

    Raises:
        NotFound: not this student, or this feedback is not in the version shared.
        Refused: the round is archived.
    """
    basis = await facts.load(me, student_id, round_id)
    shared = basis.shared_with_me
    in_version = shared is not None and any(each.feedback_id == feedback_id for each in shared.read().subjects)
    require(visibility.ask_question(me.viewer, basis.ties, basis.round, basis.share, in_version=in_version))
    await _hold(feedback_id)
    row = await queries.question_about(me.school_id, feedback_id)
    if on:
        # Who has a question has read it: a share that somebody asks about is not taken back any more.
        if shared is None or not await queries.open_share(me.school_id, shared.id, me.person_id, clock.now()):
            raise NotFound
        if row is None or row["taken_back_at"] is not None or row["answered_at"] is not None:
            row = await _ask(me, basis, feedback_id, row)
    elif row is not None and row["answered_at"] is None and row["taken_back_at"] is None:
        row = await queries.take_question_back(me.school_id, row["id"], clock.now())
    return Question(feedback_id, None, None) if row is None else _question(row)


async def _ask(me: Me, basis: Basis, feedback_id: UUID, before: Any | None) -> Any:
    """Write the question down and tell its authors, unless they were told of it within the day."""
    now = clock.now()
    news = before is None or before["answered_at"] is not None or now - before["told_at"] >= TOLD_AGAIN
    row = await queries.ask_question(me.school_id, feedback_id, now, news)
    if news:
        for person_id in await queries.authors(me.school_id, feedback_id):
            await outbox.append(
                me.school_id,
                "question.asked",
                round=basis.round_id,
                student=basis.student_id,
                feedback=feedback_id,
                number=row["number"],
                person=person_id,
            )
    return row


def _question(row: Any) -> Question:
    if row["taken_back_at"] is not None:
        return Question(row["feedback_id"], None, None)
    return Question(row["feedback_id"], row["asked_at"], row["answered_at"])


async def _hold(feedback_id: UUID) -> None:
    """Two phones, or student and teacher, act one after the other."""
    await db.lock(f"question:{feedback_id}")


# --- the asked author -------------------------------------------------------------------------------------------------


def _asked(me: Me, row: Any) -> bool:
    """Is the viewer an author of the feedback? Co-teachers and substitutes are it together."""
    pair = PairFacts(row["group_id"], viewer_teaches=row["teaches"])
    return visibility.author_of(me.viewer, FeedbackFacts(pair, frozenset(row["written_by"])))


async def to_me(me: Me) -> list[MyQuestion]:
    """Questions to the viewer: those that wait, the oldest first, then those that were answered lately."""
    rows = [
        row
        for row in await queries.questions_to(me.school_id, me.person_id, clock.now() - SHOWN)
        if visibility.read_question(me.viewer, asked=_asked(me, row), asker=False)
    ]
    cards = {each.id: each for each in people.cards_of({row["id"]: row for row in rows}.values())}
    return [
        MyQuestion(
            id=row["question_id"],
            student=cards[row["id"]],
            round_id=row["round_id"],
            round_name=row["round_name"],
            subject=row["subject"],
            group=row["title"],
            asked_at=row["asked_at"],
            answered_at=row["answered_at"],
        )
        for row in rows
    ]


async def answer(me: Me, question_id: UUID, answered: bool) -> Answered:
    """Mark as answered, or as not answered yet; a second time changes nothing.

    Raises:
        NotFound: no such question (any more), or to somebody else.
    """
    feedback_id = await queries.feedback_of_question(me.school_id, question_id)
    if feedback_id is None:
        raise NotFound
    await _hold(feedback_id)
    row = await queries.question(me.school_id, feedback_id, me.person_id)
    if row is None or row["taken_back_at"] is not None:
        raise NotFound
    require(visibility.answer_question(me.viewer, asked=_asked(me, row)))
    if answered == (row["answered_at"] is not None):
        return Answered(question_id, row["answered_at"])
    at = clock.now() if answered else None
    await queries.answer_question(me.school_id, question_id, at)
    return Answered(question_id, at)


async def about(me: Me, feedback_id: UUID) -> QuestionFacts | None:
    """What a notice about the question has to know; None: nobody ever asked about this feedback."""
    row = await queries.question(me.school_id, feedback_id, me.person_id)
    if row is None:
        return None
    return QuestionFacts(row["taken_back_at"] is None and row["answered_at"] is None, _asked(me, row))
