"""`/operator`: a small page from the server for whoever runs the installation. It exists only where a token is set."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.response import Redirect

from server.errors import Invalid, NotFound
from server.operator import service
from server.operator.service import NewSchool
from server.platform.pages import page
from server.platform.policy import Open, policy
from server.platform.problems import reader_language
from server.platform.texts import text

HERE: Final = "/operator"
FIELDS: Final = ("slug", "name", "admin_name", "admin_email")


def _token(request: Request[Any, Any, Any]) -> str:
    """The installation's token.

    Raises:
        NotFound: it has none, so there is no such page.
    """
    token: str | None = request.app.state.settings.operator_token
    if token is None:
        raise NotFound
    return token


def _cookie_name(request: Request[Any, Any, Any]) -> str:
    return "__Host-operator" if request.app.state.settings.secure else "operator"


def _inside(request: Request[Any, Any, Any]) -> bool:
    return service.holds(_token(request), request.cookies.get(_cookie_name(request)))


def _door(request: Request[Any, Any, Any], *, status: int = 200, error: str = "") -> Response[bytes]:
    said = text(reader_language(request), f"operator.{error}") if error else ""
    return page(request, "operator.html", status=status, inside=False, error=said)


async def _list(
    request: Request[Any, Any, Any], *, status: int = 200, typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None, made: str = "", invited: bool = False,
) -> Response[bytes]:  # fmt: skip
    schools = await service.list_schools()
    return page(
        request,
        "operator.html",
        status=status,
        inside=True,
        schools=schools,
        typed=typed or dict.fromkeys(FIELDS, ""),
        errors=errors or {},
        made=made if made in {school.slug for school in schools} else "",
        invited=invited,
    )


@get(HERE, opt=policy(Open.OPERATOR), include_in_schema=False)
async def operator_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The schools of this installation, or the way in."""
    if not _inside(request):
        return _door(request)
    query = request.query_params
    return await _list(request, made=query.get("made", ""), invited="invited" in query)


@post(HERE + "/sign-in", opt=policy(Open.OPERATOR), include_in_schema=False, status_code=303)
async def operator_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign in with the installation's token, for an hour."""
    token = _token(request)
    address = request.client.host if request.client else ""
    if not await service.may_try(request.app.state.redis, address):
        return _door(request, status=429, error="too_often")
    form = await request.form()
    if not service.is_token(token, str(form.get("token", "")).strip()):
        return _door(request, status=403, error="wrong")
    answer = Redirect(HERE, status_code=303)
    answer.set_cookie(
        key=_cookie_name(request),
        value=service.ticket(token),
        path="/",
        secure=request.app.state.settings.secure,
        httponly=True,
        samesite="strict",
        max_age=int(service.STAY.total_seconds()),
    )
    return answer


@post(HERE + "/sign-out", opt=policy(Open.OPERATOR), include_in_schema=False, status_code=303)
async def operator_sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """Out again."""
    _token(request)
    answer = Redirect(HERE, status_code=303)
    secure = request.app.state.settings.secure
    answer.set_cookie(
        key=_cookie_name(request), value="", path="/", secure=secure, httponly=True, samesite="strict", max_age=0
    )
    return answer


@post(HERE + "/schools", opt=policy(Open.OPERATOR), include_in_schema=False, status_code=303)
async def operator_make_school(request: Request[Any, Any, Any]) -> Response[Any]:
    """Make a school."""
    if not _inside(request):
        return _door(request, status=403, error="over")
    form = await request.form()
    typed = {name: str(form.get(name, "")) for name in FIELDS}
    try:
        made = await service.make_school(NewSchool(**typed), request.app.state.settings)
    except Invalid as error:
        language = reader_language(request)
        errors = {
            one.pointer.removeprefix("/"): text(language, f"field.{one.code}", **one.params) for one in error.errors
        }
        return await _list(request, status=422, typed=typed, errors=errors)
    return Redirect(f"{HERE}?made={made.slug}{'&invited=1' if made.admin else ''}", status_code=303)


handlers: list[Any] = [operator_page, operator_sign_in, operator_sign_out, operator_make_school]
