"""The zip around the roster, opened carefully: who may upload a roster may also upload a bomb by mistake."""

from __future__ import annotations

import difflib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from server.roster.model import Problem, Severity

MAX_BYTES = 100 * 1024 * 1024
"""Most that all entries together may unpack to, in bytes. A school of 24,000 users needs about 20 MB."""
MAX_ENTRIES = 30
"""OneRoster 1.2 knows 22 files; a zip made on a Mac or by hand has a few more."""
MAX_RATIO = 100
"""Most times larger than packed; real rosters shrink 5 to 25 times."""

_FILES = (
    "manifest academicSessions categories classes classResources courses courseResources demographics enrollments "
    "lineItems lineItemLearningObjectiveIds lineItemScoreScales orgs resources results resultLearningObjectiveIds "
    "resultScoreScales roles scoreScales userProfiles userResources users"
)

READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
"""What `zipfile` raises on damaged, encrypted or exotic entries."""


class Files(Protocol):
    """The files of a roster by their OneRoster name, wherever they come from."""

    problems: list[Problem]

    def __contains__(self, file: str) -> bool: ...

    def name_of(self, file: str) -> str:
        """How problems call this file."""
        ...

    def open(self, file: str) -> IO[bytes]:
        """The bytes of this file as CSV."""
        ...


class ArchiveError(Exception):
    """The zip as a whole cannot be read."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


class Archive:
    """The CSV entries of an opened zip by their OneRoster name (`users`, `classes` …).

    Entries are found by name whatever the case or the folder they lie in. Nothing is ever unpacked to disk, and names
    that point outside the zip are not read at all.
    """

    def __init__(self, zipped: zipfile.ZipFile, name: str) -> None:
        self.problems: list[Problem] = []
        self._zip = zipped
        self._entries: dict[str, zipfile.ZipInfo] = {}
        infos = [info for info in zipped.infolist() if not info.is_dir() and "__MACOSX/" not in info.filename]
        if len(infos) > MAX_ENTRIES:
            params = {"count": str(len(infos)), "most": str(MAX_ENTRIES)}
            raise ArchiveError(Problem("zip_entries", name, params=params))
        total = sum(info.file_size for info in infos)
        if total > MAX_BYTES:
            raise ArchiveError(Problem("zip_size", name, params={"most": str(MAX_BYTES // 1024 // 1024)}))
        for info in infos:
            if info.file_size > MAX_RATIO * max(info.compress_size, 1):
                params = {"entry": info.filename, "most": str(MAX_RATIO)}
                raise ArchiveError(Problem("zip_ratio", name, params=params))
            if info.flag_bits & 0x1:
                raise ArchiveError(Problem("zip_encrypted", name, params={"entry": info.filename}))
        self._sort(infos)

    def _sort(self, infos: list[zipfile.ZipInfo]) -> None:
        known = {_plain(file): file for file in _FILES.split()}
        guesses: list[tuple[str, zipfile.ZipInfo]] = []
        for info in infos:
            path = PurePosixPath(info.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", info.filename):
                self._warn("entry_ignored", info.filename)
            elif path.suffix.casefold() != ".csv" or path.name.startswith("."):
                continue
            elif file := known.get(_plain(path.stem)):
                self._take(file, info)
            elif close := difflib.get_close_matches(_plain(path.stem), known, 1, 0.85):
                guesses.append((known[close[0]], info))
        for file, info in guesses:
            if file not in self._entries:
                self._warn("file_guessed", info.filename, file=f"{file}.csv")
                self._entries[file] = info

    def _take(self, file: str, info: zipfile.ZipInfo) -> None:
        if file in self._entries:
            self.problems.append(Problem("file_twice", info.filename, params={"other": self._entries[file].filename}))
        else:
            self._entries[file] = info

    def _warn(self, code: str, entry: str, **params: str) -> None:
        self.problems.append(Problem(code, entry, params=params, severity=Severity.WARNING))

    def __contains__(self, file: str) -> bool:
        return file in self._entries

    def name_of(self, file: str) -> str:
        """How the zip spells this file, without its folder."""
        return PurePosixPath(self._entries[file].filename.replace("\\", "/")).name

    def open(self, file: str) -> IO[bytes]:
        """A stream of the unpacked bytes. Raises one of READ_ERRORS, now or while reading."""
        return self._zip.open(self._entries[file])


@contextmanager
def open_archive(path: Path | IO[bytes], name: str) -> Iterator[Archive]:
    """Open and check a zip that problems call `name`. Raises ArchiveError with the one thing that is wrong with it."""
    try:
        zipped = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise ArchiveError(Problem("zip_missing", name)) from None
    except READ_ERRORS:
        raise ArchiveError(Problem("zip_broken", name)) from None
    with zipped:
        yield Archive(zipped, name)
