"""What each column of the views holds, for formats whose columns have types. Every other column holds text."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"  # ISO 8601 in UTC
    LIST = "list"  # of words


#: Columns that hold the id of a row of another view, and which.
REFERS = {
    "article_id": "articles_v",
    "cause_article_id": "articles_v",
    "duplicate_of": "articles_v",
    "development_id": "developments_v",
    "merged_into": "developments_v",
    "alert_id": "alerts_v",
}
_WHOLE = frozenset({"id", *REFERS, "thread_id", "message_id", "change_seq", "seq", "words", "articles", "sources",
                    "independent_sources", "articles_7d", "attempts", "http_status"})  # fmt: skip
_NUMBER = frozenset({"value", "low", "high", "confidence", "persons"})
_TRUTH = frozenset({"paywalled", "fired"})
_TIME = frozenset({"at", "not_before"})
_LIST = frozenset({"topics", "event_types", "countries"})


def kind_of(column: str) -> Kind:
    """`published_at` is a time, `event_date` is text: it may be a year alone."""
    if column in _WHOLE:
        return Kind.WHOLE
    if column in _NUMBER:
        return Kind.NUMBER
    if column in _TRUTH:
        return Kind.TRUTH
    if column in _LIST:
        return Kind.LIST
    return Kind.TIME if column in _TIME or column.endswith("_at") else Kind.TEXT
