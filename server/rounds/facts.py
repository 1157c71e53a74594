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
