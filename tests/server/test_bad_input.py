"""Whatever is sent by whomever: never a 500, always problem details in the reader's language, and nothing of ours in them."""

from __future__ import annotations

import string
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar import Litestar

from tests.isolation.canaries import Aviary, build

ODD_TEXTS = [
    "", " ", "\x00", "a\x00b", "😀" * 3, "\u202eمرحبا\u202c", "x" * 2001, "x" * 70_000, "'; drop table person; --",
    "<script>alert(1)</script>", "null", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30", "2026-12-01T10:00:00", "https://[", "https://push.example:99999/x",
    "\n\r\t", "\u2028", "\ufffe", str(uuid4()),
]  # fmt: skip
ODD_VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.sampled_from(
        [None, True, 0, -1, 2**31, 2**63, 2**70, -(2**64), 1e308, 0.5, [], {}, [None], [[[]]], {"a": {"b": []}}]
    ),
    st.text(max_size=20),
)
RAW_BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", '{"remark": "café"}'.encode("latin-1"), b'{"\\ud800": 1}',
    b'{"remark": "\\ud800", "stoplight": null}', b"[" * 20_000, b'{"a":' * 20_000, b"9" * 5000, b"NaN", b"{" + b" " * 1_100_000,
    b'{"x": "' + b"x" * 1_000_001 + b'"}',
]  # fmt: skip
ODD_IDS = [
    "x",
    "%00",
    "%ff",
    "..",
    "%2e%2e%2f",
    "0" * 36,
    "{" + str(uuid4()) + "}",
    "a" * 3000,
    "%F0%9F%98%80",
    "-1",
    str(2**70),
]
ODD_HEADERS = [
    {}, {"if-match": "1"}, {"if-match": '"0"'}, {"if-match": "²".encode("latin-1")}, {"if-match": "9" * 5000},
    {"if-match": "*"}, {"if-match": ""},
    {"if-match": "-1"}, {"if-match": '"2147483648"'}, {"if-match": "999999999"}, {"if-match": '"1", "2"'},
    {"idempotency-key": "x"}, {"idempotency-key": "é".encode("latin-1")}, {"idempotency-key": "0" * 5000},
    {"content-type": "text/plain"}, {"content-type": "multipart/form-data"}, {"content-type": "application/json; charset=latin-1"},
    {"content-type": ""}, {"content-type": "application/x-msgpack"}, {"content-type": "nonsense/"}, {"accept": "image/png"},
]  # fmt: skip
ODD_QUERIES = [
    "",
    "?round=x",
    "?round=%00",
    "?round=%ff&round=1",
    "?based_on=" + "a" * 5000,
    "?before=",
    "?x[]=1&=&&&",
    "?" + "q=1&" * 5000,
]


@pytest.fixture(scope="session")
def document(app: Litestar) -> dict[str, Any]:
    """The API as it describes itself."""
    return app.openapi_schema.to_schema()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Method, path and schema of the body (None: no body) of every operation of the API."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            found.append((method.upper(), path, content.get("application/json", {}).get("schema")))
    assert len(found) > 40
    return found


def fitting(schema: dict[str, Any], components: dict[str, Any], ids: list[str]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, so that the hostile one beside them gets further than the first check."""
    if "$ref" in schema:
        return fitting(components[schema["$ref"].rsplit("/", 1)[-1]], components, ids)
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return st.one_of([fitting(choice, components, ids) for choice in choices])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            return st.fixed_dictionaries(
                {name: fitting(inner, components, ids) for name, inner in schema.get("properties", {}).items()}
            )
        case "array":
            return st.lists(fitting(schema["items"], components, ids), max_size=3)
        case "boolean":
            return st.booleans()
        case "integer" | "number":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 9))
        case "string":
            return {
                "uuid": st.sampled_from(ids),
                "date": st.sampled_from(["2026-12-01", "0001-01-01", "9999-12-31"]),
                "date-time": st.sampled_from(
                    ["2027-01-15T16:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-11:00"]
                ),
            }.get(schema.get("format", ""), st.text(string.ascii_letters + "\x00\u202e😀é", min_size=1, max_size=12))
        case _:
            return st.none()


@st.composite
def bodies(draw: st.DrawFn, schema: dict[str, Any], components: dict[str, Any], ids: list[str]) -> bytes:
    """Something nobody's form would send: raw bytes, or a fitting object with one wrong place."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(RAW_BODIES))
    body = draw(fitting(schema, components, ids))
    if isinstance(body, dict) and draw(st.booleans()):
        name = draw(st.sampled_from([*body, "unknown", "__proto__"]))
        body = {**body, name: draw(ODD_VALUES)}
        if draw(st.integers(0, 5)) == 0:
            del body[name]
    return msgspec.json.encode(body)


def faults(answer: httpx.Response, language: str) -> list[str]:
    """What is wrong with an answer, whatever was asked."""
    found = []
    if answer.status_code >= 500:
        found.append("a fault of ours")
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        if answer.headers.get("content-type") != "application/problem+json":
            found.append("no problem details")
        else:
            problem = answer.json()
            if answer.headers.get("content-language") != language:
                found.append("not in the reader's language")
            if not problem["title"] or not problem["detail"] or problem["status"] != answer.status_code:
                found.append("problem details without words")
            if problem["type"] == "/problems/invalid" and not problem["errors"]:
                found.append("no field named")
    if answer.headers.get("cache-control") != "no-store" and not answer.request.url.path.startswith("/schema"):
        found.append("may be stored")
    if "Traceback" in answer.text or "asyncpg" in answer.text:
        found.append("tells of its inside")
    return found


@pytest.fixture
async def school(rollback: None, http: httpx.AsyncClient) -> Aviary:
    return await build(http, "bad")


@given(data=st.data())
@settings(
    max_examples=600,
    deadline=None,
    database=None,
    derandomize=True,
    # What failed is told whole; making it smaller would take minutes.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
async def test_nothing_that_is_sent_makes_a_fault(
    document: dict[str, Any], school: Aviary, data: st.DataObject
) -> None:
    """Each operation × roles × hostile paths, queries, headers and bodies."""
    components = document["components"]["schemas"]
    ids = {name: sorted(map(str, found)) for name, found in school.ids.items()}
    every_id = sorted({one for found in ids.values() for one in found})
    method, path, schema = data.draw(st.sampled_from(operations(document)))
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        hostile = data.draw(st.integers(0, 6)) == 0
        path = path.replace(f"{{{name}}}", data.draw(st.sampled_from(ODD_IDS if hostile else ids.get(name, every_id))))
    path += data.draw(st.sampled_from(ODD_QUERIES))
    language = data.draw(st.sampled_from(["nl", "en"]))
    headers: dict[str, str | bytes] = {
        "accept-language": language,
        "content-type": "application/json",
        "sec-fetch-site": "same-origin",
        **data.draw(st.sampled_from(ODD_HEADERS)),
    }
    role = data.draw(st.sampled_from(["organiser", "mentor", "dutch", "student", "nobody", *sorted(school.people)]))
    if (cookie := (await school.world.as_(school.people.get(role))).cookie) is not None:
        headers["cookie"] = f"driehoek={cookie}"
    body = data.draw(st.sampled_from(RAW_BODIES) if schema is None else bodies(schema, components, every_id))
    answer = await school.world.http.request(method, path, headers=headers, content=body)
    wrong = faults(answer, language)
    assert not wrong, f"{wrong}: {answer.status_code} {answer.text[:300]}"


async def test_the_odd_address_and_the_odd_header_are_problems_too(school: Aviary) -> None:
    """Found by sending them: brackets that are no IPv6 address, digits that are no numbers, objects without end."""
    client = await school.world.as_(school.people["dutch"])
    about = {"accept-language": "nl", "cookie": f"driehoek={client.cookie}"}
    http = school.world.http
    origin = await http.patch("/api/v1/me", json={}, headers={**about, "origin": "http://["})
    assert origin.json()["type"] == "/problems/other-origin"
    deep = await client.patch("/api/v1/me", content=b'{"a":' * 20_000, headers={"content-type": "application/json"})
    assert (deep.status_code, deep.json()["errors"][0]["code"]) == (422, "not_json")
    unseen = await client.put(
        f"/api/v1/rounds/{max(school.ids['round_id'])}/groups/{school.world.dutch.id}"
        f"/students/{school.world.students[0].id}/feedback",
        json={"stoplight": "on_track"},
        headers={"if-match": "²".encode("latin-1")},
    )
    assert unseen.json()["type"] == "/problems/stale"
    device = await client.request(
        "DELETE", "/api/v1/push-subscriptions", json={"endpoint": "https://push.example.org/\x00"}
    )
    assert device.json()["errors"][0]["pointer"] == "/endpoint"
    elsewhere = await client.get("/schema/nothing")
    assert not faults(elsewhere, "nl")
