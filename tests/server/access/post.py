"""What lies in the mailbox: a test reads codes where only their reader could, from the secret of this installation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from server.access.derived import invitation_token, mailed_code
from server.platform import db
from server.settings import Settings
from tests.factories import Person, World

HEADERS = {
    "accept-language": "nl",
    "sec-fetch-site": "same-origin",
    "user-agent": "Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/141.0.0.0 Mobile Safari/537.36",
}


@dataclass
class Visitor:
    """A browser with its own cookies that nobody is signed in on."""

    world: World
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> httpx.Response:
        return self._keep(await self.world.http.get(path, headers=self._headers()))

    async def post(self, path: str, **form: str) -> httpx.Response:
        return self._keep(await self.world.http.post(path, data=form, headers=self._headers()))

    async def send(self, path: str, body: Any = None) -> httpx.Response:
        return self._keep(await self.world.http.post(path, json=body, headers=self._headers()))

    def _headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**HEADERS, "cookie": cookie} if cookie else HEADERS

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        self.world.http.cookies.clear()
        return answer

    async def me(self) -> UUID | None:
        """Who is signed in here."""
        answer = await self.get("/api/v1/me")
        return UUID(answer.json()["id"]) if answer.status_code == 200 else None


async def invited(world: World, person: Person, channel: str = "mail") -> UUID:
    """The admin invites somebody; the invitation."""
    admin = await world.as_(world.admin)
    made = await admin.post("/api/v1/admin/access/invitations", json={"persons": [str(person.id)], "channel": channel})
    assert (made.status_code, made.json()["made"]) == (201, 1), made.text
    await world.speak()
    found: UUID = await db.fetchval(
        "select id from invitation where school_id = $1 and person_id = $2 order by id desc limit 1",
        world.school_id,
        person.id,
    )
    return found


async def letter(world: World, settings: Settings, person: Person, channel: str = "mail") -> str:
    """The code of an invitation that this person has in hand."""
    return invitation_token(settings, await invited(world, person, channel))


async def latest_code(world: World, settings: Settings) -> str:
    """The six digits of the mail that was asked for last."""
    await world.speak()
    code_id: UUID = await db.fetchval(
        "select id from sign_in_code where school_id = $1 order by id desc limit 1", world.school_id
    )
    return mailed_code(settings, code_id)


def other_than(code: str) -> str:
    """Six other digits."""
    return f"{(int(code) + 1) % 10**6:06}"


async def address_of(world: World, person: Person) -> str:
    await world.speak()
    return str(
        await db.fetchval("select email from person where school_id = $1 and id = $2", world.school_id, person.id)
    )


async def sign_in_by_invitation(world: World, settings: Settings, person: Person, device: str = "own") -> Visitor:
    """From the mail to being signed in."""
    visitor = Visitor(world)
    token = await letter(world, settings, person)
    sent = await visitor.post(f"/i/{token}")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/i/{token}/code")
    code = await latest_code(world, settings)
    done = await visitor.post("/auth/code/confirm", code=code, next="/reports", device=device)
    assert done.status_code == 303, done.text
    return visitor


def alert(answer: httpx.Response) -> str:
    """What a page says is wrong."""
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return found.group(1) if found else ""


async def outbox_kinds(world: World) -> list[str]:
    await world.speak()
    return [
        row["kind"]
        for row in await db.fetch("select kind from outbox where school_id = $1 order by id", world.school_id)
    ]
