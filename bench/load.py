"""The load: a closed loop of keep-alive connections that send requests made beforehand. A process of its own.

    python -m bench.load JOB

JOB is a pickled `Job`. The answer is one JSON line, see `Result`. Little is done per answer, so that not this but the server is
what limits: 16 connections here cost well under a tenth of what the server spends.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import uvloop

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Job:
    """What to send where. `warm` and `timed` hold one list of requests per connection."""

    port: int
    server: int
    """Process id of the server."""
    postgres: int
    """Process id of the postmaster."""
    warm: list[list[bytes]]
    timed: list[list[bytes]]


@dataclass
class Result:
    """One round. Times in seconds; the CPU is that of the server process, of all of PostgreSQL, and of the load itself."""

    requests: int
    seconds: float
    server_cpu: float
    postgres_cpu: float
    load_cpu: float
    statuses: dict[str, int] = field(default_factory=dict)
    """How often each status came, warming up included."""
    sample: str = ""
    """The first bad answer's body, or the last good one's."""

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def server_ms(self) -> float:
        """CPU of the server per request, in milliseconds."""
        return self.server_cpu / self.requests * 1000

    @property
    def postgres_ms(self) -> float:
        """CPU of PostgreSQL per request, in milliseconds."""
        return self.postgres_cpu / self.requests * 1000


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu_of_family(parent: int) -> float:
    """The same for a process and its children."""
    total = cpu(parent)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                total += (int(fields[11]) + int(fields[12])) / TICK
    return total


class Line(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last one is complete."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.requests: list[bytes] = []
        self.place = 0
        self.buffer = b""
        self.done: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def run(self, requests: list[bytes]) -> asyncio.Future[None]:
        """Send all of them, one after another."""
        self.requests, self.place = requests, 0
        self.done = asyncio.get_running_loop().create_future()
        if requests:
            self.transport.write(requests[0])  # type: ignore[attr-defined]
        else:
            self.done.set_result(None)
        return self.done

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer = self.buffer + data if self.buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = buffer[:end].lower()
        start = head.find(b"content-length:")
        length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        if len(buffer) < end + 4 + length:
            return
        status = buffer[9:12].decode()
        statuses = self.result.statuses
        statuses[status] = statuses.get(status, 0) + 1
        if status != "200" and not self.result.sample:
            self.result.sample = buffer[end + 4 :].decode(errors="replace")
        self.buffer = b""
        self.place += 1
        if self.place < len(self.requests):
            self.transport.write(self.requests[self.place])  # type: ignore[attr-defined]
        elif self.done is not None:
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self.done is not None and not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed a connection"))


async def run(job: Job) -> Result:
    """Warm up, then measure."""
    result = Result(sum(map(len, job.timed)), 0.0, 0.0, 0.0, 0.0)
    loop = asyncio.get_running_loop()
    lines: list[Line] = []
    for _ in job.timed:
        _, line = await loop.create_connection(lambda: Line(result), "127.0.0.1", job.port)
        lines.append(line)
    await asyncio.gather(*(line.run(requests) for line, requests in zip(lines, job.warm, strict=True)))
    before = cpu(job.server), cpu_of_family(job.postgres), time.process_time()
    started = time.perf_counter()
    await asyncio.gather(*(line.run(requests) for line, requests in zip(lines, job.timed, strict=True)))
    result.seconds = time.perf_counter() - started
    result.load_cpu = time.process_time() - before[2]
    result.server_cpu = cpu(job.server) - before[0]
    result.postgres_cpu = cpu_of_family(job.postgres) - before[1]
    for line in lines:
        line.transport.close()
    return result


if __name__ == "__main__":
    found = pickle.loads(Path(sys.argv[1]).read_bytes())
    print(json.dumps(asdict(uvloop.run(run(found)))))
