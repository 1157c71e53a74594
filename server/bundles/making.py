"""Making a bundle, in a worker: some students at a time, each time as far as the rules go at that moment.

What has been made is kept after each step, so that a worker that dies costs one step and another one goes on from there. The
bundle's row is held while a step is noted: a bundle that was stopped meanwhile is gone, and so is everything of it.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from server.bundles import pages, queries
from server.bundles.pages import School, Sheet, Wording
from server.bundles.service import title_parts, wish_of
from server.errors import DomainError
from server.people import service as people
from server.people.names import list_name
from server.platform import clock, db, outbox
from server.platform.press import Press, press
from server.platform.request import Me
from server.reports import paper
from server.reports.paper import OnPaper

TRIES: Final = 3
"""So often a step may be begun without being finished; then it is given up."""
LEASE: Final = timedelta(seconds=60)
"""So long after its last step a worker counts as dead."""
AGAIN: Final = timedelta(seconds=20)
STEP: Final = 10
"""Students of one step: pages of one compilation, and what a crash costs."""
PRESSES: Final = 2
PIECE: Final = 1 << 20


class GoneError(Exception):
    """The bundle was stopped, or somebody else has finished it."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A bundle that is being made, and what all its pages have in common."""

    school_id: UUID
    bundle_id: UUID
    row: Any
    school: School
    logo: bytes
    title: str
    round_name: str


async def claim(lease: timedelta = LEASE) -> Any | None:
    """Take the next bundle of any school for `lease`: school_id, id, tries."""
    async with db.transaction():
        return await queries.claim(lease)


async def work(school_id: UUID, bundle_id: UUID, tries: int) -> None:
    """Make a bundle that a worker claimed. After a fault of ours it is tried again, and at last given up."""
    if tries > TRIES:
        await _give_up(school_id, bundle_id, "fault")
        return
    try:
        job = await _begin(school_id, bundle_id)
        if job is not None:
            async with AsyncExitStack() as stack:
                # One report needs one; starting the others would take longer than the page.
                wanted = 1 if job.row["total"] <= STEP else PRESSES
                presses = [await stack.enter_async_context(press()) for _ in range(wanted)]
                await _make(job, presses)
                await _finish(job, presses[0])
    except GoneError:
        return
    except BaseException as error:
        # A worker that is asked to stop leaves it to the next one at once.
        async with db.school_transaction(school_id):
            await queries.lease(school_id, bundle_id, AGAIN if isinstance(error, Exception) else timedelta(0))
        raise


async def _give_up(school_id: UUID, bundle_id: UUID, error: str) -> None:
    async with db.school_transaction(school_id):
        if await queries.hold(school_id, bundle_id) is not None:
            await queries.finish(school_id, bundle_id, "failed", clock.now(), error=error)


async def _asker(school_id: UUID, person_id: UUID) -> Me | None:
    me = await people.as_person(school_id, person_id)
    return me if me is not None and me.viewer.active else None


async def _begin(school_id: UUID, bundle_id: UUID) -> _Job | None:
    """Ask the rules anew whose reports it will hold; None: nobody's (any more)."""
    async with db.school_transaction(school_id):
        row = await queries.hold(school_id, bundle_id)
        if row is None:
            raise GoneError
        if row["state"] == "waiting":
            me = await _asker(school_id, row["asked_by"])
            try:
                found = [] if me is None else await paper.students(me, wish_of(row))
            except DomainError:
                found = []
            if not found:
                await queries.finish(school_id, bundle_id, "failed", clock.now(), error="empty")
                return None
            await queries.begin(school_id, bundle_id, found)
            row = await queries.hold(school_id, bundle_id)
        looks = await queries.school(school_id)
        named = await queries.named(school_id, bundle_id)
    return _Job(
        school_id,
        bundle_id,
        row,
        School(looks["name"], looks["time_zone"], looks["accent_light"]),
        bytes(looks["logo"] or b""),
        " – ".join(part for part in title_parts(named) if part),
        named["round_name"],
    )


# --- pages ----------------------------------------------------------------------------------------------------------------


async def _make(job: _Job, presses: Sequence[Press]) -> None:
    """All pages that are not there yet; the presses take turns.

    Where another worker made some of them meanwhile, what is left is looked up again. Two that each left it to the other would
    leave it to nobody until the lease ends.
    """
    while True:
        async with db.school_transaction(job.school_id):
            waiting = await queries.waiting(job.school_id, job.bundle_id)
        if not waiting:
            return
        steps = iter([waiting[at : at + STEP] for at in range(0, len(waiting), STEP)])
        try:
            async with asyncio.TaskGroup() as group:
                for each in presses:
                    group.create_task(_steps(job, each, steps))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None


async def _steps(job: _Job, press: Press, steps: Iterable[Sequence[tuple[int, UUID]]]) -> None:
    for step in steps:
        if not await _step(job, press, step):
            return


async def _step(job: _Job, press: Press, step: Sequence[tuple[int, UUID]]) -> bool:
    """The pages of some students: read, set, note. False: another worker was here meanwhile, and nothing was noted."""
    async with db.school_transaction(job.school_id):
        me = await _asker(job.school_id, job.row["asked_by"])
        round_id, talk_sheet = job.row["round_id"], job.row["kind"] == "talk_sheet"
        found = {
            place: on_paper
            for place, student_id in step
            if me is not None
            and (on_paper := await paper.put_on_paper(me, student_id, round_id, talk_sheet=talk_sheet)) is not None
        }
        mentors = await paper.mentors(job.school_id, [student_id for _, student_id in step])
    sheets = {place: Sheet(each.report, mentors.get(each.report.student.id, [])) for place, each in found.items()}
    parts = [part async for part in _set(job, press, sheets)]
    async with db.school_transaction(job.school_id):
        if await queries.hold(job.school_id, job.bundle_id) is None:
            raise GoneError
        # Another worker that took this one for dead may have been here.
        left = {place for place, _ in await queries.waiting(job.school_id, job.bundle_id)}
        if not left.issuperset(place for place, _ in step):
            return False
        await queries.add_parts(job.school_id, job.bundle_id, parts)
        await queries.settle(job.school_id, job.bundle_id, [_settled(place, found.get(place)) for place, _ in step])
        await queries.go_on(job.school_id, job.bundle_id, LEASE)
    return True


def _settled(place: int, made: OnPaper | None) -> tuple[int, str, str, UUID | None, list[UUID]]:
    if made is None:
        return place, "left_out", "shared", None, []
    return place, "set", made.reading.value, made.share_id, sorted(made.shown)


async def _set(job: _Job, press: Press, sheets: dict[int, Sheet]) -> AsyncIterator[tuple[int, bytes]]:
    """One PDF for all of them, or one for each; under the place of its first student."""
    kind, language = job.row["kind"], job.row["language"]
    several = {min(sheets): list(sheets.values())} if sheets else {}
    if job.row["form"] == "zip":
        several = {place: [sheet] for place, sheet in sheets.items()}
    for place, those in several.items():
        title = job.title
        if job.row["form"] == "zip":
            what = Wording(language, job.school.zone)(kind)
            title = " – ".join([what, those[0].report.student.name, job.round_name])
        data = pages.document(kind, title, job.round_name, job.school, those, language)
        yield place, await press.set(kind, data, job.logo)


# --- the file -------------------------------------------------------------------------------------------------------------


async def _finish(job: _Job, press: Press) -> None:
    """Bind what was made into one file, and tell who asked for it."""
    async with db.school_transaction(job.school_id):
        parts = await queries.places(job.school_id, job.bundle_id)
    if not parts:
        await _give_up(job.school_id, job.bundle_id, "empty")
        return
    async with db.school_transaction(job.school_id):
        if await queries.hold(job.school_id, job.bundle_id) is None:
            raise GoneError
        size = number = 0
        async for piece in _zipped(job, parts) if job.row["form"] == "zip" else _bound(job, press, parts):
            await queries.add_piece(job.school_id, job.bundle_id, number, piece)
            size, number = size + len(piece), number + 1
        await queries.finish(job.school_id, job.bundle_id, "ready", clock.now(), size=size)
        if job.row["scope"] != "student":  # who asks for one report waits for it on the spot
            await outbox.append(job.school_id, "bundle.ready", bundle=job.bundle_id, person=job.row["asked_by"])


async def _part(job: _Job, place: int) -> bytes:
    async with db.school_transaction(job.school_id):
        body = await queries.part(job.school_id, job.bundle_id, place)
    if body is None:
        raise GoneError
    return body


async def _bound(job: _Job, press: Press, parts: Sequence[Any]) -> AsyncIterator[bytes]:
    async def bodies() -> AsyncIterator[bytes]:
        for row in parts:
            yield await _part(job, row["place"])

    pieces = _Pieces()
    async for some in press.bind(bodies(), both_sides=job.row["kind"] == "report"):
        pieces.write(some)
        for piece in pieces.take():
            yield piece
    for piece in pieces.take(all_of_it=True):
        yield piece


class _Pieces:
    """What a file is written to: takes bytes, gives pieces."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, some: bytes) -> int:
        self._kept += some
        return len(some)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self, *, all_of_it: bool = False) -> list[bytes]:
        """Whole pieces, and at the end the rest."""
        end = len(self._kept) if all_of_it else len(self._kept) // PIECE * PIECE
        found = [bytes(self._kept[at : min(at + PIECE, end)]) for at in range(0, end, PIECE)]
        del self._kept[:end]
        return found


async def _zipped(job: _Job, parts: Sequence[Any]) -> AsyncIterator[bytes]:
    """One PDF for each student, told apart by number where two have one name."""
    pieces, used = _Pieces(), set[str]()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]  # it only writes
        for row in parts:
            archive.writestr(_member(row, used, by_group=job.row["sort"] == "group"), await _part(job, row["place"]))
            for piece in pieces.take():
                yield piece
    for piece in pieces.take(all_of_it=True):
        yield piece


def _member(row: Any, used: set[str], *, by_group: bool) -> str:
    name = list_name(row["given_name"], row["particle"], row["family_name"])
    parts = [row["home_group"] or "", name]
    number = 1
    while (found := pages.file_name(*(parts if by_group else parts[::-1]), _number(number), end="pdf")) in used:
        number += 1
    used.add(found)
    return found


def _number(number: int) -> str:
    return "" if number == 1 else str(number)
