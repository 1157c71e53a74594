"""Pages and JSON travel gzipped when they are worth it. Files of the build are gzipped once, by `static.py`.

A secret inside a gzipped answer can be guessed from the answer's length by somebody who makes a browser ask for it again and
again, with guesses put into the same answer, and watches the line (BREACH). Therefore only what our own pages ask for, or a
person who types the address, is gzipped (the session's cookie does not go along with other sites' requests anyway); no answer
repeats what an address said beside a secret; and answers too short to be worth it, as those that give a key, are left alone.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from litestar.types import HTTPResponseStartEvent, HTTPScope, Message, Send

SMALLEST_WORTH: Final = 1000
LEVEL: Final = 2
"""A tenth of a millisecond for a page of 8 kB; the highest level takes twice as long for a tenth less."""
TYPES: Final = (b"application/json", b"application/problem+json", b"text/html")
OTHERS: Final = (b"cross-site", b"same-site")


def wanted(scope: HTTPScope) -> bool:
    """Whether who asks can read gzip and is one of us; an answer to HEAD has no body to look at."""
    headers = dict(scope["headers"])
    if scope["method"] == "HEAD":
        return False
    return b"gzip" in headers.get(b"accept-encoding", b"") and headers.get(b"sec-fetch-site") not in OTHERS


class Zipper:
    """Stands before `send`: holds the head of an answer back until its body shows whether it comes in one piece."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.head: HTTPResponseStartEvent | None = None

    async def __call__(self, message: Message) -> None:
        """Send on, gzipped if it is worth it."""
        if message["type"] == "http.response.start":
            if _worth(message):
                self.head = message
            else:
                await self.send(message)
            return
        if self.head is not None and message["type"] == "http.response.body":
            head, self.head = self.head, None
            # What comes in pieces comes as it is: a live stream must not wait in a compressor.
            if not message.get("more_body", False):
                message["body"] = gzip.compress(message["body"], LEVEL, mtime=0)
                kept = [pair for pair in head["headers"] if pair[0] != b"content-length"]
                length = str(len(message["body"])).encode()
                head["headers"] = [
                    *kept,
                    (b"content-encoding", b"gzip"),
                    (b"content-length", length),
                    (b"vary", b"accept-encoding"),
                ]
            await self.send(head)
        await self.send(message)


def _worth(head: HTTPResponseStartEvent) -> bool:
    headers = dict(head["headers"])
    return (
        int(headers.get(b"content-length", 0)) >= SMALLEST_WORTH
        and b"content-encoding" not in headers
        and headers.get(b"content-type", b"").startswith(TYPES)
    )
