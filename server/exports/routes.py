"""Spreadsheets of one round."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from server.exports import service
from server.exports.service import Export
from server.platform.policy import policy
from server.platform.request import signed_in
from server.platform.sheets import Form
from server.rules import exports, visibility

EXPORT = "/api/v1/rounds/{round_id:uuid}/export"
TAGS = ["exports"]


@get(
    EXPORT + "/counts",
    opt=policy(visibility.see_round, visibility.count_per_group, visibility.count_per_teacher),
    tags=TAGS,
)
async def export_counts(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], form: FromQuery[Form] = Form.CSV
) -> Stream:
    """Counts by teaching group as a spreadsheet. Logged."""
    async with signed_in(request) as me:
        made = await service.counts(me, round_id, form)
    return _download(made)


@get(EXPORT + "/feedback", opt=policy(exports.export_texts, visibility.read_feedback), tags=TAGS)
async def export_feedback(
    request: Request[Any, Any, Any],
    round_id: FromPath[UUID],
    form: FromQuery[Form] = Form.CSV,
    group: FromQuery[UUID | None] = None,
) -> Stream:
    """Stoplights and texts of a leader's scope, or of one home group in it, as a spreadsheet. Logged."""
    async with signed_in(request) as me:
        made = await service.feedback(me, round_id, group, form)
    return _download(made)


def _download(made: Export) -> Stream:
    """Sent once the transaction is over: a slow reader holds no connection to the database."""
    headers = {"content-disposition": f'attachment; filename="{made.filename}"', "content-length": str(made.size)}
    return Stream(made.pieces(), media_type=made.form.media_type, headers=headers)


handlers: list[Any] = [export_counts, export_feedback]
