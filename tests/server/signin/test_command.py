"""A new production school gets its first sign-in from the command line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping

import pytest

from server.people.service import known_schools
from server.platform import db
from server.signin import queries

ISSUER = "https://idp.school.example"


async def driehoek(*arguments: str, said: str = "", environ: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "server.cli", *arguments],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env={**os.environ, **(environ or {})},
    )
    out, err = await process.communicate(said.encode())
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.usefixtures("fresh_database")
async def test_a_school_and_its_first_provider_are_made_by_two_commands() -> None:
    add = ("provider", "add", "--school", "zoe", "--preset", "oidc", "--client-id", "driehoek", "--issuer", ISSUER)
    early = await driehoek(*add, "--public")
    made = await driehoek("school", "add", "zoe", "Zoë College")
    again = await driehoek("school", "add", "zoe", "Zoë College")
    bad = await driehoek("school", "add", "Zoë", "Zoë College")
    silent = await driehoek(*add)
    wrong = await driehoek("provider", "add", "--school", "zoe", "--preset", "google", "--client-id", "x", "--public")
    added = await driehoek(*add, said="a secret\n")
    by_environment = await driehoek(*add, environ={"DRIEHOEK_CLIENT_SECRET": "another"})

    assert early[0] == again[0] == bad[0] == silent[0] == wrong[0] == 1
    assert "no school zoe" in early[2]
    assert "already" in again[2]
    assert "standard input" in silent[2]
    assert "settings/domain" in wrong[2]
    assert (made[0], added[0], by_environment[0]) == (0, 0, 0), added[2]
    assert "http://localhost:8000/auth/oidc/callback/zoe" in added[1]
    assert "/s/zoe" in added[1]
    assert "secret" not in added[1]

    await db.open_pool(2)
    (school,) = await known_schools()
    async with db.school_transaction(school.id):
        stored = await queries.providers(school.id)
    assert [(row["preset"], row["issuer"], row["client_secret"] is None) for row in stored] == [
        ("oidc", ISSUER, False)
    ] * 2
    assert school.name == "Zoë College"
