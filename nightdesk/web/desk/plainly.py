"""A watch in plain words: what it asks, and how it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.config import CONSOLE
from alerts.language import speak
from core.watch import Watch
from nightdesk.hearing import language_name
from nightdesk.web.desk.frame import say_event
from nightdesk.wordlist import as_words

_UPDATES = {
    "all": ", and of every update",
    "figures": ", and when figures change",
    "official": ", and when it becomes official",
    "none": ", without updates",
}


def asks(watch: Watch, titles: Mapping[str, str]) -> str:
    """`About Scam centres: rescue or release, repatriation; in Thailand`. `titles` has those of the topics."""
    parts = []
    kinds = ", ".join(_small(say_event(event)) for event in watch.events)
    if watch.topics:
        about = f"about {_any(titles.get(topic, topic) for topic in watch.topics)}"
        parts.append(f"{about}: {kinds}" if kinds else about)
    elif kinds:
        parts.append(kinds)
    if watch.query:
        words = as_words(watch.query)
        parts.append(f"with {_any(f'“{word}”' for word in words)}" if words else f"that fits {watch.query}")
    if watch.countries:
        parts.append(f"in {_any(speak('en').country(code) for code in watch.countries)}")
    if watch.languages:
        parts.append(f"written in {_any(language_name(tag) for tag in watch.languages)}")
    if watch.sources:
        parts.append(f"from {_any(watch.sources)}")
    if watch.threads:
        parts.append(f"further stages of {_any(watch.threads)}")
    if watch.minimum_sources > 1:
        parts.append(f"once {watch.minimum_sources} independent sources report it")
    said = "; ".join(parts)
    return said[:1].upper() + said[1:]


def tells(watch: Watch) -> str:
    """`Tells desk at once, and of every update, also in quiet hours`."""
    channels = ", ".join(watch.channels or (CONSOLE,))
    if watch.mode == "digest":
        at = f" at {watch.digest_at}" if watch.digest_at is not None else ""
        when = f"in a digest{at}{', also when there is nothing' if watch.digest_empty else ''}"
    else:
        when = f"at once{_UPDATES[watch.updates]}"
    return f"Tells {channels} {when}{', also in quiet hours' if watch.urgent else ''}"


def _small(word: str) -> str:
    return word[:1].lower() + word[1:]


def _any(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
