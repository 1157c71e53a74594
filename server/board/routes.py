"""The group board and what is decided there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.board import decisions, service
from server.board.schemas import Board, Boards, DecisionAgreed, DecisionBody, DecisionSaved
from server.plans.schemas import AgreementBody
from server.platform.once import once
from server.platform.policy import policy
from server.platform.request import if_match, signed_in
from server.rules import board, exports, visibility

DECISION = "/api/v1/decisions/{decision_id:uuid}"
TAGS = ["board"]


@get("/api/v1/my/boards", opt=policy(visibility.see_group_board, exports.export_texts), tags=TAGS)
async def list_boards(request: Request[Any, Any, Any]) -> Boards:
    """Of which groups and in which rounds one may open the board."""
    async with signed_in(request) as me:
        return await service.boards(me)


@get(
    "/api/v1/rounds/{round_id:uuid}/home-groups/{group_id:uuid}/board",
    opt=policy(board.see_board, visibility.read_feedback, board.read_decisions, exports.export_texts),
    tags=TAGS,
)
async def read_board(request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID]) -> Board:
    """Students and subjects of one home group in one round. A leader's look is logged."""
    async with signed_in(request) as me:
        return await service.read(me, round_id, group_id)


@post(
    "/api/v1/rounds/{round_id:uuid}/students/{student_id:uuid}/decisions",
    opt=policy(board.write_decision),
    tags=TAGS,
)
async def add_decision(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID], data: JSONBody[DecisionBody]
) -> DecisionSaved:
    """Note what was decided about a student."""
    return await once(request, data, DecisionSaved, lambda me: decisions.add(me, student_id, round_id, data.text))


@put(DECISION, opt=policy(board.write_decision), tags=TAGS)
async def change_decision(
    request: Request[Any, Any, Any], decision_id: FromPath[UUID], data: JSONBody[DecisionBody]
) -> DecisionSaved:
    """Change a decision (`If-Match`: its version)."""
    version = if_match(request) or 0
    return await once(request, data, DecisionSaved, lambda me: decisions.change(me, decision_id, data.text, version))


@delete(DECISION, opt=policy(board.write_decision), tags=TAGS, status_code=200)
async def remove_decision(request: Request[Any, Any, Any], decision_id: FromPath[UUID]) -> DecisionSaved:
    """Take a decision away (`If-Match`: its version); its history keeps it."""
    version = if_match(request) or 0
    return await once(request, None, DecisionSaved, lambda me: decisions.remove(me, decision_id, version))


@post(DECISION + "/agreement", opt=policy(board.agree), tags=TAGS)
async def agree_on_decision(
    request: Request[Any, Any, Any], decision_id: FromPath[UUID], data: JSONBody[AgreementBody]
) -> DecisionAgreed:
    """Make an agreement of a decision."""
    return await once(request, data, DecisionAgreed, lambda me: decisions.agree(me, decision_id, data))


handlers: list[Any] = [
    list_boards,
    read_board,
    add_decision,
    change_decision,
    remove_decision,
    agree_on_decision,
]
