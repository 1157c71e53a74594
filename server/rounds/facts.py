"""From rows of the table `round` to what the rules are told."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from server.rules.facts import Required, RoundFacts, RoundState, Stoplight


@lru_cache(maxsize=1024)
def required_texts(source: str) -> dict[Stoplight, Required]:
    """The column `required` as the rules read it. Equal text, equal answer: hence cached; do not change the answer."""
    decoded = msgspec.json.decode(source, type=dict[Stoplight, dict[str, bool]])
    return {light: Required(texts.get("remark", False), texts.get("action", False)) for light, texts in decoded.items()}


@lru_cache(maxsize=1024)
def texts_by_year(source: str) -> dict[int, dict[Stoplight, Required]]:
    """The column `required_by_year` as the rules read it; cached like the other."""
    decoded = msgspec.json.decode(source, type=dict[int, msgspec.Raw])
    return {year: required_texts(bytes(rules).decode()) for year, rules in decoded.items()}


ASKED = """case when r.required_by_year = '{}' then r.required
 else coalesce(r.required_by_year -> (select y.year::text from class_group y where y.school_id = r.school_id and y.id = $3),
               r.required) end as required"""
"""What a round asks about one group, for a statement about round `r` in which $3 is the group: `rules.planning.asked_of` in SQL.

The group's row is looked up only where years differ at all, for this stands in every save."""


def round_facts(row: Any) -> RoundFacts:
    """From a row with state, sharing, mentors_watch, only_groups and required."""
    only: list[UUID] | None = row["only_groups"]
    return RoundFacts(
        state=RoundState(row["state"]),
        sharing=row["sharing"],
        mentors_watch=row["mentors_watch"],
        only_groups=None if only is None else frozenset(only),
        required=required_texts(row["required"]),
    )


def live_topic(round_id: UUID, part: UUID | str) -> str:
    """Under which name live events of a part of a round go: one of its groups, `round` itself, or `*` to hear all of them."""
    return f"feedback:{round_id}:{part}"


def lock_name(round_id: UUID) -> str:
    """The lock that closing takes alone and saving takes together with other savers: closed is closed."""
    return f"round:{round_id}"
