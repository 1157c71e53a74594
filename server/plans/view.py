"""Plan and agreements as one reader may see them. Pure: the rules decide, nothing is fetched."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from server.plans.schemas import Agreement, AgreementCan, Plan, PlanContent, PlanVersion
from server.reports.basis import Basis
from server.reports.content import Name
from server.rules import visibility
from server.rules.facts import AgreementFacts, Party, PlanState
from server.rules.verdict import Allow


class PlanRow(msgspec.Struct, frozen=True):
    """A plan as the queries send it."""

    id: UUID
    state: PlanState
    draft: PlanContent
    version: int
    versions: list[PlanVersion]


class AgreementRow(msgspec.Struct, frozen=True):
    """An agreement as the queries send it."""

    id: UUID
    what: str
    party: Party
    owner_id: UUID | None
    owner: Name | None
    due_on: date | None
    confirmed_at: datetime | None
    done_at: datetime | None
    version: int

    @property
    def facts(self) -> AgreementFacts:
        """As the rules see it."""
        return AgreementFacts(self.party, self.owner_id)


_PLAN = msgspec.json.Decoder(PlanRow)
_AGREEMENTS = msgspec.json.Decoder(list[AgreementRow])


def decode_plan(source: str | None) -> PlanRow | None:
    """The plan of one report, if there is one."""
    return _PLAN.decode(source) if source else None


def decode_agreements(source: str | None) -> list[AgreementRow]:
    """The agreements of one report that were not removed, oldest first."""
    return _AGREEMENTS.decode(source) if source else []


def plan(basis: Basis, row: PlanRow | None) -> tuple[Plan | None, bool]:
    """The plan for this reader (None: nothing to see), and whether this read has to be logged."""
    verdict = basis.read_plan()
    if row is not None and visibility.read_plan_draft(basis.me.viewer, basis.ties):
        return Plan(row.state, row.versions if verdict else [], row.draft, row.version), False
    if row is None or not isinstance(verdict, Allow):
        return None, False
    return Plan(row.state, row.versions), verdict.logged


def agreements(basis: Basis, rows: list[AgreementRow]) -> tuple[list[Agreement], bool]:
    """The agreements for this reader, and whether this read has to be logged."""
    verdict = basis.read_agreements()
    if not isinstance(verdict, Allow):
        return [], False
    viewer, ties = basis.me.viewer, basis.ties
    edit = bool(visibility.write_agreements(viewer, ties, basis.round, basis.share))
    confirm = bool(visibility.confirm_agreement(viewer, ties, basis.round, basis.share))
    return [
        Agreement(
            id=row.id,
            what=row.what,
            party=row.party,
            owner_id=row.owner_id,
            owner_name=None if row.owner is None else row.owner.full,
            due_on=row.due_on,
            confirmed_at=row.confirmed_at,
            done_at=row.done_at,
            version=row.version,
            can=AgreementCan(edit, may_tick(basis, row.facts), confirm and row.confirmed_at is None),
        )
        for row in rows
    ], verdict.logged


def may_tick(basis: Basis, agreement: AgreementFacts) -> bool:
    """May the viewer tick this agreement off?"""
    return bool(
        visibility.tick_agreement(
            basis.me.viewer, basis.ties, basis.student, basis.school, basis.share, agreement, basis.me.today
        )
    )
