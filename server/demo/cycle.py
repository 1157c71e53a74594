"""Rounds of the demo school: who got which stoplight, which plans came of it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from server.demo import queries, texts
from server.platform.clock import DEFAULT_ZONE
from server.platform.request import Me
from server.reports import sharing
from server.rules.facts import Viewer

LADDER: Final = ("warning", "attention", "on_track", "excellent")


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student with mentor and home group."""

    id: UUID
    mentor_id: UUID
    given_name: str
    home_id: UUID
    title: str


class Cycle:
    """Writes rounds into the current school transaction."""

    def __init__(
        self, school_id: UUID, dice: random.Random, pupils: Sequence[Pupil], pairs: Sequence[Any], organiser: UUID
    ) -> None:
        self.school_id = school_id
        self.dice = dice
        self.pupils = pupils
        self.pairs = [row for row in pairs if row["teacher_id"] is not None]
        self.organiser = organiser
        # How school goes for somebody as a whole, and per subject: stoplights hang together, as in life.
        self.mood = {pupil.id: dice.gauss(2.0, 0.55) for pupil in pupils}
        self.bent: dict[tuple[UUID, UUID], float] = {}

    def stoplight(self, student_id: UUID, group_id: UUID) -> str:
        """One step up or down from this student's picture in this group, which moves a little every round."""
        key = (student_id, group_id)
        bent = self.bent.get(key, self.dice.gauss(0, 0.5)) + self.dice.gauss(0, 0.35)
        self.bent[key] = bent
        if self.dice.random() < 0.012:
            return "no_picture"
        place = self.mood.get(student_id, 2.0) + bent
        return LADDER[0 if place < 0.75 else 1 if place < 1.55 else 2 if place < 2.8 else 3]

    def words(self, code: str, stoplight: str) -> tuple[str, str]:
        """Remark and action that fit the subject and the stoplight."""
        if stoplight == "no_picture":
            return self.dice.choice(texts.NO_PICTURE), ""
        return self.dice.choice(texts.FEEDBACK[texts.CLUSTERS.get(code, "society")][stoplight])

    async def rate(self, round_id: UUID, rows: Sequence[Any], opened: datetime, until: datetime) -> None:
        """Give every row complete feedback at some moment between opening and `until`."""
        span = (until - opened).total_seconds()
        found = []
        for row in rows:
            light = self.stoplight(row["student_id"], row["group_id"])
            remark, action = self.words(row["code"], light)
            moment = opened + timedelta(seconds=self.dice.random() * span)
            found.append(
                (
                    self.school_id,
                    round_id,
                    row["student_id"],
                    row["group_id"],
                    light,
                    remark,
                    action,
                    True,
                    row["teacher_id"],
                    moment,
                )
            )
        await queries.add_feedback(found)

    async def finished(self, key: str, deadline: datetime, *, based_on: UUID | None = None) -> UUID:
        """A closed round with shared reports, plans and agreements."""
        name, explanation = texts.ROUNDS[key]
        opened, closed = deadline - timedelta(days=14), deadline + timedelta(hours=2)
        round_id = await queries.add_round(
            self.school_id, name=name, explanation=explanation, state="closed", deadline=deadline, opened_at=opened,
            closed_at=closed, created_by=self.organiser, based_on=based_on,
        )  # fmt: skip
        await queries.add_pairs(self.school_id, round_id, self.pairs)
        # Nobody is perfect: a few feedbacks never came.
        await self.rate(round_id, [row for row in self.pairs if self.dice.random() > 0.015], opened, deadline)
        shared = closed + timedelta(days=2)
        for pupil in self.pupils:
            text = self.dice.choice(texts.MESSAGES).format(name=pupil.given_name)
            await queries.add_message(
                self.school_id, round_id, pupil.id, text, pupil.mentor_id, closed + timedelta(days=1)
            )
        for home_id, mentor_id in {pupil.home_id: pupil.mentor_id for pupil in self.pupils}.items():
            await sharing.share_home_group(self.as_mentor(mentor_id), home_id, round_id, guardians=True)
        await queries.clear_outbox(self.school_id)
        await queries.backdate_share(self.school_id, round_id, shared)
        agreements: list[tuple[Any, ...]] = []
        for pupil in self.pupils:
            agreements += await self.talk(round_id, pupil, shared)
        await queries.add_agreements(agreements)
        return round_id

    def as_mentor(self, mentor_id: UUID) -> Me:
        """The mentor at work, so that what was shared went through the same door as always."""
        return Me(self.school_id, mentor_id, Viewer(mentor_id, staff=True), frozenset({"teacher"}), "nl", DEFAULT_ZONE)

    def afternoon(self, day: datetime) -> datetime:
        """Some minute of that day between school and supper: nobody in this school hands in at night."""
        return day.replace(hour=15, minute=0) + timedelta(minutes=self.dice.randint(10, 230))

    async def talk(self, round_id: UUID, pupil: Pupil, shared: datetime) -> list[tuple[Any, ...]]:
        """What became of one shared report: read, planned, talked about; the agreements to add."""
        read = self.afternoon(shared + timedelta(days=self.dice.randint(0, 3)))
        chance = self.dice.random()
        if chance > 0.96:
            return []
        await queries.read_share(self.school_id, round_id, pupil.id, read)
        if chance > 0.88:
            return []
        state = "draft" if chance > 0.84 else "handed_in" if chance > 0.7 else "concluded"
        content = msgspec.json.encode({**self.dice.choice(texts.PLANS), "answers": {}}).decode()
        planned = self.afternoon(read + timedelta(days=self.dice.randint(1, 4)))
        talked = self.afternoon(read + timedelta(days=6)) if state == "concluded" else planned
        await queries.add_plan(self.school_id, round_id, pupil.id, state, content, planned, talked)
        if state != "concluded":
            return []
        found = []
        for what, party in self.dice.sample(texts.AGREEMENTS, self.dice.randint(1, 3)):
            due = (talked + timedelta(days=self.dice.choice([14, 21, 28]))).date()
            done = talked + timedelta(days=10) if self.dice.random() < 0.6 else None
            confirmed = talked + timedelta(hours=3)
            found.append(
                (self.school_id, round_id, pupil.id, what, party, due, confirmed, done, pupil.mentor_id, talked)
            )  # fmt: skip
        return found

    async def half_filled(self, key: str, deadline: datetime, *, based_on: UUID | None = None) -> UUID:
        """The open round: some groups done, some halfway, some untouched."""
        name, explanation = texts.ROUNDS[key]
        opened = deadline - timedelta(days=14)
        round_id = await queries.add_round(
            self.school_id, name=name, explanation=explanation, state="open", deadline=deadline, opened_at=opened, closed_at=None,
            created_by=self.organiser, based_on=based_on,
        )  # fmt: skip
        await queries.add_pairs(self.school_id, round_id, self.pairs)
        by_group: dict[UUID, list[Any]] = defaultdict(list)
        for row in self.pairs:
            by_group[row["group_id"]].append(row)
        # Every teacher has work in each of the three states, as far as the number of groups allows.
        by_teacher: dict[UUID, int] = defaultdict(int)
        chosen: list[Any] = []
        for rows in by_group.values():
            turn = by_teacher[rows[0]["teacher_id"]] % 3
            by_teacher[rows[0]["teacher_id"]] += 1
            share = (0.5, 1.0, 0.0)[turn]
            chosen += rows[: round(len(rows) * share)]
        await self.rate(round_id, chosen, opened, min(deadline - timedelta(days=7), deadline))
        return round_id
