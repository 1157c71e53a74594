"""`driehoek invite`: how the first admin of an installation without a provider gets in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.access import invitations
from server.platform import db
from server.settings import Settings
from tests.roster_files import small_school
from tests.server.roster.test_command import database, driehoek

__all__ = ["database"]


@pytest.mark.usefixtures("database")
async def test_the_command_prints_a_link_that_opens(tmp_path: Path, settings: Settings) -> None:
    path = small_school().write(tmp_path / "school.zip")
    await driehoek("roster", "import", path, "--school", "test")
    status, said, _ = await driehoek("invite", "t1", "--school", "test")
    assert status == 0
    link = re.search(r"http://localhost:\d+/i/(\S+)", said)
    assert link is not None
    async with db.transaction():
        found = await invitations.find(settings, link.group(1))
    assert found is not None
    assert (found.slug, found.channel, found.living) == ("test", "paper", True)


@pytest.mark.usefixtures("database")
async def test_with_reset_an_earlier_link_opens_nothing_any_more(tmp_path: Path, settings: Settings) -> None:
    path = small_school().write(tmp_path / "school.zip")
    await driehoek("roster", "import", path, "--school", "test")
    links = []
    for more in ([], ["--reset"]):
        _, said, _ = await driehoek("invite", "admin", "--school", "test", *more)
        links += re.findall(r"/i/(\S+)\n", said)
    async with db.transaction():
        found = [await invitations.find(settings, link) for link in links]
    assert [one.living for one in found if one] == [False, True]


@pytest.mark.usefixtures("database")
async def test_it_says_who_is_not_there(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "school.zip")
    await driehoek("roster", "import", path, "--school", "test")
    nobody = await driehoek("invite", "nobody", "--school", "test")
    nowhere = await driehoek("invite", "t1", "--school", "other")
    assert (nobody[0], nowhere[0]) == (1, 1)
    assert "No people of test" in nobody[2]
    assert "no school other" in nowhere[2]
