"""Child processes that never outlive their parent, not even when it is killed.

On Linux the kernel sends each child a signal when its parent dies (`PR_SET_PDEATHSIG`). Children run in sessions of
their own, so that Ctrl-C reaches only the parent, which then stops them in order.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
NOBODY = 65534
BACK = 15
"""How far work that nobody waits for steps back, as `nice` counts."""

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(how: signal.Signals) -> None:
    """Ask the kernel to send this process `how` when its parent dies. Does nothing where there is no such thing."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)


def give_way() -> None:
    """Let this process wait whenever others want the processor too.

    Linux may weigh whole sessions against each other first (autogroup); then a process that leads one steps back with it.
    """
    os.nice(BACK)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(BACK))


def _tether(how: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def run() -> None:
        die_with_parent(how)
        if os.getppid() != parent:  # it died before the kernel knew our wish
            os._exit(1)

    return run


class Child:
    """One running child and what is needed to stop it and to tell about it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        polite: signal.Signals = signal.SIGTERM,
        final: signal.Signals = signal.SIGKILL,
        env: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        cwd: Path | None = None,
    ) -> None:
        """Start `command`; its output goes to the end of `log`.

        Args:
            name: what the child is called in messages.
            polite: the signal that asks it to end; also sent by the kernel when we die.
            final: the signal for a child that does not listen.
            unprivileged: run as `nobody`; only root can ask for that.
        """
        self.name = name
        self.log = log
        self.polite = polite
        self.final = final
        account = {"user": NOBODY, "group": NOBODY, "extra_groups": ()} if unprivileged else {}
        with log.open("ab") as output:
            self.log_start = output.tell()
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_tether(polite),
                env=dict(env) if env is not None else None,
                cwd=cwd,
                **account,
            )

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        code: int | None = self.process.poll()
        return code

    def wait(self, seconds: float) -> bool:
        """Wait for its end for at most `seconds`; True when it has ended."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def ask_to_stop(self) -> None:
        """Send the polite signal."""
        self._send(self.polite)

    def stop(self, seconds: float = 10) -> None:
        """End it: politely, and for good after `seconds`."""
        self.ask_to_stop()
        if not self.wait(seconds):
            self._send(self.final)
            if not self.wait(5):
                self._send(signal.SIGKILL)
                self.process.wait()

    def _send(self, how: signal.Signals) -> None:
        if self.code is None:
            self.process.send_signal(how)

    def last_words(self, lines: int = 8) -> str:
        """The end of what it wrote since it started."""
        with self.log.open("rb") as stream:
            stream.seek(self.log_start)
            text = stream.read()[-8192:].decode("utf-8", "replace")
        return "\n".join(text.strip().splitlines()[-lines:])


def birth(pid: int) -> str | None:
    """A mark that tells process `pid` from a later one with the same number; None when it is gone (or a zombie)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[19]


def remember(file: Path, children: Sequence[Child]) -> None:
    """Note the running children, so that the next start can wait for those that a killed parent left dying."""
    lines = [f"{child.process.pid} {birth(child.process.pid)} {int(child.final)}\n" for child in children]
    file.write_text("".join(lines))


def outlive(file: Path, seconds: float = 15) -> None:
    """Wait until the children noted in `file` are gone; end those that are not after `seconds`."""
    try:
        noted = [line.split() for line in file.read_text().splitlines()]
    except FileNotFoundError:
        return
    left = [(int(pid), mark, int(final)) for pid, mark, final in noted]
    for pause_before_final in (True, False):
        end = time.monotonic() + seconds
        while (left := [one for one in left if birth(one[0]) == one[1]]) and time.monotonic() < end:
            time.sleep(0.05)
        if pause_before_final:
            for pid, _, final in left:
                os.kill(pid, final)
    file.unlink()
