"""The newsroom's data: outlets, developments, and the stories that tell of them, read from the files beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Expectation = Literal["alert", "update", "copy", "noise", "baseline"]
Markup = Literal["semantic", "div_soup", "tables", "json_ld", "amp", "portal"]
FeedKind = Literal["rss_summary", "rss_content", "atom", "rdf", "json"]
Seconds = Annotated[float, Field(ge=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Outlet(_Entry):
    """One invented publisher: its manner of writing pages and feeds."""

    name: str
    title: str
    language: str
    country: str
    type: str
    markup: Markup
    feed: FeedKind
    charset: str = "utf-8"
    refuses_pages: bool = False


class Development(_Entry):
    """One invented change in the world, and the watches that must be told of it."""

    key: str
    days_ago: int = 1
    watches: tuple[str, ...] = ()


class Story(_Entry):
    """One entry of one outlet's feed, and what it was written to cause."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    outlet: str
    expect: Expectation
    development: str | None = None
    at: Seconds = 0  # after the opening; 0 is there before it
    age_days: float = 0  # how old a baseline story is at the opening
    title: str = ""
    summary: str = ""
    text: str = ""
    byline: str = ""
    copy_of: str | None = None  # the words are another story's
    relisted: bool = False  # with copy_of: the same page again, under another address
    query: str = ""  # tracking parameters of the link in the feed
    edited_at: Seconds | None = None
    edited_title: str = ""


class Teaser(_Entry):
    title: str
    text: str


@dataclass(frozen=True)
class Stories:
    """Everything the newsroom publishes, with copies filled in."""

    outlets: tuple[Outlet, ...]
    developments: dict[str, Development]
    stories: tuple[Story, ...]
    teasers: dict[str, tuple[Teaser, ...]]

    @cached_property
    def by_slug(self) -> dict[str, Story]:
        return {story.slug: story for story in self.stories}

    def days_ago(self, story: Story) -> int:
        """How long before the demo the event of `story` lies; news of nothing in particular is of yesterday."""
        return self.developments[story.development].days_ago if story.development else 1 + int(story.age_days)

    def of(self, outlet: str) -> Iterator[Story]:
        return (story for story in self.stories if story.outlet == outlet)

    def watches_told(self, expect: Expectation) -> int:
        """How many (watch, change) pairs the stories written as `expect` cause."""
        return sum(
            len(self.developments[story.development].watches)
            for story in self.stories
            if story.expect == expect and story.development
        )


def load_stories() -> Stories:
    """Read outlets.toml and stories/*.toml; a bad file fails here, with its key."""
    here = files(__package__)
    frame = _toml(here / "outlets.toml")
    parts = [_toml(part) for part in sorted((here / "stories").iterdir(), key=str) if part.name.endswith(".toml")]
    written = [Story.model_validate(story) for part in parts for story in part["story"]]
    developments = [Development.model_validate(entry) for part in parts for entry in part.get("development", [])]
    return Stories(
        outlets=tuple(Outlet.model_validate(entry) for entry in frame["outlet"]),
        developments={development.key: development for development in developments},
        stories=tuple(sorted(_with_copies(written), key=lambda story: story.at)),
        teasers={
            language: tuple(Teaser.model_validate(entry) for entry in entries)
            for language, entries in frame["teasers"].items()
        },
    )


def _toml(part: Traversable) -> dict[str, Any]:
    return tomllib.loads(part.read_text(encoding="utf-8"))


def _with_copies(written: list[Story]) -> Iterator[Story]:
    by_slug = {story.slug: story for story in written}
    for story in written:
        original = story
        while original.copy_of is not None:
            original = by_slug[original.copy_of]
            story = _filled(story, original)
        yield story


def _filled(story: Story, original: Story) -> Story:
    return story.model_copy(
        update={
            "title": story.title or original.title,
            "summary": story.summary or original.summary,
            "text": original.text,
            "byline": story.byline or original.byline,
            "development": original.development,
        }
    )
