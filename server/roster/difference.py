"""What changes between what is stored and what a file says. Pure: mappings in, keys out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Key = Hashable
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored row: its id, its values in the order of the fields, whether it has ended, and whether people own it."""

    id: UUID
    values: Values
    ended: bool = False
    manual: bool = False
    """Decided by hand: no file changes or ends it."""


@dataclass(slots=True)
class Difference:
    """Keys of rows to add, to change and to end, how many stay, and which fields changed how often."""

    added: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    ended: list[Key] = field(default_factory=list)
    unchanged: int = 0
    fields: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many rows are to be written."""
        return len(self.added) + len(self.changed) + len(self.ended)


def compare(
    stored: Mapping[Key, Stored], wanted: Mapping[Key, Values], names: Sequence[str], *, end: str | None
) -> Difference:
    """Compare by key, then field by field.

    `names` are the fields' names. `end` names what a row that had ended and is wanted again counts as; None for rows
    that never end: those that are not wanted any more are left alone.
    """
    found = Difference()
    for key, values in wanted.items():
        row = stored.get(key)
        if row is None:
            found.added.append(key)
            continue
        differing = [name for name, old, new in zip(names, row.values, values, strict=True) if old != new]
        if row.ended and end is not None:
            differing.append(end)
        if differing and not row.manual:
            found.changed.append(key)
            found.fields.update(differing)
        else:
            found.unchanged += 1
    if end is not None:
        found.ended = [key for key, row in stored.items() if key not in wanted and not row.ended and not row.manual]
    return found
