"""What readers ask for with the links of a message: done as an analyst's commands do it, signed with the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from alerts.links import Wish
from core.errors import NotFound
from core.ids import show_id
from pipeline import analyst
from pipeline.analyst import Signed
from store import alerts, families, rulings, silences

#: How long a development is mute for a watch.
MUTE = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """A wish with what it is about, as things stand now."""

    wish: Wish
    watch_id: int
    watch: str
    development_id: int
    article_id: int | None
    members: tuple[int, ...]  # the articles of the development

    @property
    def development(self) -> str:
        return show_id("development", self.development_id)

    @property
    def alert(self) -> str:
        return show_id("alert", self.wish.alert_id)

    @property
    def signed(self) -> Signed:
        return Signed(f"a reader of {self.wish.channel}", f"by the link in alert {self.alert}")

    @property
    def is_only_report(self) -> bool:
        return self.article_id is None or self.members == (self.article_id,)

    @property
    def is_taken_out(self) -> bool:
        """Whether somebody has taken the report out already."""
        return self.article_id is not None and self.article_id not in self.members

    @property
    def undo(self) -> str:
        """The command that puts the report back."""
        assert self.article_id is not None
        return f"nightdesk split {show_id('article', self.article_id)} --to {self.development}"


def look(db: Connection, wish: Wish) -> Asked:
    """Raises NotFound where the alert is no more."""
    row = alerts.alert(db, wish.alert_id)
    if row is None:
        raise NotFound(f"there is no alert {show_id('alert', wish.alert_id)}")
    root = analyst.root_of(db, row.development_id)
    return Asked(wish, row.watch_id, row.watch, root, row.article_id, tuple(families.member_ids(db, root)))


def carry_out(db: Connection, asked: Asked, now: datetime) -> str:
    """Do it, once however often it is asked; the command that takes it back. Raises UsageError."""
    if asked.wish.action == "mute":
        return _mute(db, asked, now)
    if asked.wish.action == "wrong_development":
        return _split(db, asked, now)
    return _dismiss(db, asked, now)


def _dismiss(db: Connection, asked: Asked, now: datetime) -> str:
    family = families.family(db, asked.development_id)
    if asked.watch_id not in rulings.irrelevant_for(db, family):
        analyst.rule_relevance(db, asked.development_id, asked.watch_id, asked.watch, False, asked.signed, now)
    return f"nightdesk label {asked.development} --relevant --watch {asked.watch}"


def _split(db: Connection, asked: Asked, now: datetime) -> str:
    assert asked.article_id is not None
    analyst.split(db, [asked.article_id], None, asked.signed, now)
    return asked.undo


def _mute(db: Connection, asked: Asked, now: datetime) -> str:
    matcher = {"watch": asked.watch, "development_id": asked.development_id}
    wanted = {name: matcher.get(name) for name in silences.MATCHERS}
    same = (row for row in silences.standing(db, now) if {name: getattr(row, name) for name in wanted} == wanted)
    standing = next((row.id for row in same), None)
    if standing is None:
        signed = asked.signed
        standing = silences.add(db, signed.by, signed.reason or "", now, now + MUTE, matcher, now)
    return f"nightdesk silences end {show_id('silence', standing)}"
