"""What is told because its time has come: digests without news, ends of silences, reminders, welcomes. Each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from alerts import empty_digests, mended, silence_notices
from alerts.place import Place
from alerts.reminders import remind
from alerts.welcome import welcome


def tell(db: Connection, place: Place, now: datetime) -> int:
    """Make the messages whose time has come; how many that were."""
    mended.look(db, place, now)
    made = empty_digests.close(db, place, now) + silence_notices.tell(db, place, now)
    return made + remind(db, place, now) + welcome(db, place, now)
