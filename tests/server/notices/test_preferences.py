"""What people choose to hear, what a school sends to nobody, and quiet hours."""

from __future__ import annotations

from typing import Any

import pytest

from server.notices.kind import Audience, Channel
from server.notices.kinds import DAILY, KINDS
from server.notices.preferences import default_of, ways_of
from server.platform.texts import LANGUAGES, messages
from tests.factories import Person, World

MINE = "/api/v1/me/notice-preferences"
SCHOOL = "/api/v1/school/notice-switches"
QUIET = "/api/v1/school/quiet-hours"


async def read(world: World, person: Person, path: str = MINE) -> dict[str, Any]:
    answer = await (await world.as_(person)).get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def channels(world: World, person: Person, path: str = MINE) -> dict[str, dict[str, bool | None]]:
    return {each["kind"]: each["channels"] for each in (await read(world, person, path))["kinds"]}


async def test_each_sees_the_kinds_that_can_concern_somebody_like_that(world: World) -> None:
    async def kinds(person: Person) -> set[str]:
        return set(await channels(world, person))

    rating = {"round.opened", "round.deadline_near", "round.deadline_passed", "round.nudged", "round.stand_in"}
    rating |= {"agreement.due", "digest"}
    mentoring = {"plan.handed_in", "plan.missing", "plan.concluded", "round.closed", "agreement.due"}
    assert await kinds(world.students[0]) == {"report.shared", "plan.concluded", "agreement.changed", "agreement.due"}
    assert await kinds(world.guardian) == {"report.shared", "plan.concluded", "agreement.due"}
    assert await kinds(world.dutch.teacher) == rating | {"bundle.ready"}
    assert await kinds(world.mentor) == mentoring | {"bundle.ready"}
    assert await kinds(world.organiser) == {"round.complete", "bundle.ready"}
    assert await kinds(world.admin) == {"roster.imported", "roster.failed", "bundle.ready"}


async def test_the_defaults_are_told_and_a_choice_stays(world: World) -> None:
    student = world.students[0]
    assert (await channels(world, student))["report.shared"] == {"push": True, "mail": True}
    assert (await channels(world, student))["agreement.changed"] == {"push": True, "mail": False}
    client = await world.as_(student)
    for on in (False, True, False):
        answer = await client.put(MINE, json={"kind": "report.shared", "channel": "mail", "on": on})
        assert answer.status_code == 200, answer.text
        assert answer.json() == await read(world, student)
        assert (await channels(world, student))["report.shared"] == {"push": True, "mail": on}
    assert (await channels(world, world.students[1]))["report.shared"] == {"push": True, "mail": True}


async def test_the_words_are_the_readers_own(world: World) -> None:
    client = await world.as_(world.students[0])
    assert (await client.get(MINE)).json()["kinds"][0]["label"] == "Feedback staat klaar"
    await client.patch("/api/v1/me", json={"language": "en"})
    assert (await client.get(MINE)).json()["kinds"][0]["label"] == "Feedback is ready"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "nonsense", "channel": "push", "on": True}, "/kind"),
        ({"kind": "round.opened", "channel": "push", "on": True}, "/kind"),  # a student rates nobody
        ({"kind": "digest", "channel": "mail", "on": True}, "/kind"),
        ({"kind": "report.shared", "channel": "pigeon", "on": True}, "/channel"),
        ({"kind": "report.shared", "channel": "push", "on": "yes"}, "/on"),
        ({"kind": "report.shared", "channel": "push"}, "/on"),
    ],
)
async def test_what_does_not_fit_is_told_at_its_field(world: World, body: dict[str, Any], pointer: str) -> None:
    answer = await (await world.as_(world.students[0])).put(MINE, json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_school_switches_a_kind_off_for_everybody_and_on_again(world: World) -> None:
    student, admin = world.students[0], await world.as_(world.admin)
    assert set(await channels(world, world.admin, SCHOOL)) == {*KINDS, DAILY} - {"question.asked"}
    for on, shown in ((False, None), (True, True)):
        answer = await admin.put(SCHOOL, json={"kind": "report.shared", "channel": "mail", "on": on})
        assert answer.status_code == 200, answer.text
        assert answer.json() == await read(world, world.admin, SCHOOL)
        assert (await channels(world, world.admin, SCHOOL))["report.shared"] == {"push": True, "mail": on}
        assert (await channels(world, student))["report.shared"] == {"push": True, "mail": shown}


async def test_what_the_school_does_not_send_cannot_be_chosen(world: World) -> None:
    await (await world.as_(world.admin)).put(SCHOOL, json={"kind": "report.shared", "channel": "mail", "on": False})
    answer = await (await world.as_(world.students[0])).put(
        MINE, json={"kind": "report.shared", "channel": "mail", "on": True}
    )
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/channel", "notices_switched_off")]


async def test_another_school_switches_nothing_here(world: World, other_school: World) -> None:
    await (await other_school.as_(other_school.admin)).put(
        SCHOOL, json={"kind": "report.shared", "channel": "mail", "on": False}
    )
    assert (await channels(world, world.students[0]))["report.shared"] == {"push": True, "mail": True}


async def test_quiet_hours_are_told_while_there_are_any(world: World) -> None:
    admin = await world.as_(world.admin)
    answer = await admin.put(QUIET, json={"on": True})
    assert answer.status_code == 200, answer.text
    assert answer.json()["calm"] == {"from": "21:00", "until": "07:00"}
    assert (await read(world, world.students[0]))["calm"] == {"from": "21:00", "until": "07:00"}
    await admin.put(QUIET, json={"on": False})
    assert (await read(world, world.students[0]))["calm"] is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", SCHOOL, None),
        ("PUT", SCHOOL, {"kind": "report.shared", "channel": "mail", "on": False}),
        ("PUT", QUIET, {"on": False}),
    ],
)
async def test_only_an_admin_switches_for_the_school(world: World, method: str, path: str, body: Any) -> None:
    for person in (world.students[0], world.mentor, world.organiser, world.leader, world.guardian):
        answer = await (await world.as_(person)).request(method, path, **({"json": body} if body else {}))
        assert answer.status_code == 404, person.name
    assert (await (await world.as_(None)).request(method, path, **({"json": body} if body else {}))).status_code == 401
    assert (await channels(world, world.students[0]))["report.shared"] == {"push": True, "mail": True}


async def test_who_is_signed_out_has_no_preferences(world: World) -> None:
    client = await world.as_(None)
    assert (await client.get(MINE)).status_code == 401
    body = {"kind": "report.shared", "channel": "mail", "on": False}
    assert (await client.put(MINE, json=body)).status_code == 401


@pytest.mark.parametrize("kind", [*KINDS, DAILY])
def test_every_kind_has_its_words_in_both_languages(kind: str) -> None:
    """In the list, in a mail where there is one, and on the page where people choose."""
    ways = ways_of(kind, frozenset(Audience))
    words = [kind.replace(".", "_")]
    if kind in KINDS and KINDS[kind].other_words:
        words.append(f"{words[0]}_other")
    wanted: set[str] = set()
    if kind in KINDS:
        wanted |= {f"notice.{word}.{part}" for word in words for part in ("title", "body")}
    if default_of(ways, Channel.MAIL) is not None:
        wanted |= {f"mail.{word}.{part}" for word in words for part in ("subject", "title", "text", "button")}
    if any(default_of(ways, channel) is not None for channel in Channel):
        wanted |= {f"notices.kind.{words[0]}.{part}" for part in ("label", "hint")}
    if any(way.digest for way in ways):
        wanted |= {f"mail.digest.{words[0]}", f"mail.digest.{words[0]}_one"}
    for language in LANGUAGES:
        assert wanted <= set(messages(language)), language


def test_both_languages_have_the_same_messages() -> None:
    dutch, english = (messages(language) for language in LANGUAGES)
    assert set(dutch) == set(english)
