"""A OneRoster REST service as the source of a school: set up by the admin, fetched by the worker, nothing half-applied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from server.people import service as people
from server.platform import clock, db
from server.roster import source_queries, sources
from server.roster.rest import fetch
from server.roster.service import import_file
from server.settings import Mode, Settings
from tests.factories import Client
from tests.oneroster import CLIENT, SECRET, Service, oneroster
from tests.push.http import Answer
from tests.roster_files import Zip, small_school
from tests.server.roster import stored

SLUG = "testcollege"
ROSTER = "/api/v1/admin/roster"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def no_time(seconds: float) -> None:
    """Waiting takes no time here."""


@dataclass
class Synced:
    """A school with a source."""

    admin: Client
    service: Service
    settings: Settings
    source_id: UUID

    async def work(self, at: datetime = NOON) -> None:
        """What a worker would do with it now."""
        school_id = await stored.enter(SLUG)
        tries = await db.fetchval("select tries from roster_source where id = $1", self.source_id)
        with clock.at(at):
            await sources.work(school_id, self.source_id, tries, self.settings, partial(fetch, sleep=no_time, page=5))

    async def sync(self, at: datetime = NOON, **body: bool) -> Any:
        """Synchronise now; what the source says then."""
        asked = await self.admin.post(f"{ROSTER}/sources/{self.source_id}/sync", json=body)
        assert asked.status_code == 200, asked.text
        await self.work(at)
        return await self.look()

    async def look(self) -> Any:
        answer = await self.admin.get(f"{ROSTER}/sources/{self.source_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def mirror(self) -> dict[str, int]:
        rows = await source_queries.rows(await stored.enter(SLUG))
        return {name: len(found) for name, found in rows.get(self.source_id, {}).items()}


def body_of(service: Service, **other: object) -> dict[str, object]:
    return {
        "name": "Onze ELO",
        "version": service.version,
        "base_url": service.url,
        "token_url": f"{service.url}/token",
        "client_id": CLIENT,
        "client_secret": SECRET,
        **other,
    }


@pytest.fixture
async def admin(rollback: None, http: httpx.AsyncClient, tmp_path: Path) -> Client:
    """The admin of a school of which only the admin is known yet, by hand."""
    school = Zip()
    school.rows |= {file: small_school().rows[file] for file in ("academicSessions", "orgs")}
    school.person("admin", "siteAdministrator", "Ada", "Beheer")
    await import_file(school.write(tmp_path / "first.zip"), SLUG, create_school=True)
    person = await stored.one(SLUG, "person", "admin")
    return Client(http, await people.start_session(person["school_id"], person["id"], second_factor=True))


@pytest.fixture(params=["1.2", "1.1"])
async def synced(admin: Client, settings: Settings, request: pytest.FixtureRequest) -> AsyncIterator[Synced]:
    async with oneroster(small_school(), request.param) as service:
        made = await admin.post(f"{ROSTER}/sources", json=body_of(service))
        assert made.status_code == 201, made.text
        yield Synced(admin, service, settings, UUID(made.json()["id"]))


def newer(school: Zip, service: Service) -> None:
    """From now on, a day later, the service has this."""
    service.now = service.now.replace(day=service.now.day + 1)
    service.fill(school if service.version == "1.2" else school.to_1_1())
    service.asked.clear()


async def test_the_first_time_everything_is_fetched_and_the_school_is_as_a_file_would_make_it(
    synced: Synced, tmp_path: Path
) -> None:
    found = await synced.sync()

    assert (found["state"], found["result"], found["error"]) == ("idle", "changed", "")
    assert found["preview"]["people"]["new"]["total"] == 8
    await import_file(small_school().write(tmp_path / "x.zip"), "by-file", create_school=True)
    assert await stored.today(SLUG) == await stored.today("by-file")
    assert await synced.mirror() == {
        "orgs": 1, "academicSessions": 2, "courses": 5, "classes": 5, "users": 9, "enrollments": 16,
    }  # fmt: skip
    [last, _] = (await synced.admin.get(f"{ROSTER}/imports")).json()
    assert (last["origin"], last["name"], last["by"], last["version"]) == (
        "source", "Onze ELO", "Ada Beheer", synced.service.version,
    )  # fmt: skip


async def test_afterwards_only_what_changed_is_fetched_and_all_of_it_counts(synced: Synced) -> None:
    await synced.sync()
    before = await stored.everything(SLUG)
    newer(small_school(), synced.service)
    nothing = await synced.sync()
    after = await stored.everything(SLUG)
    school = small_school()
    school.row("users", "s1")["givenName"] = "Zoé"
    school.drop("enrollments", "e-h2a.wi-s2")
    newer(school, synced.service)
    found = await synced.sync()

    assert nothing["result"] == "nothing"
    assert {**after, "audit_log": None} == {**before, "audit_log": None}
    assert found["result"] == "changed"
    assert all("filter=" in path for path in synced.service.asked)
    assert len(synced.service.asked) == 6
    assert (await stored.one(SLUG, "person", "s1"))["given_name"] == "Zoé"
    assert (await stored.one(SLUG, "enrolment", "e-h2a.wi-s2"))["ended_on"] is not None
    assert (await stored.one(SLUG, "enrolment", "e-h2a.wi-s1"))["ended_on"] is None


async def test_once_a_week_and_when_asked_everything_is_fetched_again(synced: Synced) -> None:
    await synced.sync()
    # Some services just forget what is gone.
    newer(small_school(), synced.service)
    del synced.service.items["enrollments"]["e-h2a.wi-s2"]
    unseen = await synced.sync()
    seen = await synced.sync(full=True)
    weekly = len(synced.service.asked)
    await synced.sync(at=datetime(2026, 12, 8, tzinfo=UTC))

    assert (unseen["result"], seen["result"]) == ("nothing", "changed")
    assert (await stored.one(SLUG, "enrolment", "e-h2a.wi-s2"))["ended_on"] is not None
    assert not any("filter=" in path for path in synced.service.asked[weekly:])


@pytest.mark.parametrize("answer", [Answer(500), Answer(401), Answer(200, {}, b"oops")])
@pytest.mark.parametrize("at", [1, 3, 9])
async def test_what_fails_halfway_leaves_everything_as_it_was(synced: Synced, answer: Answer, at: int) -> None:
    await synced.sync()
    before, mirror = await stored.everything(SLUG), await synced.mirror()
    school = small_school()
    school.row("users", "s1")["givenName"] = "Zoé"
    school.person("s5", "student", "Nieuw", "Kind")
    newer(school, synced.service)
    synced.service.bad = dict.fromkeys(range(at, 60), answer)
    failed = await synced.sync(full=True)
    halfway, kept = await stored.everything(SLUG), await synced.mirror()
    synced.service.bad = {}
    found = await synced.sync()

    assert failed["result"] == "failed"
    assert failed["message"]
    told = [row for row in halfway["outbox"] if row not in before["outbox"]]
    assert ["roster.failed" in row for row in told] == [True]
    assert {**halfway, "audit_log": None, "outbox": None} == {**before, "audit_log": None, "outbox": None}
    assert kept == mirror
    assert found["result"] == "changed"
    assert (await stored.one(SLUG, "person", "s1"))["given_name"] == "Zoé"
    assert (await stored.one(SLUG, "person", "s5"))["left_on"] is None


async def test_a_roster_that_makes_no_sense_is_told_row_by_row_and_not_taken(synced: Synced) -> None:
    await synced.sync()
    before = await stored.today(SLUG)
    school = small_school()
    school.row("users", "s1")["givenName"] = "Zoé"
    school.row("enrollments", "e-h2a-s2")["beginDate"] = "ooit"
    newer(school, synced.service)
    found = await synced.sync()

    assert (found["result"], found["error"]) == ("failed", "problems")
    assert [(one["place"], one["text"]) for one in found["problems"]] == [
        ("enrollments e-h2a-s2, kolom beginDate", "Dit is geen datum: ooit. Schrijf een datum als 2026-08-24.")
    ]
    assert await stored.today(SLUG) == before


async def test_when_many_leave_it_is_held_until_exactly_that_is_confirmed(synced: Synced) -> None:
    await synced.sync()
    school = small_school()
    school.drop_person("s4")
    newer(school, synced.service)
    unasked = await synced.sync(confirm_leaving=True)
    school.drop_person("s3")
    newer(school, synced.service)
    more = await synced.sync(confirm_leaving=True)
    waiting = await stored.one(SLUG, "person", "s4")
    done = await synced.sync(confirm_leaving=True)

    assert (unasked["result"], unasked["preview"]["people"]["leaving"]["shown"]) == ("held", ["Jan Jansen"])
    assert (more["result"], more["preview"]["leaving"]) == ("held", 2)
    assert waiting["left_on"] is None
    assert done["result"] == "changed"
    assert (await stored.one(SLUG, "person", "s3"))["left_on"] is not None


async def test_two_sources_of_one_school_leave_each_others_people_alone(synced: Synced) -> None:
    await synced.sync()
    other = Zip()
    other.rows["orgs"] = small_school().rows["orgs"]
    other.rows["academicSessions"] = small_school().rows["academicSessions"]
    other.person("b1", "student", "Bas", "Bovenbouw")
    async with oneroster(other, synced.service.version) as service:
        made = await synced.admin.post(f"{ROSTER}/sources", json=body_of(service, name="Bovenbouw"))
        second = Synced(synced.admin, service, synced.settings, UUID(made.json()["id"]))
        found = await second.sync()
        again = await synced.sync()

    assert (found["result"], again["result"]) == ("changed", "nothing")
    assert (await stored.one(SLUG, "person", "b1"))["left_on"] is None
    assert (await stored.one(SLUG, "person", "s1"))["left_on"] is None


async def test_the_night_asks_for_what_is_nightly_and_taking_back_ends_that(synced: Synced) -> None:
    school_id = await stored.enter(SLUG)
    first = await sources.ask_for_the_night(school_id)
    twice = await sources.ask_for_the_night(school_id)
    await synced.work()
    [last, _] = (await synced.admin.get(f"{ROSTER}/imports")).json()
    await synced.admin.post(f"{ROSTER}/imports/{last['id']}/undo")

    assert (first, twice) == (1, 0)
    assert (last["by"], last["origin"]) == (None, "source")
    assert not (await synced.look())["nightly"]
    assert await sources.ask_for_the_night(school_id) == 0


async def test_the_secret_goes_in_and_never_comes_out(synced: Synced) -> None:
    await synced.sync()
    one = await synced.admin.get(f"{ROSTER}/sources/{synced.source_id}")
    all_ = await synced.admin.get(f"{ROSTER}/sources")
    row = await db.fetchrow("select * from roster_source where id = $1", synced.source_id)
    keys = await db.fetch("select answer::text as said from request_key where school_id = $1", await stored.enter(SLUG))

    assert row is not None
    assert SECRET not in one.text + all_.text + repr(dict(row)) + repr([key["said"] for key in keys])
    assert SECRET.encode() not in row["secret"]
    other = msgspec.structs.replace(synced.settings, secret="another secret of thirty-two characters")
    synced.settings = other
    assert (await synced.sync())["error"] == "secret"


async def test_another_address_takes_the_secret_again(synced: Synced) -> None:
    path = f"{ROSTER}/sources/{synced.source_id}"
    stolen = await synced.admin.patch(path, json={"token_url": "http://evil.example/token"})
    renamed = await synced.admin.patch(path, json={"name": "Andere naam", "nightly": False})
    moved = await synced.admin.patch(path, json={"base_url": synced.service.url + "/", "client_secret": "nieuw"})

    assert [(one["pointer"], one["code"]) for one in stolen.json()["errors"]] == [("/client_secret", "required")]
    assert (renamed.status_code, moved.status_code) == (200, 200)
    assert ((await synced.look())["name"], (await synced.look())["nightly"]) == ("Andere naam", False)
    assert (await synced.sync())["error"] == "unauthorised"


async def test_while_it_is_fetched_it_is_not_asked_or_changed_again(synced: Synced) -> None:
    path = f"{ROSTER}/sources/{synced.source_id}"
    await synced.admin.post(f"{path}/sync", json={})

    for answer in (
        await synced.admin.post(f"{path}/sync", json={}),
        await synced.admin.patch(path, json={"name": "x"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/source-busy")


async def test_a_removed_source_takes_its_mirror_along_and_nobody_else(synced: Synced) -> None:
    await synced.sync()
    before = await stored.today(SLUG)

    gone = await synced.admin.delete(f"{ROSTER}/sources/{synced.source_id}")

    assert gone.status_code == 204
    assert await synced.mirror() == {}
    assert await stored.today(SLUG) == before
    assert (await synced.admin.get(f"{ROSTER}/imports")).json()[0]["name"] == "Onze ELO"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("base_url", "ftp://or.example", "bad_address"),
        ("base_url", "https://", "bad_address"),
        ("base_url", "https://[", "bad_address"),
        ("base_url", "https://or.example/?x=1", "bad_address"),
        ("token_url", "https://or.example/\x00", "bad_character"),
        ("name", " ", "bad_character"),
        ("name", "", "required"),
        ("client_secret", "x" * 501, "too_long"),
        ("version", "2.0", "unknown_value"),
    ],
)
async def test_a_source_that_cannot_be_is_told_at_its_field(admin: Client, field: str, value: str, code: str) -> None:
    answer = await admin.post(f"{ROSTER}/sources", json=body_of(Service(), **{field: value}))

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(f"/{field}", code)]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://or.example.com/ims", True),
        ("http://or.example.com/ims", False),
        ("https://127.0.0.1/", False),
        ("https://10.0.0.7/", False),
        ("https://[::1]/", False),
        ("https://169.254.169.254/latest", False),
        ("https://redis.internal/", False),
        ("https://localhost/", False),
        ("https://user:password@or.example.com/", False),
        ("https://or.example.com:6379/", False),
        ("http://roster.school.lan:8080/", True),
    ],
)
def test_in_production_only_public_addresses_are_asked(settings: Settings, address: str, allowed: bool) -> None:
    production = msgspec.structs.replace(
        settings, mode=Mode.PRODUCTION, push_allowed_hosts=frozenset({"roster.school.lan:8080"})
    )

    assert sources.address_allowed(address, production) is allowed
