"""Ours against bare: rounds in turns within one run, so that a busy machine is busy for both; then medians."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import msgspec

from bench.data import ACTION, REMARK, Pair, School
from bench.installation import ROOT, Installation, process
from bench.load import Job, Result
from server.platform import embedded

CONNECTIONS = 16
Lists = list[list[bytes]]


@dataclass(frozen=True)
class Side:
    """One of the servers that are compared."""

    name: str
    port: int
    pid: int


@contextmanager
def sides(installation: Installation, school: School) -> Iterator[tuple[Side, Side]]:
    """Our server as `driehoek serve` starts it, and the bare one."""
    environment = installation.environment
    ours, bare = embedded.free_port(), embedded.free_port()
    with ExitStack() as stack:
        server = stack.enter_context(
            process(
                "Server",
                ["server.cli", "serve"],
                ours,
                {**environment, "DRIEHOEK_PORT": str(ours)},
                installation.folder / "server.log",
            )
        )
        plain = stack.enter_context(
            process(
                "Bare",
                ["bench.bare", str(bare)],
                bare,
                {**environment, "BENCH_SCHOOL": str(school.id), "BENCH_PERSON": str(school.pairs[0].teacher)},
                installation.folder / "bare.log",
            )
        )
        yield Side("ours", ours, server.process.pid), Side("bare", bare, plain.process.pid)


def one_round(installation: Installation, side: Side, warm: Lists, timed: Lists) -> Result:
    """Send it all from a process of its own.

    Raises:
        RuntimeError: an answer was not 200.
    """
    job = installation.folder / "job"
    job.write_bytes(pickle.dumps(Job(side.port, side.pid, installation.postgres, warm, timed)))
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", str(job)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load failed: {done.stderr}")
    result = Result(**json.loads(done.stdout))
    if set(result.statuses) != {"200"}:
        raise RuntimeError(f"{side.name} answered {result.statuses}: {result.sample}")
    return result


def request(method: str, path: str, cookie: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """A request as a browser sends it, but for an answer that is not gzipped: only one of two sides would pay for that."""
    lines = {
        "Host": "localhost:8000",
        "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Accept": "application/json",
        "Accept-Language": "nl,en;q=0.8",
        "Accept-Encoding": "identity",
        "Referer": "http://localhost:8000/",
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Dest": "empty",
        "Cookie": f"driehoek={cookie}",
        **(headers or {}),
    }
    if body:
        lines |= {
            "Origin": "http://localhost:8000",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def spread(requests: list[bytes]) -> Lists:
    """Over the connections."""
    return [requests[place::CONNECTIONS] for place in range(CONNECTIONS)]


class Saves:
    """Saves to send. Half of each round is a student's first feedback, half a change of one that stands there."""

    def __init__(self, school: School, person: UUID) -> None:
        self.school = school
        self.person = person
        self.fresh = [pair for pair in school.pairs if pair.version == 0]
        self.written = [pair for pair in school.pairs if pair.version > 0]

    def next(self, count: int, prefix: str | None) -> list[bytes]:
        """`count` saves, each for another student and group; `prefix` names the bare path, None is ours."""
        first = count // 2 if len(self.fresh) >= count // 2 else 0
        chosen, self.fresh = self.fresh[:first], self.fresh[first:]
        chosen += self.written[: count - first]
        self.written = self.written[count - first :] + chosen
        mixed = [each for both in zip(chosen[::2], reversed(chosen[1::2]), strict=False) for each in both]
        return [self.one(pair, prefix) for pair in mixed]

    def one(self, pair: Pair, prefix: str | None) -> bytes:
        """A real change: another text, the version that stands there, a new key."""
        mark = uuid4()
        body = msgspec.json.encode({"stoplight": "on_track", "remark": f"{REMARK} {mark}", "action": ACTION})
        headers = {"If-Match": f'"{pair.version}"', "Idempotency-Key": str(mark)}
        pair.version += 1
        ids = f"{self.school.open}/groups/{pair.group}/students/{pair.student}"
        path = f"/api/v1/rounds/{ids}/feedback"
        if prefix:
            path = f"/{prefix}/{self.school.open}/{pair.group}/{pair.student}"
        return request("PUT", path, self.school.cookies[pair.teacher], body, headers)


class Reports:
    """Reports to read: students with twelve subjects, each read by the own mentor."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.place = 0

    def next(self, count: int, prefix: str | None) -> list[bytes]:
        """`count` reads; `prefix` names the bare path, None is ours."""
        found = []
        for _ in range(count):
            student, mentor = self.school.reports[self.place % len(self.school.reports)]
            self.place += 1
            path = f"/api/v1/rounds/{self.school.closed[-1]}/students/{student}/report"
            if prefix:
                path = f"/{prefix}/{self.school.closed[-1]}/{student}"
            found.append(request("GET", path, self.school.cookies[mentor]))
        return found


@dataclass(frozen=True)
class Compared:
    """All rounds of one comparison, by what was asked: ours, and one or two bare ways."""

    rounds: dict[str, list[Result]]

    def middle(self, name: str, of: Callable[[Result], float]) -> float:
        """The median over the rounds."""
        return median(of(result) for result in self.rounds[name])

    def ratio(self, versus: str) -> float:
        """The median over the turns of our requests per second in parts of the bare ones in the same turn."""
        both = zip(self.rounds["ours"], self.rounds[versus], strict=True)
        return median(ours.per_second / bare.per_second for ours, bare in both)


def compare(
    installation: Installation,
    servers: tuple[Side, Side],
    make: Callable[[int, str | None], list[bytes]],
    bare: tuple[str, ...],
    rounds: int,
    count: int,
) -> Compared:
    """Ours, bare, ours, bare …; each round is warmed up with a tenth of its requests."""
    found: dict[str, list[Result]] = {"ours": [], **{way: [] for way in bare}}
    for turn in range(rounds + 1):
        for way in found:
            side = servers[0] if way == "ours" else servers[1]
            prefix = None if way == "ours" else way
            result = one_round(
                installation, side, spread(make(max(count // 10, 64), prefix)), spread(make(count, prefix))
            )
            if turn:  # the very first turn fills caches and prepares statements
                found[way].append(result)
                print(
                    f"# {way:<6} {result.per_second:7.0f}/s  server {result.server_ms:.2f} ms  PostgreSQL "
                    f"{result.postgres_ms:.2f} ms  load {result.load_cpu / result.requests * 1000:.2f} ms",
                    file=sys.stderr,
                )
    return Compared(found)


def fetch(side: Side, raw: bytes) -> Any:
    """One request by hand; the decoded answer. For looking whether both sides tell the same."""
    import socket

    with socket.create_connection(("127.0.0.1", side.port), timeout=10) as line:
        line.sendall(raw.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        answer = b""
        while more := line.recv(65536):
            answer += more
    return msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])


def same_content(servers: tuple[Side, Side], reports: Reports) -> None:
    """Look at one student on both sides.

    Raises:
        RuntimeError: the bare query does not tell what our report tells.
    """
    ours = fetch(servers[0], reports.next(1, None)[0])
    reports.place -= 1
    bare = fetch(servers[1], reports.next(1, "report")[0])
    if lacking := _lacking(bare, ours, ""):
        raise RuntimeError(f"the bare query and the report differ at {lacking}")


def _lacking(bare: Any, ours: Any, place: str) -> list[str]:
    """Where `bare` says something that `ours` does not say too. Moments are spelled in two ways."""
    if isinstance(bare, dict):
        return [each for key in bare for each in _lacking(bare[key], ours.get(key), f"{place}/{key}")]
    if isinstance(bare, list):
        if not isinstance(ours, list) or len(bare) != len(ours):
            return [place]
        return [
            each
            for number, (left, right) in enumerate(zip(bare, ours, strict=True))
            for each in _lacking(left, right, f"{place}/{number}")
        ]
    if place.endswith("_at"):
        return [] if str(bare)[:19] == str(ours)[:19] else [place]
    return [] if bare == ours else [place]
