"""Getting in leaves no code, token, address or name where operators look."""

from __future__ import annotations

import io

import pytest
from litestar import Litestar
from prometheus_client import generate_latest

from server.platform import db
from server.settings import Settings
from tests.factories import World
from tests.isolation.test_traces import FOR_OPERATORS, logged
from tests.server.access.post import Visitor, address_of, latest_code, letter, other_than
from workers.relay import relay

__all__ = ["logged"]


async def test_the_way_in_leaves_no_personal_trace(
    app: Litestar, world: World, settings: Settings, logged: io.StringIO
) -> None:
    secrets: list[str] = []
    visitor, address = Visitor(world), await address_of(world, world.guardian)
    token = await letter(world, settings, world.guardian)
    await visitor.get(f"/i/{token}")
    await visitor.post("/i", token=token)
    await visitor.post(f"/i/{token}")
    secrets += [token, token.replace("-", ""), code := await latest_code(world, settings)]
    await visitor.post("/auth/code/confirm", code=other_than(code))
    await visitor.post("/auth/code/confirm", code=code, device="own")
    await visitor.get(f"/auth/code?school={world.slug}&next=/reports?x={address}")
    await visitor.post("/auth/code", school=world.slug, email=address)
    secrets.append(await latest_code(world, settings))
    await visitor.post("/auth/code/confirm", code=secrets[-1])
    await (await world.as_(world.admin)).get(f"/api/v1/admin/access?search={address}")
    await relay()
    assert await visitor.me() == world.guardian.id
    places = {"log": logged.getvalue(), "figures": generate_latest().decode()}
    await world.speak()
    for table, columns in FOR_OPERATORS.items():
        rows = await db.fetch(f"select {columns} as said from {table} where school_id = $1", world.school_id)
        places[table] = "\n".join(row["said"] for row in rows)
    places["redis"] = " ".join([str(name) for name in await app.state.redis.keys("*")])
    for place in ("log", "outbox", "audit_log", "redis"):
        assert places[place], f"{place} is empty, so this shows nothing"
    # Six digits stand in many a number; in the log each would be a word of its own.
    digits = [each for each in secrets if len(each) == 6]
    for place, said in places.items():
        for secret in (address, "Guardian", world.slug, *visitor.cookies.values(), *secrets):
            if secret not in ("own", "shared") and secret not in digits:
                assert secret not in said, f"{secret} in {place}"
        for code in digits:
            assert f'"{code}"' not in said, place
            assert f"={code}" not in said, place


@pytest.mark.parametrize("path", ["/auth/passkey", "/auth/code/enter", "/i", "/i/ABCD-EFGH-JKLM", "/auth/welcome"])
async def test_pages_of_the_way_in_are_never_stored_and_let_nothing_inline_run(world: World, path: str) -> None:
    answer = await Visitor(world).get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
