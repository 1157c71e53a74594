"""PDF from our Typst templates, tagged as PDF/UA-1: the one file that knows typst.

It runs as a process of its own, started by `press.py`, with the least priority, so that nobody who rates waits for paper. What
people wrote is data for a template, never markup, and only the fonts beside the templates are used: the same text looks the
same everywhere. A character that none of them has becomes a box, because PDF/UA allows no text that cannot be shown.
"""

from __future__ import annotations

import os
import re
import struct
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import typst

from server.platform.binding import Binder
from server.platform.pdf_protocol import ANSWER, DONE, FAILED, HEAD, PART

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
FONTS: Final = TEMPLATES / "fonts"
STANDARD: Final = "ua-1"
UNKNOWN: Final = "□"
KEPT_BY_TYPST: Final = 10
FEW: Final = 2
"""Students of whom ten documents may stay in memory."""
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
        return (
            ""
            if unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
            else char
        )
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
        # Its own description knows neither several source texts nor a compiler that has none yet.
        self._compiler: Any = typst.Compiler(font_paths=self._fonts)  # type: ignore[call-overload,call-arg,arg-type,unused-ignore]
        self._pictures: dict[bytes, bytes] = {}

    def set(self, template: str, data: Any, logo: bytes = b"", **more: Any) -> Any:
        """The pages as a PDF (or in the `format` asked for). A picture that cannot be shown is left away.

        Raises:
            typst.TypstError: the template is wrong.
        """
        files = {
            "main": self._templates[f"{template}.typ"],
            **self._templates,
            "logo.typ": self._picture(logo),
        }
        inputs = {"data": msgspec.json.encode(_printable(data)).decode()}
        try:
            pages = self._compiler.compile(
                files, sys_inputs=inputs, **{"format": "pdf", "pdf_standards": [STANDARD], **more}
            )
        except typst.TypstError:
            if not logo:
                raise
            return self.set(template, data, **more)
        if len(data["students"]) > FEW:
            self._forget(files, data)
        return pages

    def _picture(self, logo: bytes) -> bytes:
        """The picture as source text: no other files can be given."""
        if logo not in self._pictures:
            numbers = ",".join(map(str, logo))
            source = f"#let logo = bytes(({numbers},))" if logo else "#let logo = none"
            # Another school, another picture: one at a time is enough to have at hand.
            self._pictures = {logo: source.encode()}
        return self._pictures[logo]

    def _forget(self, files: dict[str, bytes], data: Any) -> None:
        """Typst keeps what it laid out for ten compilations, in case it comes again; no other student's page does."""
        inputs = {"data": msgspec.json.encode({**data, "students": []}).decode()}
        for _ in range(KEPT_BY_TYPST):
            self._compiler.compile(files, sys_inputs=inputs, format="svg")


# --- as a process of its own ------------------------------------------------------------------------------------------


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Do what is asked until nobody asks any more. Of what fails only the kind is told: the rest could hold a text."""
    setter, binder = Setter(), Binder(both_sides=False)
    while head := source.read(HEAD.size):
        asked, blob = HEAD.unpack(head)
        wish, body = msgspec.json.decode(source.read(asked)), source.read(blob)
        try:
            answer = b""
            match wish["do"]:
                case "set":
                    answer = setter.set(wish["template"], wish["data"], body)
                case "begin":
                    binder = Binder(both_sides=wish["both_sides"])
                case "add":
                    answer = b"".join(binder.add(body))
                case "finish":
                    answer = b"".join(binder.finish())
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
