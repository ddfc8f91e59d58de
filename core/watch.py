"""A watch: a user's standing question, as a value that the stages share."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.digest_hour import DigestAt
from core.duration import Duration
from core.saying import Saying

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]


class Watch(BaseModel):
    """One `[[watch]]`. All filters given must hold; a watch without any filter is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    query: str | None = None
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    threads: tuple[Annotated[str, Field(pattern=r"^t[1-9]\d{0,17}$")], ...] = ()  # cases that are followed
    minimum_sources: Annotated[int, Field(ge=1)] = 1
    channels: tuple[str, ...] = ()
    mode: Literal["immediate", "digest"] = "immediate"
    digest_at: DigestAt | None = None
    digest_empty: bool = False
    group_wait: Duration = timedelta(seconds=60)
    update_interval: Duration = timedelta(minutes=15)
    updates: Literal["all", "figures", "official", "none"] = "all"
    urgent: bool = False
    show_names: bool = False  # of victims, and phone numbers: masked otherwise
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_a_question(self) -> Watch:
        if self.query is not None and not self.query.strip():
            raise ValueError("query is empty; leave the key out to match by the other filters")
        if not (self.asks_articles or self.threads):
            raise ValueError(
                "a watch needs at least one filter: topics, events, query, countries, languages, sources or threads"
            )
        return self

    @property
    def asks_articles(self) -> bool:
        """Whether anything is asked of single articles; a watch of threads alone is judged by developments."""
        return bool(self.topics or self.events or self.query or self.countries or self.languages or self.sources)


def not_valid(error: ValidationError) -> Saying:
    """What the operator is told of a kept definition that is no watch."""
    return Saying("watch_mistakes", "its definition is not valid: {n} mistakes", {"n": error.error_count()})
