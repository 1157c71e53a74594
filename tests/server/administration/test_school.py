"""What a school decides for everybody, and how it looks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.administration import colour
from server.administration.colour import Look
from server.platform import db
from tests.factories import World

SETTINGS = "/api/v1/admin/settings"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100


async def test_what_is_set_holds_and_the_rest_stays(world: World) -> None:
    client = await world.as_(world.admin)
    before = (await client.get(SETTINGS)).json()
    change = {"name": "Het  Lyceum", "consent_at_16": True, "retention_years": 3, "languages": ["en"]}
    answer = await client.patch(SETTINGS, json=change)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**before, **change, "name": "Het Lyceum"}
    me = (await client.get("/api/v1/me")).json()
    assert (me["school"]["name"], me["school"]["languages"]) == ("Het Lyceum", ["en"])


async def test_a_new_name_is_that_of_ones_own_school_alone(world: World, other_school: World) -> None:
    client = await world.as_(world.admin)
    await client.patch(SETTINGS, json={"name": "Het Lyceum"})
    names = [row["name"] for row in await db.fetch("select name from school where name = 'Het Lyceum'")]
    assert names == ["Het Lyceum"]


async def test_the_default_of_required_texts_is_that_of_the_next_round(world: World) -> None:
    client, organiser = await world.as_(world.admin), await world.as_(world.organiser)
    everything = {"remark": True, "action": True}
    required = dict.fromkeys(("excellent", "on_track", "attention", "warning"), everything)
    assert (await client.patch(SETTINGS, json={"required": required})).status_code == 200
    assert (await organiser.get("/api/v1/rounds/defaults")).json()["required"] == required


async def test_guardians_who_are_not_admitted_see_nothing(world: World) -> None:
    client, guardian = await world.as_(world.admin), await world.as_(world.guardian)
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch)
    report = f"/api/v1/rounds/{round_id}/students/{world.students[0].id}"
    await (await world.as_(world.mentor)).post(f"{report}/share", json={"guardians": True})
    assert (await guardian.get(f"{report}/report")).status_code == 200
    await client.patch(SETTINGS, json={"guardians_admitted": False})
    assert (await guardian.get(f"{report}/report")).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": " "}, "/name", "required"),
        ({"name": "x" * 121}, "/name", "too_long"),
        ({"languages": []}, "/languages", "required"),
        ({"languages": ["nl", "nl"]}, "/languages", "twice"),
        ({"languages": ["de"]}, "/languages/0", "unknown_value"),
        ({"retention_years": 0}, "/retention_years", "wrong_type"),
        ({"accent": {"light": "red", "dark": "#6cc7d6"}}, "/accent/light", "bad_colour"),
        ({"accent": {"light": "#0b6070", "dark": "#0b6070"}}, "/accent/dark", "low_contrast"),
        ({"colour": 1}, "/colour", "unknown_field"),
    ],
)
async def test_what_does_not_fit_is_told_at_its_field(
    world: World, change: dict[str, object], pointer: str, code: str
) -> None:
    answer = await (await world.as_(world.admin)).patch(SETTINGS, json=change)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_colour_that_cannot_be_read_is_told_with_its_contrast_and_the_nearest_that_can(world: World) -> None:
    client = await world.as_(world.admin, language="en")
    answer = await client.patch(SETTINGS, json={"accent": {"light": "#ffcc00", "dark": "#FFCC00"}})
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/accent/light"
    assert error["params"]["ratio"] in error["detail"] and error["params"]["nearest"] in error["detail"]
    good = await client.patch(SETTINGS, json={"accent": {"light": error["params"]["nearest"], "dark": "#FFCC00"}})
    assert good.json()["accent"] == {"light": error["params"]["nearest"], "dark": "#ffcc00"}
    assert (await client.get("/api/v1/me")).json()["school"]["accent"] == good.json()["accent"]
    assert (await client.patch(SETTINGS, json={"accent": None})).json()["accent"] is None


@settings(deadline=None)
@given(st.integers(0, 0xFFFFFF), st.sampled_from(["light", "dark"]))
def test_the_nearest_shade_always_passes_and_one_that_passes_is_its_own(number: int, look: Look) -> None:
    wanted = f"#{number:06x}"
    found = colour.nearest(wanted, look)
    assert colour.worst(found, look) >= colour.ENOUGH
    assert (found == wanted) == (colour.worst(wanted, look) >= colour.ENOUGH)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(colour.contrast("#000000", "#ffffff"), 2) == 21
    assert round(colour.contrast("#777777", "#ffffff"), 2) == 4.48
    # The colours of the design system pass their own check.
    assert colour.worst("#0b6070", "light") >= colour.ENOUGH
    assert colour.worst("#6cc7d6", "dark") >= colour.ENOUGH


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
async def test_a_picture_is_shown_to_the_people_of_the_school(world: World, body: bytes, media_type: str) -> None:
    client = await world.as_(world.admin)
    set_ = await client.put(f"{SETTINGS}/logo", content=body, headers={"content-type": "application/octet-stream"})
    assert set_.status_code == 200, set_.text
    student = await world.as_(world.students[0])
    address = (await student.get("/api/v1/me")).json()["school"]["logo"]
    assert address == set_.json()["logo"]
    shown = await student.get(address)
    assert (shown.content, shown.headers["content-type"]) == (body, media_type)
    assert "immutable" in shown.headers["cache-control"] and "private" in shown.headers["cache-control"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    again = await student.get("/school/logo", headers={"if-none-match": shown.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-cache")
    assert (await (await world.as_(None)).get(address)).status_code == 401
    assert (await client.delete(f"{SETTINGS}/logo")).json()["logo"] is None
    assert (await student.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture"),
        (b"", "no_picture"),
        (b"GIF89a", "no_picture"),
        (PNG + b"\x00" * 200_000, "picture_too_large"),
    ],
)
async def test_anything_else_is_no_picture(world: World, body: bytes, code: str) -> None:
    client = await world.as_(world.admin)
    answer = await client.put(f"{SETTINGS}/logo", content=body, headers={"content-type": "image/png"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_another_school_has_another_picture(world: World, other_school: World) -> None:
    await (await world.as_(world.admin)).put(f"{SETTINGS}/logo", content=PNG)
    assert (await (await other_school.as_(other_school.admin)).get("/school/logo")).status_code == 404
