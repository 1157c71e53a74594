"""Passkeys, the second factor, and what the admin does about access. The pages of the way in are in `pages.py`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from server.access import browsers, invitations, keys, pages, service
from server.access.pages import enough
from server.access.schemas import (
    AccessPage,
    InviteBody,
    Invited,
    MadePasskey,
    Onward,
    PasskeyItem,
    PasskeyName,
    PasskeyOptions,
    ShownPasskey,
    SignInPasskey,
    Who,
)
from server.errors import TooOften
from server.people import device
from server.platform import cookies, db
from server.platform.once import once
from server.platform.passkeys import BadPasskey
from server.platform.policy import Open, policy
from server.platform.request import session_id_of, signed_in
from server.platform.security import inside
from server.rules import access, administration

# --- my passkeys ------------------------------------------------------------------------------------------------------


@get("/api/v1/me/passkeys", opt=policy(Open.SELF), tags=["access"])
async def list_passkeys(request: Request[Any, Any, Any]) -> list[PasskeyItem]:
    """My passkeys, oldest first."""
    async with signed_in(request) as me:
        return await keys.mine(me)


@post("/api/v1/me/passkeys/options", opt=policy(access.add_passkey), tags=["access"], status_code=200)
async def passkey_options(request: Request[Any, Any, Any]) -> PasskeyOptions:
    """What the browser is to be asked for a new passkey. Good for five minutes and one answer."""
    async with signed_in(request) as me:
        return await keys.make_options(me, session_id_of(request) or "", request.app.state.settings)


@post("/api/v1/me/passkeys", opt=policy(access.add_passkey), tags=["access"], status_code=201)
async def add_passkey(request: Request[Any, Any, Any], data: JSONBody[MadePasskey]) -> PasskeyItem:
    """Keep a new passkey."""
    async with signed_in(request) as me:
        return await keys.add(me, session_id_of(request) or "", data, request.app.state.settings)


@patch("/api/v1/me/passkeys/{passkey_id:uuid}", opt=policy(Open.SELF), tags=["access"], status_code=204)
async def rename_passkey(
    request: Request[Any, Any, Any], passkey_id: FromPath[UUID], data: JSONBody[PasskeyName]
) -> None:
    """Give one of my passkeys another name."""
    async with signed_in(request) as me:
        await keys.rename(me, passkey_id, data.name)


@delete("/api/v1/me/passkeys/{passkey_id:uuid}", opt=policy(access.remove_passkey), tags=["access"], status_code=204)
async def remove_passkey(request: Request[Any, Any, Any], passkey_id: FromPath[UUID]) -> None:
    """Forget one of my passkeys. Other sessions have to show one again before they administer."""
    async with signed_in(request) as me:
        await keys.remove(me, session_id_of(request) or "", passkey_id)


# --- the second factor ------------------------------------------------------------------------------------------------


@post("/auth/second-factor/options", opt=policy(administration.show_second_factor), tags=["access"], status_code=200)
async def second_factor_options(request: Request[Any, Any, Any]) -> PasskeyOptions:
    """What the browser is to be asked of an admin who has a passkey."""
    async with signed_in(request) as me:
        return await keys.second_factor_options(me, session_id_of(request) or "", request.app.state.settings)


@post("/auth/second-factor", opt=policy(administration.show_second_factor), tags=["access"], status_code=204)
async def show_second_factor(request: Request[Any, Any, Any], data: JSONBody[ShownPasskey]) -> None:
    """Show one of my passkeys: this session may administer from now on."""
    async with signed_in(request) as me:
        await keys.show_second_factor(me, session_id_of(request) or "", data, request.app.state.settings)


# --- signing in with a passkey ----------------------------------------------------------------------------------------


@post("/auth/passkey/options", opt=policy(Open.PUBLIC), tags=["access"], status_code=200)
async def sign_in_options(request: Request[Any, Any, Any]) -> Response[PasskeyOptions]:
    """What any browser is to be asked: whichever passkey of ours its person picks. It is for this browser alone."""
    if await enough(request, "passkey"):
        raise TooOften
    cookie = request.cookies.get(browsers.PASSKEY) or browsers.new_secret()
    answer = Response(await keys.sign_in_options(browsers.hashed(cookie), request.app.state.settings))
    cookies.put(answer, request.app.state.settings, browsers.PASSKEY, cookie, seconds=browsers.PASSKEY_SECONDS)
    return answer


@post("/auth/passkey", opt=policy(Open.PUBLIC), tags=["access"], status_code=200)
async def sign_in_with_passkey(request: Request[Any, Any, Any], data: JSONBody[SignInPasskey]) -> Response[Onward]:
    """Sign in with a passkey. It is asked for with finger, face or PIN, so it is a second factor as well."""
    cookie = request.cookies.get(browsers.PASSKEY, "")
    async with db.transaction():
        await keys.use_up(browsers.hashed(cookie), "sign_in", data.client_data)
    chosen, earlier = device.chosen(data.device), session_id_of(request)
    async with db.transaction():
        holder = await keys.holder(data, request.app.state.settings)
        new = await service.let_in(
            holder.school_id,
            holder.person_id,
            chosen,
            label=browsers.label_of(request),
            earlier=earlier,
            second_factor=True,
        )
        if new is None:
            raise BadPasskey
    answer = Response(Onward(inside(data.next)))
    browsers.signed_in_on(request, answer, new, chosen)
    if earlier is not None:
        await request.app.state.session_cache.forget(earlier)
    return answer


# --- the admin --------------------------------------------------------------------------------------------------------


@get("/api/v1/admin/access", opt=policy(administration.administer), tags=["access"])
async def read_access(
    request: Request[Any, Any, Any],
    who: FromQuery[Who] = "guardians",
    home_group: FromQuery[UUID | None] = None,
    person: FromQuery[UUID | None] = None,
    search: FromQuery[str] = "",
    page: FromQuery[int] = 0,
) -> AccessPage:
    """How people get in without a provider: passkeys, the latest invitation, the last sign-in."""
    async with signed_in(request) as me:
        return await service.overview(me, who, home_group, person, search, page)


@post("/api/v1/admin/access/invitations", opt=policy(administration.administer), tags=["access"], status_code=201)
async def invite(request: Request[Any, Any, Any], data: JSONBody[InviteBody]) -> Invited:
    """Invite some people, or all of a kind who have no access yet, by mail or on paper."""
    return await once(request, data, Invited, lambda me: invitations.invite(me, data, request.app.state.settings))


@delete(
    "/api/v1/admin/access/invitations/{invitation_id:uuid}",
    opt=policy(administration.administer),
    tags=["access"],
    status_code=204,
)
async def revoke_invitation(request: Request[Any, Any, Any], invitation_id: FromPath[UUID]) -> None:
    """End an invitation that nobody used yet."""
    async with signed_in(request) as me:
        await invitations.revoke(me, invitation_id)


@post(
    "/api/v1/admin/access/people/{person_id:uuid}/reset",
    opt=policy(administration.administer),
    tags=["access"],
    status_code=204,
)
async def reset_access(request: Request[Any, Any, Any], person_id: FromPath[UUID]) -> None:
    """Shut somebody out until they are invited again: passkeys, sessions and invitations end."""
    async with signed_in(request) as me:
        await service.reset(me, person_id)


handlers: list[Any] = [
    list_passkeys,
    passkey_options,
    add_passkey,
    rename_passkey,
    remove_passkey,
    second_factor_options,
    show_second_factor,
    sign_in_options,
    sign_in_with_passkey,
    read_access,
    invite,
    revoke_invitation,
    reset_access,
    *pages.handlers,
]
