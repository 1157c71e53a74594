"""When feedback is complete, what is still missing, and how far a set of pairs is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.rules.facts import Required, RoundFacts, Stoplight


def missing(required: dict[Stoplight, Required], stoplight: Stoplight | None, remark: str, action: str) -> list[str]:
    """Names of what is still asked for, in the order of the screen: `stoplight`, `remark`, `action`, `reason`.

    `no_picture` asks for its reason, which is kept in `remark`; text of white space only is no text.
    """
    if stoplight is None:
        return ["stoplight"]
    if stoplight is Stoplight.NO_PICTURE:
        return [] if remark.strip() else ["reason"]
    rule = required.get(stoplight, Required())
    asked = [("remark", rule.remark, remark), ("action", rule.action, action)]
    return [name for name, needed, text in asked if needed and not text.strip()]


def complete(round_: RoundFacts, stoplight: Stoplight | None, remark: str, action: str) -> bool:
    """True when nothing is missing."""
    return not missing(round_.required, stoplight, remark, action)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` complete of `total` expected; `incomplete` were started but miss a required text."""

    done: int = 0
    incomplete: int = 0
    total: int = 0

    @property
    def to_do(self) -> int:
        """How many expected pairs are not complete."""
        return self.total - self.done


def progress(expected: Iterable[bool | None]) -> Progress:
    """Count expected pairs: `None` nothing written, `False` incomplete, `True` complete."""
    done = incomplete = total = 0
    for state in expected:
        total += 1
        done += state is True
        incomplete += state is False
    return Progress(done, incomplete, total)
