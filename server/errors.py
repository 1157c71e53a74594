"""Domain errors. No HTTP in them: `server/platform/http.py` maps each class to a problem type and a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.rules.verdict import Allow, Reason, Verdict


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that cannot be accepted. `pointer` is a JSON pointer into the body, `code` a message key under `field.`,
    `params` what the sentence needs (numbers and names of fields, never a text of a person)."""

    pointer: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


class DomainError(Exception):
    """Base of all refusals. With `keeps` the transaction is committed before the refusal is told (a late write is kept)."""

    keeps: bool = False


class SignedOut(DomainError):
    """No living session."""


class OtherPerson(SignedOut):
    """The page speaks for somebody else than the session belongs to: another person signed in on the same device."""


class NotFound(DomainError):
    """Not there, or not for this viewer to know: the two are the same answer."""


class Refused(DomainError):
    """The viewer knows the thing and may not do this to it; `reason` says why."""

    def __init__(self, reason: Reason, *, keeps: bool = False, **extra: object) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.keeps = keeps
        self.extra = extra


class Invalid(DomainError):
    """The body does not fit; one `FieldError` per field."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(", ".join(f"{error.pointer}: {error.code}" for error in errors))
        self.errors = errors


class TooOften(DomainError):
    """Tried too often in a short time. Only sign-in and test pushes are limited."""


class Stale(DomainError):
    """The version in `If-Match` is not the current one. `current` is what stands there now, for the reader to compare."""

    def __init__(self, current: object, version: int) -> None:
        super().__init__(f"current version is {version}")
        self.current = current
        self.version = version


class KeyReused(DomainError):
    """The same idempotency key came with another body."""


def require(verdict: Verdict) -> Allow:
    """Turn a rule's answer into going on or stopping.

    Raises:
        NotFound: the rule denies and the viewer may not know the thing exists.
        Refused: the rule denies for a reason that may be told.
    """
    if isinstance(verdict, Allow):
        return verdict
    if verdict.hidden:
        raise NotFound
    raise Refused(verdict.reason)
