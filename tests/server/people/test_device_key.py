"""The secret of own devices, and pages that speak for somebody else than the session belongs to."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from server.people import service as people
from server.platform import db
from tests.factories import Client, Person, World


async def on(world: World, person: Person, device: Any) -> Client:
    """A client of this person on such a device."""
    await world.speak()
    return Client(world.http, await people.start_session(world.school_id, person.id, device))


async def test_an_own_device_gets_32_bytes_the_same_each_time(world: World) -> None:
    teacher = world.dutch.teacher
    phone, laptop = await on(world, teacher, "own"), await on(world, teacher, "own")
    first = await phone.get("/api/v1/me/device-key")
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert len(base64.urlsafe_b64decode(first.json()["key"] + "=")) == 32
    assert (await laptop.get("/api/v1/me/device-key")).json() == first.json()


async def test_each_person_has_a_secret_of_their_own(world: World, other_school: World) -> None:
    people_ = [world.dutch.teacher, world.maths.teacher]
    keys = [(await (await on(world, each, "own")).get("/api/v1/me/device-key")).json()["key"] for each in people_]
    elsewhere = await on(other_school, other_school.dutch.teacher, "own")
    keys.append((await elsewhere.get("/api/v1/me/device-key")).json()["key"])
    assert len(set(keys)) == 3


async def test_a_shared_device_gets_none(world: World) -> None:
    shared = await on(world, world.dutch.teacher, "shared")
    assert (await shared.get("/api/v1/me/device-key")).status_code == 404
    await world.speak()
    assert await db.fetchval("select count(*) from device_secret where school_id = $1", world.school_id) == 0


@pytest.mark.parametrize("device", ["own", "shared"])
async def test_me_says_what_the_device_is(world: World, device: str) -> None:
    client = await on(world, world.mentor, device)
    assert (await client.get("/api/v1/me")).json()["device"] == device
    assert (await client.patch("/api/v1/me", json={"theme": "dark"})).json()["device"] == device


async def test_a_page_of_somebody_else_neither_reads_nor_writes(world: World) -> None:
    client = await world.as_(world.dutch.teacher)
    stranger = {"x-driehoek-person": str(world.mentor.id)}
    for answer in (
        await client.get("/api/v1/me", headers=stranger),
        await client.patch("/api/v1/me", json={"theme": "dark"}, headers=stranger),
        await client.get("/api/v1/me", headers={"x-driehoek-person": "nobody"}),
    ):
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/other-person"
    assert (await client.get("/api/v1/me")).json()["theme"] == "auto"


async def test_the_own_page_goes_on(world: World) -> None:
    client = await world.as_(world.dutch.teacher)
    answer = await client.get("/api/v1/me", headers={"x-driehoek-person": str(world.dutch.teacher.id).upper()})
    assert answer.status_code == 200
