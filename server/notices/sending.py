"""One delivery just before it is sent: everything is asked once more, and only then there is something to say."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from server.calendar import service as calendars
from server.notices import queries
from server.notices.about import Asked, allowed, number, own_words
from server.notices.kind import Facts, Ids
from server.notices.kinds import DAILY, DAILY_LIFE, DAILY_PAGE, KINDS
from server.notices.timing import SchoolCalendar, calm
from server.platform import clock
from server.platform.sealing import BrokenSeal, seal, unseal
from server.settings import Settings

PURPOSE: Final = "unsubscribe"
UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Sending:
    """What to say. `n`: how many, for words that say so; `lines`: message keys under `mail.` with their numbers; `own`: what the
    organiser of a round adds, in a mail."""

    words: str
    url: str
    tag: str
    ttl: timedelta
    urgency: str = "normal"
    n: int | None = None
    lines: tuple[tuple[str, int], ...] = ()
    own: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """These are quiet hours: not before this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """Not any more, and why. `withdraw`: the notice itself goes, for its reader may no longer know of it."""

    code: str
    withdraw: bool = False


async def to_send(school_id: UUID, rows: Sequence[Any]) -> dict[UUID, Sending | Later | Never]:
    """Ask rules, choices, the last useful moment and quiet hours, by delivery; `rows` are those of `queries.to_deliver` with a
    notice."""
    asked = {row["id"]: _news(row) for row in rows if not _ended(row) and row["kind"] != DAILY}
    known = await allowed(school_id, list(asked.values()))
    facts = dict(zip(asked, known, strict=True))
    return {row["id"]: await _one(school_id, row, facts.get(row["id"])) for row in rows}


def _news(row: Any) -> Asked:
    return KINDS[row["kind"]], row["person_id"], msgspec.json.decode(row["ids"], type=Ids)


def _ended(row: Any) -> Never | None:
    """Known without asking a rule."""
    if row["withdrawn_at"] is not None:
        return Never("not_allowed", withdraw=True)
    return Never("unwanted") if row["unwanted"] else None


async def _one(school_id: UUID, row: Any, facts: Facts | None) -> Sending | Later | Never:
    if (ended := _ended(row)) is not None:
        return ended
    if row["kind"] == DAILY:
        return await _daily(school_id, row)
    if facts is None:
        return Never("not_allowed", withdraw=True)
    kind, person_id, ids = _news(row)
    now = clock.now()
    until = kind.until(facts, row["made_at"]) if kind.until is not None else None
    at = await _calm(school_id, row, now) if kind.calm else now
    if until is not None and at >= until:
        return Never("too_late")
    if at > now:
        return Later(at)
    return Sending(
        words=kind.words_for(person_id, ids),
        url=kind.url(ids),
        tag=kind.tag(ids),
        # A phone that is off until after the deadline is not reminded of it.
        ttl=kind.push_life if until is None else min(kind.push_life, until - now),
        urgency=kind.urgency,
        n=number(kind, facts),
        own=own_words(kind, facts),
    )


async def _calm(school_id: UUID, row: Any, now: datetime) -> datetime:
    """When it may be sent. Holidays are looked up where they matter: the relay kept the first try out of them."""
    if not row["quiet_hours"]:
        return now
    at = calm(now, SchoolCalendar(row["time_zone"]))
    if at == now and row["tries"] <= 1:
        return now
    return calm(now, await calendars.of_school(school_id))


async def _daily(school_id: UUID, row: Any) -> Sending | Later | Never:
    """The day's digest: counts of what came in, was not read, and may still be known."""
    now = clock.now()
    at = await _calm(school_id, row, now)
    if at > now:
        return Later(at)
    counts: Counter[str] = Counter()
    ended: list[UUID] = []
    news = await queries.for_daily(school_id, row["person_id"], row["notice_id"])
    asked = [_news(each) for each in news]
    for each, (kind, _, _), facts in zip(news, asked, await allowed(school_id, asked), strict=True):
        if facts is None:
            ended.append(each["id"])
        else:
            counts[kind.words] += 1
    if ended:
        await queries.withdraw(school_id, ended, "not_allowed")
    if not counts:
        return Never("nothing_new")
    return Sending(
        words=DAILY,
        url=DAILY_PAGE,
        tag=DAILY,
        ttl=DAILY_LIFE,
        n=counts.total(),
        lines=tuple((f"{DAILY}.{words}", count) for words, count in sorted(counts.items())),
    )


# --- no more mails of a kind, without signing in ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Whose mails of which kind end."""

    school_id: UUID
    person_id: UUID
    kind: str


def unsubscribe_address(settings: Settings, school_id: UUID, person_id: UUID, kind: str) -> str:
    """The address that ends mails of this kind to this person, for whoever has the mail (RFC 8058)."""
    plain = school_id.bytes + person_id.bytes + kind.encode()
    token = base64.urlsafe_b64encode(seal(settings.secret, PURPOSE, plain)).rstrip(b"=").decode()
    return f"{settings.public_url}/unsubscribe/{token}"


def read_token(settings: Settings, token: str) -> Unsubscribing | None:
    """What such an address says; None: it is none of ours (any more)."""
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        plain = unseal(settings.secret, PURPOSE, sealed)
    except (ValueError, BrokenSeal):
        return None
    school, person, kind = plain[:UUID_BYTES], plain[UUID_BYTES : 2 * UUID_BYTES], plain[2 * UUID_BYTES :].decode()
    # A mail may be older than this version of the table.
    return Unsubscribing(UUID(bytes=school), UUID(bytes=person), kind) if kind in KINDS or kind == DAILY else None
