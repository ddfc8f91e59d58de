"""When a digest goes out: `07:30` is each day, `Mon 07:30` once a week, by the users' clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM = re.compile(r"(?:([a-z]{3,9})\s+)?(\d{1,2}:\d{2}(?::\d{2})?)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class DigestHour:
    """A time of day, of each day or of one weekday (Monday is 0)."""

    at: time
    weekday: int | None = None

    def __str__(self) -> str:
        return self._written("minutes")

    def as_json(self) -> str:
        return self._written("seconds")

    def _written(self, precision: str) -> str:
        day = "" if self.weekday is None else f"{_DAYS[self.weekday]} "
        return day + self.at.isoformat(precision)

    def next_after(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment after `now` when the local clock shows it, in UTC."""
        return min(moment for moment in self._around(now, zone) if moment > now)

    def last_until(self, now: datetime, zone: tzinfo) -> datetime:
        """The last moment not after `now` when the local clock showed it, in UTC."""
        return max(moment for moment in self._around(now, zone) if moment <= now)

    def _around(self, now: datetime, zone: tzinfo) -> list[datetime]:
        today = now.astimezone(zone).date()
        days = (today + timedelta(days=offset) for offset in range(-9, 10))
        return [self._on(day, zone) for day in days if self.weekday in (None, day.weekday())]

    def _on(self, day: date, zone: tzinfo) -> datetime:
        """An hour that the clocks skip that day comes as if they had not; of one that comes twice, it is the first."""
        return datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)


def parse_digest_hour(text: str) -> DigestHour:
    """`07:30` or `Mon 07:30` as a value; raises ValueError that shows the right form."""
    match = _FORM.fullmatch(text.strip())
    if match is not None:
        day, hour = match[1], match[2].zfill(len(match[2]) + (match[2][1] == ":"))
        weekday = None if day is None else _weekday(day)
        try:
            if day is None or weekday is not None:
                return DigestHour(time.fromisoformat(hour), weekday)
        except ValueError:
            pass
    raise ValueError(f'{text!r} is no time of a digest; write "07:30" for each day, or "Mon 07:30" for once a week')


def _weekday(word: str) -> int | None:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    found = [number for number, name in enumerate(full) if word.lower() in (name, name[:3])]
    return found[0] if found else None


def _validate(value: Any) -> Any:
    if isinstance(value, DigestHour):
        return value
    if isinstance(value, time):  # TOML has times of its own
        return DigestHour(value.replace(tzinfo=None))
    if isinstance(value, str):
        return parse_digest_hour(value)
    raise ValueError(f'{value!r} is no time of a digest; write "07:30" for each day, or "Mon 07:30" for once a week')


DigestAt = Annotated[DigestHour, BeforeValidator(_validate), PlainSerializer(DigestHour.as_json)]
