"""Who am I, sign-in in demo mode, sign-out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.params import JSONBody
from litestar.response import Redirect

from server.demo import people as demo_people
from server.errors import FieldError, Invalid, NotFound
from server.people import device, service
from server.people.schemas import DeviceKey, MeAnswer, MeChange
from server.platform import db
from server.platform.pages import page
from server.platform.policy import Open, policy
from server.platform.problems import reader_language
from server.platform.request import session_id_of, signed_in
from server.platform.security import cookie_name


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


def inside(address: str) -> str:
    """The address when it is a path of ours, else `/`: a link must not lead away after sign-in."""
    try:
        parts = urlsplit(address.replace("\\", "/"))
    except ValueError:
        return "/"
    return address if address.startswith("/") and not parts.scheme and not parts.netloc else "/"


@get(["/sign-in", "/login"], opt=policy(Open.PUBLIC), include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The sign-in page; in demo mode it offers the demo people by role."""
    settings = request.app.state.settings
    language = reader_language(request)
    schools = await demo_people.groups(language) if settings.demo_sign_in else []
    return page(
        request,
        "sign_in.html",
        demo=settings.demo_sign_in,
        schools=schools,
        school=schools[0].name if schools else "",
        groups=schools[0].groups if schools else [],
        device=device.suggested(request.headers, request.cookies),
        next=inside(request.query_params.get("next", "/")),
        error="",
    )


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
                school_id, person_id, device.chosen(form.device), second_factor=True
            )
        except NotFound:
            raise Invalid(FieldError("/person_id", "unknown_person")) from None
    if before is not None:
        await request.app.state.session_cache.forget(before)
    secure = request.app.state.settings.secure
    answer = Redirect(inside(form.next), status_code=303)
    answer.set_cookie(
        key=cookie_name(secure=secure), value=session_id, path="/", secure=secure, httponly=True, samesite="lax"
    )
    answer.set_cookie(
        key=device.COOKIE,
        value=device.chosen(form.device),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
        max_age=device.COOKIE_SECONDS,
    )
    return answer


async def read_json(request: Request[Any, Any, Any]) -> SignIn:
    """The JSON form of the demo sign-in."""
    try:
        return msgspec.json.decode(await request.body(), type=SignIn)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Invalid(FieldError("", "not_json")) from None


@post("/auth/sign-out", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session and clear the cookie. Harmless when there is none."""
    session_id = session_id_of(request)
    if session_id is not None:
        async with db.transaction():
            await service.end_session(session_id)
        await request.app.state.session_cache.forget(session_id)
    secure = request.app.state.settings.secure
    answer = Redirect("/sign-in", status_code=303)
    answer.set_cookie(
        key=cookie_name(secure=secure), value="", path="/", secure=secure, httponly=True, samesite="lax", max_age=0
    )
    return answer


handlers: list[Any] = [read_me, read_device_key, change_me, sign_in_page, sign_out]
demo_handlers: list[Any] = [demo_sign_in]
