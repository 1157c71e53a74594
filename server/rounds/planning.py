"""Rounds as organisers plan them: what they can be made of, create, change, delete. Moments and mails are in ahead.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from server.audit import service as audit
from server.calendar import service as calendars
from server.errors import FieldError, Invalid, Stale, require
from server.feedback import completing
from server.notices.timing import SchoolCalendar
from server.people.names import full_name
from server.platform import clock, db, outbox
from server.platform.request import Me
from server.rounds import behind, pairs, plan_queries, queries, templates
from server.rounds.facts import lock_name
from server.rounds.schemas import (
    Audience,
    AudienceChoices,
    AudiencePreview,
    HomeGroupChoice,
    RequiredRules,
    RoundAnswer,
    RoundBody,
    RoundChange,
    RoundWords,
    SubjectChoice,
    TeacherLoad,
    YearRules,
)
from server.rounds.service import answer, audience_of, by_year_of, detail, load, words_of
from server.rules import lifecycle, planning
from server.rules.facts import RoundFacts, RoundState
from server.rules.planning import Part

FRIDAY: Final = 4
DEADLINE_HOUR: Final = time(16, 0)
WEEKS_AHEAD: Final = 12
"""A default is not looked for beyond these: no holiday is longer."""
MOST_REMINDERS: Final = 5
ASKS: Final = frozenset({"required", "required_by_year"})


# --- what there is to choose ------------------------------------------------------------------------------------------


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
    """How many students, groups, teachers and pairs an audience comes to today, and what each teacher will have to do.

    Raises:
        Invalid: it names groups or subjects that the school does not have.
    """
    require(lifecycle.plan_rounds(me.viewer))
    refuse(await _audience_errors(me, audience))
    row = await pairs.preview(me.school_id, audience)
    return AudiencePreview(
        students=row["students"],
        groups=row["groups"],
        teachers=row["teachers"],
        pairs=row["pairs"],
        groups_without_teacher=row["groups_without_teacher"],
        workload=[
            TeacherLoad(
                id=each["id"],
                name=full_name(each["given_name"], each["particle"], each["family_name"]),
                students=each["students"],
                groups=each["groups"],
                heavy=planning.heavy(each["students"]),
            )
            for each in await pairs.workload(me.school_id, audience)
        ],
    )


async def defaults(me: Me, based_on: UUID | None, template: UUID | None) -> RoundBody:
    """A filled form: from nothing with the school's defaults, from another round, or from a template.

    Raises:
        NotFound: this school has no such round or template.
    """
    require(lifecycle.plan_rounds(me.viewer))
    deadline = usual_deadline(clock.now(), await calendars.of_school(me.school_id))
    if template is not None:
        plan = await templates.plan_of(me, template)
        names = {name: getattr(plan, name) for name in plan.__struct_fields__}
        return RoundBody(**{**names, "deadline": deadline, "audience": await _of_today(me, plan.audience)})
    if based_on is None:
        required = await queries.required_default(me.school_id)
        rules = msgspec.json.decode(required, type=RequiredRules) if required else RequiredRules()
        return RoundBody(name="", deadline=deadline, required=rules)
    row, _ = await load(me.school_id, based_on)
    return RoundBody(
        name=planning.next_name(row["name"]),
        deadline=deadline,
        explanation=row["explanation"],
        audience=await _of_today(me, audience_of(row)),
        required=msgspec.json.decode(row["required"], type=RequiredRules),
        required_by_year=by_year_of(row),
        mentors_watch=row["mentors_watch"],
        sharing=row["sharing"],
        based_on=based_on,
        reminders=row["reminders"],
        words=words_of(row),
    )


def next_but_one_friday(now: datetime, zone: str) -> datetime:
    """Friday of next week at 16:00 in the school's zone; seen from a Friday, the one in two weeks."""
    local = now.astimezone(ZoneInfo(zone))
    ahead = (FRIDAY - local.weekday()) % 7 or 7
    return datetime.combine(local.date() + timedelta(days=ahead + 7), DEADLINE_HOUR, ZoneInfo(zone))


def usual_deadline(now: datetime, calendar: SchoolCalendar) -> datetime:
    """The next but one Friday, or the first one after it on which there is school."""
    first = next_but_one_friday(now, calendar.zone)
    fridays = [first + timedelta(weeks=weeks) for weeks in range(WEEKS_AHEAD)]
    return next((friday for friday in fridays if calendar.is_school_day(friday.date())), first)


async def _of_today(me: Me, audience: Audience) -> Audience:
    """The audience of an earlier round as far as it still exists.

    Home groups of last year have other ids. An empty list would mean all, so their levels and years take their place.
    """
    subjects = {row["id"] for row in await queries.subjects(me.school_id)}
    left_out = [subject for subject in audience.left_out_subject_ids if subject in subjects]
    audience = msgspec.structs.replace(audience, left_out_subject_ids=left_out)
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


# --- create, change, delete -------------------------------------------------------------------------------------------


async def create(me: Me, body: RoundBody) -> RoundAnswer:
    """A new draft.

    Raises:
        Invalid: one error per field that cannot be accepted.
    """
    require(lifecycle.plan_rounds(me.viewer))
    body.name = body.name.strip()
    body.reminders = in_order(body.reminders)
    errors = [*name_errors(body.name), *_text_errors(body.explanation), *_reminder_errors(body.reminders)]
    errors += _time_errors(body.deadline, body.opens_at, body.closes_at, changed={"deadline", "opens_at", "closes_at"})
    errors += await _audience_errors(me, body.audience, empty=True)
    errors += _year_errors(body.required_by_year)
    errors += await words_errors(me, body.words)
    if body.based_on is not None and await queries.find(me.school_id, body.based_on) is None:
        errors.append(FieldError("/based_on", "unknown_round"))
    refuse(errors)
    round_id = await queries.insert(me.school_id, me.person_id, body, clock.now())
    await audit.record(me.school_id, me.person_id, "round.created", round=round_id)
    row, _ = await load(me.school_id, round_id)
    return answer(row)


async def change(me: Me, round_id: UUID, version: int | None, body: RoundChange) -> RoundAnswer:
    """Edit a draft freely, an opened round where it destroys nothing. Only what differs counts as a change.

    Raises:
        Stale: somebody changed the round since `version`.
        Refused: the round is archived.
        Invalid: one error per field that cannot be accepted, or cannot change any more.
    """
    require(lifecycle.plan_rounds(me.viewer))
    await db.lock(lock_name(round_id))
    row, facts = await load(me.school_id, round_id)
    require(lifecycle.adjust_round(me.viewer, facts))
    if (version or 0) != row["version"]:
        raise Stale(detail(row, planning=True), row["version"])
    stored = {
        **row,
        "audience": audience_of(row),
        "required": msgspec.json.decode(row["required"], type=RequiredRules),
        "required_by_year": by_year_of(row),
        "words": words_of(row),
    }
    values = _changed(body, stored)
    if not values:
        return answer(row)
    wanted = {**stored, **values}
    errors = await _fixed_errors(me, row, facts, values)
    free = values.keys() - {error.pointer.removeprefix("/") for error in errors}
    errors += [*name_errors(wanted["name"]), *_text_errors(wanted["explanation"])]
    errors += _reminder_errors(wanted["reminders"])
    errors += _time_errors(wanted["deadline"], wanted["opens_at"], wanted["closes_at"], changed=free)
    errors += _year_errors(wanted["required_by_year"])
    if "audience" in free:
        errors += await _audience_errors(me, wanted["audience"], empty=True)
    if "words" in free:
        errors += await words_errors(me, wanted["words"])
    refuse(errors)
    # Reminders that would have come before now, by the new deadline, do not come all at once.
    since = {"reminded_until": clock.now()} if values.keys() & {"deadline", "reminders"} else {}
    await queries.change(me.school_id, round_id, values | since)
    if facts.state is RoundState.OPEN:
        await _follow(me, round_id, values)
    await audit.record(me.school_id, me.person_id, "round.changed", round=round_id, fields=",".join(sorted(values)))
    row, _ = await load(me.school_id, round_id)
    return answer(row)


def _changed(body: RoundChange, stored: dict[str, Any]) -> dict[str, Any]:
    """What is named and differs from what stands there, tidied."""
    values = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    if "name" in values:
        values["name"] = values["name"].strip()
    if "reminders" in values:
        values["reminders"] = in_order(values["reminders"])
    if sorted(values.get("required_by_year", ()), key=lambda each: each.year) == stored["required_by_year"]:
        values.pop("required_by_year", None)
    return {name: value for name, value in values.items() if stored[name] != value}


async def _fixed_errors(me: Me, row: Any, facts: RoundFacts, values: dict[str, Any]) -> list[FieldError]:
    """What cannot change any more, each with its reason at its field."""
    errors = []
    for part in Part:
        if part not in values:
            continue
        written = 0
        if part is Part.AUDIENCE and facts.state is RoundState.OPEN and facts.only_groups is None:
            # Who left since this morning falls out by the roster, not by this change.
            await pairs.recompute(me.school_id, row["id"], audience_of(row), me.today, None)
            written = await pairs.written_outside(me.school_id, row["id"], values["audience"])
        reason = planning.fixed(facts, part, written=written)
        if reason is not None:
            errors.append(FieldError(f"/{part}", reason.value, {"n": written} if written else {}))
    return errors


async def _follow(me: Me, round_id: UUID, values: dict[str, Any]) -> None:
    """What the change of an open round means for its pairs, for what is complete, and for who has to hear of it."""
    if "audience" in values:
        await pairs.recompute(me.school_id, round_id, values["audience"], me.today, None)
        # Who was told already is not told again.
        await outbox.append(me.school_id, "round.opened", round=round_id, by=me.person_id)
    if values.keys() & ASKS:
        await completing.look_again(me.school_id, round_id)
    if values.keys() & {"audience", *ASKS}:
        # That all is there by what is asked now is no news to who asked it; that it is there later on is.
        complete = await behind.complete(me.school_id, round_id)
        await behind.told_complete(me.school_id, round_id, clock.now() if complete else None)


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


def refuse(errors: Sequence[FieldError]) -> None:
    """Stop when there are any.

    Raises:
        Invalid: with all of them.
    """
    if errors:
        raise Invalid(*errors)


def name_errors(name: str) -> Iterator[FieldError]:
    """A name says something, and can be kept."""
    if not name:
        yield FieldError("/name", "required")
    elif "\x00" in name:
        yield FieldError("/name", "bad_character")


def _text_errors(explanation: str) -> Iterator[FieldError]:
    if "\x00" in explanation:
        yield FieldError("/explanation", "bad_character")


async def words_errors(me: Me, words: RoundWords) -> list[FieldError]:
    """Own words go out by mail: no characters that a mail cannot show, and nobody's name who is a student."""
    errors = []
    for name in words.__struct_fields__:
        said: str = getattr(words, name)
        if any(char < " " and char not in "\n\r\t" for char in said):
            errors.append(FieldError(f"/words/{name}", "bad_character"))
        elif said and await plan_queries.names_a_student(me.school_id, said):
            errors.append(FieldError(f"/words/{name}", "names_student"))
    return errors


def _year_errors(rules: Sequence[YearRules]) -> Iterator[FieldError]:
    for index, each in enumerate(rules):
        if each.year in {other.year for other in rules[:index]}:
            yield FieldError(f"/required_by_year/{index}/year", "twice")


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
