"""Figures about deliveries in Prometheus' format, read from the database: any server tells what all workers did."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.notices import delivery
from server.notices.delivery import Figures
from server.notices.kind import Channel
from server.platform import db

OUTCOMES = ("sent", "failed", "dropped", "again")


class _Deliveries(Collector):
    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def collect(self) -> Iterator[Metric]:
        """As Prometheus' client wants it. Each channel and outcome is there from the first day, also at nought."""
        age = GaugeMetricFamily(
            "driehoek_queue_age_seconds", "How long the oldest that is due has waited, by channel", labels=["channel"]
        )
        waiting = GaugeMetricFamily("driehoek_queue_waiting", "How many are due, by channel", labels=["channel"])
        for channel, (number, seconds) in sorted(self.figures.queue.items()):
            age.add_metric([channel], seconds)
            waiting.add_metric([channel], number)
        done = CounterMetricFamily(
            "driehoek_deliveries", "Attempts to deliver by channel and outcome", labels=["channel", "outcome"]
        )
        for each in Channel:
            for outcome in OUTCOMES:
                done.add_metric([each, outcome], self.figures.tallies.get((each, outcome), 0))
        yield from (age, waiting, done)


async def delivery_metrics() -> bytes:
    """Nothing while the database is away: the other figures are told all the same."""
    try:
        figures = await delivery.figures()
    except db.Away:
        return b""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Deliveries(figures))
    return generate_latest(registry)
