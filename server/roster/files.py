"""The files of one roster together: every id once, and every reference to a row that is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from server.roster.archive import Files
from server.roster.model import RESERVED, Problems
from server.roster.rows import Row, Table


class Ids:
    """The sourcedIds of one file with the line each stands on, rows that are to be deleted among them."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.complete = False

    def missing(self, sourced_id: str) -> bool:
        """True when the file was read to its end and has no such row."""
        return self.complete and sourced_id not in self.lines


class RosterFiles:
    """Reads rows and checks references between files. `problems` grows on the way."""

    def __init__(self, archive: Files, problems: Problems) -> None:
        self._archive = archive
        self._problems = problems
        self.ids: defaultdict[str, Ids] = defaultdict(Ids)
        self.tables: dict[str, Table] = {}

    def table(self, file: str, wanted: str, required: str) -> Table:
        """One file by its OneRoster name; column names are parted by spaces."""
        return Table(self._archive, file, wanted.split(), required.split(), self._problems)

    def rows(self, file: str, wanted: str, required: str) -> Iterator[tuple[str, Row]]:
        """The rows that are to be kept, with their ids; every id and its line is remembered."""
        if file not in self._archive:
            return
        table = self.table(file, f"sourcedId status {wanted}", f"sourcedId {required}")
        self.tables[file] = table
        ids = self.ids[file]
        for row in table:
            sourced_id = row.text("sourcedId", required=True)
            if not sourced_id:
                continue
            if sourced_id.casefold().startswith(RESERVED):
                row.error("id_reserved", "sourcedId", id=sourced_id)
                continue
            if sourced_id in ids.lines:
                row.error("id_twice", "sourcedId", id=sourced_id, first=str(ids.lines[sourced_id]))
                continue
            ids.lines[sourced_id] = row.line
            if not row.removed():
                yield sourced_id, row
        ids.complete = table.complete
        ids.lines.update(dict.fromkeys(table.skipped - ids.lines.keys(), 0))

    def check(self, row: Row, column: str, file: str, *, required: bool = False) -> tuple[str, ...]:
        """The ids in a cell; reports those that the other file does not have."""
        found = row.ids(column)
        if not found and required:
            row.error("value_missing", column)
        ids = self.ids[file]
        for one in found:
            if ids.missing(one):
                row.error("reference", column, id=one, target=self._archive.name_of(file))
        return found
