"""What a plan comes to, for the person who decides about it: counts, and names as far as one reads them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from server.people.names import full_name
from server.roster.difference import Key, Values
from server.roster.model import Problem
from server.roster.plan import Kind, KindChange, Plan, Rows

SHOWN: Final = 100
"""So many names are listed; behind them stands how many there are."""


@dataclass(frozen=True, slots=True)
class Names:
    """The first names or titles of a list, and how long it is."""

    total: int = 0
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Who or what is new, changed and leaving."""

    new: Names = Names()
    changed: Names = Names()
    leaving: Names = Names()


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan as it is shown. It holds names, so it is kept no longer than the decision takes.

    `admins_out`: whoever of them looks at it has to know that the way back will be closed.
    """

    kinds: tuple[KindChange, ...] = ()
    people: Part = Part()
    groups: Part = Part()
    enrolments: Part = Part()
    present: int = 0
    leaving: int = 0
    needs_confirmation: bool = False
    warnings: tuple[Problem, ...] = field(default=())
    admins_out: tuple[UUID, ...] = ()

    @property
    def nothing(self) -> bool:
        """True when the school already is as the roster says."""
        return all(kind.nothing for kind in self.kinds)


def preview_of(plan: Plan, stored: Rows) -> Preview:
    """The preview of a plan for what is stored."""

    def values(kind: Kind, key: Key) -> Values:
        """As the roster has them; for what leaves, as they are stored."""
        wanted = plan.wanted[kind].get(key)
        return stored[kind][key].values if wanted is None else wanted

    def person(key: Key) -> tuple[str, str]:
        given, particle, family, order, *_ = values(Kind.PERSON, key)
        return order, full_name(given, particle, family)

    def group(key: Key) -> tuple[str, str]:
        _, title, order, *_ = values(Kind.GROUP, key)
        return order, title

    def enrolment(key: Key) -> tuple[str, str]:
        group_key, person_key, *_ = values(Kind.ENROLMENT, key)
        (group_order, title), (person_order, name) = group(group_key), person(person_key)
        return f"{group_order}\0{person_order}", f"{title}: {name}"

    def part(kind: Kind, name: Callable[[Key], tuple[str, str]]) -> Part:
        found = plan.differences[kind]
        return Part(*(_names(keys, name) for keys in (found.added, found.changed, found.ended)))

    return Preview(
        kinds=plan.changes,
        people=part(Kind.PERSON, person),
        groups=part(Kind.GROUP, group),
        enrolments=part(Kind.ENROLMENT, enrolment),
        present=plan.present,
        leaving=plan.leaving,
        needs_confirmation=plan.needs_confirmation,
        warnings=plan.warnings,
        admins_out=tuple(stored[Kind.PERSON][key].id for key in plan.admins_out),
    )


def _names(keys: Iterable[Key], name: Callable[[Key], tuple[str, str]]) -> Names:
    ordered = sorted(map(name, keys))
    return Names(len(ordered), tuple(shown for _, shown in ordered[:SHOWN]))
