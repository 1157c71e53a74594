"""What can go wrong in the roster. No HTTP here: routes and commands decide how to say it."""

from __future__ import annotations

from collections.abc import Iterable

from server.errors import DomainError
from server.roster.model import Problem


class RosterFileError(DomainError):
    """The file cannot be imported and nothing was written. `problems` lists all that is wrong, warnings included."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__(f"{name}: {len(self.problems)} problem(s)")


class UnknownSchoolError(DomainError):
    """There is no school with this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class BadSlugError(DomainError):
    """A new school cannot have this slug: lower-case letters, digits and hyphens only."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class ManyLeaveError(DomainError):
    """So many people would leave the school that somebody has to confirm it first."""

    def __init__(self, leaving: int, present: int) -> None:
        super().__init__(f"{leaving} of {present} people")
        self.leaving = leaving
        self.present = present


class NothingToUndoError(DomainError):
    """There is no import that can be taken back: only the last one can, once."""
