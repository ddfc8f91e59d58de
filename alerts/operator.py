"""Tells the operator of findings: what should wake somebody at once, the rest in the lists of a day and a week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from alerts import lists, message
from alerts.config import CONSOLE, OperatorConfig
from alerts.dispatch import address
from alerts.place import Place
from store import findings, messages


class Operator:
    """Knows the operator's channels."""

    def __init__(self, settings: OperatorConfig, place: Place) -> None:
        self._settings = settings
        self._targets, self._zone = place.targets, place.zone

    def tell(self, db: Connection, now: datetime) -> int:
        """Make the messages that are due; how many findings and lists they tell."""
        rows = findings.to_wake(db)
        for row in rows:
            content = message.finding(row.kind, row.subject, row.detail, row.last_at, self._zone)
            self._send(db, content, row.subject, now, urgent=True)
        findings.mark_told(db, [row.id for row in rows], now)
        listed = lists.due_lists(db, now, self._zone)
        for one in listed:
            self._send(db, message.findings_list(one.title, one.lines), "", now, urgent=False)
        return len(rows) + len(listed)

    def _send(self, db: Connection, content: message.Content, subject: str, now: datetime, *, urgent: bool) -> None:
        """Where a finding goes: never only to the channel that it complains of."""
        names = [name for name in self._settings.channels if self._targets.get(name) and name != subject]
        for name in names or [CONSOLE]:
            message_id = messages.add_message(db, "finding", name, now, urgent=urgent, content=content.as_json())
            address(db, message_id, name, self._targets[name], now, now)
