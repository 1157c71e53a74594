"""From a report to what a template is told about it. Pure: it words and shortens, and decides nothing about who sees what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from server.plans.schemas import Plan
from server.platform.texts import text
from server.reports.schemas import Report, SubjectFeedback
from server.rules.facts import Party, PlanState, Stoplight

Kind = Literal["report", "talk_sheet"]

CARE: Final = (Stoplight.WARNING, Stoplight.ATTENTION)
STEPS: Final = ("proud", "improve", "how", "help", "when")
TALKED_OVER: Final = ("improve", "how")
"""The steps of a plan that stand on a talk sheet, which has one page."""
MOST_CARE: Final = 5
MOST_AGREED: Final = 3
SHORT: Final = 150
"""Characters of a text on a talk sheet."""
OWN_COLOUR: Final = "#0b6070"


@dataclass(frozen=True, slots=True)
class School:
    """How a school looks on paper."""

    name: str
    zone: str
    accent: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One student's report, and who mentors the student."""

    report: Report
    mentors: Sequence[str]


class Wording:
    """Fixed words and dates in one language."""

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self._zone = ZoneInfo(zone)

    def __call__(self, key: str, **params: object) -> str:
        return text(self.language, f"paper.{key}", **params)

    def day(self, when: date | datetime | None) -> str:
        """`12 november 2026`, in the school's zone."""
        if when is None:
            return ""
        if isinstance(when, datetime):
            when = when.astimezone(self._zone).date()
        return f"{when.day} {self(f'month.{when.month}')} {when.year}"


def document(
    kind: Kind, title: str, round_name: str, school: School, sheets: Iterable[Sheet], language: str
) -> dict[str, Any]:
    """All that a template is told."""
    words = Wording(language, school.zone)
    page = _report if kind == "report" else _talk_sheet
    return {
        "title": title,
        "language": language,
        "round": round_name,
        "school": {
            "name": school.name,
            "accent": school.accent or OWN_COLOUR,
            "logo_alt": words("logo", school=school.name),
        },
        "words": _words(words),
        "students": [page(sheet, words) for sheet in sheets],
    }


def _words(words: Wording) -> dict[str, Any]:
    plain = (
        "feedback", "subject", "remark", "action", "nothing", "missing", "message", "decisions", "plan", "no_plan", "agreements",
        "no_agreements", "what", "who", "due", "done", "signatures", "care", "notes", "new_agreements",
    )  # fmt: skip
    return {
        **{name: words(name) for name in plain},
        "lights": {light.value: words(f"light.{light.value}") for light in Stoplight},
        "signers": [words("signer.student"), words("signer.guardian"), words("signer.mentor")],
    }


def _head(sheet: Sheet, words: Wording) -> dict[str, Any]:
    student = sheet.report.student
    mentors = ", ".join(sheet.mentors)
    about = [student.home_group or "", words("mentor", names=mentors) if mentors else ""]
    return {
        "name": student.name,
        "group": student.home_group or "",
        "about": " · ".join(part for part in about if part),
    }


def _report(sheet: Sheet, words: Wording) -> dict[str, Any]:
    report = sheet.report
    return {
        **_head(sheet, words),
        "state": _state(report, words),
        "subjects": [_subject(each, each.stoplight, words) for each in report.subjects if each.stoplight is not None],
        "missing": ", ".join(each.subject for each in report.subjects if each.stoplight is None and not each.until),
        "message": report.message.text if report.message is not None else "",
        "decisions": [each.text for each in report.decisions],
        "shared": report.share is not None,
        "plan": _plan(report, words),
        "agreements": [
            {
                "what": each.what,
                "who": each.owner_name or words(f"party.{each.party.value}"),
                "due": words.day(each.due_on),
                "done": words.day(each.done_at),
            }
            for each in report.agreements
        ],
    }


def _state(report: Report, words: Wording) -> str:
    """How the paper stands to what the student has read."""
    share = report.share
    if share is None:
        return words("not_shared")
    key = "shared_guardians" if share.guardians else "shared"
    told = words(key, day=words.day(share.shared_at), number=share.number)
    return f"{told} {words('changed_since')}" if share.changed_since else told


def _subject(each: SubjectFeedback, light: Stoplight, words: Wording) -> dict[str, Any]:
    until = words("until", day=words.day(each.until)) if each.until else ""
    return {
        "subject": each.subject,
        "light": light.value,
        "was": words("was", light=words(f"light.{each.was.stoplight.value}"), round=each.was.round_name)
        if each.was is not None
        else None,
        "by": " · ".join(part for part in (", ".join(each.teachers), each.group, until) if part),
        "remark": each.remark,
        "action": each.action,
        "note": "" if each.complete or each.until else words("incomplete"),
    }


def _handed_in(plan: Plan | None) -> Any | None:
    """The plan as it was last handed in: a draft is the student's alone, also on the student's own paper."""
    return plan.versions[-1] if plan is not None and plan.versions else None


def _plan(report: Report, words: Wording) -> dict[str, Any] | None:
    version = _handed_in(report.plan)
    if version is None:
        return None
    subjects = {each.feedback_id: each.subject for each in report.subjects}
    steps = [
        {"label": words(f"step.{name}"), "text": getattr(version.content, name)}
        for name in STEPS
        if getattr(version.content, name).strip()
    ]
    steps += [
        {"label": words("answer", subject=subjects[feedback_id]) if feedback_id in subjects else words("answers"),
         "text": answer}
        for feedback_id, answer in version.content.answers.items()
        if answer.strip()
    ]  # fmt: skip
    key = "concluded" if report.plan is not None and report.plan.state is PlanState.CONCLUDED else "handed_in"
    return {"handed_in": words(key, day=words.day(version.handed_in_at)), "steps": steps}


def _talk_sheet(sheet: Sheet, words: Wording) -> dict[str, Any]:
    report = sheet.report
    given = [each for each in report.subjects if each.stoplight is not None]
    care = sorted((each for each in given if each.stoplight in CARE), key=lambda each: CARE.index(each.stoplight))
    version = _handed_in(report.plan)
    return {
        **_head(sheet, words),
        "subjects": [{"subject": shorten(each.subject, 24), "light": each.stoplight} for each in given],
        "care": [
            {"subject": shorten(each.subject, 40), "text": shorten(each.action or each.remark)}
            for each in care[:MOST_CARE]
        ],
        "steps": []
        if version is None
        else [
            {"label": words(f"step.{name}"), "text": shorten(getattr(version.content, name))}
            for name in TALKED_OVER
            if getattr(version.content, name).strip()
        ],
        "agreed": [_agreed(each.what, each.party, words) for each in report.agreements[:MOST_AGREED]],
    }


def _agreed(what: str, party: Party, words: Wording) -> str:
    return f"{shorten(what)} ({words(f'party.{party.value}')})"


def shorten(said: str, most: int = SHORT) -> str:
    """One line of at most so many characters, at the end of a word where there is one."""
    line = " ".join(said.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    whole, space, _ = cut.rpartition(" ")
    return f"{whole if space and len(whole) > most // 2 else cut}…"


# --- names of files ---------------------------------------------------------------------------------------------------

_FORBIDDEN: Final[Mapping[int, str | None]] = {ord(char): "-" for char in '/\\:*?"<>|'} | dict.fromkeys(range(32))
LONGEST_NAME: Final = 120


def file_name(*parts: str, end: str) -> str:
    """A name that every system takes."""
    said = " ".join(" – ".join(part for part in parts if part).translate(_FORBIDDEN).split())
    return f"{said[:LONGEST_NAME].strip(' .') or 'Driehoek'}.{end}"
