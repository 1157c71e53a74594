"""A small school for tests, written straight into the database, and a client for each person in it.

    world = await World.create()
    mentor, dutch, student = world.mentor, world.dutch, world.students[0]
    answer = await world.as_(dutch.teacher).put(f"/api/v1/rounds/{round_id}/groups/{dutch.id}/…", json={…})

Everything happens in the test's own transaction, which is rolled back (fixture `rollback`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from server.people import service as people
from server.platform import clock, db
from server.platform.security import cookie_name
from server.roster.names import sort_key, split_particle

_numbers = itertools.count(1)

REQUIRED = {
    "excellent": {"remark": False, "action": False},
    "on_track": {"remark": False, "action": False},
    "attention": {"remark": True, "action": True},
    "warning": {"remark": True, "action": True},
}


@dataclass(frozen=True)
class Person:
    """Somebody of a school."""

    id: UUID
    name: str
    school_id: UUID


@dataclass(frozen=True)
class Group:
    """A home or teaching group; `teacher` is its first one."""

    id: UUID
    title: str
    teacher: Person
    subject_id: UUID | None = None


@dataclass
class Client:
    """HTTP as one person. Writes get an Idempotency-Key of their own unless `key` is given; `if_match` is a version."""

    http: httpx.AsyncClient
    cookie: str | None = None
    language: str = "nl"

    async def request(
        self, method: str, path: str, *, if_match: int | None = None, key: UUID | None = None, **more: Any
    ) -> httpx.Response:
        headers = {"accept-language": self.language, "sec-fetch-site": "same-origin", **more.pop("headers", {})}
        if self.cookie is not None:
            headers["cookie"] = f"{cookie_name(secure=False)}={self.cookie}"
        if method != "GET":
            headers["idempotency-key"] = str(key or uuid4())
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"'
        return await self.http.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("GET", path, **more)

    async def put(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("PUT", path, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("POST", path, **more)

    async def patch(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("PATCH", path, **more)

    async def delete(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("DELETE", path, **more)


@dataclass
class World:
    """One school. `create` makes a home group h3a of `students` students with mentor, Dutch and maths, and the staff."""

    http: httpx.AsyncClient
    school_id: UUID
    slug: str
    mentor: Person = field(init=False)
    organiser: Person = field(init=False)
    leader: Person = field(init=False)
    admin: Person = field(init=False)
    guardian: Person = field(init=False)
    """Guardian of the first student."""
    outsider: Person = field(init=False)
    """A teacher of the school who teaches none of these students."""
    home: Group = field(init=False)
    dutch: Group = field(init=False)
    maths: Group = field(init=False)
    students: list[Person] = field(default_factory=list)
    cookies: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    async def create(cls, http: httpx.AsyncClient, *, students: int = 3) -> World:
        """A new school in the running transaction, which afterwards speaks for that school."""
        slug = f"school-{next(_numbers)}-{uuid4().hex[:6]}"
        school_id: UUID = await db.fetchval(
            "insert into school (slug, name) values ($1, $2) returning id", slug, f"School {slug}"
        )
        await db.set_school(school_id)
        # Without quiet hours, so that tests mean the same at any hour of any day.
        await db.execute("insert into school_settings (school_id, quiet_hours) values ($1, false)", school_id)
        world = cls(http, school_id, slug)
        world.mentor = await world.person("Mo van den Mentor", "teacher")
        world.organiser = await world.person("Olga Organiser", "teacher", "organiser")
        world.leader = await world.person("Lea Leader", "teacher", "leader")
        world.admin = await world.person("Ada Admin", "admin")
        world.outsider = await world.person("Otto Outsider", "teacher")
        dutch_teacher = await world.person("Dirk de Dutch", "teacher")
        maths_teacher = await world.person("Mia Maths", "teacher")
        world.home = await world.group("home", "h3a", world.mentor)
        world.dutch = await world.group("teaching", "h3a.netl", dutch_teacher, subject="netl")
        world.maths = await world.group("teaching", "h3a.wi", maths_teacher, subject="wi")
        for number in range(students):
            student = await world.person(
                f"Student{number} van der Les{number}", "student", birth_date=date(2012, 1, 1 + number)
            )
            world.students.append(student)
            for group in (world.home, world.dutch, world.maths):
                await world.enrol(student, group, "student")
        world.guardian = await world.person("Gea Guardian", "guardian")
        if world.students:
            await world.guard(world.guardian, world.students[0])
        await world.scope(world.leader, world.home)
        return world

    async def speak(self) -> None:
        """Make this school the school of the test's transaction again (requests and other worlds change it)."""
        await db.set_school(self.school_id)

    # --- people and groups

    async def person(self, name: str, *roles: str, birth_date: date | None = None, enabled: bool = True) -> Person:
        """`name` is given name, particle, family name."""
        await self.speak()
        given, _, rest = name.partition(" ")
        particle, family = split_particle(rest)
        number = next(_numbers)
        person_id: UUID = await db.fetchval(
            """insert into person (school_id, sourced_id, given_name, particle, family_name, sort_key, username, email,
                                   birth_date, enabled)
               values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9) returning id""",
            self.school_id, f"p{number}", given, particle, family, sort_key(family, given),
            f"p{number}@{self.slug}.example", birth_date, enabled,
        )  # fmt: skip
        for role in roles:
            await self.role(Person(person_id, name, self.school_id), role)
        return Person(person_id, name, self.school_id)

    async def role(self, person: Person, role: str) -> None:
        await self.speak()
        await db.execute(
            "insert into person_role (school_id, person_id, role, source) values ($1, $2, $3, 'manual')",
            self.school_id, person.id, role,
        )  # fmt: skip

    async def subject(self, code: str) -> UUID:
        await self.speak()
        await db.execute(
            "insert into subject (school_id, code, roster_name) values ($1, $2, $3) on conflict do nothing",
            self.school_id,
            code,
            code,
        )
        found: UUID = await db.fetchval(
            "select id from subject where school_id = $1 and code = $2", self.school_id, code
        )
        return found

    async def group(
        self, kind: str, title: str, teacher: Person, *, subject: str | None = None, level: str = "havo", year: int = 3
    ) -> Group:
        subject_id = await self.subject(subject) if subject else None
        await self.speak()
        group_id: UUID = await db.fetchval(
            """insert into class_group (school_id, sourced_id, kind, title, sort_key, subject_id, level, year)
               values ($1, $2, $3, $4, $4, $5, $6, $7) returning id""",
            self.school_id, f"g{next(_numbers)}", kind, title, subject_id, level, year,
        )  # fmt: skip
        group = Group(group_id, title, teacher, subject_id)
        await self.enrol(teacher, group, "teacher")
        return group

    async def enrol(
        self, person: Person, group: Group, role: str, *, begins: date | None = None, ends: date | None = None
    ) -> None:
        await self.speak()
        await db.execute(
            """insert into enrolment (school_id, sourced_id, group_id, person_id, role, begins_on, ends_on)
               values ($1, $2, $3, $4, $5, $6, $7)""",
            self.school_id, f"e{next(_numbers)}", group.id, person.id, role, begins, ends,
        )  # fmt: skip

    async def leave(self, person: Person, group: Group, *, day: date | None = None) -> None:
        """The person's last day in the group was `day` (default yesterday)."""
        await self.speak()
        await db.execute(
            "update enrolment set ends_on = $4 where school_id = $1 and person_id = $2 and group_id = $3",
            self.school_id, person.id, group.id, day or clock.today() - timedelta(days=1),
        )  # fmt: skip

    async def guard(self, guardian: Person, student: Person, *, barred: bool = False) -> None:
        await self.speak()
        await db.execute(
            "insert into guardianship (school_id, student_id, guardian_id, barred) values ($1, $2, $3, $4)",
            self.school_id, student.id, guardian.id, barred,
        )  # fmt: skip

    async def scope(self, leader: Person, group: Group) -> None:
        await self.speak()
        await db.execute(
            "insert into leader_scope (school_id, person_id, group_id) values ($1, $2, $3)",
            self.school_id,
            leader.id,
            group.id,
        )

    async def set(self, person: Person, **columns: Any) -> None:
        """Change columns of a person (`enabled=False`, `left_on=…`, `birth_date=…`)."""
        await self.speak()
        for name, value in columns.items():
            await db.execute(
                f"update person set {name} = $3 where school_id = $1 and id = $2", self.school_id, person.id, value
            )

    # --- the cycle

    async def round(
        self, state: str = "open", *, name: str = "Najaarsronde", sharing: bool = True, mentors_watch: bool = False,
        only_groups: list[UUID] | None = None, required: dict[str, Any] | None = None, deadline: datetime | None = None,
        closed_at: datetime | None = None,
    ) -> UUID:  # fmt: skip
        """A round for the whole school with all current pairs expected."""
        await self.speak()
        now = datetime.now(UTC)
        closed = closed_at or (now if state in ("closed", "archived") or only_groups is not None else None)
        round_id: UUID = await db.fetchval(
            """insert into round (school_id, name, state, deadline, mentors_watch, sharing, required, audience, only_groups,
                                  opened_at, closed_at, created_by)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id""",
            self.school_id, name, state, deadline or now + timedelta(days=6), mentors_watch, sharing,
            msgspec.json.encode(required or REQUIRED).decode(),
            '{"levels": [], "years": [], "home_group_ids": [], "left_out_subject_ids": []}', only_groups,
            None if state == "draft" else now - timedelta(days=14), closed, self.organiser.id,
        )  # fmt: skip
        if state != "draft":
            await db.execute(
                """insert into expected_pair (school_id, round_id, student_id, group_id)
                   select e.school_id, $2, e.person_id, e.group_id from current_enrolment e
                    where e.school_id = $1 and e.kind = 'teaching' and e.role = 'student' and e.subject_id is not null""",
                self.school_id, round_id,
            )  # fmt: skip
        return round_id

    async def feedback(
        self, round_id: UUID, student: Person, group: Group, stoplight: str | None = "on_track", remark: str = "",
        action: str = "", *, author: Person | None = None, complete: bool = True,
    ) -> UUID:  # fmt: skip
        """Feedback as if saved by the group's teacher."""
        await self.speak()
        who = (author or group.teacher).id
        feedback_id: UUID = await db.fetchval(
            """insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, action, complete, author_id,
                                     written_by)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, array[$9::uuid]) returning id""",
            self.school_id, round_id, student.id, group.id, stoplight, remark, action, complete and stoplight is not None, who,
        )  # fmt: skip
        await db.execute(
            """insert into feedback_history (school_id, feedback_id, version, stoplight, remark, action, author_id)
               values ($1, $2, 1, $3, $4, $5, $6)""",
            self.school_id, feedback_id, stoplight, remark, action, who,
        )  # fmt: skip
        return feedback_id

    async def stand_in(self, round_id: UUID, group: Group, person: Person) -> None:
        """The organiser gave this group to somebody for this round."""
        await self.speak()
        await db.execute(
            "insert into round_stand_in (school_id, round_id, group_id, person_id, given_by) values ($1, $2, $3, $4, $5)",
            self.school_id, round_id, group.id, person.id, self.organiser.id,
        )  # fmt: skip

    async def set_round(self, round_id: UUID, state: str, only_groups: list[UUID] | None = None) -> None:
        await self.speak()
        await db.execute(
            """update round set state = $3, only_groups = $4, closed_at = case when $3 = 'open' then closed_at else now() end
                where school_id = $1 and id = $2""",
            self.school_id, round_id, state, only_groups,
        )  # fmt: skip

    # --- HTTP

    async def as_(self, person: Person | None, *, language: str = "nl") -> Client:
        """A client signed in as this person (None: nobody)."""
        if person is None:
            return Client(self.http, None, language)
        if person.id not in self.cookies:
            await self.speak()
            self.cookies[person.id] = await people.start_session(self.school_id, person.id, second_factor=True)
        return Client(self.http, self.cookies[person.id], language)
