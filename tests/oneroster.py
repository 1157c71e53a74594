"""A small OneRoster REST service of our own, version 1.1 or 1.2, over the rows of a `Zip`: tokens, pages, deltas, and bad days."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.push.http import Answer, Request, serve
from tests.roster_files import Row, Zip

CLIENT, SECRET = "driehoek", "geheim:van de school/1"
ROOTS = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
LONG_AGO = "2026-08-01T00:00:00.000Z"
# How each column of the files is called by the service; a link has an id inside, a list has parts.
_LINKS = {
    "parentSourcedId": "parent", "orgSourcedId": "org", "schoolYearSourcedId": "schoolYear", "courseSourcedId": "course",
    "schoolSourcedId": "school", "classSourcedId": "class", "userSourcedId": "user", "primaryOrgSourcedId": "primaryOrg",
}  # fmt: skip
_LINK_LISTS = {"termSourcedIds": "terms", "agentSourcedIds": "agents", "orgSourcedIds": "orgs"}
_LISTS = frozenset({"grades", "subjects", "subjectCodes"})
_NAMES = {"preferredGivenName": "preferredFirstName", "preferredFamilyName": "preferredLastName"}


def item_of(row: Row) -> dict[str, Any]:
    """A row of a file as the service says it."""
    item: dict[str, Any] = {}
    for column, value in row.items():
        if not value:
            continue
        if column in _LINKS:
            item[_LINKS[column]] = {"sourcedId": value, "type": "x", "href": f"https://elsewhere.example/{value}"}
        elif column in _LINK_LISTS:
            item[_LINK_LISTS[column]] = [{"sourcedId": one} for one in value.split(",")]
        elif column in _LISTS:
            item[column] = value.split(",")
        else:
            item[_NAMES.get(column, column)] = value
    return item


@dataclass
class Service:
    """What it has, how it pages, and what goes wrong. `asked` are the requests for rows, path and query."""

    version: str = "1.2"
    port: int = 0
    items: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    now: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)
    most: int = 1000
    """The largest page it gives, whatever is asked for."""
    tells: str = "total"
    """How it says that there is more: `total`, `link`, both or nothing."""
    tokens: int = 0
    lives: list[int] = field(default_factory=list)
    """For so many requests the next tokens are good; those after them for ever."""
    left: int = 0
    knows_scopes: bool = True
    bad: dict[int, Answer] = field(default_factory=dict)
    """Answers to the n-th request for rows instead of the rows."""
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fill(self, school: Zip) -> None:
        """Have these rows. One that changed is as new as the clock; one that is gone is said to be deleted."""
        rows: dict[str, dict[str, dict[str, Any]]] = {}
        for file, found in school.rows.items():
            if file != "roles":
                rows[file] = {row["sourcedId"]: item_of(row) for row in found}
        for row in school.rows.get("roles", []):
            user = rows["users"].get(row["userSourcedId"])
            if user is not None:
                role = {"roleType": "primary", "role": row["role"], "org": {"sourcedId": row.get("orgSourcedId", "")}}
                user.setdefault("roles", []).append(role | {k: row[k] for k in ("beginDate", "endDate") if row.get(k)})
        moment = self.now.strftime("%Y-%m-%dT%H:%M:%S.000Z") if self.items else LONG_AGO
        for file, by_id in rows.items():
            before = self.items.setdefault(file, {})
            for sourced_id, item in by_id.items():
                old = {name: value for name, value in before.get(sourced_id, {}).items() if name != "dateLastModified"}
                if old != item:
                    before[sourced_id] = item | {"dateLastModified": moment}
            for gone in before.keys() - by_id.keys():
                if before[gone].get("status") != "tobedeleted":
                    before[gone] |= {"status": "tobedeleted", "dateLastModified": moment}

    async def answer(self, request: Request) -> Answer:
        parts = urlsplit(request.path)
        headers = {"date": format_datetime(self.now, usegmt=True), "content-type": "application/json"}
        if parts.path == "/token":
            return self.token(request)
        self.asked.append(unquote(request.path))
        if (bad := self.bad.pop(len(self.asked), None)) is not None:
            return bad
        self.left -= 1
        if request.headers.get("authorization") != f"Bearer token-{self.tokens}" or self.left < 0:
            return Answer(401, headers)
        root, _, name = parts.path.rpartition("/")
        if root != ROOTS[self.version] or name not in self.items:
            return Answer(404, headers)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        found = sorted(self.items[name].values(), key=lambda item: str(item["sourcedId"]))
        if wanted := query.get("filter"):
            match = re.fullmatch(r"dateLastModified>'(.+)'", wanted)
            assert match is not None, wanted
            found = [item for item in found if item["dateLastModified"] > match[1]]
        offset, limit = int(query["offset"]), min(int(query["limit"]), self.most)
        if self.tells in ("total", "both"):
            headers["x-total-count"] = str(len(found))
        if self.tells in ("link", "both"):
            rel = "next" if offset + limit < len(found) else "first"
            headers["link"] = f'<https://elsewhere.example/?offset={offset + limit}>; rel="{rel}"'
        return Answer(200, headers, json.dumps({name: found[offset : offset + limit]}).encode())

    def token(self, request: Request) -> Answer:
        """A new token for who knows the secret."""
        form = parse_qs(request.body.decode())
        if not self.knows_scopes and "scope" in form:
            return Answer(400, {}, b'{"error": "invalid_scope"}')
        client, _, secret = (
            base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode().partition(":")
        )
        if (unquote(client), unquote(secret), form["grant_type"]) != (CLIENT, SECRET, ["client_credentials"]):
            return Answer(401)
        self.tokens += 1
        self.left = self.lives.pop(0) if self.lives else 1_000_000
        return Answer(200, {}, json.dumps({"access_token": f"token-{self.tokens}", "expires_in": 3600}).encode())


@asynccontextmanager
async def oneroster(school: Zip, version: str = "1.2") -> AsyncIterator[Service]:
    """A service that has this school."""
    service = Service(version)
    service.fill(school if version == "1.2" else school.to_1_1())
    async with serve(service.answer) as port:
        service.port = port
        yield service
