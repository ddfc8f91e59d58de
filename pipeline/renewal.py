"""Brings one article on record to what a replay made of its pages."""

from __future__ import annotations

import re
from collections import ChainMap, Counter
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from pipeline import coding
from pipeline.config import PIPELINE_VERSION
from pipeline.interactions import Interaction
from pipeline.match import Matcher
from pipeline.refiling import Answer, Refiled, machine_answer, refile, stated_in
from pipeline.similarity import Signature, bands
from store import articles, matches, replays, search

#: What reading a page makes of it, besides what is classified and stated.
_READ = (
    "title", "byline", "text", "language", "published_at", "published_from", "paywalled", "text_from", "words",
    "text_sha256", "signature",
)  # fmt: skip
_ID = re.compile(r"\b([ad])(\d+)\b")


@dataclass
class Ids:
    """What is what: numbers of the replay, and those on record. Grows while new ones are made."""

    articles: MutableMapping[int, int] = field(default_factory=dict)
    developments: MutableMapping[int, int] = field(default_factory=dict)
    threads: MutableMapping[int, int] = field(default_factory=dict)
    pages: Mapping[int, int] = field(default_factory=dict)

    def trial(self) -> Ids:
        """The same, where what is made in a transaction may come to nothing with it."""
        articles, developments, threads = (
            ChainMap({}, known) for known in (self.articles, self.developments, self.threads)
        )
        return Ids(articles, developments, threads, self.pages)

    def keep(self, trial: Ids) -> None:
        """What was made is committed."""
        pairs = (
            (self.articles, trial.articles),
            (self.developments, trial.developments),
            (self.threads, trial.threads),
        )
        for known, made in pairs:
            known.update(made.maps[0] if isinstance(made, ChainMap) else {})

    def translated(self, reason: str) -> str:
        """A reason with the ids of the record in it."""
        known = {"a": self.articles, "d": self.developments}
        return _ID.sub(lambda found: f"{found[1]}{known[found[1]].get(int(found[2]), found[2])}", reason)


@dataclass(frozen=True)
class Reread:
    """One article as the replay has it."""

    article: Row[Any]
    version: Row[Any]  # the current one
    answer: Answer
    interactions: tuple[Interaction, ...]
    fired: Mapping[int, int]  # watch -> revision
    textless: bool  # its body is gone: the text on record is all there is

    @property
    def page_id(self) -> int:
        return int(self.version.page_id)


def reread(db: Connection, article_id: int, textless: frozenset[int]) -> Reread:
    """An article of the replay."""
    version = articles.version_row(db, article_id)
    assert version is not None
    return Reread(
        replays.article(db, article_id),
        version,
        machine_answer(db, version),
        coding.told_by(db, version.id),
        matches.fired_of(db, version.id),
        version.page_id in textless,
    )


def is_as_read(db: Connection, article_id: int, now_read: Reread, ids: Ids) -> bool:
    """Whether the record says already what the replay does."""
    version = articles.version_row(db, article_id)
    if version is None or version.page_id != ids.pages[now_read.page_id]:
        return False
    if not now_read.textless and any(getattr(version, name) != getattr(now_read.version, name) for name in _READ):
        return False
    if matches.fired_of(db, version.id) != now_read.fired or _address(db, article_id, now_read):
        return False
    answer = machine_answer(db, version)
    if answer.classified != now_read.answer.classified or Counter(answer.facts) != Counter(now_read.answer.facts):
        return False
    if coding.told_by(db, version.id) != now_read.interactions:
        return False
    return bool(_original(now_read, ids) == version.duplicate_of)


def _address(db: Connection, article_id: int, now_read: Reread) -> dict[str, Any]:
    """What is otherwise of an article's address, its identity, whose it is, and whether it is kept from all."""
    row, here = replays.article(db, article_id), now_read.article
    wanted = {name: getattr(here, name) for name in ("canonical_url", "source_id", "outlet", "restricted")}
    wanted["url_key"] = free_key(db, here.url_key, article_id)
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def _original(now_read: Reread, ids: Ids) -> int | None:
    original = now_read.article.duplicate_of
    return ids.articles.get(original) if original is not None else None


def add(db: Connection, now_read: Reread, ids: Ids) -> int:
    """An article that was none before; its id."""
    row = now_read.article
    names = ("source_id", "url", "canonical_url", "outlet", "found_at", "origin", "restricted")
    kept = {name: getattr(row, name) for name in names}
    key = {"url_key": free_key(db, row.url_key, None)}
    return articles.add_article(db, {**kept, **key, "page_id": ids.pages[row.page_id]})


def write(db: Connection, matcher: Matcher, article_id: int, now_read: Reread, ids: Ids, now: datetime) -> Refiled:
    """Make an article say what the replay read, and over it what analysts ruled."""
    before = articles.version_row(db, article_id)
    stated_before = stated_in(db, before) if before is not None else ()
    if address := _address(db, article_id, now_read):
        articles.readdress(db, article_id, address)
    page_id = ids.pages[now_read.page_id]
    mine = {version.page_id: version for version in replays.versions_of(db, article_id)}
    read = {name: getattr(now_read.version, name) for name in _READ}
    if page_id not in mine:
        row = {**read, "page_id": page_id, "explained": None, "pipeline_version": PIPELINE_VERSION, "created_at": now}
        articles.add_version(db, article_id, row, (), ())
    else:
        articles.make_current(db, article_id, mine[page_id].id)
        row = {} if now_read.textless else read
        articles.rewrite_version(db, mine[page_id].id, {**row, "pipeline_version": PIPELINE_VERSION})
    _file(db, article_id, before, now_read)
    articles.mark_duplicate(db, article_id, _original(now_read, ids))
    return replace(refile(db, matcher, article_id, now, now_read.answer), stated_before=stated_before)


def _file(db: Connection, article_id: int, before: Row[Any] | None, now_read: Reread) -> None:
    """Under which words and bands the article is found; a restricted one under none, also where it was found before."""
    before = None if before is None or before.restricted else before
    old = Signature.from_json(before.signature) if before is not None else None
    if now_read.article.restricted:
        articles.file_bands(db, article_id, bands(old) if old else (), ())
        search.remove(db, article_id)
        return
    new = Signature.from_json(now_read.version.signature)
    if not now_read.textless or before is None:
        articles.file_bands(db, article_id, bands(old) if old else (), bands(new) if new else ())
    after = articles.version_row(db, article_id)
    assert after is not None
    if before is None or _as_found(before) != _as_found(after):
        search.index_article(db, article_id, after.title, after.text)


def _as_found(version: Row[Any]) -> tuple[Any, ...]:
    """What the index has of it: which version it is, its words, its language and when it was published."""
    return version.id, version.title, version.text, version.language, version.published_at


def free_key(db: Connection, key: str, article_id: int | None) -> str:
    """The identity of an article, or one like it where another article has it."""
    holder = articles.holder_of_key(db, key)
    return key if holder in (None, article_id) else f"{key}#{holder}"


def withdraw(db: Connection, article_id: int) -> None:
    """An article that is none any more. Its versions stay on record, its address is free for another."""
    row = replays.article(db, article_id)
    version = articles.version_row(db, article_id)
    if version is not None:
        old = Signature.from_json(version.signature)
        articles.file_bands(db, article_id, bands(old) if old else (), ())
    articles.make_current(db, article_id, None)
    search.remove(db, article_id)
    articles.readdress(db, article_id, {"url_key": f"{row.url_key}#{article_id}"})


def write_outcome(db: Connection, here: Row[Any], ids: Ids, now: datetime) -> bool:
    """End a page as the replay did; whether it ended otherwise before."""
    page_id = ids.pages[here.page_id]
    reason = ids.translated(here.reason)
    article_id = ids.articles.get(here.article_id) if here.article_id is not None else None
    before = replays.outcome(db, page_id)
    if before is None or (before.state, before.reason, before.article_id) == (here.state, reason, article_id):
        return False
    articles.end_page(db, page_id, here.state, reason, article_id, now)
    return True
