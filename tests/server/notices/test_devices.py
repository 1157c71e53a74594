"""Devices that get pushes: whose they are, and which addresses are taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from server.notices import delivery_queries
from server.notices import devices as notices
from server.notices.devices import DEVICES, TESTS
from server.platform import db, push
from server.settings import Settings
from tests.factories import Person, World
from tests.push.hostile import BY_FORM
from tests.push.http import Answer
from tests.push.stub import Device, PushService, push_service

PATH = "/api/v1/push-subscriptions"


def body_of(device: Device) -> dict[str, Any]:
    """As the browser writes it."""
    return {"endpoint": device.endpoint, "expirationTime": None, "keys": {"p256dh": device.p256dh, "auth": device.auth}}


async def devices(world: World, person: Person) -> list[str]:
    await world.speak()
    rows = await db.fetch(
        "select endpoint from push_subscription where school_id = $1 and person_id = $2 order by id",
        world.school_id,
        person.id,
    )
    return [row["endpoint"] for row in rows]


def errors(answer: httpx.Response) -> list[tuple[str, str]]:
    """Where and what, of an answer that says what does not fit."""
    assert answer.status_code == 422
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_device_may_be_told_again_and_again(world: World) -> None:
    client, device = await world.as_(world.students[0]), Device("https://updates.push.services.mozilla.com/wpush/v2/1")
    first = await client.post(PATH, json=body_of(device))
    second = await client.post(PATH, json=body_of(device))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert await devices(world, world.students[0]) == [device.endpoint]


async def test_new_keys_of_a_known_device_replace_the_old_ones(world: World) -> None:
    client = await world.as_(world.students[0])
    await client.post(PATH, json=body_of(Device("https://updates.push.services.mozilla.com/wpush/v2/1")))
    fresh = Device("https://updates.push.services.mozilla.com/wpush/v2/1")
    await client.post(PATH, json=body_of(fresh))
    await world.speak()
    assert (
        await db.fetchval("select p256dh from push_subscription where school_id = $1", world.school_id) == fresh.p256dh
    )


async def test_who_signs_in_on_a_device_takes_it_over(world: World) -> None:
    device, (first, second, _) = Device("https://updates.push.services.mozilla.com/wpush/v2/shared"), world.students
    await (await world.as_(first)).post(PATH, json=body_of(device))
    await (await world.as_(second)).post(PATH, json=body_of(device))
    assert await devices(world, first) == []
    assert await devices(world, second) == [device.endpoint]


async def test_also_from_another_school(world: World, other_school: World) -> None:
    device = Device("https://updates.push.services.mozilla.com/wpush/v2/shared")
    await (await world.as_(world.guardian)).post(PATH, json=body_of(device))
    await (await other_school.as_(other_school.guardian)).post(PATH, json=body_of(device))
    assert await devices(world, world.guardian) == []
    assert await devices(other_school, other_school.guardian) == [device.endpoint]


async def test_a_device_is_forgotten_by_who_holds_it(world: World) -> None:
    """Nobody else can name its address. On a shared device that is who signed in there next."""
    device, (first, second, _) = Device("https://updates.push.services.mozilla.com/wpush/v2/1"), world.students
    await (await world.as_(first)).post(PATH, json=body_of(device))
    for _ in range(2):
        assert (await (await world.as_(second)).delete(PATH, json={"endpoint": device.endpoint})).status_code == 204
        assert await devices(world, first) == []


async def test_the_newest_devices_stay(world: World) -> None:
    client = await world.as_(world.students[0])
    for number in range(DEVICES + 2):
        await client.post(PATH, json=body_of(Device(f"https://updates.push.services.mozilla.com/wpush/v2/{number}")))
    kept = await devices(world, world.students[0])
    assert kept == [f"https://updates.push.services.mozilla.com/wpush/v2/{number}" for number in range(2, DEVICES + 2)]


@pytest.mark.parametrize("endpoint", [*BY_FORM, "", "nonsense", "https://fcm.googleapis.com/\x00"])
async def test_an_address_that_is_no_push_service_is_refused(world: World, endpoint: str) -> None:
    answer = await (await world.as_(world.students[0])).post(PATH, json=body_of(Device(endpoint)))
    assert errors(answer) == [("/endpoint", "no_push_service")]
    assert await devices(world, world.students[0]) == []


@pytest.mark.parametrize("keys", [{"p256dh": "x", "auth": "x"}, {"p256dh": "A" * 87, "auth": "A" * 22}])
async def test_keys_that_are_none_are_refused(world: World, keys: dict[str, str]) -> None:
    answer = await (await world.as_(world.students[0])).post(
        PATH, json={"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/x", "keys": keys}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/keys"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/x"},
        {"endpoint": 3, "keys": {}},
        {"extra": 1},
    ],
)
async def test_a_body_that_does_not_fit_is_refused(world: World, body: dict[str, Any]) -> None:
    assert (await (await world.as_(world.students[0])).post(PATH, json=body)).status_code == 422


async def test_who_is_signed_out_has_no_devices(world: World) -> None:
    client = await world.as_(None)
    assert (
        await client.post(PATH, json=body_of(Device("https://updates.push.services.mozilla.com/wpush/v2/1")))
    ).status_code == 401
    assert (
        await client.delete(PATH, json={"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/1"})
    ).status_code == 401


# --- how long a device is somebody's ----------------------------------------------------------------------------------


async def living(world: World, person: Person, device: Device) -> bool:
    """Would something be sent to this device now?"""
    await world.speak()
    return await delivery_queries.device(world.school_id, person.id, device.endpoint) is not None


async def test_a_device_outlives_an_expired_session_and_not_a_sign_out(world: World) -> None:
    student, device = world.students[0], Device("https://updates.push.services.mozilla.com/wpush/v2/1")
    client = await world.as_(student)
    await client.post(PATH, json=body_of(device))
    await world.speak()
    await db.execute(
        "update session set expires_at = now() - interval '100 days' where school_id = $1 and person_id = $2",
        world.school_id,
        student.id,
    )
    assert await living(world, student, device)
    # What is cleared away daily leaves it alone too, also when the session itself is gone.
    await notices.clear(world.school_id)
    await db.execute("delete from session where school_id = $1 and person_id = $2", world.school_id, student.id)
    await notices.clear(world.school_id)
    assert await living(world, student, device)

    del world.cookies[student.id]
    client = await world.as_(student)
    await client.post(PATH, json=body_of(device))
    assert (await client.post("/auth/sign-out")).status_code == 303
    assert not await living(world, student, device)
    await notices.clear(world.school_id)
    assert await devices(world, student) == []


async def test_ending_the_session_elsewhere_ends_its_device_and_no_other(world: World) -> None:
    student = world.students[0]
    lost, mine = (Device(f"https://updates.push.services.mozilla.com/wpush/v2/{number}") for number in (1, 2))
    await (await world.as_(student)).post(PATH, json=body_of(lost))
    del world.cookies[student.id]
    client = await world.as_(student)
    await client.post(PATH, json=body_of(mine))
    [session] = [each for each in (await client.get("/api/v1/me/sessions")).json() if not each["current"]]
    assert (await client.delete(f"/api/v1/me/sessions/{session['id']}")).status_code == 204
    assert not await living(world, student, lost)
    assert await living(world, student, mine)


async def test_a_switched_off_account_has_no_devices_also_after_it_is_switched_on_again(world: World) -> None:
    student, device = world.students[0], Device("https://updates.push.services.mozilla.com/wpush/v2/1")
    await (await world.as_(student)).post(PATH, json=body_of(device))
    admin = await world.as_(world.admin)
    assert (await admin.post(f"/api/v1/admin/people/{student.id}/disable")).status_code == 200
    assert (await admin.post(f"/api/v1/admin/people/{student.id}/enable")).status_code == 200
    assert await devices(world, student) == []


async def test_who_the_roster_no_longer_knows_has_no_devices_the_day_after(world: World) -> None:
    student, device = world.students[0], Device("https://updates.push.services.mozilla.com/wpush/v2/1")
    await (await world.as_(student)).post(PATH, json=body_of(device))
    await world.set(student, enabled=False)
    await notices.clear(world.school_id)
    assert await devices(world, student) == []


# --- send me a test ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def service(app: Litestar, settings: Settings) -> AsyncIterator[PushService]:
    """A push service that the application may send to."""
    async with push_service() as found:
        before = app.state.push, app.state.settings
        app.state.settings = msgspec.structs.replace(
            settings, push_allowed_hosts=frozenset({f"127.0.0.1:{found.port}"})
        )
        app.state.push = push.Push(app.state.settings)
        try:
            yield found
        finally:
            await app.state.push.close()
            app.state.push, app.state.settings = before


TEST = "/api/v1/notices/test"


async def test_a_test_push_goes_to_this_device_alone(world: World, service: PushService) -> None:
    client = await world.as_(world.students[0])
    here, elsewhere = service.device(), service.device()
    for device in (here, elsewhere):
        assert (await client.post(PATH, json=body_of(device))).status_code == 200
    assert (await client.post(TEST, json={"endpoint": here.endpoint})).status_code == 204
    assert [(push.path, push.payload) for push in service.received] == [
        (here.path, {"kind": "test", "url": "/notices", "tag": "test", "lang": "nl"})
    ]


async def test_a_test_push_to_a_device_of_somebody_else_or_to_none_is_refused(
    world: World, service: PushService
) -> None:
    device = service.device()
    await (await world.as_(world.students[1])).post(PATH, json=body_of(device))
    client = await world.as_(world.students[0])
    for endpoint in (device.endpoint, "https://attacker.example/x", "", "\x00"):
        assert errors(await client.post(TEST, json={"endpoint": endpoint})) == [("/endpoint", "push_gone")]
    assert service.received == []


async def test_a_test_push_that_does_not_arrive_says_so(world: World, service: PushService) -> None:
    client, device = await world.as_(world.students[0]), service.device()
    await client.post(PATH, json=body_of(device))
    service.answers = [Answer(503), Answer(410)]
    assert errors(await client.post(TEST, json={"endpoint": device.endpoint})) == [("/endpoint", "push_not_taken")]
    assert await devices(world, world.students[0]) == [device.endpoint]
    assert errors(await client.post(TEST, json={"endpoint": device.endpoint})) == [("/endpoint", "push_gone")]
    assert await devices(world, world.students[0]) == []


async def test_test_pushes_are_counted(world: World, service: PushService) -> None:
    client, device = await world.as_(world.students[0]), service.device()
    await client.post(PATH, json=body_of(device))
    found = [(await client.post(TEST, json={"endpoint": device.endpoint})).status_code for _ in range(TESTS + 1)]
    assert found == [204] * TESTS + [429]
