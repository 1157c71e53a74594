"""Lists come from SQL; the rules decide. On random schools both must say the same, for every person and every list.

The world is made up in Python first, so that what is expected is computed without any of the product's SQL.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from server.platform import clock, db
from server.reports import content
from server.rules import completeness, visibility
from server.rules.facts import (
    FeedbackFacts,
    GuardianFacts,
    PairFacts,
    PairState,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    StudentFacts,
    Ties,
    Viewer,
)
from server.rules.verdict import Allow
from tests.factories import Group, Person, World

TODAY = clock.today()
PERIODS = [(None, None)] * 4 + [
    (TODAY - timedelta(days=60), TODAY - timedelta(days=1)),
    (TODAY + timedelta(days=3), None),
    (None, TODAY),
    (TODAY, None),
]


def current(begins: date | None, ends: date | None) -> bool:
    return (begins is None or begins <= TODAY) and (ends is None or ends >= TODAY)


@dataclass
class Written:
    """One pair of a round and what was written for it."""

    student: Person
    group: Group
    state: PairState
    stoplight: str | None = None
    complete: bool = False
    author: Person | None = None
    exists: bool = False


@dataclass
class Random:
    """The same school twice: in the database, and here."""

    world: World
    dice: random.Random
    staff: list[Person] = field(default_factory=list)
    leaders: list[Person] = field(default_factory=list)
    guardians: list[Person] = field(default_factory=list)
    students: list[Person] = field(default_factory=list)
    born: dict[UUID, date] = field(default_factory=dict)
    homes: list[Group] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    teaches: set[tuple[UUID, UUID]] = field(default_factory=set)
    member: set[tuple[UUID, UUID]] = field(default_factory=set)
    guards: dict[tuple[UUID, UUID], bool] = field(default_factory=dict)
    scope: set[tuple[UUID, UUID]] = field(default_factory=set)
    given: set[tuple[UUID, UUID, UUID]] = field(default_factory=set)
    """Substitutes: person, round, group."""
    rounds: dict[UUID, RoundFacts] = field(default_factory=dict)
    pairs: dict[UUID, list[Written]] = field(default_factory=dict)
    shares: dict[tuple[UUID, UUID], list[ShareFacts]] = field(default_factory=dict)

    # --- what the rules are told, from the plan in Python

    def viewer(self, person: Person) -> Viewer:
        staff = person in self.staff or person in self.leaders
        return Viewer(person.id, True, staff, leader=person in self.leaders)

    def ties(self, person: Person, student: Person, round_id: UUID) -> Ties:
        homes = [home for home in self.homes if (student.id, home.id) in self.member]
        guarded = self.guards.get((person.id, student.id))
        mine = [
            pair
            for pair in self.pairs[round_id]
            if pair.student == student
            and ((person.id, pair.group.id) in self.teaches or (person.id, round_id, pair.group.id) in self.given)
        ]
        return Ties(
            teaches=frozenset(
                group.id
                for group in self.groups
                if (person.id, group.id) in self.teaches and (student.id, group.id) in self.member
            ),
            mentor=any((person.id, home.id) in self.teaches for home in homes),
            is_student=person == student,
            guardian=None if guarded is None else GuardianFacts(guarded),
            leader=person in self.leaders and any((person.id, home.id) in self.scope for home in homes),
            own_complete=all(pair.complete for pair in mine if pair.state is PairState.EXPECTED),
        )

    def reads(self, person: Person, round_id: UUID, pair: Written) -> bool:
        facts = FeedbackFacts(
            PairFacts(
                pair.group.id,
                pair.state,
                (person.id, pair.group.id) in self.teaches,
                (person.id, round_id, pair.group.id) in self.given,
            ),
            frozenset({pair.author.id}) if pair.author else frozenset(),
            pair.stoplight is not None,
        )
        ties = self.ties(person, pair.student, round_id)
        return bool(visibility.read_feedback(self.viewer(person), ties, self.rounds[round_id], facts))

    def shared_with(self, person: Person, student: Person, round_id: UUID) -> bool:
        facts = StudentFacts(birth_date=self.born[student.id])
        ties = self.ties(person, student, round_id)
        return any(
            visibility.read_shared(self.viewer(person), ties, facts, SchoolFacts(), share, TODAY)
            for share in self.shares.get((round_id, student.id), [])
        )

    @property
    def everybody(self) -> list[Person]:
        return [*self.staff, *self.leaders, *self.guardians, *self.students]


async def make(http: httpx.AsyncClient, seed: int) -> Random:
    """A random school."""
    dice = random.Random(seed)
    world = await World.create(http, students=0)
    found = Random(world, dice)
    found.staff = [await world.person(f"Teacher{n} van Dam{n}", "teacher") for n in range(4)]
    found.leaders = [await world.person(f"Leader{n} Ligt{n}", "teacher", "leader") for n in range(2)]
    found.guardians = [await world.person(f"Guardian{n} Goed{n}", "guardian") for n in range(3)]
    for number in range(5):
        born = dice.choice(
            [date(2012, 1, 1), TODAY.replace(year=TODAY.year - 18, day=min(TODAY.day, 28)), date(2010, 6, 1)]
        )
        student = await world.person(f"Student{number} de Les{number}", "student", birth_date=born)
        found.students.append(student)
        found.born[student.id] = born
    nobody = await world.person("Nico Nobody", "teacher")
    for number in range(2):
        found.homes.append(await world.group("home", f"h3{'ab'[number]}", nobody))
    for number, subject in enumerate(["netl", "wi", "netl"]):
        found.groups.append(await world.group("teaching", f"g{number}", nobody, subject=subject))
    for group in [*found.homes, *found.groups]:
        for teacher in dice.sample([*found.staff, *found.leaders], dice.randint(0, 3)):
            begins, ends = dice.choice(PERIODS)
            await world.enrol(teacher, group, "teacher", begins=begins, ends=ends)
            if current(begins, ends):
                found.teaches.add((teacher.id, group.id))
    former: set[tuple[UUID, UUID]] = set()
    for student in found.students:
        chosen = [dice.choice(found.homes), *dice.sample(found.groups, dice.randint(1, 3))]
        for group in chosen:
            begins, ends = dice.choice(PERIODS)
            await world.enrol(student, group, "student", begins=begins, ends=ends)
            (found.member if current(begins, ends) else former).add((student.id, group.id))
    for guardian in found.guardians:
        for student in dice.sample(found.students, dice.randint(0, 2)):
            barred = dice.random() < 0.25
            await world.guard(guardian, student, barred=barred)
            found.guards[guardian.id, student.id] = barred
    for leader in found.leaders:
        for home in dice.sample(found.homes, dice.randint(0, 2)):
            await world.scope(leader, home)
            found.scope.add((leader.id, home.id))
    for number in range(3):
        await add_round(found, number, former)
    return found


async def add_round(found: Random, number: int, former: set[tuple[UUID, UUID]]) -> None:
    """A random round with pairs, feedback and shares."""
    dice, world = found.dice, found.world
    state = dice.choice(list(RoundState))
    only = None
    if state is RoundState.OPEN and dice.random() < 0.5:
        only = frozenset(group.id for group in dice.sample(found.groups, dice.randint(1, 2)))
    watch = dice.random() < 0.5
    round_id = await world.round(
        state.value, name=f"Ronde {number}", mentors_watch=watch, only_groups=sorted(only) if only is not None else None,
        closed_at=datetime.now(UTC) - timedelta(days=number + 1) if state in (RoundState.CLOSED, RoundState.ARCHIVED) else None,
    )  # fmt: skip
    await db.execute("delete from expected_pair where school_id = $1 and round_id = $2", world.school_id, round_id)
    found.rounds[round_id] = RoundFacts(state, mentors_watch=watch, only_groups=only)
    found.pairs[round_id] = []
    if state is not RoundState.DRAFT:
        for group in found.groups:
            for person in dice.sample([*found.staff, *found.leaders], dice.randint(0, 2)):
                await world.stand_in(round_id, group, person)
                found.given.add((person.id, round_id, group.id))
    for student in found.students:
        for group in found.groups:
            key = (student.id, group.id)
            if key not in found.member and key not in former:
                continue
            pair = Written(student, group, PairState.EXPECTED if key in found.member else PairState.ENDED)
            await db.execute(
                "insert into expected_pair (school_id, round_id, student_id, group_id, state) values ($1, $2, $3, $4, $5)",
                world.school_id, round_id, student.id, group.id, pair.state.value,
            )  # fmt: skip
            found.pairs[round_id].append(pair)
            if state is not RoundState.DRAFT and dice.random() < 0.7:
                pair.exists = True
                pair.author = dice.choice(found.staff)
                pair.stoplight = dice.choice(["excellent", "on_track", "attention", "no_picture", None])
                pair.complete = pair.stoplight is not None and dice.random() < 0.7
                await world.feedback(
                    round_id, student, group, pair.stoplight, "tekst", "", author=pair.author, complete=pair.complete
                )
        if state in (RoundState.CLOSED, RoundState.ARCHIVED) and dice.random() < 0.6:
            for version in range(1, dice.randint(2, 3)):
                guardians = dice.random() < 0.5
                moment = datetime.now(UTC) - timedelta(hours=5 - version)
                await db.execute(
                    """insert into report_share (school_id, round_id, student_id, number, content, guardians, shared_by, shared_at)
                       values ($1, $2, $3, $4, $5, $6, $7, $8)""",
                    world.school_id, round_id, student.id, version, msgspec.json.encode(content.build([], None)).decode(), guardians,
                    found.staff[0].id, moment,
                )  # fmt: skip
                found.shares.setdefault((round_id, student.id), []).append(ShareFacts(version, moment, guardians))


SEEDS = range(12)


@pytest.fixture(params=SEEDS)
async def school(request: pytest.FixtureRequest, rollback: None, http: httpx.AsyncClient) -> Random:
    return await make(http, request.param)


async def test_the_list_of_students_is_what_the_rules_allow(school: Random) -> None:
    for person in [*school.staff, *school.leaders]:
        client = await school.world.as_(person)
        for round_id, facts in school.rounds.items():
            answer = await client.get(f"/api/v1/my/students?round={round_id}")
            with_pairs = {pair.student.id for pair in school.pairs[round_id]}
            mine = {
                student.id
                for student in school.students
                if (ties := school.ties(person, student, round_id)).mentor or ties.leader
            }
            if not visibility.see_round(school.viewer(person), facts) or not (mine & with_pairs):
                assert answer.status_code == 404, (person.name, facts)
                continue
            assert answer.status_code == 200, answer.text
            lines = {
                UUID(line["student"]["id"]): line for group in answer.json()["groups"] for line in group["students"]
            }
            assert lines.keys() == mine
            for student in school.students:
                if student.id in lines:
                    check_line(school, person, student, round_id, lines[student.id])


def check_line(school: Random, person: Person, student: Person, round_id: UUID, line: dict[str, object]) -> None:
    """The strip and the counts of one student."""
    facts = school.rounds[round_id]
    pairs = [pair for pair in school.pairs[round_id] if pair.student == student]
    visible = [pair.stoplight for pair in pairs if pair.stoplight and school.reads(person, round_id, pair)]
    strip = line["strip"]
    assert isinstance(strip, list)
    assert sorted(light["stoplight"] for light in strip) == sorted(visible)
    ties = school.ties(person, student, round_id)
    settled = all(visibility.settled(facts, pair.group.id) for pair in pairs)
    if settled or visibility.count_per_student(school.viewer(person), ties, facts):
        expected = [pair for pair in pairs if pair.state is PairState.EXPECTED]
        count = completeness.progress(pair.complete if pair.exists else None for pair in expected)
        assert (line["done"], line["total"]) == (count.done, count.total)
    else:
        assert (line["done"], line["total"]) == (None, None)


async def test_the_list_of_shared_reports_is_what_the_rules_allow(school: Random) -> None:
    for person in school.everybody:
        answer = await (await school.world.as_(person)).get("/api/v1/my/reports")
        assert answer.status_code == 200
        shown = {(UUID(line["round_id"]), UUID(line["student"]["id"])) for line in answer.json()}
        allowed = {
            (round_id, student.id)
            for round_id in school.rounds
            for student in school.students
            if school.shared_with(person, student, round_id)
        }
        assert shown == allowed, person.name


async def test_the_reports_under_a_name_are_what_the_rules_allow(school: Random) -> None:
    for person in school.everybody:
        client = await school.world.as_(person)
        for student in school.students:
            answer = await client.get(f"/api/v1/students/{student.id}/reports")
            shown = (
                {UUID(line["round_id"]) for line in answer.json()["reports"]} if answer.status_code == 200 else set()
            )
            allowed = set()
            for round_id, facts in school.rounds.items():
                staff = visibility.read_report(school.viewer(person), school.ties(person, student, round_id), facts)
                has_pairs = any(pair.student == student for pair in school.pairs[round_id])
                if (staff and has_pairs) or school.shared_with(person, student, round_id):
                    allowed.add(round_id)
            assert shown == allowed, (person.name, student.name)


async def test_the_feedback_in_a_report_is_what_the_rules_allow(school: Random) -> None:
    for person in [*school.staff, *school.leaders]:
        client = await school.world.as_(person)
        for round_id, facts in school.rounds.items():
            for student in school.students:
                answer = await client.get(f"/api/v1/rounds/{round_id}/students/{student.id}/report")
                pairs = [pair for pair in school.pairs[round_id] if pair.student == student]
                verdict = visibility.read_report(school.viewer(person), school.ties(person, student, round_id), facts)
                if not isinstance(verdict, Allow) or not pairs:
                    assert answer.status_code == 404, (person.name, student.name, facts)
                    continue
                assert answer.status_code == 200, answer.text
                shown = sorted(
                    (line["group"], line["stoplight"])
                    for line in answer.json()["subjects"]
                    if line["stoplight"] is not None
                )
                allowed = sorted(
                    (pair.group.title, pair.stoplight)
                    for pair in pairs
                    if pair.stoplight is not None and school.reads(person, round_id, pair)
                )
                assert shown == allowed, (person.name, student.name, facts)


async def test_my_rounds_are_the_groups_whose_author_one_is(school: Random) -> None:
    for person in [*school.staff, *school.leaders]:
        answer = await (await school.world.as_(person)).get("/api/v1/my/rounds")
        assert answer.status_code == 200, answer.text
        shown = {
            (UUID(round_["id"]), UUID(group["id"])): (group["open"], group["total"])
            for round_ in answer.json()
            for group in round_["groups"]
        }
        expected = {}
        for round_id, facts in school.rounds.items():
            for group in school.groups:
                pairs = [pair for pair in school.pairs[round_id] if pair.group == group]
                mine = [pair for pair in pairs if pair.state is PairState.EXPECTED]
                author = (person.id, group.id) in school.teaches or (person.id, round_id, group.id) in school.given
                if pairs and author and visibility.see_round(school.viewer(person), facts):
                    expected[round_id, group.id] = (visibility.group_open(facts, group.id), len(mine))
        # Beside these stand groups of long ago in which the viewer wrote; nothing can be written in them.
        assert expected.items() <= shown.items()
        assert not any(open_ for key, (open_, _) in shown.items() if key not in expected)


async def test_progress_per_group_counts_every_expected_pair_once(school: Random) -> None:
    client = await school.world.as_(school.world.organiser)
    for round_id, facts in school.rounds.items():
        answer = await client.get(f"/api/v1/rounds/{round_id}/progress")
        if facts.state is RoundState.DRAFT:
            assert answer.status_code == 404
            continue
        shown = {
            UUID(line["id"]): (line["done"], line["incomplete"], line["total"])
            for line in answer.json()["groups"]
            if line["total"]
        }
        counted: dict[UUID, tuple[int, int, int]] = {}
        for group in school.groups:
            expected = [
                pair for pair in school.pairs[round_id] if pair.group == group and pair.state is PairState.EXPECTED
            ]
            count = completeness.progress(
                pair.complete if pair.exists and (pair.stoplight is not None or pair.complete) else None
                for pair in expected
            )
            if count.total:
                counted[group.id] = (count.done, count.incomplete, count.total)
        assert {key: (value[0], value[2]) for key, value in shown.items()} == {
            key: (value[0], value[2]) for key, value in counted.items()
        }
