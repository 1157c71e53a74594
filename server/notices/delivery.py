"""One delivery: ask the rules again, say what to send, and note what became of it. Sending itself is outside any transaction."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from server.access import mails
from server.notices import queries
from server.notices.kinds import Channel
from server.notices.sending import Later, Never, to_send, unsubscribe_address
from server.platform import db
from server.platform.mail import Letter, message_id
from server.platform.push import Attempt, Outcome, Payload, Subscription
from server.settings import Settings

FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 3600.0
GROWTH: Final = 4.0
GIVE_UP: Final = {Channel.PUSH: timedelta(hours=24), Channel.MAIL: timedelta(days=5)}
"""A mail server may be away for a weekend; a push is stale after a day."""


@dataclass(frozen=True, slots=True)
class PushJob:
    """One push to one device."""

    to: Subscription
    payload: Payload
    ttl: int
    urgency: str


@dataclass(frozen=True, slots=True)
class MailJob:
    """One mail."""

    letter: Letter


Job = PushJob | MailJob


def backoff(tries: int, *, dice: float | None = None) -> timedelta:
    """How long to wait after the given number of tries: 5 s, 20 s … 1 h, give or take a fifth (`dice` from 0 to 1)."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * GROWTH ** min(max(tries, 1) - 1, 20))
    spread = random.random() if dice is None else dice  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=wait * (0.8 + 0.4 * spread))


async def claim(limit: int, lease: timedelta) -> list[tuple[UUID, UUID]]:
    """Take due deliveries of all schools: (school_id, delivery_id)."""
    async with db.transaction():
        return [(row["school_id"], row["id"]) for row in await queries.claim_deliveries(limit, lease)]


async def prepare(school_id: UUID, delivery_id: UUID, settings: Settings) -> Job | None:
    """What to send, or None when there is nothing (any more), or not now. A notice whose permission ended is withdrawn here."""
    async with db.school_transaction(school_id):
        row = await queries.to_deliver(school_id, delivery_id)
        if row is None:
            return await _letter(school_id, delivery_id, settings)
        if row["state"] != "waiting":
            return None
        said = await to_send(school_id, row)
        if isinstance(said, Later):
            await queries.hold(school_id, delivery_id, said.at)
            return None
        if isinstance(said, Never):
            if said.withdraw:
                await queries.withdraw(school_id, [row["notice_id"]], said.code)
            else:
                await queries.finish(school_id, delivery_id, "dropped", said.code)
            return None
        if row["channel"] == Channel.PUSH:
            if row["subscription_id"] is None:
                await queries.finish(school_id, delivery_id, "dropped", "no_subscription")
                return None
            return PushJob(
                to=Subscription(endpoint=row["endpoint"], p256dh=row["p256dh"], auth=row["auth"]),
                payload=Payload(kind=said.words, url=said.url, tag=said.tag, lang=row["locale"], n=said.n),
                ttl=int(said.ttl.total_seconds()),
                urgency=said.urgency,
            )
        if not row["email"]:
            await queries.finish(school_id, delivery_id, "dropped", "no_address")
            return None
        return MailJob(
            Letter(
                to=row["email"],
                language=row["locale"],
                key=said.words,
                url=settings.public_url + said.url,
                school=row["school"],
                message_id=message_id(delivery_id, settings),
                created_at=row["created_at"],
                n=said.n,
                lines=said.lines,
                unsubscribe=unsubscribe_address(settings, school_id, row["person_id"], row["kind"]),
            )
        )


async def _letter(school_id: UUID, delivery_id: UUID, settings: Settings) -> MailJob | None:
    """An invitation or a code. One that is over, or whose person has no address any more, is dropped here."""
    row = await queries.letter(school_id, delivery_id)
    if row is None:
        return None
    if row["invitation_id"] is not None:
        mail = await mails.invitation(school_id, row["invitation_id"], settings)
    else:
        mail = await mails.code(school_id, row["code_id"], settings)
    if mail is None:
        await queries.finish(school_id, delivery_id, "dropped", "over")
        return None
    return MailJob(
        Letter(
            to=mail.to,
            language=mail.language,
            key=mail.key,
            url=mail.url,
            school=mail.school,
            message_id=message_id(delivery_id, settings),
            created_at=row["created_at"],
            code=mail.code,
        )
    )


async def settle(school_id: UUID, delivery_id: UUID, attempt: Attempt) -> None:
    """Note what became of an attempt. Harmless when the delivery is settled already."""
    async with db.school_transaction(school_id):
        row = await queries.waiting(school_id, delivery_id)
        if row is None:
            return
        match attempt.outcome:
            case Outcome.SENT:
                await queries.finish(school_id, delivery_id, "sent", "")
            case Outcome.REFUSED:
                await queries.finish(school_id, delivery_id, "failed", attempt.code)
            case Outcome.GONE:
                await queries.finish(school_id, delivery_id, "dropped", attempt.code)
                if row["subscription_id"] is not None:
                    await queries.remove_subscription(school_id, row["subscription_id"])
            case Outcome.RETRY:
                await _retry(school_id, delivery_id, row, attempt)


async def _retry(school_id: UUID, delivery_id: UUID, row: Any, attempt: Attempt) -> None:
    wait = backoff(row["tries"])
    if attempt.after is not None:
        wait = max(wait, timedelta(seconds=min(attempt.after, timedelta(days=1).total_seconds())))
    if row["age"] + wait > GIVE_UP[Channel(row["channel"])]:
        await queries.finish(school_id, delivery_id, "failed", attempt.code)
    else:
        await queries.try_again(school_id, delivery_id, wait, attempt.code)
