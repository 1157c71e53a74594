"""What can go wrong in the roster. No HTTP here: routes and commands decide how to say it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from server.roster.model import Problem


class RosterFileError(Exception):
    """The file cannot be imported and nothing was written. `problems` lists all that is wrong, warnings included."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(f"{path.name}: {len(self.problems)} problem(s)")
