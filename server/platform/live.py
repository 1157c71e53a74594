"""Live events: "look again" for pages that are open. Ids and versions only; who hears of one asks the API, and so the rules.

Redis carries them (pub/sub) from the process that wrote to the processes that hold a page's stream. Nothing is kept: a page that
missed one refetches when it reconnects or comes to the front, so Redis away or emptied costs a while of silence and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

import msgspec
import redis.asyncio as redis
from redis.exceptions import RedisError

KEEP_ALIVE: Final = 20.0
"""Seconds between two comment lines, so that no proxy takes a quiet stream for a dead one."""
ASK_AGAIN: Final = 30.0
"""Seconds after which the rules are asked again whether this page may still listen."""
LONGEST: Final = 600.0
"""Seconds after which a stream ends; the page comes back by itself."""
RETRY_MS: Final = 5000
"""What a page waits before it comes back."""
MOST_WAITING: Final = 200
"""Events a slow page may lag behind before it has to refetch anyway."""
_AWAY: Final = (RedisError, OSError)
_BACKOFF: Final = 1.0
_PATIENCE: Final = 1.0
"""Seconds that a stream waits for Redis before it opens without."""

_told: ContextVar[list[tuple[str, bytes]] | None] = ContextVar("driehoek_live", default=None)
_hubs: weakref.WeakSet[Hub] = weakref.WeakSet()


def tell(topic: str, event: str, **ids: UUID | int) -> None:
    """Say something about a topic once this request is answered, that is after its transaction was committed."""
    waiting = _told.get()
    if waiting is None:
        waiting = []
        _told.set(waiting)
    waiting.append((topic, msgspec.json.encode((event, ids))))


def _channel(topic: str) -> str:
    return f"live:{topic}"


async def _subscribe(pubsub: Any, topics: Collection[str]) -> None:
    """Begin to hear these topics; one that ends in `*` is all topics that begin so."""
    exact = [_channel(topic) for topic in topics if not topic.endswith("*")]
    wide = [_channel(topic) for topic in topics if topic.endswith("*")]
    if exact:
        await pubsub.subscribe(*exact)
    if wide:
        await pubsub.psubscribe(*wide)


async def _unsubscribe(pubsub: Any, topic: str) -> None:
    await (pubsub.punsubscribe if topic.endswith("*") else pubsub.unsubscribe)(_channel(topic))


class Hub:
    """What this process has to tell, and its streams, over one Redis connection that exists while somebody listens.

    `longest`: seconds after which each stream ends, so that its page comes back and is asked anew who it is.
    """

    def __init__(self, client: redis.Redis, *, longest: float = LONGEST) -> None:
        self.longest = longest
        self._client = client
        self._listeners: defaultdict[str, set[asyncio.Queue[bytes | None]]] = defaultdict(set)
        self._confirmed: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._outgoing: list[tuple[str, bytes]] = []
        self._sender: asyncio.Task[None] | None = None
        self._pubsub: Any = None
        self._reader: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        _hubs.add(self)

    def send(self) -> None:
        """Send what this request had to tell. Never fails and waits for nobody: while Redis is busy with some, the next gather."""
        if waiting := _told.get():
            _told.set(None)
            self._outgoing += waiting
            if self._sender is None or self._sender.done():
                self._sender = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._outgoing:
            batch, self._outgoing = self._outgoing, []
            with contextlib.suppress(*_AWAY):
                async with self._client.pipeline(transaction=False) as pipeline:
                    for topic, message in batch:
                        pipeline.publish(_channel(topic), message)
                    await pipeline.execute()

    async def finish(self) -> None:
        """Send the rest, before Redis is left."""
        if self._sender is not None:
            await self._sender

    async def stream(
        self,
        topic: str,
        may: Callable[[], Awaitable[bool]],
        *,
        bare: bool = False,
        keep_alive: float = KEEP_ALIVE,
        ask_again: float = ASK_AGAIN,
    ) -> AsyncIterator[bytes]:
        """A `text/event-stream` about one topic, or about all that begin as one that ends in `*`. Ends when `may` says no, after
        the hub's `longest` seconds, when events may have been missed, or when the server stops.

        `bare`: names of events only, not about whom or what, and each once for all that waits. All durations in seconds. `may`
        was asked before the first line; it is asked again each `ask_again` seconds.
        """
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        loop = asyncio.get_running_loop()
        began = asked = loop.time()
        try:
            await self._listen(topic, queue)
            # The first bytes open the page's stream; whatever is told from now on is in it.
            yield f"retry: {RETRY_MS}\n: here\n\n".encode()
            while not self._closed and (left := began + self.longest - loop.time()) > 0:
                wait = min(left, keep_alive, max(0.0, asked + ask_again - loop.time()))
                try:
                    message = await asyncio.wait_for(queue.get(), wait)
                except TimeoutError:
                    if loop.time() - asked >= ask_again:
                        if not await may():
                            return
                        asked = loop.time()
                    yield b": still here\n\n"
                    continue
                messages = [message]
                while bare and not queue.empty():
                    messages.append(queue.get_nowait())
                told: dict[bytes, None] = {}
                for each in messages:
                    if each is None:
                        return
                    event, ids = msgspec.json.decode(each)
                    data = "{}" if bare else msgspec.json.encode(ids).decode()
                    told[f"event: {event}\ndata: {data}\n\n".encode()] = None
                for line in told:
                    yield line
        finally:
            await self._leave(topic, queue)

    async def _listen(self, topic: str, queue: asyncio.Queue[bytes | None]) -> None:
        self._loop = asyncio.get_running_loop()
        first = not self._listeners[topic]
        self._listeners[topic].add(queue)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        elif first and self._pubsub is not None:
            with contextlib.suppress(*_AWAY):
                await _subscribe(self._pubsub, [topic])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._confirmed[topic].wait(), _PATIENCE)

    async def _leave(self, topic: str, queue: asyncio.Queue[bytes | None]) -> None:
        self._listeners[topic].discard(queue)
        if self._listeners[topic]:
            return
        del self._listeners[topic]
        self._confirmed.pop(topic, None)
        if not self._listeners and self._reader is not None:
            self._reader.cancel()
            self._reader = None
        elif self._pubsub is not None:
            with contextlib.suppress(*_AWAY):
                await _unsubscribe(self._pubsub, topic)

    async def _read(self) -> None:
        """Hand what Redis brings to who listens; after a fault, begin anew."""
        missed = False
        while True:
            pubsub = self._client.pubsub()
            try:
                first = set(self._listeners)
                await _subscribe(pubsub, first)
                self._pubsub = pubsub
                # Who came while the connection was made.
                if later := set(self._listeners) - first:
                    await _subscribe(pubsub, later)
                if missed:
                    # Their pages come back and fetch what was told while nobody listened.
                    self._end_all()
                while True:
                    # With a limit of its own: without, the client's short patience for commands would end a quiet wait.
                    message = await pubsub.get_message(timeout=KEEP_ALIVE)
                    if message is not None:
                        self._hand_out(message)
            except _AWAY:
                pass
            finally:
                if self._pubsub is pubsub:
                    self._pubsub = None
                    self._confirmed.clear()
                with contextlib.suppress(*_AWAY):
                    await pubsub.aclose()  # type: ignore[no-untyped-call]
            missed = True
            await asyncio.sleep(_BACKOFF)

    def _hand_out(self, message: dict[str, Any]) -> None:
        topic = (message["pattern"] or message["channel"]).decode().removeprefix("live:")
        if message["type"] in ("subscribe", "psubscribe"):
            self._confirmed[topic].set()
        elif message["type"] in ("message", "pmessage"):
            for queue in self._listeners.get(topic, ()):
                # A page that lags so far behind is ended; it comes back and fetches everything.
                if queue.full():
                    _end(queue)
                else:
                    queue.put_nowait(message["data"])

    def close(self) -> None:
        """End all streams now. May be called from a signal handler."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for queues in self._listeners.values():
            for queue in queues:
                _end(queue)


def _end(queue: asyncio.Queue[bytes | None]) -> None:
    """What waits in it is told no more."""
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)


async def tell_now(redis_url: str) -> None:
    """Send what this job had to tell, from a process that holds no streams. Never fails."""
    if not _told.get():
        return
    client: redis.Redis = redis.Redis.from_url(redis_url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
    hub = Hub(client)
    hub.send()
    await hub.finish()
    await client.aclose()


def close_all() -> None:
    """End the streams of this process, so that stopping it need not wait for them."""
    for hub in list(_hubs):
        hub.close()
