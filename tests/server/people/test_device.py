"""Own phone or shared device: what the sign-in page suggests, and what it remembers."""

from __future__ import annotations

import re

import httpx
import pytest

from server.people.device import chosen, suggested
from tests.factories import World

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("headers", "cookie", "device"),
    [
        ({"sec-ch-ua-mobile": "?1", "user-agent": LAPTOP}, None, "own"),
        ({"user-agent": IPHONE}, None, "own"),
        ({"user-agent": IPHONE}, "shared", "own"),
        ({"sec-ch-ua-mobile": "?0", "user-agent": LAPTOP}, None, "shared"),
        ({"user-agent": LAPTOP}, "own", "own"),
        ({"user-agent": LAPTOP}, "shared", "shared"),
        ({"user-agent": LAPTOP}, "nonsense", "shared"),
        ({}, None, "shared"),
    ],
)
def test_a_phone_is_ones_own_and_other_devices_keep_their_last_choice(
    headers: dict[str, str], cookie: str | None, device: str
) -> None:
    assert suggested(headers, {"device": cookie} if cookie else {}) == device


def test_who_says_nothing_leaves_nothing_behind() -> None:
    assert [chosen(sent) for sent in ("own", "shared", "", None, "OWN")] == [
        "own",
        "shared",
        "shared",
        "shared",
        "shared",
    ]


async def test_the_sign_in_page_asks_once_and_remembers_the_answer_without_a_name(world: World) -> None:
    laptop: httpx.AsyncClient = world.http

    async def asked(cookie: str = "") -> list[tuple[str, bool]]:
        html = (await laptop.get("/sign-in", headers={"user-agent": LAPTOP, "cookie": cookie})).text
        return [(value, bool(on)) for value, on in re.findall(r'name="device" value="(\w+)"[^>]*?( checked)?>', html)]

    assert await asked() == [("own", False), ("shared", True)]
    answer = await (await world.as_(None)).post("/auth/demo", data={"person_id": str(world.mentor.id), "device": "own"})
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("device="))
    assert cookie.split(";")[0] == "device=own"
    assert await asked("device=own") == [("own", True), ("shared", False)]
