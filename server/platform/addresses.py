"""Which addresses of others we speak to: never one inside our own network because somebody typed it."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
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
        return is_public(host)
    except ValueError:
        # A last label of digits would be read as an IPv4 address in another spelling.
        return "." in host and not host.endswith(_NOT_PUBLIC) and host.rpartition(".")[2].isalpha()


# --- push services ----------------------------------------------------------------------------------------------------

PUSH_SERVICES: Final = frozenset(
    {"fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"}
)
"""Where Chrome (and Samsung, Opera, Brave), Firefox, Safari and Edge have their subscriptions."""
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PRINTED: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a push service, taken apart once: what was looked at is what is asked."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query."""

    @property
    def origin(self) -> str:
        """As VAPID signs it: without the port where it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return f"{self.scheme}://{host}" + ("" if self.port == usual else f":{self.port}")


@dataclass(frozen=True, slots=True)
class PushHosts:
    """The push services that we send to: a browser tells an address, and whoever speaks to our API can tell any."""

    names: frozenset[str]
    """Host names, `*.name` for all that lie below a name: HTTPS on port 443, and only at public addresses."""
    beside: frozenset[str] = frozenset()
    """`host` or `host:port` on this very machine, as they are: stand-ins for tests and demo, never in production."""

    @classmethod
    def of(cls, more: Collection[str], *, public_only: bool) -> PushHosts:
        """The known services and `more`; stand-ins on this machine are among these unless `public_only`."""
        beside = frozenset(each for each in more if _host_of(each) in LOCAL)
        return cls(PUSH_SERVICES | (frozenset(more) - beside), frozenset() if public_only else beside)

    def endpoint(self, address: str) -> Endpoint | None:
        """The address taken apart, or None when nothing is sent there."""
        if len(address) > LONGEST or not _PRINTED.fullmatch(address) or "\\" in address:
            return None
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            return None
        host, target = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.username is not None or parts.password is not None or "#" in address:
            return None
        if parts.scheme in ("http", "https") and self.is_beside(host, port):
            return Endpoint(parts.scheme, host, port or {"https": 443, "http": 80}[parts.scheme], target)
        if parts.scheme != "https" or port not in (None, 443) or not self._known(host):
            return None
        return Endpoint("https", host, 443, target)

    def is_beside(self, host: str, port: int | None) -> bool:
        """Is it a stand-in on this machine?"""
        return host in self.beside or f"{host}:{port}" in self.beside

    def _known(self, host: str) -> bool:
        if not _NAME.fullmatch(host):
            return False
        _, dot, rest = host.partition(".")
        while dot:
            if f"*.{rest}" in self.names:
                return True
            _, dot, rest = rest.partition(".")
        return host in self.names


def _host_of(entry: str) -> str:
    """The host of `host`, `host:port` or `[::1]:port`."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry if entry.count(":") > 1 else entry.partition(":")[0]


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Does this IP address lie on the public internet, also behind a transition (mapped, 6to4, Teredo, NAT64)?

    Raises:
        ValueError: it is no IP address.
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class NotPublic(Exception):
    """A name leads to an address that is not on the public internet, or to none at all."""


Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host name.

    Raises:
        OSError: it has none, or nobody answers.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def public_addresses(host: str, port: int, ask: Resolve = resolve) -> list[str]:
    """The IP addresses of a host name, every one of them public.

    Raises:
        NotPublic: one of them is not, or there is none.
        OSError: nobody answers.
    """
    found = await ask(host, port)
    try:
        public = bool(found) and all(is_public(each) for each in found)
    except ValueError:
        public = False
    if not public:
        raise NotPublic(host)
    return found
