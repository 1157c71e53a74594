"""Fetching a roster from a OneRoster REST service, on its good days and its bad ones. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.roster.errors import RosterFileError
from server.roster.mirror import MirrorArchive, Rows, cells_of, together
from server.roster.model import Roster
from server.roster.oneroster import read_archive, read_roster
from server.roster.rest import Fetched, Service, SourceTrouble, fetch
from tests.oneroster import CLIENT, SECRET, oneroster
from tests.oneroster import Service as Stub
from tests.push.http import Answer
from tests.roster_files import small_school

TODAY = date(2026, 11, 23)


def as_client(stub: Stub, **other: str) -> Service:
    values = {
        "version": stub.version,
        "base_url": stub.url,
        "token_url": f"{stub.url}/token",
        "client_id": CLIENT,
        "client_secret": SECRET,
    }
    return Service(**{**values, **other})


def rows_of(fetched: Fetched) -> Rows:
    return together(
        [
            {
                name: {sourced_id: cells_of(name, item) for sourced_id, item in items.items()}
                for name, items in fetched.items.items()
            }
        ]
    )


def roster_of(fetched: Fetched) -> Roster:
    return read_archive(MirrorArchive(rows_of(fetched)), "", today=TODAY)


class Waits(list[float]):
    """Notes how long it should have slept."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("tells", ["total", "link", "both", "nothing"])
async def test_all_pages_together_are_the_roster_that_a_file_gives(tmp_path: Path, version: str, tells: str) -> None:
    school = small_school()
    if version == "1.2":
        school.row("users", "s2").update(preferredGivenName="Saar", preferredFamilyName="Bos")
    async with oneroster(school, version) as stub:
        stub.tells, stub.most = tells, 3
        fetched = await fetch(as_client(stub), None, page=4)

    expected = read_roster((school if version == "1.2" else school.to_1_1()).write(tmp_path / "x.zip"), today=TODAY)
    assert roster_of(fetched) == expected
    assert stub.tokens == 1
    assert fetched.until == stub.now - timedelta(minutes=10)
    assert not [path for path in stub.asked if "demographics" in path]


async def test_an_address_with_its_path_is_taken_as_it_is() -> None:
    async with oneroster(small_school()) as stub:
        fetched = await fetch(as_client(stub, base_url=f"{stub.url}/ims/oneroster/rostering/v1p2/"), None)

    assert len(fetched.items["users"]) == 9


async def test_what_changed_is_asked_for_by_its_date() -> None:
    async with oneroster(small_school()) as stub:
        stub.now = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
        school = small_school()
        school.row("users", "s1")["givenName"] = "Zoé"
        school.drop("enrollments", "e-h2a-s1")
        stub.fill(school)
        fetched = await fetch(as_client(stub), datetime(2026, 11, 23, 8, 50, tzinfo=UTC))

    changed = {name: sorted(items) for name, items in fetched.items.items() if items}
    assert changed == {"users": ["s1"], "enrollments": ["e-h2a-s1"]}
    assert fetched.items["enrollments"]["e-h2a-s1"]["status"] == "tobedeleted"
    assert all("filter=dateLastModified>'2026-11-23T08:50:00.000Z'" in path for path in stub.asked)


async def test_nothing_that_we_do_not_read_is_kept() -> None:
    school = small_school()
    school.row("users", "s1").update(password="canary", phone="canary", sms="canary", identifier="canary")
    async with oneroster(school) as stub:
        stub.items["users"]["s1"]["demographics"] = {"ethnicity": "canary"}
        fetched = await fetch(as_client(stub), None)

    assert "canary" in repr(fetched)
    assert "canary" not in repr(rows_of(fetched))


async def test_a_token_that_runs_out_halfway_is_renewed_once() -> None:
    async with oneroster(small_school()) as stub:
        whole = await fetch(as_client(stub), None)
        stub.lives, stub.most = [3], 4
        again = await fetch(as_client(stub), None)

    assert again.items == whole.items
    assert stub.tokens == 3


async def test_a_token_that_is_never_right_ends_it() -> None:
    async with oneroster(small_school()) as stub:
        stub.bad = {number: Answer(401) for number in range(20)}
        with pytest.raises(SourceTrouble, match="unauthorised"):
            await fetch(as_client(stub), None)
    assert stub.tokens == 2


async def test_a_wrong_secret_and_a_service_without_scopes() -> None:
    async with oneroster(small_school()) as stub:
        with pytest.raises(SourceTrouble, match="unauthorised"):
            await fetch(as_client(stub, client_secret="raden"), None)
        stub.knows_scopes = False
        assert (await fetch(as_client(stub), None)).items["users"]


async def test_who_is_busy_is_left_alone_for_as_long_as_asked() -> None:
    waits = Waits()
    async with oneroster(small_school()) as stub:
        stub.bad = {2: Answer(429, {"retry-after": "17"}), 3: Answer(503, {"retry-after": "4"}), 5: Answer(500)}
        fetched = await fetch(as_client(stub), None, sleep=waits)

    assert waits == [17, 4, 1.5]
    assert len(fetched.items["users"]) == 9


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(500), "unreachable"),
        (Answer(429), "busy"),
        (Answer(429, {"retry-after": "3600"}), "busy"),
        (Answer(404), "refused"),
        (Answer(403), "unauthorised"),
        (Answer(302, {"location": "http://127.0.0.1:1/"}), "refused"),
        (Answer(200, {}, b"<html>"), "not_oneroster"),
        (Answer(200, {}, b'{"classes": {}}'), "not_oneroster"),
        (Answer(200, {}, b'{"classes": [{"sourcedId": 7}]}'), "not_oneroster"),
        (Answer(200, {}, b'{"classes": [7]}'), "not_oneroster"),
        (Answer(200, {}, b"[" * 100_000), "not_oneroster"),
    ],
)
async def test_a_bad_answer_halfway_ends_in_one_code(answer: Answer, code: str) -> None:
    waits = Waits()
    async with oneroster(small_school()) as stub:
        stub.bad = dict.fromkeys(range(4, 40), answer)
        with pytest.raises(SourceTrouble) as caught:
            await fetch(as_client(stub), None, sleep=waits)

    assert caught.value.code == code
    assert len(waits) <= 3


async def test_nobody_there() -> None:
    waits = Waits()
    with pytest.raises(SourceTrouble, match="unreachable"):
        await fetch(Service("1.2", "http://127.0.0.1:1", "http://127.0.0.1:1/token", "x", "y"), None, sleep=waits)
    assert waits == [1.5, 4.5, 13.5]


async def test_rows_that_move_while_they_are_read_are_no_roster() -> None:
    async with oneroster(small_school()) as stub:
        stub.bad = {5: Answer(200, {"x-total-count": "9"}, b'{"users": [{"sourcedId": "s1"}]}'),
                    6: Answer(200, {"x-total-count": "9"}, b'{"users": []}')}  # fmt: skip
        with pytest.raises(SourceTrouble, match="moved"):
            await fetch(as_client(stub), None)
        # A service that does not know `offset` would give its first page for ever.
        stub.asked.clear()
        stub.bad = {number: Answer(200, {}, b'{"orgs": [{"sourcedId": "org"}]}') for number in range(9)}
        with pytest.raises(SourceTrouble, match="moved"):
            await fetch(as_client(stub), None)


async def test_a_problem_names_the_row_as_the_service_knows_it() -> None:
    school = small_school()
    school.row("users", "s1")["enabledUser"] = "misschien"
    school.row("enrollments", "e-h2a-s2")["userSourcedId"] = "nobody"
    school.row("roles", "r-t1")["role"] = "baas"
    async with oneroster(school) as stub:
        archive = MirrorArchive(rows_of(await fetch(as_client(stub), None)))

    with pytest.raises(RosterFileError) as caught:
        read_archive(archive, "", today=TODAY)

    found = archive.located(caught.value.problems)
    assert [(one.code, one.file, one.line, one.column) for one in found] == [
        ("boolean_bad", "users s1", None, "enabledUser"),
        ("role_unknown", "roles t1", None, "role"),
        ("role_missing", "users t1", None, "sourcedId"),
        ("reference", "enrollments e-h2a-s2", None, "userSourcedId"),
    ]


def test_what_two_sources_name_is_taken_from_the_first() -> None:
    first: Rows = {"orgs": {"a": {"name": "Een"}}}
    second: Rows = {"orgs": {"a": {"name": "Twee"}, "b": {"name": "Drie"}}}

    assert together([first, second])["orgs"] == {"a": {"name": "Een"}, "b": {"name": "Drie"}}
