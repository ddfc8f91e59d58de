"""An archive of made-up articles, as large as one likes, written straight into the tables a pipeline would fill.

A share of the articles is on a beat: reports of raids, releases and courses that the pipeline itself read once, each a
development of its own. The others are words without meaning, spread as words of a language are. Days run backwards:
the archive ends now, and growing it adds older days, so that what surrounds today is the same however large it is.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.text import FOLDING
from pipeline.config import PIPELINE_VERSION
from pipeline.profile import profile_of
from pipeline.reader import Job, ReadPage, read_page
from pipeline.refiling import explained
from pipeline.values import Classification, Given
from store import articles, developments, facts
from store.articles import article_topics, article_versions, page_outcomes, signature_bands
from store.engine import Store
from store.pages import pages

_BATCH = 2_000
_PLACES = (
    "Myawaddy", "Shwe Kokko", "Laukkaing", "Tachileik", "Poipet", "Sihanoukville", "Bavet", "Phnom Penh", "Bokeo",
    "Mae Sot", "Manila", "Cebu", "Pasay", "Yangon", "Lashio", "Koh Kong", "Kampot", "Vientiane",
)  # fmt: skip
_PEOPLES = (
    "Kenyan", "Indonesian", "Indian", "Nepali", "Pakistani", "Ethiopian", "Ugandan", "Chinese", "Vietnamese", "Korean",
    "Japanese", "Filipino", "Malaysian", "Brazilian", "Bangladeshi", "Sri Lankan", "Thai", "Taiwanese",
)  # fmt: skip
_PARTNERS = ("Solomon Islands", "Samoa", "Tonga", "Fiji", "Kiribati", "Vanuatu", "Laos", "Cambodia", "Uzbekistan")
_REPORTS = (
    "{n} {people} workers freed from scam compound in {place}\n{n} {people} nationals were freed from an online scam "
    "centre in {place}, the embassy said.\n\nThe {people} workers had been forced to run online fraud behind high "
    "walls, an official said. All {n} are being cared for in a shelter near {word} {other}.",
    "Police raid scam compound in {place}, arrest {n}\nPolice arrested {n} people, most of them {people} nationals, in "
    "a raid on an online scam compound in {place}.\n\nOfficers seized {m} phones and {o} computers at the {word} "
    "{other} building, the provincial police chief said.",
    "{people} court sentences {n} over {place} scam ring\nA court sentenced {n} members of a ring that ran online "
    "fraud from {place}, prosecutors said.\n\nThe gang, known as {word} {other}, cheated {m} victims.",
    "Chinese police train {n} officers from {partner}\nChinese police instructors began a course for {n} officers of "
    "the {partner} police force, the ministry said.\n\nThe course, held at the {word} academy, covers crowd control "
    "and {other}.",
)


@dataclass(frozen=True)
class _Report:
    """A report on a beat, as the pipeline read it; copies of it are told apart by their days, figures and words."""

    reading: ReadPage
    words: str
    profile: dict[str, Any]


class Archive:
    """Grows the archive of one store, which must be empty of articles before."""

    def __init__(self, store: Store, now: datetime, per_day: int, beat: float, seed: int = 5) -> None:
        self._store, self._now, self._per_day, self._beat = store, now, per_day, beat
        self._random = random.Random(seed)
        self._words = [_word(number) for number in range(40_000)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))
        self._reports = [self._report(number) for number in range(160)]
        self.size = 0

    def grow_to(self, size: int) -> None:
        """Add older days until there are `size` articles."""
        numbers = list(range(self.size, size))[::-1]  # the oldest first, as an archive is written
        for start in range(0, len(numbers), _BATCH):
            with self._store.write() as db:
                self._write(db, numbers[start : start + _BATCH])
        self.size = max(size, self.size)

    def settled(self) -> Path:
        """The database file, with nothing left beside it."""
        with self._store.engine.connect() as db:
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert self._store.path is not None
        return self._store.path

    def near(self, window: timedelta) -> int:
        """How many developments an article of today is compared with."""
        with self._store.read() as db:
            return len(developments.developments_between(db, self._now - window, self._now + window))

    def _write(self, db: Connection, numbers: list[int]) -> None:
        made = [self._article(number) for number in numbers]
        for table, name in (
            (pages, "page"), (articles.articles, "article"), (article_versions, "version"),
            (page_outcomes, "outcome"), (developments.developments, "development"),
        ):  # fmt: skip
            if rows := [one[name] for one in made if name in one]:
                db.execute(sa.insert(table), rows)
        for table, name in (
            (signature_bands, "bands"), (article_topics, "topics"), (facts.facts, "facts"),
            (developments.development_articles, "members"), (developments.development_countries, "countries"),
        ):  # fmt: skip
            if rows := [row for one in made for row in one.get(name, ())]:
                db.execute(sa.insert(table), rows)
        _index(db, made)

    def _article(self, number: int) -> dict[str, Any]:
        """The rows of one article; ids and times follow from its number."""
        id, at = number + 1, self._now - timedelta(days=(number + 1) / self._per_day)
        report = self._random.choice(self._reports) if self._random.random() < self._beat else None
        title, text = self._told(report)
        url = f"https://archive-{number % 400}.example/news/{number}"
        made: dict[str, Any] = {
            "page": {"id": id, "url": url, "fetched_at": at, "found_at": at, "origin": "live", "http_status": 200,
                     "content_type": "text/html", "sha256": None, "given": {}},
            "outcome": {"page_id": id, "state": "article", "reason": "article", "article_id": id, "attempts": 1,
                        "pipeline_version": PIPELINE_VERSION, "at": at},
            "article": {"id": id, "page_id": id, "url": url, "canonical_url": url, "url_key": url.partition("//")[2],
                        "outlet": f"Archive {number % 400}", "found_at": at, "origin": "live"},
            "version": {"id": id, "article_id": id, "seq": 1, "page_id": id, "is_current": True, "title": title,
                        "text": text, "language": "en", "published_at": at, "published_from": "page",
                        "paywalled": False, "text_from": "page", "words": text.count(" ") + 1,
                        "text_sha256": hashlib.sha256(text.encode()).hexdigest(), "signature": self._signature(),
                        "explained": explained(Classification(), report.reading.classified if report else
                                               Classification()),
                        "pipeline_version": PIPELINE_VERSION, "created_at": at},
            "bands": [{"band": self._random.getrandbits(63), "article_id": id} for _ in range(32)],
            "at": at,
        }  # fmt: skip
        return made | (self._on_the_beat(id, at, title, report) if report else {})

    def _on_the_beat(self, id: int, at: datetime, title: str, report: _Report) -> dict[str, Any]:
        classified, day = report.reading.classified, at.date().isoformat()
        stated = [vars(replace(fact, event_date=day) if fact.event_date else fact) for fact in report.reading.facts]
        whose = {"version_id": id, "origin": "machine", "pipeline_version": PIPELINE_VERSION, "created_at": at}
        countries = sorted(report.profile["countries"])
        row = {
            "id": id, "title": title, "topics": list(classified.topic_names), "countries": countries,
            "event_types": list(classified.event_names), "articles": 1, "sources": 1, "independent_sources": 1,
            "first_found_at": at, "last_found_at": at, "updated_at": at, "first_news_at": at, "last_news_at": at,
            "baseline": False, "profile": self._profile(report, at),
        }  # fmt: skip
        member = {"article_id": id, "development_id": id, "joined_at": at, "similarity": None, "reason": "made up"}
        return {
            "topics": [{"version_id": id, "topic": one.name, "score": one.score} for one in classified.topics],
            "facts": [fact | whose for fact in stated],
            "development": row,
            "members": [member],
            "countries": [{"development_id": id, "country": country} for country in countries],
        }

    def _profile(self, report: _Report, at: datetime) -> dict[str, Any]:
        """The report's own, on another day and with words of its own."""
        day, moment = at.date().isoformat(), at.isoformat()
        words = report.profile["words"] | {word: 1.0 for word in self._some(30)}
        dated = {name: {day: 1} for name in ("days", "main_days")}
        return report.profile | {"first": moment, "last": moment, "words": words, **dated}

    def _told(self, report: _Report | None) -> tuple[str, str]:
        filler = " ".join(self._some(160))
        if report is None:
            return " ".join(self._some(8)), filler
        return report.reading.extract.title, f"{report.reading.extract.text}\n\n{filler}"

    def _some(self, number: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=number)

    def _signature(self) -> dict[str, Any]:
        return {"shingles": 180, "hashes": [self._random.getrandbits(32) for _ in range(128)]}

    def _report(self, number: int) -> _Report:
        pick = self._random.choice
        words = _REPORTS[number % len(_REPORTS)].format(
            n=12 + 7 * number, m=40 + 3 * number, o=15 + number, place=pick(_PLACES), people=pick(_PEOPLES),
            partner=pick(_PARTNERS), word=pick(self._words).title(), other=pick(self._words).title(),
        )  # fmt: skip
        title, _, text = words.partition("\n")
        given = Given(title=title, text=text, published_at=self._now, language="en", whole=True)
        reading = read_page(Job("https://archive.example/", self._now, given))
        profile = profile_of(title, text, "en", self._now, reading.classified, reading.facts)
        return _Report(reading, words, profile.as_json())


def _word(number: int) -> str:
    """A word that means nothing, another for each number."""
    syllables = []
    while number or not syllables:
        number, rest = divmod(number, 90)
        syllables.append("bdfgklmnprtvz"[rest % 13] + "aeiou"[rest % 5] + "lmnrt"[rest % 5])
    return "".join(syllables) + "o"


def _index(db: Connection, made: list[dict[str, Any]]) -> None:
    """The index of words, fed in the order of its ids; made-up words are their own folded terms."""
    rows = sorted(_rows(made), key=lambda row: row["id"])
    add = "INSERT INTO search_rows (id, article_id, folding) VALUES (:id, :article_id, :folding)"
    db.execute(sa.text(add), [{key: row[key] for key in ("id", "article_id", "folding")} for row in rows])
    feed = "INSERT INTO search_index (rowid, title, text, url) VALUES (:id, :title, :text, :url)"
    db.execute(sa.text(feed), [{key: row[key] for key in ("id", "title", "text", "url")} for row in rows])


def _rows(made: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in made:
        version, id = one["version"], one["article"]["id"]
        row_id = (int(one["at"].timestamp() // 60) << 16) + id % (1 << 16)
        words = {name: version[name].lower() for name in ("title", "text")}
        yield {"id": row_id, "article_id": id, "folding": FOLDING, "url": one["article"]["url_key"], **words}
