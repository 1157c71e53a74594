"""Rating: my rounds, the sheet of a group, saving, the clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from server.errors import DomainError, require
from server.feedback import batch, reading, service, writing
from server.feedback.schemas import (
    Batch,
    BatchAnswer,
    Earlier,
    FeedbackBody,
    ItemAnswer,
    ItemProblem,
    MyRound,
    Saved,
    Sheet,
    StudentHistory,
)
from server.platform import db
from server.platform.policy import policy
from server.platform.problems import on_domain_error
from server.platform.request import idempotency_key, if_match, signed_in
from server.rules import visibility
from server.rules.verdict import Verdict

GROUP = "/api/v1/rounds/{round_id:uuid}/groups/{group_id:uuid}"


@get("/api/v1/my/rounds", opt=policy(visibility.see_round, visibility.group_open), tags=["feedback"])
async def my_rounds(request: Request[Any, Any, Any]) -> list[MyRound]:
    """Rounds in which I have groups: open ones first, then recently closed ones."""
    async with signed_in(request) as me:
        return await reading.my_rounds(me)


@get(GROUP, opt=policy(visibility.see_round, visibility.read_feedback), tags=["feedback"])
async def read_sheet(request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID]) -> Sheet:
    """The rating sheet of one group; read-only once the group is closed."""
    async with signed_in(request) as me:
        return await reading.sheet(me, round_id, group_id)


@put(
    GROUP + "/students/{student_id:uuid}/feedback",
    opt=policy(visibility.write_feedback, visibility.keep_late_write),
    tags=["feedback"],
)
async def save_feedback(
    request: Request[Any, Any, Any],
    round_id: FromPath[UUID],
    group_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: JSONBody[FeedbackBody],
) -> Saved:
    """Save one feedback whole (If-Match: the version seen, 0 for none). No stoplight and no text takes it back."""
    async with signed_in(request) as me:
        return await service.save(me, round_id, group_id, student_id, data, if_match(request), idempotency_key(request))


@put(
    GROUP + "/feedback",
    opt=policy(visibility.see_round, visibility.write_feedback, visibility.keep_late_write),
    tags=["feedback"],
)
async def save_batch(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID], data: JSONBody[Batch]
) -> BatchAnswer:
    """Save up to 50 waiting texts of one group; each item is answered as a single save would be."""
    async with signed_in(request) as me:
        results = await batch.save(me, round_id, group_id, data.items)
    return BatchAnswer(
        [
            ItemAnswer(
                item.student,
                item.key,
                result if isinstance(result, Saved) else None,
                None
                if isinstance(result, Saved)
                else msgspec.json.decode(on_domain_error(request, result).content, type=ItemProblem),
            )
            for item, result in zip(data.items, results, strict=True)
        ]
    )


@get(GROUP + "/live", opt=policy(visibility.follow_group), tags=["feedback"], media_type="text/event-stream")
async def follow_group(request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID]) -> Stream:
    """Server-sent events: `feedback` with student and version whenever something is saved in this group."""

    async def verdict() -> Verdict:
        async with signed_in(request) as me:
            return await reading.may_follow(me, round_id, group_id)

    async def still() -> bool:
        try:
            return bool(await verdict())
        except (DomainError, *db.DatabaseDown):
            return False

    require(await verdict())
    events = request.app.state.live.stream(writing.topic(round_id, group_id), still)
    # Compression and buffering on the way would hold events back.
    return Stream(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@get(
    GROUP + "/history",
    opt=policy(visibility.see_round, visibility.open_clock, visibility.read_clock),
    tags=["feedback"],
)
async def read_group_clock(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID]
) -> list[StudentHistory]:
    """The clock of each student of a group that I teach."""
    async with signed_in(request) as me:
        return await reading.group_clock(me, round_id, group_id)


@get(
    GROUP + "/students/{student_id:uuid}/history",
    opt=policy(visibility.open_clock, visibility.read_clock),
    tags=["feedback"],
)
async def read_pair_clock(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID], student_id: FromPath[UUID]
) -> list[Earlier]:
    """The clock: earlier feedback on this student in this group's subject."""
    async with signed_in(request) as me:
        return await reading.pair_clock(me, round_id, group_id, student_id)


@get(
    "/api/v1/students/{student_id:uuid}/subjects/{subject_id:uuid}/history",
    opt=policy(visibility.open_clock, visibility.read_clock),
    tags=["feedback"],
)
async def read_subject_clock(
    request: Request[Any, Any, Any],
    student_id: FromPath[UUID],
    subject_id: FromPath[UUID],
    before: FromQuery[UUID | None] = None,
) -> list[Earlier]:
    """The clock of one subject in a report; `before`: the round of that report, which is left out."""
    async with signed_in(request) as me:
        return await reading.subject_clock(me, student_id, subject_id, before)


handlers: list[Any] = [
    my_rounds,
    read_sheet,
    save_feedback,
    save_batch,
    read_group_clock,
    follow_group,
    read_pair_clock,
    read_subject_clock,
]
