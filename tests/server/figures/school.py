"""A school made at random, written into the database and kept beside it: what figures show is counted again from that, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx

from server.platform import db
from tests.factories import Group, Person, World

LIGHTS = ("excellent", "on_track", "attention", "warning")
NOW = datetime.now(UTC)
PLACES = [("havo", 3), ("havo", 4), ("vwo", 3)]
SUBJECTS = ("netl", "wi", "biol")


@dataclass(frozen=True)
class Written:
    """One pair of a round and what became of it."""

    student: UUID
    group: UUID
    title: str
    level: str
    year: int
    subject: str
    expected: bool
    light: str | None
    complete: bool


@dataclass(frozen=True)
class Reported:
    """What became of the report of one student; hours since closing."""

    student: UUID
    home: str
    level: str
    year: int
    shared: float | None
    planned: float | None
    talked: float | None


@dataclass
class School:
    """Everything that was written. `rounds` from the earliest to the latest."""

    world: World
    rounds: list[UUID] = field(default_factory=list)
    written: dict[UUID, list[Written]] = field(default_factory=dict)
    reported: dict[UUID, list[Reported]] = field(default_factory=dict)
    subjects: dict[str, UUID] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    scope: set[UUID] = field(default_factory=set)
    """Students of the leader."""


async def random_school(http: httpx.AsyncClient, dice: Random) -> School:
    """Home groups of two to nine, teaching groups that cut across them, two rounds that were closed."""
    world = await World.create(http, students=0)
    made = School(world)
    homes: dict[UUID, tuple[str, str, int]] = {}
    students: list[Person] = []
    for number, (level, year) in enumerate(PLACES):
        title = f"{level[0]}{year}{'abc'[number]}"
        home = await world.group("home", title, world.mentor, level=level, year=year)
        for _ in range(dice.randint(2, 9)):
            student = await world.person(f"Sam Sterk{len(students)}", "student")
            await world.enrol(student, home, "student")
            homes[student.id] = title, level, year
            students.append(student)
        if number == 0:
            await world.scope(world.leader, home)
            made.scope = {each.id for each in students}
    groups: list[tuple[Group, str, int, str, list[Person]]] = []
    for number in range(dice.randint(2, 6)):
        (level, year), subject = dice.choice(PLACES), dice.choice(SUBJECTS)
        title = f"{level[0]}{year}.{subject}{number}"
        group = await world.group("teaching", title, world.outsider, subject=subject, level=level, year=year)
        some = dice.sample(students, min(len(students), dice.randint(2, 9)))
        for student in some:
            await world.enrol(student, group, "student")
        assert group.subject_id is not None
        made.subjects[subject], made.groups[title] = group.subject_id, group.id
        groups.append((group, level, year, subject, some))
    for number in range(2):
        closed = (NOW - timedelta(days=60 - 30 * number)).replace(microsecond=0)
        round_id = await world.round("closed", name=f"Ronde {number}", closed_at=closed)
        made.rounds.append(round_id)
        made.written[round_id] = [
            await _write(world, round_id, student, group, level, year, subject, dice)
            for group, level, year, subject, some in groups
            for student in some
        ]
        rated = {each.student for each in made.written[round_id] if each.expected}
        made.reported[round_id] = [
            await _report(world, round_id, student, homes[student.id], closed, dice)
            for student in students
            if student.id in rated
        ]
    return made


async def _write(
    world: World, round_id: UUID, student: Person, group: Group, level: str, year: int, subject: str, dice: Random
) -> Written:
    light = dice.choice([*LIGHTS, *LIGHTS, "no_picture", None])
    written, complete = dice.random() < 0.9, dice.random() < 0.8
    if written:
        await world.feedback(round_id, student, group, light, "canary", complete=complete)
    expected = dice.random() < 0.95
    if not expected:
        await db.execute(
            "update expected_pair set state = 'ended' where school_id = $1 and round_id = $2 and student_id = $3 and group_id = $4",
            world.school_id, round_id, student.id, group.id,
        )  # fmt: skip
    return Written(
        student.id, group.id, group.title, level, year, subject, expected, light if written else None,
        written and complete and light is not None,
    )  # fmt: skip


async def _report(
    world: World, round_id: UUID, student: Person, home: tuple[str, str, int], closed: datetime, dice: Random
) -> Reported:
    """Shared, planned, talked about, each only after the one before and by chance."""
    hours: list[float] = []
    for _ in range(3):
        if dice.random() > 0.85:
            break
        hours.append((hours[-1] if hours else 0) + dice.randint(1, 400))
    moments: list[datetime | None] = [closed + timedelta(hours=each) for each in hours]
    shared, planned, talked = (*moments, None, None, None)[:3]
    if shared is not None:
        await db.execute(
            """insert into report_share (school_id, round_id, student_id, number, content, guardians, shared_by, shared_at)
               values ($1, $2, $3, 1, '{}', false, $4, $5)""",
            world.school_id, round_id, student.id, world.mentor.id, shared,
        )  # fmt: skip
    if planned is not None:
        plan: UUID = await db.fetchval(
            """insert into plan (school_id, round_id, student_id, state, concluded_at)
               values ($1, $2, $3, $4, $5) returning id""",
            world.school_id, round_id, student.id, "concluded" if talked else "handed_in", talked,
        )  # fmt: skip
        await db.execute(
            "insert into plan_version (school_id, plan_id, number, content, handed_in_at) values ($1, $2, 1, '{}', $3)",
            world.school_id, plan, planned,
        )  # fmt: skip
    told: list[Any] = [*hours, None, None, None]
    return Reported(student.id, *home, told[0], told[1], told[2])
