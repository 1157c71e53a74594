"""What the tests about paper have in common: a PDF read back, and a worker's work done on the spot."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pikepdf
import pypdfium2

from server.bundles import making
from server.platform import db
from tests.factories import Client, Person, World


@dataclass
class Element:
    """One element of the structure tree."""

    kind: str
    alt: str | None
    children: list[Element] = field(default_factory=list)

    def all(self) -> list[Element]:
        return [self, *(each for child in self.children for each in child.all())]


class Paper:
    """A PDF, read back by two libraries that did not write it."""

    def __init__(self, body: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(body))
        document = pypdfium2.PdfDocument(body)
        self.pages = [page.get_textpage().get_text_bounded() for page in document]
        document.close()

    @property
    def text(self) -> str:
        """Everything, with single spaces, without what only allows a line to be broken."""
        said = unicodedata.normalize("NFKC", " ".join(self.pages)).replace("\u200b", "").replace("\ufffe", "")
        return " ".join(said.split())

    def count(self, said: str) -> int:
        """How often this text is there, wherever its lines end."""
        wanted = re.sub(r"\s+", "", unicodedata.normalize("NFKC", said))
        return re.sub(r"\s+", "", self.text).count(wanted)

    @property
    def tree(self) -> Element:
        return _element(self.pdf.Root.StructTreeRoot)

    def kinds(self) -> Counter[str]:
        return Counter(each.kind for each in self.tree.all())

    def alts(self) -> list[str]:
        return [each.alt for each in self.tree.all() if each.alt is not None]

    def bookmarks(self) -> list[tuple[int, str, int]]:
        """Depth, title and page (from 1) of each."""
        places = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages, 1)}
        found: list[tuple[int, str, int]] = []

        def walk(items: Any, depth: int) -> None:
            for item in items:
                found.append((depth, str(item.title), places[item.destination[0].objgen]))
                walk(item.children, depth + 1)

        with self.pdf.open_outline() as outline:
            walk(outline.root, 1)
        return found

    def lost_tags(self) -> list[str]:
        """Pages and annotations that the tree of tags does not know, or that it knows as another page's."""
        parents = dict(pikepdf.NumberTree(self.pdf.Root.StructTreeRoot.ParentTree).items())
        lost = []
        for number, page in enumerate(self.pdf.pages, 1):
            if "/StructParents" not in page.obj:
                if page.obj.get("/Contents") is not None and self.pages[number - 1].strip():
                    lost.append(f"page {number} has no tags")
                continue
            owners = parents.get(int(page.obj.StructParents))
            if owners is None:
                lost.append(f"page {number} is not in the tree")
                continue
            for owner in owners:
                pages = {kid.Pg.objgen for kid in _kids(owner) if isinstance(kid, pikepdf.Dictionary) and "/Pg" in kid}
                pages |= {owner.Pg.objgen} if "/Pg" in owner else set()
                if pages and page.obj.objgen not in pages:
                    lost.append(f"page {number} has tags of another page")
        return lost


def _kids(holder: Any) -> list[Any]:
    kids = holder.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _element(holder: Any) -> Element:
    alt = holder.get("/Alt")
    children = [_element(kid) for kid in _kids(holder) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    return Element(str(holder.get("/S", "/Root"))[1:], None if alt is None else str(alt), children)


async def ask(world: World, person: Person, round_id: UUID, **body: Any) -> httpx.Response:
    client = await world.as_(person)
    return await client.post("/api/v1/bundles", json={"round": str(round_id), **body})


async def work() -> int:
    """What a worker would do now; how many bundles it took."""
    count = 0
    while (claimed := await making.claim()) is not None:
        await making.work(claimed["school_id"], claimed["id"], claimed["tries"])
        count += 1
    return count


async def made(world: World, person: Person, round_id: UUID, **body: Any) -> str:
    """Ask for it and let it be made; the address of the bundle."""
    answer = await ask(world, person, round_id, **body)
    assert answer.status_code == 201, answer.text
    await work()
    await world.speak()
    return f"/api/v1/bundles/{answer.json()['id']}"


async def fetch(client: Client, address: str) -> bytes:
    """The file."""
    answer = await client.get(f"{address}/file")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


async def rows(world: World, table: str) -> int:
    """How many rows a table has of this school."""
    await world.speak()
    found: int = await db.fetchval(f"select count(*) from {table} where school_id = $1", world.school_id)
    return found
