"""Spreadsheets written row by row: XLSX and CSV, of any length in the same memory.

Written with nothing but the standard library's zip: a sheet of text, numbers and days is a short XML file, and so each row is
compressed as it comes and no named file with texts of students lies anywhere meanwhile, as with libraries that gather rows first
(docs/decisions/0014-exports.md).

What somebody typed is never a formula. XLSX says of each cell that it is text, also when it is edited later; in CSV, which cannot
say that, a text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO, Final, Protocol, TypeVar
from xml.sax.saxutils import escape

Value = str | int | date | datetime | None
"""Moments (`datetime`) are the school's own, without a zone: spreadsheets know none."""

Cell = TypeVar("Cell")

ZERO_DAY: Final = date(1899, 12, 30)
LONGEST: Final = 32_767
"""What a cell can hold."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that some spreadsheet takes for a formula, also in the wide letters of other keyboards."""
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
COMPRESSION: Final = 3
"""A third of the time of the usual level, for a tenth more bytes."""


class Form(StrEnum):
    """The kinds of files."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """As it travels."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in letters, for XLSX."""

    title: str
    width: int = 12


class Sheet(Protocol):
    """A file that is being written."""

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Some more rows, each with a value per column."""

    def finish(self) -> None:
        """The last row was added."""


def begin(form: Form, file: IO[bytes], title: str, columns: Sequence[Column]) -> Sheet:
    """A sheet with its header row; `title` is the name of the sheet."""
    return Xlsx(file, title, columns) if form is Form.XLSX else Csv(file, columns)


def like_formula(text: str) -> bool:
    """Would a spreadsheet that reads this as typed take it for a formula?"""
    return text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)


class Csv:
    """UTF-8 with a byte order mark and semicolons: what a Dutch Excel opens with a double click."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._file = file
        file.write("\ufeff".encode())
        self.add([[column.title for column in columns]])

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        lines = io.StringIO()
        csv.writer(lines, delimiter=";").writerows([_csv(value) for value in row] for row in rows)
        self._file.write(lines.getvalue().encode())

    def finish(self) -> None:
        self._file.flush()


def _csv(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case str():
            return f"'{value}" if like_formula(value) else value
        case _:
            return str(value)


# --- XLSX -------------------------------------------------------------------------------------------------------------

# Places in the list of cell formats below.
HEADER, TEXT, TYPED_TEXT, NUMBER, DAY, MOMENT = 1, 2, 3, 4, 5, 6

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TOP: Final = '<alignment vertical="top"/>'
_WRAP: Final = '<alignment vertical="top" wrapText="1"/>'
_FORMAT: Final = '<xf numFmtId="{0}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"{1}>{2}</xf>'

# 14 and 22 are a day and a moment as the reader's own computer writes them.
PARTS: Final = {
    "[Content_Types].xml": f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>""",
    "_rels/.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>""",
    "xl/styles.xml": f"""{_HEAD}<styleSheet xmlns="{_MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1">{_WRAP}</xf>\
{_FORMAT.format(49, "", _WRAP)}{_FORMAT.format(49, ' quotePrefix="1"', _WRAP)}\
{_FORMAT.format(1, "", _TOP)}{_FORMAT.format(14, "", _TOP)}{_FORMAT.format(22, "", _TOP)}</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""",
}


def _workbook(title: str) -> str:
    return f"""{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">\
<sheets><sheet name={_attribute(sheet_name(title))} sheetId="1" r:id="rId1"/></sheets></workbook>"""


def sheet_name(title: str) -> str:
    """What Excel takes for a name: no more than 31 letters, none of a few signs, no apostrophe at either end."""
    return _legal(re.sub(r"[\\/*?:\[\]]", " ", title)).strip().strip("'")[:31].rstrip("'") or "1"


def column_letters(number: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class Xlsx:
    """One sheet with a bold header row that stays while the rest scrolls, and a filter on each column."""

    def __init__(self, file: IO[bytes], title: str, columns: Sequence[Column]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION)
        for name, content in {**PARTS, "xl/workbook.xml": _workbook(title)}.items():
            self._zip.writestr(name, content)
        self._letters = [column_letters(number) for number in range(len(columns))]
        self._rows = 0
        self._sheet = self._zip.open("xl/worksheets/sheet1.xml", "w")
        widths = "".join(
            f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
            for number, column in enumerate(columns, 1)
        )
        self._write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'
        )
        self._write(self._row([_text(place, column.title, HEADER) for place, column in self._places(columns)]))

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        self._write("".join(self._row([_cell(place, value) for place, value in self._places(row)]) for row in rows))

    def finish(self) -> None:
        self._write(f'</sheetData><autoFilter ref="A1:{self._letters[-1]}{self._rows}"/></worksheet>')
        self._sheet.close()
        self._zip.close()

    def _places(self, row: Sequence[Cell]) -> list[tuple[str, Cell]]:
        """Each value with its place, in the row that comes next."""
        number = self._rows + 1
        return [(f"{letters}{number}", value) for letters, value in zip(self._letters, row, strict=True)]

    def _row(self, cells: Iterable[str]) -> str:
        self._rows += 1
        return f'<row r="{self._rows}">{"".join(cells)}</row>'

    def _write(self, xml: str) -> None:
        self._sheet.write(xml.encode())


def _cell(place: str, value: Value) -> str:
    match value:
        case None | "":
            return ""
        case str():
            return _text(place, value, TYPED_TEXT if like_formula(value) else TEXT)
        case datetime():
            minutes = value.hour * 60 + value.minute
            return f'<c r="{place}" s="{MOMENT}"><v>{(value.date() - ZERO_DAY).days + minutes / 1440:.9f}</v></c>'
        case date():
            return f'<c r="{place}" s="{DAY}"><v>{(value - ZERO_DAY).days}</v></c>'
        case _:
            return f'<c r="{place}" s="{NUMBER}"><v>{value}</v></c>'


def _text(place: str, text: str, style: int) -> str:
    inside = escape(_ESCAPE_LIKE.sub("_x005F_", _legal(text)[:LONGEST]))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{inside}</t></is></c>'


def _legal(text: str) -> str:
    """Without what XML cannot say, and with one kind of line end."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _attribute(text: str) -> str:
    return '"' + escape(text, {'"': "&quot;"}) + '"'
