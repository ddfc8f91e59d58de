"""What is left of a month's messages, for services that allow so many. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Literal

from core.saying import Saying

State = Literal["plenty", "near", "used_up"]

_NEAR = 0.8


def month_began(now: datetime, zone: tzinfo) -> datetime:
    """The first moment of this month in the users' zone, in UTC."""
    local = now.astimezone(zone)
    return datetime(local.year, local.month, 1, tzinfo=zone).astimezone(UTC)


def next_month(now: datetime, zone: tzinfo) -> datetime:
    """The first moment of the next month in the users' zone, in that zone."""
    local = now.astimezone(zone)
    return datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=zone)


def judge(limit: int, taken: int) -> State:
    if taken >= limit:
        return "used_up"
    return "near" if taken >= limit * _NEAR else "plenty"


def reason(limit: int, again: datetime) -> Saying:
    return Saying(
        "used_up",
        "its {limit} messages of this month are used up; it sends again on {day}",
        {"limit": limit, "day": again.date().isoformat()},
    )
