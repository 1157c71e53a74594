"""PDF from our Typst templates, tagged as PDF/UA-1: the one file that knows typst and pikepdf.

It runs as a process of its own, started by `press.py`, with the least priority, so that nobody who rates waits for paper. What
people wrote is data for a template, never markup, and only the fonts beside the templates are used: the same text looks the
same everywhere. A character that none of them has becomes a box, because PDF/UA allows no text that cannot be shown.
"""

from __future__ import annotations

import io
import os
import re
import struct
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import pikepdf
import typst

from server.platform.pdf_protocol import ANSWER, DONE, FAILED, HEAD, PART

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
FONTS: Final = TEMPLATES / "fonts"
STANDARD: Final = "ua-1"
UNKNOWN: Final = "□"
LONGEST_WORD: Final = 24
"""Characters after which a word may be broken: one without an end must not run off the paper."""
PIECE: Final = 1 << 20
"""Bytes of one piece of an answer."""

_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
SPACE_WITHOUT_WIDTH: Final = "\u200b"
BREAK_AFTER: Final = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")


# --- which characters the fonts have ----------------------------------------------------------------------------------


def characters(font: bytes) -> set[int]:
    """The characters of one TrueType or OpenType font, from its table `cmap`."""
    found: set[int] = set()
    for at in range(12, 12 + 16 * _unsigned(font, 4, 2), 16):
        if font[at : at + 4] == b"cmap":
            start = _unsigned(font, at + 8, 4)
            for record in range(_unsigned(font, start + 2, 2)):
                found |= _of_subtable(font, start + _unsigned(font, start + 4 + 8 * record + 4, 4))
    return found


def _of_subtable(font: bytes, at: int) -> set[int]:
    found: set[int] = set()
    kind = _unsigned(font, at, 2)
    if kind == 12:
        for group in range(_unsigned(font, at + 12, 4)):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
            found.update(range(first, last + 1))
    elif kind == 4:
        segments = _unsigned(font, at + 6, 2) // 2
        for segment in range(segments):
            last = _unsigned(font, at + 14 + 2 * segment, 2)
            first = _unsigned(font, at + 16 + 2 * (segments + segment), 2)
            delta = _unsigned(font, at + 16 + 2 * (2 * segments + segment), 2)
            here = at + 16 + 2 * (3 * segments + segment)
            offset = _unsigned(font, here, 2)
            for code in range(first, min(last, 0xFFFE) + 1):
                glyph = code if offset == 0 else _unsigned(font, here + offset + 2 * (code - first), 2)
                if glyph and (glyph + delta) % 0x10000:
                    found.add(code)
    return found


def _unsigned(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


@cache
def covered() -> frozenset[int]:
    """The characters that at least one of our fonts has."""
    return frozenset().union(*(characters(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))))


@cache
def _shown(char: str) -> str:
    if char in "\n\t" or ord(char) in covered():
        # Marks that turn the direction of what follows would let one text reach into the next.
        return "" if unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} else char
    if unicodedata.category(char) in {"Cf", "Cc", "Cs", "Mn"} or 0xFE00 <= ord(char) <= 0xFE0F:
        return ""
    return UNKNOWN


def printable(text: str) -> str:
    """The text as the fonts can show it."""
    shown = "".join(map(_shown, _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))))
    return BREAK_AFTER.sub(rf"\1{SPACE_WITHOUT_WIDTH}", shown) if _LONG.search(shown) else shown


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, dict):
        return {name: _printable(each) for name, each in value.items()}
    return value


# --- setting and binding ----------------------------------------------------------------------------------------------


class Setter:
    """Sets pages from a template and data."""

    def __init__(self) -> None:
        self._fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
        self._templates = {path.name: path.read_bytes() for path in TEMPLATES.glob("*.typ")}
        self._compilers: dict[tuple[str, bytes], Any] = {}

    def set(self, template: str, data: Any, logo: bytes = b"", **more: Any) -> Any:
        """The pages as a PDF (or in the `format` asked for). A picture that cannot be shown is left away.

        Raises:
            typst.TypstError: the template is wrong.
        """
        inputs = {"data": msgspec.json.encode(_printable(data)).decode(), "logo": "yes" if logo else ""}
        try:
            return self._compiler(template, logo).compile(
                sys_inputs=inputs, **{"format": "pdf", "pdf_standards": [STANDARD], **more}
            )
        except typst.TypstError:
            if not logo:
                raise
            return self.set(template, data, **more)

    def _compiler(self, template: str, logo: bytes) -> Any:
        key = (template, logo)
        if key not in self._compilers:
            files = {"main": self._templates[f"{template}.typ"], **self._templates, **({"logo": logo} if logo else {})}
            # Another school, another picture: one at a time is enough to have at hand.
            self._compilers = {key: typst.Compiler(files, font_paths=self._fonts)}
        return self._compilers[key]


class Binder:
    """Binds PDFs of ours into one, with their tags and bookmarks; each begins on a right-hand page."""

    def __init__(self, title: str, *, both_sides: bool) -> None:
        self._title = title
        self._both_sides = both_sides
        self._bound: pikepdf.Pdf | None = None
        self._sources: list[pikepdf.Pdf] = []
        self._next_key = 0

    def add(self, body: bytes) -> None:
        """Take these pages in."""
        source = pikepdf.open(io.BytesIO(body))
        if self._bound is None:
            self._bound = source
            self._next_key = _keys_of(source)
            return
        bound = self._bound
        if self._both_sides and len(bound.pages) % 2:
            bound.add_blank_page(page_size=A4)
        first = len(bound.pages)
        bound.pages.extend(source.pages)
        self._sources.append(source)  # its content is read when the file is written
        self._take_tags(source, first)
        self._take_bookmarks(source, first)

    def _take_tags(self, source: pikepdf.Pdf, first: int) -> None:
        """Structure elements, and the numbers by which pages and annotations find them."""
        bound = self._bound
        assert bound is not None
        ours = bound.Root.StructTreeRoot
        theirs = bound.copy_foreign(source.Root.StructTreeRoot)
        whole = _only(ours.K)
        for element in _each(theirs.K):
            element.S = pikepdf.Name.Div  # a document in a document says nothing
            element.P = whole
            whole.K.append(element)
        numbers = pikepdf.NumberTree(ours.ParentTree)
        for number, element in pikepdf.NumberTree(theirs.ParentTree).items():
            numbers[number + self._next_key] = element
        for page in list(bound.pages)[first:]:
            _move(page.obj, "/StructParents", self._next_key)
            for annotation in page.obj.get("/Annots", ()):
                _move(annotation, "/StructParent", self._next_key)
        self._next_key += _keys_of(source)
        ours.ParentTreeNextKey = self._next_key

    def _take_bookmarks(self, source: pikepdf.Pdf, first: int) -> None:
        bound = self._bound
        assert bound is not None
        places = {page.obj.objgen: at for at, page in enumerate(source.pages)}

        def taken(item: pikepdf.OutlineItem) -> pikepdf.OutlineItem:
            page, *rest = item.destination
            here = bound.pages[first + places[page.objgen]].obj
            moved = pikepdf.OutlineItem(item.title, pikepdf.Array([here, *rest]))
            moved.children.extend(map(taken, item.children))
            return moved

        with source.open_outline() as theirs, bound.open_outline() as ours:
            ours.root.extend(map(taken, theirs.root))

    def bound(self) -> bytes:
        """The whole as one file.

        Raises:
            ValueError: there is nothing to bind.
        """
        if self._bound is None:
            raise ValueError("nothing to bind")
        if self._sources:
            with self._bound.open_metadata(set_pikepdf_as_editor=False) as metadata:
                metadata["dc:title"] = self._title
            self._bound.docinfo["/Title"] = self._title
        target = io.BytesIO()
        self._bound.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return target.getvalue()


A4: Final = (595.276, 841.89)


def _keys_of(pdf: pikepdf.Pdf) -> int:
    """One more than the greatest number in the tree of tags."""
    return max((number for number in pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)), default=-1) + 1


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _only(value: Any) -> Any:
    return _each(value)[0]


def _move(holder: Any, name: str, by: int) -> None:
    if name in holder:
        holder[name] = int(holder[name]) + by


# --- as a process of its own ------------------------------------------------------------------------------------------

def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Do what is asked until nobody asks any more. Of what fails only the kind is told: the rest could hold a text."""
    setter, binder = Setter(), Binder("", both_sides=False)
    while head := source.read(HEAD.size):
        asked, blob = HEAD.unpack(head)
        wish, body = msgspec.json.decode(source.read(asked)), source.read(blob)
        try:
            answer = b""
            match wish["do"]:
                case "set":
                    answer = setter.set(wish["template"], wish["data"], body)
                case "begin":
                    binder = Binder(wish["title"], both_sides=wish["both_sides"])
                case "add":
                    binder.add(body)
                case "bind":
                    answer = binder.bound()
                    binder = Binder("", both_sides=False)
            for at in range(0, len(answer), PIECE):
                piece = answer[at : at + PIECE]
                target.write(ANSWER.pack(PART, len(piece)) + piece)
            target.write(ANSWER.pack(DONE, 0))
        except Exception as error:
            name = type(error).__name__.encode()
            target.write(ANSWER.pack(FAILED, len(name)) + name)
        target.flush()


def main() -> None:
    """Serve whoever started this process."""
    os.nice(19)
    covered()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
