"""Sessions, the cookie, the origin check, and the headers every answer carries.

A session id is made by the server at sign-in (never taken over from the client), lives in PostgreSQL as a SHA-256 hash, and
travels in one cookie. Redis keeps a short-lived copy of the lookup for pages that need no transaction; emptying Redis signs
nobody out, and ending a session in PostgreSQL ends it on the next request, because every API request asks PostgreSQL in the
same round trip that sets the school (`request_enter`).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

SESSION_IDLE: Final = timedelta(hours=12)
LONG_IDLE: Final = timedelta(days=30)
"""On a device of one's own, where the school allows it."""
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""Short names of schools, as the database checks them too."""
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def new_session_id() -> str:
    """A fresh, unguessable session id (256 bits)."""
    return secrets.token_urlsafe(32)


def session_hash(session_id: str) -> bytes:
    """What is stored of a session id."""
    return hashlib.sha256(session_id.encode()).digest()


def cookie_name(*, secure: bool) -> str:
    """`__Host-driehoek`; browsers refuse that prefix without HTTPS, so plain localhost has a plain name."""
    return "__Host-driehoek" if secure else "driehoek"


def inside(address: str) -> str:
    """The address when it is a path of ours, else `/`: a link must not lead away after sign-in."""
    try:
        parts = urlsplit(address.replace("\\", "/"))
    except ValueError:
        return "/"
    ours = address.startswith("/") and address.isprintable() and not parts.scheme and not parts.netloc
    return address if ours else "/"


def school_in_front(host: str, public_url: str) -> str | None:
    """The school that a host in front of ours names (`slug.feedback.example`), if any."""
    slug, dot, rest = host.lower().partition(".")
    return slug if dot and rest == urlsplit(public_url).netloc.lower() and SLUG.fullmatch(slug) else None


def same_origin(method: str, headers: Mapping[str, str], public_url: str) -> bool:
    """Does a writing request come from our own pages?

    Browsers say so themselves: `Sec-Fetch-Site` (all current ones) or `Origin`. A request with neither comes from no browser
    page, so it carries no cookie that another site could have used; it is let through only when it sends no cookie.
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is not None:
        try:
            sent, ours = urlsplit(origin), urlsplit(public_url)
        except ValueError:
            return False
        if not sent.netloc:  # "null"
            return False
        return sent.netloc == headers.get("host") or (sent.scheme, sent.netloc) == (ours.scheme, ours.netloc)
    return "cookie" not in headers


def answer_headers(*, https: bool) -> list[tuple[bytes, bytes]]:
    """Headers of every answer."""
    headers = [
        (b"content-security-policy", CSP.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (
            b"permissions-policy",
            b"camera=(), microphone=(), geolocation=(), payment=(), "
            b"publickey-credentials-get=(self), publickey-credentials-create=(self)",
        ),
    ]
    if https:
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers
