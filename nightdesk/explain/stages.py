"""Each stage's own word on a thing, line by line: seen, fetched, read, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.engine import Row

from core.clock import iso
from core.ids import show_id
from nightdesk.explain.record import ArticleRecord, TopicView


def item_line(item: Row[Any]) -> str:
    end = f"ended {item.end_state}" + (f" ({item.end_reason})" if item.end_reason else "") if item.ended_at else "due"
    baseline = ", baseline: it was there at the first visit" if item.baseline else ""
    return f"{iso(item.found_at)} in {item.source}{baseline}; {end}"


def page_line(page: Row[Any]) -> str:
    status = f"http {page.http_status}" if page.http_status else "no answer" if page.refused else "taken in"
    refused = f", refused: {page.refused}" if page.refused else ""
    told = f"{page.state}: {(page.reason or '').removeprefix(f'{page.state}: ')}".removesuffix(": ")
    end = told if page.state and page.state != "retry" else "not read yet"
    return f"{iso(page.fetched_at)} {page.url} ({status}{refused}, {page.origin}); {end}"


def revisit_lines(row: Row[Any] | None) -> Iterator[str]:
    """What second looks at its page saw."""
    if row is None:
        return
    if row.times:
        gone = f"; first seen to be gone {iso(row.gone_at)}" if row.gone_at else ""
        reason = f" ({row.reason})" if row.reason else ""
        yield f"looked at again {row.times} times, last {iso(row.last_at)}: {row.state}{reason}{gone}"
    if row.due_at:
        yield f"looked at again {iso(row.due_at)}"


def article_lines(article: ArticleRecord) -> Iterator[str]:
    row = article.row
    yield f"{show_id('article', row.id)} {row.title}"
    yield (
        f"language {row.language or 'unknown'}, published {iso(row.published_at)} (from {row.published_from}),"
        f" text from the {row.text_from}"
    )
    if row.duplicate_of is not None:
        yield f"a near-copy of {show_id('article', row.duplicate_of)}"
    yield f"topics: {', '.join(article.topics) or 'none'}; event types: {', '.join(article.events) or 'none'}"
    for ruling in article.rulings:
        reason = f" ({ruling.reason})" if ruling.reason else ""
        yield f"{ruling.by} decided: {ruling.what}{reason}, {iso(ruling.at)}"
    for view in article.views:
        if view.holds or view.speaks_for or view.against:
            yield f"  {view.topic}: {'on it' if view.holds else 'not on it'}"
            yield from (f"    {line}" for line in _view_lines(view))


def _view_lines(view: TopicView) -> Iterator[str]:
    yield from (f"for it: {line}" for line in _grouped(view.speaks_for))
    yield from (f"against it: {line}" for line in _grouped(view.against))
    if view.lacks and not view.holds:
        yield f"none of: {', '.join(view.lacks)}"


def _grouped(evidence: Iterable[tuple[str, str, int]]) -> Iterator[str]:
    """Quotes with their places, a line each concept."""
    by_concept: dict[str, dict[str, int]] = {}
    for concept, quote, position in evidence:
        by_concept.setdefault(concept, {}).setdefault(quote, position)
    for concept, quotes in by_concept.items():
        yield f"{concept}: {', '.join(f'“{quote}” at {position}' for quote, position in quotes.items())}"


def development_lines(
    development: Row[Any], articles: Iterable[ArticleRecord], changes: Iterable[Row[Any]]
) -> Iterator[str]:
    yield f"{show_id('development', development.id)} {development.title}"
    yield f"independent sources: {development.independent_sources}, articles: {development.articles}"
    for article in articles:
        yield f"{show_id('article', article.row.id)} is in it: {article.row.joined_because}"
    for change in changes:
        sides = " to ".join(side for side in (change.old, change.new) if side)
        moved = f" {change.what}: {sides}" if change.what else ""
        by = f" by {change.by}" if change.by else ""
        yield f"change {change.seq}: {change.kind}{moved} ({change.origin}{by}, {iso(change.at)})"
