"""Why nobody is signed in. Each has a sentence in both languages (`signin.error.<code>`)."""

from __future__ import annotations

from enum import StrEnum

from server.errors import DomainError


class Why(StrEnum):
    """What the sign-in page says. Never more than the person at the screen may know about others."""

    START_AGAIN = "start_again"
    """No attempt of this browser's belongs to the answer, or it is too old, or was answered already."""
    CANCELLED = "cancelled"
    UNTRUSTED = "untrusted"
    """What the provider sent is not exactly right."""
    AWAY = "away"
    OTHER_SCHOOL = "other_school"
    """A real account, of another school than this one."""
    UNKNOWN = "unknown"
    """Nobody at the school has what this account came with."""
    CLASH = "clash"
    ENDED = "ended"
    """The account is somebody's who has left or is disabled."""
    TOO_OFTEN = "too_often"
    NO_SUCH_SCHOOL = "no_such_school"


class NotSignedIn(DomainError):
    """Nobody is signed in, and why. `detail` is a code for the log."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.detail = detail


class NoSuchSchoolError(DomainError):
    """No school with that short name."""


class BadProviderError(DomainError):
    """A provider that cannot be set up like this (command line)."""
