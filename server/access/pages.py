"""The pages of the way in, for people whom no provider knows. Plain forms: they work in an installed app and without a script.

A GET changes nothing here, so that the scanner of a mail server that opens every link uses nothing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from server.access import browsers, codes, invitations, service
from server.access.codes import Failed
from server.access.derived import token_hash
from server.access.invitations import Found
from server.access.service import LetIn
from server.errors import Refused, SignedOut
from server.people import device
from server.people.schemas import SchoolCard
from server.platform import cookies, db
from server.platform.limits import allow
from server.platform.pages import page
from server.platform.policy import Open, policy
from server.platform.problems import reader_language
from server.platform.request import session_id_of, signed_in
from server.platform.security import inside
from server.platform.texts import text
from server.rules import administration
from server.rules.verdict import Reason

HOUR: Final = 3600
CODES_AN_HOUR: Final = 5
"""Of one account or one invitation."""
FROM_ONE_ADDRESS: Final = 20_000
"""An hour: a whole school sits behind one address, and tries a few times (product.md)."""
LONGEST_ADDRESS: Final = 254

Asked = Request[Any, Any, Any]


# --- what every page here needs ---------------------------------------------------------------------------------------


async def form_of(request: Asked) -> Mapping[str, str]:
    """The fields of a form as texts, without what no text has."""
    return {name: str(value).replace("\x00", "") for name, value in (await request.form()).items()}


def as_uuid(text: str) -> UUID | None:
    """The id in a form, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def show(
    request: Asked, name: str, *, status: int = 200, error: str = "", on: device.Device | None = None, **context: Any
) -> Response[bytes]:
    """One of our pages; `error` is the last part of a message key, `on` the device that was chosen before it."""
    language = reader_language(request)
    return page(
        request,
        f"access/{name}.html",
        status=status,
        error=text(language, f"access.error.{error}") if error else "",
        device=on or device.suggested(request.headers, request.cookies),
        **context,
    )


def to(address: str, **query: str) -> Redirect:
    """Go there, with a GET."""
    return Redirect(f"{address}?{urlencode(query)}" if query else address, status_code=303)


async def enough(request: Asked, what: str, key: str | None = None) -> bool:
    """Is it too often: from this network address, or (with a key) for one account?"""
    client, host = request.app.state.redis, request.client.host if request.client else ""
    if not await allow(client, f"{what}-from", host, FROM_ONE_ADDRESS, HOUR):
        return True
    return key is not None and not await allow(client, what, key, CODES_AN_HOUR, HOUR)


async def let_in(request: Asked, school_id: UUID, person_id: UUID, chosen: device.Device) -> LetIn | None:
    """A session in this browser, in place of the one it had."""
    label, earlier = browsers.label_of(request), session_id_of(request)
    return await service.let_in(school_id, person_id, chosen, label=label, earlier=earlier)


async def welcome(request: Asked, new: LetIn, chosen: device.Device, onward: str) -> Redirect:
    """Signed in: the cookies, and on an own device the question whether to make a passkey."""
    answer = to("/auth/welcome", next=inside(onward)) if chosen == "own" else to(inside(onward))
    browsers.signed_in_on(request, answer, new, chosen)
    if (earlier := session_id_of(request)) is not None:
        await request.app.state.session_cache.forget(earlier)
    return answer


# --- signing in again -------------------------------------------------------------------------------------------------


def sign_in_form(
    request: Asked, school: SchoolCard | None, onward: str, *, status: int = 200, error: str = "", address: str = ""
) -> Response[bytes]:
    """Passkey or code."""
    return show(request, "sign_in", status=status, error=error, school=school, next=inside(onward), address=address)


@get(["/auth/passkey", "/auth/code"], opt=policy(Open.PUBLIC), include_in_schema=False)
async def sign_in(request: Asked) -> Response[Any]:
    """Sign in with a passkey, or ask for a code by mail. `?school=slug&next=/…`"""
    query = request.query_params
    school = await service.school_called(query.get("school", ""))
    return sign_in_form(request, school, query.get("next", "/"))


@post("/auth/code", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def ask_for_code(request: Asked) -> Response[Any]:
    """Ask for a code. The answer is the same whether anybody has that address or not."""
    form = await form_of(request)
    onward, address = form.get("next", "/"), form.get("email", "").strip()
    school = await service.school_called(form.get("school", ""))
    if school is None:
        return to("/sign-in", next=inside(onward))
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        return sign_in_form(request, school, onward, status=422, error="address", address=address)
    if await enough(request, "code", f"{school.id}:{address.casefold()}"):
        return sign_in_form(request, school, onward, status=429, error="too_often", address=address)
    secret = browsers.new_secret()
    await codes.ask_with_address(school.id, address, browsers.hashed(secret))
    answer = to("/auth/code/enter", school=school.slug, next=inside(onward))
    cookies.put(
        answer,
        request.app.state.settings,
        browsers.CODE,
        browsers.code_cookie(school.id, secret),
        seconds=browsers.CODE_SECONDS,
    )
    return answer


def code_form(
    request: Asked,
    onward: str,
    again: str,
    *,
    status: int = 200,
    error: str = "",
    by: str = "address",
    on: device.Device | None = None,
) -> Response[bytes]:
    """Type the six digits."""
    return show(request, "code", status=status, error=error, on=on, next=inside(onward), again=inside(again), by=by)


@get("/auth/code/enter", opt=policy(Open.PUBLIC), include_in_schema=False)
async def enter_code(request: Asked) -> Response[Any]:
    """Type the code that the mail brought."""
    query = request.query_params
    onward = inside(query.get("next", "/"))
    again = f"/auth/code?{urlencode({'school': query.get('school', ''), 'next': onward})}"
    return code_form(request, onward, again)


@post("/auth/code/confirm", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def confirm_code(request: Asked) -> Response[Any]:
    """Try a code: sign in, or say which of several people one is."""
    form = await form_of(request)
    onward, again, chosen = form.get("next", "/"), form.get("again", "/"), device.chosen(form.get("device"))
    known, by = browsers.read_code_cookie(request), form.get("by", "address")
    if await enough(request, "confirm"):
        return code_form(request, onward, again, status=429, error="too_often", by=by, on=chosen)
    confirmed: codes.Confirmed = Failed.OVER
    new = None
    if known is not None:
        school_id, browser = known
        async with db.school_transaction(school_id):
            confirmed = await codes.confirm(school_id, browser, form.get("code", ""), request.app.state.settings)
            if isinstance(confirmed, list) and len(confirmed) == 1:
                new = await let_in(request, school_id, confirmed[0].id, chosen)
    if new is not None:
        return await welcome(request, new, chosen, onward)
    if isinstance(confirmed, list) and len(confirmed) > 1:
        return show(request, "who", people=confirmed, next=inside(onward), chosen=chosen)
    error = confirmed if isinstance(confirmed, Failed) else Failed.OVER
    return code_form(request, onward, again, status=422, error=error, by=by, on=chosen)


@post("/auth/code/person", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def choose_person(request: Asked) -> Response[Any]:
    """Say which of those who share the address one is."""
    form = await form_of(request)
    onward, chosen = form.get("next", "/"), device.chosen(form.get("device"))
    known, person_id = browsers.read_code_cookie(request), as_uuid(form.get("person_id", ""))
    new = None
    if known is not None and person_id is not None:
        school_id, browser = known
        async with db.school_transaction(school_id):
            if isinstance(await codes.choose(school_id, browser, person_id), list):
                new = await let_in(request, school_id, person_id, chosen)
    if new is None:
        return code_form(request, onward, "/auth/code", status=422, error=Failed.OVER)
    return await welcome(request, new, chosen, onward)


# --- invitations ------------------------------------------------------------------------------------------------------


@get("/i", opt=policy(Open.PUBLIC), include_in_schema=False)
async def type_invitation(request: Asked) -> Response[bytes]:
    """Type the code of a letter or an invitation mail."""
    return show(request, "invitation", typed="")


@post("/i", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def find_invitation(request: Asked) -> Response[Any]:
    """Lead to what was typed, when it has the form of such a code."""
    typed = (await form_of(request)).get("token", "").strip()
    if token_hash(request.app.state.settings, typed) is None:
        return show(request, "invitation", status=422, error="token", typed=typed[:40])
    return to(f"/i/{quote(typed)}")


async def found(request: Asked, token: str) -> Found | None:
    """The invitation that this code names."""
    return await invitations.find(request.app.state.settings, token)


def opened(
    request: Asked, invitation: Found | None, token: str, *, status: int = 200, error: str = ""
) -> Response[bytes]:
    """What an invitation offers now, or why it offers nothing."""
    if invitation is None:
        return show(request, "invitation", status=404, error="token_unknown", typed="")
    if invitation.used:
        state = "used"
    elif not invitation.living:
        state = "over"
    elif invitation.address:
        state = "code"
    else:
        state = "letter" if invitation.alone_is_enough else "no_address"
    return show(
        request,
        "opened",
        status=status,
        error=error,
        state=state,
        school=invitation.school,
        slug=invitation.slug,
        token=token,
        hint=hinted(invitation.address),
    )


def hinted(address: str) -> str:
    """Enough of an address to know one's own by: `g…@example.org`."""
    user, _, host = address.rpartition("@")
    return f"{user[:1]}…@{host}" if user else ""


@get("/i/{token:str}", opt=policy(Open.PUBLIC), include_in_schema=False)
async def open_invitation(request: Asked, token: FromPath[str]) -> Response[bytes]:
    """Open an invitation. Nothing happens yet: a mail server's scanner may be looking."""
    async with db.transaction():
        return opened(request, await found(request, token), token)


@post("/i/{token:str}", opt=policy(Open.PUBLIC), include_in_schema=False, status_code=303)
async def use_invitation(request: Asked, token: FromPath[str]) -> Response[Any]:
    """Send a code to the address on record; a letter for somebody who has none signs in by itself, once."""
    chosen = device.chosen((await form_of(request)).get("device"))
    secret = browsers.new_secret()
    new = None
    async with db.transaction():
        invitation = await found(request, token)
        if invitation is None or not invitation.living:
            return opened(request, invitation, token, status=410)
        if await enough(request, "invitation", str(invitation.id)):
            return opened(request, invitation, token, status=429, error="too_often")
        if invitation.address:
            await codes.ask_with_invitation(invitation, browsers.hashed(secret))
        elif await invitations.use_letter(invitation):
            new = await let_in(request, invitation.school_id, invitation.person_id, chosen)
    if invitation.address:
        answer = to(f"/i/{quote(token)}/code")
        cookie = browsers.code_cookie(invitation.school_id, secret)
        cookies.put(answer, request.app.state.settings, browsers.CODE, cookie, seconds=browsers.CODE_SECONDS)
        return answer
    if new is None:
        return opened(request, invitation, token, status=410)
    return await welcome(request, new, chosen, "/")


@get("/i/{token:str}/code", opt=policy(Open.PUBLIC), include_in_schema=False)
async def enter_invitation_code(request: Asked, token: FromPath[str]) -> Response[bytes]:
    """Type the code that the mail brought."""
    return code_form(request, "/", f"/i/{quote(token)}", by="invitation")


# --- signed in --------------------------------------------------------------------------------------------------------


@get("/auth/welcome", opt=policy(Open.SELF), include_in_schema=False)
async def offer_passkey(request: Asked) -> Response[Any]:
    """Offer to make a passkey, so that the next sign-in takes a finger or a face. Who has one goes on."""
    onward = inside(request.query_params.get("next", "/"))
    try:
        async with signed_in(request) as me:
            wanted = await service.wants_offer(me)
            only = wanted and await service.only_by_passkey(me)
    except SignedOut:
        wanted = only = False
    return show(request, "welcome", next=onward, only=only) if wanted else to(onward)


@get("/admin/letters", opt=policy(administration.administer), include_in_schema=False)
async def print_letters(
    request: Asked, home_group: FromQuery[UUID | None] = None, person: FromQuery[UUID | None] = None
) -> Response[Any]:
    """The letters that still open something, one on each sheet, for the printer."""
    settings = request.app.state.settings
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    try:
        async with signed_in(request) as me:
            letters = await service.letters(me, settings, home_group, person)
            school = await service.school_name(me)
    except SignedOut:
        return to("/sign-in", next=here)
    except Refused as refused:
        if refused.reason is not Reason.SECOND_FACTOR:
            raise
        return to("/second-factor", next=here)
    return show(request, "letters", letters=letters, school=school, address=f"{settings.public_url}/i", say=text)


handlers: list[Any] = [
    sign_in,
    ask_for_code,
    enter_code,
    confirm_code,
    choose_person,
    type_invitation,
    find_invitation,
    open_invitation,
    use_invitation,
    enter_invitation_code,
    offer_passkey,
    print_letters,
]
