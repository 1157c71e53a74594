"""What the figures look like. Counts of whole groups; `None` where nothing may be shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from server.rounds.schemas import RoundStateName


class FigureRound(msgspec.Struct, frozen=True):
    """A round that figures can be asked of."""

    id: UUID
    name: str
    state: RoundStateName
    closed_at: datetime | None
    sharing: bool


class FigureChoice(msgspec.Struct, frozen=True):
    """A subject or a group to choose."""

    id: UUID
    name: str


class FigureChoices(msgspec.Struct, frozen=True):
    """What one can filter by in this round; the groups are those of the year, level and subject that are chosen."""

    years: list[int]
    levels: list[str]
    subjects: list[FigureChoice]
    groups: list[FigureChoice]


class Lights(msgspec.Struct, frozen=True):
    """How often each stoplight was given. *Nog geen beeld* is outside all figures."""

    excellent: int
    on_track: int
    attention: int
    warning: int


class NamedLights(msgspec.Struct, frozen=True):
    """Those of one year, level, subject or group; the name is empty where the roster does not tell."""

    name: str
    lights: Lights


class SplitLights(msgspec.Struct, frozen=True):
    """By year, level, subject and group, each in the order of its name. `groups` is None where they are too many to read."""

    years: list[NamedLights]
    levels: list[NamedLights]
    subjects: list[NamedLights]
    groups: list[NamedLights] | None


class RoundLights(msgspec.Struct, frozen=True):
    """The same choice in one round."""

    round: FigureRound
    lights: Lights


class Completeness(msgspec.Struct, frozen=True):
    """How much feedback is there, and how the groups are spread: how many have all, three quarters, half, less of it."""

    complete: int
    incomplete: int
    nothing: int
    all_there: int
    most: int
    half: int
    less: int


class Steps(msgspec.Struct, frozen=True):
    """Of how many students the report was shared, a plan handed in, the talk held."""

    students: int
    shared: int
    planned: int
    talked: int


class HomeSteps(msgspec.Struct, frozen=True):
    """Those of one home group."""

    name: str
    steps: Steps


class Wait(msgspec.Struct, frozen=True):
    """How long the middle one of so many students waited for a step."""

    students: int
    days: float


class Waits(msgspec.Struct, frozen=True):
    """From closing to sharing, from there to the plan, from there to the talk."""

    share: Wait | None
    plan: Wait | None
    talk: Wait | None


class Cycle(msgspec.Struct, frozen=True):
    """What became of the reports: of whole reports, so subject and teaching group do not narrow it."""

    total: Steps
    homes: list[HomeSteps]
    waits: Waits


class Figures(msgspec.Struct, frozen=True):
    """Everything about one round and one choice. `left_out`: groups of the choice with too few students for any sum."""

    rounds: list[FigureRound]
    round: FigureRound | None
    whole_school: bool
    fewest: int
    choices: FigureChoices
    left_out: int
    lights: Lights | None
    split: SplitLights
    earlier: list[RoundLights]
    completeness: Completeness | None
    cycle: Cycle | None
