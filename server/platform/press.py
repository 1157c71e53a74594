"""The process that sets type (`pdf.py`), as those see it who want something printed.

It is started for a piece of work and ends with it; when we are killed it finds nobody to read from, and ends too.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from server.platform.pdf_protocol import ANSWER, DONE, FAILED, HEAD

ROOT: Final = Path(__file__).resolve().parents[2]
ENDING: Final = 2
"""Seconds that it gets to end by itself."""


class PressError(Exception):
    """Something could not be set; the text is the kind of error alone."""


class Press:
    """One such process. One wish at a time."""

    def __init__(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        self._source = source
        self._target = target

    async def set(self, template: str, data: Any, logo: bytes = b"") -> bytes:
        """Pages from a template.

        Raises:
            PressError: they could not be set, or the process ended.
        """
        return b"".join([piece async for piece in self._ask({"do": "set", "template": template, "data": data}, logo)])

    async def bind(self, parts: AsyncIterator[bytes], *, both_sides: bool) -> AsyncIterator[bytes]:
        """One file out of these, in pieces; `both_sides`: each of them begins on a right-hand page.

        Raises:
            PressError: they could not be bound, or the process ended.
        """
        async for piece in self._ask({"do": "begin", "both_sides": both_sides}):
            yield piece
        async for part in parts:
            async for piece in self._ask({"do": "add"}, part):
                yield piece
        async for piece in self._ask({"do": "finish"}):
            yield piece

    async def _ask(self, wish: dict[str, Any], blob: bytes = b"") -> AsyncIterator[bytes]:
        asked = msgspec.json.encode(wish)
        try:
            self._target.write(HEAD.pack(len(asked), len(blob)) + asked + blob)
            await self._target.drain()
            while True:
                kind, length = ANSWER.unpack(await self._source.readexactly(ANSWER.size))
                piece = await self._source.readexactly(length)
                if kind == FAILED:
                    raise PressError(piece.decode())
                if kind == DONE:
                    return
                yield piece
        except (asyncio.IncompleteReadError, ConnectionError):
            raise PressError("ended") from None


@asynccontextmanager
async def press() -> AsyncIterator[Press]:
    """A process that sets type, for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.platform.pdf",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What a library says could hold a text.
        stderr=asyncio.subprocess.DEVNULL,
        # Nothing of ours: addresses and passwords of the installation are none of its business.
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)},
    )
    source, target = process.stdout, process.stdin
    if source is None or target is None:
        raise PressError("pipes")
    try:
        yield Press(source, target)
    finally:
        target.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(process.wait()), ENDING)
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
