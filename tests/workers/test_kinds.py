"""Every kind of news: who hears of it, over which channels, with which number, and not any more once it is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from server.notices import service as notices
from server.notices.schemas import NoticeItem
from server.plans import agreements
from server.plans import service as plans
from server.plans.schemas import AgreementBody, PlanContent
from server.platform import clock, db
from server.reports import questions
from server.roster import sources, uploads
from server.rules.facts import Party
from tests.factories import Person
from tests.push.stub import PushService
from tests.workers.conftest import MailServer, School
from tests.workers.test_deliver import deliver_all, part, read
from workers.deliver import Post
from workers.relay import relay

ZONE = ZoneInfo(clock.DEFAULT_ZONE)


def coming(weekday: int) -> date:
    """A Monday (0) to Sunday (6) one to two weeks ahead: what is due then is not due on the database's own clock."""
    ahead = clock.today() + timedelta(days=7)
    return ahead + timedelta(days=(weekday - ahead.weekday()) % 7)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment on the school's clock."""
    return datetime.combine(day, time(hour, minute), ZONE)


async def open_round(school: School, **more: Any) -> UUID:
    """A second round, open, in which nothing was written yet."""
    async with db.school_transaction(school.world.school_id):
        return await school.world.round("open", **more)


async def rate(school: School, round_id: UUID, *students: Person) -> None:
    """The teacher of Dutch completes feedback."""
    async with db.school_transaction(school.world.school_id):
        for student in students:
            await school.world.feedback(round_id, student, school.world.dutch)


async def told(school: School, kind: str) -> set[UUID]:
    return {row["person_id"] for row in await school.notices() if row["kind"] == kind and row["withdrawn_at"] is None}


async def listed(school: School, person: Person) -> list[NoticeItem]:
    found: list[NoticeItem] = await school.act(person, notices.list_notices)
    return found


async def sent(school: School, person: Person, kind: str) -> dict[str, str]:
    """Channel and state of the deliveries of one kind to one person."""
    rows = await school.run(
        """select d.channel, d.state || ' ' || d.last_error as state from delivery d
             join notice n on n.school_id = d.school_id and n.id = d.notice_id
            where d.school_id = $1 and n.person_id = $2 and n.kind = $3""",
        person.id,
        kind,
    )
    return {row["channel"]: row["state"].strip() for row in rows}


# --- rounds -----------------------------------------------------------------------------------------------------------


async def test_an_open_round_is_told_to_who_rates_in_it_with_the_number(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    world = school.world
    round_id = await open_round(school, name="Voorjaar")
    await rate(school, round_id, *world.students[1:])
    await school.subscribe(world.dutch.teacher)
    await school.append("round.opened", round=round_id, by=world.organiser.id)
    await relay()
    assert await told(school, "round.opened") == {world.dutch.teacher.id, world.maths.teacher.id}
    await deliver_all(post)
    tag = f"round.opened:{round_id}"
    assert [push.payload for push in service.received] == [
        {"kind": "round_opened", "url": "/rounds", "tag": tag, "lang": "nl", "n": 1}
    ]
    texts = {str(mail["To"]): part(mail, "plain") for mail in map(read, mail_server.mails)}
    assert len(texts) == 2
    assert sum("Je kunt 1 leerling feedback geven." in text for text in texts.values()) == 1
    assert sum("Je kunt 3 leerlingen feedback geven." in text for text in texts.values()) == 1
    [item] = await listed(school, world.maths.teacher)
    assert (item.title, item.body, item.about) == (
        "Er is een bespreking open", "Je kunt 3 leerlingen feedback geven.", "Voorjaar",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["round.opened", "round.deadline_near", "round.deadline_passed", "round.nudged"])
async def test_nobody_who_is_done_is_reminded(school: School, post: Post, mail_server: MailServer, kind: str) -> None:
    """Not when the news comes, and not when everything was done between the news and the mail."""
    world = school.world
    round_id = await open_round(school)
    await rate(school, round_id, *world.students[:2])
    named = {} if kind == "round.opened" else {"person": world.dutch.teacher.id, "moment": 1, "day": 1}
    await school.append(kind, round=round_id, **named)
    await relay()
    assert world.dutch.teacher.id in await told(school, kind)
    await rate(school, round_id, world.students[2])
    await deliver_all(post)
    assert await sent(school, world.dutch.teacher, kind) == {"mail": "dropped not_allowed"}
    assert await listed(school, world.dutch.teacher) == []
    await school.append(kind, round=round_id, **{**named, "moment": 2, "day": 2})
    before = len(await school.notices())
    await relay()
    assert len(await school.notices(world.dutch.teacher)) == 1
    assert len(await school.notices()) == before


@pytest.mark.parametrize(("kind", "which"), [("round.deadline_near", "moment"), ("round.nudged", "day")])
async def test_each_moment_is_told_once_and_to_the_named_person_alone(school: School, kind: str, which: str) -> None:
    world = school.world
    round_id = await open_round(school)
    for number in (1, 1, 2):
        await school.append(kind, round=round_id, person=world.dutch.teacher.id, **{which: number})
        await relay()
    await school.append(kind, round=round_id, **{which: 3})
    await school.append(kind, round=round_id, person=world.outsider.id, **{which: 3})
    await relay()
    assert [row["person_id"] for row in await school.notices()] == [world.dutch.teacher.id] * 2


async def test_no_reminder_comes_after_the_deadline(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    """Not from us, and not from a push service that kept it for a phone that was off."""
    teacher = school.world.dutch.teacher
    deadline = datetime.now(UTC) + timedelta(hours=3)
    round_id = await open_round(school, deadline=deadline)
    await school.subscribe(teacher)
    await school.append("round.deadline_near", round=round_id, person=teacher.id, moment=1)
    await relay()
    with clock.at(deadline + timedelta(seconds=1)):
        await deliver_all(post)
        assert await sent(school, teacher, "round.deadline_near") == {
            "push": "dropped too_late", "mail": "dropped too_late",
        }  # fmt: skip
        assert await listed(school, teacher) == []
    await school.append("round.deadline_near", round=round_id, person=teacher.id, moment=2)
    await relay()
    await deliver_all(post)
    assert [0 < int(push.headers["ttl"]) <= 3 * 3600 for push in service.received] == [True]
    assert len(mail_server.mails) == 1


async def test_what_is_asked_after_the_deadline_is_told_while_the_round_is_open(school: School, post: Post) -> None:
    teacher = school.world.dutch.teacher
    round_id = await open_round(school, deadline=datetime.now(UTC) - timedelta(hours=1))
    for kind, number in (("round.deadline_passed", {"moment": 1}), ("round.nudged", {"day": 1})):
        await school.append(kind, round=round_id, person=teacher.id, **number)
        await relay()
        await deliver_all(post)
        assert await sent(school, teacher, kind) == {"mail": "sent"}


async def test_a_closed_round_is_told_to_mentors_with_what_they_can_share(
    school: School, post: Post, service: PushService
) -> None:
    world = school.world
    await school.subscribe(world.mentor)
    await school.share()
    await school.append("round.closed", round=school.round_id, by=world.organiser.id)
    await relay()
    assert await told(school, "round.closed") == {world.mentor.id}
    await deliver_all(post)
    payload = {
        "kind": "round_closed", "url": f"/students?round={school.round_id}", "tag": f"round.closed:{school.round_id}",
        "lang": "nl", "n": 2,
    }  # fmt: skip
    assert payload in [push.payload for push in service.received]
    assert (await listed(school, world.mentor))[0].body == "2 rapportages van je mentorgroep staan klaar om te delen."
    for student in world.students[1:]:
        await school.share(student=student)
    assert [item.kind for item in await listed(school, world.mentor)] == []


async def test_a_round_without_sharing_has_nothing_to_share(school: School) -> None:
    await school.run("update round set sharing = false where school_id = $1")
    await school.append("round.closed", round=school.round_id)
    await relay()
    assert await school.notices() == []


async def test_a_week_after_sharing_the_mentor_hears_how_many_plans_are_missing(school: School) -> None:
    world = school.world
    for student in world.students:
        await school.share(student=student)
    await relay()
    await hand_in(school, world.students[0])
    ids: dict[str, Any] = {"round": school.round_id, "person": world.mentor.id}
    await school.append("plan.missing", **ids, moment=1)
    await relay()
    assert await told(school, "plan.missing") == set()
    with clock.at(datetime.now(UTC) + timedelta(days=7, minutes=1)):
        await school.append("plan.missing", **ids, moment=2)
        await relay()
        assert await told(school, "plan.missing") == {world.mentor.id}
        items = [item for item in await listed(school, world.mentor) if item.kind == "plan.missing"]
        assert [item.body for item in items] == ["2 leerlingen leverden een week na het delen nog geen plan in."]


async def test_a_complete_round_is_told_to_organisers_until_it_is_not(school: School, post: Post) -> None:
    world = school.world
    round_id = await open_round(school)
    await school.append("round.complete", round=round_id, moment=1)
    await relay()
    assert await told(school, "round.complete") == set()
    async with db.school_transaction(world.school_id):
        for student in world.students:
            await world.feedback(round_id, student, world.dutch)
            await world.feedback(round_id, student, world.maths)
    await school.append("round.complete", round=round_id, moment=2)
    await relay()
    assert await told(school, "round.complete") == {world.organiser.id}
    assert [item.url for item in await listed(school, world.organiser)] == [f"/organise/{round_id}"]
    await school.run("update feedback set complete = false where school_id = $1 and round_id = $2", round_id)
    assert await listed(school, world.organiser) == []


# --- plans and agreements ---------------------------------------------------------------------------------------------


async def hand_in(school: School, student: Person, text: str = "trots", version: int = 0) -> None:
    saved = await school.act(
        student, lambda me: plans.save_draft(me, student.id, school.round_id, PlanContent(proud=text), version)
    )
    await school.act(student, lambda me: plans.hand_in(me, student.id, school.round_id, saved.version))


async def test_a_concluded_talk_is_told_to_everyone_at_the_table(school: School) -> None:
    world = school.world
    async with db.school_transaction(world.school_id):
        second = await world.person("Twan Tweede", "teacher")
        await world.enrol(second, world.home, "teacher")
    await school.share()
    await school.act(world.mentor, lambda me: plans.conclude(me, school.student.id, school.round_id))
    await relay()
    assert await told(school, "plan.concluded") == {school.student.id, world.guardian.id, second.id}
    assert {item.title for item in await listed(school, school.student)} == {
        "Je gesprek is afgerond", "Je feedback staat klaar",
    }  # fmt: skip
    assert await sent(school, world.guardian, "plan.concluded") == {"mail": "waiting"}
    assert await sent(school, second, "plan.concluded") == {}


@pytest.mark.parametrize("party", list(Party))
async def test_an_agreement_is_due_for_its_owner_alone(school: School, post: Post, party: Party) -> None:
    world = school.world
    owners = {
        Party.STUDENT: school.student,
        Party.GUARDIAN: world.guardian,
        Party.MENTOR: world.mentor,
        Party.TEACHER: world.dutch.teacher,
    }
    tomorrow = clock.today() + timedelta(days=1)
    await school.share()
    owner_id = world.dutch.teacher.id if party is Party.TEACHER else None
    body = AgreementBody(what="Tien woorden", party=party, owner_id=owner_id, due_on=tomorrow)
    made = await school.act(world.mentor, lambda me: agreements.add(me, school.student.id, school.round_id, body))
    ids = {"round": school.round_id, "student": school.student.id, "agreement": made.id}
    await school.append("agreement.due", **ids, moment=1)
    await relay()
    assert await told(school, "agreement.due") == {owners[party].id}
    assert "agreement.due" in {item.kind for item in await listed(school, owners[party])}
    midnight = datetime.combine(tomorrow + timedelta(days=1), datetime.min.time(), UTC)
    with clock.at(midnight):
        assert "agreement.due" not in {item.kind for item in await listed(school, owners[party])}
    await school.act(owners[party], lambda me: agreements.tick(me, made.id, True))
    await school.append("agreement.due", **ids, moment=2)
    await relay()
    assert len([row for row in await school.notices() if row["kind"] == "agreement.due"]) == 1


# --- the school's own work --------------------------------------------------------------------------------------------


async def test_an_import_is_told_to_the_admin_who_asked_for_it(school: School) -> None:
    world = school.world
    await school.append("roster.imported", **{"import": uuid4(), "person": world.admin.id})
    await school.append("roster.imported", **{"import": uuid4(), "person": world.organiser.id})
    await school.append("roster.imported", **{"import": uuid4()})
    assert await relay() == 3
    assert [row["person_id"] for row in await school.notices()] == [world.admin.id]
    assert [item.url for item in await listed(school, world.admin)] == ["/admin/roster"]


async def test_an_import_that_was_given_up_is_told(school: School) -> None:
    world = school.world
    [row] = await school.run(
        """insert into roster_upload (school_id, uploaded_by, filename, zipped, state)
           values ($1, $2, 'a.zip', '', 'waiting') returning id""",
        world.admin.id,
    )
    await uploads.work(world.school_id, row["id"], "waiting", uploads.TRIES + 1)
    await relay()
    assert await told(school, "roster.failed") == {world.admin.id}


async def test_a_source_that_fails_at_night_is_told_to_every_admin_once(
    school: School, post: Post, mail_server: MailServer
) -> None:
    world = school.world
    async with db.school_transaction(world.school_id):
        second = await world.person("Bea Beheer", "admin")
    [row] = await school.run(
        """insert into roster_source (school_id, name, version, base_url, token_url, client_id, secret, state)
           values ($1, 'Bron', '1.2', 'https://or.example', 'https://or.example/token', 'id', 'x', 'waiting') returning id"""
    )
    for _ in range(2):
        await sources.work(world.school_id, row["id"], sources.TRIES + 1, post.settings)
        await relay()
    assert sorted(row["person_id"] for row in await school.notices()) == sorted([world.admin.id, second.id])
    await deliver_all(post)
    assert {str(read(mail)["Subject"]) for mail in mail_server.mails} == {"Bijwerken is mislukt"}


async def test_a_bundle_is_told_to_who_asked_for_it(school: School) -> None:
    for person in (school.world.mentor, school.student):
        await school.append("bundle.ready", bundle=uuid4(), person=person.id)
    await relay()
    assert [row["person_id"] for row in await school.notices()] == [school.world.mentor.id]


# --- the day's digest -------------------------------------------------------------------------------------------------

TUESDAY = at(coming(1), 10)
HALF_PAST_THREE = at(coming(1), 15, 30)


async def daily(school: School, person: Person) -> list[dict[str, Any]]:
    """The deliveries of a person's digests."""
    return await school.run(
        """select d.channel, d.state, d.last_error, d.next_try_at from delivery d
             join notice n on n.school_id = d.school_id and n.id = d.notice_id
            where d.school_id = $1 and n.person_id = $2 and n.kind = 'digest' order by d.channel, d.id""",
        person.id,
    )


async def test_plans_and_questions_of_a_day_are_one_mail_and_one_push_with_counts(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    teacher = school.world.dutch.teacher
    await school.subscribe(teacher)
    with clock.at(TUESDAY):
        for student in school.world.students[:2]:
            await school.share(student=student, guardians=False)
            await hand_in(school, student)
        await ask(school, teacher)
        await relay()
        # Workers do what came at one moment in any order.
        kinds = sorted(item.kind for item in await listed(school, teacher))
        assert kinds == ["plan.handed_in"] * 2 + ["question.asked"]
        assert await unread(school, teacher) == 3
        rows = await daily(school, teacher)
        assert [(row["channel"], row["state"], row["next_try_at"]) for row in rows] == [
            ("mail", "waiting", HALF_PAST_THREE), ("push", "waiting", HALF_PAST_THREE),
        ]  # fmt: skip
        assert await sent(school, teacher, "plan.handed_in") == {}
    await school.time_passes()
    with clock.at(HALF_PAST_THREE):
        await deliver_all(post)
    assert [push.payload for push in service.received if push.payload["kind"] == "digest"] == [
        {"kind": "digest", "url": "/notices", "tag": "digest", "lang": "nl", "n": 3}
    ]
    mail = next(mail for mail in map(read, mail_server.mails) if mail["Subject"] == "Je dagoverzicht: 3 nieuw")
    for kind in ("plain", "html"):
        assert "2 plannen van aanpak" in part(mail, kind)
        assert "1 vraag van een leerling" in part(mail, kind)
        assert "Student" not in part(mail, kind)


async def ask(school: School, teacher: Person, *, on: bool = True) -> None:
    """The student asks this teacher about what the teacher wrote, or takes it back."""
    [row] = await school.run(
        "select id from feedback where school_id = $1 and student_id = $2 and $3 = any(written_by)",
        school.student.id,
        teacher.id,
    )
    await school.act(school.student, lambda me: questions.ask(me, school.student.id, school.round_id, row["id"], on))


async def unread(school: School, person: Person) -> int:
    answer = await school.act(person, lambda me: notices.mark_read(me, []))
    found: int = answer.unread
    return found


async def test_what_was_read_or_told_before_is_not_counted_again(
    school: School, post: Post, mail_server: MailServer
) -> None:
    teacher, (first, second, third) = school.world.dutch.teacher, school.world.students
    for student, days in ((first, 0), (second, 1), (third, 2)):
        with clock.at(TUESDAY + timedelta(days=days)):
            await school.share(student=student, guardians=False)
            await hand_in(school, student)
            await relay()
        if student is third:
            await school.act(teacher, lambda me: notices.mark_read(me, None))
        await school.time_passes()
        sent_at = HALF_PAST_THREE + timedelta(days=days)
        with clock.at(sent_at):
            await deliver_all(post)
        # The worker notes the database's own clock.
        await school.run("update delivery set sent_at = $2 where school_id = $1 and state = 'sent'", sent_at)
    assert sorted((row["state"], row["last_error"]) for row in await daily(school, teacher)) == [
        ("dropped", "nothing_new"), ("sent", ""), ("sent", ""),
    ]  # fmt: skip
    address = (await school.run("select email from person where school_id = $1 and id = $2", teacher.id))[0]["email"]
    mine = [mail for mail in map(read, mail_server.mails) if str(mail["To"]) == address]
    assert [str(mail["Subject"]) for mail in mine] == ["Je dagoverzicht: 1 nieuw"] * 2


async def test_a_digest_counts_nothing_that_may_not_be_known_any_more(school: School, post: Post) -> None:
    teacher = school.world.dutch.teacher
    with clock.at(TUESDAY):
        await school.share(guardians=False)
        await hand_in(school, school.student)
        await relay()
    async with db.school_transaction(school.world.school_id):
        await school.world.leave(teacher, school.world.dutch, day=date(2026, 1, 1))
    await school.time_passes()
    with clock.at(HALF_PAST_THREE):
        await deliver_all(post)
    assert [(row["state"], row["last_error"]) for row in await daily(school, teacher)] == [("dropped", "nothing_new")]


async def test_a_question_that_waits_no_more_is_told_to_nobody(school: School, post: Post) -> None:
    teacher = school.world.dutch.teacher
    await school.share(guardians=False)
    with clock.at(TUESDAY):
        await ask(school, teacher)
        await relay()
        [notice] = await listed(school, teacher)
        assert (notice.kind, notice.url) == ("question.asked", "/rounds")
        [question] = await school.act(teacher, questions.to_me)
        await school.act(teacher, lambda me: questions.answer(me, question.id, answered=True))
    await school.time_passes()
    with clock.at(HALF_PAST_THREE):
        await deliver_all(post)
    assert await listed(school, teacher) == []
    assert [(row["state"], row["last_error"]) for row in await daily(school, teacher)] == [("dropped", "nothing_new")]


async def test_a_question_taken_back_is_counted_in_no_digest(school: School, post: Post) -> None:
    teacher = school.world.dutch.teacher
    await school.share(guardians=False)
    with clock.at(TUESDAY):
        await ask(school, teacher)
        await relay()
        await ask(school, teacher, on=False)
        await relay()
    await school.time_passes()
    with clock.at(HALF_PAST_THREE):
        await deliver_all(post)
    assert {row["last_error"] for row in await daily(school, teacher)} == {"nothing_new"}


async def test_a_digest_waits_for_the_next_school_day(school: School) -> None:
    teacher = school.world.dutch.teacher
    friday = coming(4)
    with clock.at(at(friday, 16)):
        await school.share(guardians=False)
        await hand_in(school, school.student)
        await relay()
    assert [row["next_try_at"] for row in await daily(school, teacher)] == [at(friday + timedelta(days=3), 15, 30)]
