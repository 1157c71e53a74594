"""Who did what, about whom, when, and who read whose reports: without content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from server.administration.people import name_of
from server.administration.schemas import LogEntry, LogKind, LogPage, Named
from server.audit import service as audit
from server.errors import require
from server.people import managing_queries as queries
from server.platform.request import Me
from server.rounds import service as rounds
from server.rules.administration import administer

PAGE: Final = 50
NAMED: Final = {
    "person": "person", "into": "person", "student": "person", "guardian": "person", "people": "person", "teacher": "person",
    "bound_to": "person", "group": "group", "groups": "group", "round": "round",
}  # fmt: skip
"""What an id in an entry is, by the name under which it was written down."""
FIRST_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "signin": ("signin", "provider", "clash"),
    "round": ("round", "board", "export"),
}
"""First words of the acts of a kind, where they are more than the kind itself."""
TOLD: Final = frozenset({"fields", "roles", "rows", "leaving", "sessions", "made"})
"""What else of an entry is told: names of fields and roles, and counts."""
REASONED: Final = "round.reopened"
"""The act whose reason is told: who types it is told that it goes into the log. Of other acts it stays where it is."""
OURS: Final = frozenset({"extension", "late_writes"})
"""Reasons that nobody typed; the act says enough."""


async def read(me: Me, kind: LogKind | None, person_id: UUID | None, page: int) -> LogPage:
    """Fifty entries, newest first, of one kind or about one person."""
    require(administer(me.viewer))
    page = min(max(page, 1), 10_000)
    kinds = FIRST_WORDS.get(kind, (kind,)) if kind else ()
    found = await audit.entries(me.school_id, kinds, person_id, PAGE + 1, (page - 1) * PAGE)
    shown = found[:PAGE]
    names = await _names(me.school_id, shown)
    return LogPage(
        entries=[
            LogEntry(
                at=one.at,
                act=one.act,
                who=names.get(one.person_id) if one.person_id else None,
                about=[names[about] for _, about in _ids(one.ids) if about in names],
                details={name: str(value) for name, value in one.ids.items() if name in TOLD} | _reason(one),
            )
            for one in shown
        ],
        page=page,
        more=len(found) > PAGE,
    )


def _reason(entry: audit.Entry) -> dict[str, str]:
    reason = str(entry.ids.get("reason", ""))
    return {"reason": reason} if entry.act == REASONED and reason and reason not in OURS else {}


def _ids(ids: Mapping[str, Any]) -> list[tuple[str, UUID]]:
    """Kind and id of everything that an entry names."""
    found = []
    for name, value in ids.items():
        for one in value if isinstance(value, list) else [value]:
            try:
                found.append((NAMED[name], UUID(one)))
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
    return found


async def _names(school_id: UUID, entries: Iterable[audit.Entry]) -> dict[UUID, Named]:
    wanted: dict[str, set[UUID]] = {"person": set(), "group": set(), "round": set()}
    for entry in entries:
        if entry.person_id:
            wanted["person"].add(entry.person_id)
        for kind, about in _ids(entry.ids):
            wanted[kind].add(about)
    people = await queries.full_names(school_id, sorted(wanted["person"]))
    groups = await queries.group_titles(school_id, sorted(wanted["group"]))
    return (
        {row["id"]: Named("person", row["id"], name_of(row)) for row in people}
        | {row["id"]: Named("group", row["id"], row["title"]) for row in groups}
        | {
            round_id: Named("round", round_id, name)
            for round_id, name in (await rounds.names(school_id, sorted(wanted["round"]))).items()
        }
    )
