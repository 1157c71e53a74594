"""The admin's pages: people, guardians, groups, subjects, the school, and the log of who did what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from server.administration import groups, log, people, school
from server.administration.schemas import (
    GroupDetail,
    GroupKind,
    GroupLine,
    GuardianBody,
    LogKind,
    LogPage,
    MergeBody,
    Overview,
    PeoplePage,
    PersonBody,
    PersonChange,
    PersonDetail,
    RoleName,
    RolesBody,
    SchoolChange,
    SchoolSettings,
    ScopeBody,
    StateName,
    SubjectChange,
    SubjectLine,
    TeachersBody,
)
from server.platform.policy import Open, policy
from server.platform.request import signed_in
from server.rules.administration import administer, stay_in_charge

ADMIN = "/api/v1/admin"
PEOPLE = ADMIN + "/people"
PERSON = PEOPLE + "/{person_id:uuid}"
GUARDIAN = ADMIN + "/students/{student_id:uuid}/guardians/{guardian_id:uuid}"
GROUPS = ADMIN + "/groups"
GROUP = GROUPS + "/{group_id:uuid}"
SUBJECTS = ADMIN + "/subjects"
SETTINGS = ADMIN + "/settings"
TAGS = ["administration"]


@get(ADMIN + "/overview", opt=policy(administer), tags=TAGS)
async def read_overview(request: Request[Any, Any, Any]) -> Overview:
    """Counts, and what needs attention."""
    async with signed_in(request) as me:
        return await school.overview(me)


@get(PEOPLE, opt=policy(administer), tags=TAGS)
async def list_people(
    request: Request[Any, Any, Any],
    q: FromQuery[str] = "",
    role: FromQuery[RoleName | None] = None,
    status: FromQuery[StateName | None] = None,
    page: FromQuery[int] = 1,
) -> PeoplePage:
    """People by name, username, address or identifier. Without `status`: everybody who is at the school."""
    async with signed_in(request) as me:
        return await people.search(me, q, role or "", status or "", page)


@post(PEOPLE, opt=policy(administer), tags=TAGS)
async def add_person(request: Request[Any, Any, Any], data: JSONBody[PersonBody]) -> PersonDetail:
    """Add somebody whom the roster does not know."""
    async with signed_in(request) as me:
        return await people.add(me, data)


@get(PERSON, opt=policy(administer), tags=TAGS)
async def read_person(request: Request[Any, Any, Any], person_id: FromPath[UUID]) -> PersonDetail:
    """One person."""
    async with signed_in(request) as me:
        return await people.read(me, person_id)


@patch(PERSON, opt=policy(administer), tags=TAGS)
async def change_person(
    request: Request[Any, Any, Any], person_id: FromPath[UUID], data: JSONBody[PersonChange]
) -> PersonDetail:
    """Change names and address of somebody added by hand; birth date and consents of a student."""
    async with signed_in(request) as me:
        return await people.change(me, person_id, data)


@put(PERSON + "/roles", opt=policy(administer, stay_in_charge), tags=TAGS)
async def set_roles(
    request: Request[Any, Any, Any], person_id: FromPath[UUID], data: JSONBody[RolesBody]
) -> PersonDetail:
    """Roles given by hand: exactly these."""
    async with signed_in(request) as me:
        return await people.set_roles(me, person_id, data)


@put(PERSON + "/scope", opt=policy(administer), tags=TAGS)
async def set_scope(
    request: Request[Any, Any, Any], person_id: FromPath[UUID], data: JSONBody[ScopeBody]
) -> PersonDetail:
    """The home groups that a leader reads: exactly these."""
    async with signed_in(request) as me:
        return await people.set_scope(me, person_id, data)


@post(PERSON + "/disable", opt=policy(administer, stay_in_charge), tags=TAGS, status_code=200)
async def disable_person(request: Request[Any, Any, Any], person_id: FromPath[UUID]) -> PersonDetail:
    """Switch an account off; its sessions end."""
    async with signed_in(request) as me:
        return await people.disable(me, person_id)


@post(PERSON + "/enable", opt=policy(administer), tags=TAGS, status_code=200)
async def enable_person(request: Request[Any, Any, Any], person_id: FromPath[UUID]) -> PersonDetail:
    """Switch an account on again."""
    async with signed_in(request) as me:
        return await people.enable(me, person_id)


@post(PERSON + "/merge", opt=policy(administer), tags=TAGS, status_code=200)
async def merge_people(
    request: Request[Any, Any, Any], person_id: FromPath[UUID], data: JSONBody[MergeBody]
) -> PersonDetail:
    """Make this record part of another one of the same human being."""
    async with signed_in(request) as me:
        return await people.merge(me, person_id, data.into)


@put(GUARDIAN, opt=policy(administer), tags=TAGS)
async def set_guardian(
    request: Request[Any, Any, Any],
    student_id: FromPath[UUID],
    guardian_id: FromPath[UUID],
    data: JSONBody[GuardianBody],
) -> PersonDetail:
    """Make somebody guardian of a student, keep a guardian out, or let one in again."""
    async with signed_in(request) as me:
        return await people.set_guardian(me, student_id, guardian_id, data)


@delete(GUARDIAN, opt=policy(administer), tags=TAGS, status_code=200)
async def end_guardian(
    request: Request[Any, Any, Any], student_id: FromPath[UUID], guardian_id: FromPath[UUID]
) -> PersonDetail:
    """End what was made by hand."""
    async with signed_in(request) as me:
        return await people.end_guardian(me, student_id, guardian_id)


@get(GROUPS, opt=policy(administer), tags=TAGS)
async def list_groups(request: Request[Any, Any, Any], kind: FromQuery[GroupKind | None] = None) -> list[GroupLine]:
    """Groups of today with who teaches them."""
    async with signed_in(request) as me:
        return await groups.list_groups(me, kind)


@get(GROUP, opt=policy(administer), tags=TAGS)
async def read_group(request: Request[Any, Any, Any], group_id: FromPath[UUID]) -> GroupDetail:
    """One group."""
    async with signed_in(request) as me:
        return await groups.read(me, group_id)


@put(GROUP + "/mentors", opt=policy(administer), tags=TAGS)
async def set_mentors(
    request: Request[Any, Any, Any], group_id: FromPath[UUID], data: JSONBody[TeachersBody]
) -> GroupDetail:
    """Who mentors a home group, whatever the roster says."""
    async with signed_in(request) as me:
        return await groups.set_teachers(me, group_id, "home", data)


@put(GROUP + "/teachers", opt=policy(administer), tags=TAGS)
async def set_teachers(
    request: Request[Any, Any, Any], group_id: FromPath[UUID], data: JSONBody[TeachersBody]
) -> GroupDetail:
    """Who teaches a group, whatever the roster says: a substitute, for instance."""
    async with signed_in(request) as me:
        return await groups.set_teachers(me, group_id, "teaching", data)


@get(SUBJECTS, opt=policy(administer), tags=TAGS)
async def list_subjects(request: Request[Any, Any, Any]) -> list[SubjectLine]:
    """All subjects."""
    async with signed_in(request) as me:
        return await groups.list_subjects(me)


@patch(SUBJECTS + "/{subject_id:uuid}", opt=policy(administer), tags=TAGS)
async def name_subject(
    request: Request[Any, Any, Any], subject_id: FromPath[UUID], data: JSONBody[SubjectChange]
) -> SubjectLine:
    """What the school calls a subject."""
    async with signed_in(request) as me:
        return await groups.name_subject(me, subject_id, data)


@get(SETTINGS, opt=policy(administer), tags=TAGS)
async def read_settings(request: Request[Any, Any, Any]) -> SchoolSettings:
    """What the school decides for everybody."""
    async with signed_in(request) as me:
        return await school.read(me)


@patch(SETTINGS, opt=policy(administer), tags=TAGS)
async def change_settings(request: Request[Any, Any, Any], data: JSONBody[SchoolChange]) -> SchoolSettings:
    """Change some of it."""
    async with signed_in(request) as me:
        return await school.change(me, data)


@put(SETTINGS + "/logo", opt=policy(administer), tags=TAGS)
async def set_logo(request: Request[Any, Any, Any]) -> SchoolSettings:
    """Take a picture over: the body is a PNG, JPEG or WebP of at most 200 kB."""
    async with signed_in(request) as me:
        return await school.set_logo(me, await request.body())


@delete(SETTINGS + "/logo", opt=policy(administer), tags=TAGS, status_code=200)
async def remove_logo(request: Request[Any, Any, Any]) -> SchoolSettings:
    """No picture."""
    async with signed_in(request) as me:
        return await school.remove_logo(me)


@get("/school/logo", opt=policy(Open.SELF), include_in_schema=False)
async def read_logo(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The picture of one's own school. Its address carries its version, so a copy of that address stays good."""
    async with signed_in(request) as me:
        picture = await school.logo(me)
    etag = f'"{picture.digest}"'
    lasting = request.query_params.get("v") == picture.digest
    headers = {
        "etag": etag,
        "cache-control": "private, max-age=31536000, immutable" if lasting else "private, no-cache",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(picture.body, media_type=picture.media_type, headers=headers)


@get(ADMIN + "/audit", opt=policy(administer), tags=TAGS)
async def read_log(
    request: Request[Any, Any, Any],
    kind: FromQuery[LogKind | None] = None,
    person_id: FromQuery[UUID | None] = None,
    page: FromQuery[int] = 1,
) -> LogPage:
    """Who did what, about whom, when; of one kind or about one person."""
    async with signed_in(request) as me:
        return await log.read(me, kind, person_id, page)


handlers: list[Any] = [
    read_overview,
    list_people,
    add_person,
    read_person,
    change_person,
    set_roles,
    set_scope,
    disable_person,
    enable_person,
    merge_people,
    set_guardian,
    end_guardian,
    list_groups,
    read_group,
    set_mentors,
    set_teachers,
    list_subjects,
    name_subject,
    read_settings,
    change_settings,
    set_logo,
    remove_logo,
    read_logo,
    read_log,
]
