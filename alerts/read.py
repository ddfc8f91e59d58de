"""From rows to the stories of a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts.story import Report, Story, Told, stated
from store import alerts as store_alerts
from store import decisions, messages, stories
from store.decisions import Family

#: So many articles tell what a page of developments is about.
_PAGE = 2_000


def read_stories(db: Connection, message_id: int) -> tuple[Story, ...]:
    """The developments of a message, each once for each watch, in the order they were first told of."""
    grouped: dict[tuple[int, str], list[Row[Any]]] = {}
    alerts = messages.alerts_in(db, message_id)
    families = decisions.families_of(db, [row.development_id for row in alerts])
    by_root = {family.root: family for family in families}
    roots = {member: family.root for family in families for member in family.members}
    for row in alerts:
        grouped.setdefault((roots[row.development_id], row.watch), []).append(row)
    return tuple(_story(db, by_root[root], watch, rows) for (root, watch), rows in grouped.items())


def read_alert(db: Connection, alert_id: int) -> Story | None:
    """What one alert tells, as its development stands now; None where there is no such alert."""
    row = store_alerts.alert(db, alert_id)
    if row is None:
        return None
    return _story(db, decisions.families_of(db, [row.development_id])[0], row.watch, [row])


def read_development(db: Connection, development_id: int, watch: str) -> Story:
    """A development as a watch would tell it that nothing was told by yet."""
    return _story(db, decisions.families_of(db, [development_id])[0], watch, [])


def read_developments(db: Connection, developments: Sequence[Row[Any]]) -> dict[int, Story]:
    """Many at once, for a page: as nobody was told of them, each with its own articles and no others'."""
    articles: dict[int, list[Row[Any]]] = {row.id: [] for row in developments}
    versions = []
    for article in stories.articles_of(db, list(articles), limit=_PAGE):
        articles[article.development_id].append(article)
        versions.append(article.version_id)
    facts: dict[int, list[Row[Any]]] = {}
    for fact in stories.facts_of(db, versions):
        facts.setdefault(fact.version_id, []).append(fact)
    told = {}
    for row in developments:
        theirs = [fact for one in articles[row.id] for fact in facts.get(one.version_id, ())]
        told[row.id] = story_of(row, articles[row.id], theirs)
    return told


def story_of(development: Row[Any], articles: Sequence[Row[Any]], facts: Sequence[Row[Any]]) -> Story:
    """A development as nobody was told of it, of rows that are read already, in the order they were found."""
    return _told_as(development, "", list(articles), list(facts), [])


def _story(db: Connection, family: Family, watch: str, rows: list[Row[Any]]) -> Story:
    development = stories.development_of(db, family.root)
    articles = stories.articles_of(db, family.members)
    facts = stories.facts_of(db, [article.version_id for article in articles])
    return _told_as(development, watch, articles, facts, rows)


def _told_as(
    development: Row[Any], watch: str, articles: list[Row[Any]], facts: list[Row[Any]], rows: list[Row[Any]]
) -> Story:
    """A development as the alerts of `rows` tell it."""
    by_version = {article.version_id: article.id for article in articles}
    shown = next((row for row in rows if row.article_id is not None), rows[0] if rows else None)
    why = shown.why or {} if shown is not None else {}
    asked = shown.definition or {} if shown is not None else {}
    return Story(
        development_id=development.id,
        title=development.title,
        event_types=tuple(development.event_types or ()),
        countries=tuple(development.countries or ()),
        status=development.status,
        event_date=development.event_date,
        independent_sources=development.independent_sources,
        watch=watch,
        reports=tuple(_report(article) for article in articles),
        facts=tuple(stated(fact, by_version[fact.version_id]) for fact in facts),
        told=tuple(_told(row) for row in rows),
        article_id=shown.article_id if shown is not None else None,
        quote=why.get("quote"),
        terms=tuple(why.get("terms") or ()),
        show_names=bool(asked.get("show_names")),
    )


def _report(row: Row[Any]) -> Report:
    return Report(
        id=row.id,
        url=row.url,
        outlet=row.outlet or row.source or "",
        title=row.title,
        language=row.language,
        published_at=row.published_at,
        found_at=row.found_at,
        source_type=row.source_type,
        duplicate=row.duplicate_of is not None,
    )


def _told(row: Row[Any]) -> Told:
    values = {name: getattr(row, name) for name in ("level", "seq", "what", "old", "new")}
    return Told(alert_id=row.id, origin=row.change_origin, **values)
