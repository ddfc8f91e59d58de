"""What one outlet shows at one moment: its stories with every word and date in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk.demo.story import Outlet, Stories, Story, Teaser
from nightdesk.demo.wording import Wording, wording


@dataclass(frozen=True)
class Entry:
    """One published story, as its outlet's pages and feed tell it."""

    key: str  # the story's own, unique in the newsroom
    path: str
    link: str  # absolute, with the tracking parameters that its feed adds
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    byline: str
    published: datetime

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True)
class Edition:
    outlet: Outlet
    base: str  # http://127.0.0.1:PORT
    entries: tuple[Entry, ...]  # newest first
    teasers: tuple[Teaser, ...]

    def page(self, path: str) -> Entry | None:
        """The story at `path`. A relisted one has the path of its original and comes after it."""
        found = [entry for entry in self.entries if entry.path == path]
        return min(found, key=lambda entry: entry.published, default=None)


@dataclass(frozen=True)
class Moment:
    """How far the newsroom is: when it was set up and opened, how fast it goes, and the time of its own schedule."""

    started: datetime
    opened: datetime
    elapsed: float
    speed: float

    def published(self, story: Story) -> datetime:
        if not story.at:
            return self.started - timedelta(days=story.age_days)
        return self.opened + timedelta(seconds=story.at / self.speed)

    def edited(self, story: Story) -> datetime | None:
        if story.edited_at is None or story.edited_at > self.elapsed:
            return None
        return self.opened + timedelta(seconds=story.edited_at / self.speed)


def edition(stories: Stories, outlet: Outlet, base: str, moment: Moment) -> Edition:
    """The outlet as a reader finds it at `moment`."""
    out = [story for story in stories.of(outlet.name) if story.at <= moment.elapsed]
    entries = [_entry(stories, story, outlet, base, moment) for story in out]
    entries.sort(key=lambda entry: entry.published, reverse=True)
    return Edition(outlet, base, tuple(entries), stories.teasers.get(outlet.language, ()))


def _entry(stories: Stories, story: Story, outlet: Outlet, base: str, moment: Moment) -> Entry:
    words = wording(moment.started.date() - timedelta(days=stories.days_ago(story)), outlet.language)
    page = story.copy_of if story.relisted and story.copy_of else story.slug
    edited = moment.edited(story)
    return Entry(
        key=story.slug,
        path=f"/news/{page}",
        link=f"{base}/news/{page}" + (f"?{story.query}" if story.query else ""),
        title=words.fill(story.edited_title if edited and story.edited_title else story.title),
        summary=words.fill(story.summary),
        paragraphs=_paragraphs(story.text, words),
        byline=story.byline,
        published=(edited or moment.published(story)).replace(microsecond=0),
    )


def _paragraphs(text: str, words: Wording) -> tuple[str, ...]:
    return tuple(words.fill(" ".join(part.split())) for part in text.strip().split("\n\n") if part.strip())
