"""A student's own data as one download: a page to read, and the same as JSON to take elsewhere."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from server.audit import service as audit
from server.errors import require
from server.people.names import full_name
from server.plans.schemas import Plan, PlanContent
from server.platform import clock
from server.platform.pages import render
from server.platform.request import Me
from server.platform.texts import messages
from server.reports import own
from server.retention import queries
from server.rules import retention as rules
from server.rules import visibility
from server.rules.facts import Ties
from server.rules.roles import is_student

STEPS: Final = ("proud", "improve", "how", "help", "when")
"""The steps of a plan in their order."""
FORMAT: Final = 1
"""Of the JSON: another number, other fields."""


class Person(msgspec.Struct, frozen=True):
    """Who it is, as the school knows it."""

    name: str
    school: str
    username: str
    email: str
    birth_date: date | None
    grade: str
    sourced_id: str
    eck_id: str
    consents_report: bool
    consents_plan: bool
    guardians: list[str]


class Membership(msgspec.Struct, frozen=True):
    """A group one was or is in."""

    title: str
    subject: str
    begins_on: date | None
    ends_on: date | None


class SignedIn(msgspec.Struct, frozen=True):
    """A place where one is or was signed in."""

    label: str
    created_at: datetime
    seen_at: datetime


class Passkey(msgspec.Struct, frozen=True):
    """A passkey by its name."""

    name: str
    created_at: datetime


class Told(msgspec.Struct, frozen=True):
    """A notice one got."""

    kind: str
    created_at: datetime
    read_at: datetime | None


class OwnData(msgspec.Struct, frozen=True):
    """Everything."""

    format: int
    made_at: datetime
    person: Person
    groups: list[Membership]
    reports: list[own.OwnReport]
    reads: list[audit.OwnRead]
    sessions: list[SignedIn]
    passkeys: list[Passkey]
    notices: list[Told]


@dataclass(frozen=True, slots=True)
class Download:
    """A zip and its name."""

    name: str
    body: bytes


async def collect(me: Me) -> OwnData:
    """Everything that the viewer may read about the own person, by the rules that its pages ask.

    Raises:
        NotFound: the viewer is no student.
    """
    require(rules.take_own_data(me.viewer, student=is_student(me.roles)))
    require(visibility.read_access_log(me.viewer, Ties(is_student=True)))
    row = await queries.about(me.school_id, me.person_id)
    return OwnData(
        format=FORMAT,
        made_at=clock.now(),
        person=Person(
            name=_name(row),
            school=row["school"],
            username=row["username"],
            email=row["email"],
            birth_date=row["birth_date"],
            grade=row["grade"],
            sourced_id=row["sourced_id"],
            eck_id=row["eck_id"],
            consents_report=row["consents_report"],
            consents_plan=row["consents_plan"],
            guardians=[_name(one) for one in await queries.guardians(me.school_id, me.person_id)],
        ),
        groups=[Membership(**dict(one)) for one in await queries.groups(me.school_id, me.person_id)],
        reports=await own.of_myself(me),
        reads=await audit.reads_of(me.school_id, me.person_id),
        sessions=[SignedIn(**dict(one)) for one in await queries.signed_in_at(me.school_id, me.person_id)],
        passkeys=[Passkey(**dict(one)) for one in await queries.passkeys(me.school_id, me.person_id)],
        notices=[Told(**dict(one)) for one in await queries.notices(me.school_id, me.person_id)],
    )


def _name(row: Any) -> str:
    return full_name(row["given_name"], row["particle"], row["family_name"])


async def download(me: Me) -> Download:
    """The zip, in the viewer's language.

    Raises:
        NotFound: the viewer is no student.
    """
    data = await collect(me)
    zone = ZoneInfo(me.zone)
    name = {"nl": "mijn-gegevens", "en": "my-data"}[me.locale]
    words = messages(me.locale)
    page = render(
        "own_data.html",
        me.locale,
        data=data,
        steps=STEPS,
        asked=_asked(data),
        questions={one.feedback_id: one for report in data.reports for one in report.questions if one.asked_at},
        plans=_plans,
        day=lambda day: f"{day:%d-%m-%Y}",
        moment=lambda at: at.astimezone(zone).strftime("%d-%m-%Y %H:%M"),
        read=lambda what: words.get(f"own_data.read.{what}", words["own_data.read.other"]),
        told=lambda kind: words.get(f"notices.kind.{kind.replace('.', '_')}.label", kind),
    )
    body = io.BytesIO()
    # Not packed: it is small, and every reader of a phone opens it.
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as zipped:
        stamp = data.made_at.astimezone(zone).timetuple()[:6]
        for suffix, content in (("html", page.encode()), ("json", msgspec.json.format(msgspec.json.encode(data)))):
            zipped.writestr(zipfile.ZipInfo(f"{name}.{suffix}", stamp), content)
    return Download(f"{name}-{data.made_at.astimezone(zone):%Y-%m-%d}.zip", body.getvalue())


def _plans(plan: Plan) -> list[tuple[int | None, datetime | None, PlanContent]]:
    """The plan as it was handed in, version by version, and the draft where it says something else by now."""
    found: list[tuple[int | None, datetime | None, PlanContent]] = [
        (one.number, one.handed_in_at, one.content) for one in plan.versions
    ]
    if (
        plan.draft is not None
        and plan.draft != PlanContent()
        and not any(plan.draft == one for _, _, one in found[-1:])
    ):
        found.append((None, None, plan.draft))
    return found


def _asked(data: OwnData) -> dict[UUID, str]:
    """To which subject each answer in a plan belongs."""
    return {
        subject.feedback_id: subject.subject
        for report in data.reports
        for version in report.versions
        for subject in version.content.subjects
    }
