"""How papers of each language write the day of an event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

_THAI_ERA = 543
_DOUBLED = re.compile(r",(?=[,.])")  # English closes a date with a comma, unless the sentence closes it


@dataclass(frozen=True)
class Wording:
    """What the placeholders of a story stand for: `{when}`, `{weekday}`, `{date}`."""

    when: str
    weekday: str
    date: str

    def fill(self, text: str) -> str:
        filled = text.format(when=self.when, weekday=self.weekday, date=self.date)
        return _DOUBLED.sub("", filled)


def wording(day: date, language: str) -> Wording:
    """The words for `day`; a language without rules of its own is written as English."""
    weekday = format_date(day, "EEEE", locale=language)
    match language:
        case "th":
            written = f"{day.day} {format_date(day, 'MMMM', locale='th')} {day.year + _THAI_ERA}"
            return Wording(when=f"เมื่อ{weekday}ที่ {written}", weekday=weekday, date=written)
        case "zh":
            written = f"{day.year}年{day.month}月{day.day}日"
            return Wording(when=f"{day.month}月{day.day}日（{weekday}）", weekday=weekday, date=written)
        case "id":
            written = format_date(day, "d MMMM y", locale="id")
            return Wording(when=f"pada {weekday} ({day.day}/{day.month}/{day.year})", weekday=weekday, date=written)
        case "vi":
            written = f"{day.day}/{day.month}/{day.year}"
            return Wording(when=f"ngày {written}", weekday=weekday.lower(), date=written)
        case _:
            written = format_date(day, "d MMMM y", locale="en")
            return Wording(when=f"on {weekday}, {written},", weekday=weekday, date=written)
