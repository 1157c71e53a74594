"""`driehoek up`: everything on one machine, started in order, stopped together.

One process (this one) holds the data folder's lock and is the parent of all others. Whatever ends it, they end too.
"""

from __future__ import annotations

import asyncio
import errno
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import asyncpg

from server.platform import children, embedded, instance, roles
from server.platform.children import Child
from server.platform.embedded import PostgresPlace, Trouble
from server.platform.instance import Instance
from server.settings import Refused

NEEDED_BYTES = 250 * 1024 * 1024
FULL_BYTES = 8 * 1024 * 1024
UNUSABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG}
LARGEST_LOG = 10 * 1024 * 1024
READY_SECONDS = 60.0
PASSED_ON = frozenset(
    {"DRIEHOEK_PUBLIC_URL", "DRIEHOEK_LOG_LEVEL", "DRIEHOEK_PUSH_ALLOWED_HOSTS", "DRIEHOEK_OPERATOR_TOKEN"}
)
"""What whoever starts it may set; everything else is this instance's own."""


class Stopped(BaseException):
    """Somebody asked us to stop. A BaseException: no handler for errors may swallow it."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def up(data: Path, *, host: str, port: int, school: Path | None) -> int:
    """Run the whole installation of `data` until Ctrl-C or SIGTERM; the exit code.

    Args:
        school: a OneRoster zip to load instead of the built-in demo school, when there is no school yet.
    """
    if os.environ.get("DRIEHOEK_PARENT") == "make":
        children.die_with_parent(signal.SIGTERM)  # a killed make takes us along, and us our children
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        try:
            _prepare(data)
        except OSError as error:
            raise Trouble(_folder_line(data, error)) from None
        with instance.lock(data):
            return _Supervisor(data.resolve(), host, port, school).run()
    except (Trouble, instance.DataFolderTrouble, Refused) as trouble:
        print(f"driehoek: {trouble}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in UNUSABLE:
            raise
        print(f"driehoek: {_folder_line(data, error)}", file=sys.stderr)
        return 1
    except Stopped:
        return 0


def _folder_line(data: Path, error: OSError) -> str:
    why = "is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "cannot be written"
    return f"The data folder {data} {why} ({error.strerror}): make room or rights, or choose another one with DATA=…"


def _prepare(data: Path) -> None:
    """Make the folder and see that it can be used, before anything slow begins."""
    if data.exists() and not data.is_dir():
        raise Trouble(f"{data} is a file: choose a folder with DATA=…")
    if not data.exists():
        data.mkdir(parents=True)
        # Root's PostgreSQL runs as nobody, who has to pass through; the files inside have modes of their own.
        data.chmod(0o711 if embedded.is_root() else 0o700)
    (data / "log").mkdir(mode=0o700, exist_ok=True)
    probe = data / ".probe"
    probe.write_bytes(b"\0" * 65536)
    probe.unlink()
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES and not (data / "postgres").exists():
        raise Trouble(
            f"The data folder {data} has only {free // 2**20} MB free and needs {NEEDED_BYTES // 2**20} MB: "
            "make room, or choose another one with DATA=…"
        )


class _Supervisor:
    def __init__(self, data: Path, host: str, port: int, school: Path | None) -> None:
        self.data = data
        self.host = host
        self.port = port
        self.school = school
        self.logs = data / "log"
        self.children: list[Child] = []

    def run(self) -> int:
        started = time.monotonic()
        if self.school is not None and not self.school.is_file():
            raise Trouble(f"There is no file {self.school}: SCHOOL= takes a OneRoster zip.")
        self._refuse_taken_port()
        children.outlive(self.data / "children")
        try:
            self._start()
            listed = self._prepare_database()
            self._start_ours(listed)
            people: list[dict[str, str]] = json.loads((self.data / "people.json").read_text())
            self._tell(people, time.monotonic() - started)
            return self._watch()
        except Stopped:
            return 0
        finally:
            self._stop_all()

    # ------------------------------------------------------------------------------------------------------- start

    def _refuse_taken_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except PermissionError:
                raise Trouble(f"Port {self.port} is for root only: choose one above 1023, such as PORT=8000.") from None
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise Trouble(
                        f"Port {self.port} is taken by another program: choose another one with PORT=…"
                    ) from None
                raise Trouble(f"Cannot listen on {self.host}: {error.strerror}; choose another HOST=…") from None

    def _log(self, name: str) -> Path:
        file = self.logs / f"{name}.log"
        with suppress(FileNotFoundError):
            if file.stat().st_size > LARGEST_LOG:
                file.replace(file.with_suffix(".old.log"))
        file.touch(mode=0o600)
        return file

    def _add(self, child: Child) -> Child:
        self.children.append(child)
        children.remember(self.data / "children", self.children)
        return child

    def _start(self) -> None:
        known = instance.read(self.data)
        if known is None and (self.data / "postgres" / "cluster" / "18").exists():
            raise Trouble(f"{self.data} has a database but no instance.json with its passwords: choose another DATA=…")
        self.instance: Instance = known or instance.new()
        if known is None:
            self._note("First start: making a database in " + str(self.data))
        place = PostgresPlace(self.data / "postgres", instance.short_name(self.data))
        if place.moved:
            self._note(f"PostgreSQL keeps its files in {place.folder}, for nobody cannot reach {self.data}.")
        now = self.instance
        now.postgres_folder = str(place.folder)
        now.postgres_port = embedded.free_port(now.postgres_port)
        now.redis_port = embedded.free_port(now.redis_port)
        now.smtp_port = embedded.free_port(now.smtp_port)
        now.http_host, now.http_port, now.process = self.host, self.port, os.getpid()
        instance.write(self.data, now)
        self._add(
            embedded.start_postgres(
                place, port=now.postgres_port, password=now.superuser_password, log=self._log("postgresql")
            )
        )
        self._add(
            embedded.start_redis(
                self.data / "redis", port=now.redis_port, password=now.redis_password, log=self._log("redis")
            )
        )

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DRIEHOEK_")}
        passed = {key: value for key, value in os.environ.items() if key in PASSED_ON and value}
        return {**kept, **self.instance.environment(), "DRIEHOEK_DATA": str(self.data), **passed}

    def _command(self, name: str, log: str, *arguments: str) -> Child:
        return Child(
            name,
            [sys.executable, "-m", "server.cli", *arguments],
            log=self._log(log),
            env={**self._environment(), "PYTHONUNBUFFERED": "1"},
        )

    def _step(self, what: str, log: str, *arguments: str) -> None:
        """Run one of our commands to its end."""
        child = self._add(self._command(what, log, *arguments))
        while not child.wait(0.5):
            self._check()
        self.children.remove(child)
        if child.code != 0:
            raise Trouble(f"{what} failed:\n{child.last_words()}\n(all of it in {child.log})")

    def _prepare_database(self) -> bool:
        """Roles, migrations and, where there is no school yet, the demo school. True when it was loaded just now."""
        now = self.instance
        owner, app = now.database_url("driehoek_owner"), now.database_url("driehoek_app")
        asyncio.run(roles.bootstrap(now.database_url("postgres", "postgres"), owner, app))
        self._step("Migrating the database", "migrate", "migrate")
        if asyncio.run(_has_school(app)):
            if self.school is not None:
                self._note(
                    f"There is a school already, so {self.school.name} was not loaded: choose a new DATA=… for it."
                )
            return False
        self._note("Loading " + (self.school.name if self.school else "the demo school"))
        self._seed(["--school", str(self.school.resolve())] if self.school else [])
        return True

    def _seed(self, chosen: list[str]) -> None:
        """Load the demo school where there is none, and list the people to sign in as."""
        self._step(
            "Loading the demo school", "seed", "demo", "seed", "--people", str(self.data / "people.json"), *chosen
        )

    def _start_ours(self, listed: bool) -> None:
        self._add(self._command("Mail catcher", "mailcatcher", "mailcatcher"))
        self._add(self._command("Server", "server", "serve"))
        self._add(self._command("Worker", "worker", "work"))
        if not listed:
            self._seed([])  # beside the others, which take longer to start
        end = time.monotonic() + READY_SECONDS
        while not _ready(self.host, self.port):
            self._check()
            if time.monotonic() > end:
                raise Trouble(f"The server did not become ready within a minute; see {self._log('server')}")
            time.sleep(0.05)

    # ------------------------------------------------------------------------------------------------- run and stop

    def _check(self) -> None:
        for child in self.children:
            if child.code is not None and not (child.code == 0 and child.name.startswith(("Migrating", "Loading"))):
                full = shutil.disk_usage(self.data).free < FULL_BYTES
                hint = f" The data folder {self.data} is full: make room." if full else ""
                raise Trouble(
                    f"{child.name} stopped by itself (exit code {child.code}), so everything stops.{hint}\n"
                    f"{child.last_words()}\n(all of it in {child.log})"
                )

    def _watch(self) -> int:
        while True:
            self._check()
            time.sleep(0.2)

    def _stop_all(self) -> None:
        """Those that use the database first, then the database. A second Ctrl-C waits for nobody."""
        hurry = 0

        def faster(number: int, frame: FrameType | None) -> None:
            nonlocal hurry
            hurry += 1

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, faster)
        servers = {"PostgreSQL", "Redis"}
        for group in (
            [child for child in self.children if child.name not in servers],
            [child for child in self.children if child.name in servers],
        ):
            for child in group:
                child.ask_to_stop()
            for child in group:
                end = time.monotonic() + 10
                while not child.wait(0.1):
                    if hurry or time.monotonic() > end:
                        child.stop(0)
        (self.data / "children").unlink(missing_ok=True)

    # --------------------------------------------------------------------------------------------------------- tell

    def _note(self, text: str) -> None:
        print(f"· {text}", flush=True)

    def _tell(self, people: list[dict[str, str]], seconds: float) -> None:
        shown = "localhost" if self.host in {"127.0.0.1", "::1", "0.0.0.0", "::"} else self.host  # noqa: S104
        url = os.environ.get("DRIEHOEK_PUBLIC_URL") or f"http://{shown}:{self.port}"
        lines = ["", f"Driehoek is ready at {url} ({seconds:.1f} s). Ctrl-C stops it.", ""]
        if people:
            lines.append("Sign in as one of the demo people:")
            width = max(len(person["name"]) for person in people)
            last = ""
            for person in people:
                role = person["role"] if person["role"] != last else ""
                lines.append(f"  {role:<10} {person['name']:<{width}}  {person['about']}")
                last = person["role"]
            lines.append("")
        lines.append(f"Mails: {url}/demo/mail   Logs: {self.logs}")
        print("\n".join(lines), flush=True)


async def _has_school(app_url: str) -> bool:
    connection = await asyncpg.connect(app_url)
    try:
        return bool(await connection.fetchval("select exists (select 1 from school)"))
    finally:
        await connection.close()


def _ready(host: str, port: int) -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    line = http.client.HTTPConnection(target, port, timeout=5)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
