"""The views people query: same names and columns on SQLite and Postgres. They hold nothing; each upgrade remakes them.

Times are ISO 8601 text in UTC and lists are JSON text on both engines, so that one query of docs/sql.md serves both.
Restricted reports are in none of them. Four have a twin that has those too, each row with `restricted`; ad-hoc SQL does
not reach the twins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection


@dataclass(frozen=True)
class Dialect:
    """How an engine writes what the views need."""

    time: Callable[[str], str]
    array: Callable[[str], str]
    names: Callable[[str, str], str]  # (column, FROM and WHERE) -> JSON list of the column, best score first
    days_ago: Callable[[int], str]


_SQLITE = Dialect(
    time=lambda column: f"substr({column}, 1, 19) || 'Z'",
    array=lambda column: column,
    # Not json_group_array: it may not stand in a view that a guarded connection reads. The names are slugs.
    names=lambda column, rest: (
        f"""(SELECT '[' || coalesce(group_concat('"' || {column} || '"', ','), '') || ']'"""
        f" FROM (SELECT {column} {rest} ORDER BY score DESC, {column}))"
    ),
    days_ago=lambda days: f"strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', '-{days} days')",
)
_POSTGRES = Dialect(
    time=lambda column: f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    array=lambda column: f"replace({column}::text, '\", \"', '\",\"')",
    names=lambda column, rest: (
        f"(SELECT replace(coalesce(json_agg({column} ORDER BY score DESC, {column}), '[]')::text, '\", \"', '\",\"') {rest})"
    ),
    days_ago=lambda days: f"now() - interval '{days} days'",
)


#: The views of articles and of what they state, and the twins that have restricted ones too.
TWINS = {
    "articles_v": "articles_all_v",
    "facts_v": "facts_all_v",
    "article_topics_v": "article_topics_all_v",
    "article_events_v": "article_events_all_v",
}
#: A restricted report is in no development, and stands beside one.
_BESIDE = """coalesce(da.development_id, (SELECT min(m.development_id) FROM development_mentions m
                   WHERE a.restricted AND m.article_id = a.id))"""


def definitions(dialect: Dialect) -> dict[str, str]:
    """Each view's SELECT by its name."""
    return {**_of_articles(dialect, everything=False), **_of_the_rest(dialect)}


def twins(dialect: Dialect) -> dict[str, str]:
    return {TWINS[name]: select for name, select in _of_articles(dialect, everything=True).items()}


def named(view: str, restricted: bool) -> str:
    """The view to read: for whoever asks for restricted reports its twin."""
    return TWINS.get(view, view) if restricted else view


def _of_articles(dialect: Dialect, everything: bool) -> dict[str, str]:
    """The views that would have restricted reports in them; this is where those are left out."""
    time, names = dialect.time, dialect.names
    current_version = "article_versions v ON v.article_id = a.id AND v.is_current"
    development, marked = (_BESIDE, ", a.restricted") if everything else ("da.development_id", "")
    public = "true" if everything else "NOT a.restricted"
    # Which are few: a list of them costs less than a look at each article.
    public_version = "true" if everything else "v.article_id NOT IN (SELECT id FROM articles WHERE restricted)"
    return {
        "articles_v": f"""
            SELECT a.id, a.url, a.canonical_url, s.name AS source, a.outlet, v.title, v.byline, v.language,
                   {time("v.published_at")} AS published_at, v.published_from, {time("a.found_at")} AS found_at,
                   {names("topic", "FROM article_topics WHERE version_id = v.id")} AS topics,
                   {names("event_type", "FROM article_events WHERE version_id = v.id")} AS event_types,
                   {development} AS development_id, a.duplicate_of, v.paywalled, v.words, p.sha256, v.text{marked}
            FROM articles a JOIN {current_version} JOIN pages p ON p.id = v.page_id
            LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN development_articles da ON da.article_id = a.id
            WHERE {public}""",
        "facts_v": f"""
            SELECT f.id, {development} AS development_id, a.id AS article_id, f.kind, f.value, f.low, f.high, f.bound, f.unit,
                   f.status, f.nationality, f.name, f.role, f.place, f.country, f.from_country, f.via_country, f.to_country,
                   f.currency, f.event_date, f.speaker, f.quote, s.name AS source, a.url,
                   {time("v.published_at")} AS published_at, f.confidence, f.origin{marked}
            FROM facts f JOIN article_versions v ON v.id = f.version_id AND v.is_current JOIN articles a ON a.id = v.article_id
            LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN development_articles da ON da.article_id = a.id
            WHERE f.superseded IS NULL AND {public}""",
        "article_topics_v": f"""
            SELECT v.article_id, t.topic FROM article_topics t JOIN article_versions v ON v.id = t.version_id AND v.is_current
            WHERE {public_version}""",
        "article_events_v": f"""
            SELECT v.article_id, e.event_type FROM article_events e JOIN article_versions v ON v.id = e.version_id AND v.is_current
            WHERE {public_version}""",
    }


def _of_the_rest(dialect: Dialect) -> dict[str, str]:
    time, array = dialect.time, dialect.array
    return {
        "sources_v": f"""
            SELECT s.name, s.title, s.kind, s.type, s.url, s.language, s.country,
                   CASE WHEN s.retired_at IS NOT NULL THEN 'retired' ELSE coalesce(st.state, 'unproven') END AS state,
                   {time("st.last_visit_at")} AS last_visit_at, {time("st.last_new_at")} AS last_new_at,
                   CASE WHEN s.retired_at IS NULL THEN {time("st.next_visit_at")} END AS next_visit_at,
                   (SELECT count(*) FROM articles a WHERE a.source_id = s.id AND a.found_at >= {dialect.days_ago(7)}) AS articles_7d
            FROM sources s LEFT JOIN source_states st ON st.source_id = s.id""",
        "watches_v": f"""
            SELECT name, origin, mode, {time("created_at")} AS created_at, {time("retired_at")} AS retired_at FROM watches""",
        "developments_v": f"""
            SELECT id, title, lede, {array("topics")} AS topics, {array("event_types")} AS event_types,
                   {array("countries")} AS countries, event_date, status, {time("first_found_at")} AS first_found_at,
                   {time("last_found_at")} AS last_found_at, {time("updated_at")} AS updated_at, articles, sources,
                   independent_sources, first_reporter, thread_id, merged_into
            FROM developments""",
        "matches_v": """
            SELECT v.article_id, w.name AS watch, m.fired, m.reason
            FROM matches m JOIN article_versions v ON v.id = m.version_id AND v.is_current JOIN watches w ON w.id = m.watch_id""",
        "changes_v": f"""
            SELECT id, development_id, seq, kind, origin, {time("at")} AS at, cause_article_id, what, old, new, by
            FROM development_changes""",
        "alerts_v": f"""
            SELECT n.id, w.name AS watch, n.development_id, c.seq AS change_seq, n.level, {time("n.created_at")} AS created_at
            FROM alerts n JOIN watches w ON w.id = n.watch_id JOIN development_changes c ON c.id = n.change_id""",
        "deliveries_v": f"""
            SELECT d.id, d.message_id, m.kind,
                   (SELECT CASE WHEN count(*) = 1 THEN min(ma.alert_id) END FROM message_alerts ma WHERE ma.message_id = m.id) AS alert_id,
                   d.channel, d.recipient, d.state, d.attempts, {time("d.not_before")} AS not_before,
                   {time("d.created_at")} AS created_at, {time("d.sent_at")} AS sent_at,
                   CASE WHEN d.state = 'suppressed' THEN coalesce(d.reason, d.last_error) ELSE d.last_error END AS last_error
            FROM deliveries d JOIN messages m ON m.id = d.message_id""",
        "message_alerts_v": "SELECT message_id, alert_id FROM message_alerts",
        "pages_v": f"""
            SELECT p.id, p.url, s.name AS source, {time("p.fetched_at")} AS fetched_at, p.http_status,
                   CASE WHEN o.state IS NULL OR o.state = 'retry' THEN 'pending' ELSE o.state END AS state,
                   coalesce(o.reason, p.refused) AS reason, p.sha256
            FROM pages p LEFT JOIN page_outcomes o ON o.page_id = p.id LEFT JOIN sources s ON s.id = p.source_id
            WHERE NOT p.restricted""",
        "development_countries_v": "SELECT development_id, country FROM development_countries",
        "interactions_v": """
            SELECT development_id, actor_country, actor_agency, host_country, host_agency, type, instrument, stage, edition,
                   persons, item, value, currency, event_date, date_precision, best_source, independent_sources
            FROM interactions""",
    }


#: In the order of the documentation.
NAMES = (
    "sources_v", "watches_v", "articles_v", "developments_v", "facts_v", "matches_v", "changes_v", "alerts_v",
    "deliveries_v", "message_alerts_v", "pages_v", "article_topics_v", "article_events_v", "development_countries_v",
    "interactions_v",
)  # fmt: skip

#: What each row is, in a line.
ABOUT = {
    "sources_v": "Where we look.",
    "watches_v": "Standing questions.",
    "articles_v": "Articles, each in its current version.",
    "developments_v": "What happened, one row each.",
    "facts_v": "Stated facts, each with its quote.",
    "matches_v": "What a watch made of an article: fired or a near miss, and why.",
    "changes_v": "What befell a development.",
    "alerts_v": "Decisions to tell.",
    "deliveries_v": "Messages on their way to a recipient (masked).",
    "message_alerts_v": "Which alerts a message tells of.",
    "pages_v": "What was fetched, or refused, and its end.",
    "article_topics_v": "One row for each topic of an article.",
    "article_events_v": "One row for each event type of an article.",
    "development_countries_v": "One row for each country of a development.",
    "interactions_v": "Who does what with whom in overseas policing.",
}


def create(db: Connection) -> None:
    """Make every view anew."""
    drop(db)
    dialect = _SQLITE if db.dialect.name == "sqlite" else _POSTGRES
    for name, select in {**definitions(dialect), **twins(dialect)}.items():
        db.execute(sa.text(f"CREATE VIEW {name} AS {select}".replace(":", "\\:")))


def drop(db: Connection) -> None:
    """Take the views away, so that a migration may change what they read."""
    for name in (*NAMES, *TWINS.values()):
        db.execute(sa.text(f"DROP VIEW IF EXISTS {name}"))
