"""Twelve hundred students in one act, and everything that may die meanwhile.

The push service checks the signature of each push as RFC 8292 has it and opens it with another library than the one that sealed
it; one that fails either is not counted as received.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.faults.conftest import MANY
from tests.faults.house import Crowd, House, Worker
from workers.deliver import AT_ONCE, BATCH

KILLS = 5
AFTER = [(kill + 1) * 2 * MANY // (KILLS + 2) for kill in range(KILLS)]
"""How many pushes and mails have arrived when each kill comes: all of them in the middle."""
PATIENCE = 400
"""Seconds. A busy machine takes its time; nothing here measures."""
ON_THEIR_WAY = AT_ONCE * sum(BATCH.values())


async def everybody_was_told_once(crowd: Crowd, round_id: UUID) -> None:
    """In the app exactly, outside at least; `ids` are those of this round."""
    told = await crowd.run(
        "select person_id, count(*) as times from notice where school_id = $1 and ids ->> 'round' = $2 group by person_id",
        str(round_id),
    )
    assert {row["person_id"] for row in told} == set(crowd.devices)
    assert {row["times"] for row in told} == {1}
    states = await crowd.run(
        """select d.channel, d.state, count(*) from delivery d join notice n on n.school_id = d.school_id and n.id = d.notice_id
            where d.school_id = $1 and n.ids ->> 'round' = $2 group by d.channel, d.state order by d.channel""",
        str(round_id),
    )
    assert [tuple(row.values()) for row in states] == [("mail", "sent", MANY), ("push", "sent", MANY)]
    assert set(crowd.pushes()) == {device.path for device in crowd.devices.values()}
    assert len(crowd.mails()) == MANY
    for push in crowd.service.received:
        assert push.payload["tag"].startswith(f"report.shared:{round_id}:")
        assert b"Kanariestip" not in push.plain


async def test_all_of_them_get_one_push_and_one_mail_that_anybody_can_check(crowd: Crowd, worker: Worker) -> None:
    round_id = await crowd.closed_round()
    await worker.start()
    assert await crowd.share(round_id) == MANY
    await crowd.until(crowd.all_settled, PATIENCE)
    await everybody_was_told_once(crowd, round_id)
    assert set(crowd.pushes().values()) == {1}
    assert set(crowd.mails().values()) == {1}


@pytest.mark.parametrize("victim", ["worker", "redis", "database"])
async def test_whatever_is_killed_five_times_meanwhile_everybody_is_told(
    crowd: Crowd, house: House, worker: Worker, victim: str
) -> None:
    round_id = await crowd.closed_round()
    await worker.start()
    assert await crowd.share(round_id) == MANY
    for enough in AFTER:

        async def arrived(enough: int = enough) -> bool:
            return crowd.arrived >= enough

        await crowd.until(arrived, PATIENCE)
        if victim == "worker":
            await worker.kill()
            await crowd.note_interrupted()
            await crowd.leases_end()
            await worker.start()
        elif victim == "redis":
            await house.kill_redis()
        else:
            await house.kill_postgres()
            await crowd.note_interrupted()
    await crowd.until(crowd.all_settled, PATIENCE)
    await everybody_was_told_once(crowd, round_id)
    # What was on its way when worker or database were killed may come once more for it, and nothing else comes again.
    assert crowd.interrupted.total() <= KILLS * ON_THEIR_WAY
    again = {name: times - 1 for name, times in (crowd.pushes() + crowd.mails()).items() if times > 1}
    assert {name: times for name, times in again.items() if times > crowd.interrupted[name]} == {}
    assert worker.process is not None
    assert worker.process.returncode is None
