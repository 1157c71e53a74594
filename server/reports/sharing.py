"""The mentor's acts: message, share, share with a whole home group, recall."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from server.errors import FieldError, Invalid, NotFound, Refused, Stale, require
from server.people import service as people
from server.platform import clock, db, outbox
from server.platform.request import Me
from server.reports import basis as facts
from server.reports import content, queries
from server.reports.content import decode_names, decode_pairs
from server.reports.schemas import (
    GroupOutcome,
    GroupShared,
    MessageSaved,
    Recalled,
    Shared,
    Skipped,
    SkipReason,
)
from server.reports.service import build, decode_decisions, decode_message
from server.rounds.facts import lock_name, round_facts
from server.rules import visibility
from server.rules.facts import Ties
from server.rules.verdict import Reason


async def save_message(me: Me, student_id: UUID, round_id: UUID, text: str, version: int) -> MessageSaved:
    """Write the mentor message; `version` is the one the mentor saw (0: none). The same text again changes nothing.

    Raises:
        NotFound: not a mentor of this student.
        Refused: the round is archived.
        Stale: somebody (a second mentor) wrote meanwhile.
        Invalid: a character that cannot be stored.
    """
    basis = await facts.load(me, student_id, round_id)
    require(visibility.write_message(me.viewer, basis.ties, basis.round))
    if "\x00" in text:
        raise Invalid(FieldError("/text", "bad_character"))
    await db.lock(f"message:{round_id}:{student_id}")
    current = await queries.message(me.school_id, round_id, student_id)
    if current is not None and current["text"] == text:
        return MessageSaved(current["version"])
    if version != (0 if current is None else current["version"]):
        there = None if current is None else {"text": current["text"], "updated_at": current["updated_at"]}
        raise Stale(there, 0 if current is None else current["version"])
    saved = await queries.save_message(me.school_id, round_id, student_id, text, me.person_id, clock.now())
    await outbox.append(
        me.school_id, "message.saved", round=round_id, student=student_id, version=saved, by=me.person_id
    )
    return MessageSaved(saved)


async def _hold(round_id: UUID) -> None:
    """Sharing waits for a reopening that is going on, and two mentors of one student for each other."""
    await db.lock(lock_name(round_id), shared=True)
    await db.lock(f"share:{round_id}")


async def share(me: Me, student_id: UUID, round_id: UUID, guardians: bool) -> Shared:
    """Freeze the report as the student's next version. What was shared already just so stays that version.

    Raises:
        NotFound: not a mentor of this student.
        Refused: not closed, archived, sharing is off, or there is nothing in the report.
    """
    await _hold(round_id)
    basis = await facts.load(me, student_id, round_id, queries.report)
    require(visibility.share_report(me.viewer, basis.ties, basis.round))
    built = build(basis)
    if built.empty:
        raise Refused(Reason.NOTHING_TO_SHARE)
    latest = basis.latest
    if latest is not None and latest.guardians == guardians and not content.differs(built, latest.read()):
        return Shared(latest.id, latest.number)
    return (await _freeze(me, round_id, {student_id: built}, guardians))[student_id]


async def share_home_group(me: Me, group_id: UUID, round_id: UUID, guardians: bool) -> GroupOutcome:
    """Share with all students of one home group in one act; who has nothing new to read is skipped and told.

    Raises:
        NotFound: not a mentor of this home group.
        Refused: not closed, archived, or sharing is off.
    """
    await _hold(round_id)
    head = await queries.home_group(me.school_id, group_id, round_id, me.person_id)
    if head is None:
        raise NotFound
    # A mentor is a teacher of the home group: the tie is one to all students in it.
    require(visibility.share_report(me.viewer, Ties(mentor=head["mentor"]), round_facts(head)))
    rows = await queries.group_content(me.school_id, round_id, group_id)
    named = {
        each for row in rows for pair in decode_pairs(row["pairs"], {}) for each in pair.written_by or pair.teaches
    }
    names = decode_names(await queries.names(me.school_id, list(named)))
    skipped: dict[UUID, SkipReason] = {}
    fresh: dict[UUID, content.SharedReport] = {}
    for row in rows:
        # Between two students others get their answers: it is a whole group at once.
        await asyncio.sleep(0)
        built = content.build(
            decode_pairs(row["pairs"], names), decode_message(row["message"]), decode_decisions(row["decisions"])
        )
        if built.empty:
            skipped[row["id"]] = "empty"
        elif _shared_just_so(row, built, guardians):
            skipped[row["id"]] = "unchanged"
        else:
            fresh[row["id"]] = built
    await _freeze(me, round_id, fresh, guardians)
    return GroupOutcome(len(fresh), skipped)


def _shared_just_so(row: Any, built: content.SharedReport, guardians: bool) -> bool:
    if row["shared_number"] is None or row["shared_guardians"] != guardians:
        return False
    return not content.differs(built, facts.read_content(row["shared_content"]))


async def name_skipped(me: Me, outcome: GroupOutcome) -> GroupShared:
    """The outcome with the names of who was skipped, in class-list order."""
    cards = await people.cards(me, outcome.skipped)
    return GroupShared(outcome.shared, [Skipped(card, outcome.skipped[each]) for each, card in cards.items()])


async def _freeze(
    me: Me, round_id: UUID, built: Mapping[UUID, content.SharedReport], guardians: bool
) -> dict[UUID, Shared]:
    """The next version of each of these students, and the news of it."""
    if not built:
        return {}
    numbers = await queries.next_number(me.school_id, round_id, list(built))
    versions = {each: (numbers[each], msgspec.json.encode(report).decode()) for each, report in built.items()}
    ids = await queries.add_shares(me.school_id, round_id, versions, guardians, me.person_id, clock.now())
    await outbox.append_all(
        me.school_id,
        "report.shared",
        [{"round": round_id, "student": each, "share": ids[each], "by": me.person_id} for each in built],
    )
    return {each: Shared(ids[each], numbers[each]) for each in built}


async def recall(me: Me, student_id: UUID, round_id: UUID) -> Recalled:
    """Take the latest version back; the one before it, if any, holds again.

    Raises:
        NotFound: not a mentor of this student.
        Refused: nothing shared, somebody opened it, or ten minutes are over.
    """
    await _hold(round_id)
    basis = await facts.load(me, student_id, round_id)
    require(visibility.recall_report(me.viewer, basis.ties, basis.round, basis.share, clock.now()))
    latest = basis.latest
    if latest is None:
        raise Refused(Reason.NOT_SHARED)
    if not await queries.recall_unread(me.school_id, latest.id, clock.now()):
        raise Refused(Reason.ALREADY_READ)
    await outbox.append(me.school_id, "report.recalled", round=round_id, student=student_id, share=latest.id)
    return Recalled(latest.number)
