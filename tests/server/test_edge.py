"""What every request meets: sign-in, headers, origin check, problems, health."""

from __future__ import annotations

import httpx
import pytest
from litestar import Litestar, get

from server.platform.policy import MissingPolicy, check_policies
from tests.factories import Client, World


async def test_who_is_not_signed_in_gets_401_as_problem_details(world: World) -> None:
    answer = await (await world.as_(None)).get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/signed-out"
    assert answer.json()["title"] == "Log opnieuw in"


async def test_problems_speak_the_readers_language(world: World) -> None:
    answer = await (await world.as_(None, language="en")).get("/api/v1/me")
    assert answer.json()["title"] == "Sign in again"
    assert answer.headers["content-language"] == "en"


async def test_me_says_who_is_signed_in_and_offers_only_what_applies(world: World) -> None:
    mentor = (await (await world.as_(world.mentor)).get("/api/v1/me")).json()
    assert mentor["name"] == "Mo van den Mentor"
    assert mentor["initials"] == "MM"
    assert mentor["navigation"] == ["students", "notices", "more"]
    teacher = (await (await world.as_(world.dutch.teacher)).get("/api/v1/me")).json()
    assert teacher["navigation"] == ["rounds", "notices", "more"]
    student = (await (await world.as_(world.students[0])).get("/api/v1/me")).json()
    assert student["navigation"] == ["reports", "notices", "more"]
    organiser = (await (await world.as_(world.organiser)).get("/api/v1/me")).json()
    assert "organise" in organiser["navigation"]


async def test_personal_data_is_never_stored_by_caches(world: World) -> None:
    answer = await (await world.as_(world.mentor)).get("/api/v1/me")
    assert answer.headers["cache-control"] == "no-store"


async def test_every_answer_carries_a_strict_content_security_policy(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health/live")
    csp = answer.headers["content-security-policy"]
    assert "default-src 'none'" in csp
    assert "unsafe" not in csp
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
    ids=["cross-site", "same-site", "other origin", "null origin", "cookie without any sign"],
)
async def test_a_write_from_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    client = await world.as_(world.mentor)
    answer = await world.http.patch(
        "/api/v1/me", json={"language": "en"}, headers={"cookie": f"driehoek={client.cookie}", **headers}
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/other-origin"
    assert (await client.get("/api/v1/me")).json()["language"] == "nl"


async def test_language_and_theme_follow_the_person(world: World) -> None:
    client = await world.as_(world.mentor)
    answer = await client.patch("/api/v1/me", json={"language": "en", "theme": "dark"})
    assert answer.status_code == 200
    me = (await client.get("/api/v1/me")).json()
    assert (me["language"], me["theme"]) == ("en", "dark")


async def test_an_unknown_language_is_told_at_its_field(world: World) -> None:
    answer = await (await world.as_(world.mentor)).patch("/api/v1/me", json={"language": "fr"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/language"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"\xff\xfe", 400), (b"[]", 422), (b"", 422)],
    ids=["half", "not utf-8", "a list", "nothing"],
)
async def test_a_body_that_is_no_json_object_is_a_clear_problem_not_a_500(
    world: World, body: bytes, status: int
) -> None:
    answer = await (await world.as_(world.mentor)).patch(
        "/api/v1/me", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


async def test_an_unknown_address_of_the_api_is_a_404_problem(world: World) -> None:
    answer = await (await world.as_(world.mentor)).get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"


async def test_a_disabled_account_loses_sight_on_the_next_request(world: World) -> None:
    client = await world.as_(world.mentor)
    assert (await client.get("/api/v1/me")).status_code == 200
    await world.set(world.mentor, enabled=False)
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_demo_sign_in_always_makes_a_new_session_id(world: World) -> None:
    chosen = Client(world.http, "an-id-that-the-visitor-chose")
    answer = await chosen.post("/auth/demo", data={"person_id": str(world.mentor.id), "next": "/students"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/students"
    cookie = answer.headers["set-cookie"]
    assert "an-id-that-the-visitor-chose" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await chosen.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "//["]
)
async def test_sign_in_never_leads_to_another_site(world: World, address: str) -> None:
    answer = await (await world.as_(None)).post("/auth/demo", data={"person_id": str(world.mentor.id), "next": address})
    assert answer.headers["location"] == "/"


async def test_sign_out_ends_the_session_itself_not_only_the_cookie(world: World) -> None:
    client = await world.as_(world.mentor)
    answer = await client.post("/auth/sign-out")
    assert answer.status_code == 303
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_health_tells_the_database_and_survives_without_redis(http: httpx.AsyncClient, pool: None) -> None:
    answer = await http.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"


def test_a_handler_without_a_policy_stops_the_start() -> None:
    @get("/secret")
    async def careless() -> str:
        return "secret"

    with pytest.raises(MissingPolicy, match="/secret"):
        check_policies(Litestar([careless]))
