"""What is otherwise on record than in a replay, in words: what `reprocess --dry-run` lists. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.clock import iso
from pipeline import coding
from pipeline.factwords import long, short, what
from pipeline.interactions import Interaction
from pipeline.ruled import fact_of
from pipeline.values import Fact
from store import articles, facts, matches

#: What people see of a development.
SHOWN = ("title", "topics", "event_types", "countries", "event_date", "status")


@dataclass(frozen=True)
class Difference:
    """One thing that reprocessing changes; of an article where it names one, else of the development."""

    development_id: int | None
    article_id: int | None
    what: str
    old: str | None
    new: str | None


def of_article(
    record: Connection,
    replay: Connection,
    article_id: int,
    here: int,
    development_id: int | None,
    names: Mapping[int, str],
) -> Iterator[Difference]:
    """What reading an article again makes of it. `names`: the watches."""
    old, new = articles.version_row(record, article_id), articles.version_row(replay, here)
    assert new is not None
    if old is None:
        yield Difference(development_id, article_id, "state", "no article", "article")
        return
    sides = {
        "title": (old.title, new.title),
        "text": (_size(old), _size(new)) if old.text_sha256 != new.text_sha256 else (None, None),
        "published_at": (_moment(old.published_at), _moment(new.published_at)),
        "language": (old.language, new.language),
        **_labels(record, replay, old.id, new.id),
    }
    for name, (before, after) in sides.items():
        if before != after:
            yield Difference(development_id, article_id, name, before, after)
    for one in _facts(facts.facts_of(record, old.id), facts.facts_of(replay, new.id)):
        yield Difference(development_id, article_id, *one)
    for was, now in _interactions(coding.told_by(record, old.id), coding.told_by(replay, new.id)):
        yield Difference(development_id, article_id, "interaction", was, now)
    fired_before, fired_after = matches.fired_of(record, old.id).keys(), matches.fired_of(replay, new.id).keys()
    for watch_id in sorted(fired_before ^ fired_after):
        gone = watch_id in fired_before
        words = ("asks for it", "does not") if gone else ("does not ask for it", "does")
        yield Difference(development_id, article_id, f"watch {names.get(watch_id, '')}".strip(), *words)


def of_development(
    old: Row[Any], new: Row[Any], development_id: int, is_corrected: bool = False
) -> Iterator[Difference]:
    """What its articles make of a development now. Of one that was corrected on record the status stays."""
    for name in SHOWN:
        if name == "status" and is_corrected:
            continue
        before, after = _words(getattr(old, name)), _words(getattr(new, name))
        if before != after:
            yield Difference(development_id, None, name, before, after)


def _interactions(old: Sequence[Interaction], new: Sequence[Interaction]) -> Iterator[tuple[str | None, str | None]]:
    """Acts that are told otherwise."""
    before, after = [one.in_words() for one in old], [one.in_words() for one in new]
    gone = [words for words in before if words not in after]
    return zip_longest(gone, [words for words in after if words not in before])


def _labels(record: Connection, replay: Connection, old: int, new: int) -> dict[str, tuple[str, str]]:
    before, after = articles.topics_and_events(record, old), articles.topics_and_events(replay, new)
    return {
        "topics": (_sorted(row.topic for row in before[0]), _sorted(row.topic for row in after[0])),
        "event_types": (_sorted(row.event_type for row in before[1]), _sorted(row.event_type for row in after[1])),
    }


def _facts(old: Sequence[Row[Any]], new: Sequence[Row[Any]]) -> Iterator[tuple[str, str | None, str | None]]:
    """Facts that go and facts that come: those that say the same otherwise side by side, then those of a kind."""
    before, after = _by_kind(old), _by_kind(new)
    for kind in dict.fromkeys([*before, *after]):
        had, has = before.get(kind, {}), after.get(kind, {})
        gone = [words for words in had if words not in has]
        come = [words for words in has if words not in had]
        for words in list(gone):
            other = next((one for one in come if short(has[one]) == short(had[words])), None)
            if other is not None:
                gone.remove(words)
                come.remove(other)
                yield kind, words, other
        for was, now in zip_longest(gone, come):
            yield kind, was, now


def _by_kind(rows: Sequence[Row[Any]]) -> dict[str, dict[str, Fact]]:
    """Facts by what they are of and by their words."""
    found: dict[str, dict[str, Fact]] = {}
    for row in rows:
        fact = fact_of(row)
        found.setdefault(what(fact), {}).setdefault(long(fact), fact)
    return found


def _size(version: Row[Any]) -> str:
    return f"{version.words} words, {version.text_sha256[:8]}"


def _moment(value: datetime) -> str:
    return iso(value)


def _sorted(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _words(value: Any) -> str | None:
    """Lists in any order are the same list."""
    return ", ".join(sorted(value)) if isinstance(value, list) else value
