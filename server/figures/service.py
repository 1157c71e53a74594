"""Figures of one round and the rounds before it: SQL counts, the rules choose what may be shown, and here it gets names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from server.errors import NotFound, require
from server.figures import queries
from server.figures.queries import Counts
from server.figures.schemas import (
    Completeness,
    Cycle,
    FigureChoice,
    FigureChoices,
    FigureRound,
    Figures,
    HomeSteps,
    Lights,
    NamedLights,
    RoundLights,
    SplitLights,
    Steps,
    Wait,
    Waits,
)
from server.platform.request import Me
from server.rounds.facts import round_facts
from server.rules import figures as rules
from server.rules import visibility
from server.rules.figures import Cell, Chosen

MOST_ROUNDS: Final = 12
"""So many rounds are compared: three school years of four."""

MOST_GROUPS: Final = 60
"""More groups than this are no picture any more; who narrows the choice sees them."""

NOBODY: Final = FigureChoices([], [], [], [])


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and about whom: `students` None is everybody."""

    me: Me
    students: list[UUID] | None

    @property
    def leads(self) -> bool:
        """Is there anybody in the scope?"""
        return bool(self.students)


@dataclass(frozen=True, slots=True)
class Place:
    """A teaching group with what one filters by. They come in the order of their names."""

    id: UUID
    title: str
    level: str
    year: int
    subject_id: UUID | None
    subject: str


async def figures(me: Me, round_id: UUID | None, chosen: Chosen) -> Figures:
    """Those of the round asked for, else of the one that was closed last, else of the open one.

    Raises:
        NotFound: no figures for this viewer, or no such round.
    """
    students = None if rules.of_whole_school(me.viewer) else await queries.scope(me.school_id, me.person_id)
    asker = Asker(me, students)
    require(rules.see_figures(me.viewer, leads=asker.leads))
    rows = [
        row
        for row in await queries.rounds(me.school_id)
        if visibility.see_round(me.viewer, round_facts(row))
        and rules.count_progress(me.viewer, round_facts(row), leads=asker.leads)
    ]
    row = _round(rows, round_id)
    if row is None:
        return _nothing(asker)
    compared = [row, *_before(rows, row)]
    found = await queries.lights(me.school_id, [each["id"] for each in compared], students)
    progress = await queries.progress(me.school_id, row["id"], students)
    ids = {each["group_id"] for each in progress}.union(*found.values())
    places = [Place(*each.values()) for each in await queries.groups(me.school_id, list(ids))]
    by_id = {place.id: place for place in places}
    here = list(_light_cells(asker, row, found, by_id))
    there = _progress_cells(progress, places)
    return Figures(
        rounds=[_told(each) for each in rows],
        round=_told(row),
        whole_school=students is None,
        fewest=rules.FEWEST,
        choices=_choices(there, places, chosen),
        left_out=_left_out(there, chosen),
        lights=_lights(rules.total(here, chosen)),
        split=_split(here, places, chosen),
        earlier=[
            RoundLights(_told(each), Lights(*counts))
            for each in reversed(compared[1:])
            if (counts := rules.total(_light_cells(asker, each, found, by_id), chosen)) is not None
        ],
        completeness=_completeness(there, chosen),
        cycle=await _cycle(asker, row, chosen),
    )


def _nothing(asker: Asker) -> Figures:
    """Before the first round was opened."""
    empty = SplitLights([], [], [], [])
    return Figures([], None, asker.students is None, rules.FEWEST, NOBODY, 0, None, empty, [], None, None)


def _told(row: Any) -> FigureRound:
    return FigureRound(row["id"], row["name"], row["state"], row["closed_at"], row["sharing"])


def _round(rows: Sequence[Any], round_id: UUID | None) -> Any | None:
    if round_id is None:
        return next((row for row in rows if row["closed_at"] is not None), rows[0] if rows else None)
    found = next((row for row in rows if row["id"] == round_id), None)
    if found is None:
        raise NotFound
    return found


def _before(rows: Sequence[Any], row: Any) -> list[Any]:
    """What was closed before this round, the latest first."""
    until: datetime | None = row["closed_at"]
    earlier = [
        each
        for each in rows
        if each["id"] != row["id"] and each["closed_at"] is not None and (until is None or each["closed_at"] <= until)
    ]
    return earlier[: MOST_ROUNDS - 1]


# --- stoplights -------------------------------------------------------------------------------------------------------


def _light_cells(
    asker: Asker, row: Any, given: Mapping[UUID, Mapping[UUID, Counts]], places: Mapping[UUID, Place]
) -> Iterator[Cell]:
    """The cells of one round in which feedback is open to more than its authors."""
    groups = given[row["id"]]
    counted = rules.lights_counted(asker.me.viewer, round_facts(row), groups, leads=asker.leads)
    for group_id, counts in groups.items():
        if group_id in counted:
            yield _cell(places[group_id], sum(counts), counts)


def _cell(place: Place, students: int, counts: tuple[int, ...]) -> Cell:
    return Cell(place.id, place.level, place.year, place.subject_id, students, counts)


def _lights(counts: tuple[int, ...] | None) -> Lights | None:
    return None if counts is None else Lights(*counts)


def _split(cells: Sequence[Cell], places: Sequence[Place], chosen: Chosen) -> SplitLights:
    """Each in the order of its name, never of what was given: nobody is ranked."""
    years, levels = rules.split(cells, chosen, "year"), rules.split(cells, chosen, "level")
    subjects, groups = rules.split(cells, chosen, "subject"), rules.split(cells, chosen, "group")
    return SplitLights(
        # What the roster does not tell comes last.
        years=_named(years, {year: str(year or "") for year in sorted(years, key=lambda year: (not year, year))}),
        levels=_named(levels, {level: level for level in sorted(levels, key=lambda level: (not level, level))}),
        subjects=_named(subjects, _subjects(places)),
        groups=None if len(groups) > MOST_GROUPS else _named(groups, {place.id: place.title for place in places}),
    )


def _named(counts: Mapping[Any, tuple[int, ...]], names: Mapping[Any, str]) -> list[NamedLights]:
    return [NamedLights(name, Lights(*counts[key])) for key, name in names.items() if key in counts]


def _subjects(places: Sequence[Place]) -> dict[UUID | None, str]:
    names = {place.subject_id: place.subject for place in places}
    return dict(sorted(names.items(), key=lambda pair: (pair[1].casefold(), str(pair[0]))))


# --- what one can choose, and how much is there -----------------------------------------------------------------------


def _progress_cells(rows: Iterable[Any], places: Sequence[Place]) -> list[Cell]:
    by_id = {place.id: place for place in places}
    return [
        _cell(by_id[row["group_id"]], row["total"], (row["complete"], row["incomplete"], row["total"])) for row in rows
    ]


def _left_out(cells: Sequence[Cell], chosen: Chosen) -> int:
    asked = [cell for cell in cells if chosen.holds(cell)]
    return len(asked) - len(rules.shown(asked))


def _choices(cells: Sequence[Cell], places: Sequence[Place], chosen: Chosen) -> FigureChoices:
    """Names of what has figures; a group that is too small is not offered."""
    there = rules.shown(cells)
    wider = Chosen(chosen.year, chosen.level, chosen.subject)
    subjects = {cell.subject for cell in there}
    groups = {cell.group for cell in there if wider.holds(cell)}
    return FigureChoices(
        years=sorted({cell.year for cell in there if cell.year}),
        levels=sorted({cell.level for cell in there if cell.level}),
        subjects=[FigureChoice(id_, name) for id_, name in _subjects(places).items() if id_ and id_ in subjects],
        groups=[FigureChoice(place.id, place.title) for place in places if place.id in groups],
    )


def _completeness(cells: Sequence[Cell], chosen: Chosen) -> Completeness | None:
    counts = rules.total(cells, chosen)
    if counts is None:
        return None
    complete, incomplete, expected = counts
    parts = [cell.counts[0] / cell.students for cell in rules.shown(cells) if chosen.holds(cell)]
    all_there = sum(part == 1 for part in parts)
    most = sum(0.75 <= part < 1 for part in parts)
    half = sum(0.5 <= part < 0.75 for part in parts)
    nothing = expected - complete - incomplete
    return Completeness(complete, incomplete, nothing, all_there, most, half, len(parts) - all_there - most - half)


# --- what became of the reports ---------------------------------------------------------------------------------------


async def _cycle(asker: Asker, row: Any, chosen: Chosen) -> Cycle | None:
    """Sharing, plan and talk, by home group. None: there is nothing yet, or the round does without."""
    if row["closed_at"] is None or not row["sharing"]:
        return None
    day = row["closed_at"].astimezone(ZoneInfo(asker.me.zone)).date()
    rows = await queries.cycle(asker.me.school_id, row["id"], asker.students, day)
    names = {each["id"]: each["title"] for each in rows}
    cells = [
        Cell(
            each["id"],
            each["level"],
            each["year"],
            None,
            each["students"],
            (each["students"], each["shared"], each["planned"], each["talked"]),
        )
        for each in rows
    ]
    # Of whole reports: what subject and teaching group say does not narrow it.
    wider = Chosen(chosen.year, chosen.level)
    counts = rules.total(cells, wider)
    if counts is None:
        return None
    homes = rules.split(cells, wider, "group")
    waited = [each for each, cell in zip(rows, cells, strict=True) if wider.holds(cell) and cell.group in homes]
    return Cycle(
        total=Steps(*counts),
        homes=[HomeSteps(name, Steps(*homes[id_])) for id_, name in names.items() if id_ in homes],
        waits=Waits(_wait(waited, "share_hours"), _wait(waited, "plan_hours"), _wait(waited, "talk_hours")),
    )


def _wait(rows: Sequence[Any], column: str) -> Wait | None:
    found = rules.middle_days(row[column] or () for row in rows)
    return None if found is None else Wait(*found)
