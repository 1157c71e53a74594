"""A scratch installation to measure on: PostgreSQL with its usual settings, Redis, a migrated database, the server."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.platform import embedded, instance, roles
from server.platform.children import Child

ROOT = Path(__file__).parent.parent


class Missing(Exception):
    """Something that is needed for measuring is not there; the text is one line that says what to do."""


def make_school(target: Path, students: int = 1200) -> Path:
    """Write the school to measure with, by the script that all measurements share.

    Raises:
        Missing: there is no such script.
    """
    shared = Path(os.environ.get("DRIEHOEK_SHARED") or ROOT.parent / "shared")
    script = shared / "roster" / "make_school.py"
    if not script.is_file():
        raise Missing(f"There is no {script}: set DRIEHOEK_SHARED to the folder that has roster/make_school.py.")
    subprocess.run([sys.executable, script, target, "--students", str(students)], check=True, stdout=subprocess.DEVNULL)
    return target


@dataclass(frozen=True)
class Installation:
    """Running servers and the environment in which our commands find them."""

    folder: Path
    instance: instance.Instance
    postgres: int
    """Process id of the postmaster."""

    @property
    def environment(self) -> dict[str, str]:
        """For every process of ours."""
        return {
            **os.environ,
            **self.instance.environment(),
            "DRIEHOEK_DATA": str(self.folder / "data"),
            "PYTHONPATH": str(ROOT),
        }

    def command(self, *arguments: str) -> float:
        """Run one of our commands; the seconds it took, Python's own start included."""
        return self.measured(*arguments)[0]

    def measured(self, *arguments: str) -> tuple[float, float]:
        """Run one of our commands; the seconds it took, Python's own start included, and the most memory it had, in MB."""
        started = time.perf_counter()
        with tempfile.TemporaryFile() as said:
            child = subprocess.Popen(
                [sys.executable, "-m", "server.cli", *arguments], env=self.environment, stdout=said, stderr=said
            )
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - started
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                said.seek(0)
                raise RuntimeError(f"driehoek {' '.join(arguments)} failed:\n{said.read().decode()}")
        return seconds, usage.ru_maxrss / 1024


@contextmanager
def scratch() -> Iterator[Installation]:
    """A fresh installation in a folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="driehoek-bench-"))
    folder.chmod(0o711 if embedded.is_root() else 0o700)
    now = instance.new()
    now.http_port, now.postgres_port, now.redis_port = (embedded.free_port() for _ in range(3))
    place = embedded.PostgresPlace(folder / "postgres", folder.name)
    running: list[Child] = []
    try:
        running.append(
            embedded.start_postgres(
                place, port=now.postgres_port, password=now.superuser_password, log=folder / "postgresql.log"
            )
        )
        running.append(
            embedded.start_redis(
                folder / "redis", port=now.redis_port, password=now.redis_password, log=folder / "redis.log"
            )
        )
        owner, app = now.database_url("driehoek_owner"), now.database_url("driehoek_app")
        asyncio.run(roles.bootstrap(now.database_url("postgres", "postgres"), owner, app))
        found = Installation(folder, now, running[0].process.pid)
        found.command("migrate")
        yield found
    finally:
        for child in reversed(running):
            child.stop(5)
        if place.moved:
            shutil.rmtree(place.folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def process(name: str, arguments: list[str], port: int, environment: Mapping[str, str], log: Path) -> Iterator[Child]:
    """A server that answers on `port`."""
    child = Child(name, [sys.executable, "-m", *arguments], log=log, env=environment)
    try:
        until_ready(child, port)
        yield child
    finally:
        child.stop(5)


def until_ready(child: Child, port: int, seconds: float = 60) -> None:
    """Wait until `/health/ready` answers.

    Raises:
        RuntimeError: the process ended, or time is over.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if child.code is not None or time.monotonic() > end:
            raise RuntimeError(f"{child.name} did not become ready:\n{child.last_words(20)}")
        time.sleep(0.02)


PREFERRED = -15


def prefer(*processes: int, by: int = PREFERRED) -> None:
    """Ask the kernel to serve the sessions of these processes before everything else on the machine.

    For measuring on a machine that others use too; only root may ask, and only where Linux groups processes by session.

    Raises:
        Missing: it cannot be asked for here.
    """
    for process in processes:
        try:
            Path(f"/proc/{process}/autogroup").write_text(str(by))
        except OSError as error:
            raise Missing(f"--prefer needs root and Linux with autogroups ({error.strerror}): leave it out.") from None
