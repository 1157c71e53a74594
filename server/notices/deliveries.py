"""What was sent and what was not, for the admin: who, which kind, when, and how it ended. Without content."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from server.audit import service as audit
from server.errors import NotFound, require
from server.notices import delivery_queries as queries
from server.notices.kinds import DAILY, KINDS, LETTERS
from server.notices.schemas import ChannelName, DeliveryItem, DeliveryPage, Recipient, Retried, State
from server.people import service as people
from server.people.names import full_name
from server.platform import db
from server.platform.request import Me
from server.platform.texts import text
from server.rules.administration import administer

PAGE: Final = 50


async def read(
    me: Me, state: State | None, channel: ChannelName | None, kind: str | None, after: UUID | None
) -> DeliveryPage:
    """Fifty deliveries, newest first, beginning after `after`."""
    require(administer(me.viewer))
    known = kind is None or kind in (*KINDS, DAILY, *LETTERS.values())
    found = await queries.deliveries(me.school_id, state, channel, kind, after, PAGE + 1) if known else []
    shown = [_item(me, row) for row in found[:PAGE]]
    return DeliveryPage(
        items=shown,
        after=shown[-1].id if len(found) > PAGE else None,
        failed=await queries.failed(me.school_id),
    )


def _item(me: Me, row: Any) -> DeliveryItem:
    person = None
    if row["person_id"] is not None:
        person = Recipient(row["person_id"], full_name(row["given_name"], row["particle"], row["family_name"]))
    return DeliveryItem(
        id=row["id"],
        kind=row["kind"],
        label=_label(me.locale, row["kind"]),
        channel=row["channel"],
        state=row["state"],
        person=person,
        made_at=row["created_at"],
        tries=row["tries"],
        error=row["last_error"],
        next_try_at=row["next_try_at"] if row["state"] == "waiting" else None,
        sent_at=row["sent_at"],
    )


def _label(language: str, kind: str) -> str:
    """What people call this kind."""
    if kind in LETTERS.values():
        return text(language, f"deliveries.{kind}")
    return text(language, f"notices.kind.{kind.replace('.', '_')}.label")


async def retry(me: Me, ids: list[UUID] | None) -> Retried:
    """Let these, or all that were given up, begin anew; the rules are asked again before anything leaves."""
    require(administer(me.viewer))
    return Retried(await _retry(me.school_id, me.person_id, ids))


async def _retry(school_id: UUID, person_id: UUID | None, ids: list[UUID] | None) -> int:
    count = await queries.retry(school_id, ids)
    if count:
        await audit.record(school_id, person_id, "school.deliveries_retried", rows=count)
    return count


async def retry_on_command(slug: str | None) -> int:
    """The same for one school, or for all of this installation; how many.

    Raises:
        NotFound: there is no such school.
    """
    schools = [school for school in await people.known_schools() if slug in (None, school.slug)]
    if slug is not None and not schools:
        raise NotFound
    total = 0
    for school in schools:
        async with db.school_transaction(school.id):
            total += await _retry(school.id, None, None)
    return total
