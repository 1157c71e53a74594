"""Web push (RFC 8030, 8291, 8292): the one file that knows the `webpush` library.

The library encrypts, and is trusted with nothing else: it would keep a `ttl` for later messages and ignore 0, drop the port
from the VAPID audience, check no size, and send neither Urgency nor Topic.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import aiohttp
import msgspec
from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives.asymmetric import ec
from httpx import create_ssl_context
from webpush import WebPush, WebPushSubscription
from webpush.vapid import VAPID
from yarl import URL

from server.platform.addresses import Endpoint, NotPublic, PushHosts, Resolve, is_public, public_addresses, resolve
from server.platform.vapid import key_pair
from server.settings import Mode, Refused, Settings

LARGEST: Final = 3993
"""Bytes of payload that fit into one record of 4,096 after encryption."""
TOO_LARGE: Final = "http_413"
TOPIC_LENGTH: Final = 32
AT_ONCE: Final = 50
"""Pushes on their way, to all services together."""
LONGEST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read, so that its connection can be used again. What is in them is looked at by nobody."""
SIGNED_FOR: Final = 3600.0
"""Seconds for which one signature serves all pushes to a service; it holds for twelve hours."""


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a push carries: which kind of news, where it leads, in which language. Never a name, never content.

    `n`: how many, for words that say so.
    """

    kind: str
    url: str = ""
    tag: str = ""
    lang: str
    n: int | None = None

    @property
    def short(self) -> Payload:
        """The same news for a service that takes less: the phone shows the words, and a tap leads to the start."""
        return Payload(kind=self.kind, lang=self.lang)


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where one device is reached, with its keys in URL-safe base64."""

    endpoint: str
    p256dh: str
    auth: str


class Outcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    GONE = "gone"
    """The subscription, or the mailbox, is no more: nothing is sent there again."""
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


def hosts(settings: Settings) -> PushHosts:
    """The push services of this installation."""
    return PushHosts.of(settings.push_allowed_hosts, public_only=settings.mode is Mode.PRODUCTION)


class _VapidWithPort(VAPID):  # type: ignore[misc]  # the library has no types
    """The library leaves the port out of the audience, and push services compare the whole origin.

    It would sign each push anew, too: one signature per service and hour is enough (RFC 8292, 2).
    """

    def __init__(self, private: BytesIO, public: BytesIO) -> None:
        super().__init__(private, public)
        self._signed: dict[str, tuple[float, str]] = {}

    def get_authorization_header(self, endpoint: Any, subscriber: str, expiration: int) -> str:
        host = _audience_host(urlsplit(str(endpoint)))
        signed, header = self._signed.get(f"{endpoint.scheme}://{host}", (0.0, ""))
        if not header or time.monotonic() - signed > SIGNED_FOR:
            origin = SimpleNamespace(scheme=endpoint.scheme, host=host)
            header = super().get_authorization_header(origin, subscriber, expiration)
            self._signed[f"{endpoint.scheme}://{host}"] = (time.monotonic(), header)
        return header


def _audience_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


class Pinned(AbstractResolver):
    """Asks once what a name leads to, and tells the very addresses that were looked at, which is where the connection then goes.

    Who answers for a name could otherwise show a public address when it is looked at, and one of ours when it is connected to.
    """

    def __init__(self, ask: Resolve) -> None:
        self._ask = ask

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """As aiohttp wants it.

        Raises:
            NotPublic: the name leads inside.
            OSError: nobody answers.
        """
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in await public_addresses(host, port, self._ask)
        ]

    async def close(self) -> None:
        """As aiohttp wants it."""


def _socket_of(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, _ = address
    return socket.socket(family, kind, protocol)


class Push:
    """Sends pushes as this installation. One per process; `close` it at the end."""

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float = 10,
        ask: Resolve = resolve,
        socket_of: Callable[[AddrInfoType], socket.socket] = _socket_of,
    ) -> None:
        """`timeout` in seconds, for one request with all its steps. `ask` and `socket_of` stand for the network in tests.

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
        self._allowed = hosts(settings)
        self._timeout = timeout
        self._ask = ask
        self._socket = socket_of
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> aiohttp.ClientSession:
        """Made in the loop that sends."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=Pinned(self._ask),
                use_dns_cache=False,
                ssl=create_ssl_context(),
                limit=AT_ONCE,
                keepalive_timeout=30,
                happy_eyeballs_delay=None,
                socket_factory=self._open,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(),
                skip_auto_headers=("accept", "accept-encoding", "user-agent"),
                auto_decompress=False,
            )
        return self._session

    def _open(self, address: AddrInfoType) -> socket.socket:
        """A socket for this address: an endpoint that names a number asks no resolver."""
        host, port = address[4][:2]
        if not (self._allowed.is_beside(str(host), int(port)) or is_public(str(host))):
            raise NotPublic(host)
        return self._socket(address)

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
            "content-type": "application/octet-stream",
        }
        return message.encrypted, headers

    async def send(self, to: Subscription, payload: Payload, *, ttl: int, urgency: str = "normal") -> Attempt:
        """Send one push. Never raises for what the other side does; `ttl` in seconds.

        A service that finds it too large gets it once more, with nothing in it but which kind of news it is.
        """
        endpoint = self._allowed.endpoint(to.endpoint)
        if endpoint is None:
            return Attempt(Outcome.GONE, "endpoint_not_allowed")
        topic = topic_of(payload.tag)
        for news in (payload, payload.short):
            try:
                body, headers = self.request(to, news, ttl=ttl, urgency=urgency)
            except ValueError:
                return Attempt(Outcome.GONE, "keys_unusable")
            try:
                async with asyncio.timeout(self._timeout):
                    attempt = await self._post(endpoint, body, headers | {"topic": topic})
            except NotPublic:
                return Attempt(Outcome.RETRY, "address_not_public")
            except (aiohttp.ClientError, OSError):
                return Attempt(Outcome.RETRY, "network")
            if attempt.code != TOO_LARGE:
                break
        return attempt

    async def _post(self, endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> Attempt:
        """Redirects are an answer like others: nothing is ever sent to where they lead."""
        url = URL(endpoint.origin + endpoint.target, encoded=True)
        # How long all of it may take, the caller says.
        async with self._connections().post(url, data=body, headers=headers, allow_redirects=False) as answer:
            # What comes after the first part is not waited for: its connection ends with it.
            await answer.content.read(LONGEST_ANSWER)
            return outcome_of(answer.status, answer.headers.get("retry-after"))


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
