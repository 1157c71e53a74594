"""Plan and agreements: write, hand in, conclude; add, change, remove, confirm, tick off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from server.plans import agreements, service
from server.plans.schemas import (
    AgreementBody,
    AgreementChange,
    AgreementSaved,
    Plan,
    PlanConcluded,
    PlanContent,
    PlanHandedIn,
    PlanSaved,
    Tick,
)
from server.platform.once import once
from server.platform.policy import policy
from server.platform.request import if_match, signed_in
from server.rules import visibility

REPORT = "/api/v1/rounds/{round_id:uuid}/students/{student_id:uuid}"
AGREEMENT = "/api/v1/agreements/{agreement_id:uuid}"
TAGS = ["plans"]


@get(
    REPORT + "/plan",
    opt=policy(visibility.read_plan_draft, visibility.read_plan, visibility.write_plan),
    tags=TAGS,
)
async def read_plan(request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID]) -> Plan:
    """The plan: the student with the draft, everybody else what was handed in."""
    async with signed_in(request) as me:
        return await service.read_plan(me, student_id, round_id)


@put(REPORT + "/plan", opt=policy(visibility.write_plan), tags=TAGS)
async def save_plan(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID], data: JSONBody[PlanContent]
) -> PlanSaved:
    """Autosave the draft (`If-Match`: the version seen, 0 for none). Any field may be empty."""
    version = if_match(request) or 0
    return await once(request, data, PlanSaved, lambda me: service.save_draft(me, student_id, round_id, data, version))


@post(REPORT + "/plan/hand-in", opt=policy(visibility.write_plan), tags=TAGS, status_code=200)
async def hand_in_plan(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID]
) -> PlanHandedIn:
    """Hand the draft in (`If-Match`: its version)."""
    version = if_match(request) or 0
    return await once(request, None, PlanHandedIn, lambda me: service.hand_in(me, student_id, round_id, version))


@post(REPORT + "/plan/conclude", opt=policy(visibility.conclude_plan), tags=TAGS, status_code=200)
async def conclude_plan(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID]
) -> PlanConcluded:
    """The talk concludes the plan."""
    return await once(request, None, PlanConcluded, lambda me: service.conclude(me, student_id, round_id))


@post(REPORT + "/agreements", opt=policy(visibility.write_agreements), tags=TAGS)
async def add_agreement(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID], data: JSONBody[AgreementBody]
) -> AgreementSaved:
    """Write down what, who, by when."""
    return await once(request, data, AgreementSaved, lambda me: agreements.add(me, student_id, round_id, data))


@patch(AGREEMENT, opt=policy(visibility.write_agreements), tags=TAGS)
async def change_agreement(
    request: Request[Any, Any, Any], agreement_id: FromPath[UUID], data: JSONBody[AgreementChange]
) -> AgreementSaved:
    """Change an agreement (`If-Match`: its version); the student confirms again."""
    version = if_match(request) or 0
    return await once(request, data, AgreementSaved, lambda me: agreements.change(me, agreement_id, data, version))


@delete(AGREEMENT, opt=policy(visibility.write_agreements), tags=TAGS, status_code=200)
async def remove_agreement(request: Request[Any, Any, Any], agreement_id: FromPath[UUID]) -> AgreementSaved:
    """Take an agreement away (`If-Match`: its version); its history keeps it."""
    version = if_match(request) or 0
    return await once(request, None, AgreementSaved, lambda me: agreements.remove(me, agreement_id, version))


@post(AGREEMENT + "/confirm", opt=policy(visibility.confirm_agreement), tags=TAGS, status_code=200)
async def confirm_agreement(request: Request[Any, Any, Any], agreement_id: FromPath[UUID]) -> AgreementSaved:
    """The student confirms, with `If-Match` only the text that was seen."""
    version = if_match(request)
    return await once(request, None, AgreementSaved, lambda me: agreements.confirm(me, agreement_id, version))


@post(AGREEMENT + "/tick", opt=policy(visibility.tick_agreement), tags=TAGS, status_code=200)
async def tick_agreement(
    request: Request[Any, Any, Any], agreement_id: FromPath[UUID], data: JSONBody[Tick]
) -> AgreementSaved:
    """Tick an agreement off, or not."""
    return await once(request, data, AgreementSaved, lambda me: agreements.tick(me, agreement_id, data.done))


handlers: list[Any] = [
    read_plan,
    save_plan,
    hand_in_plan,
    conclude_plan,
    add_agreement,
    change_agreement,
    remove_agreement,
    confirm_agreement,
    tick_agreement,
]
