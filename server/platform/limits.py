"""How often something may be tried: counters in Redis, shared by all processes.

Redis only keeps a hash of whom it counts. Without Redis everything is let through: a limit slows guessing down, it is never
what keeps somebody out.
"""

from __future__ import annotations

import hashlib
from typing import Final

import redis.asyncio as redis
from redis.exceptions import RedisError

# One step, so that no two processes count the same try, and no counter stays without an end.
COUNT: Final = """
local n = redis.call('incr', KEYS[1])
if n == 1 then redis.call('expire', KEYS[1], ARGV[1]) end
return n
"""


async def allow(client: redis.Redis, name: str, key: str, most: int, seconds: int) -> bool:
    """Count one try of `key` at `name`; False once there were more than `most` since the first, up to `seconds` ago."""
    who = hashlib.sha256(f"{name}\0{key}".encode()).hexdigest()[:32]
    try:
        count = await client.eval(COUNT, 1, f"limit:{name}:{who}", str(seconds))  # type: ignore[misc]  # redis-py's union
    except (RedisError, OSError):
        return True
    return int(count) <= most
