"""The devices that get pushes. Each belongs to who signed in on it last, until that person signs out there."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from server.errors import FieldError, Invalid
from server.notices import delivery_queries as queries
from server.notices.schemas import Subscribed, SubscriptionBody
from server.platform import db
from server.platform.push import Outcome, Payload, Push, Subscription, hosts, keys_usable
from server.platform.request import Me
from server.platform.security import session_hash
from server.settings import Settings

DEVICES: Final = 20
TESTS: Final = 10
"""Test pushes that one person may ask for in an hour."""
TEST_LIFE: Final = 300


async def subscribe(me: Me, session_id: str, body: SubscriptionBody, settings: Settings) -> Subscribed:
    """Send this person's pushes to this device from now on, and nobody else's.

    Raises:
        Invalid: the address is no push service that we send to, or the keys are none.
    """
    if hosts(settings).endpoint(body.endpoint) is None:
        raise Invalid(FieldError("/endpoint", "no_push_service"))
    if not keys_usable(body.keys.p256dh, body.keys.auth):
        raise Invalid(FieldError("/keys", "no_push_keys"))
    await db.lock(f"push:{body.endpoint}")
    found = await queries.subscribe(
        me.school_id, me.person_id, session_hash(session_id), body.endpoint, body.keys.p256dh, body.keys.auth
    )
    await queries.keep_newest_devices(me.school_id, me.person_id, DEVICES)
    return Subscribed(found)


async def unsubscribe(me: Me, endpoint: str) -> None:
    """No more pushes to this device, whoever it was of: nobody but its holder can name the address.

    Raises:
        Invalid: an address that no device can have.
    """
    if "\x00" in endpoint:
        raise Invalid(FieldError("/endpoint", "bad_character"))
    await queries.unsubscribe(me.school_id, endpoint)


async def find(me: Me, endpoint: str) -> tuple[UUID, Subscription]:
    """One of the person's own devices.

    Raises:
        Invalid: this device gets no pushes for this person.
    """
    row = None if "\x00" in endpoint else await queries.device(me.school_id, me.person_id, endpoint)
    if row is None:
        raise Invalid(FieldError("/endpoint", "push_gone"))
    return row["id"], Subscription(endpoint=row["endpoint"], p256dh=row["p256dh"], auth=row["auth"])


async def test(me: Me, device: tuple[UUID, Subscription], push: Push) -> None:
    """Send a push to this one device, to see that it arrives. Outside any transaction.

    Raises:
        Invalid: its push service does not know it any more (then it is forgotten here too), or did not take it.
    """
    subscription_id, to = device
    attempt = await push.send(
        to, Payload(kind="test", url="/notices", tag="test", lang=me.locale), ttl=TEST_LIFE, urgency="high"
    )
    if attempt.outcome is Outcome.GONE:
        async with db.school_transaction(me.school_id):
            await queries.remove_subscriptions(me.school_id, [subscription_id])
        raise Invalid(FieldError("/endpoint", "push_gone"))
    if attempt.outcome is not Outcome.SENT:
        raise Invalid(FieldError("/endpoint", "push_not_taken"))


async def forget_ended(school_id: UUID) -> None:
    """Forget the devices of who signed out there, of switched-off accounts and of who left. In a transaction of the school."""
    await queries.remove_ended_devices(school_id)


async def clear(school_id: UUID) -> None:
    """The same daily, before ended sessions are cleared away; and stopped addresses that nobody has any more. Safe to repeat."""
    async with db.school_transaction(school_id):
        await forget_ended(school_id)
        await queries.forget_addresses(school_id)
