"""Reports on paper: ask for them, look how far they are, open, stop."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from server.bundles import service
from server.bundles.schemas import Bundle, BundleAsked, BundleBody, BundleGroup
from server.platform.once import once
from server.platform.policy import policy
from server.platform.request import signed_in
from server.rules import bundles, visibility

BUNDLES = "/api/v1/bundles"
BUNDLE = BUNDLES + "/{bundle_id:uuid}"
TAGS = ["bundles"]


@post(BUNDLES, opt=policy(bundles.print_student, bundles.print_group), tags=TAGS)
async def ask_for_bundle(request: Request[Any, Any, Any], data: JSONBody[BundleBody]) -> BundleAsked:
    """Have reports put on paper by a worker; ask the bundle how far it is."""
    return await once(request, data, BundleAsked, lambda me: service.ask(me, data))


@get(BUNDLES, opt=policy(bundles.print_student, bundles.print_group), tags=TAGS)
async def list_bundles(request: Request[Any, Any, Any]) -> list[Bundle]:
    """What the viewer asked for and what is still kept, newest first."""
    async with signed_in(request) as me:
        return await service.list_mine(me)


@get("/api/v1/rounds/{round_id:uuid}/bundle-groups", opt=policy(visibility.see_round, bundles.print_group), tags=TAGS)
async def list_bundle_groups(request: Request[Any, Any, Any], round_id: FromPath[UUID]) -> list[BundleGroup]:
    """The home groups whose reports the viewer may have in this round; together they are the viewer's school."""
    async with signed_in(request) as me:
        return await service.choices(me, round_id)


@get(BUNDLE, opt=policy(bundles.open_page), tags=TAGS)
async def read_bundle(request: Request[Any, Any, Any], bundle_id: FromPath[UUID]) -> Bundle:
    """How far a bundle is, and whether it may be opened now."""
    async with signed_in(request) as me:
        return await service.read(me, bundle_id)


@delete(BUNDLE, opt=policy(bundles.print_student, bundles.print_group), tags=TAGS)
async def remove_bundle(request: Request[Any, Any, Any], bundle_id: FromPath[UUID]) -> None:
    """Stop making it, or throw it away."""
    async with signed_in(request) as me:
        await service.remove(me, bundle_id)


@get(BUNDLE + "/file", opt=policy(bundles.open_page), tags=TAGS)
async def read_bundle_file(request: Request[Any, Any, Any], bundle_id: FromPath[UUID]) -> Stream:
    """The finished file (`application/pdf` or `application/zip`), if everything in it may still be seen."""
    async with signed_in(request) as me:
        file = await service.open_file(me, bundle_id)
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return Stream(
        file.pieces,
        media_type=file.media_type,
        headers={
            "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}",
            "content-length": str(file.size),
        },
    )


handlers: list[Any] = [
    ask_for_bundle,
    list_bundles,
    list_bundle_groups,
    read_bundle,
    remove_bundle,
    read_bundle_file,
]
