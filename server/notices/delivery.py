"""Deliveries by the batch: ask the rules again, say what to send, and note what became of it. Sending itself is outside any
transaction."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from server.access import mails
from server.notices import delivery_queries as queries
from server.notices import queries as notices
from server.notices.kind import Channel
from server.notices.sending import Later, Never, Sending, to_send, unsubscribe_address
from server.platform import db
from server.platform.mail import Letter, message_id
from server.platform.push import Attempt, Outcome, Payload, Subscription
from server.settings import Settings

FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 3600.0
GROWTH: Final = 4.0
GIVE_UP: Final = timedelta(hours=24)
"""Counted from the first try. What is given up is shown to the admin, who may let it begin anew."""


@dataclass(frozen=True, slots=True)
class PushJob:
    """One push to one device."""

    id: UUID
    school_id: UUID
    to: Subscription
    payload: Payload
    ttl: int
    urgency: str


@dataclass(frozen=True, slots=True)
class MailJob:
    """One mail."""

    id: UUID
    school_id: UUID
    letter: Letter


Job = PushJob | MailJob
Result = tuple[Job, Attempt]


def backoff(tries: int, *, dice: float | None = None) -> timedelta:
    """How long to wait after the given number of tries: 5 s, 20 s … 1 h, give or take a fifth (`dice` from 0 to 1)."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * GROWTH ** min(max(tries, 1) - 1, 20))
    spread = random.random() if dice is None else dice  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=wait * (0.8 + 0.4 * spread))


async def claim(channel: Channel, limit: int, lease: timedelta) -> dict[UUID, list[UUID]]:
    """Take due deliveries of one channel, by school."""
    found: dict[UUID, list[UUID]] = {}
    async with db.transaction():
        for row in await queries.claim(channel, limit, lease):
            found.setdefault(row["school_id"], []).append(row["id"])
    return found


async def prepare(school_id: UUID, delivery_ids: Sequence[UUID], settings: Settings) -> list[Job]:
    """What to send. Where there is nothing to send (any more) that is noted here: a permission that ended, a device that is gone."""
    async with db.school_transaction(school_id):
        rows = await queries.to_deliver(school_id, delivery_ids)
        said = await to_send(school_id, [row for row in rows if row["notice_id"] is not None])
        found = [job for row in rows if (job := await _job(school_id, row, said.get(row["id"]), settings)) is not None]
        addresses = [job.letter.to for job in found if isinstance(job, MailJob)]
        stopped = await queries.stopped(school_id, addresses) if addresses else set()
        unread = [job.id for job in found if isinstance(job, MailJob) and job.letter.to.lower() in stopped]
        await _drop(school_id, unread, "stopped")
        return [job for job in found if job.id not in unread]


async def _job(school_id: UUID, row: Any, said: Sending | Later | Never | None, settings: Settings) -> Job | None:
    if said is None:
        return await _letter(school_id, row, settings)
    if isinstance(said, Later):
        await queries.hold(school_id, row["id"], said.at)
        return None
    if isinstance(said, Never):
        if said.withdraw:
            await notices.withdraw(school_id, [row["notice_id"]], said.code)
        else:
            await _drop(school_id, [row["id"]], said.code)
        return None
    if row["channel"] == Channel.PUSH:
        if row["subscription_id"] is None:
            await _drop(school_id, [row["id"]], "no_subscription")
            return None
        return PushJob(
            row["id"],
            school_id,
            to=Subscription(endpoint=row["endpoint"], p256dh=row["p256dh"], auth=row["auth"]),
            payload=Payload(kind=said.words, url=said.url, tag=said.tag, lang=row["locale"], n=said.n),
            ttl=int(said.ttl.total_seconds()),
            urgency=said.urgency,
        )
    if not row["email"]:
        await _drop(school_id, [row["id"]], "no_address")
        return None
    return MailJob(
        row["id"],
        school_id,
        Letter(
            to=row["email"],
            language=row["locale"],
            key=said.words,
            url=settings.public_url + said.url,
            school=row["school"],
            message_id=message_id(row["id"], settings),
            created_at=row["created_at"],
            n=said.n,
            lines=said.lines,
            own=said.own,
            unsubscribe=unsubscribe_address(settings, school_id, row["person_id"], row["kind"]),
        ),
    )


async def _letter(school_id: UUID, row: Any, settings: Settings) -> MailJob | None:
    """An invitation or a code. One that is over, or whose person has no address any more, is dropped here."""
    if row["invitation_id"] is not None:
        mail = await mails.invitation(school_id, row["invitation_id"], settings)
    else:
        mail = await mails.code(school_id, row["code_id"], settings)
    if mail is None:
        await _drop(school_id, [row["id"]], "over")
        return None
    return MailJob(
        row["id"],
        school_id,
        Letter(
            to=mail.to,
            language=mail.language,
            key=mail.key,
            url=mail.url,
            school=mail.school,
            message_id=message_id(row["id"], settings),
            created_at=row["created_at"],
            code=mail.code,
        ),
    )


async def _drop(school_id: UUID, delivery_ids: Sequence[UUID], code: str) -> None:
    if delivery_ids:
        await queries.finish(school_id, delivery_ids, "dropped", [code] * len(delivery_ids))


async def settle(school_id: UUID, results: Sequence[Result]) -> None:
    """Note what became of these attempts, all of one school. Harmless for what is settled already."""
    tried = {job.id: (job, attempt) for job, attempt in results}
    ends: dict[str, list[tuple[UUID, str]]] = {"sent": [], "dropped": [], "failed": []}
    again: list[tuple[UUID, timedelta, str]] = []
    gone: list[UUID] = []
    counted: Counter[tuple[str, str]] = Counter()
    async with db.school_transaction(school_id), db.by_key():
        for row in await queries.waiting(school_id, sorted(tried)):
            job, attempt = tried[row["id"]]
            end = await _end(school_id, job, attempt, row, gone)
            if isinstance(end, timedelta):
                again.append((job.id, end, attempt.code))
            else:
                ends[end].append((job.id, "" if end == "sent" else attempt.code))
            counted[row["channel"], "again" if isinstance(end, timedelta) else end] += 1
        for state, those in ends.items():
            if those:
                await queries.finish(school_id, [each for each, _ in those], state, [code for _, code in those])
        if again:
            await queries.try_again(school_id, *(list(part) for part in zip(*again, strict=True)))
        if gone:
            await queries.remove_subscriptions(school_id, gone)
        await queries.count(counted)


async def _end(school_id: UUID, job: Job, attempt: Attempt, row: Any, gone: list[UUID]) -> str | timedelta:
    """The state in which it ends, or how long until it is tried again."""
    match attempt.outcome:
        case Outcome.SENT:
            return "sent"
        case Outcome.REFUSED:
            return "failed"
        case Outcome.GONE if isinstance(job, MailJob):
            await queries.stop_address(school_id, job.letter.to, attempt.code)
            return "failed"
        case Outcome.GONE:
            if row["subscription_id"] is not None:
                gone.append(row["subscription_id"])
            return "dropped"
        case Outcome.RETRY:
            wait = backoff(row["tries"])
            if attempt.after is not None:
                wait = max(wait, timedelta(seconds=min(attempt.after, GIVE_UP.total_seconds())))
            return "failed" if row["age"] + wait > GIVE_UP else wait


async def give_back(school_id: UUID, delivery_ids: Sequence[UUID]) -> None:
    """Deliveries that were taken and that nobody came to: they are due as before."""
    async with db.school_transaction(school_id):
        await queries.give_back(school_id, delivery_ids)


@dataclass(frozen=True, slots=True)
class Figures:
    """For /metrics: counts and seconds, of all schools together. `queue`: by channel (and `outbox`) how many wait, and for how long
    the oldest of them; `tallies`: by channel and outcome how many attempts there were."""

    queue: dict[str, tuple[int, float]]
    tallies: dict[tuple[str, str], int]


async def figures() -> Figures:
    """As things are now."""
    async with db.transaction():
        queue = {row["channel"]: (row["waiting"], row["age"]) for row in await queries.figures()}
        return Figures(queue, {(row["channel"], row["outcome"]): row["n"] for row in await queries.tallies()})
