"""The smallest HTTP server: for stand-ins of push services and of a OneRoster service, in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One answer, as a rule without a body."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Handler = Callable[[Request], Awaitable[Answer]]


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[int]:
    """Answer requests on 127.0.0.1 by `handler`; the value is the port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            method, path, _ = first.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            answer = await handler(Request(method, path, headers, body))
            more = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
            length = f"content-length: {len(answer.body)}\r\nconnection: close\r\n\r\n"
            writer.write(f"HTTP/1.1 {answer.status} X\r\n{more}{length}".encode() + answer.body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side went away; that is its business
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
