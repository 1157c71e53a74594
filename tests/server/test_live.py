"""Live events: who listens to a group hears that something was saved in it, after the fact and by ids only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import redis.asyncio as redis
from litestar import Litestar
from prometheus_client import REGISTRY

from server.feedback import reading, writing
from server.people.service import as_person
from server.platform import db, live
from server.platform.live import Hub
from server.rounds.acts import run_due
from server.rounds.facts import live_topic
from server.settings import Settings
from tests.factories import World
from tests.server.feedback.saving import body, place, save
from tests.server.rounds.acting import act

PATIENCE = 10


async def always() -> bool:
    return True


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[redis.Redis]:
    found: redis.Redis = redis.Redis.from_url(settings.redis_url, socket_timeout=2)
    yield found
    await found.aclose()


async def heard(stream: AsyncIterator[bytes]) -> str:
    """The next line that is more than a comment."""
    async with asyncio.timeout(PATIENCE):
        async for part in stream:
            if not part.startswith((b":", b"retry")):
                return part.decode()
    raise AssertionError("the stream ended")


async def said(stream: AsyncIterator[bytes]) -> Any:
    """The data of the next event."""
    return msgspec.json.decode((await heard(stream)).split("data: ")[1])


async def opened(
    hub: Hub, topic: str, may: Callable[[], Awaitable[bool]] = always, **more: Any
) -> AsyncIterator[bytes]:
    stream = hub.stream(topic, may, **more)
    assert b"retry: 5000" in await anext(stream)
    return stream


async def test_a_save_is_heard_in_the_group_as_student_and_version(
    world: World, app: Litestar, client: redis.Redis
) -> None:
    round_id = await world.round()
    topic = writing.topic(round_id, world.dutch.id)
    hub = Hub(client)
    stream = await opened(hub, topic)
    assert (await save(world, round_id, body(remark="canary-live"))).status_code == 200
    student = world.students[0].id
    assert await heard(stream) == f'event: feedback\ndata: {{"student":"{student}","version":1}}\n\n'
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_refused_save_is_not_heard(world: World, app: Litestar, client: redis.Redis) -> None:
    round_id = await world.round()
    topic = writing.topic(round_id, world.dutch.id)
    stream = await opened(Hub(client), topic)
    stranger = await world.as_(world.maths.teacher)
    refused = await stranger.put(place(round_id, world.dutch, world.students[0]), json=body())
    assert refused.status_code == 404
    # The next thing to be heard is the save that was one.
    await save(world, round_id, body("warning"))
    assert '"version":1' in await heard(stream)


async def test_a_batch_and_a_late_text_that_is_taken_over_are_heard_too(world: World, client: redis.Redis) -> None:
    round_id = await world.round()
    stream = await opened(Hub(client), writing.topic(round_id, world.dutch.id))
    one, two, late = world.students
    teacher = await world.as_(world.dutch.teacher)
    items = [{"student": str(each.id), "key": str(uuid4()), "version": 0, **body()} for each in (one, two)]
    await teacher.put(f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/feedback", json={"items": items})
    assert {str(one.id), str(two.id)} == {(await said(stream))["student"] for _ in range(2)}
    await world.set_round(round_id, "closed")
    await teacher.put(place(round_id, world.dutch, late), json=body(remark="te laat"))
    await act(world, round_id, "late-writes/accept", {"group_id": str(world.dutch.id)})
    assert await said(stream) == {"student": str(late.id), "version": 1}


async def test_who_follows_a_round_hears_that_something_happened_in_any_group_and_not_to_whom(
    world: World, client: redis.Redis
) -> None:
    round_id, other = await world.round(), await world.round()
    stream = await opened(Hub(client), live_topic(round_id, "*"), bare=True)
    for round_, group in ((other, world.dutch), (round_id, world.dutch), (round_id, world.maths)):
        path = place(round_, group, world.students[0])
        assert (await (await world.as_(group.teacher)).put(path, json=body())).status_code == 200
        if round_ == round_id:
            assert await heard(stream) == "event: feedback\ndata: {}\n\n"
    await act(world, round_id, "close")
    assert await heard(stream) == "event: round\ndata: {}\n\n"
    await stream.aclose()  # type: ignore[attr-defined]


async def test_what_waits_is_told_once_to_who_hears_no_more_than_that(client: redis.Redis) -> None:
    hub, round_id = Hub(client), uuid4()
    wide = await opened(hub, live_topic(round_id, "*"), bare=True)
    exact = await opened(hub, live_topic(round_id, "one"))
    for number in range(20):
        live.tell(live_topic(round_id, "one" if number % 2 else "two"), "feedback", version=number)
    live.tell(live_topic(round_id, "one"), "last", version=20)
    hub.send()
    # When the one page has heard all, everything waits at the other.
    assert [(await said(exact))["version"] for _ in range(11)] == [*range(1, 20, 2), 20]
    assert [await heard(wide) for _ in range(2)] == [f"event: {name}\ndata: {{}}\n\n" for name in ("feedback", "last")]
    for stream in (wide, exact):
        await stream.aclose()  # type: ignore[attr-defined]
    assert hub._reader is None


async def test_a_worker_that_closes_a_round_tells_it_too(world: World, client: redis.Redis, settings: Settings) -> None:
    round_id = await world.round()
    stream = await opened(Hub(client), live_topic(round_id, "*"), bare=True)
    await live.tell_now(settings.redis_url)
    await db.execute(
        "update round set closes_at = now() - interval '1 minute' where school_id = $1 and id = $2",
        world.school_id,
        round_id,
    )
    assert await run_due(world.school_id, round_id, "close")
    await live.tell_now(settings.redis_url)
    assert await heard(stream) == "event: round\ndata: {}\n\n"
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_substitute_follows_the_group(world: World) -> None:
    round_id = await world.round()
    await world.stand_in(round_id, world.dutch, world.outsider)
    answer = await (await world.as_(world.outsider)).get(f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/live")
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("who", ["maths", "mentor", "organiser", "student", "signed out"])
async def test_who_does_not_teach_the_group_does_not_find_its_stream(world: World, who: str) -> None:
    round_id = await world.round()
    person = {
        "maths": world.maths.teacher,
        "mentor": world.mentor,
        "organiser": world.organiser,
        "student": world.students[0],
        "signed out": None,
    }[who]
    answer = await (await world.as_(person)).get(f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/live")
    assert answer.status_code == (401 if person is None else 404)


async def test_a_stream_ends_when_the_rules_say_no(client: redis.Redis) -> None:
    asked: list[bool] = [True, False]

    async def may() -> bool:
        return asked.pop(0)

    stream = await opened(Hub(client), str(uuid4()), may, keep_alive=0.01, ask_again=0.02)
    async with asyncio.timeout(PATIENCE):
        assert all([part == b": still here\n\n" async for part in stream])
    assert asked == []


async def test_a_stream_ends_after_its_longest_time_and_when_the_server_stops(client: redis.Redis) -> None:
    short = await opened(Hub(client, longest=0.01), str(uuid4()))
    long = await opened(Hub(client), str(uuid4()))
    async with asyncio.timeout(PATIENCE):
        assert [part async for part in short if not part.startswith(b":")] == []
        live.close_all()
        assert [part async for part in long] == []


async def test_two_topics_share_one_connection_and_hear_their_own(client: redis.Redis) -> None:
    hub = Hub(client)
    one, two = str(uuid4()), str(uuid4())
    streams = [await opened(hub, topic) for topic in (one, two, two)]
    live.tell(two, "feedback", version=2)
    live.tell(one, "feedback", version=1)
    hub.send()
    lines = [await heard(stream) for stream in streams]
    assert [f'"version":{n}' in line for n, line in zip((1, 2, 2), lines, strict=True)] == [True] * 3
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    assert hub._reader is None


async def test_a_stream_that_may_have_missed_something_ends(client: redis.Redis) -> None:
    """Its page comes back and fetches."""
    stream = await opened(Hub(client), str(uuid4()))
    assert await client.client_kill_filter(_type="pubsub")
    async with asyncio.timeout(PATIENCE):
        assert [part async for part in stream] == []


async def test_without_redis_a_stream_is_silent_and_a_save_is_a_save(world: World) -> None:
    away: redis.Redis = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    hub = Hub(away, longest=0.2)
    stream = await opened(hub, str(uuid4()), keep_alive=0.05)
    async with asyncio.timeout(PATIENCE):
        assert {part async for part in stream} <= {b": still here\n\n"}
    live.tell("x", "feedback", version=1)
    hub.send()
    await hub.finish()


async def test_who_no_longer_teaches_the_group_may_not_follow_it(world: World) -> None:
    round_id: UUID = await world.round()
    await world.as_(world.dutch.teacher)
    me = await as_person(world.school_id, world.dutch.teacher.id)
    assert me is not None
    assert await reading.may_follow(me, round_id, world.dutch.id)
    await db.execute(
        "update enrolment set ended_on = current_date where school_id = $1 and person_id = $2",
        world.school_id,
        world.dutch.teacher.id,
    )
    assert not await reading.may_follow(me, round_id, world.dutch.id)


async def test_a_stream_is_counted_but_is_no_slow_answer(world: World) -> None:
    round_id = await world.round()
    labels = {"route": "/api/v1/rounds/{round_id}/groups/{group_id}/live"}

    def figures() -> tuple[float, float]:
        streams = REGISTRY.get_sample_value("driehoek_requests_total", {**labels, "method": "GET", "status": "200"})
        return streams or 0, REGISTRY.get_sample_value("driehoek_request_seconds_count", labels) or 0

    streams, timed = figures()
    client = await world.as_(world.dutch.teacher)
    answer = await client.get(f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert figures() == (streams + 1, timed)
