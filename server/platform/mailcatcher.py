"""A mail server that delivers nothing: it keeps each mail as a file, for demo mode to show and for tests to read."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 500
LARGEST = 10 * 1024 * 1024


class Keeper:
    """Writes each mail to `folder` as `<milliseconds>-<id>.eml`, readable for us only; the newest 500 stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail; the sender hears 452 when it cannot be kept, and tries again later."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        try:
            self._keep(content)
        except OSError:
            return "452 Requested action not taken: insufficient system storage"
        return "250 OK"

    def _keep(self, content: bytes) -> None:
        name = f"{time.time_ns() // 1_000_000:013d}-{uuid4().hex[:8]}"
        fresh = self.folder / f"{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
        fresh.rename(self.folder / f"{name}.eml")
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


async def run(folder: Path, port: int) -> None:
    """Catch mail on 127.0.0.1:`port` until SIGTERM or SIGINT.

    Raises:
        OSError: the port is taken or the folder cannot be written.
    """
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder)
    ended = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ended.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, data_size_limit=LARGEST, ident="Driehoek", loop=loop),
        host="127.0.0.1",
        port=port,
    )
    async with server:
        await ended.wait()
