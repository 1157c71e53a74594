"""A worker that has much to do keeps to its share of a core; what is little does not wait."""

from __future__ import annotations

import pytest

from workers.pace import GRAIN, SHARE, SPARE, Pace


class Clock:
    """A core and a clock that move when told to."""

    def __init__(self) -> None:
        self.now = self.used = 0.0
        self.pace = Pace(lambda: self.used, lambda: self.now)

    def work(self, seconds: float) -> float:
        """Work on; the rest that follows, taken."""
        self.used += seconds
        self.now += seconds
        rest = self.pace._rest()
        self.now += rest
        return rest


def test_a_little_work_after_nothing_leaves_at_once() -> None:
    clock = Clock()
    clock.now += 3600
    little = SPARE * SHARE
    assert [clock.work(little / 10) for _ in range(10)] == [0.0] * 10


def test_it_rests_seldom_and_long_rather_than_after_each_piece() -> None:
    clock = Clock()
    rests = [clock.work(0.001) for _ in range(2000)]
    taken = [rest for rest in rests if rest]
    assert min(taken) > GRAIN
    assert len(taken) < 2000 * 0.001 / SHARE / GRAIN


def test_much_work_takes_its_share_and_no_more() -> None:
    clock = Clock()
    for _ in range(1000):
        clock.work(0.01)
    assert clock.used == pytest.approx(10)
    assert clock.now == pytest.approx(clock.used / SHARE - SPARE, abs=0.1 + GRAIN)


def test_rest_that_was_not_needed_is_not_kept_for_later() -> None:
    clock = Clock()
    clock.now += 3600
    for _ in range(1000):
        clock.work(0.01)
    assert clock.now - 3600 == pytest.approx(clock.used / SHARE - SPARE, abs=0.1 + GRAIN)


async def test_who_asks_gets_a_turn() -> None:
    clock = Clock()
    await clock.pace.turn()
    clock.used += SPARE * SHARE / 2
    await clock.pace.turn()
    assert clock.pace._rest() == 0
