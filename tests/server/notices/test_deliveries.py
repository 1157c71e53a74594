"""What the admin sees of pushes and mails, what begins anew, and the figures of all schools together."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from server.notices import delivery_queries
from server.notices.deliveries import PAGE
from server.platform import db
from tests.factories import Client, Person, World
from tests.server.roster.test_command import driehoek

PATH = "/api/v1/admin/deliveries"
RETRY = f"{PATH}/retry"


async def delivered(
    world: World, person: Person, channel: str = "mail", state: str = "sent", error: str = "", **more: Any
) -> UUID:
    """One delivery as if it had been made, and what became of it."""
    await world.speak()
    notice: UUID = await db.fetchval(
        """insert into notice (school_id, person_id, kind, ids, dedupe_key) values ($1, $2, $3, $4, $5) returning id""",
        world.school_id, person.id, more.get("kind", "report.shared"), "{}", str(uuid4()),
    )  # fmt: skip
    found: UUID = await db.fetchval(
        """insert into delivery (school_id, notice_id, channel, state, last_error, tries, sent_at, first_tried_at)
           values ($1, $2, $3, $4, $5, 1, case when $4 = 'sent' then now() end, now() - interval '30 hours') returning id""",
        world.school_id, notice, channel, state, error,
    )  # fmt: skip
    return found


async def page(client: Client, **params: Any) -> dict[str, Any]:
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_admin_sees_who_got_what_kind_when_and_how_it_ended(world: World) -> None:
    await delivered(world, world.students[0])
    await delivered(world, world.guardian, "push", "failed", "http_413")
    found = await page(await world.as_(world.admin))
    assert found["failed"] == 1
    assert found["after"] is None
    failed, sent = found["items"]
    assert sent["person"] == {"id": str(world.students[0].id), "name": world.students[0].name}
    assert (sent["kind"], sent["label"], sent["channel"], sent["state"]) == (
        "report.shared", "Feedback staat klaar", "mail", "sent",
    )  # fmt: skip
    assert sent["sent_at"] is not None
    assert (failed["state"], failed["error"], failed["tries"], failed["sent_at"]) == ("failed", "http_413", 1, None)
    assert set(sent) == {
        "id", "kind", "label", "channel", "state", "person", "made_at", "tries", "error", "next_try_at", "sent_at",
    }  # fmt: skip


async def test_invitations_and_codes_are_in_it_too(world: World) -> None:
    await world.speak()
    invitation = await db.fetchval(
        """insert into invitation (school_id, person_id, channel, token_hash) values ($1, $2, 'mail', '\\x01') returning id""",
        world.school_id, world.guardian.id,
    )  # fmt: skip
    code = await db.fetchval(
        "insert into sign_in_code (school_id, browser) values ($1, '\\x02') returning id", world.school_id
    )
    for column, value in (("invitation_id", invitation), ("code_id", code)):
        await db.execute(
            f"insert into delivery (school_id, channel, {column}) values ($1, 'mail', $2)", world.school_id, value
        )
    client = await world.as_(world.admin)
    shown = [(item["kind"], item["label"], item["person"]) for item in (await page(client))["items"]]
    guardian = {"id": str(world.guardian.id), "name": world.guardian.name}
    assert shown == [("code", "Code om in te loggen", None), ("invitation", "Uitnodiging", guardian)]
    assert [item["kind"] for item in (await page(client, kind="code"))["items"]] == ["code"]
    assert [item["kind"] for item in (await page(client, kind="invitation"))["items"]] == ["invitation"]


async def test_it_narrows_and_goes_by_fifties(world: World) -> None:
    for number in range(PAGE + 3):
        await delivered(world, world.students[number % 3], ("push", "mail")[number % 2])
    failed = await delivered(world, world.mentor, "mail", "failed", "smtp_recipient", kind="plan.handed_in")
    client = await world.as_(world.admin)
    first = await page(client)
    second = await page(client, after=first["after"])
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), second["after"]) == (PAGE, 4, None)
    assert ids == sorted(ids, reverse=True)
    assert [item["id"] for item in (await page(client, state="failed"))["items"]] == [str(failed)]
    assert [item["id"] for item in (await page(client, kind="plan.handed_in"))["items"]] == [str(failed)]
    assert {item["channel"] for item in (await page(client, channel="push"))["items"]} == {"push"}
    for kind in ("unheard.of", "", "\x00"):
        assert (await page(client, kind=kind))["items"] == []
    for params in ({"state": "x"}, {"channel": "x"}, {"after": "x"}):
        assert (await client.get(PATH, params=params)).status_code == 422


async def test_what_was_given_up_begins_anew_and_is_written_down(world: World) -> None:
    gone, kept = [await delivered(world, world.students[n], state="failed", error="network") for n in (0, 1)]
    sent = await delivered(world, world.students[2])
    dropped = await delivered(world, world.students[2], state="dropped", error="not_allowed")
    client = await world.as_(world.admin)
    answer = await client.post(RETRY, json={"ids": [str(gone), str(sent), str(dropped), str(uuid4())]})
    assert (answer.status_code, answer.json()) == (200, {"retried": 1})
    states = {item["id"]: (item["state"], item["tries"]) for item in (await page(client))["items"]}
    assert states == {
        str(gone): ("waiting", 0), str(kept): ("failed", 1), str(sent): ("sent", 1), str(dropped): ("dropped", 1),
    }  # fmt: skip
    await world.speak()
    begun = await db.fetchval(
        "select first_tried_at from delivery where school_id = $1 and id = $2", world.school_id, gone
    )
    assert begun is None
    assert (await client.post(RETRY, json={"ids": None})).json() == {"retried": 1}
    assert (await client.post(RETRY, json={"ids": None})).json() == {"retried": 0}
    entries = (await client.get("/api/v1/admin/audit", params={"kind": "school"})).json()["entries"]
    assert [(each["act"], each["details"]) for each in entries] == [("school.deliveries_retried", {"rows": "1"})] * 2


@pytest.mark.parametrize("who", ["organiser", "leader", "mentor", "guardian"])
async def test_nobody_else_sees_or_retries_anything(world: World, who: str) -> None:
    await delivered(world, world.students[0], state="failed")
    client = await world.as_(getattr(world, who))
    assert (await client.get(PATH)).status_code == 404
    assert (await client.post(RETRY, json={"ids": None})).status_code == 404
    assert (await page(await world.as_(world.admin)))["failed"] == 1


async def test_another_school_has_its_own(world: World, other_school: World) -> None:
    theirs = await delivered(other_school, other_school.students[0], state="failed")
    client = await world.as_(world.admin)
    assert (await page(client))["items"] == []
    for ids in ([str(theirs)], None):
        assert (await client.post(RETRY, json={"ids": ids})).json() == {"retried": 0}
    await other_school.speak()
    state = await db.fetchval(
        "select state from delivery where school_id = $1 and id = $2", other_school.school_id, theirs
    )
    assert state == "failed"


async def test_the_figures_tell_what_waits_how_long_and_how_attempts_ended_and_nothing_else(
    world: World, http: httpx.AsyncClient
) -> None:
    await delivered(world, world.students[0], "mail", "waiting", "network")
    held = await delivered(world, world.students[1], "push", "waiting")
    await db.execute(
        "update delivery set first_tried_at = null, next_try_at = now() + interval '2 days' where school_id = $1 and id = $2",
        world.school_id,
        held,
    )
    await delivery_queries.count({("push", "sent"): 3, ("mail", "failed"): 1})
    await delivery_queries.count({("push", "sent"): 2})
    text = (await http.get("/metrics")).text
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines['driehoek_queue_waiting{channel="mail"}']) == 1
    assert 29 * 3600 < float(lines['driehoek_queue_age_seconds{channel="mail"}']) < 31 * 3600
    # Held back for quiet hours is not overdue.
    assert float(lines['driehoek_queue_waiting{channel="push"}']) == 0
    assert float(lines['driehoek_queue_age_seconds{channel="push"}']) == 0
    assert 'driehoek_queue_age_seconds{channel="outbox"}' in lines
    assert float(lines['driehoek_deliveries_total{channel="push",outcome="sent"}']) == 5
    assert float(lines['driehoek_deliveries_total{channel="mail",outcome="failed"}']) == 1
    assert float(lines['driehoek_deliveries_total{channel="mail",outcome="sent"}']) == 0
    assert str(world.school_id) not in text
    assert world.slug not in text


async def failed_in_a_school() -> World:
    async with httpx.AsyncClient() as nobody, db.transaction():
        world = await World.create(nobody)
        await delivered(world, world.students[0], state="failed")
        return world


@pytest.mark.usefixtures("fresh_database")
async def test_the_same_by_command_for_one_school_or_all() -> None:
    await db.open_pool(2)
    first, _ = await failed_in_a_school(), await failed_in_a_school()
    assert (await driehoek("notices", "retry", "--school", "nowhere"))[0] == 1
    code, said, _ = await driehoek("notices", "retry", "--school", first.slug)
    assert (code, said) == (0, "1 delivery begins anew.\n")
    code, said, _ = await driehoek("notices", "retry")
    assert (code, said) == (0, "1 delivery begins anew.\n")
    code, said, _ = await driehoek("notices", "retry")
    assert (code, said) == (0, "Nothing was given up.\n")
