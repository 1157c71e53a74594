"""The demo school: life on every screen, texts as our own writing rules would have them, and done twice it is done once."""

from __future__ import annotations

import re

import pytest

from server.demo import people, seed, texts
from server.people.service import known_schools
from server.platform import clock, db
from server.settings import Settings


@pytest.fixture
async def seeded(fresh_database: str, settings: Settings) -> None:
    await seed.seed(settings, None)


@pytest.mark.usefixtures("seeded")
async def test_two_finished_rounds_and_an_open_one_half_filled_with_six_days_to_go() -> None:
    school = (await known_schools())[0]
    async with db.school_transaction(school.id):
        rounds = await db.fetch(
            """select r.state, r.deadline,
                      (select count(*) from expected_pair e where e.school_id = r.school_id and e.round_id = r.id) as pairs,
                      (select count(*) from feedback f where f.school_id = r.school_id and f.round_id = r.id and f.complete) as done
                 from round r where r.school_id = $1 order by r.deadline""",
            school.id,
        )
        shared = await db.fetchval("select count(*) from report_share where school_id = $1", school.id)
        plans = await db.fetch("select state, count(*) as n from plan where school_id = $1 group by state", school.id)
        agreements = await db.fetchval("select count(*) from agreement where school_id = $1", school.id)
        waiting = await db.fetchval(
            "select count(*) from outbox where school_id = $1 and done_at is null and kind like 'report.%'", school.id
        )
    assert [row["state"] for row in rounds] == ["closed", "closed", "open"]
    assert all(row["done"] > row["pairs"] * 0.95 for row in rounds[:2])
    assert 0.3 < rounds[2]["done"] / rounds[2]["pairs"] < 0.8
    assert (rounds[2]["deadline"].astimezone().date() - clock.today()).days in (5, 6, 7)
    assert shared > 200
    assert {row["state"] for row in plans} == {"draft", "handed_in", "concluded"}
    assert agreements > 100
    # What was shared lies in the past: nobody gets a mail about it now.
    assert waiting == 0


@pytest.mark.usefixtures("seeded")
async def test_sign_in_offers_somebody_of_every_role_and_seeding_again_changes_nothing(settings: Settings) -> None:
    before = await people.groups("nl")
    await seed.seed(settings, None)
    assert await people.groups("nl") == before
    assert {group.key for group in before[0].groups} == set(people.ROLES)
    assert all(group.people for group in before[0].groups)


def test_demo_texts_speak_to_the_student_and_avoid_always_and_never() -> None:
    pairs = [pair for cluster in texts.FEEDBACK.values() for some in cluster.values() for pair in some]
    assert set(texts.FEEDBACK) == set(texts.CLUSTERS.values())
    for remark, action in pairs:
        both = f"{remark} {action}"
        assert len(remark) <= 2000
        assert not re.search(r"\b(altijd|nooit|vaak niet)\b", both, re.IGNORECASE), both
        assert not remark or re.search(r"\b(je|jij|jou|jouw|jullie)\b", remark, re.IGNORECASE), remark


def test_what_asks_for_texts_has_them() -> None:
    for cluster in texts.FEEDBACK.values():
        for light in ("attention", "warning"):
            assert all(remark and action for remark, action in cluster[light])
