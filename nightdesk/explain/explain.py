"""Finds what was asked about, gathers what every stage has on record of it, and puts the answer together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from core.errors import NotFound, UsageError
from core.ids import read_id, show_id
from core.urls import normalise_url, url_key
from crawler.source import load_catalogue
from nightdesk.config import Config
from nightdesk.coverage import coverage_of
from nightdesk.definitions import changed_watches
from nightdesk.explain import gather, stages, stories
from nightdesk.explain.answer import answer
from nightdesk.explain.explanation import Explanation
from nightdesk.explain.record import Desk, Record
from store import decisions, history
from store.decisions import Family
from store.revisits import revisits_of

_ADDRESS = re.compile(r"(https?://|www\.)\S+|[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/\S*)?", re.IGNORECASE)
_SEEN_AT_MOST = 50  # articles of one development that are looked at


@dataclass(frozen=True)
class _Asked:
    """What was asked about, as it was found."""

    record: Record
    key: str


def explain(db: Connection, config: Config, what: str, now: datetime, *, trial: bool = False) -> Explanation:
    """What became of an address, an article (a12, 12), a development (d34) or an alert (n56), and why.

    Raises NotFound for an id that is not there, UsageError for what is neither.
    """
    asked = _find(db, config, what.strip(), now)
    record = asked.record
    desk = _desk(config, trial)
    found = answer(record, desk)
    article = record.article
    return Explanation(
        asked=what,
        outcome=found.outcome,
        sentence=found.sentence,
        mend=found.mend,
        article_id=article.row.id if article else None,
        development_id=record.development.id if record.development is not None else None,
        title=_title(record),
        watch=found.watch,
        missed=found.missed,
        today=found.today,
        key=asked.key,
        notes=() if trial else tuple(_notes(db, config)),
        seen=tuple(stages.item_line(item) for item in record.items),
        fetched=tuple(_fetched(db, record)),
        read=tuple(line for one in record.articles for line in stages.article_lines(one)),
        development=_development(record),
        watches=tuple(stories.tell(record, desk)) if article else (),
    )


def _find(db: Connection, config: Config, what: str, now: datetime) -> _Asked:
    if _ADDRESS.fullmatch(what):
        return _find_address(db, config, what if "://" in what else f"https://{what}", now)
    noun, number = read_id(what, "article")
    if noun == "article":
        return _of_article(db, config, what, number, now)
    if noun == "development":
        return _of_development(db, config, what, number, now)
    if noun == "alert":
        return _of_alert(db, config, what, number, now)
    raise UsageError(f"explain takes an address, a12 (article), d34 (development) or n56 (alert), not {what!r}")


def _find_address(db: Connection, config: Config, url: str, now: datetime) -> _Asked:
    try:
        spellings = {url, normalise_url(url)}
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error
    key = url_key(url)
    items = history.items_at(db, spellings, key)
    pages = history.pages_at(db, spellings | {item.url for item in items})
    article_id = next((page.article_id for page in reversed(pages) if page.article_id is not None), None)
    article_id = article_id or history.article_with_key(db, key)
    if article_id is not None:
        found = _of_article(db, config, url, article_id, now)
        # The pages of this address only: they say whether it is a copy of another one's article.
        record = gather.with_address(found.record, url, items, pages)
        return _Asked(record, found.key)
    coverage = None if items or pages else coverage_of(db, url, load_catalogue())
    return _Asked(Record(url, url=url, items=tuple(items), pages=tuple(pages), coverage=coverage), key)


def _of_article(db: Connection, config: Config, asked: str, article_id: int, now: datetime) -> _Asked:
    row = history.article(db, article_id)
    if row is None:
        raise NotFound(f"there is no article a{article_id}")
    family = _family(db, row.development_id)
    record = gather.gather(db, config, asked, [article_id], family, now)
    return _Asked(record, row.url_key)


def _of_development(db: Connection, config: Config, asked: str, development_id: int, now: datetime) -> _Asked:
    if history.development(db, development_id) is None:
        raise NotFound(f"there is no development d{development_id}")
    family = _family(db, development_id)
    assert family is not None
    articles = [id for member in family.members for id in history.articles_in(db, member)]
    if not articles:
        raise NotFound(f"no article is in d{development_id} any more")
    record = gather.gather(db, config, asked, articles[:_SEEN_AT_MOST], family, now)
    return _Asked(record, show_id("development", family.root))


def _of_alert(db: Connection, config: Config, asked: str, alert_id: int, now: datetime) -> _Asked:
    row = history.alert(db, alert_id)
    if row is None:
        raise NotFound(f"there is no alert n{alert_id}")
    if row.article_id is None:
        found = _of_development(db, config, asked, row.development_id, now)
    else:
        found = _of_article(db, config, asked, row.article_id, now)
    return _Asked(gather.of_alert(found.record, row.watch_id, alert_id, db), show_id("alert", alert_id))


def _family(db: Connection, development_id: int | None) -> Family | None:
    return decisions.families_of(db, [development_id])[0] if development_id is not None else None


def _desk(config: Config, trial: bool) -> Desk:
    return Desk(
        zone=ZoneInfo(config.timezone),
        max_age=config.max_age,
        file=str(config.file or "nightdesk.toml"),
        quiet_hours={name: one.quiet_hours for name, one in config.channels.items() if one.quiet_hours},
        trial=trial,
    )


def _title(record: Record) -> str | None:
    if record.article is not None:
        return str(record.article.row.title)
    return next((str(item.title) for item in reversed(record.items) if item.title), None)


def _fetched(db: Connection, record: Record) -> list[str]:
    lines = [stages.page_line(page) for page in record.pages]
    if record.article is not None and len(record.articles) == 1:
        lines += stages.revisit_lines(revisits_of(db, record.article.row.id))
    return lines


def _development(record: Record) -> tuple[str, ...]:
    if record.development is None:
        return ()
    return tuple(stages.development_lines(record.development, record.articles, record.changes))


def _notes(db: Connection, config: Config) -> list[str]:
    """Where the file says otherwise than what is in force."""
    changed = changed_watches(db, config)
    if not changed:
        return []
    names = ", ".join(f"“{name}”" for name in changed)
    return [f"{names} in {config.file} differs from what is in force; nightdesk reload, or the next run, applies it"]
