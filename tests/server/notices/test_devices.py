"""Devices that get pushes: whose they are, and which addresses are taken."""

from __future__ import annotations

from typing import Any

import pytest

from server.notices.service import DEVICES
from server.platform import db
from tests.factories import Person, World
from tests.push.stub import Device

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


async def test_a_device_may_be_told_again_and_again(world: World) -> None:
    client, device = await world.as_(world.students[0]), Device("https://push.example.org/1")
    first = await client.post(PATH, json=body_of(device))
    second = await client.post(PATH, json=body_of(device))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert await devices(world, world.students[0]) == [device.endpoint]


async def test_new_keys_of_a_known_device_replace_the_old_ones(world: World) -> None:
    client = await world.as_(world.students[0])
    await client.post(PATH, json=body_of(Device("https://push.example.org/1")))
    fresh = Device("https://push.example.org/1")
    await client.post(PATH, json=body_of(fresh))
    await world.speak()
    assert (
        await db.fetchval("select p256dh from push_subscription where school_id = $1", world.school_id) == fresh.p256dh
    )


async def test_who_signs_in_on_a_device_takes_it_over(world: World) -> None:
    device, (first, second, _) = Device("https://push.example.org/shared"), world.students
    await (await world.as_(first)).post(PATH, json=body_of(device))
    await (await world.as_(second)).post(PATH, json=body_of(device))
    assert await devices(world, first) == []
    assert await devices(world, second) == [device.endpoint]


async def test_also_from_another_school(world: World, other_school: World) -> None:
    device = Device("https://push.example.org/shared")
    await (await world.as_(world.guardian)).post(PATH, json=body_of(device))
    await (await other_school.as_(other_school.guardian)).post(PATH, json=body_of(device))
    assert await devices(world, world.guardian) == []
    assert await devices(other_school, other_school.guardian) == [device.endpoint]


async def test_a_device_is_forgotten_by_its_owner_only(world: World) -> None:
    device, (first, second, _) = Device("https://push.example.org/1"), world.students
    await (await world.as_(first)).post(PATH, json=body_of(device))
    assert (await (await world.as_(second)).delete(PATH, json={"endpoint": device.endpoint})).status_code == 204
    assert await devices(world, first) == [device.endpoint]
    for _ in range(2):
        assert (await (await world.as_(first)).delete(PATH, json={"endpoint": device.endpoint})).status_code == 204
    assert await devices(world, first) == []


async def test_the_newest_devices_stay(world: World) -> None:
    client = await world.as_(world.students[0])
    for number in range(DEVICES + 2):
        await client.post(PATH, json=body_of(Device(f"https://push.example.org/{number}")))
    kept = await devices(world, world.students[0])
    assert kept == [f"https://push.example.org/{number}" for number in range(2, DEVICES + 2)]


@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1/x", "http://push.example.org/x", "https://intranet/x", "https://push.example.org/\x00", ""],
)
async def test_an_address_that_is_no_push_service_is_refused(world: World, endpoint: str) -> None:
    answer = await (await world.as_(world.students[0])).post(PATH, json=body_of(Device(endpoint)))
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/endpoint", "no_push_service")
    ]
    assert await devices(world, world.students[0]) == []


@pytest.mark.parametrize("keys", [{"p256dh": "x", "auth": "x"}, {"p256dh": "A" * 87, "auth": "A" * 22}])
async def test_keys_that_are_none_are_refused(world: World, keys: dict[str, str]) -> None:
    answer = await (await world.as_(world.students[0])).post(
        PATH, json={"endpoint": "https://push.example.org/x", "keys": keys}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/keys"


@pytest.mark.parametrize(
    "body", [{}, {"endpoint": "https://push.example.org/x"}, {"endpoint": 3, "keys": {}}, {"extra": 1}]
)
async def test_a_body_that_does_not_fit_is_refused(world: World, body: dict[str, Any]) -> None:
    assert (await (await world.as_(world.students[0])).post(PATH, json=body)).status_code == 422


async def test_who_is_signed_out_has_no_devices(world: World) -> None:
    client = await world.as_(None)
    assert (await client.post(PATH, json=body_of(Device("https://push.example.org/1")))).status_code == 401
    assert (await client.delete(PATH, json={"endpoint": "https://push.example.org/1"})).status_code == 401
