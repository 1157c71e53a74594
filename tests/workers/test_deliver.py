"""Deliveries: what arrives, what is tried again, and what is not sent because a permission ended meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import msgspec
import pytest

from server.notices import delivery, delivery_queries
from server.notices.kind import Channel
from server.platform import clock, db
from server.platform.mail import Letter, Mailman
from server.platform.push import Attempt, Outcome, topic_of
from server.reports import sharing
from server.settings import Settings
from tests.push.http import Answer
from tests.push.stub import PushService
from tests.workers.conftest import CANARIES, MailServer, School
from workers import deliver as deliver_module
from workers.deliver import Post, deliver, send_due
from workers.relay import relay
from workers.retain import retain


def read(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, policy=default)  # type: ignore[return-value]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def deliver_all(post: Post) -> None:
    while await deliver(post):
        pass


async def test_push_and_mail_arrive_and_say_where_to_look_and_nothing_else(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    await school.subscribe(school.student)
    await school.subscribe(school.world.guardian)
    await school.run("update person set locale = 'en' where school_id = $1 and id = $2", school.world.guardian.id)
    await school.share()
    await relay()
    await deliver_all(post)
    assert {state for _, state in await school.states()} == {"sent"}
    url = f"/rounds/{school.round_id}/students/{school.student.id}"
    tag = f"report.shared:{school.round_id}:{school.student.id}"
    assert sorted((push.payload for push in service.received), key=lambda payload: payload["kind"]) == [
        {"kind": "report_shared", "url": url, "tag": tag, "lang": "nl"},
        {"kind": "report_shared_other", "url": url, "tag": tag, "lang": "en"},
    ]
    assert {push.headers["topic"] for push in service.received} == {topic_of(tag)}
    mails = {str(mail["Subject"]): mail for mail in map(read, mail_server.mails)}
    assert set(mails) == {"Je feedback staat klaar", "Feedback is ready"}
    for mail in mails.values():
        assert f"http://localhost:8000{url}" in part(mail, "plain")
        assert f'href="http://localhost:8000{url}"' in part(mail, "html")
        assert mail["Auto-Submitted"] == "auto-generated"
        assert str(mail["From"]).endswith("<driehoek@localhost>")
    assert "&" not in part(mails["Je feedback staat klaar"], "plain")  # text is not escaped as HTML


async def test_no_name_and_no_text_leaves_in_a_push_or_a_mail(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    people = await school.run("select given_name, family_name from person where school_id = $1")
    secrets = {*CANARIES} | {name for row in people for name in row.values()}
    assert "Student0" in secrets  # something could leak
    for person in (school.student, school.world.guardian, school.world.mentor):
        await school.subscribe(person)
    await school.share()
    await school.append(
        "plan.handed_in", round=school.round_id, student=school.student.id, plan=school.round_id, number=1
    )
    await school.run(
        "insert into plan (school_id, round_id, student_id, state) values ($1, $2, $3, 'handed_in')",
        school.round_id,
        school.student.id,
    )
    await relay()
    await deliver_all(post)
    assert len(service.received) == 3
    assert len(mail_server.mails) == 2
    mails = [read(mail) for mail in mail_server.mails]
    seen = [push.plain.decode() for push in service.received]
    seen += [f"{mail['Subject']} {part(mail, 'plain')} {part(mail, 'html')}" for mail in mails]
    for text in seen:
        # Sealed, and so by chance any two letters.
        plain = re.sub(r"/unsubscribe/[\w-]+", "", text)
        assert [secret for secret in secrets if secret in plain] == []


async def test_a_dead_mail_server_is_tried_again_and_nothing_is_lost(
    school: School, post: Post, mail_server: MailServer, worker_settings: Settings
) -> None:
    dead = msgspec.structs.replace(worker_settings.smtp, port=1)
    post.settings = msgspec.structs.replace(worker_settings, smtp=dead)
    await school.share()
    await relay()
    for tries in (1, 2, 3):
        await deliver_all(post)
        rows = await school.deliveries()
        assert {(row["state"], row["last_error"], row["tries"]) for row in rows} == {("waiting", "network", tries)}
        assert all(row["wait"] > 3 for row in rows)
        await school.time_passes()
    post.settings = worker_settings
    await deliver_all(post)
    assert await school.states() == [("mail", "sent")] * 2
    assert len(mail_server.mails) == 2


async def test_a_mail_server_that_says_later_is_tried_again_and_one_that_says_never_is_not(
    school: School, post: Post, mail_server: MailServer
) -> None:
    await school.run("update person set enabled = false where school_id = $1 and id = $2", school.world.guardian.id)
    await school.share()
    await relay()
    mail_server.refuse = ["451 Try again later", "550 No such mailbox"]
    await deliver_all(post)
    assert [(row["state"], row["last_error"]) for row in await school.deliveries()] == [("waiting", "smtp_451")]
    await school.time_passes()
    await deliver_all(post)
    assert [(row["state"], row["last_error"]) for row in await school.deliveries()] == [("failed", "smtp_recipient")]


@pytest.mark.parametrize("address", ["nobody", "a@b@", "@z.example", "a@b.example\nBcc: c@d.example"])
async def test_an_address_that_is_none_fails_alone(
    school: School, post: Post, mail_server: MailServer, address: str
) -> None:
    await school.run("update person set email = $3 where school_id = $1 and id = $2", school.student.id, address)
    await school.share()
    await relay()
    await deliver_all(post)
    states = {row["person_id"]: row["state"] for row in await school.deliveries()}
    assert states == {school.student.id: "failed", school.world.guardian.id: "sent"}
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_expired_subscriptions_are_removed(school: School, post: Post, service: PushService, status: int) -> None:
    await school.subscribe(school.student)
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()
    service.answers = [Answer(status), Answer(status)]
    await deliver_all(post)
    rows = [row for row in await school.deliveries() if row["channel"] == "push"]
    assert [(row["state"], row["last_error"], row["subscription_id"]) for row in rows] == [
        ("dropped", f"http_{status}", None)
    ] * 2
    assert await school.run("select 1 from push_subscription where school_id = $1") == []


async def test_a_push_service_that_is_busy_is_left_alone_for_as_long_as_it_asks(
    school: School, post: Post, service: PushService
) -> None:
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()
    service.answers = [Answer(429, {"retry-after": "900"}), Answer(503)]
    await deliver_all(post)
    push = (await school.deliveries())[0]
    assert (push["state"], push["last_error"]) == ("waiting", "http_429")
    assert 890 < push["wait"] <= 900
    await school.time_passes()
    await deliver_all(post)
    push = (await school.deliveries())[0]
    assert (push["state"], push["last_error"], push["tries"]) == ("waiting", "http_503", 2)
    assert 10 < push["wait"] < 30
    await school.time_passes()
    await deliver_all(post)
    assert (await school.deliveries())[0]["state"] == "sent"


async def test_a_push_that_is_too_large_is_shortened_and_else_given_up_and_the_subscription_stays(
    school: School, post: Post, service: PushService
) -> None:
    for student in school.world.students[:2]:
        await school.subscribe(student)
    await school.share(guardians=False)
    await relay()
    service.answers = [Answer(413), Answer(201)]
    await deliver_all(post)
    assert (await school.deliveries())[0]["state"] == "sent"
    assert service.received[-1].payload == {"kind": "report_shared", "lang": "nl"}
    await school.share(student=school.world.students[1], guardians=False)
    await relay()
    service.answers = [Answer(413), Answer(413)]
    await deliver_all(post)
    rows = [(row["state"], row["last_error"]) for row in await school.deliveries() if row["channel"] == "push"]
    assert rows == [("sent", ""), ("failed", "http_413")]
    assert len(await school.run("select 1 from push_subscription where school_id = $1")) == 2


async def test_what_does_not_arrive_is_given_up_a_day_after_its_first_try(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()
    # However long it was held back: by quiet hours, a weekend, a holiday.
    await school.run("update delivery set created_at = created_at - interval '16 days' where school_id = $1")
    for hours, state in ((0, "waiting"), (22, "waiting"), (2, "failed")):
        await school.run(
            "update delivery set first_tried_at = first_tried_at - $2::interval where school_id = $1",
            timedelta(hours=hours),
        )
        await school.time_passes()
        service.answers, mail_server.refuse = [Answer(503)], ["451 Try again later"]
        await deliver_all(post)
        assert await school.states() == [("push", state), ("mail", state)]
    assert [row["last_error"] for row in await school.deliveries()] == ["http_503", "smtp_451"]


async def pass_time(school: School) -> timedelta:
    """Wait for the next try of whatever is tried next; how long that took."""
    [row] = await school.run(
        """select greatest(min(next_try_at) - now(), interval '0') as wait from delivery
            where school_id = $1 and state = 'waiting'"""
    )
    await school.run(
        """update delivery set next_try_at = next_try_at - $2::interval, first_tried_at = first_tried_at - $2::interval
            where school_id = $1""",
        row["wait"],
    )
    wait: timedelta = row["wait"]
    return wait


@pytest.mark.parametrize("dead", ["mail", "push"])
async def test_what_was_meant_for_a_dead_service_arrives_once_it_is_back_an_hour_later(
    school: School, post: Post, service: PushService, mail_server: MailServer, worker_settings: Settings, dead: str
) -> None:
    for student in school.world.students:
        await school.subscribe(student)
        await school.share(student=student, guardians=False)
    await relay()
    if dead == "mail":
        nowhere = msgspec.structs.replace(worker_settings.smtp, port=1)
        post.settings = msgspec.structs.replace(worker_settings, smtp=nowhere)
    else:
        service.dead = True
    gone = timedelta()
    while gone < timedelta(hours=1):
        await deliver_all(post)
        states = dict.fromkeys(await school.states())
        assert list(states) == (
            [("push", "sent"), ("mail", "waiting")] if dead == "mail" else [("push", "waiting"), ("mail", "sent")]
        )
        gone += await pass_time(school)
    assert max(row["tries"] for row in await school.deliveries()) < 12
    post.settings, service.dead = worker_settings, False
    while any(state == "waiting" for _, state in await school.states()):
        await deliver_all(post)
        if any(state == "waiting" for _, state in await school.states()):
            assert await pass_time(school) <= timedelta(minutes=72)
    assert set(await school.states()) == {("push", "sent"), ("mail", "sent")}
    assert len(service.received) == len({push.path for push in service.received}) == 3
    assert len(mail_server.mails) == len({read(mail)["To"] for mail in mail_server.mails}) == 3


async def test_a_mail_server_that_hangs_holds_up_no_push_and_the_mails_wait_together(
    school: School, post: Post, service: PushService, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in school.world.students:
        await school.subscribe(student)
        await school.share(student=student, guardians=False)
    await relay()
    monkeypatch.setattr(Mailman.__init__, "__kwdefaults__", {"patience": 0.2})
    monkeypatch.setattr(deliver_module, "ROUND", 0.3)
    mail_server.hangs = True
    await asyncio.gather(*(send_due(post, channel) for channel in Channel))
    assert [state for channel, state in await school.states() if channel == "push"] == ["sent"] * 3
    mails = [row for row in await school.deliveries() if row["channel"] == "mail"]
    assert {row["state"] for row in mails} == {"waiting"}
    # Those that were tried wait for their next try; those that time did not allow were given back, and it counts as no try.
    assert {(row["tries"], row["last_error"]) for row in mails} == {(0, ""), (1, "network")}
    mail_server.hangs = False
    await school.time_passes()
    await deliver_all(post)
    assert len(mail_server.mails) == 3


# --- mailboxes that are none ------------------------------------------------------------------------------------------


async def test_an_address_that_bounced_gets_no_more_mail_until_it_changes_or_the_admin_says_so(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    student = school.student
    await school.run("update school_settings set guardians_admitted = false where school_id = $1")
    mail_server.refuse = ["550 5.1.1 No such mailbox"]
    await school.share(guardians=False)
    await relay()
    await deliver_all(post)
    # The next news goes to the app and to phones alone. (With other readers it is another version.)
    await school.subscribe(student)
    await school.share(guardians=True)
    await relay()
    await deliver_all(post)
    rows = [(row["channel"], row["state"], row["last_error"]) for row in await school.deliveries()]
    assert rows == [("push", "sent", ""), ("mail", "failed", "smtp_recipient"), ("mail", "dropped", "stopped")]
    assert mail_server.mails == []
    assert len(await school.notices(student)) == 2

    [address] = await school.run("select address from stopped_address where school_id = $1")
    await school.run("update person set email = 'new@school.example' where school_id = $1 and id = $2", student.id)
    await school.share(guardians=False)
    await relay()
    await deliver_all(post)
    assert [read(mail)["To"] for mail in mail_server.mails] == ["new@school.example"]

    await school.run(
        "update person set email = upper($3) where school_id = $1 and id = $2", student.id, address["address"]
    )
    async with db.school_transaction(school.world.school_id):
        assert await delivery_queries.retry(school.world.school_id, None) == 1
    await deliver_all(post)
    assert len(mail_server.mails) == 2
    assert await school.run("select 1 from stopped_address where school_id = $1") == []


@pytest.mark.parametrize(
    ("answer", "state", "error", "stops"),
    [
        ("550 No such mailbox", "failed", "smtp_recipient", True),
        ("551 5.1.6 Moved away", "failed", "smtp_recipient", True),
        ("550 5.2.1 Mailbox disabled", "failed", "smtp_recipient", True),
        ("553 5.1.3 Bad address", "failed", "smtp_recipient", True),
        ("550 5.7.1 You may not send to us", "failed", "smtp_550", False),
        ("552 5.2.2 Mailbox full", "failed", "smtp_552", False),
        ("554 Spam", "failed", "smtp_554", False),
        ("450 4.2.1 Busy", "waiting", "smtp_450", False),
    ],
)
async def test_what_a_mail_server_says_about_a_recipient(
    school: School, post: Post, mail_server: MailServer, answer: str, state: str, error: str, stops: bool
) -> None:
    mail_server.refuse = [answer]
    await school.share(guardians=False)
    await relay()
    await deliver_all(post)
    assert [(row["state"], row["last_error"]) for row in await school.deliveries()] == [(state, error)]
    assert bool(await school.run("select 1 from stopped_address where school_id = $1")) is stops


async def test_addresses_that_nobody_has_any_more_are_forgotten(school: School) -> None:
    async with db.school_transaction(school.world.school_id):
        for address in (f"{school.student.id}@gone.example", "Kept@School.example"):
            await delivery_queries.stop_address(school.world.school_id, address, "smtp_recipient")
    await school.run(
        "update person set email = 'kept@school.example' where school_id = $1 and id = $2", school.student.id
    )
    await retain()
    assert await school.run("select address from stopped_address where school_id = $1") == [
        {"address": "kept@school.example"}
    ]


def test_waits_grow_from_seconds_to_an_hour_and_are_spread() -> None:
    middle = [delivery.backoff(tries, dice=0.5).total_seconds() for tries in range(1, 9)]
    assert middle == [5, 20, 80, 320, 1280, 3600, 3600, 3600]
    assert delivery.backoff(1, dice=0).total_seconds() == 4
    assert delivery.backoff(1, dice=1).total_seconds() == 6
    assert delivery.backoff(10_000, dice=0.5) == timedelta(hours=1)
    assert len({delivery.backoff(6) for _ in range(20)}) > 1


# --- the rules are asked again ----------------------------------------------------------------------------------------


async def test_a_report_recalled_after_the_notice_was_made_is_not_sent(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    """Also when the relay has not come to the recall yet."""
    await school.subscribe(school.student)
    await school.share()
    await relay()
    await school.act(school.world.mentor, lambda me: sharing.recall(me, school.student.id, school.round_id))
    await deliver_all(post)
    assert {state for _, state in await school.states()} == {"dropped"}
    assert all(notice["withdrawn_at"] for notice in await school.notices())
    assert service.received == []
    assert mail_server.mails == []


@pytest.mark.parametrize(
    "change",
    [
        "update guardianship set barred = true where school_id = $1 and guardian_id = $2",
        "update guardianship set ended_on = current_date where school_id = $1 and guardian_id = $2",
        "update person set enabled = false where school_id = $1 and id = $2",
        "update person set left_on = current_date where school_id = $1 and id = $2",
        "update school_settings set guardians_admitted = false where school_id = $1 and $2::uuid is not null",
    ],
)
async def test_a_guardian_who_was_shut_out_meanwhile_gets_nothing(
    school: School, post: Post, service: PushService, change: str
) -> None:
    guardian = school.world.guardian
    await school.subscribe(guardian)
    await school.subscribe(school.student)
    await school.share()
    await relay()
    await school.run(change, guardian.id)
    await deliver_all(post)
    states = {(row["person_id"], row["state"]) for row in await school.deliveries()}
    assert states == {(guardian.id, "dropped"), (school.student.id, "sent")}
    assert [push.payload["kind"] for push in service.received] == ["report_shared"]
    assert (await school.notices(guardian))[0]["withdrawn_at"] is not None


async def test_a_student_who_turned_eighteen_meanwhile_shuts_the_guardian_out(school: School, post: Post) -> None:
    await school.share()
    await relay()
    await school.run(
        "update person set birth_date = $3 where school_id = $1 and id = $2", school.student.id, date(2001, 1, 1)
    )
    await deliver_all(post)
    states = {row["person_id"]: row["state"] for row in await school.deliveries()}
    assert states == {school.world.guardian.id: "dropped", school.student.id: "sent"}


async def test_a_device_on_which_its_person_signed_out_gets_nothing(
    school: School, post: Post, service: PushService
) -> None:
    """Also when nobody came to take its row away yet."""
    await school.subscribe(school.student)
    await school.run(
        """with s as (insert into session (school_id, person_id, id_hash, ended_at, expires_at)
                      values ($1, $2, '\\x01', now(), now()) returning id)
           update push_subscription set session_id = s.id from s where school_id = $1""",
        school.student.id,
    )
    await school.share(guardians=False)
    await relay()
    await deliver_all(post)
    assert dict(await school.states()) == {"push": "dropped", "mail": "sent"}
    assert service.received == []


async def test_a_device_that_somebody_else_took_over_gets_nothing_of_the_first(
    school: School, post: Post, service: PushService
) -> None:
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()
    await school.run("update push_subscription set person_id = $2 where school_id = $1", school.world.students[1].id)
    await deliver_all(post)
    assert dict(await school.states()) == {"push": "dropped", "mail": "sent"}
    assert service.received == []


# --- twice, and crashes -----------------------------------------------------------------------------------------------


async def test_two_workers_at_once_send_each_delivery_once(
    school: School, post: Post, service: PushService, mail_server: MailServer
) -> None:
    for student in school.world.students:
        await school.subscribe(student)
        await school.share(student=student, guardians=False)
    await relay()
    await asyncio.gather(*(deliver_all(post) for _ in range(4)))
    assert {state for _, state in await school.states()} == {"sent"}
    assert len(service.received) == 3
    assert len(mail_server.mails) == 3


async def test_a_crash_between_sending_and_noting_sends_once_more_under_the_same_marks(
    school: School, post: Post, service: PushService, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()

    both_sent = asyncio.Barrier(2)

    async def crash(*_: object) -> None:
        await both_sent.wait()
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "settle", crash)
        with pytest.raises(asyncio.CancelledError):
            await deliver(post)
    assert await deliver(post) == 0  # leased
    await school.time_passes()
    await deliver_all(post)
    assert {state for _, state in await school.states()} == {"sent"}
    assert len(service.received) == 2
    assert len({push.headers["topic"] for push in service.received}) == 1
    assert len({push.payload["tag"] for push in service.received}) == 1
    assert len(mail_server.mails) == 2
    assert len({read(mail)["Message-ID"] for mail in mail_server.mails}) == 1


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_worker_that_is_asked_to_end_notes_what_it_sent_and_gives_the_rest_back(
    school: School,
    post: Post,
    service: PushService,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    channel: Channel,
) -> None:
    for student in school.world.students:
        await school.subscribe(student)
        await school.share(student=student, guardians=False)
    await relay()
    on_its_way, go_on = asyncio.Event(), asyncio.Event()
    sent = 0

    def slow_at_the_second(send: Callable[..., Awaitable[Attempt]]) -> Callable[..., Awaitable[Attempt]]:
        async def slow(*args: object, **more: object) -> Attempt:
            nonlocal sent
            sent += 1
            if sent == 2:
                on_its_way.set()
                await go_on.wait()
            return await send(*args, **more)

        return slow

    monkeypatch.setattr(deliver_module, "PUSHES", 1)
    monkeypatch.setattr(post.push, "send", slow_at_the_second(post.push.send))
    monkeypatch.setattr(Mailman, "send", slow_at_the_second(Mailman.send))
    ending = asyncio.create_task(deliver(post, channel))
    await on_its_way.wait()
    ending.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await ending
    found = [row for row in await school.deliveries() if row["channel"] == channel]
    assert sorted(row["state"] for row in found) == ["sent", "sent", "waiting"]

    # No lease has to run out first.
    await deliver_all(post)
    assert len(service.received) == len(school.world.students)
    assert len(mail_server.mails) == len(school.world.students)


async def test_noting_twice_changes_nothing(school: School, post: Post) -> None:
    await school.share(guardians=False)
    await relay()
    await deliver_all(post)
    before = await school.deliveries()
    letter = Letter("", "nl", "", "", "", "", clock.now())
    job = delivery.MailJob(before[0]["id"], school.world.school_id, letter)
    for outcome in (Outcome.RETRY, Outcome.GONE):
        await delivery.settle(job.school_id, [(job, Attempt(outcome, "late"))])
    after = await school.deliveries()
    assert [(row["id"], row["state"], row["sent_at"]) for row in after] == [
        (row["id"], row["state"], row["sent_at"]) for row in before
    ]


async def test_a_fault_of_ours_in_one_delivery_stops_no_other(
    school: School, post: Post, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await school.share()
    await relay()
    first = (await school.deliveries())[0]["id"]
    prepare = delivery.prepare

    async def faulty(school_id: object, delivery_ids: list[object], settings: object) -> object:
        if first in delivery_ids:
            raise RuntimeError
        return await prepare(school_id, delivery_ids, settings)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "prepare", faulty)
        await deliver_all(post)
    assert sorted(await school.states()) == [("mail", "sent"), ("mail", "waiting")]
    await school.time_passes()
    await deliver_all(post)
    assert len(mail_server.mails) == 2


async def test_nothing_is_sent_inside_a_transaction(
    school: School, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow push service must hold no connection to the database."""
    await school.subscribe(school.student)
    await school.share(guardians=False)
    await relay()
    send, held = post.push.send, []

    async def watched(*args: object, **more: object) -> object:
        held.append(db.engine().current_transaction.get())
        return await send(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(post.push, "send", watched)
    await deliver_all(post)
    assert held == [None]
