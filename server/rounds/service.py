"""Rounds as organisers plan them: create, edit, look. What moves a round to another state is in acts.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, Stale, require
from server.platform import clock, db
from server.platform.markdown import to_html
from server.platform.request import Me
from server.rounds import pairs, queries
from server.rounds.facts import lock_name, round_facts
from server.rounds.schemas import (
    Audience,
    AudienceChoices,
    AudiencePreview,
    HomeGroupChoice,
    RequiredRules,
    RoundAnswer,
    RoundBody,
    RoundChange,
    RoundDetail,
    RoundSummary,
    SubjectChoice,
)
from server.rules import lifecycle, visibility
from server.rules.facts import RoundFacts

FRIDAY = 4
DEADLINE_HOUR = time(16, 0)
MOST_REMINDERS = 5


async def load(school_id: UUID, round_id: UUID) -> tuple[Any, RoundFacts]:
    """One round as a row and as facts.

    Raises:
        NotFound: this school has no such round.
    """
    row = await queries.find(school_id, round_id)
    if row is None:
        raise NotFound
    return row, round_facts(row)


def answer(row: Any) -> RoundAnswer:
    """What every act on a round answers."""
    return RoundAnswer(row["id"], row["version"], row["state"], row["only_groups"])


def audience_of(row: Any) -> Audience:
    """The audience of a round."""
    return msgspec.json.decode(row["audience"], type=Audience)


# --- looking ----------------------------------------------------------------------------------------------------------


async def list_rounds(me: Me) -> list[RoundSummary]:
    """All rounds of the school with their progress, for the organiser."""
    require(lifecycle.plan_rounds(me.viewer))
    counts = await queries.counts(me.school_id)
    return [_summary(row, *counts.get(row["id"], (0, 0))) for row in await queries.every(me.school_id)]


def _summary(row: Any, done: int, total: int) -> RoundSummary:
    return RoundSummary(
        id=row["id"],
        name=row["name"],
        state=row["state"],
        deadline=row["deadline"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        version=row["version"],
        done=done,
        total=total,
        only_groups=row["only_groups"],
        sharing=row["sharing"],
        mentors_watch=row["mentors_watch"],
    )


async def names(school_id: UUID, ids: list[UUID]) -> dict[UUID, str]:
    """Names of rounds, for the log of who did what."""
    return await queries.names(school_id, ids)


async def read_round(me: Me, round_id: UUID) -> RoundDetail:
    """One round: everything for the organiser, what concerns them for other staff."""
    row, facts = await load(me.school_id, round_id)
    require(visibility.see_round(me.viewer, facts))
    return _detail(row, planning=bool(lifecycle.plan_rounds(me.viewer)))


def _detail(row: Any, *, planning: bool) -> RoundDetail:
    return RoundDetail(
        id=row["id"],
        name=row["name"],
        state=row["state"],
        explanation_html=to_html(row["explanation"]),
        deadline=row["deadline"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        version=row["version"],
        required=msgspec.json.decode(row["required"], type=RequiredRules),
        sharing=row["sharing"],
        mentors_watch=row["mentors_watch"],
        closes_at=row["closes_at"],
        only_groups=row["only_groups"],
        explanation=row["explanation"] if planning else None,
        opens_at=row["opens_at"] if planning else None,
        audience=audience_of(row) if planning else None,
        based_on=row["based_on"] if planning else None,
        reminders=row["reminders"] if planning else None,
    )


# --- planning ---------------------------------------------------------------------------------------------------------


async def choices(me: Me) -> AudienceChoices:
    """What an audience can be made of today."""
    require(lifecycle.plan_rounds(me.viewer))
    groups = [
        HomeGroupChoice(row["id"], row["title"], row["level"], row["year"], row["students"])
        for row in await queries.home_groups(me.school_id)
    ]
    return AudienceChoices(
        levels=sorted({group.level for group in groups if group.level}),
        years=sorted({group.year for group in groups if group.year is not None}),
        home_groups=groups,
        subjects=[SubjectChoice(row["id"], row["code"], row["name"]) for row in await queries.subjects(me.school_id)],
    )


async def preview(me: Me, audience: Audience) -> AudiencePreview:
    """How many students, groups, teachers and pairs an audience comes to today.

    Raises:
        Invalid: it names groups or subjects that the school does not have.
    """
    require(lifecycle.plan_rounds(me.viewer))
    _refuse(await _audience_errors(me, audience))
    row = await pairs.preview(me.school_id, audience)
    return AudiencePreview(row["students"], row["groups"], row["teachers"], row["pairs"], row["groups_without_teacher"])


async def defaults(me: Me, based_on: UUID | None) -> RoundBody:
    """A filled form: from nothing with the school's defaults, or from another round."""
    require(lifecycle.plan_rounds(me.viewer))
    deadline = next_but_one_friday(clock.now(), me.zone)
    if based_on is None:
        required = await queries.required_default(me.school_id)
        rules = msgspec.json.decode(required, type=RequiredRules) if required else RequiredRules()
        return RoundBody(name="", deadline=deadline, required=rules)
    row, _ = await load(me.school_id, based_on)
    return RoundBody(
        name=row["name"],
        deadline=deadline,
        explanation=row["explanation"],
        audience=await _of_today(me, audience_of(row)),
        required=msgspec.json.decode(row["required"], type=RequiredRules),
        mentors_watch=row["mentors_watch"],
        sharing=row["sharing"],
        based_on=based_on,
        reminders=row["reminders"],
    )


def next_but_one_friday(now: datetime, zone: str) -> datetime:
    """Friday of next week at 16:00 in the school's zone; seen from a Friday, the one in two weeks."""
    local = now.astimezone(ZoneInfo(zone))
    ahead = (FRIDAY - local.weekday()) % 7 or 7
    return datetime.combine(local.date() + timedelta(days=ahead + 7), DEADLINE_HOUR, ZoneInfo(zone))


async def _of_today(me: Me, audience: Audience) -> Audience:
    """The audience of an earlier round as far as it still exists.

    Home groups of last year have other ids. An empty list would mean all, so their levels and years take their place.
    """
    if not audience.home_group_ids:
        return audience
    living = {row["id"] for row in await queries.home_groups(me.school_id)}
    kept = [group for group in audience.home_group_ids if group in living]
    if kept:
        return msgspec.structs.replace(audience, home_group_ids=kept)
    row = await queries.levels_and_years(me.school_id, audience.home_group_ids)
    return msgspec.structs.replace(
        audience,
        home_group_ids=[],
        levels=audience.levels or row["levels"],
        years=audience.years or row["years"],
    )


async def create(me: Me, body: RoundBody) -> RoundAnswer:
    """A new draft.

    Raises:
        Invalid: one error per field that cannot be accepted.
    """
    require(lifecycle.plan_rounds(me.viewer))
    body.name = body.name.strip()
    body.reminders = in_order(body.reminders)
    errors = [*_name_errors(body.name), *_text_errors(body.explanation), *_reminder_errors(body.reminders)]
    errors += _time_errors(body.deadline, body.opens_at, body.closes_at, changed={"deadline", "opens_at", "closes_at"})
    errors += await _audience_errors(me, body.audience, empty=True)
    if body.based_on is not None and await queries.find(me.school_id, body.based_on) is None:
        errors.append(FieldError("/based_on", "unknown_round"))
    _refuse(errors)
    round_id = await queries.insert(me.school_id, me.person_id, body, clock.now())
    await audit.record(me.school_id, me.person_id, "round.created", round=round_id)
    row, _ = await load(me.school_id, round_id)
    return answer(row)


async def change(me: Me, round_id: UUID, version: int | None, body: RoundChange) -> RoundAnswer:
    """Edit a draft freely, an opened round where it destroys nothing. Only what differs counts as a change.

    Raises:
        Stale: somebody changed the round since `version`.
        Refused: the round is archived, or the change is possible in a draft only.
        Invalid: one error per field that cannot be accepted.
    """
    require(lifecycle.plan_rounds(me.viewer))
    await db.lock(lock_name(round_id))
    row, facts = await load(me.school_id, round_id)
    require(lifecycle.adjust_round(me.viewer, facts))
    if (version or 0) != row["version"]:
        raise Stale(_detail(row, planning=True), row["version"])
    values = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    if "name" in values:
        values["name"] = values["name"].strip()
    if "reminders" in values:
        values["reminders"] = in_order(values["reminders"])
    stored = {**row, "audience": audience_of(row), "required": msgspec.json.decode(row["required"], type=RequiredRules)}
    values = {name: value for name, value in values.items() if stored[name] != value}
    if not values:
        return answer(row)
    if values.keys() & {"audience", "required", "opens_at"}:
        require(lifecycle.change_round(me.viewer, facts))
    wanted = {**stored, **values}
    errors = [*_name_errors(wanted["name"]), *_text_errors(wanted["explanation"])]
    errors += _reminder_errors(wanted["reminders"])
    errors += _time_errors(wanted["deadline"], wanted["opens_at"], wanted["closes_at"], changed=values.keys())
    if "audience" in values:
        errors += await _audience_errors(me, wanted["audience"], empty=True)
    _refuse(errors)
    # Reminders that would have come before now, by the new deadline, do not come all at once.
    since = {"reminded_until": clock.now()} if values.keys() & {"deadline", "reminders"} else {}
    await queries.change(me.school_id, round_id, values | since)
    await audit.record(me.school_id, me.person_id, "round.changed", round=round_id, fields=",".join(sorted(values)))
    row, _ = await load(me.school_id, round_id)
    return answer(row)


async def delete(me: Me, round_id: UUID) -> None:
    """Remove a draft; any other round may hold texts and stays.

    Raises:
        Refused: the round was opened.
    """
    require(lifecycle.plan_rounds(me.viewer))
    await db.lock(lock_name(round_id))
    _, facts = await load(me.school_id, round_id)
    require(lifecycle.change_round(me.viewer, facts))
    require(lifecycle.transition(me.viewer, facts, lifecycle.Act.DELETE))
    await queries.delete(me.school_id, round_id)
    await audit.record(me.school_id, me.person_id, "round.deleted", round=round_id)


# --- what a round may look like ---------------------------------------------------------------------------------------


def in_order(reminders: Iterable[int]) -> list[int]:
    """A reminder schedule without doubles, the earliest moment first."""
    return sorted(set(reminders), reverse=True)


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid(*errors)


def _name_errors(name: str) -> Iterator[FieldError]:
    if not name:
        yield FieldError("/name", "required")
    elif "\x00" in name:
        yield FieldError("/name", "bad_character")


def _text_errors(explanation: str) -> Iterator[FieldError]:
    if "\x00" in explanation:
        yield FieldError("/explanation", "bad_character")


def _reminder_errors(reminders: Sequence[int]) -> Iterator[FieldError]:
    if len(reminders) > MOST_REMINDERS:
        yield FieldError("/reminders", "too_many", {"most": MOST_REMINDERS})


def _time_errors(
    deadline: datetime, opens_at: datetime | None, closes_at: datetime | None, *, changed: Set[str]
) -> Iterator[FieldError]:
    """Moments that were not touched may have passed; what is set anew lies ahead and in order."""
    now = clock.now()
    if "deadline" in changed and deadline <= now:
        yield FieldError("/deadline", "in_past")
    if "opens_at" in changed and opens_at is not None:
        if opens_at <= now:
            yield FieldError("/opens_at", "in_past")
        elif opens_at >= deadline:
            yield FieldError("/opens_at", "after_deadline")
    if "closes_at" in changed and closes_at is not None and closes_at <= now:
        yield FieldError("/closes_at", "in_past")
    elif closes_at is not None and opens_at is not None and closes_at <= opens_at:
        yield FieldError("/closes_at", "closes_before_opens")
    elif closes_at is not None and closes_at < deadline and changed & {"closes_at", "deadline"}:
        yield FieldError("/closes_at", "before_deadline")


async def _audience_errors(me: Me, audience: Audience, *, empty: bool = False) -> list[FieldError]:
    """Groups, levels and subjects that the school does not have; `empty`: also when nobody is in it."""
    offer = await choices(me)
    errors = [
        *_unknown("levels", audience.levels, offer.levels, "unknown_value"),
        *_unknown("years", audience.years, offer.years, "unknown_value"),
        *_unknown("home_group_ids", audience.home_group_ids, [each.id for each in offer.home_groups], "unknown_group"),
        *_unknown(
            "left_out_subject_ids",
            audience.left_out_subject_ids,
            [each.id for each in offer.subjects],
            "unknown_subject",
        ),
    ]
    if empty and not errors and await pairs.count(me.school_id, audience) == 0:
        errors.append(FieldError("/audience", "audience_empty"))
    return errors


def _unknown(name: str, asked: Sequence[object], there: Sequence[object], code: str) -> Iterator[FieldError]:
    for index, value in enumerate(asked):
        if value not in there:
            yield FieldError(f"/audience/{name}/{index}", code)
