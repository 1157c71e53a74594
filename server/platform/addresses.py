"""Which addresses of others we speak to: never one inside our own network because somebody typed it."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2000
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_PUBLIC: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test", ".invalid", ".onion")


def address_allowed(address: str, hosts: Collection[str] = ()) -> bool:
    """May we send to this address? HTTPS on its usual port and a public host name, or a host that is named in `hosts`.

    A public name that resolves to an inside address gets no further than a failed TLS handshake: nothing inside has a
    certificate for it, redirects are not followed, and no answer is ever shown to anybody.
    """
    if len(address) > LONGEST or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if parts.scheme in ("http", "https") and (host in hosts or f"{host}:{port}" in hosts):
        return True
    return parts.scheme == "https" and port in (None, 443) and _public(host)


def _public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        # A last label of digits would be read as an IPv4 address in another spelling.
        return "." in host and not host.endswith(_NOT_PUBLIC) and host.rpartition(".")[2].isalpha()
