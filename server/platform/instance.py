"""What `driehoek up` remembers in `DATA/instance.json`, so that it starts again as it was and every command finds it.

The file holds passwords that were made for this folder alone and is readable for its owner only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

DATABASE = "driehoek"
FILE = "instance.json"


class DataFolderTrouble(Exception):
    """The data folder cannot be used; the text is one line that says what to do."""


class Instance(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One embedded installation. Ports are those of the last start."""

    secret: str
    superuser_password: str
    owner_password: str
    app_password: str
    redis_password: str
    http_host: str = "127.0.0.1"
    http_port: int = 0
    postgres_port: int = 0
    redis_port: int = 0
    smtp_port: int = 0
    postgres_folder: str = ""
    """Where the cluster lies; inside DATA, unless the account that runs PostgreSQL cannot get there."""
    process: int = 0
    """The supervisor's process id; meaningful only while the lock is held."""

    def database_url(self, role: str, database: str = DATABASE) -> str:
        """Address of `database` for `driehoek_app`, `driehoek_owner` or `postgres`."""
        password = {
            "postgres": self.superuser_password,
            "driehoek_owner": self.owner_password,
            "driehoek_app": self.app_password,
        }[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.postgres_port}/{database}"

    @property
    def redis_url(self) -> str:
        """Address of the embedded Redis."""
        return f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0"

    def environment(self) -> dict[str, str]:
        """This instance as `DRIEHOEK_…` variables."""
        return {
            "DRIEHOEK_MODE": "demo",
            "DRIEHOEK_HOST": self.http_host,
            "DRIEHOEK_PORT": str(self.http_port),
            "DRIEHOEK_DATABASE_URL": self.database_url("driehoek_app"),
            "DRIEHOEK_OWNER_DATABASE_URL": self.database_url("driehoek_owner"),
            "DRIEHOEK_REDIS_URL": self.redis_url,
            "DRIEHOEK_SECRET": self.secret,
            "DRIEHOEK_SMTP_HOST": "127.0.0.1",
            "DRIEHOEK_SMTP_PORT": str(self.smtp_port or 25),
        }


def new() -> Instance:
    """An instance that has not started yet, with passwords of its own."""
    made = [secrets.token_urlsafe(32) for _ in range(5)]
    return Instance(
        secret=made[0],
        superuser_password=made[1],
        owner_password=made[2],
        app_password=made[3],
        redis_password=made[4],
    )


def read(data: Path) -> Instance | None:
    """The instance kept in `data`, or None where none was ever started.

    Raises:
        DataFolderTrouble: the file is there but cannot be read.
    """
    file = data / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=Instance)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise DataFolderTrouble(
            f"{file} belongs to another user: choose a data folder of your own with DATA=…"
        ) from None
    except msgspec.MsgspecError:
        raise DataFolderTrouble(f"{file} is damaged: restore it, or start anew with another folder, DATA=…") from None


def write(data: Path, instance: Instance) -> None:
    """Keep `instance` in `data`; the file is never seen half written."""
    file = data / FILE
    fresh = file.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(instance), indent=2))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ`, completed with the running instance of its `DRIEHOEK_DATA`.

    What is set explicitly wins; a production environment is left alone.
    """
    if environ.get("DRIEHOEK_MODE") == "production" or environ.get("DRIEHOEK_DATABASE_URL"):
        return dict(environ)
    found = read(Path(environ.get("DRIEHOEK_DATA") or ".driehoek"))
    return {**(found.environment() if found else {}), **{key: value for key, value in environ.items() if value}}


def short_name(data: Path) -> str:
    """A name that is the same for the same folder, for places outside it."""
    return hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]


@contextmanager
def lock(data: Path) -> Iterator[None]:
    """Hold the folder for one supervisor. The system lets go of it when the process dies, however it dies.

    Raises:
        DataFolderTrouble: another supervisor holds it.
    """
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = read(data)
            where = f" at http://localhost:{running.http_port} (process {running.process})" if running else ""
            raise DataFolderTrouble(
                f"Driehoek already runs on {data}{where}: stop it first, or choose other ones with DATA=… and PORT=…"
            ) from None
        yield
    finally:
        os.close(handle)


def is_running(data: Path) -> bool:
    """True while a supervisor holds the folder."""
    try:
        handle = os.open(data / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)
