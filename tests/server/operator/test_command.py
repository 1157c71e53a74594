"""`driehoek school add`: a school in one command, in a process of its own."""

from __future__ import annotations

import pytest

from server.platform import db
from tests.server.roster.test_command import driehoek


@pytest.mark.usefixtures("fresh_database")
async def test_a_school_is_made_in_one_command_and_tells_what_next() -> None:
    made = await driehoek(
        "school", "add", "lyceum", "Het Lyceum", "--admin-name", "Bea Baas", "--admin-email", "bea@example.nl"
    )
    assert made[0] == 0, made[2]
    assert made[1].startswith(
        "There is a school lyceum now: Het Lyceum.\nBea Baas administers it, and is invited by mail."
    )
    assert "driehoek roster import" in made[1]
    assert (await driehoek("school", "add", "lyceum", "Nog een"))[0] == 1
    wrong = await driehoek("school", "add", "Lyceum!", "Het Lyceum", "--admin-email", "geen")
    assert wrong[0] == 1
    for field in ("slug", "admin name", "admin email"):
        assert f"{field}: " in wrong[2]
    await db.open_pool(2)
    async with db.transaction():
        assert await db.fetchval("select count(*) from school") == 1
