"""What a round asks of whom, and what may still change once it was opened. Pure, like all rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from server.rules.facts import Required, RoundFacts, RoundState, Stoplight

MANY_STUDENTS: Final = 250
"""A teacher who has to write about more students than this in one round hears of it beforehand, through the organiser."""


class Part(StrEnum):
    """A part of a round's plan that can destroy something, or comes too late, once the round was opened."""

    AUDIENCE = "audience"
    REQUIRED = "required"
    REQUIRED_BY_YEAR = "required_by_year"
    OPENS_AT = "opens_at"


class Fixed(StrEnum):
    """Why a part cannot change any more. Each has a sentence in both languages (`field.<reason>`)."""

    ALREADY_OPENED = "already_opened"
    ROUND_CLOSED = "closed_fixed"
    PARTLY_OPEN = "partly_open_fixed"
    HAS_TEXTS = "audience_has_texts"


def fixed(round_: RoundFacts, part: Part, *, written: int = 0) -> Fixed | None:
    """Why this part of the plan stays as it is; None: it may change.

    `written`: how many students somebody wrote about and who would fall out of the round by the change. A draft is free. Once
    opened, an opening time is past. While the whole round is open, what it asks may change, for that deletes no text, and whom
    it is about as far as nobody wrote anything there. What was closed stays as colleagues read it.
    """
    if round_.state is RoundState.DRAFT:
        return None
    if part is Part.OPENS_AT:
        return Fixed.ALREADY_OPENED
    if round_.state is not RoundState.OPEN:
        return Fixed.ROUND_CLOSED
    if round_.only_groups is not None:
        return Fixed.PARTLY_OPEN
    return Fixed.HAS_TEXTS if part is Part.AUDIENCE and written > 0 else None


def asked_of(
    required: dict[Stoplight, Required], by_year: Mapping[int, dict[Stoplight, Required]], year: int | None
) -> dict[Stoplight, Required]:
    """What is asked about a group of this year: the year's own rules where it has some, else those of the round.

    The year is the teaching group's, so that a teacher has one rule for everybody on the sheet. A group without a year, or of
    several, is asked what the round asks.
    """
    return required if year is None else by_year.get(year, required)


def heavy(students: int) -> bool:
    """Is this more than one teacher can be asked without a word beforehand?"""
    return students > MANY_STUDENTS


_NUMBERED: Final = re.compile(r"(.*\s)([1-9][0-9]?)")


def next_name(name: str) -> str:
    """What the round after this one may be called: `Ronde 1` → `Ronde 2`. Other names, those with a year too, stay."""
    found = _NUMBERED.fullmatch(name)
    return f"{found[1]}{int(found[2]) + 1}" if found else name
