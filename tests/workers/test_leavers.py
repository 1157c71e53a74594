"""The daily job that lets people and school years go: twice, at once, and with a backup in between."""

from __future__ import annotations

import asyncio
from datetime import date

import msgspec

from server.settings import Mode
from tests.workers.conftest import CANARIES, School
from workers import main
from workers.deliver import Post
from workers.leavers import keep_ledger, let_go

LONG_AGO = date(2020, 1, 1)


async def left(school: School) -> None:
    await school.run("update person set left_on = $3 where school_id = $1 and id = $2", school.student.id, LONG_AGO)


async def about(school: School) -> int:
    [row] = await school.run(
        """select (select count(*) from feedback where school_id = $1 and student_id = $2)
                + (select count(*) from mentor_message where school_id = $1 and student_id = $2)
                + (select count(*) from notice where school_id = $1 and person_id = $2) as n""",
        school.student.id,
    )
    return int(row["n"])


async def test_two_workers_at_once_and_once_more_erase_everybody_once(school: School, post: Post) -> None:
    await school.share()
    await school.subscribe(school.student)
    await main.sweep({"post": post})
    assert await about(school) > 0
    await left(school)
    await asyncio.gather(*(main.daily({"post": post}) for _ in range(2)))
    await main.daily({"post": post})
    assert await about(school) == 0
    acts = await school.run("select act from audit_log where school_id = $1 and act like 'person.%'")
    assert acts == [{"act": "person.retired"}]
    lines = [msgspec.json.decode(line) for line in post.settings.ledger_file.read_bytes().split(b"\n") if line]
    assert {line["person"] for line in lines} == {str(school.student.id)}
    # Everybody else's texts are all there.
    others = await school.run("select count(*) as n from feedback where school_id = $1 and remark = $2", CANARIES[0])
    assert others == [{"n": 4}]


async def test_a_backup_is_undone_when_a_worker_starts(school: School, post: Post) -> None:
    await left(school)
    await let_go(post.settings)
    await school.run(
        "update person set family_name = 'Terug', erased_at = null, left_on = null where school_id = $1 and id = $2",
        school.student.id,
    )
    await main.daily({"post": post})
    names = await school.run("select family_name from person where school_id = $1 and id = $2", school.student.id)
    assert names == [{"family_name": "N.N."}]


async def test_each_minute_the_ledger_learns_what_was_erased_on_request(school: School, post: Post) -> None:
    await school.run("update person set erased_at = now() where school_id = $1 and id = $2", school.student.id)
    for _ in range(2):
        await main.ledger({"post": post})
        assert str(school.student.id) in post.settings.ledger_file.read_text()
    before = post.settings.ledger_file.read_bytes()
    await keep_ledger(post.settings)
    assert post.settings.ledger_file.read_bytes() == before


async def test_the_year_ends_except_in_the_demo(school: School, post: Post) -> None:
    await school.run("update round set deadline = '2024-03-01', closed_at = '2024-03-01' where school_id = $1")
    await let_go(msgspec.structs.replace(post.settings, mode=Mode.DEMO))
    assert await school.run("select state from round where school_id = $1") == [{"state": "closed"}]
    for _ in range(2):
        await let_go(post.settings)
        assert await school.run("select state from round where school_id = $1") == [{"state": "archived"}]
    told = await school.run("select kind from outbox where school_id = $1")
    assert told == [{"kind": "round.archived"}]
