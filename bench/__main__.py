"""The performance figures as JSON lines {name, value, unit, versus, ratio}.

    python -m bench [NAME …] [--rounds N] [--saves N] [--reads N] [--prefer]

NAME: save, overview, progress, import, roster, notices, figures, exports, pdf, start (default: all). `versus` is the same figure of the
bare handler where there is one, and `ratio` ours in parts of it. What each round gave goes to standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from bench import compare, data, exports, figures, notices, pdf, progress
from bench.installation import ROOT, Installation, Missing, make_school, prefer, scratch
from server.platform import embedded

NAMES = ("save", "overview", "progress", "import", "roster", "notices", "figures", "exports", "pdf", "start")
SLUG = "bench"


def tell(name: str, value: float, unit: str, versus: float | None = None, ratio: float | None = None) -> None:
    """One line of the result."""
    line = {"name": name, "value": round(value, 3), "unit": unit, "versus": None, "ratio": None}
    if versus is not None:
        line["versus"] = round(versus, 3)
        line["ratio"] = round(value / versus if ratio is None else ratio, 3)
    print(json.dumps(line), flush=True)


def tell_compared(name: str, what: str, found: compare.Compared, versus: str) -> None:
    """Requests per second and CPU of one comparison."""
    rate, server, postgres = (lambda r: r.per_second), (lambda r: r.server_ms), (lambda r: r.postgres_ms)
    tell(name, found.middle("ours", rate), f"{what}/s", found.middle(versus, rate), found.ratio(versus))
    tell(f"{name}_cpu", found.middle("ours", server), "ms server CPU", found.middle(versus, server))
    tell(f"{name}_postgres_cpu", found.middle("ours", postgres), "ms PostgreSQL CPU", found.middle(versus, postgres))


def school(installation: Installation, telling: bool) -> data.School:
    """Import the school, twice, and fill it."""
    zip_file = make_school(installation.folder / "school.zip")
    first = installation.command("roster", "import", str(zip_file), "--school", SLUG)
    if telling:
        again = installation.command("roster", "import", str(zip_file), "--school", SLUG)
        tell("import_school", first, "s")
        tell("import_school_unchanged", again, "s")
    return asyncio.run(data.fill(installation.instance.database_url("postgres"), SLUG))


LARGE = 8000
"""So many students have 24,000 users around them."""


def roster(installation: Installation) -> None:
    """Preview, apply, look again, with the school of 1,200 students; and the memory that 24,000 users take."""
    usual, large = make_school(installation.folder / "usual.zip"), make_school(installation.folder / "large.zip", LARGE)
    tell("roster_preview_new", installation.command("roster", "preview", str(usual), "--school", "usual"), "s")
    tell("roster_apply", installation.command("roster", "import", str(usual), "--school", "usual"), "s")
    tell("roster_preview_same", installation.command("roster", "preview", str(usual), "--school", "usual"), "s")
    tell("roster_unchanged", installation.command("roster", "import", str(usual), "--school", "usual"), "s")
    tell("roster_undo", installation.command("roster", "undo", "--school", "usual"), "s")
    for name in ("first", "again"):
        seconds, memory = installation.measured("roster", "import", str(large), "--school", "large")
        tell(f"roster_large_{name}", seconds, "s")
        tell(f"roster_large_{name}_memory", memory, "MB")


def start() -> None:
    """`make run` on a scratch data folder: the first start with all its work, and the second.

    Installing and building come before it and are not in the figure.
    """
    subprocess.run(["make", "install", "build"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="driehoek-start-") as folder:
        Path(folder).chmod(0o711)
        first, second = (_run(Path(folder) / "data") for _ in range(2))
    tell("start_first", first, "s")
    tell("start_warm", second, "s")


def _run(folder: Path) -> float:
    port = embedded.free_port()
    started = time.perf_counter()
    with subprocess.Popen(
        ["make", "--no-print-directory", "run", f"PORT={port}", f"DATA={folder}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as child:
        said = []
        try:
            for line in child.stdout or ():
                said.append(line)
                if "is ready at" in line:
                    return time.perf_counter() - started
            raise RuntimeError("make run failed:\n" + "".join(said))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGINT)
            child.communicate(timeout=60)


def main() -> int:
    """Measure what was asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Driehoek.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; default all")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of each side, taking turns (default 10)")
    parser.add_argument("--saves", type=int, default=800, help="saves in a round (default 800)")
    parser.add_argument("--reads", type=int, default=800, help="reports read in a round (default 800)")
    parser.add_argument("--prefer", action="store_true", help="before others on a busy machine (root on Linux)")
    chosen = parser.parse_args()
    names = chosen.names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    print(f"# load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", file=sys.stderr)
    try:
        if {"save", "overview", "progress", "import"} & set(names):
            with scratch() as installation:
                measure(installation, names, chosen)
        if "roster" in names:
            with scratch() as installation:
                roster(installation)
        if "notices" in names:
            with scratch() as installation:
                notices.measure(installation, school(installation, telling=False), tell, preferred=chosen.prefer)
        if "figures" in names:
            with scratch() as installation:
                figures.measure(installation, school(installation, telling=False), tell)
        if "exports" in names:
            with scratch() as installation:
                exports.measure(installation, school(installation, telling=False), tell)
        if "pdf" in names:
            with scratch() as installation:
                pdf.measure(installation, school(installation, telling=False), tell)
        if "start" in names:
            start()
    except (Missing, embedded.Trouble) as missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 1
    return 0


def measure(installation: Installation, names: Collection[str], chosen: argparse.Namespace) -> None:
    """All that is measured on the imported school."""
    filled = school(installation, "import" in names)
    if "progress" in names:
        progress.measure(installation, filled, chosen.rounds, tell)
    if not {"save", "overview"} & set(names):
        return
    with compare.sides(installation, filled) as servers:
        if chosen.prefer:
            prefer(os.getpid(), installation.postgres, *(side.pid for side in servers))
        if "save" in names:
            saves = compare.Saves(filled, filled.pairs[0].teacher)
            found = compare.compare(installation, servers, saves.next, ("one", "steps"), chosen.rounds, chosen.saves)
            tell_compared("save_vs_bare", "saves", found, "one")
            tell_compared("save_vs_bare_steps", "saves", found, "steps")
        if "overview" in names:
            reports = compare.Reports(filled)
            compare.same_content(servers, reports)
            found = compare.compare(installation, servers, reports.next, ("report",), chosen.rounds, chosen.reads)
            tell_compared("overview_vs_bare", "reports", found, "report")


if __name__ == "__main__":
    sys.exit(main())
