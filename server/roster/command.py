"""`driehoek roster import`: the import with its outcome as an exit code and words."""

from __future__ import annotations

from pathlib import Path

from server.roster.errors import BadSlugError, RosterFileError
from server.roster.report import describe, describe_bad_slug, describe_errors
from server.roster.service import import_file


async def run(path: Path, school: str, language: str, *, dry_run: bool) -> tuple[int, str]:
    """Import a file into a school, which is made when it is new; the exit code (1: nothing was changed) and what to say."""
    try:
        summary = await import_file(path, school, dry_run=dry_run, create_school=True)
    except RosterFileError as error:
        return 1, describe_errors(error, language)
    except BadSlugError as error:
        return 1, describe_bad_slug(error, language)
    return 0, describe(summary, language)
