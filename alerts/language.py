"""How a message speaks: one language's words, numbers, dates, places and sentence patterns, read from its data file.

A new language is a new file in `alerts/words/`. Patterns name their slots in braces; what stands in square brackets
is left out where one of its slots is empty; `{slot,}` is closed by a comma where its value holds one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

WORDS = Path(__file__).parent / "words"

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)(,?)\}(?=(\s?))")
#: Between a Han or Thai character and a Latin letter, where some languages set a space.
_BETWEEN = re.compile(r"(?<=[㐀-鿿ก-๎])(?=[A-Za-zÀ-ɏ])|(?<=[A-Za-zÀ-ɏ])(?=[㐀-鿿ก-๎])")


class Language:
    """One language of messages. Everything is looked up; a word that the file lacks is an error at the first use."""

    def __init__(self, tag: str, data: Mapping[str, Any]) -> None:
        self.tag = tag
        self._data = data
        self.locale = Locale.parse(str(data["locale"]), sep="-")

    # -- words ----------------------------------------------------------------------------------------------------

    def say(self, section: str, key: str, count: float | None = None, /, **values: str) -> str:
        """A phrase with its slots filled; where it has plural forms, the one for `count`."""
        found = self._data[section][key]
        if isinstance(found, Mapping):
            found = self._form(found, count or 0)
        return self.fill(str(found), values)

    def pattern(self, section: str, key: str, count: float = 0) -> str | None:
        """A phrase before its slots are filled, or None where the file has none."""
        found = self._data.get(section, {}).get(key)
        if isinstance(found, Mapping):
            found = self._form(found, count)
        return None if found is None else str(found)

    def has(self, section: str, key: str) -> bool:
        return key in self._data.get(section, ())

    def word(self, section: str, key: str, default: str = "") -> str:
        """A plain word, or `default` where the file has none."""
        return str(self._data.get(section, {}).get(key, default))

    def event(self, name: str) -> Mapping[str, str]:
        """The patterns of an event type; empty for one that the file does not know."""
        found: Mapping[str, str] = self._data["event"].get(name, {})
        return found

    def join(self, items: Iterable[str]) -> str:
        return str(self._data["line"]["between"]).join(items)

    def names(self, items: Iterable[str]) -> str:
        """Names that may have spaces in them, so that one cannot be read into the next."""
        return str(self._data["line"]["names"]).join(items)

    def fill(self, pattern: str, values: Mapping[str, str]) -> str:
        """The pattern with its slots filled and what lacks a value left out."""

        def optional(found: re.Match[str]) -> str:
            inside = found[1]
            return inside if all(values.get(name) for name, _, _ in _SLOT.findall(inside)) else ""

        def slot(found: re.Match[str]) -> str:
            value = values.get(found[1], "")
            return f"{value}," if found[2] and "," in value and found[3] else value

        text = _SLOT.sub(slot, _OPTIONAL.sub(optional, pattern)).strip()
        return self._spaced(text)

    def sentence(self, pattern: str, values: Mapping[str, str]) -> str:
        """A filled pattern that begins as a sentence does."""
        text = self.fill(pattern, values)
        return text[:1].upper() + text[1:]

    def _form(self, forms: Mapping[str, Any], count: float) -> Any:
        return forms.get(str(self.locale.plural_form(count)), forms["other"])

    def _spaced(self, text: str) -> str:
        return _BETWEEN.sub(" ", text) if self._data.get("space_latin") else text

    # -- countries and places -------------------------------------------------------------------------------------

    def country(self, code: str | None) -> str:
        """A country as a sentence names it: `the Philippines`; the code where nobody knows it."""
        if not code:
            return ""
        own = self._data.get("country", {}).get(code)
        return str(own or str(self.locale.territories.get(code, code)).split(" (")[0])

    def place(self, name: str | None, country: str | None) -> str:
        """`Myawaddy, Myanmar`, in the language's order and its own name for the place where the file has it."""
        land = self.country(country)
        own = str(self._data.get("place", {}).get(name or "", name or ""))
        if not own or own == land:
            return land
        return self.say("line", "town", place=own, country=land)

    def inside(self, name: str | None, country: str | None) -> str:
        """`in Myawaddy, Myanmar`."""
        place = self.place(name, country)
        return self.say("line", "in_town" if name else "in_land", place=place) if place else ""

    # -- figures --------------------------------------------------------------------------------------------------

    def number(self, value: float) -> str:
        grouped = abs(value) >= float(self._data["group_from"])
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"
        return text if grouped else text.replace(",", "")

    def bounded(self, value: float | None, low: float | None, high: float | None, bound: str | None) -> str:
        """`at least 215`, `300 to 374`."""
        if bound == "range" and low is not None and high is not None:
            return self.say("bound", "range", low=self.number(low), high=self.number(high))
        if value is None:
            return ""
        pattern = self.word("bound", bound or "", "{n}")
        return self.fill(pattern, {"n": self.number(value)})

    def counted(self, amount: str, count: float, unit: str | None, nationality: str | None) -> str:
        """`at least 215 Chinese nationals`: the amount with what is counted, and of which people."""
        forms: Mapping[str, Any] | None = self._data["unit"].get(unit or "")
        if forms is None:
            return self.fill(self.word("line", "unknown_unit"), {"n": amount, "unit": (unit or "").replace("_", " ")})
        whose = self._adjective(nationality)
        own = forms.get("of")
        if whose and own:
            pattern = self._form(own, count) if isinstance(own, Mapping) else own
            return self.fill(str(pattern), {"n": amount, "of": whose})
        text = self.fill(str(self._form(forms, count)), {"n": amount})
        return self.say("line", "from", what=text, country=self.country(nationality)) if nationality else text

    @property
    def units(self) -> tuple[str, ...]:
        """What it has words to count."""
        return tuple(self._data["unit"])

    def knows(self, unit: str | None) -> bool:
        return bool(unit) and unit in self._data["unit"]

    def _adjective(self, code: str | None) -> str:
        """`Chinese`; the country's name in a language that has no other word for its people; empty if unknown."""
        if not code:
            return ""
        known = self._data.get("adjective")
        return self.country(code) if known is None else str(known.get(code, ""))

    # -- times ----------------------------------------------------------------------------------------------------

    def day(self, iso: str | None) -> str:
        """`13 Oct 2026`, as precise as the text was; empty where it is no date."""
        if not iso:
            return ""
        try:
            if len(iso) == 4:
                return self.say("date", "year", year=self._year(int(iso)))
            at = date.fromisoformat(iso if len(iso) == 10 else f"{iso}-01")
        except ValueError:
            return ""
        return self._dated("day" if len(iso) == 10 else "month", at)

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """`13 Oct 2026, 13:02 (06:02 UTC)`."""
        local, utc = at.astimezone(zone), at.astimezone(UTC)
        clock = f"{local:%H:%M}"
        if local.utcoffset() == utc.utcoffset():
            return self.say("date", "moment_utc", day=self._dated("day", local), clock=clock)
        return self.say("date", "moment", day=self._dated("day", local), clock=clock, utc=f"{utc:%H:%M}")

    def _dated(self, form: str, at: date) -> str:
        month = str(self.locale.months["format"]["abbreviated"][at.month])
        return self.say("date", form, day=str(at.day), month=month, number=str(at.month), year=self._year(at.year))

    def _year(self, year: int) -> str:
        return str(year + int(self._data.get("year_offset", 0)))


def available() -> tuple[str, ...]:
    """The languages that messages can be in."""
    return tuple(sorted(path.stem for path in WORDS.glob("*.toml")))


def known(tag: str) -> bool:
    """Whether there is a file for a language: for `zh-Hans`, for `zh-CN` and for `zh` that of `zh`."""
    return _file_of(tag) is not None


@cache
def speak(tag: str) -> Language:
    """The language of a tag; English for one that has no file."""
    path = _file_of(tag) or WORDS / "en.toml"
    return Language(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))


def _file_of(tag: str) -> Path | None:
    for name in (tag, tag.partition("-")[0]):
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", name) and (WORDS / f"{name.lower()}.toml").is_file():
            return WORDS / f"{name.lower()}.toml"
    return None
