"""What is kept about uploads, sources and imports, as the API shows it, in the reader's language."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from server.people.names import full_name
from server.platform.request import Me
from server.platform.texts import text
from server.roster.model import Problem
from server.roster.plan import Kind
from server.roster.preview import Names, Part, Preview
from server.roster.report import place, sentence
from server.roster.schemas import (
    ImportCounts,
    KindCounts,
    NameList,
    PreviewPart,
    RosterImport,
    RosterPreview,
    RosterProblem,
    RosterSource,
    Upload,
)


def problems_from(kept: str) -> tuple[Problem, ...]:
    """Problems as they were kept."""
    return msgspec.json.decode(kept, type=tuple[Problem, ...])


def show_problem(problem: Problem, lang: str) -> RosterProblem:
    """One problem in words."""
    return RosterProblem(
        severity=problem.severity.value,
        code=problem.code,
        place=place(problem, lang),
        text=sentence(problem, lang),
        file=problem.file,
        line=problem.line,
        column=problem.column,
    )


def show_preview(kept: str | None, me: Me) -> RosterPreview | None:
    """A preview in words."""
    if kept is None:
        return None
    lang = me.locale
    preview = msgspec.json.decode(kept, type=Preview)
    return RosterPreview(
        kinds=[
            KindCounts(
                kind=one.kind.value,
                label=text(lang, f"roster.kind.{one.kind}"),
                new=one.created,
                changed=one.changed,
                ended=one.ended,
                unchanged=one.unchanged,
                fields={text(lang, f"roster.field.{name}"): count for name, count in one.fields.items()},
            )
            for one in preview.kinds
        ],
        people=_part(preview.people),
        groups=_part(preview.groups),
        enrolments=_part(preview.enrolments),
        present=preview.present,
        leaving=preview.leaving,
        needs_confirmation=preview.needs_confirmation,
        nothing=preview.nothing,
        you_out=me.person_id in preview.admins_out,
        warnings=[show_problem(one, lang) for one in preview.warnings],
    )


def _part(part: Part) -> PreviewPart:
    def names(one: Names) -> NameList:
        return NameList(one.total, list(one.shown))

    return PreviewPart(names(part.new), names(part.changed), names(part.leaving))


def show_upload(row: Any, me: Me) -> Upload:
    """An upload as it stands."""
    return Upload(
        id=row["id"],
        filename=row["filename"],
        state=row["state"],
        changed=row["changed"],
        done=row["rows_done"],
        total=row["rows_total"],
        error=row["error"],
        message=_message(row["error"], me.locale),
        import_id=row["import_id"],
        uploaded_at=row["uploaded_at"],
        finished_at=row["finished_at"],
        problems=[show_problem(one, me.locale) for one in problems_from(row["problems"])],
        preview=show_preview(row["preview"], me),
    )


def show_source(row: Any, me: Me) -> RosterSource:
    """A source and its last result. The secret has no place here."""
    return RosterSource(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        base_url=row["base_url"],
        token_url=row["token_url"],
        client_id=row["client_id"],
        nightly=row["nightly"],
        state=row["state"],
        result=row["result"],
        result_at=row["result_at"],
        error=row["error"],
        message=_message(row["error"], me.locale),
        problems=[show_problem(one, me.locale) for one in problems_from(row["problems"])],
        preview=show_preview(row["preview"], me),
    )


def _message(error: str, lang: str) -> str | None:
    return text(lang, f"roster.error.{error}") if error else None


def show_import(row: Any, lang: str) -> RosterImport:
    """An import that was done."""
    say = partial(text, lang)
    counts = msgspec.json.decode(row["counts"])
    return RosterImport(
        id=row["id"],
        at=row["imported_at"],
        origin=row["origin"],
        name=row["name"],
        by=_name(row["given_name"], row["particle"], row["family_name"]),
        version=row["version"],
        counts=[
            ImportCounts(
                kind.value,
                say(f"roster.kind.{kind}"),
                counts[kind]["created"],
                counts[kind]["changed"],
                counts[kind]["ended"],
            )
            for kind in Kind
            if kind in counts
        ],
        undoable=row["undoable"],
        undone_at=row["undone_at"],
        undone_by=_name(row["undone_given"], row["undone_particle"], row["undone_family"]),
    )


def _name(given: str | None, particle: str | None, family: str | None) -> str | None:
    return full_name(given, particle or "", family or "") if given is not None else None
