"""Saving feedback: the hot path. Reading is in reading.py."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import msgspec

from server.errors import FieldError, Invalid, KeyReused, NotFound, Refused, Stale
from server.feedback import queries
from server.feedback.schemas import Author, Current, FeedbackBody, Saved
from server.feedback.writing import Save, write
from server.people.names import full_name
from server.platform import clock
from server.platform.idempotency import payload_hash
from server.platform.request import Me
from server.rounds.facts import lock_name, round_facts
from server.rules import completeness, visibility
from server.rules.facts import PairFacts, PairState, RoundFacts
from server.rules.verdict import Deny, Reason

TRIES: Final = 5
"""A try fails only when somebody else wrote between looking and writing; then the next look sees it."""


async def save(
    me: Me, round_id: UUID, group_id: UUID, student_id: UUID, body: FeedbackBody, version: int | None, key: UUID | None
) -> Saved:
    """Save one feedback whole. `version` is what the writer saw (None and 0: nothing yet).

    The same content as what stands there is no new version. What comes after closing is kept for its author and refused.

    Raises:
        NotFound: no such round, group or student in this school, or the viewer is no author of this group.
        Stale: something newer stands there; `current` has it.
        Refused: closed (`kept` says whether the text was kept), archived, or the student left the group.
        KeyReused: the key came before with another body.
        Invalid: a text holds a character that cannot be kept.
    """
    _check(body)
    seen = version or 0
    digest = payload_hash("feedback", round_id, group_id, student_id, body, seen) if key is not None else b""
    round_lock = lock_name(round_id)
    key_lock = None if key is None else f"key:{me.person_id}:{key}"
    row: Any = None
    for _ in range(TRIES):
        row = await queries.facts(me.school_id, round_id, group_id, student_id, me.person_id, key, round_lock, key_lock)
        if row is None:
            raise NotFound
        round_ = round_facts(row)
        pair = PairFacts(group_id, PairState(row["pair_state"]), row["teaches"], row["stands_in"])
        verdict = visibility.write_feedback(me.viewer, round_, pair)
        if isinstance(verdict, Deny) and verdict.hidden:
            raise NotFound
        if row["payload_hash"] is not None:
            if row["payload_hash"] != digest:
                raise KeyReused
            return msgspec.json.decode(row["answer"], type=Saved)
        missing = completeness.missing(round_.required, body.stoplight, body.remark, body.action)
        if _unchanged(row, body):
            return await _as_it_was(me, row, missing, key, digest)
        if isinstance(verdict, Deny):
            return await _refuse(me, round_id, group_id, student_id, body, seen, round_, pair, verdict)
        if (row["version"] or 0) != seen:
            raise Stale(await _current(me, row), row["version"] or 0)
        saved = await write(
            Save(
                school_id=me.school_id,
                round_id=round_id,
                group_id=group_id,
                student_id=student_id,
                person_id=me.person_id,
                stoplight=body.stoplight,
                remark=body.remark,
                action=body.action,
                missing=missing,
                version_seen=seen,
                round_version=row["round_version"],
                at=clock.now(),
                key=key,
                digest=digest,
            )
        )
        if saved is not None:
            if row["late"]:
                await queries.settle_late(me.school_id, round_id, group_id, student_id, me.person_id, saved.saved_at)
            return saved
    raise Stale(await _current(me, row), row["version"] or 0)


def _check(body: FeedbackBody) -> None:
    """PostgreSQL keeps every character but NUL."""
    errors = [
        FieldError(f"/{name}", "bad_character")
        for name, text in (("remark", body.remark), ("action", body.action))
        if "\x00" in text
    ]
    if errors:
        raise Invalid(*errors)


def _unchanged(row: Any, body: FeedbackBody) -> bool:
    """Does exactly this stand there already?"""
    return (
        row["id"] is not None
        and row["stoplight"] == body.stoplight
        and row["remark"] == body.remark
        and row["action"] == body.action
    )


async def _as_it_was(me: Me, row: Any, missing: list[str], key: UUID | None, digest: bytes) -> Saved:
    saved = Saved(row["id"], row["version"], row["complete"], missing, row["updated_at"])  # type: ignore[arg-type]
    if key is not None:
        await queries.remember(me.school_id, me.person_id, key, digest, msgspec.json.encode(saved).decode())
    return saved


async def _refuse(
    me: Me,
    round_id: UUID,
    group_id: UUID,
    student_id: UUID,
    body: FeedbackBody,
    seen: int,
    round_: RoundFacts,
    pair: PairFacts,
    verdict: Deny,
) -> Saved:
    """Say no. A text that comes after closing is kept for its author first."""
    if verdict.reason is not Reason.ROUND_NOT_OPEN:
        raise Refused(verdict.reason)
    kept = bool(visibility.keep_late_write(me.viewer, round_, pair))
    if kept:
        await queries.keep_late(
            me.school_id,
            round_id,
            group_id,
            student_id,
            me.person_id,
            body.stoplight,
            body.remark,
            body.action,
            max(seen, 0),
            clock.now(),
        )
    raise Refused(verdict.reason, keeps=kept, kept=kept)


async def _current(me: Me, row: Any) -> Current:
    """What stands there now, for the writer to compare: a co-teacher of the group may read it."""
    if row["id"] is None:
        return Current(None, "", "", None, None, 0)
    name = await queries.person_name(me.school_id, row["author_id"])
    author = Author(
        row["author_id"], full_name(name["given_name"], name["particle"], name["family_name"]) if name else ""
    )
    return Current(row["stoplight"], row["remark"], row["action"], author, row["updated_at"], row["version"])
