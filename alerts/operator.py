"""Tells the operator of findings: what should wake somebody at once, the rest in the lists of a day and a week.

All is in each channel's language but what others said: errors, a service's answer, the details of older findings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts import findings_digest, lists, message
from alerts.config import CONSOLE, OperatorConfig
from alerts.dispatch import address
from alerts.findings_digest import Draft, advice, kind_words
from alerts.language import Language, speak
from alerts.place import Place
from alerts.said import detail_in
from store import findings, messages


class Operator:
    """Knows the operator's channels."""

    def __init__(self, settings: OperatorConfig, place: Place) -> None:
        self._settings = settings
        self._channels, self._targets, self._zone = place.channels, place.targets, place.zone

    def tell(self, db: Connection, now: datetime) -> int:
        """Make the messages that are due; how many findings and lists they tell."""
        rows = findings.to_wake(db)
        for row in rows:
            self._send(db, lambda spoken, row=row: self._finding(row, spoken), row.subject, now, urgent=True)  # type: ignore[misc]
        findings.mark_told(db, [row.id for row in rows], now)
        listed = lists.due_lists(db, now, self._zone)
        for one in listed:
            self._send(db, lambda spoken, one=one: _list(one, spoken), "", now, urgent=False)  # type: ignore[misc]
        return len(rows) + len(listed)

    def _finding(self, row: Row[Any], spoken: Language) -> message.Content:
        kind = kind_words(row.kind, spoken)
        details = (detail_in(spoken, row), advice(row.kind, row.subject, spoken))
        return message.finding(kind, row.subject, details, row.last_at, self._zone, spoken)

    def _send(
        self,
        db: Connection,
        said_in: Callable[[Language], message.Content],
        subject: str,
        now: datetime,
        *,
        urgent: bool,
    ) -> None:
        """Where a finding goes: never only to the channel that it complains of."""
        names = [name for name in self._settings.channels if self._targets.get(name) and name != subject]
        for name in names or [CONSOLE]:
            content = said_in(speak(self._channels[name].language))
            message_id = messages.add_message(db, "finding", name, now, urgent=urgent, content=content.as_json())
            address(db, message_id, name, self._targets[name], now, now)


def _list(draft: Draft, spoken: Language) -> message.Content:
    listed = findings_digest.compose(draft, spoken)
    return message.findings_list(listed.title, listed.lines, spoken.tag)
