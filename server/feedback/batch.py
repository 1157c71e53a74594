"""Many waiting texts of one group in one request: what a phone sends when it is back from the basement.

Each item is a save of its own: its own key, version, verdict and savepoint. One refused item undoes no other.
"""

from __future__ import annotations

from uuid import UUID

from server.errors import DomainError, FieldError, Invalid, NotFound, require
from server.feedback import queries, service
from server.feedback.schemas import LONGEST, BatchItem, FeedbackBody, Saved
from server.platform import db
from server.platform.request import Me
from server.rounds.facts import lock_name, round_facts
from server.rules import visibility

MOST = 50
"""Items of one request: more than any class has."""


async def save(me: Me, round_id: UUID, group_id: UUID, items: list[BatchItem]) -> list[Saved | DomainError]:
    """Save each item, or say why not; in the order of the request.

    Raises:
        NotFound: no such round or group in this school, or none of the items is the viewer's to write.
        Invalid: no items, too many, or a student or key twice.
    """
    _check(items)
    head = await queries.sheet_head(me.school_id, round_id, group_id, me.person_id)
    if head is None:
        raise NotFound
    require(visibility.see_round(me.viewer, round_facts(head)))
    # Co-teachers may send the same students at the same moment, and somebody may close the round meanwhile: everybody takes
    # the round first, then keys, then students, each in one order.
    await queries.lock_for_many(lock_name(round_id), [f"key:{me.person_id}:{item.key}" for item in items])
    found: dict[int, Saved | DomainError] = {}
    for index in sorted(range(len(items)), key=lambda index: items[index].student):
        found[index] = await _save_one(me, round_id, group_id, items[index])
    if all(isinstance(each, NotFound) for each in found.values()):
        raise NotFound  # who has nothing in this group does not learn that it is there
    return [found[index] for index in range(len(items))]


async def _save_one(me: Me, round_id: UUID, group_id: UUID, item: BatchItem) -> Saved | DomainError:
    try:
        async with db.transaction():
            try:
                body = _body(item)
                return await service.save(me, round_id, group_id, item.student, body, item.version, item.key)
            except DomainError as error:
                if not error.keeps:
                    raise
                return error
    except DomainError as error:
        return error


def _body(item: BatchItem) -> FeedbackBody:
    """The part of the item that the single save takes.

    Raises:
        Invalid: a text is too long. The schema leaves that to us, so that it is this item's fault alone.
    """
    errors = [
        FieldError(f"/{name}", "too_long", {"most": LONGEST})
        for name, text in (("remark", item.remark), ("action", item.action))
        if len(text) > LONGEST
    ]
    if errors:
        raise Invalid(*errors)
    return FeedbackBody(item.stoplight, item.remark, item.action)


def _check(items: list[BatchItem]) -> None:
    if not items:
        raise Invalid(FieldError("/items", "required"))
    if len(items) > MOST:
        raise Invalid(FieldError("/items", "too_many", {"most": MOST}))
    for name in ("student", "key"):
        seen = set()
        for index, item in enumerate(items):
            value = getattr(item, name)
            if value in seen:
                raise Invalid(FieldError(f"/items/{index}/{name}", "twice"))
            seen.add(value)
