"""Rounds: plan, open, close, reopen, progress; templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from server.errors import DomainError, require
from server.platform import db
from server.platform.once import once, once_then
from server.platform.policy import policy
from server.platform.request import if_match, signed_in
from server.rounds import acts, ahead, nudges, planning, progress, service, stand_ins, templates
from server.rounds.facts import live_topic
from server.rounds.schemas import (
    AudienceBody,
    AudienceChoices,
    AudiencePreview,
    CloseBody,
    Colleague,
    GroupBody,
    LateAccepted,
    MailPreview,
    NudgeBody,
    Nudged,
    ReopenBody,
    RoundAnswer,
    RoundBody,
    RoundChange,
    RoundDetail,
    RoundProgress,
    RoundSummary,
    StandIn,
    StandInBody,
    StudentsProgress,
    Template,
    TemplateBody,
    TemplateKept,
    TemplateName,
    Timing,
    TimingBody,
    WordsBody,
)
from server.rules import lifecycle, visibility
from server.rules import planning as plan_rules
from server.rules.verdict import Verdict

ROUNDS = "/api/v1/rounds"
TEMPLATES = "/api/v1/round-templates"
TEMPLATE = TEMPLATES + "/{template_id:uuid}"
ROUND = ROUNDS + "/{round_id:uuid}"
TAGS = ["rounds"]


@get(ROUNDS, opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def list_rounds(request: Request[Any, Any, Any]) -> list[RoundSummary]:
    """All rounds of the school, for the organiser."""
    async with signed_in(request) as me:
        return await service.list_rounds(me)


@post(ROUNDS, opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def create_round(request: Request[Any, Any, Any], data: JSONBody[RoundBody]) -> RoundAnswer:
    """Make a draft."""
    return await once(request, data, RoundAnswer, lambda me: planning.create(me, data))


@get(ROUNDS + "/defaults", opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def read_defaults(
    request: Request[Any, Any, Any],
    based_on: FromQuery[UUID | None] = None,
    template: FromQuery[UUID | None] = None,
) -> RoundBody:
    """A filled form for a new round: from nothing, from another round, or from a template."""
    async with signed_in(request) as me:
        return await planning.defaults(me, based_on, template)


@get(ROUNDS + "/audience", opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def read_audience_choices(request: Request[Any, Any, Any]) -> AudienceChoices:
    """What an audience can be made of today."""
    async with signed_in(request) as me:
        return await planning.choices(me)


@post(ROUNDS + "/preview", opt=policy(lifecycle.plan_rounds), tags=TAGS, status_code=200)
async def preview_audience(request: Request[Any, Any, Any], data: JSONBody[AudienceBody]) -> AudiencePreview:
    """What an audience comes to today, and what each teacher will have to do. Writes nothing."""
    async with signed_in(request) as me:
        return await planning.preview(me, data.audience)


@post(ROUNDS + "/timing", opt=policy(lifecycle.plan_rounds), tags=TAGS, status_code=200)
async def preview_timing(request: Request[Any, Any, Any], data: JSONBody[TimingBody]) -> Timing:
    """When reminders go out and which holidays lie before the deadline. Writes nothing."""
    async with signed_in(request) as me:
        return await ahead.timing(me, data)


@post(ROUNDS + "/mails", opt=policy(lifecycle.plan_rounds), tags=TAGS, status_code=200)
async def preview_mails(request: Request[Any, Any, Any], data: JSONBody[WordsBody]) -> list[MailPreview]:
    """The round's mails with the organiser's own words. Sends nothing."""
    async with signed_in(request) as me:
        return await ahead.mails(me, data)


@get(ROUND, opt=policy(visibility.see_round), tags=TAGS)
async def read_round(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> RoundDetail:
    """One round: everything for the organiser, what concerns them for other staff."""
    async with signed_in(request) as me:
        return await service.read_round(me, round_id)


@patch(ROUND, opt=policy(lifecycle.adjust_round, plan_rules.fixed), tags=TAGS)
async def change_round(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], data: JSONBody[RoundChange]
) -> RoundAnswer:
    """Change a round (If-Match); once opened as far as it destroys nothing."""
    version = if_match(request)
    return await once(request, data, RoundAnswer, lambda me: planning.change(me, round_id, version, data))


@delete(ROUND, opt=policy(lifecycle.transition), tags=TAGS)
async def delete_round(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> None:
    """Delete a draft."""
    async with signed_in(request) as me:
        await planning.delete(me, round_id)


@post(ROUND + "/open", opt=policy(lifecycle.transition), tags=TAGS, status_code=200)
async def open_round(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> RoundAnswer:
    """Open a draft."""
    return await once(request, None, RoundAnswer, lambda me: acts.open_round(me, round_id))


@post(ROUND + "/close", opt=policy(lifecycle.transition), tags=TAGS, status_code=200)
async def close_round(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], data: JSONBody[CloseBody | None] = None
) -> RoundAnswer:
    """Close a round; groups with an extension stay open."""
    body = data or CloseBody()
    return await once(request, body, RoundAnswer, lambda me: acts.close_round(me, round_id, body))


@post(ROUND + "/reopen", opt=policy(lifecycle.transition, lifecycle.widen), tags=TAGS, status_code=200)
async def reopen_round(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], data: JSONBody[ReopenBody]
) -> RoundAnswer:
    """Reopen a closed round, wholly or for named groups."""
    return await once(request, data, RoundAnswer, lambda me: acts.reopen_round(me, round_id, data))


@post(ROUND + "/archive", opt=policy(lifecycle.transition), tags=TAGS, status_code=200)
async def archive_round(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> RoundAnswer:
    """Archive a closed round: read-only from now on."""
    return await once(request, None, RoundAnswer, lambda me: acts.archive_round(me, round_id))


@get(
    ROUND + "/progress",
    opt=policy(visibility.count_per_group, visibility.count_per_teacher, lifecycle.nudge),
    tags=TAGS,
)
async def read_progress(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> RoundProgress:
    """Counts per group and teacher."""
    async with signed_in(request) as me:
        return await progress.progress(me, round_id)


@get(
    ROUND + "/progress/home-groups/{group_id:uuid}",
    opt=policy(visibility.count_per_student, visibility.list_counts),
    tags=TAGS,
)
async def read_student_progress(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID]
) -> StudentsProgress:
    """Counts per student of one home group, without the students whom I write about myself."""
    async with signed_in(request) as me:
        return await progress.per_student(me, round_id, group_id)


@get(ROUND + "/progress/live", opt=policy(visibility.follow_progress), tags=TAGS, media_type="text/event-stream")
async def follow_progress(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> Stream:
    """Server-sent events without content: `feedback` when counts may have changed, `round` when the round itself did."""

    async def verdict() -> Verdict:
        async with signed_in(request) as me:
            return await progress.may_follow(me, round_id)

    async def still() -> bool:
        try:
            return bool(await verdict())
        except (DomainError, *db.DatabaseDown):
            return False

    require(await verdict())
    events = request.app.state.live.stream(live_topic(round_id, "*"), still, bare=True)
    # Compression and buffering on the way would hold events back.
    return Stream(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@post(ROUND + "/late-writes/accept", opt=policy(lifecycle.transition, lifecycle.widen), tags=TAGS, status_code=200)
async def accept_late_writes(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], data: JSONBody[GroupBody]
) -> LateAccepted:
    """Reopen one group for the texts that came after closing."""
    return await once(request, data, LateAccepted, lambda me: acts.accept_late_writes(me, round_id, data.group_id))


@post(ROUND + "/nudges", opt=policy(lifecycle.nudge), tags=TAGS, status_code=200)
async def nudge(request: Request[Any, Any, Any], round_id: FromPath[UUID], data: JSONBody[NudgeBody]) -> Nudged:
    """Ask one teacher who is behind, or all of them, to go on: each at most once a day."""
    return await once(request, data, Nudged, lambda me: nudges.nudge(me, round_id, data.person))


@get(ROUNDS + "/colleagues", opt=policy(lifecycle.plan_rounds, lifecycle.choose_stand_in), tags=TAGS)
async def list_colleagues(request: Request[Any, Any, Any]) -> list[Colleague]:
    """Everybody who could stand in for a colleague."""
    async with signed_in(request) as me:
        return await stand_ins.colleagues(me)


@post(
    ROUND + "/stand-ins",
    opt=policy(lifecycle.appoint_stand_in, lifecycle.choose_stand_in),
    tags=TAGS,
    status_code=200,
)
async def give_group(request: Request[Any, Any, Any], round_id: FromPath[UUID], data: JSONBody[StandInBody]) -> StandIn:
    """Give a group of this round to a substitute."""
    return await once(request, data, StandIn, lambda me: stand_ins.give(me, round_id, data))


@delete(ROUND + "/groups/{group_id:uuid}/stand-ins/{person_id:uuid}", opt=policy(lifecycle.appoint_stand_in), tags=TAGS)
async def take_group(
    request: Request[Any, Any, Any], round_id: FromPath[UUID], group_id: FromPath[UUID], person_id: FromPath[UUID]
) -> None:
    """Take a group back from a substitute."""
    async with signed_in(request) as me:
        await stand_ins.take(me, round_id, group_id, person_id)


# --- templates --------------------------------------------------------------------------------------------------------


@get(TEMPLATES, opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def list_templates(request: Request[Any, Any, Any]) -> list[Template]:
    """Plans to start from, by name."""
    async with signed_in(request) as me:
        return await templates.list_templates(me)


@post(TEMPLATES, opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def save_template(request: Request[Any, Any, Any], data: JSONBody[TemplateBody]) -> Template:
    """Keep a round's plan under a name."""
    return await once_then(request, data, TemplateKept, lambda me: templates.save(me, data), templates.tell)


@patch(TEMPLATE, opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def rename_template(
    request: Request[Any, Any, Any], template_id: FromPath[UUID], data: JSONBody[TemplateName]
) -> Template:
    """Give a template another name (If-Match)."""
    version = if_match(request)
    return await once_then(
        request, data, TemplateKept, lambda me: templates.rename(me, template_id, version, data), templates.tell
    )


@delete(TEMPLATE, opt=policy(lifecycle.plan_rounds), tags=TAGS)
async def remove_template(request: Request[Any, Any, Any], template_id: FromPath[UUID]) -> None:
    """Delete a template; rounds that were made from it stay."""
    async with signed_in(request) as me:
        await templates.remove(me, template_id)


handlers: list[Any] = [
    list_rounds,
    create_round,
    read_defaults,
    read_audience_choices,
    preview_audience,
    preview_timing,
    preview_mails,
    read_round,
    change_round,
    delete_round,
    open_round,
    close_round,
    reopen_round,
    archive_round,
    read_progress,
    read_student_progress,
    follow_progress,
    accept_late_writes,
    nudge,
    list_colleagues,
    give_group,
    take_group,
    list_templates,
    save_template,
    rename_template,
    remove_template,
]
