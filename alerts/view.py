"""The values that a template draws: every string clean and masked, every decision made, in the channel's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from alerts import headline as lines
from alerts.figures import NEWS, changed, changed_amount, describe
from alerts.markdown import link
from alerts.masking import mask_for
from alerts.plain import safe, safe_url
from alerts.story import FIELDS, WORDS, Report, Stated, Story, Told
from alerts.style import Style
from alerts.voices import voices

TITLE_LIMIT = 200
_SHORT_QUOTE = 300  # where a telephone shows it without a fold
_FACTS_SHOWN = 6
_OUTLETS_SHOWN = 6
_ORDER = {"count": 0, "money": 1, "route": 2, "place": 3, "date": 4, "agency": 5, "org": 6, "person": 7}
#: What a message that says nothing of the article's words may still list.
_FIGURES = frozenset({"count", "money", "route", "place", "date"})
#: Changes whose values are words of an article.
WORDS_OF_ARTICLES = frozenset({"article", "name"})
#: Values of a fact that hold no words of an article.
_STATED = tuple(name for name in FIELDS if name not in WORDS)


def view(story: Story, zone: tzinfo, style: Style) -> dict[str, Any]:
    """One development for the templates."""
    seen = _Seen(story, zone, style)
    return seen.little() if style.detail == "link" else seen.all()


def _rank(fact: Stated) -> int:
    """News before what surrounds it."""
    if fact.kind == "count" and fact.status not in NEWS:
        return _ORDER["money"]
    return _ORDER.get(fact.kind, 9)


class _Seen:
    """A story as one channel is to see it."""

    def __init__(self, story: Story, zone: tzinfo, style: Style) -> None:
        self._mask = mask_for(story)
        self._story = story
        self._report = story.shown
        self._zone = zone
        self._style = style
        self._language = style.language
        self._quoting = style.detail == "full"

    def all(self) -> dict[str, Any]:
        story, report, say = self._story, self._report, self._say
        facts, heard = self._facts(), self._voices()
        who = list(dict.fromkeys(fact["who"] for fact in facts))
        headline = self._words(report.title if report else story.title, 500) if self._quoting else ""
        title = self.title()
        url = safe_url(report.url) if report else ""
        outlet = self._words(report.outlet if report else "", 120)
        return {
            **self._frame(),
            "title": title,
            "headline": headline,
            "says_more": bool(headline) and not title.endswith(headline),
            "language": report.language if report else None,
            "outlet": outlet if self._quoting else "",
            "url": url,
            "read": say("read_at", outlet=outlet) if outlet and self._quoting else say("read"),
            "quote": self._words(story.quote, 600) if self._quoting else "",
            "short_quote": self._words(story.quote, _SHORT_QUOTE) if self._quoting else "",
            "changes": self._changes(),
            "level": story.level,
            "facts": facts,
            "facts_by_one": len(who) == 1,
            "stated": say("stated_by", who=who[0]) if len(who) == 1 and who[0] else say("stated"),
            "voices": heard if len(heard) > 1 else [],
            "voiced": say("stated_by", who=heard[0]["speaker"]) if len(heard) == 1 and heard[0]["speaker"] else "",
            "reported": self._reported(),
            "reported_short": say("reported_short", count=self._sources, n=str(self._sources)),
            "published": self._language.moment(report.published_at, self._zone) if report else "",
            "found": self._language.moment(report.found_at, self._zone) if report else "",
            "why": self._why(),
            "terms": [self._words(term, 80) for term in story.terms][:8] if self._quoting else [],
        }

    def little(self) -> dict[str, Any]:
        """That there is something, and where to look."""
        say = self._say
        return {
            **self._frame(),
            "title": say("short_title", count=1, n="1"),
            "short": say("short", count=1, n="1", watches=say("quoted", text=self._story.watch)),
            "look": say("look", id=f"d{self._story.development_id}"),
            "level": self._story.level,
        }

    def title(self) -> str:
        """Line one, marked where it is no first word on its development."""
        line = lines.headline(self._story, self._language, quoting=self._quoting)
        line = self._words(line, TITLE_LIMIT)
        if self._story.is_retracted:
            line = self._language.say("line", "retraction", line=line)
        elif self._story.level in ("update", "correction"):
            line = self._language.say("line", self._story.level, line=line)
        return safe(line, TITLE_LIMIT)

    def _frame(self) -> dict[str, Any]:
        story, say = self._story, self._say
        alerts = [f"n{told.alert_id}" for told in story.told]
        actions = self._style.actions(story)
        found = self._report.found_at if self._report else None
        at = self._language.moment(found, self._zone) if found else ""
        return {
            "say": say,
            "link": link,
            "tag": self._language.tag,
            "detail": self._style.detail,
            "watch": story.watch,
            "watched": say("watch", watch=story.watch),
            "development": f"d{story.development_id}",
            "alerts": alerts,
            "ids": say("ids", development=f"d{story.development_id}", alerts=self._language.join(alerts), at=at),
            "desk": self._style.desk(story.development_id),
            "actions": [{"name": name, "label": say(name), "url": url} for name, url in actions.items()],
        }

    @property
    def _sources(self) -> int:
        return max(self._story.independent_sources, 1)

    @property
    def _say(self) -> Callable[..., str]:
        def say(key: str, count: float | None = None, **values: str) -> str:
            return self._language.say("frame", key, count, **values)

        return say

    def _words(self, text: str | None, limit: int) -> str:
        return safe(self._mask(safe(text)), limit)

    def _why(self) -> str:
        story, say = self._story, self._say
        if not story.terms or not self._quoting:
            return say("why_beat", watch=story.watch)
        words = [say("quoted", text=self._words(term, 80)) for term in story.terms[:8]]
        return say("why_words", watch=story.watch, words=self._language.join(words))

    def _changes(self) -> list[dict[str, str]]:
        if self._story.level == "new":  # to who is told for the first time nothing has changed
            return []
        told = [one for one in self._story.told if one.old or one.new]
        return [self.change(one) for one in told if self._quoting or one.what not in WORDS_OF_ARTICLES]

    def change(self, told: Told) -> dict[str, str]:
        language, say = self._language, self._say
        what = told.what or ("" if told.level == "new" else "change")
        name = language.word("change", what, what.replace("_", " ").capitalize())
        old = self._value(told, told.old, changed_amount(told.old, language) if told.old else "")
        new = ""
        if told.new and not told.is_withdrawal:
            new = self._value(told, told.new, changed(told.new, self._story, language))
        gone = say("retracted" if told.new == "retracted" else "withdrawn")
        shown = (self._words(old, 200) or say("not_known"), self._words(new, 200) or gone)
        return {
            "what": name,
            "lead": say("labelled", name=name, value="\0").partition("\0")[0],  # with its language's own colon
            "old": shown[0] if old else "",
            "new": shown[1] if new or told.new else "",
            "level": told.level,
            "line": say("change", what=name, old=shown[0], new=shown[1]),
        }

    def _value(self, told: Told, value: str | None, figure: str) -> str:
        if told.what in ("figure", "official"):
            return figure
        if told.what == "country" and value:
            return self._language.join(self._language.country(code.strip()) for code in value.split(","))
        return (self._language.day(value) or value or "") if told.what == "date" else value or ""

    def _facts(self) -> list[dict[str, Any]]:
        """Figures first, then places, routes, dates and names; each once, the shown article's before others'."""
        by_article = {report.id: report for report in self._story.reports}
        shown_first = self._report.id if self._report else None
        ranked = sorted(
            (fact for fact in self._story.facts if self._quoting or fact.kind in _FIGURES),
            key=lambda fact: (_rank(fact), not fact.leading, fact.article_id != shown_first),
        )
        shown: dict[str, dict[str, Any]] = {}
        for fact in ranked:
            line = self._words(describe(fact, self._language), 160)
            if line and line not in shown:
                quote = self._words(fact.quote, 240) if self._quoting else ""
                who = self._who(fact, by_article.get(fact.article_id))
                shown[line] = {"line": line, "who": who, "quote": quote, "stated": self._stated(fact)}
        return list(shown.values())[:_FACTS_SHOWN]

    def _voices(self) -> list[dict[str, str]]:
        """The figure of the news, and what others give instead, each with who says so."""
        by_article = {report.id: report for report in self._story.reports}
        heard = []
        for fact in voices(self._story, lines.counts_of(self._story)):
            report = by_article.get(fact.article_id)
            who = self._who(fact, report) or self._kind(report)
            speaker = self._words(fact.speaker, 120) if self._quoting else ""
            heard.append({"line": self._words(describe(fact, self._language), 160), "who": who, "speaker": speaker})
        return heard

    def _stated(self, fact: Stated) -> dict[str, Any]:
        """The fact for machines: what is known of it, and no more of the article's words than may be sent."""
        values = {name: getattr(fact, name) for name in _STATED if getattr(fact, name) is not None}
        words = {name: self._words(getattr(fact, name), 160) for name in ("name", "speaker") if getattr(fact, name)}
        return {**values, **(words if self._quoting else {})}

    def _who(self, fact: Stated, report: Report | None) -> str:
        speaker = self._words(fact.speaker, 120)
        if not fact.quote:  # an analyst's own, of which the article says nothing
            return speaker or self._say("analyst")
        if not self._quoting:
            return ""
        outlet = self._words(report.outlet, 120) if report else ""
        kind = self._kind(report)
        if kind:
            outlet = self._say("outlet_kind", outlet=outlet, kind=kind)
        return self._say("who_in", speaker=speaker, outlet=outlet) if speaker and outlet else speaker or outlet

    def _kind(self, report: Report | None) -> str:
        """What kind of source it is, which is no word of its own."""
        kind = report.source_type if report else None
        return self._language.word("source", kind, kind.replace("_", " ")) if kind else ""

    def _reported(self) -> str:
        if not self._quoting:
            return self._say("reported_short", count=self._sources, n=str(self._sources))
        outlets = [self._words(outlet, 80) for outlet in self._story.outlets]
        named = self._language.names(outlets[:_OUTLETS_SHOWN])
        if len(outlets) > _OUTLETS_SHOWN:
            named = self._say("and_more", outlets=named, n=str(len(outlets) - _OUTLETS_SHOWN))
        return self._say("reported", count=self._sources, n=str(self._sources), outlets=named)
