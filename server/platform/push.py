"""Web push (RFC 8030, 8291, 8292): the one file that knows the `webpush` library.

The library encrypts, and is trusted with nothing else: it would keep a `ttl` for later messages and ignore 0, drop the port
from the VAPID audience, check no size, and send neither Urgency nor Topic.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpcore
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from webpush import WebPush, WebPushSubscription
from webpush.vapid import VAPID

from server.platform.addresses import Endpoint, NotPublic, PushHosts, Resolve, public_addresses, resolve
from server.platform.vapid import key_pair
from server.settings import Mode, Refused, Settings

LARGEST: Final = 3993
"""Bytes of payload that fit into one record of 4,096 after encryption."""
TOO_LARGE: Final = "http_413"
TOPIC_LENGTH: Final = 32
AT_ONCE: Final = 50
"""Pushes on their way, to all services together."""
SERVICES: Final = 8
"""Services to which one after another of them goes over connections that stay."""
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


class Pinned(httpcore.AsyncNetworkBackend):
    """Asks once what a name leads to, and connects to the very address that was looked at.

    Who answers for a name could otherwise show a public address when it is looked at, and one of ours when it is connected to.
    """

    def __init__(self, allowed: PushHosts, ask: Resolve, network: httpcore.AsyncNetworkBackend) -> None:
        self._allowed = allowed
        self._ask = ask
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore names it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """As httpcore wants it.

        Raises:
            NotPublic: the name leads inside.
            httpcore.ConnectError, httpcore.ConnectTimeout, OSError: nobody answers there.
        """
        beside = self._allowed.is_beside(host, port)
        addresses = [host] if beside else await public_addresses(host, port, self._ask)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """As httpcore wants it."""
        await self._network.sleep(seconds)


class Push:
    """Sends pushes as this installation. One per process; `close` it at the end."""

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float = 10,
        ask: Resolve = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """`timeout` in seconds, for one request with all its steps. `ask` and `network` stand for the network in tests.

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
        self._ssl = httpcore.default_ssl_context()
        self._network = Pinned(self._allowed, ask, network or httpcore.AnyIOBackend())
        self._lines: list[httpcore.AsyncConnectionPool] = []
        self._free: list[httpcore.AsyncConnectionPool] = []
        self._room = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """Close the connections."""
        for line in self._lines:
            await line.aclose()

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """Connections that nobody else sends over now. Shared by all, the pool would look at each of them, for each push."""
        async with self._room:
            if not self._free:
                self._free.append(
                    httpcore.AsyncConnectionPool(
                        ssl_context=self._ssl,
                        max_connections=SERVICES,
                        keepalive_expiry=30,
                        network_backend=self._network,
                    )
                )
                self._lines.append(self._free[-1])
            line = self._free.pop()
            try:
                yield line
            finally:
                self._free.append(line)

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
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError):
                return Attempt(Outcome.RETRY, "network")
            if attempt.code != TOO_LARGE:
                break
        return attempt

    async def _post(self, endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> Attempt:
        """Redirects are an answer like others: nothing is ever sent to where they lead."""
        url = httpcore.URL(
            scheme=endpoint.scheme.encode(),
            host=endpoint.host.encode(),
            port=endpoint.port,
            target=endpoint.target.encode(),
        )
        lines = [
            (b"host", endpoint.origin.partition("://")[2].encode()),
            (b"content-length", str(len(body)).encode()),
            *((name.encode(), value.encode()) for name, value in headers.items()),
        ]
        # How long all of it may take, the caller says.
        async with self._line() as line, line.stream("POST", url, headers=lines, content=body) as answer:
            read = 0
            async for part in answer.aiter_stream():
                read += len(part)
                if read > LONGEST_ANSWER:
                    break
            after = next(
                (value.decode("latin-1") for name, value in answer.headers if name.lower() == b"retry-after"), None
            )
            return outcome_of(answer.status, after)


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
