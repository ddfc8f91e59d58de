"""What a message says: its content, rendered once from stories and frozen. Pure but for the templates it loads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts import headline as lines
from alerts.plain import safe, safe_url, wrap
from alerts.story import Report, Stated, Story, Told
from core.clock import iso

Kind = Literal["alert", "correction", "digest", "finding", "test"]

#: Of the frozen content, so that an old row can be told from a new one.
CONTENT_VERSION = 1
_TITLE_LIMIT = 200
_FACTS_SHOWN = 6
_OUTLETS_SHOWN = 6
_CHAT_LIMIT = 1500
#: Where the name of a source's type does not read well behind its name.
_SOURCE_TYPES = {
    "wire": "news agency",
    "state_media": "state media",
    "ngo": "NGO",
    "think_tank": "think tank",
}


@dataclass(frozen=True)
class Content:
    """A message as it is frozen: `title`, `text` and `html` for people, `facts` and `stories` for the record."""

    kind: Kind
    title: str
    text: str
    html: str
    chat: str
    facts: list[str] = field(default_factory=list)  # values that this message names: whom a correction must reach
    links: list[str] = field(default_factory=list)
    stories: list[dict[str, Any]] = field(default_factory=list)
    thread: int | None = None  # the development, by which mails are threaded

    def as_json(self) -> dict[str, Any]:
        return {"version": CONTENT_VERSION, **vars(self)}


def compose(kind: Kind, stories: tuple[Story, ...], zone: tzinfo) -> Content:
    """The content of an alert, a correction or a digest."""
    if len(stories) > 1:
        return _digest(stories, zone)
    return _single(kind, stories[0], zone)


def finding(kind: str, subject: str, detail: str, at: datetime, zone: tzinfo) -> Content:
    """What the operator must know."""
    title = safe(f"Nightdesk: {kind.replace('_', ' ')}: {subject}", _TITLE_LIMIT)
    lines_ = [safe(detail), "", f"Noticed {moment(at, zone)}."]
    return _plain("finding", title, lines_)


def findings_list(title: str, lines_: Sequence[str]) -> Content:
    """Several findings that need wake nobody."""
    return _plain("finding", safe(title, _TITLE_LIMIT), list(lines_))


def test(channel: str, at: datetime, zone: tzinfo) -> Content:
    """A message that says of itself that it is a test."""
    text = [
        f'This is a test of the channel "{safe(channel)}". Nothing happened in the world.',
        "",
        f"Sent {moment(at, zone)}.",
    ]
    return _plain("test", f"Nightdesk test: channel {safe(channel)}", text)


def fallback(kind: Kind, stories: tuple[Story, ...]) -> Content:
    """The least that can be said, where rendering failed: a line and a link each."""
    texts: list[str] = []
    for story in stories:
        report = story.shown
        texts += [safe(story.title, _TITLE_LIMIT), safe_url(report.url) if report else "", ""]
    title = safe(stories[0].title, _TITLE_LIMIT) if stories else "Nightdesk"
    content = _plain(kind, title, texts)
    return Content(**{**content.__dict__, "thread": stories[0].development_id if len(stories) == 1 else None})


def moment(at: datetime, zone: tzinfo) -> str:
    """`13 Oct 2026, 13:02 (06:02 UTC)`."""
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    shown = f"{local.day} {local:%b %Y}, {local:%H:%M}"
    return f"{shown} UTC" if local.utcoffset() == utc.utcoffset() else f"{shown} ({utc:%H:%M} UTC)"


def _plain(kind: Kind, title: str, text: list[str]) -> Content:
    body = "\n".join(wrap(line) if line else "" for line in [title, "", *text]).strip() + "\n"
    html = _templates().get_template("plain.html").render(title=title, paragraphs=[line for line in text if line])
    return Content(kind=kind, title=title, text=body, html=html, chat=body[:_CHAT_LIMIT])


def _single(kind: Kind, story: Story, zone: tzinfo) -> Content:
    view = _view(story, zone)
    render = _templates().get_template
    if kind != "digest":
        kind = "correction" if story.level == "correction" else "alert"
    return Content(
        kind=kind,
        title=view["title"],
        text=_tidy(render("alert.txt").render(view)),
        html=render("alert.html").render(view),
        chat=_tidy(render("alert.chat").render(view))[:_CHAT_LIMIT],
        facts=lines.values_named(story.facts),
        links=[view["url"]] if view["url"] else [],
        stories=[_record(story, view)],
        thread=story.development_id,
    )


def _digest(stories: tuple[Story, ...], zone: tzinfo) -> Content:
    views = [_view(story, zone) for story in stories]
    count = len(views)
    title = safe(f"Digest: {count} developments: {views[0]['title']}", _TITLE_LIMIT)
    values: dict[str, Any] = {"title": title, "count": count, "items": views}
    render = _templates().get_template
    chat = f"{count} developments\n" + "\n".join(f"- {view['title']} {view['url']}" for view in views)
    return Content(
        kind="digest",
        title=title,
        text=_tidy(render("digest.txt").render(values)),
        html=render("digest.html").render(values),
        chat=chat,
        facts=list(dict.fromkeys(value for story in stories for value in lines.values_named(story.facts))),
        links=[view["url"] for view in views if view["url"]],
        stories=[_record(story, view) for story, view in zip(stories, views, strict=True)],
    )


def _view(story: Story, zone: tzinfo) -> dict[str, Any]:
    """The values of a template: every string clean, every decision made."""
    report = story.shown
    changes = []
    if story.level != "new":  # to who is told for the first time nothing has changed
        changes = [_change(told) for told in story.told if told.old or told.new]
    prefix = {"update": "Update: ", "correction": "Correction: "}.get(story.level, "")
    what = lines.headline(story)
    return {
        "title": safe(prefix + what, _TITLE_LIMIT),
        "headline": safe(report.title if report else story.title, 500),
        "language": report.language if report else None,
        "outlet": safe(report.outlet if report else "", 120),
        "url": safe_url(report.url) if report else "",
        "quote": safe(story.quote, 600),
        "changes": changes,
        "level": story.level,
        "facts": _facts(story),
        "sources": _sources(story),
        "published": moment(report.published_at, zone) if report else "",
        "found": moment(report.found_at, zone) if report else "",
        "watch": story.watch,
        "terms": [safe(term, 80) for term in story.terms][:8],
        "development": f"d{story.development_id}",
        "alerts": [f"n{told.alert_id}" for told in story.told],
    }


def _change(told: Told) -> dict[str, str]:
    names = {
        "figure": "Figure",
        "official": "Official word",
        "country": "Country",
        "batch": "New batch",
        "name": "Name",
    }
    what = told.what or ("" if told.level == "new" else "change")
    return {
        "what": names.get(what, what.replace("_", " ").capitalize()),
        "old": safe(told.old, 200),
        "new": safe(told.new, 200),
        "level": told.level,
    }


def _facts(story: Story) -> list[dict[str, str]]:
    """Figures first, then places, routes, dates and names; each once, with who says it, the shown article first."""
    by_article = {report.id: report for report in story.reports}
    order = {"count": 0, "money": 1, "route": 2, "place": 3, "date": 4, "agency": 5, "org": 6, "person": 7}
    shown: dict[str, dict[str, str]] = {}
    shown_first = story.shown.id if story.shown else None
    ranked = sorted(
        story.facts,
        key=lambda fact: (not fact.leading, order.get(fact.kind, 9), fact.article_id != shown_first),
    )
    for fact in ranked:
        line = safe(lines.describe(fact), 160)
        if line and line not in shown:
            shown[line] = {
                "line": line,
                "who": _who(fact, by_article.get(fact.article_id)),
                "quote": safe(fact.quote, 240),
            }
    return list(shown.values())[:_FACTS_SHOWN]


def _who(fact: Stated, report: Report | None) -> str:
    if not fact.quote:  # an analyst's own, of which the article says nothing
        return safe(fact.speaker, 120) or "an analyst of this desk"
    outlet = safe(report.outlet, 120) if report else ""
    kind = f" ({_SOURCE_TYPES.get(report.source_type, report.source_type)})" if report and report.source_type else ""
    speaker = safe(fact.speaker, 120)
    if speaker and outlet:
        return f"{speaker}, in {outlet}{kind}"
    return speaker or f"{outlet}{kind}"


def _sources(story: Story) -> str:
    outlets = [safe(outlet, 80) for outlet in story.outlets]
    named = ", ".join(outlets[:_OUTLETS_SHOWN])
    if len(outlets) > _OUTLETS_SHOWN:
        named += f" and {len(outlets) - _OUTLETS_SHOWN} more"
    count = max(story.independent_sources, 1)
    independent = "1 source" if count == 1 else f"{count} independent sources"
    return f"{independent}: {named}"


def _record(story: Story, view: dict[str, Any]) -> dict[str, Any]:
    """The machine's copy of what one part of a message told."""
    report = story.shown
    return {
        "development": story.development_id,
        "watch": story.watch,
        "level": story.level,
        "title": view["title"],
        "headline": view["headline"],
        "quote": view["quote"],
        "url": view["url"],
        "outlet": view["outlet"],
        "outlets": list(story.outlets),
        "independent_sources": story.independent_sources,
        "event_types": list(story.event_types),
        "countries": list(story.countries),
        "event_date": story.event_date,
        "published_at": iso(report.published_at) if report else None,
        "found_at": iso(report.found_at) if report else None,
        "article": report.id if report else None,
        "terms": list(story.terms),
        "facts": view["facts"],
        "changes": [{"alert": told.alert_id, **_change(told)} for told in story.told],
    }


def _tidy(text: str) -> str:
    """Without trailing spaces and with single empty lines, as a rendered template rarely is by itself."""
    lines_: list[str] = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        if line or (lines_ and lines_[-1]):
            lines_.append(line)
    return "\n".join(lines_) + "\n"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("alerts", "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrap"] = wrap
    return environment
