"""`nightdesk explain`: what became of an address or article, why each watch did or did not fire, what would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.clock import iso
from core.errors import NotFound, QueryError, UsageError
from core.ids import read_id, show_id
from core.urls import normalise_url, url_key
from core.watch import Watch
from nightdesk.app import App
from pipeline.match import Subject, read_watch, why
from pipeline.values import Classification, Fact, Scored
from pipeline.vocabulary import load_vocabulary
from store import history
from store.facts import facts_of
from store.revisits import revisits_of


@dataclass
class WatchVerdict:
    """What one watch made of it, up to its deliveries."""

    watch: str
    fired: bool
    reason: str
    decisions: list[str] = field(default_factory=list)
    deliveries: list[str] = field(default_factory=list)


@dataclass
class Explanation:
    """Every stage's word on one address or article. `advice` says what would change the outcome."""

    asked: str
    article_id: int | None = None
    development_id: int | None = None
    seen: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    development: list[str] = field(default_factory=list)
    watches: list[WatchVerdict] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """For people: a heading a stage, its words below."""
        for heading, words in (("Seen", self.seen), ("Fetched", self.fetched), ("Read", self.read)):
            yield from _section(heading, words)
        yield from _section("Development", self.development)
        yield from _section("Watches", [line for verdict in self.watches for line in _verdict_lines(verdict)])
        yield from _section("What would mend it", self.advice)


def explain(app: App, url_or_id: str) -> Explanation:
    """Trace an address, an article (a12, 12) or a development (d34). Raises NotFound where nothing is known of it."""
    with app.store.read() as db:
        if "://" in url_or_id or url_or_id.startswith("www."):
            return _of_url(db, url_or_id)
        noun, number = read_id(url_or_id, "article")
        if noun == "development":
            articles = history.articles_in(db, number)
            if not articles:
                raise NotFound(f"there is no development d{number}")
            return _of_article(db, url_or_id, articles[0])
        if noun != "article":
            raise UsageError(f"explain takes an address, an article (a12) or a development (d34), not {url_or_id!r}")
        return _of_article(db, url_or_id, number)


def _of_url(db: Connection, url: str) -> Explanation:
    spellings = {url, normalise_url(url)}
    items, pages = history.items_at(db, spellings), history.pages_at(db, spellings)
    article_id = next((page.article_id for page in pages if page.article_id is not None), None)
    article_id = article_id or history.article_with_key(db, url_key(url))
    if article_id is not None:
        return _of_article(db, url, article_id)
    if not items and not pages:
        raise NotFound(
            f"nothing is known of {url}: no source named it. Take it in with: nightdesk ingest {url}"
            " - or add its site: nightdesk sources add ADDRESS"
        )
    found = Explanation(url, seen=[_item_words(item) for item in items], fetched=[_page_words(page) for page in pages])
    found.advice = [_page_advice(pages[-1]) if pages else "it is due; the next round fetches it"]
    return found


def _of_article(db: Connection, asked: str, article_id: int) -> Explanation:
    article = history.article(db, article_id)
    if article is None:
        raise NotFound(f"there is no article a{article_id}")
    pages = history.pages_of_article(db, article_id)
    found = Explanation(asked, article_id=article.id, development_id=article.development_id)
    found.seen = [_item_words(item) for item in history.items_at(db, {page.url for page in pages})]
    found.fetched = [*(_page_words(page) for page in pages), *_revisit_words(db, article_id)]
    topics, events = history.labels_of(db, article.version_id)
    found.read = list(_article_words(article, topics, events))
    if article.development_id is not None:
        found.development = list(_development_words(db, article))
    subject = _subject(db, article, topics, events)
    found.watches = [_verdict(db, row, subject, article) for row in history.active_watches(db)]
    found.advice = list(_advice(article, topics, found.watches))
    return found


# -- words of each stage ----------------------------------------------------------------------------------------------


def _item_words(item: Row[Any]) -> str:
    end = f"ended {item.end_state}" + (f" ({item.end_reason})" if item.end_reason else "") if item.ended_at else "due"
    baseline = ", baseline: it was there at the first visit" if item.baseline else ""
    return f"{iso(item.found_at)} in {item.source}{baseline}; {end}"


def _page_words(page: Row[Any]) -> str:
    status = f"http {page.http_status}" if page.http_status else "no answer" if page.refused else "taken in"
    refused = f", refused: {page.refused}" if page.refused else ""
    end = f"{page.state}: {page.reason}" if page.state and page.state != "retry" else "not read yet"
    return f"{iso(page.fetched_at)} {page.url} ({status}{refused}, {page.origin}); {end}"


def _revisit_words(db: Connection, article_id: int) -> Iterator[str]:
    """What second looks at its page saw."""
    row = revisits_of(db, article_id)
    if row is None:
        return
    if row.times:
        gone = f"; first seen to be gone {iso(row.gone_at)}" if row.gone_at else ""
        reason = f" ({row.reason})" if row.reason else ""
        yield f"looked at again {row.times} times, last {iso(row.last_at)}: {row.state}{reason}{gone}"
    if row.due_at:
        yield f"looked at again {iso(row.due_at)}"


def _article_words(article: Row[Any], topics: list[str], events: list[str]) -> Iterator[str]:
    yield f"{show_id('article', article.id)} {article.title}"
    yield (
        f"language {article.language or 'unknown'}, published {iso(article.published_at)}"
        f" (from {article.published_from}), text from the {article.text_from}"
    )
    if article.duplicate_of is not None:
        yield f"a near-copy of {show_id('article', article.duplicate_of)}"
    yield f"topics: {', '.join(topics) or 'none'}; event types: {', '.join(events) or 'none'}"
    quotes: dict[tuple[str, str, str], dict[str, None]] = {}
    for evidence in (article.explained or {}).get("evidence", ()):
        sign = "for" if evidence["weight"] >= 0 else "against"
        quotes.setdefault((sign, evidence["label"], evidence["concept"]), {})[evidence["quote"]] = None
    for (sign, label, concept), quoted in quotes.items():
        yield f"  {sign} {label}: {concept}: {', '.join(f'“{quote}”' for quote in quoted)}"


def _development_words(db: Connection, article: Row[Any]) -> Iterator[str]:
    development = history.development(db, article.development_id)
    assert development is not None  # a foreign key
    yield f"{show_id('development', development.id)} {development.title}; {article.joined_because}"
    if development.merged_into is not None:
        yield f"merged into {show_id('development', development.merged_into)}"
    for change in history.changes_in(db, development.id):
        moved = f" {change.what}: {change.old or '-'} to {change.new}" if change.what else ""
        yield f"change {change.seq}: {change.kind}{moved} ({change.origin}, {iso(change.at)})"


def _verdict(db: Connection, row: Row[Any], subject: Subject, article: Row[Any]) -> WatchVerdict:
    watch = Watch.model_validate(row.definition)
    kept = history.matches_of(db, article.version_id).get(row.id)
    if kept is not None and kept.revision == row.revision:
        verdict = WatchVerdict(watch.name, kept.fired, kept.reason)
    else:
        verdict = _judged_now(row, watch, subject)
    if article.development_id is None:
        return verdict
    for decision in history.decisions_about(db, article.development_id):
        if decision.watch_id == row.id:
            verdict.decisions.append(f"change {decision.seq} ({decision.kind}): {decision.outcome}, {decision.reason}")
    for delivery in history.deliveries_about(db, article.development_id):
        if delivery.watch_id == row.id:
            verdict.deliveries.append(_delivery_words(delivery))
    return verdict


def _judged_now(row: Row[Any], watch: Watch, subject: Subject) -> WatchVerdict:
    try:
        judged = why(read_watch(row.id, row.revision, watch, load_vocabulary()), subject)
    except QueryError as error:
        return WatchVerdict(watch.name, False, f"its query cannot be read: {error.reason}")
    later = "; the watch is younger than its reading, so it fired nothing" if judged.fired else ""
    return WatchVerdict(watch.name, False, f"{judged.reason}{later}")


def _delivery_words(delivery: Row[Any]) -> str:
    when = f" {iso(delivery.sent_at)}" if delivery.sent_at else ""
    why_not = delivery.reason or delivery.last_error
    return f"{delivery.level} to {delivery.channel} {delivery.recipient}: {delivery.state}{when}" + (
        f" ({why_not})" if why_not and delivery.state != "sent" else ""
    )


# -- what would mend it -----------------------------------------------------------------------------------------------


def _page_advice(page: Row[Any]) -> str:
    if page.state is None or page.state == "retry":
        return "it waits to be read; run: nightdesk process"
    if page.refused:
        return "the site refuses its page; if you can read it, save it and run: nightdesk ingest FILE --url ADDRESS"
    return "it is no article; if it is one all the same, take its text in: nightdesk ingest FILE.jsonl"


def _advice(article: Row[Any], topics: list[str], verdicts: list[WatchVerdict]) -> Iterator[str]:
    if any(verdict.deliveries for verdict in verdicts):
        return
    if not verdicts:
        yield "there is no watch; add a [[watch]] to nightdesk.toml"
        return
    if not any(verdict.fired for verdict in verdicts):
        yield "no watch asks for it; add a word of its text to a watch's query" + (
            "" if topics else ", or leave the watch's topics out: the text is on no topic"
        )
        return
    if article.origin == "baseline":
        yield "its source had it before the first visit; nobody is told of that, except by crawl --alert-backlog"
    elif article.origin != "live":
        yield "it was old when it was found, or taken in with --no-alerts; nobody is told of that (max_age)"
    elif not any(verdict.decisions for verdict in verdicts):
        yield "a watch fired and waits: for other sources, for a country, or for the next look of the alerts stage"


# -- helpers ----------------------------------------------------------------------------------------------------------


def _subject(db: Connection, article: Row[Any], topics: list[str], events: list[str]) -> Subject:
    names = Fact.__dataclass_fields__
    rows = [row._mapping for row in facts_of(db, article.version_id)]
    facts = tuple(Fact(**{name: row[name] for name in names if name in row}) for row in rows)
    labels = Classification(tuple(Scored(name, 1) for name in topics), tuple(Scored(name, 1) for name in events))
    published: datetime = article.published_at
    return Subject(article.title, article.text, article.url, article.source, article.language, published, labels, facts)


def _section(heading: str, words: list[str]) -> Iterator[str]:
    if words:
        yield heading
        yield from (f"  {line}" for line in words)


def _verdict_lines(verdict: WatchVerdict) -> Iterator[str]:
    yield f"{verdict.watch}: {'fired' if verdict.fired else 'did not fire'}, {verdict.reason}"
    yield from (f"  {line}" for line in (*verdict.decisions, *verdict.deliveries))
