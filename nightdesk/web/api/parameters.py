"""What may follow the `?`: each parameter with its form, read strictly, so that none is passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import UsageError
from nightdesk.listing import Filters, read_moment, read_until
from nightdesk.web.api.problems import BadParameter

#: A page of a listing, and the longest there is.
PAGE, LONGEST_PAGE = 50, 500
#: The largest id that a database numbers a row with.
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it says, and its form as JSON Schema has it."""

    name: str
    says: str
    schema: Mapping[str, Any]
    required: bool = False


def _words(name: str, says: str, longest: int = 100, **schema: Any) -> Parameter:
    return Parameter(name, says, {"type": "string", "minLength": 1, "maxLength": longest, **schema})


TOPIC = _words("topic", "Of this topic, as scam_centres.")
EVENT = _words("event", "Of this event type, as raid.")
COUNTRY = _words("country", "Of this country, as TH.", 2, pattern="^[A-Za-z]{2}$")
SOURCE = _words("source", "From this source.")
LANG = _words("lang", "In this language; zh is zh-Hant too.", 35)
SINCE = _words("since", "From then on: 90d, 2026-10-01 or 2026-10-01T08:00Z; a day is one of the desk's zone.", 40)
UNTIL = _words("until", "Up to then, that day included.", 40)
WATCH = _words("watch", "Of this watch.")
CHANNEL = _words("channel", "Told on this channel.")
STATE = _words(
    "state", "With a delivery in this state.", enum=["pending", "leased", "sent", "unknown", "dead", "suppressed"]
)
QUERY = Parameter("q", "As docs/query-language.md says.", {"type": "string", "minLength": 1, "maxLength": 2000}, True)
ORDER = _words("order", "Which come first; newest if left out.", enum=["newest", "oldest"])
LIMIT = Parameter(
    "limit", f"At most so many rows; {PAGE} if left out.", {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE}
)
AFTER = _words("after", "Go on where a page ended: its next.")
RANK = _words("rank", "The best of the newest 200 first; else the newest.", enum=["best"])

ALL = (TOPIC, EVENT, COUNTRY, SOURCE, LANG, SINCE, UNTIL)
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]+")


@dataclass(frozen=True)
class Given:
    """The parameters of one request, read."""

    values: Mapping[str, Any]
    filters: Filters

    def get(self, parameter: Parameter) -> Any:
        return self.values.get(parameter.name)

    @property
    def limit(self) -> int:
        return int(self.values.get("limit", PAGE))


def read(given: Iterable[tuple[str, str]], known: Iterable[Parameter], now: datetime, zone: ZoneInfo) -> Given:
    """Raises BadParameter."""
    by_name = {parameter.name: parameter for parameter in known}
    values: dict[str, Any] = {}
    for name, text in given:
        if name not in by_name:
            raise BadParameter(name, f"there is no such parameter here; there are {', '.join(by_name) or 'none'}")
        if name in values:
            raise BadParameter(name, "is given twice")
        values[name] = _read(by_name[name], text)
    for parameter in by_name.values():
        if parameter.required and parameter.name not in values:
            raise BadParameter(parameter.name, "is missing")
    return Given(values, _filters(values, now, zone))


def _read(parameter: Parameter, text: str) -> Any:
    schema, name = parameter.schema, parameter.name
    if schema["type"] == "integer":
        low, high = schema["minimum"], schema["maximum"]
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise BadParameter(name, f"must be a number from {low} to {high}")
        return int(text)
    if not text.strip():
        raise BadParameter(name, "is empty")
    if len(text) > schema["maxLength"]:
        raise BadParameter(name, f"is longer than {schema['maxLength']} characters")
    if not _TEXT.fullmatch(text):
        raise BadParameter(name, "has a control character in it")
    if "enum" in schema and text not in schema["enum"]:
        raise BadParameter(name, f"must be one of {', '.join(schema['enum'])}")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], text):
        raise BadParameter(name, f"does not fit {schema['pattern']}")
    return text


def _filters(values: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Filters:
    return Filters(
        topic=values.get("topic"),
        event=values.get("event"),
        country=values.get("country"),
        source=values.get("source"),
        lang=values.get("lang"),
        since=_moment(values, "since", lambda text: read_moment(text, "--since", now, zone)),
        until=_moment(values, "until", lambda text: read_until(text, now, zone)),
        newest_first=values.get("order") != "oldest",
    )


def _moment(values: Mapping[str, Any], name: str, reader: Callable[[str], datetime]) -> datetime | None:
    if name not in values:
        return None
    try:
        return reader(values[name]).astimezone(UTC)
    except UsageError as error:
        raise BadParameter(name, str(error).removeprefix(f"--{name}: ")) from error
    except OverflowError as error:
        raise BadParameter(name, "is beyond all years") from error


def read_text(name: str, text: str) -> str:
    """A name out of a path. Raises BadParameter."""
    return str(_read(_words(name, ""), text))


def read_number(name: str, text: str) -> int:
    """A whole number that a row may have. Raises BadParameter."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) > LARGEST:
        raise BadParameter(name, f"{text!r} is no number of a row")
    return int(text)
