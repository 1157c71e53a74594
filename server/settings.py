"""Every environment variable of Driehoek, typed and documented. `load` is pure: same environment, same settings.

`driehoek up` and `make run` set all of these by themselves; production sets those that `compose.yaml` names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

SHORTEST_SECRET = 32
KNOWN_SECRETS = frozenset({"", "changeme", "change-me", "secret", "driehoek", "development"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Mode(StrEnum):
    """What this process is for; decides the defaults and how strict `load` is."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SmtpTls(StrEnum):
    """How mail is encrypted on its way to the mail server."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Refused(Exception):
    """The settings do not allow a start. `problems` has one sentence for each thing to change."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Smtp(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server that takes our mail."""

    host: str
    """`DRIEHOEK_SMTP_HOST`, default `127.0.0.1`."""
    port: int
    """`DRIEHOEK_SMTP_PORT`, default 25."""
    user: str
    """`DRIEHOEK_SMTP_USER`; empty: no sign-in at the mail server."""
    password: str
    """`DRIEHOEK_SMTP_PASSWORD`."""
    tls: SmtpTls
    """`DRIEHOEK_SMTP_TLS`: `none`, `starttls` or `tls`; default `none` in demo and test, `starttls` in production."""
    sender: str
    """`DRIEHOEK_SMTP_FROM`, the address mails come from."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one process. Passwords and keys are in here: never log the whole."""

    mode: Mode
    """`DRIEHOEK_MODE`: `demo` (default), `production` or `test`."""
    data: Path
    """`DRIEHOEK_DATA`, the folder for what this installation keeps beside its database; default `.driehoek`."""
    host: str
    """`DRIEHOEK_HOST`, the address to listen on; default `127.0.0.1`."""
    port: int
    """`DRIEHOEK_PORT`, the port to listen on; default 8000."""
    public_url: str
    """`DRIEHOEK_PUBLIC_URL`, the address people type, without a slash at the end; default `http://localhost:PORT`."""
    database_url: str
    """`DRIEHOEK_DATABASE_URL`, PostgreSQL as the plain role: owns nothing, row-level security binds it."""
    owner_database_url: str | None
    """`DRIEHOEK_OWNER_DATABASE_URL`, PostgreSQL as the owner of the tables. Only `driehoek migrate` needs it."""
    superuser_database_url: str | None
    """`DRIEHOEK_SUPERUSER_DATABASE_URL`. Only `driehoek bootstrap` needs it, to make the database and the roles."""
    database_pool: int
    """`DRIEHOEK_DATABASE_POOL`, most connections to PostgreSQL per process; default 10."""
    redis_url: str
    """`DRIEHOEK_REDIS_URL`; default `redis://127.0.0.1:6379/0`. What is in it may be lost at any time."""
    secret: str
    """`DRIEHOEK_SECRET`, at least 32 characters; signs what leaves the server and comes back."""
    operator_token: str | None
    """`DRIEHOEK_OPERATOR_TOKEN`, at least 32 characters: opens `/operator`, where schools are made. Without it there is none."""
    smtp: Smtp
    vapid_private_key: str | None
    """`DRIEHOEK_VAPID_PRIVATE_KEY`, URL-safe base64 of 32 bytes; without it that of `DATA/vapid.json` is used."""
    vapid_subject: str
    """`DRIEHOEK_VAPID_SUBJECT`, the address push services may write to; default `mailto:` + `DRIEHOEK_SMTP_FROM`."""
    push_allowed_hosts: frozenset[str]
    """`DRIEHOEK_PUSH_ALLOWED_HOSTS`, by comma: push services beside the known ones (`host`, `*.host`), and outside production `host:port`
    of stand-ins on this machine."""
    demo_sign_in: bool
    """`DRIEHOEK_DEMO_SIGN_IN`: sign in by choosing a person. On in demo and test, refused in production."""
    allow_plain_http: bool
    """`DRIEHOEK_ALLOW_PLAIN_HTTP=1`: production without TLS, for a closed network. Cookies travel readable then."""
    forwarded_allow_ips: str
    """`DRIEHOEK_FORWARDED_ALLOW_IPS`, proxies whose `X-Forwarded-*` we believe, by comma; default `127.0.0.1`."""
    log_level: str
    """`DRIEHOEK_LOG_LEVEL`: `debug`, `info` (default), `warning` or `error`."""

    @property
    def secure(self) -> bool:
        """True when people reach us over TLS, so that cookies can be `Secure` and carry the `__Host-` prefix."""
        return self.public_url.startswith("https://")

    @property
    def mail_folder(self) -> Path:
        """Where the embedded mail catcher keeps its mails."""
        return self.data / "mail"

    @property
    def ledger_file(self) -> Path:
        """Where it is written down beside the database who was erased, so that no backup brings anybody back."""
        return self.data / "erasures.jsonl"

    @property
    def vapid_file(self) -> Path:
        """Where the push key pair is kept that was made on the first run."""
        return self.data / "vapid.json"


class _Reader:
    """Reads variables and gathers every problem, so that one start shows them all."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(f"DRIEHOEK_{name}", "").strip() or default

    def parsed(self, name: str, default: T, parse: Callable[[str], T], wanted: str) -> T:
        raw = self.text(name)
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError:
            self.problems.append(f"DRIEHOEK_{name} must be {wanted}.")
            return default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        def parse(raw: str) -> int:
            value = int(raw)
            if not least <= value <= most:
                raise ValueError(raw)
            return value

        return self.parsed(name, default, parse, f"a whole number from {least} to {most}")

    def flag(self, name: str, default: bool) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }

        def parse(raw: str) -> bool:
            if raw.lower() not in words:
                raise ValueError(raw)
            return words[raw.lower()]

        return self.parsed(name, default, parse, "1 or 0")

    def choice(self, name: str, default: E) -> E:
        kind = type(default)
        return self.parsed(name, default, lambda raw: kind(raw.lower()), "one of " + ", ".join(kind))


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings from `environ` (as a rule `os.environ`).

    Raises:
        Refused: a value cannot be read, or production mode finds something unsafe; with every problem at once.
    """
    read = _Reader(environ)
    mode = read.choice("MODE", Mode.DEMO)
    production = mode is Mode.PRODUCTION
    port = read.number("PORT", 8000, 0, 65535)
    sender = read.text("SMTP_FROM", "" if production else "driehoek@localhost")
    settings = Settings(
        mode=mode,
        data=Path(read.text("DATA", ".driehoek")),
        host=read.text("HOST", "127.0.0.1"),
        port=port,
        public_url=read.text("PUBLIC_URL", "" if production else f"http://localhost:{port}").rstrip("/"),
        database_url=read.text("DATABASE_URL"),
        owner_database_url=read.text("OWNER_DATABASE_URL") or None,
        superuser_database_url=read.text("SUPERUSER_DATABASE_URL") or None,
        database_pool=read.number("DATABASE_POOL", 10, 1, 1000),
        redis_url=read.text("REDIS_URL", "redis://127.0.0.1:6379/0"),
        secret=read.text("SECRET"),
        operator_token=read.text("OPERATOR_TOKEN") or None,
        smtp=Smtp(
            host=read.text("SMTP_HOST", "127.0.0.1"),
            port=read.number("SMTP_PORT", 25, 1, 65535),
            user=read.text("SMTP_USER"),
            password=read.text("SMTP_PASSWORD"),
            tls=read.choice("SMTP_TLS", SmtpTls.STARTTLS if production else SmtpTls.NONE),
            sender=sender,
        ),
        vapid_private_key=read.text("VAPID_PRIVATE_KEY") or None,
        vapid_subject=read.text("VAPID_SUBJECT", f"mailto:{sender}"),
        push_allowed_hosts=frozenset(filter(None, re.split(r"[\s,]+", read.text("PUSH_ALLOWED_HOSTS")))),
        demo_sign_in=read.flag("DEMO_SIGN_IN", not production),
        allow_plain_http=read.flag("ALLOW_PLAIN_HTTP", False),
        forwarded_allow_ips=read.text("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        log_level=read.parsed("LOG_LEVEL", "info", _log_level, "debug, info, warning or error"),
    )
    read.problems += _missing(settings)
    if production:
        read.problems += _unsafe(settings)
    if read.problems:
        raise Refused(read.problems)
    return settings


def _log_level(raw: str) -> str:
    if raw.lower() not in {"debug", "info", "warning", "error"}:
        raise ValueError(raw)
    return raw.lower()


def _missing(settings: Settings) -> list[str]:
    """What no mode can do without."""
    found = []
    url = urlsplit(settings.public_url)
    if settings.public_url and (url.scheme not in {"http", "https"} or not url.hostname or url.path or url.query):
        found.append("DRIEHOEK_PUBLIC_URL must look like https://feedback.school.example, without a path.")
    for name, value in (("DATABASE_URL", settings.database_url), ("OWNER_DATABASE_URL", settings.owner_database_url)):
        if value and urlsplit(value).scheme not in {"postgres", "postgresql"}:
            found.append(f"DRIEHOEK_{name} must look like postgresql://role:password@host/database.")
    if settings.operator_token is not None and len(settings.operator_token) < SHORTEST_SECRET:
        found.append(
            f"DRIEHOEK_OPERATOR_TOKEN must have at least {SHORTEST_SECRET} characters: `driehoek secrets` makes one."
        )
    return found


def _unsafe(settings: Settings) -> list[str]:
    """Why production would not be safe with these settings; the database role is looked at on connecting."""
    found = []
    if settings.demo_sign_in:
        found.append("Demo sign-in lets anybody be anybody: leave DRIEHOEK_DEMO_SIGN_IN out in production.")
    if settings.secret.lower() in KNOWN_SECRETS or len(settings.secret) < SHORTEST_SECRET:
        found.append(
            f"DRIEHOEK_SECRET must be a secret of your own of at least {SHORTEST_SECRET} characters: "
            "`driehoek secrets` makes one."
        )
    elif len(set(settings.secret)) < 8:
        found.append("DRIEHOEK_SECRET is too easy to guess: `driehoek secrets` makes a good one.")
    if not settings.public_url:
        found.append(
            "DRIEHOEK_PUBLIC_URL is missing: the address people type, such as https://feedback.school.example."
        )
    elif not settings.secure and not settings.allow_plain_http:
        found.append(
            "DRIEHOEK_PUBLIC_URL is plain http, readable for anybody on the way: use https, or set "
            "DRIEHOEK_ALLOW_PLAIN_HTTP=1 on a closed network."
        )
    if not settings.database_url:
        found.append("DRIEHOEK_DATABASE_URL is missing: postgresql://driehoek_app:password@host/driehoek.")
    elif urlsplit(settings.database_url).username in {"postgres", "root"}:
        found.append("DRIEHOEK_DATABASE_URL names a superuser: use the plain role driehoek_app.")
    if not settings.smtp.sender:
        found.append("DRIEHOEK_SMTP_FROM is missing: the address our mails come from.")
    return found
