"""One CSV file of the roster, row by row.

Real files are untidy, so columns are found by name and every cell knows where it stood.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from server.roster.archive import READ_ERRORS, Files
from server.roster.model import Problem, Problems, Severity

MAX_CELL: Final = 255
"""Longest value that is kept, in characters. Ids, names and addresses are far shorter."""

_TRUE = frozenset({"true", "t", "1", "1.0", "yes", "y", "ja", "j", "waar", "on"})
_FALSE = frozenset({"false", "f", "0", "0.0", "no", "n", "nee", "onwaar", "off"})
_REMOVED = frozenset({"tobedeleted", "inactive", "deleted"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$", re.ASCII)
_YEAR_FIRST = re.compile(r"^(\d{4})(?:[/.](\d{1,2})[/.](\d{1,2})|(\d\d)(\d\d))(?:[T ].*)?$", re.ASCII)
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ,].*)?$", re.ASCII)
# Columns of the standard that nobody may mistake for a misspelling of one we read.
_OTHERS = (
    "password phone sms identifier userids usermasteridentifier pronouns preferredmiddlename location periods "
    "resourcesourcedids userprofilesourcedid roletype coursecode classcode schoolyear birthdate sex gender ethnicity race"
)
_OTHER_COLUMNS = frozenset(_OTHERS.split())
# What exports call a column that the standard calls otherwise: too far off to be taken for a misspelling.
_OTHER_NAMES = {
    "firstname": "givenName", "preferredfirstname": "preferredGivenName",
    "lastname": "familyName", "surname": "familyName", "preferredlastname": "preferredFamilyName",
    "emailaddress": "email", "mail": "email", "login": "username", "enabled": "enabledUser",
    "classid": "classSourcedId", "userid": "userSourcedId", "courseid": "courseSourcedId", "type": "classType",
    "startdate": "beginDate", "begindate": "startDate", "agents": "agentSourcedIds", "orgs": "orgSourcedIds",
}  # fmt: skip


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", header.casefold())


def plain_word(text: str) -> str:
    """A word of a fixed list as it is compared: `Home room` and `HOME_ROOM` are `homeroom`."""
    return re.sub(r"[\s_-]", "", text.casefold())


class Row:
    """One line of a table. Readers report a bad cell and return an empty value, so that all errors are found."""

    __slots__ = ("_cells", "_table", "line")

    def __init__(self, table: Table, cells: Sequence[str], line: int) -> None:
        self._table = table
        self._cells = cells
        self.line = line

    def error(self, code: str, column: str, /, **params: str) -> None:
        """Collect an error about this cell."""
        self._table.report(code, self.line, column, params, Severity.ERROR)

    def warn(self, code: str, column: str, /, **params: str) -> None:
        """Collect a warning about this cell."""
        self._table.report(code, self.line, column, params, Severity.WARNING)

    def text(self, column: str, *, required: bool = False) -> str:
        """The trimmed cell, `""` when it is empty, too long or the column is not there."""
        index = self._table.columns.get(column)
        value = self._cells[index].strip() if index is not None else ""
        if not value:
            if required:
                self.error("value_missing", column)
        elif len(value) > MAX_CELL:
            self.error("value_long", column, most=str(MAX_CELL))
            return ""
        return value

    def word(self, column: str) -> str:
        """A required cell that holds a word of a fixed list, as it is compared."""
        return plain_word(self.text(column, required=True))

    def ids(self, column: str) -> tuple[str, ...]:
        """A cell that lists several ids, each once, in order."""
        index = self._table.columns.get(column)
        cell = self._cells[index] if index is not None else ""
        return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,;|]", cell) if part.strip()))

    def removed(self) -> bool:
        """True when the exporting system says that this row is to be deleted."""
        status = self.text("status").casefold()
        if status not in _REMOVED and status not in ("", "active"):
            self.error("status_unknown", "status", value=self.text("status"))
        return status in _REMOVED

    def flag(self, column: str, *, empty: bool) -> bool:
        """A boolean in any of the spellings seen in real files; `empty` is what an empty cell means."""
        value = self.text(column).casefold()
        if value and value not in _TRUE and value not in _FALSE:
            self.error("boolean_bad", column, value=self.text(column))
        return value in _TRUE if value else empty

    def day(self, column: str, *, required: bool = False) -> date | None:
        """A date. Other spellings than `2026-08-24` are taken with a warning where it is certain what they mean.

        `1/05/2026` is not: only another date of the file tells whether its writer puts the day or the month first.
        """
        value = self.text(column, required=required)
        if not value:
            return None
        found = _date(match[1], match[2], match[3]) if (match := _ISO_DATE.match(value)) else None
        if found is not None:
            return found
        if match := _YEAR_FIRST.match(value):
            found = _date(match[1], match[2] or match[4], match[3] or match[5])
        elif match := _YEAR_LAST.match(value):
            first, mark, second, year = match.groups()
            by_day, by_month = _date(year, second, first), _date(year, first, second)
            if by_day is not None and by_month is not None and by_day != by_month:
                # With points and hyphens people write the day first wherever they write them.
                day_first = order if (order := self._table.day_first()) is not None else mark != "/" or None
                if day_first is None:
                    self.error("date_ambiguous", column, value=value, one=str(by_day), other=str(by_month))
                    return None
                found = by_day if day_first else by_month
            else:
                found = by_day or by_month
        if found is None:
            self.error("date_bad", column, value=value)
        else:
            self.warn("date_guessed", column, value=value, date=found.isoformat())
        return found


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


class Table:
    """A CSV file with its header matched. `wanted` are the columns to read, `required` those it cannot do without."""

    def __init__(
        self, archive: Files, file: str, wanted: Sequence[str], required: Sequence[str], problems: Problems
    ) -> None:
        self.name = archive.name_of(file)
        self.columns: dict[str, int] = {}
        self.skipped: set[str] = set()
        """Ids of rows that could not be read, so that naming them elsewhere is no second error."""
        self.complete = False
        """True once the last row was read: only then is an id that was not seen really missing."""
        self._archive = archive
        self._file = file
        self._wanted = wanted
        self._required = required
        self._problems = problems
        self._headers: list[str] = []
        self._day_first: bool | None = None
        self._looked_for_order = False

    def has(self, column: str) -> bool:
        """True when the header has this column; known once the first row was asked for."""
        return column in self.columns

    def report(
        self, code: str, line: int | None, column: str | None, params: dict[str, str], severity: Severity
    ) -> None:
        """Collect a problem, naming the column as the file does."""
        index = self.columns.get(column) if column else None
        shown = self._headers[index] if index is not None else column
        self._problems.append(Problem(code, self.name, line, shown, params, severity))

    def day_first(self) -> bool | None:
        """Does this file write the day before the month? None when no date of it tells, or they contradict each other."""
        if not self._looked_for_order:
            self._looked_for_order = True
            self._day_first = self._order_of_dates()
        return self._day_first

    def _order_of_dates(self) -> bool | None:
        """Looks through the whole file once more, the first time that it matters."""
        columns = [index for name, index in self.columns.items() if name.endswith("Date")]
        seen: set[bool] = set()
        try:
            with self._archive.open(self._file) as raw:
                stream = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
                for cells in csv.reader(stream, delimiter=self._delimiter(stream.readline())):
                    for index in columns:
                        if index < len(cells) and (match := _YEAR_LAST.match(cells[index].strip())):
                            first, second = int(match[1]), int(match[3])
                            if (first > 12) != (second > 12):
                                seen.add(first > 12)
        except (csv.Error, *READ_ERRORS):
            return None  # told where the rows are read
        return seen.pop() if len(seen) == 1 else None

    def _error(self, code: str, line: int | None = None, column: str | None = None, **params: str) -> None:
        self._problems.append(Problem(code, self.name, line, column, params))

    def __iter__(self) -> Iterator[Row]:
        """Stream the rows that can be read and report the rest. Ends early when the file cannot be understood."""
        line = 1
        try:
            with self._archive.open(self._file) as raw:
                start = raw.read(4)
            if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start:
                self._error("utf16", 1)
                return
            with self._archive.open(self._file) as raw:
                # Bytes that are no UTF-8 come through as lone surrogates, so that each is told with line and column.
                stream = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
                first = stream.readline()
                if not self._read_header(first):
                    return
                reader = csv.reader(stream, delimiter=self._delimiter(first), strict=True)
                for cells in reader:
                    start_line, line = line + 1, 1 + reader.line_num
                    if any(cells) and self._check(cells, start_line):
                        yield Row(self, cells, start_line)
            self.complete = True
        except csv.Error:
            self._error("row_unreadable", line + 1)
        except READ_ERRORS:
            self._error("entry_broken", line)

    @staticmethod
    def _delimiter(header: str) -> str:
        """A Dutch spreadsheet saves "comma separated" with semicolons."""
        return "," if "," in header else next((mark for mark in ";\t" if mark in header), ",")

    def _read_header(self, first: str) -> bool:
        if not first.strip():
            self._error("file_empty", 1)
            return False
        shown = first.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self._headers = [cell.strip() for cell in next(csv.reader([shown], delimiter=self._delimiter(shown)))]
        known = {_plain(column): column for column in self._wanted}
        found: dict[str, int] = {}
        for index, header in enumerate(self._headers):
            name = _plain(header)
            if name in found:
                if name in known:
                    self._error("column_twice", 1, header)
            elif name:
                found[name] = index
        self.columns = {column: found[name] for name, column in known.items() if name in found}
        missing = [name for name in known if name not in found]
        for name, index in found.items():
            if name in known or name in _OTHER_COLUMNS or name.startswith("metadata."):
                continue
            other = _plain(_OTHER_NAMES.get(name, ""))
            for guess in [other] if other in missing else difflib.get_close_matches(name, missing, 1, 0.9):
                missing.remove(guess)
                self.columns[known[guess]] = index
                self.report("column_guessed", 1, known[guess], {"name": known[guess]}, Severity.WARNING)
        lacking = [column for column in self._required if column not in self.columns]
        for column in lacking:
            self._error("column_missing", 1, column, found=", ".join(self._headers)[:300])
        return not lacking

    def _check(self, cells: list[str], line: int) -> bool:
        """Report a row whose cells cannot be trusted; pads one that only lacks empty cells at its end."""
        width = len(self._headers)
        too_long = len(cells) > width and any(cells[width:])
        if too_long or (len(cells) < width and any(self.columns[column] >= len(cells) for column in self._required)):
            self._error("row_long" if too_long else "row_short", line, None, cells=str(len(cells)), headers=str(width))
            index = self.columns.get("sourcedId", width)
            if index < len(cells):
                self.skipped.add(cells[index].strip())
            return False
        cells.extend([""] * (width - len(cells)))
        if not "".join(cells).isprintable():
            for index, cell in enumerate(cells[:width]):
                undecoded = any("\udc80" <= char <= "\udcff" for char in cell)
                if undecoded or _CONTROL.search(cell):
                    self._error("not_utf8" if undecoded else "control_character", line, self._headers[index])
                    # Read on with a mark in its place: what else is wrong with this row is worth saying too.
                    cells[index] = _CONTROL.sub("\ufffd", re.sub("[\udc80-\udcff]", "\ufffd", cell))
        return True
