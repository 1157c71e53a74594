"""What goes over the wire to a push service, and what its answers mean."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest
from aiohttp import AddrInfoType

from server.platform.addresses import PushHosts, address_allowed, is_public, resolve
from server.platform.push import LARGEST, LONGEST_ANSWER, Outcome, Payload, Push, keys_usable, outcome_of, topic_of
from server.platform.vapid import key_pair
from server.settings import Refused, Settings, load
from tests.push.hostile import BY_ADDRESS, BY_FORM, KNOWN
from tests.push.http import Answer, Request
from tests.push.stub import Device, push_service

NEWS = Payload(kind="report_shared", url="/rounds/1/students/2", tag="report.shared:1:2", lang="nl")


def settings_with(tmp_path: Path, **more: str) -> Settings:
    return load({"DRIEHOEK_MODE": "test", "DRIEHOEK_DATA": str(tmp_path), **more})


async def test_a_push_arrives_signed_encrypted_and_with_its_own_ttl_urgency_and_topic(tmp_path: Path) -> None:
    async with push_service() as service:
        settings = settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS=f"127.0.0.1:{service.port}")
        service.public_key = key_pair(settings).public_key
        push = Push(settings)
        device = service.device()
        first = await push.send(device.subscription, NEWS, ttl=3600, urgency="high")
        second = await push.send(device.subscription, NEWS, ttl=0)
        await push.close()
    assert (first.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    one, two = service.received
    assert one.payload == {
        "kind": "report_shared",
        "url": "/rounds/1/students/2",
        "tag": "report.shared:1:2",
        "lang": "nl",
    }
    # The audience has the port (the service checks it), and no ttl sticks to a later message.
    assert one.claims["aud"] == service.origin
    assert one.claims["sub"] == settings.vapid_subject
    assert one.claims["exp"] - time.time() < 24 * 3600
    assert (one.headers["ttl"], one.headers["urgency"]) == ("3600", "high")
    assert (two.headers["ttl"], two.headers["urgency"]) == ("0", "normal")
    assert one.headers["topic"] == two.headers["topic"] == topic_of(NEWS.tag)
    assert one.headers["content-encoding"] == "aes128gcm"
    assert b"report_shared" not in one.body


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    async with push_service() as service:
        push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="127.0.0.1"))
        device, elsewhere = service.device(), service.device()
        service.answers.append(Answer(307, {"location": elsewhere.endpoint}))
        attempt = await push.send(device.subscription, NEWS, ttl=60)
        await push.close()
    assert attempt.outcome is Outcome.REFUSED
    assert len(service.received) == 1


async def test_a_push_service_that_is_away_is_tried_again(tmp_path: Path) -> None:
    async with push_service() as service:
        device = service.device()
    push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="127.0.0.1"))
    attempt = await push.send(device.subscription, NEWS, ttl=60)
    await push.close()
    assert (attempt.outcome, attempt.code) == (Outcome.RETRY, "network")


async def test_a_push_that_is_too_large_is_sent_once_more_with_the_kind_of_news_alone(tmp_path: Path) -> None:
    async with push_service() as service:
        push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="127.0.0.1"))
        device = service.device()
        service.answers = [Answer(413), Answer(201), Answer(413), Answer(413)]
        shortened = await push.send(device.subscription, NEWS, ttl=60)
        refused = await push.send(device.subscription, NEWS, ttl=60)
        await push.close()
    assert shortened.outcome is Outcome.SENT
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "http_413")
    assert [each.payload for each in service.received[:2]] == [
        {"kind": "report_shared", "url": "/rounds/1/students/2", "tag": "report.shared:1:2", "lang": "nl"},
        {"kind": "report_shared", "lang": "nl"},
    ]
    # It still replaces a waiting one of the same news.
    assert len({each.headers["topic"] for each in service.received}) == 1


async def test_a_service_that_answers_without_end_is_listened_to_for_a_while_only(tmp_path: Path) -> None:
    async with push_service() as service:
        push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="127.0.0.1"))
        service.answers = [Answer(201, body=b"x" * 10 * LONGEST_ANSWER), Answer(201)]
        device = service.device()
        attempts = [await push.send(device.subscription, NEWS, ttl=60) for _ in range(2)]
        await push.close()
    assert [each.outcome for each in attempts] == [Outcome.SENT] * 2


async def test_a_service_that_hangs_is_waited_for_a_while_only(tmp_path: Path) -> None:
    async with push_service() as service:

        async def hangs(_: Request) -> Answer:
            await asyncio.Event().wait()
            raise AssertionError

        service.slow = hangs
        push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="127.0.0.1"), timeout=0.2)
        attempt = await push.send(service.device().subscription, NEWS, ttl=60)
        await push.close()
    assert (attempt.outcome, attempt.code) == (Outcome.RETRY, "network")


async def test_an_address_that_is_no_longer_allowed_is_not_asked_at_all(tmp_path: Path) -> None:
    async with push_service() as service:
        push = Push(settings_with(tmp_path))
        attempt = await push.send(service.device().subscription, NEWS, ttl=60)
        await push.close()
    assert (attempt.outcome, attempt.code) == (Outcome.GONE, "endpoint_not_allowed")
    assert service.received == []


def test_the_largest_payload_fits_one_record_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="127.0.0.1"))
    device = Device("http://127.0.0.1:1/push")
    fixed = len(msgspec.json.encode(Payload(kind="", lang="")))
    full = Payload(kind="x" * (LARGEST - fixed), lang="")
    body, _ = push.request(device.subscription, full, ttl=60, urgency="normal")
    assert len(body) == 4096
    assert device.decrypt(body) == msgspec.json.encode(full)
    with pytest.raises(ValueError, match="payload of 3994 bytes"):
        push.request(device.subscription, msgspec.structs.replace(full, lang="x"), ttl=60, urgency="normal")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (201, Outcome.SENT),
        (202, Outcome.SENT),
        (301, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (413, Outcome.REFUSED),
        (429, Outcome.RETRY),
        (500, Outcome.RETRY),
        (503, Outcome.RETRY),
    ],
)
def test_what_a_status_means(status: int, outcome: Outcome) -> None:
    assert outcome_of(status, None).outcome is outcome


def test_retry_after_is_read_as_seconds_or_as_a_date_and_nonsense_is_passed_over() -> None:
    assert outcome_of(429, "120").after == 120
    later = outcome_of(503, format_datetime(datetime.now(UTC) + timedelta(minutes=5))).after
    assert later is not None
    assert 290 < later <= 300
    assert outcome_of(429, "soon").after is None
    assert outcome_of(429, None).after is None


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QOx",
        "https://db5.notify.windows.com/w/?token=BQY%3d",
        "https://push.school.example:443/x",
        "http://127.0.0.1:8123/push/1",
    ],
)
def test_known_push_services_and_hosts_of_the_settings_are_allowed(endpoint: str) -> None:
    found = PushHosts.of(["push.school.example", "127.0.0.1:8123"], public_only=False).endpoint(endpoint)
    assert found is not None
    assert endpoint.replace(":443", "") == found.origin + found.target


def test_in_production_nothing_on_this_machine_is_a_push_service(tmp_path: Path) -> None:
    named = PushHosts.of(["127.0.0.1:8123", "localhost", "[::1]:80", "push.school.example:8443"], public_only=True)
    for endpoint in (
        "http://127.0.0.1:8123/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://push.school.example:8443/x",
    ):
        assert named.endpoint(endpoint) is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("17.188.143.1", True),
        ("2a00:1450:400e::1", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_which_addresses_are_on_the_public_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


# --- forty hostile endpoints ------------------------------------------------------------------------------------------


class Wire:
    """The network as a hostile endpoint would like it: every name leads where it says. Nobody answers there."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.asked: list[str] = []
        self.connected: list[str] = []

    async def ask(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.addresses

    def socket(self, address: AddrInfoType) -> socket.socket:
        self.connected.append(str(address[4][0]))
        raise ConnectionRefusedError


async def through(tmp_path: Path, wire: Wire, endpoint: str) -> tuple[Outcome, str]:
    push = Push(settings_with(tmp_path), ask=wire.ask, socket_of=wire.socket)
    attempt = await push.send(Device(endpoint).subscription, NEWS, ttl=60)
    await push.close()
    return attempt.outcome, attempt.code


def test_there_are_forty_hostile_endpoints() -> None:
    assert len({*BY_FORM, *BY_ADDRESS}) == 40


@pytest.mark.parametrize("endpoint", BY_FORM)
async def test_a_hostile_endpoint_is_never_connected_to(tmp_path: Path, endpoint: str) -> None:
    """Also not when it got into the database by another way."""
    wire = Wire("127.0.0.1")
    assert await through(tmp_path, wire, endpoint) == (Outcome.GONE, "endpoint_not_allowed")
    assert (wire.asked, wire.connected) == ([], [])
    assert not PushHosts.of([], public_only=True).endpoint(endpoint)


@pytest.mark.parametrize("endpoint", BY_ADDRESS)
async def test_a_known_name_that_leads_inside_is_never_connected_to(tmp_path: Path, endpoint: str) -> None:
    wire = Wire(*BY_ADDRESS[endpoint])
    assert await through(tmp_path, wire, endpoint) == (Outcome.RETRY, "address_not_public")
    assert wire.connected == []


async def test_a_name_is_looked_up_once_and_the_very_address_is_connected_to(tmp_path: Path) -> None:
    """The twin of those above: something could be connected to."""
    wire = Wire("17.188.143.1", "2a00:1450:400e::1")
    assert await through(tmp_path, wire, KNOWN) == (Outcome.RETRY, "network")
    assert wire.asked == ["fcm.googleapis.com"]
    assert wire.connected == ["17.188.143.1", "2a00:1450:400e::1"]


async def test_a_number_inside_is_never_connected_to_even_where_an_admin_named_it(tmp_path: Path) -> None:
    """A number asks no resolver."""
    wire = Wire()
    push = Push(settings_with(tmp_path, DRIEHOEK_PUSH_ALLOWED_HOSTS="10.0.0.5"), ask=wire.ask, socket_of=wire.socket)
    attempt = await push.send(Device("https://10.0.0.5/x").subscription, NEWS, ttl=60)
    await push.close()
    assert (attempt.outcome, attempt.code) == (Outcome.RETRY, "address_not_public")
    assert wire.connected == []


async def test_the_machines_own_resolver_is_asked() -> None:
    assert await resolve("127.0.0.1", 443) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "address",
    [
        "https://feed.school.example/x",
        "https://8.8.8.8/x",
        "http://127.0.0.1:8123/x",
    ],
)
def test_other_public_services_are_allowed_where_an_admin_names_them(address: str) -> None:
    assert address_allowed(address, {"127.0.0.1:8123"})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "http://feed.school.example/x",
        "https://localhost/x",
        "https://intranet/x",
        "https://db.internal/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://2130706433/x",
        "https://feed.school.example:8443/x",
        "https://feed.school.example:port/x",
        "https://me:secret@feed.school.example/x",
        "https://feed.school.example/" + "x" * 2000,
    ],
)
def test_and_addresses_inside_are_not(address: str) -> None:
    assert not address_allowed(address, {"127.0.0.1:8123"})


def test_keys_must_be_a_point_and_a_secret() -> None:
    device = Device("https://push.example.org/x")
    assert keys_usable(device.p256dh, device.auth)
    assert not keys_usable(device.auth, device.auth)
    assert not keys_usable(device.p256dh, device.p256dh)
    assert not keys_usable("A" * 87, device.auth)
    assert not keys_usable("é", device.auth)
    assert not keys_usable("", "")


def test_a_contact_address_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="DRIEHOEK_VAPID_SUBJECT"):
        Push(settings_with(tmp_path, DRIEHOEK_VAPID_SUBJECT="https://school.example"))
