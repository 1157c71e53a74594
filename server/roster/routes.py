"""The roster for the admin: uploads with a preview, imports that can be undone, sources that it is fetched from."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from server.errors import FieldError, Invalid, require
from server.platform.once import once, once_then
from server.platform.policy import policy
from server.platform.request import signed_in
from server.roster import sources, uploads
from server.roster.schemas import (
    ApplyBody,
    ImportAnswer,
    RosterImport,
    RosterSource,
    SourceAnswer,
    SourceBody,
    SourceChange,
    SyncBody,
    Upload,
    UploadAnswer,
)
from server.rules.administration import administer

ROSTER = "/api/v1/admin/roster"
UPLOAD = ROSTER + "/uploads/{upload_id:uuid}"
IMPORT = ROSTER + "/imports/{import_id:uuid}"
SOURCE = ROSTER + "/sources/{source_id:uuid}"
TAGS = ["roster"]
MAX_UPLOAD = 100 * 1024 * 1024
"""Bytes of a zip. A school of 24,000 users has about 5 MB."""
ZIPS = frozenset({"application/zip", "application/x-zip-compressed", "application/octet-stream"})


@post(ROSTER + "/uploads", opt=policy(administer), tags=TAGS, request_max_body_size=MAX_UPLOAD)
async def upload_roster(request: Request[Any, Any, Any], filename: FromQuery[str] = "roster.zip") -> UploadAnswer:
    """Upload a OneRoster zip: the body is the file itself (`application/zip`). A worker reads it; ask how far it is."""
    async with signed_in(request) as me:
        require(administer(me.viewer))  # before a hundred megabytes are taken in
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in ZIPS:
        raise Invalid(FieldError("", "no_zip"))
    zipped = await request.body()
    name = uploads.plain_name(filename)
    told = {"name": name, "sha256": hashlib.sha256(zipped).hexdigest()}
    return await once(request, told, UploadAnswer, lambda me: uploads.upload(me, name, zipped))


@get(UPLOAD, opt=policy(administer), tags=TAGS)
async def read_upload(request: Request[Any, Any, Any], upload_id: FromPath[UUID]) -> Upload:
    """How far an upload is, with problems and preview."""
    async with signed_in(request) as me:
        return await uploads.read_upload(me, upload_id)


@post(UPLOAD + "/apply", opt=policy(administer), tags=TAGS, status_code=200)
async def apply_upload(
    request: Request[Any, Any, Any], upload_id: FromPath[UUID], data: JSONBody[ApplyBody]
) -> UploadAnswer:
    """Do what the preview says. When the school has changed since, the upload is `ready` again with a new preview."""
    return await once(request, data, UploadAnswer, lambda me: uploads.apply(me, upload_id, data))


@get(ROSTER + "/imports", opt=policy(administer), tags=TAGS)
async def list_imports(request: Request[Any, Any, Any]) -> list[RosterImport]:
    """The latest imports, newest first."""
    async with signed_in(request) as me:
        return await uploads.list_imports(me)


@get(IMPORT, opt=policy(administer), tags=TAGS)
async def read_import(request: Request[Any, Any, Any], import_id: FromPath[UUID]) -> RosterImport:
    """One import."""
    async with signed_in(request) as me:
        return await uploads.read_import(me, import_id)


@post(IMPORT + "/undo", opt=policy(administer), tags=TAGS, status_code=200)
async def undo_import(request: Request[Any, Any, Any], import_id: FromPath[UUID]) -> RosterImport:
    """Take the last import back."""
    return await once_then(
        request,
        None,
        ImportAnswer,
        lambda me: uploads.undo(me, import_id),
        lambda me, answer: uploads.read_import(me, answer.id),
    )


@get(ROSTER + "/sources", opt=policy(administer), tags=TAGS)
async def list_sources(request: Request[Any, Any, Any]) -> list[RosterSource]:
    """Where the roster is fetched from, with what that last came to."""
    async with signed_in(request) as me:
        return await sources.list_sources(me)


@post(ROSTER + "/sources", opt=policy(administer), tags=TAGS)
async def add_source(request: Request[Any, Any, Any], data: JSONBody[SourceBody]) -> SourceAnswer:
    """Add a OneRoster REST service. Nothing is fetched yet."""
    settings = request.app.state.settings
    return await once(request, data, SourceAnswer, lambda me: sources.add(me, data, settings))


@get(SOURCE, opt=policy(administer), tags=TAGS)
async def read_source(request: Request[Any, Any, Any], source_id: FromPath[UUID]) -> RosterSource:
    """One source with the result of its last synchronisation."""
    async with signed_in(request) as me:
        return await sources.read(me, source_id)


@patch(SOURCE, opt=policy(administer), tags=TAGS)
async def change_source(
    request: Request[Any, Any, Any], source_id: FromPath[UUID], data: JSONBody[SourceChange]
) -> SourceAnswer:
    """Change a source; a secret that is left out stays."""
    settings = request.app.state.settings
    return await once(request, data, SourceAnswer, lambda me: sources.change(me, source_id, data, settings))


@delete(SOURCE, opt=policy(administer), tags=TAGS)
async def remove_source(request: Request[Any, Any, Any], source_id: FromPath[UUID]) -> None:
    """Remove a source with what was fetched from it. The people stay until another import ends them."""
    async with signed_in(request) as me:
        await sources.remove(me, source_id)


@post(SOURCE + "/sync", opt=policy(administer), tags=TAGS, status_code=200)
async def sync_source(
    request: Request[Any, Any, Any], source_id: FromPath[UUID], data: JSONBody[SyncBody]
) -> SourceAnswer:
    """Let a worker fetch the roster now; ask the source how far it is."""
    return await once(request, data, SourceAnswer, lambda me: sources.ask(me, source_id, data))


handlers: list[Any] = [
    upload_roster,
    read_upload,
    apply_upload,
    list_imports,
    read_import,
    undo_import,
    list_sources,
    add_source,
    read_source,
    change_source,
    remove_source,
    sync_source,
]
