"""Fetch a roster from a OneRoster REST service, version 1.1 or 1.2: OAuth 2 client credentials, page by page.

Whatever goes wrong ends in one `SourceTrouble` and nothing else: what was fetched until then is thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from server.platform import clock
from server.platform.push import seconds_to_wait

COLLECTIONS: Final = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
"""What is asked for, and nothing else: demographics are nobody's business."""
PAGE: Final = 1000
MOST_ROWS: Final = 1_000_000
MOST_BYTES: Final = 50 * 1024 * 1024
"""Of one answer."""
TRIES: Final = 4
LONGEST_WAIT: Final = 120.0
"""Seconds: a service that asks for more is asked again tomorrow."""
LONGEST: Final = 480.0
"""Seconds for all of it; shorter than the lease of the worker's job."""
OVERLAP: Final = timedelta(minutes=10)
"""Changes are asked for from so long before the last time, because two clocks are never the same."""
_PATHS: Final = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
_SCOPES: Final = {
    "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly",
    "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly",
}

Item = dict[str, Any]


class SourceTrouble(Exception):
    """Why nothing could be fetched, as a code (message key `roster.error.<code>`); never a text of the other side."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Service:
    """Where a roster is fetched, and as whom."""

    version: str
    base_url: str
    token_url: str
    client_id: str
    client_secret: str

    @property
    def root(self) -> str:
        """The address below which the collections are. The usual path is added where the school left it out."""
        base = self.base_url.rstrip("/")
        return base if "/ims/oneroster" in urlsplit(base).path else base + _PATHS[self.version]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Items by collection and sourcedId. `until`: what changed before this moment is among them."""

    items: Mapping[str, Mapping[str, Item]]
    until: datetime


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


async def fetch(
    service: Service,
    since: datetime | None,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    page: int = PAGE,
) -> Fetched:
    """Fetch everything, or with `since` what changed from then on.

    Raises:
        SourceTrouble: it could not be fetched to its end.
    """
    try:
        async with asyncio.timeout(LONGEST), httpx.AsyncClient(timeout=30, follow_redirects=False) as http:
            return await _Fetching(service, http, sleep, page).everything(since)
    except TimeoutError:
        raise SourceTrouble("slow") from None


class _Fetching:
    def __init__(
        self, service: Service, http: httpx.AsyncClient, sleep: Callable[[float], Awaitable[None]], page: int
    ) -> None:
        self._service = service
        self._http = http
        self._sleep = sleep
        self._page = page
        self._token: str | None = None
        self._rows = 0
        self._began: datetime | None = None

    async def everything(self, since: datetime | None) -> Fetched:
        items = {name: await self._collection(name, since) for name in COLLECTIONS}
        return Fetched(items, (self._began or clock.now()) - OVERLAP)

    async def _collection(self, name: str, since: datetime | None) -> dict[str, Item]:
        """All pages. A collection that moves while it is read, so that rows may be missing, is no collection."""
        found: dict[str, Item] = {}
        received = 0
        query = {"limit": str(self._page), "sort": "sourcedId", "orderBy": "asc"}
        if since is not None:
            moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            query["filter"] = f"dateLastModified>'{moment}'"
        while True:
            answer = await self._get(f"{self._service.root}/{name}", {**query, "offset": str(received)})
            self._note_time(answer)
            items = _items(answer.body, name)
            before = len(found)
            for item in items:
                found[_id_of(item)] = item
            received += len(items)
            self._rows += len(items)
            if self._rows > MOST_ROWS:
                raise SourceTrouble("too_much")
            total = answer.headers.get("x-total-count", "")
            whole = int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None
            if not items or (whole is not None and received >= whole):
                if whole is not None and len(found) < whole:
                    raise SourceTrouble("moved")
                return found
            if whole is None and (link := answer.headers.get("link")) is not None and 'rel="next"' not in link:
                return found
            if len(found) == before:
                raise SourceTrouble("moved")

    def _note_time(self, answer: _Answer) -> None:
        """The moment of the first answer by the clock of the other side, for that is whose moments we compare with."""
        if self._began is None:
            try:
                told = parsedate_to_datetime(answer.headers.get("date", ""))
            except ValueError:
                told = clock.now()
            self._began = told if told.tzinfo is not None else told.replace(tzinfo=UTC)

    async def _get(self, url: str, query: Mapping[str, str]) -> _Answer:
        """One page: a token that ran out is renewed once, who is busy is left alone for a while, what fails is repeated."""
        renewed = False
        tries = 0
        while True:
            if self._token is None:
                self._token = await self._new_token()
            headers = {"authorization": f"Bearer {self._token}", "accept": "application/json"}
            answer = await self._ask("GET", url, params=query, headers=headers)
            if answer.status == 200:
                return answer
            if answer.status == 401 and not renewed:
                renewed, self._token = True, None
                continue
            tries += 1
            await self._wait(answer, tries)

    async def _new_token(self) -> str:
        service = self._service
        form = {"grant_type": "client_credentials", "scope": _SCOPES[service.version]}
        who = httpx.BasicAuth(quote(service.client_id, safe=""), quote(service.client_secret, safe=""))
        tries = 0
        while True:
            answer = await self._ask("POST", service.token_url, data=form, auth=who)
            if answer.status == 200:
                break
            if answer.status == 400 and "scope" in form:
                del form["scope"]  # some know no scopes
                continue
            tries += 1
            await self._wait(answer, tries, refused="unauthorised")
        try:
            token = msgspec.json.decode(answer.body)["access_token"]
        except (msgspec.DecodeError, KeyError, TypeError):
            raise SourceTrouble("not_oneroster") from None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise SourceTrouble("not_oneroster")
        return token

    async def _wait(self, answer: _Answer, tries: int, *, refused: str = "refused") -> None:
        """Wait before the next try, or give up."""
        busy = answer.status in (408, 425, 429)
        if answer.status in (401, 403):
            raise SourceTrouble("unauthorised")
        if not busy and 0 < answer.status < 500:
            raise SourceTrouble(refused)
        asked = seconds_to_wait(answer.headers.get("retry-after"))
        wait = asked if asked is not None else 0.5 * 3**tries
        if tries >= TRIES or wait > LONGEST_WAIT:
            raise SourceTrouble("busy" if busy else "unreachable")
        await self._sleep(wait)

    async def _ask(self, method: str, url: str, **more: Any) -> _Answer:
        """One request; status 0 when there was no answer."""
        try:
            async with self._http.stream(method, url, **more) as answer:
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise SourceTrouble("too_much")
                return _Answer(answer.status_code, answer.headers, bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return _Answer(0, httpx.Headers(), b"")


def _items(body: bytes, name: str) -> list[Item]:
    try:
        items = msgspec.json.decode(body)[name]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError):
        raise SourceTrouble("not_oneroster") from None
    if not isinstance(items, list):
        raise SourceTrouble("not_oneroster")
    return items


def _id_of(item: Any) -> str:
    found = item.get("sourcedId") if isinstance(item, dict) else None
    if not isinstance(found, str) or not found:
        raise SourceTrouble("not_oneroster")
    return found
