"""Scheduled reports: asks the saved query when a period is over, and has the answer sent as a workbook, once.

Somebody may have saved the query on the page, and may remove it: what it asks is looked for long before its hour.
It is asked in a child that is killed when it takes too long, before anything is written. What goes wrong is a
finding; the period stays open and is tried again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from alerts.config import Report
from alerts.reporting import Answer, Period
from core.errors import NightdeskError
from core.saying import Saying
from nightdesk import adhoc, reportqueries, savedqueries
from nightdesk.app import App
from nightdesk.writers.spreadsheet import write_xlsx
from store import findings

log = structlog.get_logger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Before a query that went wrong is asked again.
_REST = timedelta(minutes=15)
_FAILED = "report_failed"


class Reports:
    """The reports of one App."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._rests: dict[str, datetime] = {}  # until when
        self._sure: dict[str, datetime] = {}  # until when its query is taken to be there

    def tell(self) -> int:
        """Make the messages of every report whose period is over; how many that were."""
        return sum(self._tell(report) for report in self._app.config.reports)

    def _tell(self, report: Report) -> int:
        app, now = self._app, self._app.clock()
        if self._rests.get(report.name, now) > now:
            return 0
        try:
            periods = app.alerter.report_periods(report)
            if not periods:
                self._look(report, now)
                return 0
            answer = self._answer(report, periods)
            made = app.alerter.send_report(report, periods, answer)
        except (NightdeskError, KeyError) as error:
            self._rests[report.name] = now + _REST
            self._sure.pop(report.name, None)
            self._failed(report, f"{error}", now)
            return 0
        app.store.unit(lambda db: findings.end(db, _FAILED, report.name, now))
        log.info("report_made", report=report.name, rows=answer.rows, periods=len(periods))
        return int(made)

    def _look(self, report: Report, now: datetime) -> None:
        """See long before its hour that there is what it asks. Raises UsageError."""
        if self._sure.get(report.name, now) > now:
            return
        self._question(report, [(now, now)])
        self._sure[report.name] = now + _REST
        with self._app.store.read() as db:
            is_open = any(row.subject == report.name for row in findings.of_kind(db, _FAILED))
        if is_open:
            self._app.store.unit(lambda db: findings.end(db, _FAILED, report.name, now))

    def _failed(self, report: Report, reason: str, now: datetime) -> None:
        log.error(_FAILED, report=report.name, reason=reason)
        detail = Saying(
            "report_failed",
            "The report {report} to the channel {channel} is not sent: {reason}",
            {"report": report.name, "channel": report.channel, "reason": reason},
        )
        self._app.store.unit(lambda db: findings.note(db, _FAILED, report.name, "wake", detail, now))

    def _answer(self, report: Report, periods: list[Period]) -> Answer:
        """The rows for these periods as a file that is kept. Raises UsageError."""
        config = self._app.config
        sql, values = self._question(report, periods)
        found = adhoc.ask(config, sql, values)
        if not found.rows:
            return Answer(0)
        out = io.BytesIO()
        columns = _distinct(found.columns)
        rows = (dict(zip(columns, row, strict=True)) for row in found.rows)
        count = write_xlsx(rows, columns, out, report.name[:31])
        day = periods[-1][1].astimezone(ZoneInfo(config.timezone)).date().isoformat()
        sha256 = self._app.store.bodies.put(out.getvalue())
        return Answer(count, f"{report.name}-{day}.xlsx", XLSX, sha256, found.cut, self._address(report))

    def _question(self, report: Report, periods: Sequence[Period]) -> reportqueries.Question:
        """What to ask for these periods. Raises UsageError."""
        config = self._app.config
        known: reportqueries.Queries = {}
        if reportqueries.is_named(report):
            with self._app.store.read() as db:
                known = savedqueries.known(db, config)
        return reportqueries.question(report, known, periods, self._app.clock(), ZoneInfo(config.timezone))

    def _address(self, report: Report) -> str:
        """Where the answer is to be had for a token; a query without a name has no address."""
        public = self._app.config.web.public_url.rstrip("/")
        return f"{public}/api/v1/queries/{report.query}.csv" if public and reportqueries.is_named(report) else ""


def _distinct(columns: Sequence[str]) -> list[str]:
    """A query may name two columns alike; a sheet of ours names a cell by its column."""
    found: list[str] = []
    for column in columns:
        name, number = column, 2
        while name in found:
            name, number = f"{column} {number}", number + 1
        found.append(name)
    return found
