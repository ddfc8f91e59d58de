"""What a development's articles make of it together: headline, lede, counts of sources, standing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.changes import OFFICIAL
from pipeline.datelines import after_dateline
from pipeline.profile import Profile

_AGGREGATOR = "aggregator"  # repeats others, so it confirms nothing
#: The status of a development of which something was stated that was taken back.
CORRECTED = "corrected"

_LEDE = 400
#: What wires call themselves where their reports begin, and what they are called here.
_WIRE_NAMES = {
    name: name
    for name in "Reuters AFP AP Xinhua Kyodo Yonhap ANI PTI IANS Bernama ANTARA VNA EFE ANSA Lusa PNA RNZ".split()
} | {
    "dpa": "DPA",
    "DPA": "DPA",
    "新华社": "Xinhua",
    "新華社": "Xinhua",
    "中新社": "CNS",
    "中新网": "CNS",
    "中新網": "CNS",
}
_WIRE = re.compile(
    # A dash behind the brackets: "Australian Federal Police (AFP) officers" names no wire.
    r"[^\n()（）.。]{0,60}[(（](?P<name>" + "|".join(_WIRE_NAMES) + r")[)）]\s*[-–—]"
    r"|(?P<written>新华社|新華社|中新社|中新网|中新網)[^\n，。]{1,20}[电電]"
)
_SENTENCE = re.compile(r"[.!?]\s|[。！？។၊။]|\n")


@dataclass(frozen=True)
class Part:
    """One article of a development, as its summary sees it."""

    article_id: int
    title: str
    text: str  # its beginning
    language: str | None
    published_at: datetime
    found_at: datetime
    origin: str
    duplicate_of: int | None
    outlet: str
    source_type: str | None
    text_root: int = 0  # the article whose text this is a copy of


def summarise(
    parts: Sequence[Part],
    topics: Sequence[str],
    events: Sequence[str],
    profile: Profile,
    now: datetime,
    is_corrected: bool = False,
) -> dict[str, Any]:
    """The row of the development, from its articles in the order in which they were found."""
    face = _face(parts)
    return {
        "title": face.title,
        "lede": lede(face.text) or None,
        "topics": list(topics),
        "event_types": list(events),
        "countries": sorted(profile.held(profile.countries)),
        "event_date": event_date(profile),
        "status": standing(parts, is_corrected),
        "first_found_at": min(part.found_at for part in parts),
        "last_found_at": max(part.found_at for part in parts),
        "first_news_at": profile.first,
        "last_news_at": profile.last,
        "updated_at": now,
        "articles": len(parts),
        "sources": len({part.outlet for part in parts}),
        "independent_sources": len(independent(parts)),
        "first_reporter": first_reporter(parts).outlet,
        "baseline": all(part.origin != "live" for part in parts),
        "profile": profile.as_json(),
    }


def _face(parts: Sequence[Part]) -> Part:
    """The article whose headline stands for all: the first that is no copy and comes from no aggregator."""
    return min(parts, key=lambda part: (part.source_type == _AGGREGATOR, part.duplicate_of is not None, not part.text))


def lede(text: str) -> str:
    """The first sentences behind the dateline, as many as fit."""
    text = after_dateline(text.strip())
    if len(text) <= _LEDE:
        return " ".join(text.split())
    ends = [match.end() for match in _SENTENCE.finditer(text) if 60 <= match.end() <= _LEDE]
    cut = text[: ends[-1]] if ends else text[:_LEDE].rsplit(" ", 1)[0] + " …"
    return " ".join(cut.split())


def event_date(profile: Profile) -> str | None:
    """The day most of the articles give, of equal ones what more are about; then the later, for the earlier is often
    background."""
    days, main = profile.days, profile.main_days
    return max(days, key=lambda day: (days[day], main.get(day, 0), day), default=None)


def independent(parts: Sequence[Part]) -> frozenset[str]:
    """Whose words there are: copies of one text count once, what credits a wire is the wire's. Not aggregators."""
    by_text: dict[int, str] = {}
    for part in parts:
        if part.source_type != _AGGREGATOR:
            by_text.setdefault(part.text_root or part.duplicate_of or part.article_id, credited(part) or part.outlet)
    return frozenset(by_text.values())


def credited(part: Part) -> str | None:
    """The wire that a report names as its own source where it begins, as in `BANGKOK (Reuters) -`."""
    match = _WIRE.match(part.text.lstrip())
    return None if match is None else _WIRE_NAMES[match["name"] or match["written"]]


def first_reporter(parts: Sequence[Part]) -> Part:
    """Who had it first, by publication; an aggregator or a copy only where there is none else."""
    return min(
        parts,
        key=lambda part: (
            part.source_type == _AGGREGATOR,
            part.duplicate_of is not None,
            min(part.published_at, part.found_at),
            part.article_id,
        ),
    )


def standing(parts: Sequence[Part], is_corrected: bool = False) -> str:
    """lead, corroborated by another independent source, official, or corrected since, whoever had stated it."""
    if is_corrected:
        return CORRECTED
    if any(part.source_type in OFFICIAL for part in parts):
        return "official"
    return "corroborated" if len(independent(parts)) > 1 else "lead"


def ranked(counted: Sequence[tuple[str, int]], articles: int) -> list[str]:
    """Labels that at least a quarter of the articles have, the commonest first."""
    return [name for name, count in Counter(dict(counted)).most_common() if count * 4 >= articles]
