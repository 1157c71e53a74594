"""Names the Dutch way, and two students of one name told apart."""

from __future__ import annotations

import pytest

from server.people.names import full_name, initials, list_name
from tests.factories import World


@pytest.mark.parametrize(
    ("given", "particle", "family", "full", "listed", "letters"),
    [
        ("Zoë", "van den", "Berg", "Zoë van den Berg", "Berg, Zoë van den", "ZB"),
        ("Sara", "de", "Vries", "Sara de Vries", "Vries, Sara de", "SV"),
        ("Anne", "d'", "Hondt", "Anne d'Hondt", "Hondt, Anne d'", "AH"),
        ("Mei", "", "Smit", "Mei Smit", "Smit, Mei", "MS"),
        ("Çağlar", "", "IJzerman", "Çağlar IJzerman", "IJzerman, Çağlar", "ÇIJ"),
        ("", "", "Osei", "Osei", "Osei", "O"),
    ],
)
def test_names(given: str, particle: str, family: str, full: str, listed: str, letters: str) -> None:
    assert full_name(given, particle, family) == full
    assert list_name(given, particle, family) == listed
    assert initials(given, family) == letters


async def test_two_students_of_one_name_in_one_home_group_are_told_apart_by_their_number(world: World) -> None:
    twins = [await world.person("Sara de Vries", "student") for _ in range(2)]
    for twin in twins:
        for group in (world.home, world.dutch):
            await world.enrol(twin, group, "student")
    await world.round("open")
    lines = (await (await world.as_(world.mentor)).get("/api/v1/my/students")).json()["groups"][0]["students"]
    aparts = [line["student"]["apart"] for line in lines if line["student"]["name"] == "Sara de Vries"]
    assert len(set(aparts)) == 2
    assert all(apart.startswith("h3a · p") for apart in aparts)
    assert all(line["student"]["apart"] is None for line in lines if line["student"]["name"] != "Sara de Vries")


async def test_two_students_of_one_name_in_two_home_groups_are_told_apart_by_their_group(world: World) -> None:
    other_home = await world.group("home", "h3b", world.mentor)
    for home in (world.home, other_home):
        twin = await world.person("Sara de Vries", "student")
        await world.enrol(twin, home, "student")
        await world.enrol(twin, world.dutch, "student")
    round_id = await world.round("open")
    sheet = (
        await (await world.as_(world.dutch.teacher)).get(f"/api/v1/rounds/{round_id}/groups/{world.dutch.id}")
    ).json()
    aparts = [pair["student"]["apart"] for pair in sheet["pairs"] if pair["student"]["name"] == "Sara de Vries"]
    assert sorted(aparts) == ["h3a", "h3b"]
