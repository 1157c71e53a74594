"""Stand-ins for the push services and the mail server while measuring: they take everything at once and note when. A process of
its own.

    python -m bench.sinks PUSH_PORT SMTP_PORT

`GET /taken` on the push port tells what came: {"push": [[path, moment], …], "mail": [[address, moment], …]}, and begins anew.
What is in it is looked at by the tests (tests/faults), not here: whoever measures should do little.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvloop

taken: dict[str, list[tuple[str, float]]] = {"push": [], "mail": []}


class PushSink(asyncio.Protocol):
    """HTTP with connections that stay."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            method, path, _ = self.buffer[:end].split(b"\r\n", 1)[0].split(b" ")
            self.buffer = self.buffer[end + 4 + length :]
            self.transport.write(self.answer(method, path.decode()))  # type: ignore[attr-defined]

    @staticmethod
    def answer(method: bytes, path: str) -> bytes:
        if method == b"POST":
            taken["push"].append((path, time.time()))
            return b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"
        body = json.dumps(taken).encode() if path == "/taken" else b"{}"
        if path == "/taken":
            for each in taken.values():
                each.clear()
        return b"HTTP/1.1 200 OK\r\ncontent-length: " + str(len(body)).encode() + b"\r\n\r\n" + body


class MailSink(asyncio.Protocol):
    """The few words of SMTP that our mails need."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""
        self.writing = False
        self.to = ""
        self.say(b"220 sink")

    def say(self, line: bytes) -> None:
        self.transport.write(line + b"\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            mark = b"\r\n.\r\n" if self.writing else b"\r\n"
            line, found, rest = self.buffer.partition(mark)
            if not found:
                return
            self.buffer = rest
            if self.writing:
                self.writing = False
                taken["mail"].append((self.to, time.time()))
                self.say(b"250 taken")
            else:
                self.command(line)

    def command(self, line: bytes) -> None:
        word = line[:4].upper()
        if word == b"DATA":
            self.writing = True
            self.say(b"354 go on")
        elif word == b"QUIT":
            self.say(b"221 bye")
            self.transport.close()
        else:
            if word == b"RCPT":
                self.to = line.partition(b"<")[2].partition(b">")[0].decode()
            self.say(b"250 yes")


async def run(push_port: int, smtp_port: int) -> None:
    """Take what comes, for good."""
    loop = asyncio.get_running_loop()
    push = await loop.create_server(PushSink, "127.0.0.1", push_port)
    mail = await loop.create_server(MailSink, "127.0.0.1", smtp_port)
    async with push, mail:
        await asyncio.gather(push.serve_forever(), mail.serve_forever())


if __name__ == "__main__":
    uvloop.run(run(int(sys.argv[1]), int(sys.argv[2])))
