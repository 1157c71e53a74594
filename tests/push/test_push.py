"""What goes over the wire to a push service, and what its answers mean."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest

from server.platform.addresses import address_allowed
from server.platform.push import LARGEST, Outcome, Payload, Push, keys_usable, outcome_of, topic_of
from server.platform.vapid import key_pair
from server.settings import Refused, Settings, load
from tests.push.http import Answer
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
    fixed = len(msgspec.json.encode(Payload(kind="", url="", tag="", lang="")))
    full = Payload(kind="x" * (LARGEST - fixed), url="", tag="", lang="")
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
        "https://push.example.org:443/x",
        "http://127.0.0.1:8123/push/1",
    ],
)
def test_push_services_and_hosts_of_the_settings_are_allowed(endpoint: str) -> None:
    assert address_allowed(endpoint, {"127.0.0.1:8123"})


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "nonsense",
        "http://fcm.googleapis.com/x",
        "ftp://push.example.org/x",
        "https://localhost/x",
        "https://intranet/x",
        "https://printer.local/x",
        "https://db.internal/x",
        "https://127.0.0.1/x",
        "https://10.0.0.7/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "https://0x7f.1/x",
        "https://2130706433/x",
        "https://127.1/x",
        "https://push.example.org:8443/x",
        "https://push.example.org:port/x",
        "https://me:secret@push.example.org/x",
        "http://127.0.0.1:8124/push/1",
        "https://push.example.org/" + "x" * 2000,
    ],
)
def test_other_addresses_are_not(endpoint: str) -> None:
    assert not address_allowed(endpoint, {"127.0.0.1:8123"})


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
