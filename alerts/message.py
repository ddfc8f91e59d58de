"""What a message says: its content, rendered once from stories and frozen. Pure but for the templates it loads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from alerts.figures import values_named, values_told
from alerts.language import Language, speak
from alerts.markdown import link, paragraphs
from alerts.masking import Mask, mask_for
from alerts.plain import safe, safe_url, without_calls, wrap
from alerts.story import Story, Told
from alerts.style import Style, plain_style
from alerts.templating import built_in
from alerts.view import TITLE_LIMIT, WORDS_OF_ARTICLES, view
from core.clock import iso

Kind = Literal["alert", "correction", "digest", "finding", "reminder", "report", "test", "welcome"]

#: Of the frozen content, so that an old row can be told from a new one.
CONTENT_VERSION = 2
_CHAT_LIMIT = 1500
_MARKDOWN_LIMIT = 3000
_GOES_ON = "\n\n…\n"
_LIST_LIMIT = 12_000  # of a list for the operator, which comes in several parts


@dataclass(frozen=True)
class Content:
    """A message as it is frozen: `title`, `text` and `html` for people, `facts` and `stories` for the record."""

    kind: Kind
    title: str
    text: str
    html: str
    chat: str
    markdown: str = ""  # for chat services that know markup: CommonMark, without the title
    facts: list[str] = field(default_factory=list)  # values that this message names: whom a correction must reach
    links: list[str] = field(default_factory=list)
    stories: list[dict[str, Any]] = field(default_factory=list)
    thread: int | None = None  # the development, by which mails are threaded
    language: str = "en"
    repeat_note: str = ""  # said with a second copy, in the message's language: long, and short for chat
    repeat_short: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"version": CONTENT_VERSION, **vars(self)}


def compose(
    kind: Kind,
    stories: tuple[Story, ...],
    zone: tzinfo,
    style: Style | None = None,
    foot: Sequence[str] = (),
    titled: Callable[[str], str] | None = None,
) -> Content:
    """The content of an alert, a correction or a digest. Raises TemplateMistake.

    `foot` ends a digest; `titled` makes its title of its first line.
    """
    style = style or plain_style()
    if len(stories) > 1 or foot:
        return _digest(stories, zone, style, foot, titled)
    return _single(kind, stories[0], zone, style)


def finding(
    kind: str, subject: str, details: Sequence[str], at: datetime, zone: tzinfo, language: Language | None = None
) -> Content:
    """What the operator must know: `kind` in words of the language, then what it is and what to do."""
    spoken = language or speak("en")
    title = safe(spoken.say("finding", "title", kind=kind, subject=subject), TITLE_LIMIT)
    lines = [line for detail in details if detail for line in (safe(detail), "")]
    lines.append(spoken.say("finding", "noticed", at=spoken.moment(at, zone)))
    return plain("finding", title, lines, spoken.tag)


def findings_list(title: str, lines: Sequence[str], language: str = "en") -> Content:
    """Several findings that need wake nobody."""
    return plain("finding", safe(title, TITLE_LIMIT), list(lines), language)


def test(channel: str, at: datetime, zone: tzinfo, language: str = "en") -> Content:
    """A message that says of itself that it is a test."""
    spoken = speak(language)
    lines = [
        spoken.say("frame", "test", channel=safe(channel)),
        "",
        spoken.say("frame", "sent", at=spoken.moment(at, zone)),
    ]
    return plain("test", spoken.say("frame", "test_title", channel=safe(channel)), lines, language)


def fallback(kind: Kind, stories: tuple[Story, ...], style: Style | None = None) -> Content:
    """The least that can be said, where rendering failed: a line and a link each; nothing that `detail` forbids."""
    style = style or plain_style()
    texts: list[str] = []
    for story in stories:
        seen = view(story, UTC, style)
        texts += [seen["title"], seen.get("url") or seen["desk"] or seen["development"], ""]
    title = texts[0] if texts else "Nightdesk"
    content = plain(kind, title, texts, style.language.tag)
    return Content(**{**vars(content), "thread": stories[0].development_id if len(stories) == 1 else None})


def plain(kind: Kind, title: str, lines: Sequence[str], language: str = "en") -> Content:
    """A message of a title and lines of text."""
    body = "\n".join(wrap(line) if line else "" for line in [title, "", *lines]).strip() + "\n"
    spoken = speak(language)
    values = {"title": title, "paragraphs": [line for line in lines if line], "tag": spoken.tag}
    html = built_in().draw("plain.html", values)
    said = _tidy("\n".join([title, "", *lines]))  # a telephone breaks lines by itself
    return Content(
        kind=kind,
        title=title,
        text=body,
        html=html,
        chat=without_calls(_cut(said, _CHAT_LIMIT)),
        markdown=without_calls(_cut(paragraphs(lines), _LIST_LIMIT)),
        **_of_language(spoken.tag),
    )


def _single(kind: Kind, story: Story, zone: tzinfo, style: Style) -> Content:
    seen = view(story, zone, style)
    if kind != "digest":
        kind = "correction" if story.level == "correction" else "alert"
    return Content(
        kind=kind,
        title=seen["title"],
        **_drawn("alert", seen, style),
        facts=_named((story,), style),
        links=_links([seen]),
        stories=[_record(story, seen)],
        thread=story.development_id,
        **_of_language(style.language.tag),
    )


def _digest(
    stories: tuple[Story, ...],
    zone: tzinfo,
    style: Style,
    foot: Sequence[str],
    titled: Callable[[str], str] | None,
) -> Content:
    seen = [view(story, zone, style) for story in stories]
    values = digest_values(seen, style, foot, titled)
    return Content(
        kind="digest",
        title=values["title"],
        **_drawn("digest", values, style),
        facts=_named(stories, style),
        links=_links(seen),
        stories=[_record(story, one) for story, one in zip(stories, seen, strict=True)],
        **_of_language(style.language.tag),
    )


def digest_values(
    seen: Sequence[dict[str, Any]],
    style: Style,
    foot: Sequence[str],
    titled: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """What the templates of a digest draw, from what those of an alert would."""
    say, count = style.language.say, len(seen)
    first = seen[0]["title"] if seen else ""
    if style.detail == "link":
        title = say("frame", "short_title", count, n=str(count))
    elif titled is not None:
        title = safe(titled(first), TITLE_LIMIT)
    else:
        title = safe(say("frame", "digest_title", count, n=str(count), first=first), TITLE_LIMIT)
    return {
        "title": title,
        "heading": title if titled is not None else say("frame", "digest", count, n=str(count)),
        "items": seen,
        "foot": [safe(line, 500) for line in foot],
        "tag": style.language.tag,
        "link": link,
        "say": lambda key, count=None, **slots: say("frame", key, count, **slots),
    }


def _drawn(name: str, values: dict[str, Any], style: Style) -> dict[str, Any]:
    """The four forms of a message. A digest's chat is whole, since it must name everything that it gathers."""
    draw = style.templates.draw
    chat, markdown = _tidy(draw(f"{name}.chat", values)), _tidy(draw(f"{name}.md", values), keep=True)
    if name == "alert":
        if len(chat) > _CHAT_LIMIT and (
            values.get("short_quote") or values.get("voices")
        ):  # rather than the links at its end
            chat = _tidy(draw(f"{name}.chat", {**values, "short_quote": "", "voices": []}))
        chat, markdown = _cut(chat, _CHAT_LIMIT), _cut(markdown, _MARKDOWN_LIMIT)
    return {
        "text": _tidy(draw(f"{name}.txt", values)),
        "html": draw(f"{name}.html", values),
        "chat": without_calls(chat),
        "markdown": without_calls(markdown),
    }


def _named(stories: Sequence[Story], style: Style) -> list[str]:
    """Every value that a message names; one that says only that there is something names none."""
    if style.detail == "link":
        return []
    named = [v for one in stories for v in (*values_named(one.facts), *values_told(one.told))]
    if style.detail == "full":  # a retraction names the headline that it takes back
        named += [" ".join(one.shown.title.casefold().split()) for one in stories if one.shown]
    return list(dict.fromkeys(named))


def _of_language(tag: str) -> dict[str, Any]:
    say = speak(tag).say
    return {"language": tag, "repeat_note": say("frame", "repeat"), "repeat_short": say("frame", "repeat_short")}


def _links(seen: Sequence[dict[str, Any]]) -> list[str]:
    """The articles first, then their pages on the desk."""
    return [url for key in ("url", "desk") for one in seen if (url := one.get(key))]


def _record(story: Story, seen: dict[str, Any]) -> dict[str, Any]:
    """The machine's copy of what one part of a message told; docs/webhook.md describes it."""
    report, full = story.shown, seen["detail"] == "full"
    mask = mask_for(story)
    record: dict[str, Any] = {
        "development": story.development_id,
        "watch": story.watch,
        "level": story.level,
        "title": seen["title"],
        "desk": seen["desk"],
        "actions": {action["name"]: action["url"] for action in seen["actions"]},
    }
    if seen["detail"] == "link":
        return record
    return record | {
        "headline": seen["headline"],
        "quote": seen["quote"],
        "url": safe_url(report.url) if report else "",
        "outlet": seen["outlet"],
        "outlets": [safe(outlet, 80) for outlet in story.outlets] if full else [],
        "language": seen["language"],
        "independent_sources": story.independent_sources,
        "event_types": list(story.event_types),
        "countries": list(story.countries),
        "event_date": story.event_date,
        "published_at": iso(report.published_at) if report else None,
        "found_at": iso(report.found_at) if report else None,
        "article": report.id if report else None,
        "terms": seen["terms"],
        "facts": [{**fact["stated"], **{key: fact[key] for key in ("line", "who", "quote")}} for fact in seen["facts"]],
        "changes": [_change(told, mask, full) for told in story.told],
    }


def _change(told: Told, mask: Mask, full: bool) -> dict[str, Any]:
    """A change as the record has it, whatever the language of the message; its words only where they may be sent."""
    values = (told.old, told.new) if full or told.what not in WORDS_OF_ARTICLES else (None, None)
    old, new = (safe(mask(value), 200) if value else None for value in values)
    return {"alert": told.alert_id, "level": told.level, "what": told.what, "old": old, "new": new}


def _tidy(text: str, *, keep: bool = False) -> str:
    """Without trailing spaces, unless they are markup, and with single empty lines."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        line = (line if keep else line.rstrip()) if line.strip() else ""
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _cut(text: str, limit: int) -> str:
    """At most `limit` characters, whole lines where there are several; that something is left out shows."""
    if len(text) <= limit:
        return text
    room = text[: limit - len(_GOES_ON)]
    return (room.rpartition("\n")[0] or room).rstrip() + _GOES_ON
