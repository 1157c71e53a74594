"""A short-lived copy of "does this session live" in Redis, for pages that need no transaction (the app shell).

It never decides about data: every API request asks PostgreSQL. Redis away or emptied means asking PostgreSQL once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import redis.asyncio as redis
from redis.exceptions import RedisError

from server.platform import db
from server.platform.request import enter
from server.platform.security import session_hash

SECONDS: Final = 60


class SessionCache:
    """Asks Redis first, PostgreSQL next."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    async def lives(self, session_id: str) -> bool:
        """True when this session is alive (at most a minute ago)."""
        hashed = session_hash(session_id)
        name = f"session:{hashed.hex()}"
        with suppress(RedisError, OSError):
            if await self.client.get(name):
                return True
        async with db.transaction():
            found = await enter(hashed) is not None
        if found:
            with suppress(RedisError, OSError):
                await self.client.set(name, b"1", ex=SECONDS)
        return found

    async def forget(self, session_id: str) -> None:
        """Drop the copy at sign-out."""
        await self.forget_hashes([session_hash(session_id)])

    async def forget_hashes(self, hashes: Sequence[bytes]) -> None:
        """Drop the copies of sessions that were ended from elsewhere."""
        if hashes:
            with suppress(RedisError, OSError):
                await self.client.delete(*(f"session:{one.hex()}" for one in hashes))
