"""What can be listed: the views, what their columns mean, and what may be left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import UsageError
from nightdesk.dated import Dated
from store import views


@dataclass(frozen=True)
class Filters:
    """What a listing leaves out. None and empty leave out nothing."""

    topic: str | None = None
    event: str | None = None
    country: str | None = None
    source: str | None = None
    lang: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    articles: tuple[int, ...] | None = None  # what these articles tell, and nothing else
    newest_first: bool = True
    beyond: int | str | None = None  # only what comes after the row of this key, in the order of the listing
    whole: bool = False  # with the rows that a listing hides


@dataclass(frozen=True)
class View:
    """How a view is filtered: which of its columns means what."""

    name: str
    noun: str = ""
    order: str = "id"  # newest last
    ties: tuple[str, ...] = ()  # what orders rows that are alike in that, where they have no id
    article: str | None = None  # the column that names an article
    development: str | None = None
    time: str | None = None
    source: str | None = None
    language: str | None = None
    country: str | None = None
    event: str | None = None  # the column that names one event type
    shown: tuple[str, ...] = ()  # what a table has room for
    hides: str | None = None  # SQL of rows that only a whole export has
    dated: Dated | None = None
    walked: bool = False  # whether it is in the order of that index
    numbered: str = ""  # the table whose numbers are its `id`, where many tables stand behind
    restricted: bool = False  # whether restricted reports are in it; each row says whether it is one


ARTICLES = View(
    "articles_v",
    "article",
    "published_at",
    article="id",
    development="development_id",
    time="published_at",
    source="source",
    language="language",
    shown=("id", "published_at", "source", "language", "title", "topics", "event_types", "development_id"),
    dated=Dated("article_versions", "published_at", key="article_id", only="is_current"),
)
DEVELOPMENTS = View(
    "developments_v",
    "development",
    "last_found_at",
    development="id",
    time="last_found_at",
    shown=("id", "last_found_at", "title", "event_types", "countries", "articles", "independent_sources", "status"),
    # What it was is told by the one it is now, or by `show`.
    hides="developments_v.merged_into IS NOT NULL OR developments_v.articles = 0",
    dated=Dated("developments", "last_found_at"),
    walked=True,
)
FACTS = View(
    "facts_v",
    "fact",
    "id",
    article="article_id",
    development="development_id",
    time="published_at",
    source="source",
    country="country",
    shown=(
        "id",
        "development_id",
        "article_id",
        "kind",
        "value",
        "bound",
        "unit",
        "status",
        "nationality",
        "name",
        "place",
        "country",
        "event_date",
        "quote",
    ),
    dated=Dated("article_versions", "published_at", key="article_id", called="article_id", only="is_current"),
    numbered="facts",
)
INTERACTIONS = View(
    "interactions_v",
    order="development_id",
    ties=("type", "host_country", "actor_country", "stage", "actor_agency", "host_agency", "event_date", "persons"),
    development="development_id",
    event="type",
)
DELIVERIES = View("deliveries_v", "delivery", "id", time="created_at")
ALERTS = View("alerts_v", "alert", "id", development="development_id", time="created_at")
SOURCES = View(
    "sources_v",
    order="name",
    shown=("name", "kind", "language", "country", "state", "last_visit_at", "last_new_at", "articles_7d"),
)
WATCHES = View("watches_v", order="name")


def with_restricted(view: View) -> View:
    """The same view with restricted reports in it, each marked. Raises UsageError for one that never has any."""
    twin = views.named(view.name, True)
    if twin == view.name:
        raise UsageError("--restricted is for articles and facts: a restricted report makes no development")
    return replace(view, name=twin, restricted=True, shown=(*view.shown, "restricted"))
