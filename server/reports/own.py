"""Everything in reports that a student may read about the own person, for taking it along."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.errors import NotFound
from server.plans.schemas import Agreement, Plan
from server.platform.request import Me
from server.reports import basis as facts
from server.reports import queries, service
from server.reports.content import SharedReport
from server.reports.schemas import Question, Reader


class OwnVersion(msgspec.Struct, frozen=True):
    """A version of a report as it was shared."""

    number: int
    shared_at: datetime
    guardians: bool
    content: SharedReport


class OwnReport(msgspec.Struct, frozen=True):
    """One round: all versions that were shared, latest first, and what came of it. `readers`: who opened the latest one."""

    round_name: str
    versions: list[OwnVersion]
    readers: list[Reader]
    questions: list[Question]
    plan: Plan | None
    agreements: list[Agreement]


async def of_myself(me: Me) -> list[OwnReport]:
    """The viewer's own reports, newest first. Who takes them along has read them."""
    rows = await queries.shared_with(me.school_id, me.person_id)
    found = []
    for round_id in dict.fromkeys(row["round_id"] for row in rows if row["id"] == me.person_id):
        try:
            report = await service.read_report(me, me.person_id, round_id)
        except NotFound:  # taken back at this very moment
            continue
        basis = await facts.load(me, me.person_id, round_id)
        found.append(
            OwnReport(
                round_name=report.round.name,
                versions=[
                    OwnVersion(share.number, share.shared_at, share.guardians, share.read())
                    for share in basis.shares
                    if basis.shared_verdict(share)
                ],
                readers=report.readers or [],
                questions=report.questions,
                plan=report.plan,
                agreements=report.agreements,
            )
        )
    return found
