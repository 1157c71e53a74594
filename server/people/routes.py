"""Who am I, and sign-in in demo mode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.params import JSONBody
from litestar.response import Redirect

from server.demo import people as demo_people
from server.errors import FieldError, Invalid, NotFound
from server.people import device, service
from server.people.schemas import DeviceKey, MeAnswer, MeChange
from server.platform import cookies, db
from server.platform.policy import Open, policy
from server.platform.problems import reader_language
from server.platform.request import session_id_of, signed_in
from server.platform.security import inside


@get("/api/v1/me", opt=policy(Open.SELF), tags=["people"])
async def read_me(request: Request[Any, Any, Any]) -> MeAnswer:
    """Who is signed in, what the navigation offers, what push needs."""
    state = request.app.state
    async with signed_in(request) as me:
        return await service.read_me(me, session_id_of(request) or "", state.settings.mode, state.push_key)


@get("/api/v1/me/device-key", opt=policy(Open.SELF), tags=["people"])
async def read_device_key(request: Request[Any, Any, Any]) -> DeviceKey:
    """What this own device seals its copies with; not there on a shared device. Never stored on the way (no-store)."""
    async with signed_in(request) as me:
        return await service.device_key(me, session_id_of(request) or "")


@patch("/api/v1/me", opt=policy(Open.SELF), tags=["people"])
async def change_me(request: Request[Any, Any, Any], data: JSONBody[MeChange]) -> MeAnswer:
    """Change language or theme."""
    state = request.app.state
    async with signed_in(request) as me:
        await service.change_me(me, data)
    async with signed_in(request) as me:
        return await service.read_me(me, session_id_of(request) or "", state.settings.mode, state.push_key)


class SignIn(msgspec.Struct):
    """The demo sign-in form."""

    person_id: str
    next: str = "/"
    device: str = "shared"


@post("/auth/demo", opt=policy(Open.DEMO), include_in_schema=False, status_code=303)
async def demo_sign_in(
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Sign in as one of the demo people. Always a new session id, and the one the browser had ends."""
    if request.headers.get("content-type", "").startswith("application/json"):
        form = await read_json(request)
    else:
        sent = await request.form()
        form = SignIn(str(sent.get("person_id", "")), str(sent.get("next", "/")), str(sent.get("device", "")))
    try:
        person_id = UUID(form.person_id)
    except ValueError:
        raise Invalid(FieldError("/person_id", "unknown_person")) from None
    before = session_id_of(request)
    async with db.transaction():
        if before is not None:
            await service.end_session(before)
        school_id = await demo_people.school_of(person_id)
        if school_id is None:
            raise Invalid(FieldError("/person_id", "unknown_person"))
        await db.set_school(school_id)
        try:
            # The demo asks nobody who they are, so it asks no second factor either.
            session_id = await service.start_session(
                school_id,
                person_id,
                device.chosen(form.device),
                label=device.label(request.headers.get("user-agent", ""), reader_language(request)),
                second_factor=True,
            )
        except NotFound:
            raise Invalid(FieldError("/person_id", "unknown_person")) from None
    if before is not None:
        await request.app.state.session_cache.forget(before)
    settings, on = request.app.state.settings, device.chosen(form.device)
    answer = Redirect(inside(form.next), status_code=303)
    cookies.put_session(answer, settings, session_id)
    cookies.put(answer, settings, device.COOKIE, on, seconds=device.COOKIE_SECONDS)
    return answer


async def read_json(request: Request[Any, Any, Any]) -> SignIn:
    """The JSON form of the demo sign-in."""
    try:
        return msgspec.json.decode(await request.body(), type=SignIn)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Invalid(FieldError("", "not_json")) from None


handlers: list[Any] = [read_me, read_device_key, change_me]
demo_handlers: list[Any] = [demo_sign_in]
