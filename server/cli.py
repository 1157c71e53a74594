"""The command `driehoek`. Each subcommand imports what it needs when it runs, so that `--help` is there at once.

A command finds the running installation by `DRIEHOEK_DATA` (default `.driehoek`); in production by the environment.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from server.settings import Settings


class Trouble(Exception):
    """Ends the command with this one line and exit code 1."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    from server.platform.instance import DataFolderTrouble
    from server.settings import Refused

    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except Refused as refused:
        for problem in refused.problems:
            print(f"driehoek: {problem}", file=sys.stderr)
    except (Trouble, DataFolderTrouble) as trouble:
        print(f"driehoek: {trouble}", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="driehoek", description="Feedback rounds for schools.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, what: str, run: object, group: object = commands) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = group.add_parser(name, help=what, description=what)  # type: ignore[attr-defined]
        made.set_defaults(run=run)
        return made

    up = add("up", "start everything on this machine with a demo school; Ctrl-C stops it", _up)
    up.add_argument("--school", metavar="ZIP", type=Path, help="a OneRoster zip instead of the built-in school")
    add("serve", "run one server process", _serve)
    add("work", "run one worker process", _work)
    add("mailcatcher", "run a mail server that keeps mails as files in DATA/mail", _mailcatcher)
    add("bootstrap", "make the database and its roles, as a superuser; safe to repeat", _bootstrap)
    add("migrate", "bring the database to this version, as its owner; safe to repeat", _migrate)

    roster = commands.add_parser("roster", help="the school's people and groups").add_subparsers(required=True)
    look = add("preview", "show what a OneRoster zip would change, and change nothing", _roster_import, roster)
    load = add("import", "read a OneRoster zip; all of it or nothing", _roster_import, roster)
    back = add("undo", "take the last import back", _roster_undo, roster)
    for command in (look, load):
        command.add_argument("file", type=Path, metavar="FILE.zip")
    for command in (look, load, back):
        command.add_argument("--school", required=True, metavar="SLUG", help="short name of the school")
        command.add_argument("--language", choices=("nl", "en"), help="of the report; otherwise as LANG says")
    look.set_defaults(dry_run=True, confirm_leaving=False)
    load.add_argument("--dry-run", action="store_true", help="the same as preview")
    load.add_argument("--confirm-leaving", action="store_true", help="also when more than a tenth of the people leave")

    grant = add("grant", "make somebody organiser, leader of all home groups, or admin", _grant)
    grant.add_argument("role", choices=["organiser", "leader", "admin"])
    grant.add_argument("who", metavar="WHO", help="username, e-mail address or roster identifier")
    grant.add_argument("--school", required=True, metavar="SLUG", help="short name of the school")

    school = commands.add_parser("school", help="the schools of this installation").add_subparsers(required=True)
    new = add("add", "make a school, with somebody who administers it", _school_add, school)
    new.add_argument("slug", metavar="SLUG", help="short name in addresses and commands: lower case, digits, hyphens")
    new.add_argument("name", metavar="NAME", help="the school's name as people know it")
    new.add_argument(
        "--admin-name", metavar="NAME", default="", help="given and family name of its first administrator"
    )
    new.add_argument("--admin-email", metavar="ADDRESS", default="", help="and the address that invitations go to")

    provider = commands.add_parser("provider", help="sign-in with the school's own account").add_subparsers(
        required=True
    )
    more = add("add", "add a sign-in provider; the client secret comes from standard input", _provider_add, provider)
    more.add_argument("--school", required=True, metavar="SLUG", help="short name of the school")
    more.add_argument("--preset", required=True, choices=["somtoday", "magister", "entree", "entra", "google", "oidc"])
    more.add_argument("--client-id", required=True, metavar="ID", help="as registered there")
    more.add_argument("--issuer", default="", metavar="URL", help="needed where the preset has none of its own")
    more.add_argument("--name", default="", metavar="NAME", help="what the button says")
    more.add_argument(
        "--bind-by",
        default="username",
        choices=["sourced_id", "username", "eck_id", "email"],
        help="what a first sign-in is compared with in the roster",
    )
    for setting in ("tenant", "domain", "organisation", "hint", "claim", "discovery"):
        more.add_argument(f"--{setting}", default="", metavar="TEXT", help="see docs/sign-in.md")
    more.add_argument("--public", action="store_true", help="there is no client secret (PKCE alone)")
    invite = add(
        "invite", "print a letter's code and link with which somebody signs in once, without a provider", _invite
    )
    invite.add_argument("who", metavar="WHO", help="username, e-mail address or roster identifier")
    invite.add_argument("--school", required=True, metavar="SLUG", help="short name of the school")
    invite.add_argument("--reset", action="store_true", help="end passkeys and sessions first: the phone is lost")

    notices = commands.add_parser("notices", help="pushes and mails").add_subparsers(required=True)
    retry = add(
        "retry", "let what was given up begin anew; the rules are asked again before it leaves", _retry, notices
    )
    retry.add_argument("--school", metavar="SLUG", help="short name of the school; otherwise all of them")

    erasures = commands.add_parser("erasures", help="people who were erased").add_subparsers(required=True)
    again = add(
        "apply",
        "after a backup was put back: erase again who had been erased since, by the ledger",
        _erasures,
        erasures,
    )
    again.add_argument("--ledger", metavar="FILE", type=Path, help="otherwise erasures.jsonl in the data folder")

    demo = commands.add_parser("demo", help="the demo school").add_subparsers(required=True)
    seed = add("seed", "load the demo school where there is no school yet", _demo_seed, demo)
    seed.add_argument("--school", metavar="ZIP", type=Path, help="a OneRoster zip instead of the built-in school")
    seed.add_argument("--people", metavar="FILE", type=Path, help="write the demo people there, as JSON")

    add("openapi", "write the API's description to standard output", _openapi)
    add("status", "say whether Driehoek runs here, and where", _status)
    add("secrets", "make the secrets that a production installation needs", _secrets)
    return parser


def _settings() -> Settings:
    """Complete the environment with the running installation, for this process and what it imports, and read it."""
    from server import settings
    from server.platform import instance

    os.environ.update(instance.environment(os.environ))
    return settings.load(os.environ)


def _need_database(settings: Settings) -> None:
    if not settings.database_url:
        raise Trouble(
            f"Nothing was ever started in {settings.data}: say make run first, point DRIEHOEK_DATA to the folder "
            "of a running installation, or set DRIEHOEK_DATABASE_URL."
        )


def _up(chosen: argparse.Namespace) -> int:
    from server import settings
    from server.platform.supervise import up

    if os.environ.get("DRIEHOEK_MODE", "demo") != "demo":
        raise Trouble("`driehoek up` is for trying out (demo mode): production has bootstrap, migrate, serve and work.")
    wanted = settings.load(os.environ)
    return up(wanted.data, host=wanted.host, port=wanted.port, school=chosen.school)


async def _check_role(url: str) -> None:
    """Connect once and refuse a role that row-level security does not bind."""
    import asyncpg

    from server.platform.roles import refuse_superuser

    try:
        connection = await asyncpg.connect(url, timeout=15)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Trouble(f"The database does not answer ({error}): check DRIEHOEK_DATABASE_URL.") from None
    try:
        await refuse_superuser(connection)
    finally:
        await connection.close()


def _serve(chosen: argparse.Namespace) -> int:
    import uvicorn

    from server.platform import live

    settings = _settings()
    _need_database(settings)
    asyncio.run(_check_role(settings.database_url))
    _refuse_taken(settings.host, settings.port)
    config = uvicorn.Config(
        "server.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,  # the app logs for itself, without addresses of people
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=3,
    )

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Streams never end by themselves: without this every stop would wait for its longest patience.
            live.close_all()
            super().handle_exit(sig, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # All that is there by now stays: the collector need not look through it again whenever large answers are made, nor at each
            # of these answers while it is being made.
            gc.collect()
            gc.freeze()
            gc.set_threshold(10_000)

    Server(config).run()
    return 0


def _refuse_taken(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Trouble(f"Cannot listen on {host}:{port} ({error.strerror}): set another DRIEHOEK_PORT.") from None


def _work(chosen: argparse.Namespace) -> int:
    settings = _settings()
    _need_database(settings)
    asyncio.run(_check_role(settings.database_url))
    # By name: nothing imports the workers, and this only starts them.
    import_module("workers.main").run()
    return 0


def _mailcatcher(chosen: argparse.Namespace) -> int:
    from server.platform import mailcatcher

    settings = _settings()
    try:
        asyncio.run(mailcatcher.run(settings.mail_folder, settings.smtp.port))
    except OSError as error:
        raise Trouble(f"The mail catcher cannot start on port {settings.smtp.port}: {error.strerror}.") from None
    return 0


def _bootstrap(chosen: argparse.Namespace) -> int:
    from server.platform.roles import bootstrap

    settings = _settings()
    if not settings.superuser_database_url or not settings.owner_database_url:
        raise Trouble("Set DRIEHOEK_SUPERUSER_DATABASE_URL and DRIEHOEK_OWNER_DATABASE_URL for this command.")
    asyncio.run(bootstrap(settings.superuser_database_url, settings.owner_database_url, settings.database_url))
    print("Database and roles are as they must be.")
    return 0


def _migrate(chosen: argparse.Namespace) -> int:
    settings = _settings()
    if not settings.owner_database_url:
        _need_database(settings)
        raise Trouble("Set DRIEHOEK_OWNER_DATABASE_URL: migrations run as the owner of the tables.")
    from server.platform.migrate import forwards

    asyncio.run(forwards(settings.owner_database_url))
    print("The database is up to date.")
    return 0


def _language(asked: str | None = None) -> str:
    """The language of reports: as asked for, else by the person's locale, Dutch or English."""
    if asked:
        return asked
    named = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))), "")
    return "nl" if named.lower().startswith("nl") else "en"


def _roster_import(chosen: argparse.Namespace) -> int:
    settings = _settings()
    _need_database(settings)
    if not chosen.file.is_file():
        raise Trouble(f"There is no file {chosen.file}.")
    from server.platform.db import DatabaseDown
    from server.roster import report, service
    from server.roster.errors import BadSlugError, ManyLeaveError, RosterFileError

    try:
        summary = asyncio.run(
            service.import_file(
                chosen.file,
                chosen.school,
                dry_run=chosen.dry_run,
                create_school=True,
                confirm_leaving=chosen.confirm_leaving,
            )
        )
    except RosterFileError as error:
        print(report.describe_errors(error, _language(chosen.language)), file=sys.stderr)
        return 1
    except ManyLeaveError as error:
        raise Trouble(report.describe_many(error, _language(chosen.language))) from None
    except BadSlugError as error:
        raise Trouble(
            f"A school cannot be called {error.slug!r}: use lower-case letters, digits and hyphens."
        ) from None
    except DatabaseDown:
        raise Trouble("The database does not answer: is Driehoek running? (`driehoek status`)") from None
    print(report.describe(summary, _language(chosen.language)))
    return 0


def _roster_undo(chosen: argparse.Namespace) -> int:
    _need_database(_settings())
    from server.platform.db import DatabaseDown
    from server.platform.texts import text
    from server.roster import service
    from server.roster.errors import NothingToUndoError, UnknownSchoolError

    language = _language(chosen.language)
    try:
        asyncio.run(service.undo_last(chosen.school))
    except UnknownSchoolError:
        raise Trouble(text(language, "roster.report.no_school", school=chosen.school)) from None
    except NothingToUndoError:
        raise Trouble(text(language, "roster.report.nothing_to_undo", school=chosen.school)) from None
    except DatabaseDown:
        raise Trouble("The database does not answer: is Driehoek running? (`driehoek status`)") from None
    print(text(language, "roster.report.undone", school=chosen.school))
    return 0


def _grant(chosen: argparse.Namespace) -> int:
    _need_database(_settings())
    from server.people.granting import GivenRole, NobodyFoundError, grant

    try:
        name, new = asyncio.run(grant(chosen.school, chosen.who, GivenRole(chosen.role)))
    except NobodyFoundError as error:
        raise Trouble(str(error)) from None
    print(f"{name} is {chosen.role} now." if new else f"{name} was {chosen.role} already.")
    return 0


def _school_add(chosen: argparse.Namespace) -> int:
    settings = _settings()
    _need_database(settings)
    from server.errors import Invalid
    from server.operator.service import NewSchool, make_school
    from server.platform.texts import text

    wanted = NewSchool(chosen.slug, chosen.name, chosen.admin_name, chosen.admin_email)
    try:
        made = asyncio.run(make_school(wanted, settings))
    except Invalid as error:
        said = (text("en", f"field.{one.code}", **one.params) for one in error.errors)
        named = (one.pointer.removeprefix("/").replace("_", " ") for one in error.errors)
        raise Trouble("; ".join(f"{name}: {what}" for name, what in zip(named, said, strict=True))) from None
    print(f"There is a school {made.slug} now: {made.name}.")
    if made.admin:
        print(f"{made.admin} administers it, and is invited by mail.")
    print("What next:")
    if not made.admin:
        print(f"  driehoek grant admin WHO --school {made.slug}      after the first roster, who administers it")
    print(
        f"  driehoek roster import FILE.zip --school {made.slug}  its people and groups (or by the admin, under Roster)"
    )
    print("  the admin's pages                            sign-in with the school's accounts, roster, settings")
    return 0


def _provider_add(chosen: argparse.Namespace) -> int:
    settings = _settings()
    _need_database(settings)
    from server.signin.errors import BadProviderError, NoSuchSchoolError
    from server.signin.presets import BindBy, Details, PresetName
    from server.signin.providers import add_for_school
    from server.signin.schemas import ProviderBody

    secret = None
    if not chosen.public:
        # Never an argument: those are seen by everybody on the machine.
        secret = os.environ.get("DRIEHOEK_CLIENT_SECRET") or sys.stdin.readline().strip()
        if not secret:
            raise Trouble("Give the client secret on standard input or in DRIEHOEK_CLIENT_SECRET, or say --public.")
    details = {name: getattr(chosen, name) for name in Details.__struct_fields__}
    body = ProviderBody(
        preset=PresetName(chosen.preset),
        name=chosen.name or chosen.preset.capitalize(),
        client_id=chosen.client_id,
        bind_by=BindBy(chosen.bind_by),
        issuer=chosen.issuer,
        client_secret=secret,
        settings=Details(**details),
    )
    try:
        redirect = asyncio.run(add_for_school(chosen.school, body, settings))
    except (NoSuchSchoolError, BadProviderError) as error:
        raise Trouble(str(error)) from None
    print(f"People of {chosen.school} sign in at {settings.public_url}/s/{chosen.school}.")
    print(f"Register this redirect URI there: {redirect}")
    print(f"And this one for after signing out: {settings.public_url}/sign-in")
    return 0


def _invite(chosen: argparse.Namespace) -> int:
    settings = _settings()
    _need_database(settings)
    from server.access.invitations import invite_on_command
    from server.people.granting import NobodyFoundError

    try:
        name, token, link = asyncio.run(invite_on_command(chosen.school, chosen.who, settings, reset=chosen.reset))
    except NobodyFoundError as error:
        raise Trouble(str(error)) from None
    print(f"{name} signs in once within 14 days at\n\n    {link}\n\nor by typing {token} at {settings.public_url}/i.")
    return 0


def _retry(chosen: argparse.Namespace) -> int:
    _need_database(_settings())
    from server.errors import NotFound
    from server.notices.deliveries import retry_on_command
    from server.platform.db import DatabaseDown

    try:
        count = asyncio.run(retry_on_command(chosen.school))
    except NotFound:
        raise Trouble(f"There is no school {chosen.school}.") from None
    except DatabaseDown:
        raise Trouble("The database does not answer: is Driehoek running? (`driehoek status`)") from None
    print("Nothing was given up." if not count else f"{count} deliver{'y begins' if count == 1 else 'ies begin'} anew.")
    return 0


def _erasures(chosen: argparse.Namespace) -> int:
    settings = _settings()
    _need_database(settings)
    from server.platform.db import DatabaseDown
    from server.retention import ledger

    file = chosen.ledger or settings.ledger_file
    if not file.is_file():
        raise Trouble(f"There is no ledger {file}.")
    try:
        count = asyncio.run(ledger.apply(file))
    except DatabaseDown:
        raise Trouble("The database does not answer: is Driehoek running? (`driehoek status`)") from None
    print(
        "Nobody had come back."
        if not count
        else f"{count} {'person was' if count == 1 else 'people were'} erased again."
    )
    return 0


def _demo_seed(chosen: argparse.Namespace) -> int:
    import msgspec

    from server.demo import seed
    from server.roster import report
    from server.roster.errors import RosterFileError
    from server.settings import Mode

    settings = _settings()
    _need_database(settings)
    if settings.mode is Mode.PRODUCTION:
        raise Trouble("The demo school is for demo mode only.")

    async def run() -> None:
        await seed.seed(settings, chosen.school)
        if chosen.people:
            chosen.people.write_bytes(msgspec.json.encode(await seed.people(settings)))

    try:
        asyncio.run(run())
    except RosterFileError as error:
        print(report.describe_errors(error, _language()), file=sys.stderr)
        return 1
    return 0


def _openapi(chosen: argparse.Namespace) -> int:
    os.environ.setdefault("DRIEHOEK_MODE", "test")  # needs no running installation: only the routes are looked at
    from server.app import openapi

    sys.stdout.write(openapi().decode() + "\n")
    return 0


def _status(chosen: argparse.Namespace) -> int:
    from server.platform import instance

    data = Path(os.environ.get("DRIEHOEK_DATA") or ".driehoek")
    found = instance.read(data)
    if found is None or not instance.is_running(data):
        print(f"Driehoek does not run on {data}.")
        return 3
    print(f"Driehoek runs on {data} at http://localhost:{found.http_port} (process {found.process}).")
    print(f"PostgreSQL on port {found.postgres_port}, Redis on {found.redis_port}, mail catcher on {found.smtp_port}.")
    return 0


def _secrets(chosen: argparse.Namespace) -> int:
    import secrets

    from server.platform.vapid import new_private_key

    print(f"DRIEHOEK_SECRET={secrets.token_urlsafe(48)}")
    print(f"DRIEHOEK_VAPID_PRIVATE_KEY={new_private_key()}")
    print(f"DRIEHOEK_OPERATOR_TOKEN={secrets.token_urlsafe(48)}")
    for name in ("SUPERUSER", "OWNER", "APP", "REDIS"):
        print(f"{name}_PASSWORD={secrets.token_urlsafe(32)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
