"""What moves a round from one state to another, by an organiser or at a set time, and what keeps its pairs up to date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.feedback import completing
from server.feedback import late as late_writes
from server.platform import clock, db, live, outbox
from server.platform.request import Me
from server.rounds import behind, pairs, queries
from server.rounds.facts import live_topic, lock_name
from server.rounds.schemas import Audience, CloseBody, LateAccepted, PairChange, ReopenBody, RoundAnswer
from server.rounds.service import answer, audience_of, by_year_of, load
from server.rules import lifecycle
from server.rules.facts import RoundFacts, RoundState
from server.rules.lifecycle import Act
from server.rules.verdict import Deny, Verdict


async def _locked(me: Me, round_id: UUID) -> tuple[Any, RoundFacts]:
    """The round as it is once nobody else is saving into it or changing it."""
    require(lifecycle.plan_rounds(me.viewer))
    await db.lock(lock_name(round_id))
    return await load(me.school_id, round_id)


async def _done(school_id: UUID, by: UUID | None, round_id: UUID, kind: str, **audited: Any) -> RoundAnswer:
    """Tell the outbox, the audit log and pages that are open; the answer of the act."""
    await outbox.append(school_id, kind, round=round_id, by=by)
    await audit.record(school_id, by, kind, round=round_id, **audited)
    live.tell(live_topic(round_id, "round"), "round")
    row, _ = await load(school_id, round_id)
    return answer(row)


# --- open, close, reopen, archive -------------------------------------------------------------------------------------


async def open_round(me: Me, round_id: UUID) -> RoundAnswer:
    """Open a draft and compute who is expected to rate whom.

    Raises:
        Refused: not a draft, the deadline has passed, or the audience is empty.
    """
    row, facts = await _locked(me, round_id)
    require(await _openable(row, facts, me.school_id))
    return await _open(me.school_id, me.person_id, row)


async def _openable(row: Any, facts: RoundFacts, school_id: UUID) -> Verdict:
    return lifecycle.system_transition(
        facts,
        Act.OPEN,
        deadline_ahead=row["deadline"] > clock.now(),
        pairs=await pairs.count(school_id, audience_of(row)),
    )


async def _open(school_id: UUID, by: UUID | None, row: Any) -> RoundAnswer:
    change = await pairs.recompute(school_id, row["id"], audience_of(row), await _today(school_id), None)
    if change.added >= db.MANY:
        await db.take_stock("expected_pair")
    await queries.change(
        school_id,
        row["id"],
        {
            "state": RoundState.OPEN.value,
            "opened_at": clock.now(),
            "only_groups": None,
            "reminded_until": clock.now(),
            "complete_at": None,
        },
    )
    return await _done(school_id, by, row["id"], "round.opened")


async def close_round(me: Me, round_id: UUID, body: CloseBody) -> RoundAnswer:
    """Close the whole round, or all of it but the groups that get an extension (which is closing and reopening those).

    Raises:
        Refused: the round is not open.
        Invalid: a group that is not open in this round, or an end of the extension that has passed or is nobody's.
    """
    row, facts = await _locked(me, round_id)
    require(lifecycle.transition(me.viewer, facts, Act.CLOSE))
    keep = list(dict.fromkeys(body.keep_open_group_ids))
    errors = list(_closing_errors(body.closes_at))
    if body.closes_at is not None and not keep:
        errors.append(FieldError("/keep_open_group_ids", "required"))
    if errors:
        raise Invalid(*errors)
    if keep:
        await _require_groups(me.school_id, row, keep, "/keep_open_group_ids", open_only=True)
    closed = await _close(me.school_id, me.person_id, row, keep, body.closes_at)
    if keep:
        return await _done(me.school_id, me.person_id, round_id, "round.reopened", groups=keep, reason="extension")
    return closed


async def _close(
    school_id: UUID, by: UUID | None, row: Any, keep: list[UUID], until: datetime | None = None
) -> RoundAnswer:
    """Freeze the pairs as of today and close; what is kept open closes by itself at `until`."""
    await pairs.recompute(school_id, row["id"], audience_of(row), await _today(school_id), row["only_groups"])
    state = RoundState.OPEN if keep else RoundState.CLOSED
    values = {"state": state.value, "closed_at": clock.now(), "only_groups": keep or None, **_closing(row, until)}
    await queries.change(school_id, row["id"], values)
    return await _done(school_id, by, row["id"], "round.closed")


async def reopen_round(me: Me, round_id: UUID, body: ReopenBody) -> RoundAnswer:
    """Reopen the whole round (`group_ids` null) or the named groups; more groups may follow later.

    Raises:
        Refused: the round is not closed.
        Invalid: no reason, no group, or a group that is not in this round.
    """
    row, facts = await _locked(me, round_id)
    partly = facts.only_groups is not None and facts.state is RoundState.OPEN
    require(lifecycle.widen(me.viewer, facts) if partly else lifecycle.transition(me.viewer, facts, Act.REOPEN))
    reason = body.reason.strip()
    errors = []
    if not reason:
        errors.append(FieldError("/reason", "required"))
    elif "\x00" in reason:
        errors.append(FieldError("/reason", "bad_character"))
    if body.group_ids is not None and not body.group_ids:
        errors.append(FieldError("/group_ids", "required"))
    errors += _closing_errors(body.closes_at)
    if errors:
        raise Invalid(*errors)
    groups = None if body.group_ids is None else list(dict.fromkeys(body.group_ids))
    if groups is not None:
        await _require_groups(me.school_id, row, groups, "/group_ids")
    await _reopen(me.school_id, row, groups, body.closes_at)
    return await _done(me.school_id, me.person_id, round_id, "round.reopened", groups=groups, reason=reason)


async def _reopen(school_id: UUID, row: Any, groups: list[UUID] | None, until: datetime | None = None) -> None:
    """Open again for `groups` (None: all) beside those that already are; their pairs follow the roster again."""
    open_already: list[UUID] = (row["only_groups"] or []) if row["state"] == RoundState.OPEN.value else []
    only = None if groups is None else list(dict.fromkeys([*open_already, *groups]))
    await pairs.recompute(school_id, row["id"], audience_of(row), await _today(school_id), only)
    values = {
        "state": RoundState.OPEN.value,
        "only_groups": only,
        "reminded_until": clock.now(),
        "complete_at": None,
        **_closing(row, until),
    }
    await queries.change(school_id, row["id"], values)
    if await behind.complete(school_id, row["id"]):
        # Opened to change what is there: that it is complete is no news.
        await behind.told_complete(school_id, row["id"], clock.now())


def _closing_errors(closes_at: datetime | None) -> Iterator[FieldError]:
    if closes_at is not None and closes_at <= clock.now():
        yield FieldError("/closes_at", "in_past")


def _closing(row: Any, until: datetime | None) -> dict[str, datetime | None]:
    """The closing time from now on: the one asked for, else the one that is set. One that has come must not close what was
    opened by hand."""
    if until is not None:
        return {"closes_at": until}
    past = row["closes_at"] is not None and row["closes_at"] <= clock.now()
    return {"closes_at": None} if past else {}


async def archive_round(me: Me, round_id: UUID) -> RoundAnswer:
    """The school year's end: read-only.

    Raises:
        Refused: the round is not closed.
    """
    _, facts = await _locked(me, round_id)
    require(lifecycle.transition(me.viewer, facts, Act.ARCHIVE))
    await queries.change(me.school_id, round_id, {"state": RoundState.ARCHIVED.value})
    return await _done(me.school_id, me.person_id, round_id, "round.archived")


async def accept_late_writes(me: Me, round_id: UUID, group_id: UUID) -> LateAccepted:
    """Reopen one group for the texts that came after closing, and take them over where nothing newer stands.

    What cannot be taken over stays with its author, who can choose now that the group is open.

    Raises:
        NotFound: no late texts of this group.
        Refused: the round is archived, or open anyway.
    """
    row, facts = await _locked(me, round_id)
    partly = facts.only_groups is not None and facts.state is RoundState.OPEN
    require(lifecycle.widen(me.viewer, facts) if partly else lifecycle.transition(me.viewer, facts, Act.REOPEN))
    if group_id not in await late_writes.waiting_counts(me.school_id, round_id):
        raise NotFound
    await _reopen(me.school_id, row, [group_id])
    taken, waiting = await late_writes.take_over(me.school_id, round_id, group_id)
    done = await _done(me.school_id, me.person_id, round_id, "round.reopened", groups=[group_id], reason="late_writes")
    return LateAccepted(done.id, done.version, done.state, done.only_groups, taken, waiting)


async def _require_groups(
    school_id: UUID, row: Any, groups: list[UUID], pointer: str, *, open_only: bool = False
) -> None:
    known = await queries.groups_of(school_id, row["id"])
    if open_only and row["only_groups"] is not None:
        known &= set(row["only_groups"])
    errors = [
        FieldError(f"{pointer}/{index}", "unknown_group") for index, group in enumerate(groups) if group not in known
    ]
    if errors:
        raise Invalid(*errors)


async def _today(school_id: UUID) -> date:
    return clock.today(await queries.zone(school_id))


# --- the worker's part ------------------------------------------------------------------------------------------------


async def due() -> list[tuple[UUID, UUID, str]]:
    """Rounds of all schools whose set time has come: (school_id, round_id, act), for `run_due`."""
    async with db.transaction():
        return [(row["school_id"], row["id"], row["act"]) for row in await queries.due()]


async def run_due(school_id: UUID, round_id: UUID, act: str) -> bool:
    """Open or close (`act`) a round whose set time has come. Safe to call twice; True when it did something.

    A round that cannot be opened now (its deadline has passed, its audience is empty) loses its opening time, so that it is
    not tried again for ever, and the audit log says why; the organiser opens it by hand.
    """
    async with db.school_transaction(school_id):
        await db.lock(lock_name(round_id))
        try:
            row, facts = await load(school_id, round_id)
        except NotFound:
            return False
        moment = row["opens_at" if act == Act.OPEN else "closes_at"]
        if moment is None or moment > clock.now():
            return False
        if act == Act.CLOSE:
            if not lifecycle.system_transition(facts, Act.CLOSE):
                return False
            await _close(school_id, None, row, [])
            return True
        if facts.state is not RoundState.DRAFT:
            return False
        verdict = await _openable(row, facts, school_id)
        if isinstance(verdict, Deny):
            await queries.change(school_id, round_id, {"opens_at": None})
            await audit.record(school_id, None, "round.not_opened", round=round_id, reason=verdict.reason.value)
            return False
        await _open(school_id, None, row)
        return True


async def recompute_open_rounds(school_id: UUID) -> dict[UUID, PairChange]:
    """Bring the pairs of every open round up to today's roster: daily, and after a roster import. What changed, by round."""
    changed: dict[UUID, PairChange] = {}
    async with db.school_transaction(school_id):
        today = await _today(school_id)
        for round_id in await queries.open_ids(school_id):
            await db.lock(lock_name(round_id))
            row, facts = await load(school_id, round_id)
            if facts.state is RoundState.OPEN:
                audience: Audience = audience_of(row)
                changed[round_id] = await pairs.recompute(school_id, round_id, audience, today, row["only_groups"])
                if by_year_of(row):
                    # The year of a group comes from the roster.
                    await completing.look_again(school_id, round_id)
    return changed
