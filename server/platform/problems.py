"""RFC 9457 problem details: the one table from domain error to problem type and status.

`type` is stable (`/problems/<name>`), `title` and `detail` are in the reader's language, `errors[]` has a JSON pointer per
field. Nothing of a text that was sent is repeated, and never a stack trace.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from server.errors import (
    DomainError,
    FieldError,
    Invalid,
    KeyReused,
    NotFound,
    OtherPerson,
    Refused,
    SignedOut,
    Stale,
    TooOften,
)
from server.platform import db
from server.platform.texts import language_of, text
from server.rules.verdict import Reason

log = logging.getLogger("driehoek")
MEDIA_TYPE: Final = "application/problem+json"

FORBIDDEN_REASONS: Final = frozenset({Reason.NOT_YOURS, Reason.SECOND_FACTOR, Reason.SIGN_IN_AGAIN})
"""Reasons about the person (403); every other reason is about the state of the thing (409)."""

_TOO_LONG = re.compile(r"length <= (\d+)")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN_FIELD = re.compile(r"contains unknown field `([^`]+)`")
_PATH = re.compile(r" - at `\$\.?([^`]*)`")


def problem(
    language: str,
    status: int,
    name: str,
    *,
    extra: Mapping[str, Any] | None = None,
    errors: list[dict[str, Any]] | None = None,
) -> Response[bytes]:
    """One problem answer; texts `problem.<name>.title` and `.detail` with `_` for `-`."""
    key = name.replace("-", "_")
    body: dict[str, Any] = {
        "type": f"/problems/{name}",
        "title": text(language, f"problem.{key}.title"),
        "status": status,
        "detail": text(language, f"problem.{key}.detail"),
    }
    if errors is not None:
        body["errors"] = errors
    if extra:
        body |= extra
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"cache-control": "no-store", "content-language": language},
    )


def reader_language(request: Request[Any, Any, Any]) -> str:
    """Language of the reader of this answer: what the page says it speaks."""
    return language_of(request.headers.get("accept-language"), request.cookies.get("lang"))


def field_errors(language: str, errors: tuple[FieldError, ...]) -> list[dict[str, Any]]:
    """`errors[]` with pointer, code and a sentence."""
    return [
        {
            "pointer": e.pointer,
            "code": e.code,
            "detail": text(language, f"field.{e.code}", **e.params),
            **({"params": dict(e.params)} if e.params else {}),
        }
        for e in errors
    ]


def on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
    """Map a domain error."""
    language = reader_language(request)
    match error:
        case OtherPerson():
            return problem(language, 401, "other-person")
        case SignedOut():
            return problem(language, 401, "signed-out")
        case NotFound():
            return problem(language, 404, "not-found")
        case Refused(reason=reason):
            status = 403 if reason in FORBIDDEN_REASONS else 409
            return problem(language, status, reason.value.replace("_", "-"), extra=error.extra)
        case Invalid(errors=errors):
            return problem(language, 422, "invalid", errors=field_errors(language, errors))
        case Stale():
            return problem(language, 409, "stale", extra={"current": error.current, "version": error.version})
        case TooOften():
            return problem(language, 429, "too-often")
        case KeyReused():
            return problem(language, 422, "key-reused")
        case _:
            return on_unexpected(request, error)


def body_error(message: str, key: str) -> FieldError:
    """One message of msgspec as a field error."""
    # Without a path the fault is in the body itself, which Litestar calls by its parameter's name.
    path = match.group(1) if (match := _PATH.search(message)) else key.removeprefix("data")
    pointer = "".join(f"/{part}" for part in re.split(r"[.\[\]]+", path) if part and part != "...")
    if match := _MISSING.search(message):
        return FieldError(f"{pointer}/{match.group(1)}", "required")
    if match := _UNKNOWN_FIELD.search(message):
        return FieldError(f"{pointer}/{match.group(1)}", "unknown_field")
    if match := _TOO_LONG.search(message):
        return FieldError(pointer, "too_long", {"most": int(match.group(1))})
    if "length >= " in message:
        return FieldError(pointer, "required")
    if "Invalid enum value" in message:
        return FieldError(pointer, "unknown_value")
    if "malformed" in message or "truncated" in message or "UTF-8" in message:
        return FieldError("", "not_json")
    return FieldError(pointer, "wrong_type")


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """A body, query or path that does not fit its schema."""
    language = reader_language(request)
    found: list[FieldError] = []
    for item in error.extra if isinstance(error.extra, list) else []:
        if item.get("source") == "path":
            return problem(language, 404, "not-found")
        found.append(body_error(str(item.get("message", "")), str(item.get("key", ""))))
    return problem(
        language, 422, "invalid", errors=field_errors(language, tuple(found) or (FieldError("", "not_json"),))
    )


HTTP_NAMES: Final = {400: "invalid", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar itself refuses."""
    language = reader_language(request)
    if isinstance(error, ValidationException):
        return on_validation(request, error)
    if error.status_code == 400:
        return problem(language, 400, "invalid", errors=field_errors(language, (FieldError("", "not_json"),)))
    if error.status_code in HTTP_NAMES:
        return problem(language, error.status_code, HTTP_NAMES[error.status_code])
    return on_unexpected(request, error)


def on_bad_bytes(request: Request[Any, Any, Any], error: UnicodeDecodeError | RecursionError) -> Response[bytes]:
    """A body that is not UTF-8 (Latin-1, mostly) or nested beyond measure; msgspec tells both with Python's own errors."""
    return problem(
        reader_language(request),
        422,
        "invalid",
        errors=field_errors(reader_language(request), (FieldError("", "not_json"),)),
    )


def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours: logged by class and place, told without detail. A database that is away is a 503, to be tried again."""
    language = reader_language(request)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    log.error(
        "fault", extra={"error": type(error).__name__, "place": place, "route": request.scope.get("path_template", "")}
    )
    if isinstance(error, db.DatabaseDown):
        answer = problem(language, 503, "unavailable")
        answer.headers["retry-after"] = "5"
        return answer
    return problem(language, 500, "fault")


HANDLERS: Final[dict[Any, Any]] = {
    DomainError: on_domain_error,
    HTTPException: on_http,
    UnicodeDecodeError: on_bad_bytes,
    RecursionError: on_bad_bytes,
    Exception: on_unexpected,
}
