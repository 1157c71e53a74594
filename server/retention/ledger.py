"""The ledger of erasures: a file beside the database, so that a backup that is put back does not bring anybody back.

It holds ids and moments, one line of JSON each, and nothing that says who it was. A worker writes down what the database
knows and the file does not; the daily job, and `driehoek erasures apply`, erase again whom the file knows and the database
still has.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from server.people.service import known_schools
from server.retention import service

log = logging.getLogger("driehoek.retention")


class Line(msgspec.Struct, frozen=True):
    """One erasure."""

    school: UUID
    person: UUID
    at: datetime


_LINE = msgspec.json.Decoder(Line)


def read(file: Path) -> list[Line]:
    """All erasures in the file. A line that was cut off by a crash is left out: the worker writes it again."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(_LINE.decode(line))
        except msgspec.DecodeError:
            continue
    return found


def add(file: Path, lines: Iterable[Line]) -> None:
    """Write erasures down and wait until they are on the disk. Several processes may write at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # A line of its own also after one that was cut off.
    written = b"".join(b"\n" + msgspec.json.encode(line) + b"\n" for line in lines)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, written)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def keep(file: Path) -> int:
    """Write down every erasure that is not in the file yet; how many. Safe to run twice."""
    there = {(line.school, line.person) for line in read(file)}
    new = [
        Line(school.id, row["id"], row["erased_at"])
        for school in await known_schools()
        for row in await service.erased(school.id)
        if (school.id, row["id"]) not in there
    ]
    if new:
        add(file, new)
    return len(new)


async def apply(file: Path) -> int:
    """Erase again whom the file names and the database still has; how many. Safe to run twice."""
    wanted: dict[UUID, list[UUID]] = defaultdict(list)
    for line in read(file):
        wanted[line.school].append(line.person)
    gone = 0
    for school in await known_schools():
        if ids := wanted.get(school.id):
            gone += await service.erase_again(school.id, ids)
    if gone:
        log.warning("erased again", extra={"count": gone})
    return gone
