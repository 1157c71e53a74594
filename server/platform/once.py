"""A write that is done once per idempotency key, in one transaction with the key itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request

from server.platform import idempotency
from server.platform.request import Me, idempotency_key, signed_in

Answer = TypeVar("Answer")
Told = TypeVar("Told")


async def once(
    request: Request[Any, Any, Any], body: object, kind: type[Answer], act: Callable[[Me], Awaitable[Answer]]
) -> Answer:
    """Do an act once per idempotency key; the same key again gives the same answer.

    Raises:
        KeyReused: the key came before with another body.
    """

    async def as_it_is(_: Me, answer: Answer) -> Answer:
        return answer

    return await once_then(request, body, kind, act, as_it_is)


async def once_then(
    request: Request[Any, Any, Any],
    body: object,
    kind: type[Answer],
    act: Callable[[Me], Awaitable[Answer]],
    tell: Callable[[Me, Answer], Awaitable[Told]],
) -> Told:
    """The same for an answer with names in it: ids are stored under the key, `tell` puts the names to them each time."""
    key = idempotency_key(request)
    digest = idempotency.payload_hash(request.method, request.url.path, request.headers.get("if-match"), body)
    async with signed_in(request) as me:
        earlier = await idempotency.earlier_answer(me.school_id, me.person_id, key, digest)
        if earlier is not None:
            return await tell(me, msgspec.convert(earlier, kind))
        answer = await act(me)
        await idempotency.remember(me.school_id, me.person_id, key, digest, answer)
        return await tell(me, answer)
