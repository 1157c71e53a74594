"""Making a spreadsheet: the rules are asked per group or per feedback, rows are written as they come, each export is logged."""

from __future__ import annotations

import asyncio
import re
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from server.audit import service as audit
from server.errors import NotFound, require
from server.exports import queries
from server.people import service as people
from server.people.names import full_name
from server.people.schemas import Card
from server.platform import sheets
from server.platform.request import Me
from server.platform.sheets import Column, Form, Sheet, Value
from server.platform.texts import text
from server.rounds import progress as rounds
from server.rounds.facts import round_facts
from server.rules import exports, visibility
from server.rules.facts import FeedbackFacts, PairFacts, PairState, RoundFacts, Ties

COUNTS: Final = {
    "subject": 22,
    "group": 14,
    "teachers": 30,
    "expected": 12,
    "complete": 12,
    "incomplete": 12,
    "nothing": 12,
}
TEXTS: Final = {
    "home_group": 10, "student": 28, "subject": 22, "group": 14, "teachers": 28, "stoplight": 16, "state": 14, "remark": 60,
    "action": 60, "until": 12, "changed": 17,
}  # fmt: skip
"""Columns and their widths; `export.column.<name>` has the words."""
PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file. It has no name on the disk, so that nothing of it stays, whatever happens to this process."""

    file: IO[bytes]
    form: Form
    filename: str
    size: int

    async def pieces(self) -> AsyncIterator[bytes]:
        """The whole file; it is gone afterwards."""
        with self.file:
            self.file.seek(0)
            while piece := self.file.read(PIECE):
                yield piece


async def counts(me: Me, round_id: UUID, form: Form) -> Export:
    """Expected, complete and incomplete feedback by teaching group: what the screen of the progress shows, no texts.

    Raises:
        NotFound: no such round, or the viewer may see no counts of it.
    """
    progress = await rounds.progress(me, round_id)
    head = await _head(me, round_id)
    lines = [
        (
            group.subject, group.title, ", ".join(group.teachers), group.total, group.done, group.incomplete,
            group.total - group.done - group.incomplete,
        )
        for group in progress.groups
    ]  # fmt: skip

    async def write(sheet: Sheet) -> int:
        await asyncio.to_thread(sheet.add, lines)
        return len(lines)

    made, rows = await _made(me, "counts", head["name"], COUNTS, form, write)
    await audit.record(me.school_id, me.person_id, "export.counts", round=round_id, rows=rows, form=form.value)
    return made


async def feedback(me: Me, round_id: UUID, group_id: UUID | None, form: Form) -> Export:
    """Stoplights and texts of the students of the leader's scope, or of one home group in it. Each student counts as read.

    Raises:
        NotFound: no such round, no leader, or no such group in the scope.
        Refused: the round was not closed yet.
    """
    head = await _head(me, round_id)
    round_ = round_facts(head)
    scope = await queries.scope(me.school_id, me.person_id, group_id)
    require(exports.export_texts(me.viewer, round_, in_scope=bool(scope)))
    cards = await people.cards(me, await queries.students(me.school_id, scope, round_id))
    students = sorted(cards, key=lambda student_id: cards[student_id].home_group or "")
    lines = _Lines(me, round_, cards, await queries.teachers(me.school_id, round_id))

    async def write(sheet: Sheet) -> int:
        rows = 0
        async for part in queries.texts(me.school_id, round_id, students):
            found = list(lines.of(part))
            await asyncio.to_thread(sheet.add, found)
            rows += len(found)
        return rows

    made, rows = await _made(me, "feedback", head["name"], TEXTS, form, write)
    await audit.log_reads(me, students, round_id, "export")
    await audit.record(
        me.school_id, me.person_id, "export.texts", round=round_id, group=group_id, rows=rows, form=form.value
    )
    return made


@dataclass(slots=True)
class _Lines:
    """Turns rows of `queries.TEXTS` into lines of the sheet, as far as the viewer may read them."""

    me: Me
    round: RoundFacts
    cards: dict[UUID, Card]
    teachers: Sequence[Any]
    names: dict[UUID, str] = field(default_factory=dict)
    taught_by: defaultdict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.teachers:
            self.names[row["id"]] = full_name(row["given_name"], row["particle"], row["family_name"])
            for group_id in row["groups"]:
                self.taught_by[group_id].append(row["id"])
        for name in (
            "excellent",
            "on_track",
            "attention",
            "warning",
            "no_picture",
            "complete",
            "incomplete",
            "missing",
        ):
            self.words[name] = text(self.me.locale, f"export.word.{name}")

    def of(self, rows: Sequence[Any]) -> Iterator[tuple[Value, ...]]:
        """The lines that the viewer may read, in the order of the rows."""
        zone = ZoneInfo(self.me.zone)
        for row in rows:
            written, light = row["written_by"] or [], row["stoplight"]
            if not self._reads(row, has_stoplight=light is not None):
                if not self._reads(row, has_stoplight=True):
                    continue
                # Text without a stoplight looks to everybody but its author like none.
                written, light = [], None
            card = self.cards[row["student_id"]]
            shown = light is not None or bool(written)
            state = "missing" if light is None else "complete" if row["complete"] else "incomplete"
            yield (
                card.home_group,
                f"{card.list_name} ({card.apart})" if card.apart else card.list_name,
                row["subject"],
                row["title"],
                ", ".join(self.names[each] for each in written or self.taught_by[row["group_id"]]),
                self.words[light] if light else None,
                self.words[state],
                row["remark"] if shown else None,
                row["action"] if shown else None,
                row["until"],
                row["updated_at"].astimezone(zone).replace(tzinfo=None) if shown else None,
            )

    def _reads(self, row: Any, *, has_stoplight: bool) -> bool:
        teaches = self.me.person_id in self.taught_by[row["group_id"]]
        pair = PairFacts(row["group_id"], PairState(row["state"]), teaches)
        feedback = FeedbackFacts(pair, frozenset(row["written_by"] or ()), has_stoplight)
        return bool(visibility.read_feedback(self.me.viewer, Ties(leader=True), self.round, feedback))


async def _head(me: Me, round_id: UUID) -> Any:
    head = await queries.head(me.school_id, round_id)
    if head is None:
        raise NotFound
    return head


async def _made(
    me: Me, kind: str, round_name: str, columns: dict[str, int], form: Form, write: Callable[[Sheet], Awaitable[int]]
) -> tuple[Export, int]:
    """The file that `write` fills, and its number of rows. Rows are put together and packed beside the event loop."""
    titles = [Column(text(me.locale, f"export.column.{name}"), width) for name, width in columns.items()]
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        sheet = sheets.begin(form, file, round_name, titles)
        rows = await write(sheet)
        await asyncio.to_thread(sheet.finish)
        name = text(me.locale, f"export.file.{kind}")
        filename = f"{name}-{_plain(round_name)}-{me.today.isoformat()}.{form.value}"
        made = Export(file, form, filename, file.seek(0, 2))
        stack.pop_all()
    return made, rows


def _plain(name: str) -> str:
    """A round's name as it can stand in a file's name anywhere."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40] or "-"
