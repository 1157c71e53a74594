"""Binds PDFs that `pdf.py` has set into one, with their tags and bookmarks, without ever having more than one of them in memory.

It reads what Typst writes and nothing else: a plain cross-reference table, one object after another, no object streams. Objects get
new numbers and go out at once; what belongs to the whole (pages, tags, bookmarks) is gathered and written at the end. Whoever
binds a file of another kind gets an error, never half a file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Final

# Strings come first, so that nothing in a title or an alternative text is taken for a reference.
_TOKEN: Final = re.compile(
    rb"/ID\((?P<id>[^()\\]*)\)|/Headers\[(?P<headers>[^\]]*)\]|/(?P<key>StructParents?) (?P<number>\d+)"
    rb"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>|(?<![\d.])(?P<ref>\d+) 0 R",
    re.DOTALL,
)
_OBJECT: Final = re.compile(rb"(\d+) 0 obj\n")
_STREAM: Final = b"\nstream\n"
_REFERENCE: Final = re.compile(rb"(\d+) 0 R")
_ENTRY: Final = re.compile(rb"(\d+)\s*(\d+ 0 R|\[[^\]]*\])")
_NAME: Final = re.compile(rb"\(([^()\\]*)\)\s*(\d+) 0 R")

BLANK: Final = b"<</Type/Page/Resources<<>>/MediaBox[0 0 595.2756 841.8898]/Tabs/S/Parent %d 0 R>>"
PACKED: Final = 200
"""Small objects of one packed stream: tags are many, short, and all alike."""


class UnknownFormError(ValueError):
    """This is no file as we set them."""


class Binder:
    """One file out of many; `both_sides`: each of them begins on a right-hand page."""

    def __init__(self, *, both_sides: bool) -> None:
        self._both_sides = both_sides
        self._at = 0
        self._places: dict[
            int, tuple[int, int, int]
        ] = {}  # number: kind, offset or stream, index: as in a cross-reference stream
        self._waiting: list[tuple[int, bytes]] = []
        self._next = 1
        self._keys = 0
        self._part = 0
        self._whole: dict[
            bytes, int
        ] = {}  # /Root, /Info, /Pages, /Outlines, /StructTreeRoot, /Document: their numbers here
        self._heads: dict[bytes, bytes] = {}  # the same as the first part has them
        self._pages: list[int] = []
        self._tags: list[bytes] = []
        self._parents: list[bytes] = []
        self._names: list[tuple[bytes, int]] = []
        self._bookmarks: list[tuple[int, bytes]] = []  # the first of the first part; then the last so far
        self._marks = 0

    def add(self, body: bytes) -> Iterator[bytes]:
        """What can be written of this part now.

        Raises:
            UnknownFormError: it is no file as we set them.
        """
        part = _Part(body)
        first = not self._whole
        if first:
            yield self._out(b"%PDF-1.7\n%\x80\x80\x80\x80\n")
        offset = self._next - 1
        self._next += part.size - 1
        if first:
            self._whole = {name: number + offset for name, number in part.whole.items()}
            self._heads = {name: part.head(number) for name, number in part.whole.items()}
        shared = {number: self._whole[name] for name, number in part.whole.items()}

        def moved(head: bytes) -> bytes:
            return _TOKEN.sub(lambda token: self._token(token, shared, offset), head)

        self._gather(part, moved)
        skipped = set(part.whole.values()) | {part.first_mark, part.last_mark}
        for number in part.numbers:
            if number in skipped:
                continue
            head, stream = part.split(number)
            if stream:
                yield self._object(number + offset, moved(head), stream)
            else:
                self._waiting.append((number + offset, moved(head)))
                if len(self._waiting) >= PACKED:
                    yield self._pack()
        self._keys += part.keys
        self._part += 1

    def _token(self, token: re.Match[bytes], shared: dict[int, int], offset: int) -> bytes:
        if token["ref"] is not None:
            number = int(token["ref"])
            return b"%d 0 R" % shared.get(number, number + offset)
        if token["key"] is not None:
            return b"/%s %d" % (token["key"], int(token["number"]) + self._keys)
        # The names by which cells know their headers are told apart by the part.
        if token["id"] is not None:
            return b"/ID(%s)" % self._name(token["id"])
        if token["headers"] is not None:
            names = re.sub(rb"\(([^()\\]*)\)", lambda name: b"(%s)" % self._name(name[1]), token["headers"])
            return b"/Headers[%s]" % names
        return token[0]

    def _name(self, name: bytes) -> bytes:
        return b"%d.%s" % (self._part, name)

    def _gather(self, part: _Part, moved: Callable[[bytes], bytes]) -> None:
        """What belongs to the whole file."""
        if self._both_sides and len(self._pages) % 2:
            self._pages.append(self._next)
            self._waiting.append((self._next, BLANK % self._whole[b"/Pages"]))
            self._next += 1
        self._pages += [int(page) for page in _REFERENCE.findall(moved(part.array(b"/Pages", b"/Kids")))]
        self._tags.append(moved(part.array(b"/Document", b"/K")))
        parents = part.array(b"/StructTreeRoot", b"/Nums")
        self._parents += [b"%d %s" % (int(key) + self._keys, moved(value)) for key, value in _ENTRY.findall(parents)]
        for name, number in _NAME.findall(part.array(b"/StructTreeRoot", b"/Names")):
            found = _REFERENCE.search(moved(b"%s 0 R" % number))
            if found is not None:
                self._names.append((self._name(name), int(found[1])))
        self._take_bookmarks(part, moved)

    def _take_bookmarks(self, part: _Part, moved: Callable[[bytes], bytes]) -> None:
        """The first and the last of a part are neighbours of those of other parts."""
        ends = []
        for number in dict.fromkeys((part.first_mark, part.last_mark)):
            here = _REFERENCE.search(moved(b"%d 0 R" % number))
            if here is None:
                raise UnknownFormError
            ends.append((int(here[1]), moved(part.head(number))))
        if self._bookmarks:
            before, head = self._bookmarks[-1]
            self._bookmarks[-1] = before, _with(head, b"/Next %d 0 R" % ends[0][0])
            ends[0] = ends[0][0], _with(ends[0][1], b"/Prev %d 0 R" % before)
            if len(self._bookmarks) > 1:
                self._waiting.append(self._bookmarks.pop())
        self._bookmarks += ends
        while len(self._bookmarks) > 2:
            self._waiting.append(self._bookmarks.pop(1))
        self._marks += part.marks

    def finish(self) -> Iterator[bytes]:
        """The rest of the file. Title and language are those of the first part.

        Raises:
            UnknownFormError: there was nothing to bind.
        """
        if not self._whole:
            raise UnknownFormError
        number = self._whole
        self._waiting += self._bookmarks
        first, last = self._bookmarks[0][0], self._bookmarks[-1][0]
        outlines = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, self._marks)
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        tree = _replace(self._heads[b"/StructTreeRoot"], b"/Nums", b" ".join(self._parents))
        names = b"".join(b"(%s)%d 0 R" % name for name in sorted(self._names))
        whole = {
            b"/Pages": b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self._pages), kids),
            b"/Outlines": outlines,
            b"/StructTreeRoot": re.sub(
                rb"/ParentTreeNextKey \d+", b"/ParentTreeNextKey %d" % self._keys, _replace(tree, b"/Names", names)
            ),
            b"/Document": _replace(self._heads[b"/Document"], b"/K", b" ".join(self._tags)),
            b"/Root": self._heads[b"/Root"],
            b"/Info": self._heads[b"/Info"],
        }
        for name, head in whole.items():
            self._waiting.append((number[name], head))
        while self._waiting:
            yield self._pack()
        yield self._cross_references()

    # --- writing ------------------------------------------------------------------------------------------------------

    def _out(self, some: bytes) -> bytes:
        self._at += len(some)
        return some

    def _object(self, number: int, head: bytes, stream: bytes) -> bytes:
        self._places[number] = (1, self._at, 0)
        return self._out(b"%d 0 obj\n%s%sendobj\n" % (number, head, stream))

    def _pack(self) -> bytes:
        those, self._waiting = self._waiting[:PACKED], self._waiting[PACKED:]
        number = self._next
        self._next += 1
        index, at = [], 0
        for place, (each, head) in enumerate(those):
            self._places[each] = (2, number, place)
            index.append(b"%d %d" % (each, at))
            at += len(head) + 1
        begin = b" ".join(index) + b"\n"
        packed = zlib.compress(begin + b"\n".join(head for _, head in those))
        head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(those), len(begin), len(packed))
        return self._object(number, head, b"\nstream\n" + packed + b"\nendstream\n")

    def _cross_references(self) -> bytes:
        number, start = self._next, self._at
        self._places[number] = (1, start, 0)
        rows = bytearray(b"\0\0\0\0\0\xff\xff")
        for each in range(1, number + 1):
            kind, place, index = self._places.get(each, (0, 0, 0xFFFF))
            rows += bytes([kind]) + place.to_bytes(4) + index.to_bytes(2)
        packed = zlib.compress(bytes(rows))
        head = b"<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/Filter/FlateDecode/Length %d>>" % (
            number + 1, self._whole[b"/Root"], self._whole[b"/Info"], len(packed),
        )  # fmt: skip
        tail = b"\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
        return self._out(b"%d 0 obj\n%s%s" % (number, head, tail))


class _Part:
    """One file to bind, by its own numbers."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        tail = re.search(rb"startxref\n(\d+)\n%%EOF\s*$", body)
        if tail is None:
            raise UnknownFormError
        table = re.match(rb"xref\n0 (\d+)\n", body[int(tail[1]) :])
        if table is None or b"trailer" not in body:
            raise UnknownFormError
        trailer = body[body.rindex(b"trailer") :]
        self.size = int(table[1])
        start = int(tail[1]) + table.end()
        rows = [body[at : at + 20] for at in range(start, start + 20 * self.size, 20)]
        places = {number: int(row[:10]) for number, row in enumerate(rows) if row[17:18] == b"n"}
        order = sorted(places, key=places.__getitem__)
        ends = [places[number] for number in order[1:]] + [int(tail[1])]
        self._places = {number: (places[number], end) for number, end in zip(order, ends, strict=True)}
        self.numbers = order
        root = _reference(trailer, b"/Root")
        self.whole = {b"/Root": root, b"/Info": _reference(trailer, b"/Info")}
        for name in (b"/Pages", b"/Outlines", b"/StructTreeRoot"):
            self.whole[name] = _reference(self.head(root), name)
        self.whole[b"/Document"] = _reference(self.array(b"/StructTreeRoot", b"/K"), b"")
        outlines = self.head(self.whole[b"/Outlines"])
        self.first_mark, self.last_mark = _reference(outlines, b"/First"), _reference(outlines, b"/Last")
        count = re.search(rb"/Count (\d+)", outlines)
        self.marks = int(count[1]) if count else 1
        keys = [int(key) for key, _ in _ENTRY.findall(self.array(b"/StructTreeRoot", b"/Nums"))]
        self.keys = max(keys, default=-1) + 1

    def split(self, number: int) -> tuple[bytes, bytes]:
        """An object without its number: what it says, and its stream (empty: none)."""
        start, end = self._places[number]
        found = _OBJECT.match(self._body, start)
        if found is None or int(found[1]) != number:
            raise UnknownFormError
        last = self._body.rindex(b"endobj", start, end)
        said = self._body[found.end() : last]
        head, mark, stream = said.partition(_STREAM)
        return (head, mark + stream) if mark else (head.rstrip(b"\n"), b"")

    def head(self, number: int) -> bytes:
        """The same without the stream."""
        return self.split(number)[0]

    def array(self, name: bytes, key: bytes) -> bytes:
        """What is in an array of one of the objects that belong to the whole; empty: there is none."""
        return _array(self.head(self.whole[name]), key)[0]


def _reference(head: bytes, name: bytes) -> int:
    found = re.search(re.escape(name) + rb"\s*(\d+) 0 R", head)
    if found is None:
        raise UnknownFormError
    return int(found[1])


def _array(head: bytes, key: bytes) -> tuple[bytes, int, int]:
    """What is between the brackets after this key, from where to where; brackets inside are counted."""
    start = head.find(key + b"[")
    if start < 0:
        return b"", -1, -1
    at = begin = start + len(key) + 1
    depth = 1
    while depth:
        found = re.compile(rb"[\[\]]").search(head, at)
        if found is None:
            raise UnknownFormError
        depth += 1 if found[0] == b"[" else -1
        at = found.end()
    return head[begin : at - 1], begin, at - 1


def _replace(head: bytes, key: bytes, content: bytes) -> bytes:
    _, begin, end = _array(head, key)
    return head if begin < 0 else head[:begin] + content + head[end:]


def _with(head: bytes, more: bytes) -> bytes:
    """A dictionary with one more entry."""
    return head.removesuffix(b">>") + more + b">>"
