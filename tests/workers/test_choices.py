"""Quiet hours move a moment and drop nothing; what people and schools do not want is not sent; mails can be ended by one press."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.notices.kinds import KINDS
from server.notices.sending import read_token
from server.plans import service as plans
from server.platform import clock
from server.platform.mail import Letter, compose, recipient
from server.platform.texts import LANGUAGES
from server.settings import Settings
from tests.factories import Person
from tests.push.stub import PushService
from tests.workers.conftest import MailServer, School
from tests.workers.test_deliver import deliver_all, part, read
from tests.workers.test_kinds import at, coming, open_round
from workers.deliver import Post
from workers.relay import relay

FRIDAY = coming(4)
MONDAY = FRIDAY + timedelta(days=3)
FRIDAY_NIGHT = at(FRIDAY, 21, 30)
MONDAY_MORNING = at(MONDAY, 7)


async def quiet(school: School) -> None:
    await school.run("update school_settings set quiet_hours = true where school_id = $1")


async def due(school: School) -> list[datetime]:
    return [row["next_try_at"] for row in await school.run("select next_try_at from delivery where school_id = $1")]


async def test_at_night_the_notice_is_there_at_once_and_push_and_mail_wait_for_the_morning(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    await quiet(school)
    await school.subscribe(school.student)
    with clock.at(FRIDAY_NIGHT):
        await school.share(guardians=False)
        await relay()
        assert len(await school.notices(school.student)) == 1
        assert await due(school) == [MONDAY_MORNING] * 2
    # Also when a worker takes them too early: this is no try, and nothing is dropped.
    await school.time_passes()
    with clock.at(FRIDAY_NIGHT + timedelta(days=1)):
        await deliver_all(post)
        rows = await school.deliveries()
        assert [(row["state"], row["tries"]) for row in rows] == [("waiting", 0)] * 2
        assert await due(school) == [MONDAY_MORNING] * 2
    assert (service.received, mail_server.mails) == ([], [])
    await school.time_passes()
    with clock.at(MONDAY_MORNING):
        await deliver_all(post)
    assert {state for _, state in await school.states()} == {"sent"}
    assert (len(service.received), len(mail_server.mails)) == (1, 1)


async def test_by_day_nothing_waits(school: School) -> None:
    await quiet(school)
    with clock.at(at(FRIDAY, 20, 59)):
        await school.share(guardians=False)
        await relay()
    assert all(moment <= datetime.now(UTC) for moment in await due(school))


async def test_holidays_are_quiet_too_and_a_second_try_does_not_fall_into_them(
    school: School, post: Post, mail_server: MailServer
) -> None:
    await quiet(school)
    await school.run(
        "insert into school_holiday (school_id, name, first_on, last_on) values ($1, 'Vakantie', $2, $3)",
        MONDAY,
        MONDAY + timedelta(days=4),
    )
    after = at(MONDAY + timedelta(days=7), 7)
    with clock.at(at(MONDAY + timedelta(days=1), 11)):
        await school.share(guardians=False)
        await relay()
        assert await due(school) == [after]
    await school.run("update delivery set tries = 1, next_try_at = now() where school_id = $1")
    with clock.at(at(MONDAY + timedelta(days=2), 11)):
        await deliver_all(post)
    assert await due(school) == [after]
    assert mail_server.mails == []


async def test_a_talks_summary_is_not_held_back(school: School, post: Post, mail_server: MailServer) -> None:
    await quiet(school)
    with clock.at(FRIDAY_NIGHT):
        await school.share(guardians=False)
        await school.act(school.world.mentor, lambda me: plans.conclude(me, school.student.id, school.round_id))
        await relay()
        await deliver_all(post)
    assert [str(read(mail)["Subject"]) for mail in mail_server.mails] == ["Je gesprek is afgerond"]


async def test_a_reminder_that_would_wait_beyond_its_deadline_is_in_the_app_alone(school: School) -> None:
    await quiet(school)
    teacher = school.world.dutch.teacher
    for deadline, sent in ((MONDAY_MORNING, 0), (MONDAY_MORNING + timedelta(hours=2), 1)):
        round_id = await open_round(school, deadline=deadline)
        with clock.at(FRIDAY_NIGHT):
            await school.append("round.deadline_near", round=round_id, person=teacher.id, moment=1)
            await relay()
        assert len(await due(school)) == sent
    assert len(await school.notices(teacher)) == 2


# --- choices ----------------------------------------------------------------------------------------------------------


async def choose(school: School, person: Person, kind: str, channel: str, wanted: bool) -> None:
    await school.run(
        "insert into notice_preference (school_id, person_id, kind, channel, wanted) values ($1, $2, $3, $4, $5)",
        person.id,
        kind,
        channel,
        wanted,
    )


async def test_what_somebody_does_not_want_is_in_the_app_alone(school: School) -> None:
    await school.subscribe(school.student)
    await choose(school, school.student, "report.shared", "mail", False)
    await choose(school, school.world.guardian, "report.shared", "push", False)
    await school.share()
    await relay()
    rows = [(row["person_id"], row["channel"]) for row in await school.deliveries()]
    assert sorted(rows) == sorted([(school.student.id, "push"), (school.world.guardian.id, "mail")])
    assert len(await school.notices()) == 2


async def test_what_somebody_wants_beyond_the_default_is_sent(school: School) -> None:
    await choose(school, school.world.mentor, "plan.missing", "mail", True)
    await school.share()
    await school.append("plan.missing", round=school.round_id, person=school.world.mentor.id, moment=1)
    with clock.at(datetime.now(UTC) + timedelta(days=8)):
        await relay()
    mine = [row for row in await school.deliveries() if row["person_id"] == school.world.mentor.id]
    assert [row["channel"] for row in mine] == ["mail"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_the_school_switched_off_goes_to_nobody(
    school: School, post: Post, mail_server: MailServer, when: str
) -> None:
    off = "insert into notice_switched_off (school_id, kind, channel) values ($1, 'report.shared', 'mail')"
    if when == "before":
        await school.run(off)
    await school.share()
    await relay()
    if when == "after":
        await school.run(off)
    await deliver_all(post)
    assert mail_server.mails == []
    assert {(row["state"], row["last_error"]) for row in await school.deliveries()} <= {("dropped", "unwanted")}
    assert len(await school.notices()) == 2


async def test_a_choice_made_after_the_news_counts_too_and_leaves_the_rest(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()
    await choose(school, school.student, "report.shared", "mail", False)
    await deliver_all(post)
    assert dict(await school.states()) == {"push": "sent", "mail": "dropped"}
    assert mail_server.mails == []
    assert (await school.notices())[0]["withdrawn_at"] is None


# --- mails ------------------------------------------------------------------------------------------------------------


async def test_every_mail_about_news_can_be_ended_by_one_press(
    school: School, post: Post, mail_server: MailServer, worker_settings: Settings
) -> None:
    await school.share()
    await relay()
    await deliver_all(post)
    found: dict[UUID, str] = {}
    for raw in mail_server.mails:
        lines = [line for line in raw.split(b"\r\n") if line.lower().startswith(b"list-unsubscribe:")]
        # On one line and readable as it is: mail programs do not decode addresses.
        assert len(lines) == 1
        assert lines[0].startswith(b"List-Unsubscribe: <http://localhost:8000/unsubscribe/")
        assert lines[0].endswith(b">")
        mail = read(raw)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = lines[0].decode().removeprefix("List-Unsubscribe: <").removesuffix(">")
        assert address in part(mail, "plain")
        assert f'href="{address}"' in part(mail, "html")
        which = read_token(worker_settings, httpx.URL(address).path.rpartition("/")[2])
        assert which is not None
        found[which.person_id] = which.kind
    assert found == {school.student.id: "report.shared", school.world.guardian.id: "report.shared"}


def letter(key: str, **more: Any) -> Letter:
    return Letter(
        to="sam@school.example",
        language=more.pop("language", "nl"),
        key=key,
        url="https://feedback.school.example/rounds",
        school="Het Voorbeeld",
        message_id="<1@feedback.school.example>",
        created_at=datetime(2026, 12, 1, tzinfo=UTC),
        **more,
    )


def composed(written: Letter) -> EmailMessage:
    return read(compose(written, recipient(written.to), "driehoek@school.example"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_mail_is_plain_words_and_html_that_outlook_shows(kind: str, language: str) -> None:
    if all(way.mail is None for way in KINDS[kind].to.values()):
        return
    for n in (1, 5) if KINDS[kind].shows_number else (None,):
        mail = composed(letter(KINDS[kind].words, language=language, n=n))
        assert "{" not in str(mail["Subject"])
        for body in (part(mail, "plain"), part(mail, "html")):
            assert "{n}" not in body
            assert "https://feedback.school.example/rounds" in body
            assert n is None or str(n) in body
        html = part(mail, "html")
        # Word, which Outlook reads mails with, knows tables and styles in the tags, and neither flex nor max-width.
        assert "<!--[if mso]>" in html
        assert 'role="presentation"' in html
        assert 'bgcolor="#0B6070"' in html
        assert "prefers-color-scheme: dark" in html
        assert "[data-ogsc]" in html
        assert "<img" not in html
        assert "flex" not in html


def test_a_mail_is_what_a_mail_program_understands_whatever_the_school_is_called() -> None:
    """Lines as short as mail wants them, but the one that must stay whole; no line end but its own; nothing broken."""
    school = "Łódź-college ’t Għaqda 学校 =_driehoek " + "x" * 90
    written = replace(
        letter("code"), school=school, url="", code="ABCD-1234", unsubscribe="https://school.example/" + "u" * 200
    )
    raw = compose(written, recipient(written.to), "driehoek@school.example")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert raw.isascii()
    assert [line for line in raw.split(b"\r\n") if len(line) > 78] == [
        b"List-Unsubscribe: <%b>" % written.unsubscribe.encode()
    ]
    mail = read(raw)
    assert [each.defects for each in mail.walk()] == [[], [], []]
    assert mail["To"] == "sam@school.example"
    assert mail["Date"].datetime == written.created_at
    for kind in ("plain", "html"):
        assert "ABCD-1234" in part(mail, kind)
        assert school in part(mail, kind)


@pytest.mark.parametrize("text", ["nobody", "a@", "@b.example", "a@b.example\nBcc: c@d.example", "a@b.example\rX: y"])
def test_what_is_no_address_is_refused_before_it_gets_into_a_header(text: str) -> None:
    with pytest.raises(ValueError):
        recipient(text)


@pytest.mark.parametrize("text", ["a b@c.example", "juf.ans@school.example", "o'neil+x@c.example"])
def test_unusual_addresses_stay_one_address(text: str) -> None:
    mail = composed(replace(letter("code"), to=text))
    assert [(each.username, each.domain) for each in mail["To"].addresses] == [tuple(text.rsplit("@", 1))]


def test_an_address_in_other_letters_stands_there_as_it_is() -> None:
    """As SMTPUTF8 wants it; a mail server that cannot do that is not given the mail."""
    to = recipient("jürgen@müller.example")
    assert "\r\nTo: jürgen@müller.example\r\n".encode() in compose(letter("code"), to, "driehoek@school.example")
