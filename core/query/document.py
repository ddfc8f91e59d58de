"""An article as queries see it: its running texts made ready once, and its values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.clock import as_utc
from core.query.field import Field, read_field
from core.text import fold


class FactLike(Protocol):
    """What a query can ask of a fact."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def from_country(self) -> str | None: ...
    @property
    def via_country(self) -> str | None: ...
    @property
    def to_country(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def value(self) -> float | None: ...


@dataclass(frozen=True)
class Document:
    """One article version, made ready for any number of queries."""

    fields: tuple[Field, ...]
    values: dict[str, frozenset[str]]
    published: datetime | None
    counts: tuple[float, ...]

    @classmethod
    def of(
        cls,
        *,
        title: str = "",
        text: str | Field = "",
        url: str = "",
        source: str | None = None,
        language: str | None = None,
        topics: Iterable[str] = (),
        events: Iterable[str] = (),
        countries: Iterable[str] = (),
        agencies: Iterable[str] = (),
        published: datetime | None = None,
        counts: Iterable[float] = (),
        facts: Iterable[FactLike] = (),
    ) -> Document:
        """A document of what is known; `facts` add their countries, agencies and done counts.

        `text` may be given as the field that it was made before.
        """
        facts = tuple(facts)
        ways = [fact for fact in facts if fact.kind in ("place", "route")]
        places = [
            way for fact in ways for way in (fact.country, fact.from_country, fact.via_country, fact.to_country) if way
        ]
        names = [fact.name for fact in facts if fact.kind == "agency" and fact.name]
        done = [
            fact.value for fact in facts if fact.kind == "count" and fact.status == "done" and fact.value is not None
        ]
        return cls(
            fields=tuple(
                words if isinstance(words, Field) else read_field(name, words)
                for name, words in (("title", title), ("text", text), ("url", url))
                if words
            ),
            values={
                "source": frozenset([source.casefold()] if source else ()),
                "lang": frozenset(_tag_and_its_heads(language)),
                "topic": frozenset(map(slug, topics)),
                "event": frozenset(map(slug, events)),
                "country": frozenset(country.casefold() for country in (*countries, *places)),
                "agency": frozenset(fold(name) for name in (*agencies, *names)),
            },
            published=as_utc(published) if published else None,
            counts=(*counts, *done),
        )


def slug(name: str) -> str:
    """A topic or event name as it is compared: `Rescue-Release` is `rescue_release`."""
    return name.casefold().replace("-", "_")


def _tag_and_its_heads(language: str | None) -> list[str]:
    """`zh-Hant-TW` is also `zh-Hant` and `zh`."""
    if not language:
        return []
    subtags = language.casefold().replace("_", "-").split("-")
    return ["-".join(subtags[: count + 1]) for count in range(len(subtags))]
