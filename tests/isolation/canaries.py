"""A school in which every text that somebody must not see is a word of its own, found in any answer it leaks into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx

from server.people import service as people_service
from server.platform import db
from tests.factories import Client, Person, World

_PREVIEW = """jsonb_build_object('kinds', '[]'::jsonb, 'people', jsonb_build_object('new',
  jsonb_build_object('total', 1, 'shown', jsonb_build_array($3::text))))"""
ROSTER = {
    "upload_id": f"""insert into roster_upload (school_id, uploaded_by, filename, zipped, state, preview)
                     values ($1, $2, 'school.zip', '', 'ready', {_PREVIEW}) returning id""",
    "import_id": """insert into roster_import (school_id, imported_by, version, counts, name)
                    values ($1, $2, '1.2', '{}', $3) returning id""",
    "source_id": f"""insert into roster_source (school_id, asked_by, name, version, base_url, token_url, client_id, secret, preview)
                     values ($1, $2, 'Bron', '1.2', 'https://or.example', 'https://or.example/token', 'id', 'CANARYsecret', {_PREVIEW})
                     returning id""",
}
"""A row of each; $3 is what only the admin may see in it."""
CANARY = re.compile(r"CANARY[a-z0-9]+")


@dataclass
class Aviary:
    """A world with a closed shared round, a closed unshared one, and an open one, all full of canaries.

    `may[canary]` is the set of people (by id) who are allowed to see it anywhere; everybody else must not. `replaced` holds
    (canary, person) where the person has something newer in its place and need not find the old text.
    """

    world: World
    tag: str
    may: dict[str, set[UUID]] = field(default_factory=dict)
    replaced: set[tuple[str, UUID]] = field(default_factory=set)
    ids: dict[str, set[UUID]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    device_key: str = ""
    """What the student's own phone was given."""

    def canary(self, what: str, *people: Person) -> str:
        """A new canary that these people may see."""
        word = f"CANARY{self.tag}{what}{uuid4().hex[:8]}"
        self.may[word] = {person.id for person in people}
        return word

    def note(self, kind: str, *found: UUID) -> None:
        self.ids.setdefault(kind, set()).update(found)


async def build(http: httpx.AsyncClient, tag: str) -> Aviary:
    """Fill a new school. Everything that goes through a service goes through the API, as the person who would do it."""
    world = await World.create(http)
    aviary = Aviary(world, tag)
    student, classmate = world.students[0], world.students[1]
    dutch, maths, mentor, leader, guardian = world.dutch, world.maths, world.mentor, world.leader, world.guardian
    dutch_teacher, maths_teacher = dutch.teacher, maths.teacher
    co_teacher = await world.person("Coen Co", "teacher")
    await world.enrol(co_teacher, dutch, "teacher")
    former_teacher = await world.person("Foppe Former", "teacher")
    former_mentor = await world.person("Fenna Formermentor", "teacher")
    for person, group in ((former_teacher, maths), (former_mentor, world.home)):
        await world.enrol(person, group, "teacher")
        await world.leave(person, group)
    barred = await world.person("Bart Barred", "guardian")
    await world.guard(barred, student, barred=True)
    other_leader = await world.person("Leo Otherleader", "teacher", "leader")
    aviary.people = {
        "mentor": mentor, "dutch": dutch_teacher, "maths": maths_teacher, "co-teacher": co_teacher, "former teacher": former_teacher,
        "former mentor": former_mentor, "student": student, "classmate": classmate, "guardian": guardian, "barred guardian": barred,
        "leader": leader, "leader of other groups": other_leader, "organiser": world.organiser, "admin": world.admin,
        "outsider": world.outsider, "substitute": await world.person("Sanne Substitute", "teacher"),
    }  # fmt: skip
    staff_closed = (mentor, dutch_teacher, maths_teacher, co_teacher, leader)

    # An earlier round, closed long ago and shared with guardians too.
    now = datetime.now(UTC)
    shared_round = await world.round("closed", name=f"Gedeeld {tag}", closed_at=now - timedelta(days=30))
    shared_readers = (*staff_closed, student, guardian)
    first = aviary.canary("sharedremark", *shared_readers)
    second = aviary.canary("sharedaction", *shared_readers)
    # Who stands in now reads by the clock what the subject had before, and of other subjects nothing.
    clock_readers = (*shared_readers, aviary.people["substitute"])
    await world.feedback(shared_round, student, dutch, "attention", first, second)
    await world.feedback(shared_round, student, maths, "on_track", aviary.canary("sharedmaths", *clock_readers))
    # Text without a stoplight is its authors' alone.
    unfinished = aviary.canary("nostoplight", maths_teacher)
    await world.feedback(shared_round, classmate, maths, None, unfinished)
    others = aviary.canary("classmate", *staff_closed, classmate)
    await world.feedback(shared_round, classmate, dutch, "warning", others, others)
    message = aviary.canary("message", *shared_readers)
    as_mentor = await world.as_(mentor)
    report = f"/api/v1/rounds/{shared_round}/students/{student.id}"
    assert (await as_mentor.put(f"{report}/message", json={"text": message}, if_match=0)).status_code == 200
    decided = aviary.canary("decided", mentor, leader, student, guardian)
    decision = await as_mentor.post(f"{report}/decisions", json={"text": decided})
    assert decision.status_code == 201, decision.text
    aviary.note("decision_id", UUID(decision.json()["id"]))
    assert (await as_mentor.post(f"{report}/share", json={"guardians": True})).status_code in (200, 201)
    # What a leader notes after sharing is not shared yet.
    decided_later = aviary.canary("decidedlater", mentor, leader)
    as_leader = await world.as_(leader)
    assert (await as_leader.post(f"{report}/decisions", json={"text": decided_later})).status_code == 201
    # The classmate's report is shared with the classmate only: another student, other guardians.
    classmate_report = f"/api/v1/rounds/{shared_round}/students/{classmate.id}"
    assert (await as_mentor.post(f"{classmate_report}/share", json={"guardians": False})).status_code in (200, 201)
    # A message changed after sharing is not shared yet.
    changed = aviary.canary("messagechanged", mentor)
    aviary.replaced.add((message, mentor.id))
    assert (await as_mentor.put(f"{report}/message", json={"text": changed}, if_match=1)).status_code == 200

    as_student = await world.as_(student)
    handed_in = aviary.canary("plan", mentor, dutch_teacher, maths_teacher, co_teacher, leader, student, guardian)
    plan = {"proud": handed_in, "improve": "", "how": "", "help": "", "when": "", "answers": {}}
    saved = await as_student.put(f"{report}/plan", json=plan, if_match=0)
    assert saved.status_code == 200, saved.text
    done = await as_student.post(f"{report}/plan/hand-in", if_match=saved.json()["version"])
    assert done.status_code in (200, 201), done.text
    asked_about = UUID((await as_student.get(f"{report}/report")).json()["subjects"][0]["feedback_id"])
    asked = await as_student.put(f"{report}/feedback/{asked_about}/question", json={"on": True})
    assert asked.status_code == 200, asked.text
    draft = aviary.canary("plandraft", student)
    version = (await as_student.get(f"{report}/plan")).json()["version"]
    again = await as_student.put(f"{report}/plan", json={**plan, "proud": handed_in, "how": draft}, if_match=version)
    assert again.status_code == 200, again.text
    classmate_plan = aviary.canary("classmateplan", classmate)
    as_classmate = await world.as_(classmate)
    await as_classmate.put(f"{classmate_report}/plan", json={**plan, "proud": classmate_plan}, if_match=0)
    agreement = aviary.canary("agreement", mentor, dutch_teacher, maths_teacher, co_teacher, leader, student, guardian)
    made = await as_mentor.post(f"{report}/agreements", json={"what": agreement, "party": "student"})
    assert made.status_code in (200, 201), made.text
    aviary.note("agreement_id", UUID(made.json()["id"]))

    # A closed round that was not shared.
    unshared_round = await world.round("closed", name=f"Ongedeeld {tag}", closed_at=now - timedelta(days=3))
    unshared = aviary.canary("unshared", *staff_closed)
    await world.feedback(unshared_round, student, dutch, "warning", unshared, unshared)
    quiet = aviary.canary("unsharedmessage", mentor)
    quiet_report = f"/api/v1/rounds/{unshared_round}/students/{student.id}"
    assert (await as_mentor.put(f"{quiet_report}/message", json={"text": quiet}, if_match=0)).status_code == 200

    # The open round: independent feedback.
    open_round = await world.round("open", name=f"Open {tag}")
    await world.feedback(
        open_round, student, dutch, "attention", aviary.canary("opendutch", dutch_teacher, co_teacher), "x"
    )
    substitute = aviary.people["substitute"]
    await world.stand_in(open_round, maths, substitute)
    open_maths = aviary.canary("openmaths", maths_teacher, substitute)
    await world.feedback(open_round, student, maths, "excellent", open_maths)

    # Templates and own words in mails are the organiser's.
    as_organiser = await world.as_(world.organiser)
    own_words = {"opened": aviary.canary("words", world.organiser)}
    said = await as_organiser.patch(f"/api/v1/rounds/{open_round}", json={"words": own_words}, if_match=1)
    assert said.status_code == 200, said.text
    kept = await as_organiser.post(
        "/api/v1/round-templates",
        json={"name": aviary.canary("template", world.organiser), "round_id": str(open_round)},
    )
    assert kept.status_code == 201, kept.text
    aviary.note("template_id", UUID(kept.json()["id"]))

    # A late write is its author's.
    late = aviary.canary("late", dutch_teacher)
    answer = await (await world.as_(dutch_teacher)).put(
        f"/api/v1/rounds/{unshared_round}/groups/{dutch.id}/students/{classmate.id}/feedback",
        json={"stoplight": "warning", "remark": late, "action": ""},
        if_match=0,
    )
    assert answer.status_code == 409, answer.text

    # A phone of one's own has the secret that it seals its copies with.
    await world.speak()
    phone = Client(http, await people_service.start_session(world.school_id, student.id, "own"))
    aviary.device_key = (await phone.get("/api/v1/me/device-key")).json()["key"]

    # What the admin sees of the roster names people, and nobody else sees it.
    await world.speak()
    for kind, statement in ROSTER.items():
        person = aviary.canary(kind.replace("_id", ""), world.admin)
        aviary.note(kind, await db.fetchval(statement, world.school_id, world.admin.id, person))

    # What the mentor had put on paper is the mentor's, until it is thrown away.
    aviary.note("bundle_id", await _paper(world, shared_round, aviary.canary("paper", mentor)))

    aviary.note("feedback_id", asked_about)
    aviary.note("question_id", await db.fetchval("select id from question where school_id = $1", world.school_id))
    aviary.note("round_id", shared_round, unshared_round, open_round)
    aviary.note("group_id", dutch.id, maths.id, world.home.id)
    aviary.note("student_id", student.id, classmate.id)
    aviary.note("person_id", student.id, mentor.id, guardian.id)
    assert dutch.subject_id is not None
    aviary.note("subject_id", dutch.subject_id)
    await world.speak()
    assert await db.fetchval("select count(*) from feedback where school_id = $1", world.school_id) >= 6
    return aviary


async def _paper(world: World, round_id: UUID, said: str) -> UUID:
    """A finished bundle of the mentor's."""
    bundle_id: UUID = await db.fetchval(
        """insert into bundle (school_id, round_id, asked_by, kind, form, sort, scope, group_id, language, state, total, done, size,
                               finished_at)
           values ($1, $2, $3, 'report', 'file', 'name', 'home_group', $4, 'nl', 'ready', 1, 1, $5, now()) returning id""",
        world.school_id, round_id, world.mentor.id, world.home.id, len(said),
    )  # fmt: skip
    await db.execute(
        """insert into bundle_student (school_id, bundle_id, place, student_id, state, reading)
           values ($1, $2, 1, $3, 'set', 'mentor')""",
        world.school_id, bundle_id, world.students[0].id,
    )  # fmt: skip
    await db.execute(
        "insert into bundle_piece (school_id, bundle_id, number, body) values ($1, $2, 0, $3)",
        world.school_id, bundle_id, said.encode(),
    )  # fmt: skip
    return bundle_id
