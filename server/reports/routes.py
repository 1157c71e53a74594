"""Reports: read, preview, message, share, recall, and the lists of mentors, students and guardians."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from server.platform.once import once, once_then
from server.platform.policy import policy
from server.platform.request import if_match, signed_in
from server.reports import lists, questions, service, sharing
from server.reports.schemas import (
    Answered,
    AnsweredBody,
    GroupOutcome,
    GroupShared,
    MessageBody,
    MessageSaved,
    MyQuestion,
    MyReport,
    MyStudents,
    Preview,
    Question,
    QuestionBody,
    Recalled,
    Report,
    Reports,
    ShareBody,
    Shared,
)
from server.rules import board, visibility

REPORT = "/api/v1/rounds/{round_id:uuid}/students/{student_id:uuid}"
TAGS = ["reports"]


@get(
    REPORT + "/report",
    opt=policy(
        visibility.read_report,
        visibility.read_shared,
        visibility.read_feedback,
        visibility.read_message,
        board.read_decisions,
        visibility.read_plan,
        visibility.read_agreements,
        visibility.see_readers,
        visibility.read_question,
        visibility.count_per_student,
    ),
    tags=TAGS,
)
async def read_report(request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID]) -> Report:
    """One student in one round. Student and guardian get the shared version; their first opening is kept."""
    async with signed_in(request) as me:
        return await service.read_report(me, student_id, round_id)


@get(REPORT + "/preview", opt=policy(visibility.share_report), tags=TAGS)
async def preview_report(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID]
) -> Preview:
    """Exactly what the student will get."""
    async with signed_in(request) as me:
        return await service.preview(me, student_id, round_id)


@put(REPORT + "/message", opt=policy(visibility.write_message), tags=TAGS)
async def save_message(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID], data: JSONBody[MessageBody]
) -> MessageSaved:
    """Write the mentor message (`If-Match`: the version seen, 0 for none)."""
    version = if_match(request) or 0
    return await once(
        request, data, MessageSaved, lambda me: sharing.save_message(me, student_id, round_id, data.text, version)
    )


@post(REPORT + "/share", opt=policy(visibility.share_report), tags=TAGS, status_code=200)
async def share_report(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID], data: JSONBody[ShareBody]
) -> Shared:
    """Share the report with the student, as a frozen version."""
    return await once(request, data, Shared, lambda me: sharing.share(me, student_id, round_id, data.guardians))


@post(REPORT + "/recall", opt=policy(visibility.recall_report), tags=TAGS, status_code=200)
async def recall_report(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], student_id: FromPath[UUID]
) -> Recalled:
    """Take the shared version back, within ten minutes and while nobody opened it."""
    return await once(request, None, Recalled, lambda me: sharing.recall(me, student_id, round_id))


@post(
    "/api/v1/rounds/{round_id:uuid}/home-groups/{group_id:uuid}/share",
    opt=policy(visibility.share_report),
    tags=TAGS,
    status_code=200,
)
async def share_home_group(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID], data: JSONBody[ShareBody]
) -> GroupShared:
    """Share the reports of a whole home group in one act."""
    return await once_then(
        request,
        data,
        GroupOutcome,
        lambda me: sharing.share_home_group(me, group_id, round_id, data.guardians),
        sharing.name_skipped,
    )


@get(
    "/api/v1/students/{student_id:uuid}/reports",
    opt=policy(visibility.read_report, visibility.read_shared),
    tags=TAGS,
)
async def list_reports(request: Request[Any, Any, Any], student_id: FromPath[UUID]) -> Reports:
    """The name: the rounds whose report of this student the viewer may open."""
    async with signed_in(request) as me:
        return await service.reports_of(me, student_id)


@get(
    "/api/v1/my/students",
    opt=policy(
        visibility.see_round, visibility.read_feedback, visibility.count_per_student, visibility.count_per_group
    ),
    tags=TAGS,
)
async def list_my_students(request: Request[Any, Any, Any], round: FromQuery[UUID | None] = None) -> MyStudents:
    """The students one mentors or has in scope, with their status in one round."""
    async with signed_in(request) as me:
        return await lists.my_students(me, round)


@get("/api/v1/my/reports", opt=policy(visibility.read_shared), tags=TAGS)
async def list_my_reports(request: Request[Any, Any, Any]) -> list[MyReport]:
    """What was shared with the viewer as student or guardian."""
    async with signed_in(request) as me:
        return await lists.my_reports(me)


@put(REPORT + "/feedback/{feedback_id:uuid}/question", opt=policy(visibility.ask_question), tags=TAGS)
async def ask_question(
    request: Request[Any, Any, Any],
    round_id: FromPath[UUID],
    student_id: FromPath[UUID],
    feedback_id: FromPath[UUID],
    data: JSONBody[QuestionBody],
) -> Question:
    """The student has a question about a feedback, or takes it back."""
    return await once(request, data, Question, lambda me: questions.ask(me, student_id, round_id, feedback_id, data.on))


@get("/api/v1/my/questions", opt=policy(visibility.read_question), tags=TAGS)
async def list_my_questions(request: Request[Any, Any, Any]) -> list[MyQuestion]:
    """Students' questions to the viewer: those that wait, then those that were answered lately."""
    async with signed_in(request) as me:
        return await questions.to_me(me)


@put("/api/v1/my/questions/{question_id:uuid}", opt=policy(visibility.answer_question), tags=TAGS)
async def answer_question(
    request: Request[Any, Any, Any], question_id: FromPath[UUID], data: JSONBody[AnsweredBody]
) -> Answered:
    """Mark a question as answered, or as not answered yet."""
    return await once(request, data, Answered, lambda me: questions.answer(me, question_id, data.answered))


handlers: list[Any] = [
    read_report,
    preview_report,
    save_message,
    share_report,
    recall_report,
    share_home_group,
    list_reports,
    list_my_students,
    list_my_reports,
    ask_question,
    list_my_questions,
    answer_question,
]
