"""Who sees figures, and which: counts of whole groups, from which nobody can work out something about fewer than five students.

A *cell* is a group in one round: a teaching group for stoplights, a home group for what became of the reports. Cells do not
overlap, and what one filters and splits by (year, level, subject, group) is a property of the cell. So whatever is shown is a sum of
whole cells, and whatever can be added up or taken away from it is one again. A cell with fewer than five students is in no sum
at all: it can be in no difference either (docs/decisions/0013-figures.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from server.rules.facts import RoundFacts, RoundState, Viewer
from server.rules.verdict import ALLOW, HIDDEN, Verdict
from server.rules.visibility import settled

FEWEST: Final = 5
"""What is about fewer students is not shown."""

HALF: Final = 2
"""Parts of a day in which time is told."""

HOURS: Final = 24

Dimension = Literal["year", "level", "subject", "group"]


class Cell(NamedTuple):
    """A group in one round. `students`: how many the counts are about. Level `""` and year 0: the roster does not tell."""

    group: UUID
    level: str
    year: int
    subject: UUID | None
    students: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one filters by; `None` does not narrow."""

    year: int | None = None
    level: str | None = None
    subject: UUID | None = None
    group: UUID | None = None

    def holds(self, cell: Cell) -> bool:
        """Is this cell among what was asked for?"""
        return (
            (self.year is None or self.year == cell.year)
            and (self.level is None or self.level == cell.level)
            and (self.subject is None or self.subject == cell.subject)
            and (self.group is None or self.group == cell.group)
        )


# --- who --------------------------------------------------------------------------------------------------------------


def see_figures(viewer: Viewer, *, leads: bool) -> Verdict:
    """The organiser those of the school, a leader those of the own scope. `leads`: somebody is in the viewer's scope."""
    if not viewer.active:
        return HIDDEN
    return ALLOW if viewer.organiser or (viewer.leader and leads) else HIDDEN


def of_whole_school(viewer: Viewer) -> bool:
    """Are the viewer's figures those of the school? Else they are about the students of the scope alone."""
    return viewer.active and viewer.organiser


def count_progress(viewer: Viewer, round_: RoundFacts, *, leads: bool) -> Verdict:
    """Row *counts while open*: how much is there, in any round that is no draft."""
    return see_figures(viewer, leads=leads) if round_.state is not RoundState.DRAFT else HIDDEN


def count_lights(viewer: Viewer, round_: RoundFacts, group_id: UUID, *, leads: bool) -> Verdict:
    """Row *feedback, round closed*: which stoplights were given, once the round or this group of it is closed."""
    return see_figures(viewer, leads=leads) if settled(round_, group_id) else HIDDEN


def lights_counted(viewer: Viewer, round_: RoundFacts, groups: Iterable[UUID], *, leads: bool) -> set[UUID]:
    """Those of these groups whose stoplights are counted: `count_lights` of each, asked once where it does not depend on the group."""
    asked = set(groups)
    if round_.only_groups is not None:
        return {each for each in asked if count_lights(viewer, round_, each, leads=leads)}
    return asked if asked and count_lights(viewer, round_, next(iter(asked)), leads=leads) else set()


# --- what -------------------------------------------------------------------------------------------------------------


def shown(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that anything may be said of."""
    return [cell for cell in cells if _enough(cell)]


def _enough(cell: Cell) -> bool:
    return cell.students >= FEWEST


def total(cells: Iterable[Cell], chosen: Chosen) -> tuple[int, ...] | None:
    """The counts of what was chosen, or None where there is nothing to show. Keeps no cell: there may be thousands."""
    counts = [cell.counts for cell in cells if _enough(cell) and chosen.holds(cell)]
    return tuple(map(sum, zip(*counts, strict=True))) if counts else None


def split(cells: Iterable[Cell], chosen: Chosen, by: Dimension) -> dict[Any, tuple[int, ...]]:
    """The counts of what was chosen, for each of its years, levels, subjects or groups."""
    found: dict[Any, tuple[int, ...]] = {}
    for cell in shown(cells):
        if chosen.holds(cell):
            key = getattr(cell, by)
            found[key] = tuple(map(sum, zip(found[key], cell.counts, strict=True))) if key in found else cell.counts
    return found


def middle_days(hours: Iterable[Sequence[float]]) -> tuple[int, float] | None:
    """How many waited and how long the middle one of them did, in days told by halves. `hours`: those of each home group.

    Who waited is fewer than who is in the group, so a group counts only where five of them did.
    """
    waited = [each for one in hours if len(one) >= FEWEST for each in one]
    return (len(waited), round(median(waited) / HOURS * HALF) / HALF) if waited else None
