"""Web push (RFC 8030, 8291, 8292): the one file that knows the `webpush` library.

The library encrypts, and is trusted with nothing else: it would keep a `ttl` for later messages and ignore 0, drop the port
from the VAPID audience, check no size, and send neither Urgency nor Topic.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from webpush import WebPush, WebPushSubscription
from webpush.vapid import VAPID

from server.platform.addresses import address_allowed
from server.platform.vapid import key_pair
from server.settings import Refused, Settings

LARGEST: Final = 3993
"""Bytes of payload that fit into one record of 4,096 after encryption."""
TOPIC_LENGTH: Final = 32


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a push carries: which kind of news, where it leads, in which language. Never a name, never content.

    `n`: how many, for words that say so.
    """

    kind: str
    url: str
    tag: str
    lang: str
    n: int | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where one device is reached, with its keys in URL-safe base64."""

    endpoint: str
    p256dh: str
    auth: str


class Outcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    GONE = "gone"
    """The subscription is no more: remove it."""
    REFUSED = "refused"
    """It will never be taken; trying again is of no use."""
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`code` is safe to store and log. `after`: seconds for which the other side asks to be left alone."""

    outcome: Outcome
    code: str
    after: float | None = None


def public_key(settings: Settings) -> str | None:
    """The key that browsers subscribe with, in URL-safe base64.

    Raises:
        settings.Refused: the stored key cannot be read.
    """
    return key_pair(settings).public_key


def topic_of(tag: str) -> str:
    """The `Topic` header of a tag: a waiting push of the same topic is replaced by the next one."""
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()).decode()[:TOPIC_LENGTH]


def keys_usable(p256dh: str, auth: str) -> bool:
    """Is `p256dh` a point on P-256 and `auth` a secret of 16 bytes?"""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        return len(_decoded(auth)) == 16
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


class _VapidWithPort(VAPID):  # type: ignore[misc]  # the library has no types
    """The library leaves the port out of the audience, and push services compare the whole origin."""

    def get_authorization_header(self, endpoint: Any, subscriber: str, expiration: int) -> str:
        origin = SimpleNamespace(scheme=endpoint.scheme, host=_audience_host(urlsplit(str(endpoint))))
        header: str = super().get_authorization_header(origin, subscriber, expiration)
        return header


def _audience_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


class Push:
    """Sends pushes as this installation. One per process; `close` it at the end."""

    def __init__(self, settings: Settings, *, timeout: float = 10) -> None:
        """`timeout` in seconds, for each step of one request.

        Raises:
            settings.Refused: the key pair or the contact address cannot be used.
        """
        if not settings.vapid_subject.startswith("mailto:"):
            raise Refused(["DRIEHOEK_VAPID_SUBJECT must be a mail address, as in mailto:push@school.example."])
        pair = key_pair(settings)
        private, public = pair.private_pem(), pair.public_pem()
        self._library = WebPush(
            BytesIO(private), BytesIO(public), subscriber=settings.vapid_subject.removeprefix("mailto:")
        )
        self._library.vapid = _VapidWithPort(BytesIO(private), BytesIO(public))
        self._allowed = settings.push_allowed_hosts
        self._http = httpx.AsyncClient(timeout=timeout, follow_redirects=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def request(self, to: Subscription, payload: Payload, *, ttl: int, urgency: str) -> tuple[bytes, dict[str, str]]:
        """Encrypted body and headers of one push; `ttl` in seconds.

        Raises:
            ValueError: the payload is too large, or the keys of the subscription cannot be used.
        """
        plain = msgspec.json.encode(payload)
        if len(plain) > LARGEST:
            raise ValueError(f"payload of {len(plain)} bytes")
        message = self._library.get(
            plain,
            WebPushSubscription.model_validate(
                {"endpoint": to.endpoint, "keys": {"auth": to.auth, "p256dh": to.p256dh}}
            ),
        )
        headers = {
            **message.headers,
            "ttl": str(ttl),
            "urgency": urgency,
            "topic": topic_of(payload.tag),
            "content-type": "application/octet-stream",
        }
        return message.encrypted, headers

    async def send(self, to: Subscription, payload: Payload, *, ttl: int, urgency: str = "normal") -> Attempt:
        """Send one push. Never raises for what the other side does; `ttl` in seconds."""
        if not address_allowed(to.endpoint, self._allowed):
            return Attempt(Outcome.GONE, "endpoint_not_allowed")
        try:
            body, headers = self.request(to, payload, ttl=ttl, urgency=urgency)
        except ValueError:
            return Attempt(Outcome.GONE, "keys_unusable")
        try:
            async with self._http.stream("POST", to.endpoint, content=body, headers=headers) as answer:
                return outcome_of(answer.status_code, answer.headers.get("retry-after"))
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return Attempt(Outcome.RETRY, "network")


def outcome_of(status: int, retry_after: str | None) -> Attempt:
    """What the status of a push service means for us."""
    code = f"http_{status}"
    if 200 <= status < 300:
        return Attempt(Outcome.SENT, code)
    if status in (404, 410):
        return Attempt(Outcome.GONE, code)
    if status in (408, 425, 429) or status >= 500:
        return Attempt(Outcome.RETRY, code, seconds_to_wait(retry_after))
    return Attempt(Outcome.REFUSED, code)


def seconds_to_wait(retry_after: str | None) -> float | None:
    """`Retry-After` as seconds from now: a number of seconds or a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
