"""Invitations and codes by mail: from the act to the mailbox, with the code in it and nothing else."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from server.access import codes, invitations
from server.access.derived import invitation_token, mailed_code
from server.access.schemas import InviteBody
from server.platform import db
from server.platform.request import Me
from server.rules.facts import Viewer
from tests.factories import Person
from tests.workers.conftest import MailServer, School
from workers.deliver import Post, deliver
from workers.relay import relay


def read(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, policy=default)  # type: ignore[return-value]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def run(post: Post) -> None:
    while await relay():
        pass
    while await deliver(post):
        pass


async def invite(school: School, post: Post, person: Person, channel: str = "mail") -> UUID:
    """The admin invites; the invitation."""
    world = school.world
    viewer = Viewer(world.admin.id, admin=True, second_factor=True)
    me = Me(world.school_id, world.admin.id, viewer, frozenset({"admin"}), "nl", "Europe/Amsterdam")
    async with db.school_transaction(world.school_id):
        await invitations.invite(me, InviteBody(channel=channel, persons=[person.id]), post.settings)  # type: ignore[arg-type]
    (row,) = await school.run("select id from invitation where school_id = $1 order by id desc limit 1")
    found: UUID = row["id"]
    return found


async def test_an_invitation_brings_a_link_a_code_to_type_and_no_name(
    school: School, post: Post, mail_server: MailServer
) -> None:
    invitation_id = await invite(school, post, school.world.guardian)
    await run(post)
    (mail,) = map(read, mail_server.mails)
    token = invitation_token(post.settings, invitation_id)
    for kind in ("plain", "html"):
        assert f"http://localhost:8000/i/{token}" in part(mail, kind)
        assert token in part(mail, kind).replace(f"/i/{token}", "")
    people = await school.run("select given_name, family_name from person where school_id = $1")
    said = str(mail["Subject"]) + part(mail, "plain") + part(mail, "html")
    assert not [name for row in people for name in row.values() if name in said]
    (row,) = await school.run("select state, notice_id from delivery where school_id = $1")
    assert row == {"state": "sent", "notice_id": None}


async def test_a_code_reaches_who_was_invited_and_nobody_else(
    school: School, post: Post, mail_server: MailServer
) -> None:
    world = school.world
    await invite(school, post, world.guardian, "paper")
    await run(post)
    assert mail_server.mails == []  # a letter goes by hand
    (row,) = await school.run("select email from person where school_id = $1 and id = $2", world.guardian.id)
    for address in (row["email"], "nobody@example.org"):
        await codes.ask_with_address(world.school_id, address, b"browser")
    await run(post)
    (mail,) = map(read, mail_server.mails)
    (code,) = await school.run("select id from sign_in_code where school_id = $1 and sent_to <> ''")
    assert str(mail["To"]) == row["email"]
    digits = mailed_code(post.settings, code["id"])
    assert digits in part(mail, "plain")
    assert digits in part(mail, "html")
    assert digits not in str(mail["Subject"])  # a lock screen shows subjects
    assert "href" not in part(mail, "html")
    states = await school.run(
        "select state, last_error from delivery where school_id = $1 and code_id is not null order by state"
    )
    assert states == [{"state": "dropped", "last_error": "over"}, {"state": "sent", "last_error": ""}]


async def test_what_ended_meanwhile_does_not_go_out(school: School, post: Post, mail_server: MailServer) -> None:
    world = school.world
    await invite(school, post, world.guardian)
    await invite(school, post, world.guardian)
    (row,) = await school.run("select email from person where school_id = $1 and id = $2", world.guardian.id)
    for _ in range(2):
        await codes.ask_with_address(world.school_id, row["email"], b"browser")
    await run(post)
    assert sorted(str(read(mail)["Subject"]) for mail in mail_server.mails) == [
        "Je inlogcode voor Driehoek",
        f"Je toegang tot School {world.slug} in Driehoek",
    ]


async def test_a_mail_that_is_sent_twice_carries_the_same_code(
    school: School, post: Post, mail_server: MailServer
) -> None:
    world = school.world
    await invite(school, post, world.guardian)
    await run(post)
    await school.run(
        "update delivery set state = 'waiting', leased_until = null, next_try_at = now() where school_id = $1"
    )
    await run(post)
    first, second = map(read, mail_server.mails)
    assert part(first, "plain") == part(second, "plain")
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_mail_server_that_is_away_gets_it_later(school: School, post: Post, mail_server: MailServer) -> None:
    mail_server.refuse.append("451 later")
    await invite(school, post, school.world.guardian)
    await run(post)
    assert mail_server.mails == []
    await school.time_passes()
    await run(post)
    assert len(mail_server.mails) == 1
