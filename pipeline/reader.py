"""Reads one page: what it says, what it is about, what it states. Runs in a child that may be killed; no database.

What reads is imported where it reads: whoever only hands out pages needs no extractor.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from core.pool import Limits, Pool
from core.query.field import Field, make_field, read_field
from core.query.packed import pack, unpack
from core.text import Written, written
from pipeline.config import PipelineConfig
from pipeline.reading import read
from pipeline.similarity import Signature, sign_words
from pipeline.topic import Topic, load_topics
from pipeline.values import Classification, Extract, Fact, Given, GivenRow, Scored
from pipeline.vocabulary import TermTable, load_vocabulary

_OBJECTS = 10_000  # made before garbage is looked for; a page makes some ten thousand, and nearly all go by themselves

BUILT_IN = Path(__file__).parent / "topics"


@dataclass(frozen=True)
class Job:
    """A page to read."""

    url: str
    found_at: datetime
    given: Given = field(default_factory=Given)
    body: bytes | None = None
    content_type: str | None = None
    topics_dir: Path | None = None


@dataclass(frozen=True)
class ReadPage:
    """What was read of a page."""

    extract: Extract
    classified: Classification = field(default_factory=Classification)
    facts: tuple[Fact, ...] = ()
    signature: Signature | None = None
    packed: bytes | None = None  # the text made ready for queries, in few bytes

    @property
    def text(self) -> Field:
        """The text as queries and the search index look at it."""
        text = self.extract.text
        return unpack("text", text, self.packed) if self.packed is not None else read_field("text", text)


def read_page(job: Job) -> ReadPage:
    """Everything the pipeline needs to know of one page."""
    from pipeline.classify import classify
    from pipeline.extract import extract
    from pipeline.facts import find_facts

    if job.given.row is not None:
        return _read_row(job, job.given.row)
    found = extract(job.body, url=job.url, content_type=job.content_type, given=job.given, found_at=job.found_at)
    if found.state != "article":
        return ReadPage(found)
    published = found.published_day or job.found_at.date()
    topics, vocabulary = _knowledge(job.topics_dir)
    classified = classify(found.title, found.text, found.language, topics, vocabulary)
    facts = find_facts(found.title, found.text, found.language, published, vocabulary, classified)
    spoken = tuple(_spoken(fact, job.given.speaker) for fact in facts)
    words = _words(found, vocabulary)
    signature = sign_words([form[0] for form in words.forms])
    return ReadPage(found, classified, spoken, signature, pack(make_field("text", found.text, words)))


def _read_row(job: Job, row: GivenRow) -> ReadPage:
    """A row of an imported sheet, with the labels and facts that it states."""
    from pipeline.classify import classify
    from pipeline.extract import extract

    found = extract(None, url=job.url, content_type=None, given=job.given, found_at=job.found_at)
    found = replace(found, reason="a row of an import", text_from="row", published_at=job.given.published_at)
    labels = Classification(_sure(row.topics), _sure(row.events))
    if not (row.topics or row.events):
        topics, vocabulary = _knowledge(job.topics_dir)
        labels = classify(found.title, found.text, found.language, topics, vocabulary)
    return ReadPage(found, labels, row.facts)


def _sure(names: Sequence[str]) -> tuple[Scored, ...]:
    return tuple(Scored(name, 1.0) for name in names)


def _spoken(fact: Fact, speaker: str | None) -> Fact:
    """A fact that the text puts in nobody's mouth is told by whoever was named with the text."""
    return fact if speaker is None or fact.speaker is not None else replace(fact, speaker=speaker)


def _words(found: Extract, vocabulary: TermTable) -> Written:
    """The folded words of the text; the reading has them already, but of what is too long for it."""
    reading = read(found.title, found.text, vocabulary, found.language)
    start = len(found.title) + 1
    return written(found.text) if len(reading.text) < start + len(found.text) else reading.words.after(start)


@cache
def _knowledge(topics_dir: Path | None) -> tuple[tuple[Topic, ...], TermTable]:
    folders = [BUILT_IN, *([topics_dir] if topics_dir else [])]
    return tuple(topic for folder in folders for topic in load_topics(folder)), load_vocabulary()


def prepare(topics_dir: Path | None) -> None:
    """Load in a fresh child what every page needs, so that no page's time is spent on it."""
    from pipeline import classify, extract, facts  # noqa: F401

    _, vocabulary = _knowledge(topics_dir)
    vocabulary.find("", [])
    # What is loaded stays: the collector need not walk it anew with every few pages. Pages are read without cycles.
    gc.set_threshold(_OBJECTS)
    gc.collect()
    gc.freeze()


def reading_pool(config: PipelineConfig) -> Pool:
    """Children that read pages. Close it in the end."""
    limits = Limits(config.seconds, config.megabytes)
    return Pool(config.workers, limits, partial(prepare, config.topics_dir))
