"""The sign-in page, the way to a provider and back, sign-out, one's sessions, and the admin's providers."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.response import Redirect

from server.demo import people as demo_people
from server.people import device
from server.people import service as people
from server.platform import cookies, db
from server.platform.pages import page
from server.platform.policy import Open, policy
from server.platform.problems import reader_language
from server.platform.request import session_id_of, signed_in
from server.platform.security import inside
from server.platform.texts import text
from server.rules import administration
from server.signin import providers, service, sessions
from server.signin.errors import NotSignedIn, Why
from server.signin.schemas import (
    ClashDecision,
    ClashItem,
    Ended,
    PresetItem,
    ProviderBody,
    ProviderChange,
    ProviderItem,
    ProviderReport,
    SessionItem,
)

STATUS: Final = {
    Why.START_AGAIN: 400,
    Why.CANCELLED: 400,
    Why.AWAY: 503,
    Why.TOO_OFTEN: 429,
    Why.NO_SUCH_SCHOOL: 404,
}
"""Of the page that says why nobody is signed in; 403 where it is about the account."""
ADMIN: Final = "/api/v1/admin/sign-in"
TAGS: Final = ["sign-in"]


# ------------------------------------------------------------------------------------------------------- the page


async def show(
    request: Request[Any, Any, Any],
    *,
    slug: str | None = None,
    next_: str = "/",
    typed: str | None = None,
    why: Why | None = None,
) -> Response[bytes]:
    """The sign-in page: of one school, of the demo, or the search for a school; with what went wrong, if anything did."""
    settings, language = request.app.state.settings, reader_language(request)
    school = await service.school_page(slug) if slug else None
    if slug and school is None and why is None:
        why = Why.NO_SUCH_SCHOOL
    demo = settings.demo_sign_in and school is None and typed is None
    answer = page(
        request,
        "sign_in.html",
        status=200 if why is None else STATUS.get(why, 403),
        school=school,
        demo=demo,
        schools=await demo_people.groups(language) if demo else [],
        typed=typed or "",
        found=await service.search(typed) if typed else [],
        device=device.suggested(request.headers, request.cookies),
        next=inside(next_),
        error="" if why is None else text(language, f"signin.error.{why}"),
    )
    if school is not None:
        cookies.put(answer, settings, cookies.SCHOOL, school.slug, seconds=cookies.YEAR)
    return answer


@get("/sign-in", opt=policy(Open.PUBLIC), include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where everybody starts: the school that was chosen here last, else the search for it. In demo mode the demo's people."""
    query = request.query_params
    next_ = query.get("next", "/")
    if "q" in query:
        return await show(request, next_=next_, typed=query["q"])
    if request.app.state.settings.demo_sign_in:
        return await show(request, next_=next_)
    remembered = await service.school_of_slug(request.cookies.get(cookies.SCHOOL, ""))
    school = remembered or await service.only_school()
    return await show(request, slug=None if school is None else school.slug, next_=next_)


@get("/s/{slug:str}", opt=policy(Open.PUBLIC), include_in_schema=False)
async def school_link(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[bytes]:
    """A school's own link."""
    return await show(request, slug=slug.lower(), next_=request.query_params.get("next", "/"))


@get("/login", opt=policy(Open.PUBLIC), include_in_schema=False)
async def login(request: Request[Any, Any, Any]) -> Response[Any]:
    """A link in a learning platform's menu (third-party-initiated login): starts at once where one school and provider fit.

    Nobody is asked whose device it is; what the sign-in page would suggest is taken.
    """
    query = request.query_params
    next_ = target(query.get("target_link_uri", ""), request.app.state.settings.public_url)
    next_ = next_ or inside(query.get("next", "/"))
    if "iss" not in query:
        return Redirect(f"/sign-in?next={quote(next_)}", status_code=303)
    found = await service.by_issuer(query["iss"], request.cookies.get(cookies.SCHOOL))
    if found is None:
        return await show(request, next_=next_, typed="")
    slug, provider_id = found
    on = device.suggested(request.headers, request.cookies)
    hint = query.get("login_hint", "")
    return await leave(request, slug=slug, provider_id=provider_id, next_=next_, on=on, hint=hint)


def target(address: str, public_url: str) -> str | None:
    """The path of an address of ours; None for any other."""
    try:
        parts, ours = urlsplit(address), urlsplit(public_url)
    except ValueError:
        return None
    if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc):
        return None
    return inside((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


# -------------------------------------------------------------------------------------------------- there and back


async def leave(
    request: Request[Any, Any, Any], *, slug: str, provider_id: UUID, next_: str, on: device.Device, hint: str = ""
) -> Response[Any]:
    """Off to the provider, by a page of ours: a form may not lead to another site (Content-Security-Policy)."""
    state = request.app.state
    try:
        leaving = await service.begin(
            state.oidc,
            state.settings,
            state.redis,
            slug=slug,
            provider_id=provider_id,
            next_=next_,
            on=on,
            address=address_of(request),
            login_hint=hint,
        )
    except NotSignedIn as refused:
        return await refuse(request, refused, slug=slug, next_=next_)
    answer = page(request, "leaving.html", address=leaving.address)
    name = cookies.attempt_name(secure=state.settings.secure)
    cookies.put(answer, state.settings, name, leaving.carried, seconds=service.ATTEMPT_SECONDS)
    cookies.put(answer, state.settings, device.COOKIE, on, seconds=device.COOKIE_SECONDS)
    cookies.put(answer, state.settings, cookies.SCHOOL, slug, seconds=cookies.YEAR)
    return answer


@post("/auth/oidc/{provider_id:uuid}/start", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=200)
async def start(request: Request[Any, Any, Any], provider_id: FromPath[UUID]) -> Response[Any]:
    """The button of a provider."""
    sent = await request.form()
    return await leave(
        request,
        slug=str(sent.get("school", "")),
        provider_id=provider_id,
        next_=str(sent.get("next", "/")),
        on=device.chosen(sent.get("device")),
    )


@get([service.CALLBACK, f"{service.CALLBACK}/{{slug:str}}"], opt=policy(Open.PUBLIC), include_in_schema=False)
async def callback(request: Request[Any, Any, Any]) -> Response[Any]:
    """Back from a provider. Always a new session id, and the one the browser had ends."""
    state = request.app.state
    settings = state.settings
    name = cookies.attempt_name(secure=settings.secure)
    pending = service.pending_of(settings, request.cookies.get(name))
    answer: Response[Any]
    try:
        arrived = await service.finish(
            state.oidc,
            settings,
            state.redis,
            pending=pending,
            way=request.url.path,
            sent=dict(request.query_params),
            label=device.label(request.headers.get("user-agent", ""), reader_language(request)),
            address=address_of(request),
        )
    except NotSignedIn as refused:
        slug = request.cookies.get(cookies.SCHOOL, "")
        answer = await refuse(request, refused, slug=slug, next_=pending.next if pending else "/")
    else:
        await forget_before(request)
        answer = Redirect(arrived.next, status_code=303)
        cookies.put_session(answer, settings, arrived.session_id, lasting=arrived.lasting)
        cookies.put(answer, settings, device.COOKIE, arrived.device, seconds=device.COOKIE_SECONDS)
        cookies.put(answer, settings, cookies.SCHOOL, arrived.slug, seconds=cookies.YEAR)
    cookies.put(answer, settings, name, "", seconds=0)
    return answer


async def refuse(request: Request[Any, Any, Any], refused: NotSignedIn, *, slug: str, next_: str) -> Response[bytes]:
    """The page of the school once more, with why."""
    service.log.warning("not signed in", extra={"kind": refused.why.value, "error": refused.detail})
    known = await service.school_of_slug(slug)
    answer = await show(request, slug=None if known is None else known.slug, typed="", next_=next_, why=refused.why)
    if refused.why is Why.TOO_OFTEN:
        answer.headers["retry-after"] = str(service.PER_ADDRESS[1])
    return answer


async def forget_before(request: Request[Any, Any, Any]) -> None:
    """End the session that this browser had."""
    before = session_id_of(request)
    if before is not None:
        async with db.transaction():
            await people.end_session(before)
        await request.app.state.session_cache.forget(before)


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where the request comes from, for counting only."""
    return request.client.host if request.client else ""


class SignedOutAnswer(msgspec.Struct, frozen=True):
    """Where the browser goes next."""

    location: str


@post("/auth/sign-out", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session and clear the cookie, and lead to where one signs out at the provider too. Harmless without a session.

    The app asks for JSON, because it empties the device first and goes there by itself.
    """
    state = request.app.state
    there: str | None = None
    session_id = session_id_of(request)
    if session_id is not None:
        there = await service.sign_out(state.oidc, state.settings, session_id)
        await state.session_cache.forget(session_id)
    answer: Response[Any]
    if "application/json" in request.headers.get("accept", ""):
        answer = Response(SignedOutAnswer(there or "/sign-in"), status_code=200, headers={"cache-control": "no-store"})
    elif there is not None:
        answer = page(request, "leaving.html", address=there)
    else:
        answer = Redirect("/sign-in", status_code=303)
    cookies.drop_session(answer, state.settings)
    return answer


# ------------------------------------------------------------------------------------------------- one's sessions


@get("/api/v1/me/sessions", opt=policy(Open.SELF), tags=TAGS)
async def list_sessions(request: Request[Any, Any, Any]) -> list[SessionItem]:
    """Where I am signed in."""
    async with signed_in(request) as me:
        return await sessions.list_sessions(me, session_id_of(request) or "")


@delete("/api/v1/me/sessions/{session_id:uuid}", opt=policy(Open.SELF), tags=TAGS, status_code=204)
async def end_session(request: Request[Any, Any, Any], session_id: FromPath[UUID]) -> None:
    """Sign out there."""
    async with signed_in(request) as me:
        ended = await sessions.end(me, session_id)
    await request.app.state.session_cache.forget_hashes(ended)


@post("/api/v1/me/sessions/end-others", opt=policy(Open.SELF), tags=TAGS, status_code=200)
async def end_other_sessions(request: Request[Any, Any, Any]) -> Ended:
    """Sign out everywhere but here."""
    async with signed_in(request) as me:
        ended = await sessions.end_others(me, session_id_of(request) or "")
    await request.app.state.session_cache.forget_hashes(ended)
    return Ended(len(ended))


# -------------------------------------------------------------------------------------------- the admin's providers


@get(f"{ADMIN}/presets", opt=policy(administration.administer), tags=TAGS)
async def list_presets(request: Request[Any, Any, Any]) -> list[PresetItem]:
    """The kinds of provider and what each needs."""
    async with signed_in(request) as me:
        return providers.presets(me)


@get(f"{ADMIN}/providers", opt=policy(administration.administer), tags=TAGS)
async def list_providers(request: Request[Any, Any, Any]) -> list[ProviderItem]:
    """The school's providers."""
    async with signed_in(request) as me:
        return await providers.list_providers(me, request.app.state.settings)


@post(f"{ADMIN}/providers", opt=policy(administration.administer), tags=TAGS)
async def add_provider(request: Request[Any, Any, Any], data: JSONBody[ProviderBody]) -> ProviderItem:
    """A new provider."""
    async with signed_in(request) as me:
        return await providers.add(me, data, request.app.state.settings)


@patch(f"{ADMIN}/providers/{{provider_id:uuid}}", opt=policy(administration.administer), tags=TAGS)
async def change_provider(
    request: Request[Any, Any, Any], provider_id: FromPath[UUID], data: JSONBody[ProviderChange]
) -> ProviderItem:
    """Change a provider."""
    async with signed_in(request) as me:
        return await providers.change(me, provider_id, data, request.app.state.settings)


@delete(f"{ADMIN}/providers/{{provider_id:uuid}}", opt=policy(administration.administer), tags=TAGS, status_code=204)
async def remove_provider(request: Request[Any, Any, Any], provider_id: FromPath[UUID]) -> None:
    """Remove a provider; who signed in there is signed out."""
    async with signed_in(request) as me:
        ended = await providers.remove(me, provider_id)
    await request.app.state.session_cache.forget_hashes(ended)


@post(f"{ADMIN}/providers/{{provider_id:uuid}}/test", opt=policy(administration.administer), tags=TAGS, status_code=200)
async def test_provider(request: Request[Any, Any, Any], provider_id: FromPath[UUID]) -> ProviderReport:
    """Can people sign in there? Looks without signing anybody in."""
    state = request.app.state
    async with signed_in(request) as me:
        row = await providers.to_examine(me, provider_id)
    return await providers.examine(state.oidc, state.settings, row, reader_language(request))


@get(f"{ADMIN}/clashes", opt=policy(administration.administer), tags=TAGS)
async def list_clashes(request: Request[Any, Any, Any]) -> list[ClashItem]:
    """Accounts of which it is not clear whose they are."""
    async with signed_in(request) as me:
        return await providers.list_clashes(me)


@post(f"{ADMIN}/clashes/{{clash_id:uuid}}", opt=policy(administration.administer), tags=TAGS, status_code=204)
async def decide_clash(
    request: Request[Any, Any, Any], clash_id: FromPath[UUID], data: JSONBody[ClashDecision]
) -> None:
    """Whose account it is, or nobody's."""
    async with signed_in(request) as me:
        await providers.decide(me, clash_id, data)


handlers: list[Any] = [
    sign_in_page,
    school_link,
    login,
    start,
    callback,
    sign_out,
    list_sessions,
    end_session,
    end_other_sessions,
    list_presets,
    list_providers,
    add_provider,
    change_provider,
    remove_provider,
    test_provider,
    list_clashes,
    decide_clash,
]
