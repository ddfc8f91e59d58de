"""The lists that are due for the operator: read, claimed and marked as told in one transaction."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy.engine import Connection

from alerts import findings_digest as digest
from alerts.findings_digest import Draft
from store import definitions, findings


def due_lists(db: Connection, now: datetime, zone: tzinfo) -> list[Draft]:
    """The daily and the weekly list, where there is something to tell and the period had none yet."""
    made = [_daily(db, now, zone), _weekly(db, now, zone)]
    return [one for one in made if one is not None]


def _daily(db: Connection, now: datetime, zone: tzinfo) -> Draft | None:
    new, over = findings.untold(db, ["daily"]), findings.ends_untold(db)
    moments = [row.first_at for row in new] + [row.ended_at for row in over]
    if not moments or not digest.is_due("daily", min(moments), now, zone):
        return None
    if not findings.take_list(db, digest.period_key("daily", now, zone), now):
        return None
    findings.mark_told(db, [row.id for row in new], now)
    findings.mark_ends_told(db, [row.id for row in over], now)
    worth_telling = new or [row for row in over if digest.is_state(row.kind)]
    return Draft("daily", new, over, [], definitions.active_sources(db)) if worth_telling else None


def _weekly(db: Connection, now: datetime, zone: tzinfo) -> Draft | None:
    new = findings.untold(db, ["weekly"])
    still = [row for row in findings.told_and_open(db) if digest.wants_reminder(row.told_at, now, zone)]
    if not still and not (new and digest.is_due("weekly", min(row.first_at for row in new), now, zone)):
        return None
    if not findings.take_list(db, digest.period_key("weekly", now, zone), now):
        return None
    findings.mark_told(db, [row.id for row in new], now)
    return Draft("weekly", new, [], still, definitions.active_sources(db))
