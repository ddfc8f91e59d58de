"""`/metrics`: what an operator graphs, as Prometheus reads it. No secret, no recipient, no word of news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

import nightdesk
from nightdesk.app import App
from nightdesk.web.reading import Reading
from store import gauges, runs

#: What came of visits and of tries is counted over this time, and lags over that.
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_QUANTILES = (0.5, 0.9, 0.99)
_VISITS = ("new", "nothing_new", "unchanged", "not_modified", "failed")
_TRIES = ("accepted", "refused", "failed", "unknown", "interrupted", "under_way")
_STATES = ("ok", "recovered", "unproven", "degraded", "silent", "failing")
_SEVERITIES = ("wake", "daily", "weekly")


class Metrics:
    """The metrics of one App, read anew for each scrape."""

    def __init__(self, app: App, reading: Reading) -> None:
        self._app = app
        self._reading = reading

    async def show(self, _: Request) -> Response:
        body = await self._reading.ask(lambda db: scrape(db, self._app.clock()))
        return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def scrape(db: Connection, now: datetime) -> bytes:
    """All figures of a moment."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Look(db, now))
    return generate_latest(registry)


class _Look(Collector):
    def __init__(self, db: Connection, now: datetime) -> None:
        self._db = db
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        db, now = self._db, self._now
        yield _by("nightdesk_build", "The version at work.", "version", {nightdesk.__version__: 1})
        seen = runs.last_seen(db)
        if seen is not None:
            age = max(0.0, (now - seen).total_seconds())
            yield GaugeMetricFamily("nightdesk_pulse_age_seconds", "Since the daemon last said that it lives.", age)
        queues = gauges.queues(db, now)
        yield _by(
            "nightdesk_due", "What is due and not done.", "queue", {name: one.size for name, one in queues.items()}
        )
        yield _by(
            "nightdesk_due_age_seconds",
            "How long the oldest has been due; 0 where nothing is.",
            "queue",
            {name: one.age for name, one in queues.items()},
        )
        yield _by(
            "nightdesk_visits_last_hour",
            "Visits by what came of them.",
            "outcome",
            _all(_VISITS, gauges.visit_outcomes(db, now - _HOUR)),
        )
        yield _by(
            "nightdesk_attempts_last_hour",
            "Tries of deliveries by how they ended.",
            "outcome",
            _all(_TRIES, gauges.attempt_outcomes(db, now - _HOUR)),
        )
        unsent = GaugeMetricFamily(
            "nightdesk_deliveries_unsent", "Deliveries that did not arrive, or not yet.", labels=("channel", "state")
        )
        for labels, count in sorted(gauges.unsent(db).items()):
            unsent.add_metric(labels, count)
        yield unsent
        yield _by("nightdesk_sources", "Sources by state.", "state", _all(_STATES, gauges.source_counts(db)))
        yield _by(
            "nightdesk_findings_open",
            "What the operator should know, by severity.",
            "severity",
            _all(_SEVERITIES, gauges.open_findings(db)),
        )
        lags = gauges.lags(db, now - _DAY)
        for name, spans, says in (
            ("nightdesk_publication_to_finding_seconds", lags.from_publication_to_finding, "found after publication"),
            ("nightdesk_publication_to_alert_seconds", lags.from_publication_to_alert, "decided after publication"),
            ("nightdesk_alert_to_delivery_seconds", lags.from_alert_to_delivery, "sent after the decision"),
        ):
            yield _quantiles(name, f"Of the last day's alerts: {says}.", spans)


def _all(known: Sequence[str], counted: Mapping[str, int]) -> dict[str, int]:
    """With a zero for what did not happen, so that a graph has a line before the first trouble."""
    return {**dict.fromkeys(known, 0), **counted}


def _by(name: str, says: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=(label,))
    for value, count in values.items():
        family.add_metric((value,), count)
    return family


def _quantiles(name: str, says: str, spans: Sequence[float]) -> GaugeMetricFamily:
    """Nothing at all where there was nothing to measure: a zero would look like speed."""
    family = GaugeMetricFamily(name, says, labels=("quantile",))
    for quantile in _QUANTILES if spans else ():
        family.add_metric((str(quantile),), spans[min(len(spans) - 1, int(len(spans) * quantile))])
    return family
