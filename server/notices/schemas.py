"""What the API says about notices."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec


class NoticeItem(msgspec.Struct, frozen=True):
    """One notice in its fixed words. `about`: the student's name, for readers who are not the student; or the round's."""

    id: UUID
    kind: str
    title: str
    body: str
    url: str
    about: str | None
    created_at: datetime
    read_at: datetime | None


class ReadBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which notices were read; null means all."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=200)] | None


class ReadAnswer(msgspec.Struct, frozen=True):
    """How many are still unread."""

    unread: int


class SubscriptionKeys(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of a device in URL-safe base64."""

    p256dh: Annotated[str, msgspec.Meta(max_length=200)]
    auth: Annotated[str, msgspec.Meta(max_length=100)]


class SubscriptionBody(msgspec.Struct, forbid_unknown_fields=True, rename={"expiration_time": "expirationTime"}):
    """A subscription as the browser's `PushSubscription.toJSON()` writes it."""

    endpoint: Annotated[str, msgspec.Meta(max_length=2000)]
    keys: SubscriptionKeys
    expiration_time: float | None = None


class Subscribed(msgspec.Struct, frozen=True):
    """The stored subscription."""

    id: UUID


class EndpointBody(msgspec.Struct, forbid_unknown_fields=True):
    """The device that it is about."""

    endpoint: Annotated[str, msgspec.Meta(max_length=2000)]


State = Literal["waiting", "sent", "dropped", "failed"]
ChannelName = Literal["push", "mail"]


class Recipient(msgspec.Struct, frozen=True):
    """Who it was for."""

    id: UUID
    name: str


class DeliveryItem(msgspec.Struct, frozen=True):
    """One notice, invitation or code over one channel: who, which kind, when, and what became of it. Nothing of what it says.

    `dropped`: nobody was to get it any more. `failed`: given up; `error` is a code of the last try.
    """

    id: UUID
    kind: str
    label: str
    channel: ChannelName
    state: State
    person: Recipient | None
    made_at: datetime
    tries: int
    error: str
    next_try_at: datetime | None
    sent_at: datetime | None


class DeliveryPage(msgspec.Struct, frozen=True):
    """Newest first. `after`: where the next page begins, if there is one. `failed`: how many were given up in all."""

    items: list[DeliveryItem]
    after: UUID | None
    failed: int


class RetryBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which deliveries begin anew; null means all that were given up."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=200)] | None


class Retried(msgspec.Struct, frozen=True):
    """How many begin anew."""

    retried: int


class ChannelChoices(msgspec.Struct, frozen=True):
    """Is a kind sent over a channel? Null: it has no such channel, or the school has switched it off."""

    push: bool | None
    mail: bool | None


class KindChoices(msgspec.Struct, frozen=True):
    """One kind of notice in words, and over which channels it comes beside the list in the app."""

    kind: str
    label: str
    hint: str
    channels: ChannelChoices


class Calm(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Quiet hours on the school's clock; weekends and holidays are quiet too."""

    from_: str
    until: str


class NoticeChoices(msgspec.Struct, frozen=True):
    """What is sent. `calm` null: the school has no quiet hours."""

    kinds: list[KindChoices]
    calm: Calm | None


class NoticeChoice(msgspec.Struct, forbid_unknown_fields=True):
    """Have one kind over one channel, or not."""

    kind: Annotated[str, msgspec.Meta(max_length=60)]
    channel: Literal["push", "mail"]
    on: bool


class QuietHours(msgspec.Struct, forbid_unknown_fields=True):
    """Are there quiet hours?"""

    on: bool
