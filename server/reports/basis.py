"""The facts about one report, as the rules want them, for reports, plans and agreements alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.errors import NotFound
from server.people import service as people
from server.people.schemas import Card
from server.platform.request import Me
from server.reports import queries
from server.reports.content import SharedReport
from server.reports.schemas import RoundCard
from server.rounds.facts import round_facts
from server.rules import visibility
from server.rules.facts import PlanState, RoundFacts, SchoolFacts, ShareFacts, StudentFacts, Ties
from server.rules.verdict import Verdict


class ShareRow(msgspec.Struct, frozen=True):
    """One shared version that was not recalled. The content is read only where somebody needs it."""

    id: UUID
    number: int
    shared_at: datetime
    guardians: bool
    opened: bool
    opened_by_me: bool
    content: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def facts(self) -> ShareFacts:
        """As the rules see it."""
        return ShareFacts(self.number, self.shared_at, self.guardians, self.opened)

    def read(self) -> SharedReport:
        """The frozen content."""
        return read_content(self.content)


def read_content(source: msgspec.Raw | str | bytes) -> SharedReport:
    """A frozen version as it was stored."""
    return _CONTENT.decode(source)


_CONTENT = msgspec.json.Decoder(SharedReport)
_SHARES = msgspec.json.Decoder(list[ShareRow])


def decode_shares(source: str | None) -> list[ShareRow]:
    """Versions of one report, latest first."""
    return _SHARES.decode(source) if source else []


@dataclass(frozen=True, slots=True)
class Basis:
    """Who asks about which student in which round, and all that the rules ask. `shares`: latest version first."""

    me: Me
    student_id: UUID
    round_id: UUID
    card: Card
    round_card: RoundCard
    ties: Ties
    student: StudentFacts
    school: SchoolFacts
    round: RoundFacts
    shares: list[ShareRow]
    plan: PlanState
    row: Any

    @property
    def latest(self) -> ShareRow | None:
        """The version that holds now. Plan and agreements go by it."""
        return self.shares[0] if self.shares else None

    @property
    def share(self) -> ShareFacts | None:
        """The same for the rules."""
        return self.shares[0].facts if self.shares else None

    def shared_verdict(self, share: ShareRow) -> Verdict:
        """May the viewer read this version?"""
        return visibility.read_shared(self.me.viewer, self.ties, self.student, self.school, share.facts, self.me.today)

    @property
    def shared_with_me(self) -> ShareRow | None:
        """The latest version that the viewer may read as student or guardian.

        Each version is a decision of its own, and who had one keeps it: a guardian whom the second version leaves out goes
        on reading the first.
        """
        return next((each for each in self.shares if self.shared_verdict(each)), None)

    def read_plan(self) -> Verdict:
        """May the viewer read the plan as handed in?"""
        return visibility.read_plan(
            self.me.viewer, self.ties, self.student, self.school, self.share, self.plan, self.me.today
        )

    def read_agreements(self) -> Verdict:
        """May the viewer read the agreements?"""
        return visibility.read_agreements(
            self.me.viewer, self.ties, self.student, self.school, self.share, self.me.today
        )


Loader = Callable[[UUID, UUID, UUID, UUID], Awaitable[Any | None]]


async def load_with_plan(me: Me, student_id: UUID, round_id: UUID) -> Basis:
    """The same with the columns of plan and agreements in `row`.

    Raises:
        NotFound: student or round are not of this school.
    """
    return await load(me, student_id, round_id, queries.with_plan)


async def load(me: Me, student_id: UUID, round_id: UUID, query: Loader = queries.basis) -> Basis:
    """The facts about one report, by one statement; `query` may bring more columns, found in `row`.

    Raises:
        NotFound: student or round are not of this school.
    """
    row = await query(me.school_id, student_id, me.person_id, round_id)
    if row is None:
        raise NotFound
    return _basis(me, student_id, round_id, row)


async def load_several(asked: Sequence[tuple[Me, UUID, UUID]]) -> list[Basis | None]:
    """The facts about several reports of one school, each for its viewer (viewer, student, round), by one statement: for who only
    asks the rules, as the versions come without their content. None: student or round are not of this school."""
    if not asked:
        return []
    school_id = asked[0][0].school_id
    rows = await queries.several(
        school_id, [(student_id, me.person_id, round_id) for me, student_id, round_id in asked]
    )
    return [
        None if (row := rows.get(place)) is None else _basis(me, student_id, round_id, row)
        for place, (me, student_id, round_id) in enumerate(asked)
    ]


def _basis(me: Me, student_id: UUID, round_id: UUID, row: Any) -> Basis:
    ties, student = people.ties_from(me, row)
    facts = round_facts(row)
    return Basis(
        me=me,
        student_id=student_id,
        round_id=round_id,
        card=people.card(row),
        round_card=RoundCard(round_id, row["round_name"], facts.state, facts.sharing),
        ties=ties,
        student=student,
        school=SchoolFacts(row["guardians_admitted"], row["consent_at_16"]),
        round=facts,
        shares=decode_shares(row["shares"]),
        plan=PlanState(row["plan_state"] or PlanState.NONE),
        row=row,
    )
