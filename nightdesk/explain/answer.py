"""The one sentence: where on its way a thing ended, as near to a person's ear as it came. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.ids import show_id
from crawler.causes import CAUSES
from nightdesk.coverage import Carrier, Coverage
from nightdesk.explain import nearest
from nightdesk.explain.fate import ORDER, TODAY, Fate, fate_of
from nightdesk.explain.mending import Mend
from nightdesk.explain.moments import day, days, when
from nightdesk.explain.record import ArticleRecord, Desk, Record, WatchRecord

#: States and kinds of pages in front of a reason, as in `not_article: list: ...`.
_OURS = re.compile(r"^(?:(?:not_article|article|empty|failed|blocked|list|soft_404|challenge|video|no_text): )+")
#: Not missed, or not yet: these are on their way, and asking again will tell.
UNDER_WAY = frozenset({"told", "coming", "due", "unread", "undecided"})


@dataclass(frozen=True)
class Answer:
    """What became of it, in a word and in a sentence, and what would mend it."""

    outcome: str
    sentence: str
    mend: tuple[str, ...] = ()
    watch: str | None = None  # the one that it hangs on
    today: bool = False  # the same thing would be told, had it come today

    @property
    def missed(self) -> bool:
        return self.outcome not in UNDER_WAY


def answer(record: Record, desk: Desk) -> Answer:
    """The sentence for what is on record."""
    if record.article is None:
        return _of_page(record, desk) if record.pages or record.items else _never_seen(record, desk)
    return _after(_which(record), _of_article(record, record.article, desk))


def _after(first: str, rest: Answer) -> Answer:
    return replace(rest, sentence=f"{first} {rest.sentence}") if first else rest


# -- never seen, or not an article ------------------------------------------------------------------------------------


def _never_seen(record: Record, desk: Desk) -> Answer:
    coverage = record.coverage
    assert coverage is not None  # looked up for every address that is not known
    best = coverage.best
    ingest = Mend(f"take this one in: nightdesk ingest {record.url}", "take_in", url=record.url or "")
    if best is None:
        return Answer(
            "uncovered",
            f"Never seen: no source covers {coverage.site}, and none of the others named this address.",
            (_add_site("add the site", coverage.site), ingest),
        )
    if not best.active:
        said = f"“{best.name}” of the catalogue is of the same site and would carry it, but is not among your sources"
        words = f'add "{best.name}" to sources in [crawl] of {desk.file}, then: nightdesk reload'
        add = Mend(words, "add_source", source=best.name)
        return Answer("inactive", f"Never seen: {said}.", (add, ingest))
    sentence, mend = _of_carrier(best, coverage, desk)
    return Answer("unlisted", sentence, (*mend, ingest))


def _of_carrier(best: Carrier, coverage: Coverage, desk: Desk) -> tuple[str, tuple[str, ...]]:
    """Why a source of the site did not bring it."""
    named = f"the source “{best.name}” covers {coverage.site}"
    test = Mend(f"look at its list: nightdesk sources test {best.name}", "look_at", source=best.name)
    if best.last_visit_at is None:
        return f"Never seen: {named}, but was not visited yet.", (f"visit it now: nightdesk crawl {best.name}",)
    if not best.takes:
        return f"Never seen: {named}, but its include or exclude leaves this address out.", (test,)
    if best.state in ("failing", "silent") or (best.state == "degraded" and best.cause):
        cause = CAUSES.get(best.cause or "")
        why = f": {cause.words}" if cause else ""
        told = f"nightdesk sources health says more{f'; {cause.advice}' if cause else ''}"
        return f"Never seen: {named}, but is {best.state}{why}.", (Mend(told.rstrip("."), "look_at", source=best.name),)
    others = len([one for one in coverage.carriers if one.active]) - 1
    more = f" (nor did {others} more of the site)" if others > 0 else ""
    visited = when(best.last_visit_at, desk.zone)
    found = _add_site("look for a list that has it", coverage.site)
    return f"Never seen: {named}, but never showed this address{more}; its last visit was on {visited}.", (test, found)


def _add_site(why: str, site: str) -> Mend:
    return Mend(f"{why}: nightdesk sources add https://{site}", "add_site", url=f"https://{site}")


def _of_page(record: Record, desk: Desk) -> Answer:
    item = record.items[-1] if record.items else None
    seen = f"Seen in {item.source} on {when(item.found_at, desk.zone)}" if item is not None else "Taken in"
    if not record.pages:
        assert item is not None
        if item.ended_at is None:
            tried = f" after {item.attempts} tries" if item.attempts else ""
            return Answer(
                "due", f"{seen}; its page is still to be fetched{tried}.", ("nightdesk crawl fetches it now",)
            )
        why = f": {item.end_reason}" if item.end_reason else ""
        return Answer(item.end_state or "known", f"{seen}, but not fetched ({item.end_state}{why}).")
    page = record.pages[-1]
    if page.state in (None, "retry"):
        return Answer("unread", f"{seen}; its page waits to be read.", ("run: nightdesk process",))
    by_hand = f"nightdesk ingest FILE --url {page.url}"
    if page.refused or page.state == "blocked":
        why = page.refused or page.reason
        cause = CAUSES.get(why)
        said = cause.words if cause else why
        sentence = f"{seen}, but its page was refused: {said}; the list gave no text that could stand in."
        return Answer("blocked", sentence, (f"if you can read it, save it and run: {by_hand}",))
    if page.state == "not_article":
        given = "if it is one all the same, take its text in as a JSON line: nightdesk ingest FILE.jsonl"
        return Answer("not_article", f"{seen}, but it is no article: {_plainly(page.reason)}.", (given,))
    if page.state in ("empty", "no_text"):
        sentence = f"{seen}, but no text was found in it: {_plainly(page.reason)}."
        return Answer(page.state, sentence, (f"take a copy with text in: {by_hand}",))
    if page.state == "taken_back":
        again = "import its sheet again: nightdesk import events FILE --map MAP"
        return Answer(page.state, f"{seen}, and taken back: {_plainly(page.reason)}.", (again,))
    again = f"try once more with a saved copy: {by_hand}"
    return Answer(page.state, f"{seen}, but reading it failed: {_plainly(page.reason)}.", (again,))


def _plainly(reason: str) -> str:
    """A reason without the words of ours that it begins with."""
    return _OURS.sub("", reason or "").strip().rstrip(".") or "no reason was given"


# -- an article -------------------------------------------------------------------------------------------------------


def _which(record: Record) -> str:
    """Which article an address turned out to be, where that is not plain."""
    article = record.article
    assert article is not None
    if len(record.articles) > 1:
        return ""
    if record.url and record.pages and record.pages[-1].state == "duplicate":
        return f"It is {show_id('article', article.row.id)}: {record.pages[-1].reason}."
    if article.row.duplicate_of is not None:
        return f"It is a near-copy of {show_id('article', article.row.duplicate_of)}."
    return ""


def _of_article(record: Record, article: ArticleRecord, desk: Desk) -> Answer:
    fates = [(fate, one) for one in record.watches if (fate := fate_of(one, desk)) is not None]
    if fates:
        fate, one = min(fates, key=lambda pair: (ORDER.index(pair[0].outcome), pair[1].name))
        return _of_fate(fate, one, record, article, desk)
    if not record.watches:
        return Answer("no_watch", "Not told: there is no watch.", (f"add a [[watch]] to {desk.file}",))
    return _of_miss(record, article, desk)


def _of_fate(fate: Fate, one: WatchRecord, record: Record, article: ArticleRecord, desk: Desk) -> Answer:
    sentence = fate.sentence
    if fate.outcome == "past" and sentence.startswith("Not told: it was no news"):
        sentence = f"Not told: {_why_old(article, desk)}; the watch “{one.name}” asks for it."
    if one.fired and article.row.id not in one.by and len(record.articles) == 1 and record.development is not None:
        others = ", ".join(show_id("article", id) for id in one.by[:3])
        development = show_id("development", record.development.id)
        sentence += f" It is in {development}, which {others} made known; its own words do not match."
    return Answer(fate.outcome, sentence, fate.mend, one.name, fate.outcome in TODAY)


def _why_old(article: ArticleRecord, desk: Desk) -> str:
    """Why something is backfill: too old when it was found, or taken in as an archive."""
    age = article.row.found_at - article.row.published_at
    if age > desk.max_age:
        published = day(article.row.published_at, desk.zone)
        return f"it was published on {published}, {days(age)} before it was found, and max_age is {days(desk.max_age)}"
    return "it was taken in as an archive (--no-alerts)"


def _of_miss(record: Record, article: ArticleRecord, desk: Desk) -> Answer:
    ranked = sorted(record.watches, key=lambda one: nearest.distance(one, _article_of(one, record, article)))
    one = ranked[0]
    its = _article_of(one, record, article)
    why = "; ".join(nearest.reasons(one, its))
    mend = tuple(nearest.mends(one, its, desk.file))
    if nearest.is_near(one, its):
        return Answer("near_miss", f"Near miss for the watch “{one.name}”: {why}.", mend, one.name)
    if its.topics:
        about = f"it is on {', '.join(its.topics)}, and no watch asks for it"
        return Answer("not_asked", f"Not told: {about}. The nearest is “{one.name}”: {why}.", mend, one.name)
    sentence = f"Off topic: it is on no topic, and no watch asks for its words. The nearest is “{one.name}”: {why}."
    return Answer("off_topic", sentence, mend)  # no watch's miss


def _article_of(one: WatchRecord, record: Record, default: ArticleRecord) -> ArticleRecord:
    return next((each for each in record.articles if each.row.id == one.article_id), default)


def watch_answers(record: Record, desk: Desk) -> Iterator[tuple[WatchRecord, Answer]]:
    """The same for each watch by itself, shorter."""
    article = record.article
    assert article is not None
    for one in record.watches:
        fate = fate_of(one, desk)
        if fate is not None:
            yield one, _of_fate(fate, one, record, article, desk)
            continue
        its = _article_of(one, record, article)
        why = "; ".join(nearest.reasons(one, its))
        near = nearest.is_near(one, its)
        sentence = f"{'near miss' if near else 'does not ask for it'}: {why}"
        yield one, Answer("near_miss" if near else "not_asked", sentence, watch=one.name)
