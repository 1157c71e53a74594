"""Reports as they may stand on paper: which ones somebody may print, what may be in them, and whether that still holds.

The rules are those of `rules/bundles.py`; what is in a report is what the same person may read of it on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from server.audit.service import log_reads
from server.errors import NotFound, require
from server.people import service as people
from server.people.names import full_name
from server.platform import clock
from server.platform.request import Me
from server.reports import basis as facts
from server.reports import paper_queries, queries
from server.reports.basis import ShareRow, decode_shares
from server.reports.content import decode_pairs
from server.reports.schemas import Report
from server.reports.service import shared_report, staff_report
from server.rounds.facts import round_facts
from server.rules import bundles, visibility
from server.rules.bundles import Reading
from server.rules.facts import RoundFacts, SchoolFacts, StudentFacts, Ties
from server.rules.verdict import HIDDEN, Allow, Deny, Verdict

Scope = Literal["student", "home_group", "year", "school"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose reports of which round; `of` is the student, the home group or the year. `by_group`: in that order."""

    round_id: UUID
    scope: Scope
    of: UUID | int | None
    by_group: bool = False
    talk_sheet: bool = False


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One report, and what has to be asked again when it is opened."""

    report: Report
    reading: Reading
    share_id: UUID | None
    shown: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Made:
    """The same as it was kept with the pages."""

    student_id: UUID
    reading: Reading
    share_id: UUID | None
    shown: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Group:
    """A home group that the viewer may have printed; `students` of it are in the round."""

    id: UUID
    title: str
    year: int | None
    students: int


@dataclass(frozen=True, slots=True)
class _Rights:
    """What the rules ask about one student."""

    ties: Ties
    student: StudentFacts
    school: SchoolFacts
    round: RoundFacts
    shares: list[ShareRow]

    def shared_with(self, me: Me) -> ShareRow | None:
        """The latest version that the viewer may read as student or guardian."""
        return next(
            (
                share
                for share in self.shares
                if visibility.read_shared(me.viewer, self.ties, self.student, self.school, share.facts, me.today)
            ),
            None,
        )

    def may_print(self, me: Me, *, talk_sheet: bool) -> Verdict:
        shared = self.shared_with(me)
        return bundles.print_student(
            me.viewer, self.ties, self.round, self.student, self.school, None if shared is None else shared.facts, me.today,
            talk_sheet=talk_sheet,
        )  # fmt: skip

    def may_open(self, me: Me, made: Made, *, talk_sheet: bool) -> Verdict:
        shared = self.shared_with(me)
        return bundles.open_page(
            me.viewer, self.ties, self.round, self.student, self.school, None if shared is None else shared.facts, me.today,
            talk_sheet=talk_sheet, made_as=made.reading, shown=made.shown,
            version_stands=made.share_id is None or any(share.id == made.share_id for share in self.shares),
        )  # fmt: skip


async def groups(me: Me, round_id: UUID) -> list[Group]:
    """The viewer's own home groups (as a mentor, or in scope as a leader) that may be printed."""
    return [
        Group(row["id"], row["title"], row["year"], row["students"])
        for row in await paper_queries.groups(me.school_id, me.person_id, me.viewer.leader, round_id)
        if _group_verdict(me, row)
    ]


def _group_verdict(me: Me, row: Any) -> Verdict:
    return bundles.print_group(
        me.viewer, round_facts(row), mentor=row["mentor"], in_scope=me.viewer.leader and row["in_scope"]
    )


async def students(me: Me, wish: Wish) -> list[UUID]:
    """Whose reports the viewer may have with this wish, in their order.

    Raises:
        NotFound: nobody's, or the round or the student is not for the viewer to know.
        Refused: the round is still open.
    """
    if wish.scope == "student":
        student_id = UUID(str(wish.of))
        found = await _rights(me, [student_id], wish.round_id)
        require(found[student_id].may_print(me, talk_sheet=wish.talk_sheet) if student_id in found else HIDDEN)
        return [student_id]
    asked = [row for row in await _groups_of(me, wish) if row["students"]]
    verdicts = [_group_verdict(me, row) for row in asked]
    if not any(verdicts):
        # A year and the school are many groups in one round: what is said of one is said of all.
        require(next((verdict for verdict in verdicts if isinstance(verdict, Deny) and not verdict.hidden), HIDDEN))
    allowed = [row["id"] for row, verdict in zip(asked, verdicts, strict=True) if verdict]
    return await paper_queries.students(me.school_id, allowed, wish.round_id, wish.by_group)


async def _groups_of(me: Me, wish: Wish) -> list[Any]:
    rows = await paper_queries.groups(me.school_id, me.person_id, me.viewer.leader, wish.round_id)
    column = {"home_group": "id", "year": "year"}.get(wish.scope)
    return [row for row in rows if column is None or row[column] == wish.of]


async def _rights(me: Me, student_ids: Sequence[UUID], round_id: UUID) -> Mapping[UUID, _Rights]:
    found: dict[UUID, _Rights] = {}
    for row in await paper_queries.rights(me.school_id, me.person_id, student_ids, round_id):
        ties, student = people.ties_from(me, row)
        school = SchoolFacts(row["guardians_admitted"], row["consent_at_16"])
        found[row["student_id"]] = _Rights(ties, student, school, round_facts(row), decode_shares(row["shares"]))
    return found


async def may_print(me: Me, student_id: UUID, round_id: UUID, *, talk_sheet: bool) -> bool:
    """May the viewer (still) have this student's report printed?"""
    found = await _rights(me, [student_id], round_id)
    return student_id in found and bool(found[student_id].may_print(me, talk_sheet=talk_sheet))


async def put_on_paper(me: Me, student_id: UUID, round_id: UUID, *, talk_sheet: bool) -> OnPaper | None:
    """What may stand in one report; None: nothing, or it may not be printed (any more).

    Nothing is logged and nothing counts as read: that is when the file is opened.
    """
    try:
        basis = await facts.load(me, student_id, round_id, queries.report)
    except NotFound:
        return None
    rights = _Rights(basis.ties, basis.student, basis.school, basis.round, basis.shares)
    if not rights.may_print(me, talk_sheet=talk_sheet):
        return None
    reading = bundles.reading(basis.ties)
    shared = basis.shared_with_me
    if reading is Reading.SHARED:
        return None if shared is None else OnPaper(shared_report(basis, shared), reading, shared.id, frozenset())
    report, _ = staff_report(basis)
    if not report.message and not any(subject.stoplight for subject in report.subjects):
        return None
    shown = frozenset(
        pair.group_id
        for pair in decode_pairs(basis.row["pairs"], {})
        if visibility.read_feedback(me.viewer, basis.ties, basis.round, pair.facts(me.person_id))
    )
    return OnPaper(report, reading, None if basis.latest is None else basis.latest.id, shown)


async def may_open(me: Me, round_id: UUID, made: Sequence[Made], *, talk_sheet: bool) -> bool:
    """May the viewer (still) open all of these pages? One that may not be seen closes the whole file."""
    return all(verdict for _, verdict in await _openings(me, round_id, made, talk_sheet=talk_sheet))


async def open_pages(me: Me, round_id: UUID, made: Sequence[Made], *, talk_sheet: bool) -> bool:
    """The same, and write down that they were opened: a leader's reads in the access log, a shared version as read."""
    openings = await _openings(me, round_id, made, talk_sheet=talk_sheet)
    if not all(verdict for _, verdict in openings):
        return False
    for page, _ in openings:
        if page.reading is Reading.SHARED and page.share_id is not None:
            await queries.open_share(me.school_id, page.share_id, me.person_id, clock.now())
    logged = [page.student_id for page, verdict in openings if isinstance(verdict, Allow) and verdict.logged]
    await log_reads(me, logged, round_id, "paper")
    return True


async def _openings(me: Me, round_id: UUID, made: Sequence[Made], *, talk_sheet: bool) -> list[tuple[Made, Verdict]]:
    found = await _rights(me, [page.student_id for page in made], round_id)
    return [
        (
            page,
            found[page.student_id].may_open(me, page, talk_sheet=talk_sheet) if page.student_id in found else HIDDEN,
        )
        for page in made
    ]


async def mentors(school_id: UUID, student_ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """The names of the mentors of each of these students."""
    found: dict[UUID, list[str]] = {}
    for row in await paper_queries.mentors(school_id, student_ids):
        name = full_name(row["given_name"], row["particle"], row["family_name"])
        found.setdefault(row["student_id"], []).append(name)
    return found
