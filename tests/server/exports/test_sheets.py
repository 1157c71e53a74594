"""XLSX and CSV as somebody else's program reads them: what was put in comes out, and nothing of it is a formula."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.platform.sheets import Column, Form, Value, begin, column_letters, like_formula, sheet_name

COLUMNS = [Column("Tekst", 40), Column("Aantal"), Column("Dag"), Column("Moment")]
HOSTILE = ["=1+1", '=HYPERLINK("http://x")', "+31 6 123", "-3 punten", "@SUM(A1)", "\t=1", " =1+1", "＝1+1", "'=1"]
ODD = [
    "<b>&amp;\"'",
    "a\x07b",
    "_x0041_",
    "regel 1\r\nregel 2",
    "Zoë 😀 مرحبا",
    "\ufffe\uffff",
    "x" * 2000,
    "]]>",
    " rand ",
]


def written(form: Form, rows: Iterable[Sequence[Value]], title: str = "Blad") -> bytes:
    file = io.BytesIO()
    sheet = begin(form, file, title, COLUMNS)
    sheet.add(rows)
    sheet.finish()
    return file.getvalue()


def opened(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def test_types_come_back_as_they_went_in() -> None:
    row = ["Woord", 12, date(2026, 11, 28), datetime.combine(date(2026, 11, 28), time(13, 5))]

    sheet = opened(written(Form.XLSX, [row, [None, 0, None, None]]))

    assert [cell.value for cell in sheet[1]] == ["Tekst", "Aantal", "Dag", "Moment"]
    text, number, day, moment = sheet[2]
    assert (text.value, text.data_type) == ("Woord", "s")
    assert (number.value, number.data_type) == (12, "n")
    assert day.is_date and day.value.date() == row[2]
    assert moment.is_date and moment.value == row[3]
    assert [cell.value for cell in sheet[3]] == [None, 0, None, None]


def test_the_header_row_is_bold_and_stays_with_a_filter_on_each_column() -> None:
    sheet = opened(written(Form.XLSX, [["a", 1, None, None]] * 3))

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D4"
    assert all(cell.font.bold for cell in sheet[1]) and not sheet["A2"].font.bold
    assert sheet.column_dimensions["A"].width == 40


@pytest.mark.parametrize("text", HOSTILE + ODD)
def test_text_in_xlsx_is_text_whatever_it_looks_like(text: str) -> None:
    content = written(Form.XLSX, [[text, None, None, None]])

    cell = opened(content)["A2"]
    assert cell.data_type in ("s", "inlineStr")
    # Excel shows an apostrophe in front while it is edited, and it stays text.
    assert cell.quotePrefix == like_formula(text)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["Zoë 😀 مرحبا", "<b>&amp;\"'", " rand ", "regel 1\nregel 2", "x" * 2000, "]]>"])
def test_text_in_xlsx_is_whole(text: str) -> None:
    assert opened(written(Form.XLSX, [[text, None, None, None]]))["A2"].value == text


def test_what_xml_cannot_say_is_left_out_and_what_excel_would_decode_is_told_apart() -> None:
    content = written(Form.XLSX, [["a\x07\x0b\ufffeb _x0041_", None, None, None]])

    raw = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert ">ab _x005F_x0041_<" in raw


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_csv_never_begins_like_a_formula(text: str) -> None:
    lines = list(csv.reader(io.StringIO(written(Form.CSV, [[text, 3, None, None]]).decode("utf-8-sig")), delimiter=";"))

    assert lines[1][0] in (f"'{text}", text)
    assert not like_formula(lines[1][0])


def test_csv_has_a_byte_order_mark_semicolons_and_days_that_sort() -> None:
    row = ['a;b "c"\nd', 7, date(2026, 2, 3), datetime.combine(date(2026, 2, 3), time(9, 5))]

    content = written(Form.CSV, [row])

    assert content.startswith(b"\xef\xbb\xbfTekst;Aantal;Dag;Moment\r\n")
    (line,) = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]
    assert line == ['a;b "c"\nd', "7", "2026-02-03", "2026-02-03 09:05"]


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_a_file_that_opens_and_holds_no_formula(texts: list[str]) -> None:
    rows: list[list[Value]] = [[text, None, None, None] for text in texts]

    sheet = opened(written(Form.XLSX, rows))
    lines = list(csv.reader(io.StringIO(written(Form.CSV, rows).decode("utf-8-sig"), newline=""), delimiter=";"))

    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert len(lines) == len(texts) + 1
    assert not any(like_formula(line[0]) for line in lines)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Najaar: ronde 1/2 [h3a]?", "Najaar  ronde 1 2  h3a"),
        ("x" * 40, "x" * 31),
        ("'s middags'", "s middags"),
        ("***", "1"),
        ("\x07", "1"),
    ],
)
def test_a_rounds_name_becomes_the_name_of_a_sheet(title: str, name: str) -> None:
    assert sheet_name(title) == name
    assert openpyxl.load_workbook(io.BytesIO(written(Form.XLSX, [], title))).sheetnames == [name]


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [column_letters(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


@pytest.mark.parametrize("form", Form)
def test_memory_does_not_grow_with_the_rows(form: Form) -> None:
    class Nowhere(io.RawIOBase):
        """Counts what it is given and forgets it."""

        def __init__(self) -> None:
            self.at = 0

        def write(self, data: object) -> int:
            size = len(memoryview(data))  # type: ignore[arg-type]
            self.at += size
            return size

        def writable(self) -> bool:
            return True

    def most(parts: int) -> int:
        sheet = begin(form, Nowhere(), "Blad", COLUMNS)  # type: ignore[arg-type]
        tracemalloc.start()
        for number in range(parts):
            sheet.add([[f"Tekst {number} {row} " * 10, row, date(2026, 1, 1), None] for row in range(100)])
        sheet.finish()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(1)
    assert most(60) < most(20) * 1.5
