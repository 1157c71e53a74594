"""The one ASGI layer around every request: origin check, headers, figures and the access line of the log.

The log line has method, route template, status and duration; never an address, a query, a body, a name or a cookie.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar.enums import ScopeType
from prometheus_client import Counter, Histogram

from server.platform import zipped
from server.platform.logs import access
from server.platform.problems import problem
from server.platform.security import SAFE_METHODS, answer_headers, same_origin, school_in_front
from server.platform.texts import language_of

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

ORIGIN_HEADERS = frozenset({b"sec-fetch-site", b"origin", b"host", b"cookie"})
"""What `same_origin` looks at."""
LASTING = b"text/event-stream"
WITHOUT_SESSION = "/unsubscribe/"
"""A mail program posts there from wherever it is (RFC 8058). What its address says is all that counts, never a cookie."""
REQUESTS = Counter("driehoek_requests_total", "Requests by route template", ["method", "route", "status"])
SECONDS = Histogram(
    "driehoek_request_seconds",
    "Duration by route template",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)


class Edge:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, *, public_url: str, https: bool) -> None:
        self.app = app
        self.public_url = public_url
        self.headers = answer_headers(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        status = 500
        lasting = False
        private = scope["path"].startswith(("/api/", "/auth/"))
        if zipped.wanted(scope):
            send = zipped.Zipper(send)

        async def sending(message: Message) -> None:
            nonlocal status, lasting
            if message["type"] == "http.response.start":
                status = message["status"]
                headers: list[tuple[bytes, bytes]] = [*message["headers"], *self.headers]
                lasting = any(name == b"content-type" and value.startswith(LASTING) for name, value in headers)
                if private and not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        method = scope["method"]
        if method in ("GET", "HEAD") and (there := self.school_address(scope)) is not None:
            await self.lead(there, sending)
        elif method not in SAFE_METHODS and not (scope["path"].startswith(WITHOUT_SESSION) or self.ours(scope)):
            await self.refuse(scope, receive, sending)
        else:
            await self.app(scope, receive, sending)
        seconds = perf_counter() - started
        route = str(scope.get("path_template") or "other")
        REQUESTS.labels(method, route, status).inc()
        # A stream is no slow answer.
        if not lasting:
            SECONDS.labels(route).observe(seconds)
        access(method, route, status, seconds)

    def school_address(self, scope: HTTPScope) -> str | None:
        """Where a school's own name in front of our host leads: to its sign-in, at the one address that keeps the session."""
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        slug = school_in_front(host, self.public_url)
        if slug is None:
            return None
        query = scope["query_string"].decode("latin-1")
        path = scope["path"] + (f"?{query}" if query else "")
        return f"{self.public_url}/s/{slug}" + (f"?next={quote(path)}" if path != "/" else "")

    @staticmethod
    async def lead(address: str, send: Any) -> None:
        """303 to another address of ours."""
        headers = [(b"location", address.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def ours(self, scope: HTTPScope) -> bool:
        """Did one of our own pages send this?"""
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in ORIGIN_HEADERS
        }
        return same_origin(scope["method"], headers, self.public_url)

    @staticmethod
    async def refuse(scope: Scope, receive: Receive, send: Any) -> None:
        """403 in the reader's language."""
        headers = dict(scope["headers"])
        language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        answer = problem(language, 403, "other-origin")
        body = answer.content
        await send(
            {
                "type": "http.response.start",
                "status": 403,
                "headers": [
                    (b"content-type", b"application/problem+json"),
                    (b"content-length", str(len(body)).encode()),
                    (b"cache-control", b"no-store"),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})
