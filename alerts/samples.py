"""Invented stories, to preview a message and to try templates on: each way in which messages differ once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts import message
from alerts.language import speak
from alerts.story import Report, Stated, Story, Told
from alerts.style import Style
from alerts.templating import NAMES, TemplateMistake, Templates, strangers
from alerts.view import view
from core.errors import Mistake

_AT = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
_REPORT = Report(
    id=12,
    url="https://news.example.org/river-compound",
    outlet="The Harbour Post",
    title="Dozens walk out of river compound",
    language="en",
    published_at=_AT - timedelta(minutes=20),
    found_at=_AT,
    source_type="newspaper",
)
_FACTS = (
    Stated(
        kind="count",
        quote="at least 48 people",
        article_id=12,
        value=48,
        unit="people",
        status="done",
        bound="at_least",
        nationality="PH",
        leading=True,
    ),
    Stated(
        kind="count",
        quote="about 300",
        article_id=12,
        value=300,
        unit="people",
        status="waiting",
        speaker="the embassy",
    ),
    Stated(kind="place", quote="Myawaddy", article_id=12, place="Myawaddy", country="MM"),
    Stated(kind="date", quote="on Monday", article_id=12, event_date="2026-10-12"),
)


def story() -> Story:
    """A development as a message tells of it first."""
    return Story(
        development_id=34,
        title=_REPORT.title,
        event_types=("rescue_release",),
        countries=("MM",),
        status="lead",
        event_date="2026-10-12",
        independent_sources=2,
        watch="releases",
        reports=(_REPORT, replace(_REPORT, id=13, outlet="湄公日报", title="数十人离开园区", language="zh")),
        facts=_FACTS,
        told=(Told(alert_id=56, level="new", seq=1, what=None, old=None, new=None),),
        article_id=12,
        quote="At least 48 people walked out of the compound on Monday, the embassy said.",
        terms=("Myawaddy", "walked out"),
    )


def _stories() -> tuple[Story, ...]:
    first = story()
    update = Told(alert_id=57, level="update", seq=2, what="figure", old="at least 40", new="48")
    correction = Told(alert_id=58, level="correction", seq=3, what="place", old="Mae Sot", new=None)
    bare = replace(first, event_types=(), facts=(), reports=(), quote=None, terms=(), article_id=None, event_date=None)
    return first, replace(first, told=(update,)), replace(first, told=(correction,)), bare


def template_mistakes(folder: Path) -> list[Mistake]:
    """What is wrong with the templates beside a configuration, each tried on every kind of message."""
    templates = Templates(folder / "templates")
    mistakes = strangers(templates)
    for name in templates.own():
        if name in NAMES:
            found = {str(mistake): mistake for mistake in _tried(templates, name)}
            mistakes += [Mistake(_place(one), "", one.problem) for one in found.values()]
    return mistakes


def _place(mistake: TemplateMistake) -> str:
    return f"{mistake.file}:{mistake.line}" if mistake.line else mistake.file


def _tried(templates: Templates, name: str) -> Iterator[TemplateMistake]:
    for detail in ("full", "figures", "link"):
        style = Style(speak("en"), detail, templates, "https://desk.example.org")
        seen = [view(one, UTC, style) for one in _stories()]
        drawn = "alert.html" if name == "base.html" else name
        values = seen if drawn.startswith("alert.") else [message.digest_values(seen, style, ("A line at the foot.",))]
        for one in values:
            try:
                templates.draw(drawn, one)
            except TemplateMistake as mistake:
                yield mistake
