"""`driehoek up` as a person meets it: one clear line when it cannot start, and nothing left when it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.platform import children, embedded, instance
from server.platform.children import Child
from tests.conftest import SCRATCH, Servers

HOLDER = """
import sys, time
from pathlib import Path
from server.platform import embedded, instance
home = Path(sys.argv[1])
place = embedded.PostgresPlace(home / "postgres", sys.argv[2])
postgres = embedded.start_postgres(place, port=int(sys.argv[3]), password="pw", log=home / "postgresql.log",
                                   settings=embedded.THROW_AWAY)
redis = embedded.start_redis(home / "redis", port=int(sys.argv[4]), password="pw", log=home / "redis.log")
print(postgres.process.pid, redis.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Path:
    """A folder that the account which runs PostgreSQL can reach (pytest's own tmp_path is closed to others)."""
    folder = SCRATCH / f"home-{time.time_ns()}"
    folder.mkdir(mode=0o711)
    return folder


def up(data: Path, port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `driehoek up` to its end."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DRIEHOEK_")}
    return subprocess.run(
        [sys.executable, "-m", "server.cli", "up", *arguments],
        env={**clean, "DRIEHOEK_DATA": str(data), "DRIEHOEK_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wait_until(true: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether `true` becomes true in time."""
    end = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return done


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed start says: exactly one line, and an exit code that tells."""
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_taken_port_is_told_in_one_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = one_line(up(home / "data", port))
    assert line == f"driehoek: Port {port} is taken by another program: choose another one with PORT=…"


def test_a_data_folder_that_is_a_file_is_told_in_one_line(home: Path) -> None:
    file = home / "file"
    file.touch()
    assert "is a file" in one_line(up(file, 8000))
    assert "cannot be written" in one_line(up(file / "below", 8000))


def test_a_data_folder_without_room_is_told_in_one_line(home: Path) -> None:
    # /proc takes no files, for root neither: as a full or read-only disk would.
    assert "The data folder /proc/driehoek cannot be written" in one_line(up(Path("/proc/driehoek"), 8000))


def test_a_school_that_is_not_there_is_told_in_one_line(home: Path) -> None:
    assert "There is no file" in one_line(up(home / "data", embedded.free_port(), "--school", "nowhere.zip"))


def test_a_running_one_keeps_its_folder(home: Path) -> None:
    running = instance.new()
    running.http_port, running.process = 8123, 42
    instance.write(home, running)
    with instance.lock(home):
        assert instance.is_running(home)
        line = one_line(up(home, embedded.free_port()))
    assert "already runs" in line
    assert "http://localhost:8123 (process 42)" in line
    assert not instance.is_running(home)


def test_a_database_without_its_passwords_is_not_touched(home: Path) -> None:
    (home / "postgres" / "cluster" / "18").mkdir(parents=True)
    assert "no instance.json" in one_line(up(home, embedded.free_port()))


def test_production_has_other_commands(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "up"],
        env={**os.environ, "DRIEHOEK_MODE": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "production has bootstrap, migrate, serve and work" in one_line(done)


def test_serve_refuses_unsafe_production_with_one_line_each() -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DRIEHOEK_")}
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve"],
        env={**clean, "DRIEHOEK_MODE": "production", "DRIEHOEK_DEMO_SIGN_IN": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("driehoek: ") for line in lines)


@pytest.mark.parametrize("command", ["serve", "work"])
def test_production_refuses_a_role_that_is_not_bound(command: str, servers: Servers) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", command],
        env={
            **os.environ,
            "DRIEHOEK_MODE": "production",
            "DRIEHOEK_PUBLIC_URL": "https://feedback.school.example",
            "DRIEHOEK_SMTP_FROM": "driehoek@school.example",
            "DRIEHOEK_DATABASE_URL": servers.url("driehoek_owner"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "owns tables" in one_line(done)


def test_kill_9_of_the_parent_leaves_nothing_and_the_next_start_works(home: Path) -> None:
    """The real servers under a parent that is killed twice, each time without a chance to clean up."""
    name = f"test-{home.name}"
    ports = [str(embedded.free_port()), str(embedded.free_port())]
    for _ in range(2):
        parent = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home), name, *ports], stdout=subprocess.PIPE, text=True
        )
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        assert all(children.birth(pid) for pid in pids)
        parent.kill()
        parent.wait()
        parent.stdout.close()
        assert wait_until(lambda pids=pids: not any(children.birth(pid) for pid in pids))


def test_a_stale_postmaster_lock_does_not_stop_the_start(home: Path) -> None:
    """After a power cut the number in postmaster.pid may belong to another process: here, to ourselves."""
    place = embedded.PostgresPlace(home / "postgres", f"test-{home.name}")

    def start() -> Child:
        return embedded.start_postgres(
            place,
            port=embedded.free_port(),
            password="pw",
            log=home / "postgresql.log",
            settings=embedded.THROW_AWAY,
        )

    start().stop()
    (place.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{place.cluster}\n1\n5432\n\n127.0.0.1\n")
    again = start()
    assert again.code is None
    again.stop()


def test_children_left_dying_are_waited_for(home: Path) -> None:
    stubborn = Child(
        "stubborn",
        [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"],
        log=home / "log",
    )
    children.remember(home / "children", [stubborn])
    children.outlive(home / "children", seconds=0.2)
    assert stubborn.wait(5)
    assert stubborn.code == -signal.SIGKILL
    assert not (home / "children").exists()


def test_another_process_with_a_noted_number_is_left_alone(home: Path) -> None:
    (home / "children").write_text(f"{os.getpid()} 1 9\n")
    children.outlive(home / "children", seconds=0.2)
    assert children.birth(os.getpid()) is not None


def test_the_passwords_are_for_the_owner_only(home: Path) -> None:
    instance.write(home, instance.new())
    assert (home / instance.FILE).stat().st_mode & 0o777 == 0o600


def test_a_command_finds_the_running_installation_by_its_data_folder(home: Path) -> None:
    kept = instance.new()
    kept.http_port, kept.postgres_port = 8123, 5433
    instance.write(home, kept)
    found = instance.environment({"DRIEHOEK_DATA": str(home)})
    assert found["DRIEHOEK_PORT"] == "8123"
    assert found["DRIEHOEK_DATABASE_URL"] == kept.database_url("driehoek_app")
    assert instance.environment({"DRIEHOEK_DATA": str(home), "DRIEHOEK_PORT": "9"})["DRIEHOEK_PORT"] == "9"


def test_production_never_reads_an_instance(home: Path) -> None:
    instance.write(home, instance.new())
    only = {"DRIEHOEK_DATA": str(home), "DRIEHOEK_MODE": "production"}
    assert instance.environment(only) == only


def test_a_closed_data_folder_still_gets_a_database(home: Path) -> None:
    """Root's PostgreSQL runs as nobody, who cannot enter a closed folder: its files go elsewhere, and stay there."""
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    name = f"test-{home.name}"
    try:
        for _ in range(2):
            place = embedded.PostgresPlace(closed / "postgres", name)
            assert place.moved == embedded.is_root()
            place._copy_programs(name)  # as when the checkout is closed too
            started = embedded.start_postgres(
                place,
                port=embedded.free_port(),
                password="pw",
                log=home / "postgresql.log",
                settings=embedded.THROW_AWAY,
            )
            assert started.code is None
            started.stop()
    finally:
        shutil.rmtree(embedded.PLACES_OUTSIDE[0] / f"driehoek-{name}")
