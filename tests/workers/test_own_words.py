"""The organiser's own words stand in the mails of the round, as plain text, and nowhere else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.push.stub import PushService
from tests.workers.conftest import MailServer, School
from tests.workers.test_deliver import deliver_all, part, read
from tests.workers.test_kinds import open_round
from workers.deliver import Post
from workers.relay import relay

WORDS = {
    "opened": 'Fijn dat je <b>meedoet</b> & "begint"!\nVragen? Bel 123.',
    "reminder": "Nog even volhouden.",
    "closed": "Deel op tijd.",
}


async def say(school: School, round_id: Any, **words: str) -> None:
    await school.run(
        "update round set words = $3 where school_id = $1 and id = $2", round_id, msgspec.json.encode(words).decode()
    )


async def test_own_words_come_as_they_were_typed(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    round_id = await open_round(school)
    await say(school, round_id, **WORDS)
    await school.subscribe(school.world.dutch.teacher)
    await school.append("round.opened", round=round_id)
    await relay()
    await deliver_all(post)

    mails = list(map(read, mail_server.mails))
    assert len(mails) == 2
    for mail in mails:
        text, html = part(mail, "plain"), part(mail, "html")
        assert "De organisator schrijft erbij:" in text
        assert '> Fijn dat je <b>meedoet</b> & "begint"!\n> Vragen? Bel 123.' in text.replace("\r\n", "\n")
        assert "<b>" not in html
        assert "&lt;b&gt;meedoet&lt;/b&gt; &amp;" in html
        assert "<br>Vragen? Bel 123." in html
    assert service.received
    assert all("Fijn" not in str(push.payload) for push in service.received)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("round.deadline_near", "reminder"),
        ("round.deadline_passed", "reminder"),
        ("round.nudged", "reminder"),
        ("round.opened", "opened"),
    ],
)
async def test_each_mail_has_the_words_for_it_alone(
    school: School, post: Post, mail_server: MailServer, kind: str, word: str
) -> None:
    round_id = await open_round(school)
    await say(school, round_id, **WORDS)
    named = {} if kind == "round.opened" else {"person": school.world.dutch.teacher.id, "moment": 1, "day": 1}
    await school.append(kind, round=round_id, **named)
    await relay()
    await deliver_all(post)

    text = part(read(mail_server.mails[0]), "plain")
    for name, said in WORDS.items():
        assert (said.splitlines()[-1] in text) is (name == word), name


async def test_mentors_read_what_is_meant_for_them_when_the_round_closes(
    school: School, post: Post, mail_server: MailServer
) -> None:
    await say(school, school.round_id, **WORDS)
    await school.append("round.closed", round=school.round_id)
    await relay()
    await deliver_all(post)

    [mail] = map(read, mail_server.mails)
    assert str(mail["To"]).endswith(f"@{school.world.slug}.example")
    assert "> Deel op tijd." in part(mail, "plain")


async def test_without_own_words_a_mail_is_as_it_was(school: School, post: Post, mail_server: MailServer) -> None:
    round_id = await open_round(school)
    await say(school, round_id, reminder="Alleen bij herinneringen.")
    await school.append("round.opened", round=round_id)
    await relay()
    await deliver_all(post)

    for mail in map(read, mail_server.mails):
        assert "organisator schrijft" not in part(mail, "plain") + part(mail, "html")
