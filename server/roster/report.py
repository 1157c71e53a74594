"""What an import did, in words for the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from server.platform.texts import text
from server.roster.errors import ManyLeaveError, RosterFileError
from server.roster.model import Problem, Severity
from server.roster.service import ImportSummary


def describe(summary: ImportSummary, lang: str) -> str:
    """A small table of what is new, changed, ended and unchanged per kind, then the changed fields and warnings."""
    say = partial(text, lang)
    head = "nothing" if summary.nothing else "preview" if summary.dry_run else "imported"
    lines = [say(f"roster.report.{head}", file=_printable(summary.file), school=summary.school), ""]
    if summary.new_school:
        lines.insert(1, say("roster.report.new_school", school=summary.school))
    columns = [say(f"roster.report.{name}") for name in ("new", "changed", "ended", "unchanged")]
    rows = [
        [say(f"roster.kind.{one.kind}"), *map(str, (one.created, one.changed, one.ended, one.unchanged))]
        for one in summary.changes
    ]
    lines += _table([["", *columns], *rows])
    for one in summary.changes:
        if one.fields:
            fields = ", ".join(f"{say(f'roster.field.{name}')} ({count})" for name, count in one.fields.items())
            lines += ["", say("roster.report.fields", kind=say(f"roster.kind.{one.kind}"), fields=fields)]
    if summary.warnings:
        lines += ["", say("roster.report.warnings", count=len(summary.warnings))]
        lines += [_sentence(problem, lang) for problem in summary.warnings]
    return "\n".join(lines)


def describe_errors(error: RosterFileError, lang: str) -> str:
    """Every error with its place, then the warnings, then that nothing was changed."""
    say = partial(text, lang)
    errors = [problem for problem in error.problems if problem.severity is Severity.ERROR]
    warnings = [problem for problem in error.problems if problem.severity is Severity.WARNING]
    lines = [_sentence(problem, lang) for problem in errors]
    if warnings:
        lines += ["", say("roster.report.warnings", count=len(warnings))]
        lines += [_sentence(problem, lang) for problem in warnings]
    end = "error" if len(errors) == 1 else "errors"
    return "\n".join([*lines, "", say(f"roster.report.{end}", count=len(errors), file=_printable(error.name))])


def describe_many(error: ManyLeaveError, lang: str) -> str:
    """Why an import stopped, and how to say that it is meant."""
    return text(lang, "roster.report.confirm", leave=error.leaving, total=error.present)


def sentence(problem: Problem, lang: str) -> str:
    """What is the matter, in words."""
    params = {name: _printable(value) for name, value in problem.params.items()}
    return text(lang, f"roster.problem.{problem.code}", **params)


def place(problem: Problem, lang: str) -> str:
    """File, line and column, as far as it has them."""
    parts = [_printable(problem.file)]
    if problem.line is not None:
        parts.append(text(lang, "roster.report.line", line=problem.line))
    if problem.column is not None:
        parts.append(text(lang, "roster.report.column", column=_printable(problem.column)))
    return ", ".join(parts)


def _sentence(problem: Problem, lang: str) -> str:
    return f"{place(problem, lang)}: {sentence(problem, lang)}"


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Rows with the first column to the left and the numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *numbers in rows:
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        yield "   ".join([first.ljust(widths[0]), *cells]).rstrip()


def _printable(value: str) -> str:
    """File contents go to a terminal: nothing in them may steer it."""
    return "".join(char if char.isprintable() else "�" for char in value)
