"""Whether a silence holds an alert back. Pure: all that a silence names must fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.ids import show_id
from core.saying import Saying


@dataclass(frozen=True)
class Silence:
    """A mute, as its owner wrote it. What is None is not asked for."""

    id: int
    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    watch: str | None = None
    topic: str | None = None
    event: str | None = None
    country: str | None = None
    development_id: int | None = None
    source: str | None = None


@dataclass(frozen=True)
class Muted:
    """What an alert is about, as far as a silence can name it."""

    watch: str
    topics: frozenset[str]
    events: frozenset[str]
    countries: frozenset[str]
    members: frozenset[int]  # the development, and those merged with it
    sources: frozenset[str]  # whose word it is: one that others report too is not muted with its source


def fits(silence: Silence, alert: Muted) -> bool:
    """Whether everything that the silence names is so of the alert."""
    return (
        silence.watch in (None, alert.watch)
        and (silence.topic is None or silence.topic in alert.topics)
        and (silence.event is None or silence.event in alert.events)
        and (silence.country is None or silence.country in alert.countries)
        and (silence.development_id is None or silence.development_id in alert.members)
        and (silence.source is None or alert.sources == {silence.source})
    )


def first(silences: Iterable[Silence], alert: Muted) -> Silence | None:
    """The oldest of these silences that holds the alert back."""
    return next((one for one in silences if fits(one, alert)), None)


def words(silence: Silence) -> str:
    """`silenced by s3 (ana: too many raids)`."""
    return f"silenced by {show_id('silence', silence.id)} ({silence.owner}: {silence.reason})"


def matcher(silence: Silence) -> list[Saying]:
    """What it names, a saying each."""
    development = show_id("development", silence.development_id) if silence.development_id is not None else None
    named = (
        ("match_watch", "watch {value}", silence.watch),
        ("match_topic", "topic {value}", silence.topic),
        ("match_event", "event {value}", silence.event),
        ("match_country", "country {value}", silence.country),
        ("match_source", "source {value}", silence.source),
        ("match_development", "development {value}", development),
    )
    return [Saying(code, words, {"value": value}) for code, words, value in named if value]


def matcher_words(silence: Silence) -> str:
    """`watch releases, country MM`."""
    return ", ".join(str(one) for one in matcher(silence))
