"""What travels gzipped, and what must not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar, Response, get
from litestar.response import Stream

from server.platform.middleware import Edge

LONG = '"' + "Je helpt anderen als zij vastlopen. " * 60 + '"'


@get("/long")
async def long() -> Response[bytes]:
    return Response(LONG.encode(), media_type="application/json", headers={"content-language": "nl"})


@get("/key")
async def key() -> dict[str, str]:
    return {"key": "k" * 43}


@get("/live")
async def live() -> Stream:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        yield b"data: 2\n\n"

    return Stream(pieces, media_type="text/event-stream")


@get("/zipped")
async def zipped() -> Response[bytes]:
    return Response(b"\x1f\x8b" + b"0" * 2000, media_type="text/html", headers={"content-encoding": "br"})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar([long, key, live, zipped], openapi_config=None)
    edge = Edge(app, public_url="http://localhost:8000", https=False)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=edge)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as found:
        yield found


@pytest.mark.parametrize("site", ["same-origin", "none", ""])
async def test_a_long_answer_to_one_of_us_is_gzipped(client: httpx.AsyncClient, site: str) -> None:
    answer = await client.get("/long", headers={"sec-fetch-site": site} if site else {})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-language"] == "nl"
    assert int(answer.headers["content-length"]) < len(LONG) / 5
    assert answer.text == LONG


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"accept-encoding": "identity"}],
    ids=["cross-site", "same-site", "cannot read it"],
)
async def test_others_get_it_as_it_is(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.get("/long", headers=headers)
    assert "content-encoding" not in answer.headers
    assert answer.text == LONG


async def test_a_short_answer_that_gives_a_key_is_not_gzipped(client: httpx.AsyncClient) -> None:
    answer = await client.get("/key", headers={"sec-fetch-site": "same-origin"})
    assert "content-encoding" not in answer.headers
    assert len(answer.json()["key"]) == 43


async def test_a_live_stream_comes_piece_by_piece_as_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/live")
    assert "content-encoding" not in answer.headers
    assert answer.text == "data: 1\n\ndata: 2\n\n"


async def test_what_is_compressed_already_stays_so(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/zipped") as answer:
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["content-length"] == "2002"
