"""Keeping and erasing for the admin, and the own data for a student."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from server.platform.policy import policy
from server.platform.request import signed_in
from server.retention import own_data, service
from server.retention.schemas import EraseBody, Erased, ErasurePreview, RetentionPage
from server.rules.administration import administer
from server.rules.retention import erase_person, take_own_data

ADMIN = "/api/v1/admin"
ERASURE = ADMIN + "/people/{person_id:uuid}/erasure"
TAGS = ["retention"]


@get(ADMIN + "/retention", opt=policy(administer), tags=TAGS)
async def read_retention(request: Request[Any, Any, Any], page: FromQuery[int] = 1) -> RetentionPage:
    """Everybody who left and when everything about them is erased. Changes nothing."""
    async with signed_in(request) as me:
        return await service.waiting(me, page)


@get(ERASURE, opt=policy(administer), tags=TAGS)
async def preview_erasure(request: Request[Any, Any, Any], person_id: FromPath[UUID]) -> ErasurePreview:
    """What erasing this person would do. Changes nothing."""
    async with signed_in(request) as me:
        return await service.preview(me, person_id)


@post(ERASURE, opt=policy(erase_person), tags=TAGS, status_code=200)
async def erase(request: Request[Any, Any, Any], person_id: FromPath[UUID], data: JSONBody[EraseBody]) -> Erased:
    """Erase everything about this person, for good."""
    async with signed_in(request) as me:
        return await service.erase(me, person_id, data)


@get("/api/v1/me/data", opt=policy(take_own_data), include_in_schema=False)
async def download_own_data(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everything that a student may read about the own person, as a zip with a page and the same as JSON."""
    async with signed_in(request) as me:
        found = await own_data.download(me)
    headers = {"content-disposition": f'attachment; filename="{found.name}"', "cache-control": "no-store"}
    return Response(found.body, media_type="application/zip", headers=headers)


handlers: list[Any] = [read_retention, preview_erasure, erase, download_own_data]
