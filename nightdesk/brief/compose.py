"""From the record to a brief: which case, which words, which footnotes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from alerts.figures import NEWS, changed_amount, describe
from alerts.headline import headline
from alerts.language import Language
from alerts.masking import Mask, mask_for
from alerts.plain import safe, safe_url
from alerts.story import Stated, Story
from core.ids import show_id
from nightdesk.brief.gather import Case, Material, key_of
from nightdesk.brief.values import Brief, Chapter, Entry, Line, Note, Source
from pipeline.changes import OFFICIAL

_FIGURES, _NOTES, _EARLIER = 12, 3, 5  # of what a page has room for; more is counted
_KINDS = ("count", "money")
#: How well a development stands, in words.
STANDING = {"lead": "one source so far", "corroborated": "corroborated", "official": "officially confirmed",
             "corrected": "corrected", "withdrawn": "withdrawn"}  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """How a brief speaks, and of which time."""

    language: Language
    zone: tzinfo
    since: datetime | None
    until: datetime  # the moment it is made, or the end that was asked for
    choice: tuple[str, ...] = ()  # what else was asked for, in words


def compose(told: Sequence[Material], cases: Mapping[int, Case], frame: Frame) -> Brief:
    """Cases with the newest news first, then what stands alone; inside a case as it happened."""
    chapters = list(_chapters(told, cases, frame))
    language = frame.language
    since = f"{language.moment(frame.since, frame.zone)} to " if frame.since else "Until "
    articles = {article.id: article for material in told for article in material.articles}
    outlets = {article.outlet for article in articles.values()}
    about = [
        f"{since}{language.moment(frame.until, frame.zone)}",
        *frame.choice,
        f"{_many(len(told), 'development')}, {_many(len(articles), 'article')} by {_many(len(outlets), 'outlet')}",
        "Titles and quotes stand in their own language. Names of victims in quotes are masked.",
        *(["Holds restricted reports: not to be passed on."] if any(material.restricted for material in told) else []),
    ]
    return Brief("Brief of the night desk", tuple(about), tuple(chapters))


def _chapters(told: Sequence[Material], cases: Mapping[int, Case], frame: Frame) -> Iterator[Chapter]:
    grouped: dict[int, list[Material]] = {}
    alone = []
    for material in told:
        case = cases.get(material.row["thread_id"])
        if case is None or (not case.stages and case.told == 1):
            alone.append(material)
        else:
            grouped.setdefault(case.thread_id, []).append(material)
    newest_first = sorted(grouped.items(), key=lambda item: _newest(item[1]), reverse=True)
    for thread_id, members in newest_first:
        yield _case(cases[thread_id], members, frame)
    if alone:
        alone.sort(key=lambda material: str(material.row["last_found_at"]), reverse=True)
        title = "Developments of their own" if grouped else "Developments"
        yield Chapter(title, tuple(_entry(material, frame) for material in alone))


def _newest(members: Iterable[Material]) -> str:
    return max(str(material.row["last_found_at"]) for material in members)


def _case(case: Case, members: list[Material], frame: Frame) -> Chapter:
    members = sorted(members, key=lambda material: (str(material.row["first_found_at"]), material.row["id"]))
    first = members[0].row["first_found_at"]
    before = [(row, story) for row, story in case.stages if row["first_found_at"] <= first]
    began = before[0][1] if before else members[0].story
    title = f"Case {show_id('thread', case.thread_id)}: {_headline(began, frame)}"
    earlier = [_stage(row, story, frame) for row, story in before[-_EARLIER:]]
    if len(before) > _EARLIER:
        earlier.insert(0, f"{_many(len(before) - _EARLIER, 'earlier development')} not listed here")
    return Chapter(title, tuple(_entry(material, frame) for material in members), tuple(earlier))


def _stage(row: Mapping[str, Any], story: Story, frame: Frame) -> str:
    found = datetime.fromisoformat(row["first_found_at"]).astimezone(frame.zone).date()
    return f"{show_id('development', row['id'])}, {frame.language.day(found.isoformat())}: {_headline(story, frame)}"


def _headline(story: Story, frame: Frame) -> str:
    return safe(mask_for(story)(headline(story, frame.language)), 300)


# -- one development ---------------------------------------------------------------------------------------------------


def _entry(material: Material, frame: Frame) -> Entry:
    story, row = material.story, material.row
    mask = mask_for(replace(story, facts=(*story.facts, *material.kept)))
    sources = {article.id: _source(article, row["id"], frame) for article in material.articles}
    originals = [article for article in material.articles if article.duplicate_of is None] or list(material.articles)
    lede = _lede(row, originals, sources, mask)
    figures = tuple(_figures(material, sources, {article.id for article in originals}, mask, frame))
    cited = {note.source.article_id for line in (*figures, *filter(None, (lede,))) for note in line.notes}
    return Entry(
        development_id=row["id"],
        headline=_headline(story, frame),
        about=_about(story, row, frame),
        lede=lede,
        figures=(*figures, *_restricted(material, row["id"], mask, frame)),
        changes=tuple(_changes(material.changes, mask, frame)),
        reports=tuple(_reports([sources[article.id] for article in originals], cited)),
    )


def _reports(sources: Iterable[Source], cited: set[int]) -> Iterator[Line]:
    """Every outlet once, with notes for what is cited nowhere else."""
    by_outlet: dict[str, list[Note]] = {}
    for source in sources:
        notes = by_outlet.setdefault(source.outlet, [])
        if source.article_id not in cited:
            notes.append(Note(source))
    yield from (Line(outlet, tuple(notes)) for outlet, notes in by_outlet.items())


def _about(story: Story, row: Mapping[str, Any], frame: Frame) -> str:
    language = frame.language
    parts = [
        show_id("development", row["id"]),
        language.names(language.country(code) for code in story.countries),
        language.day(story.event_date),
        STANDING.get(row["status"] or "", row["status"] or ""),
        "" if row["status"] == "lead" else _many(max(row["independent_sources"], 1), "independent source"),
    ]
    return " · ".join(part for part in parts if part)


def _lede(row: Mapping[str, Any], originals: Sequence[Any], sources: Mapping[int, Source], mask: Mask) -> Line | None:
    """The opening of one article, with that article for its note."""
    lede = safe(row["lede"], 600)
    if not lede or not originals:
        return None
    told = next((article for article in originals if article.title == row["title"]), originals[0])
    return Line(safe(mask(lede)), (Note(sources[told.id]),), told.language)


def _figures(
    material: Material, sources: Mapping[int, Source], originals: set[int], mask: Mask, frame: Frame
) -> Iterator[Line]:
    """Each figure once, with who states it: official sources first, then whoever was first."""
    order = {article_id: place for place, article_id in enumerate(sources)}  # as they were published
    grouped: dict[str, list[Stated]] = {}
    counted = (fact for fact in material.story.facts if fact.kind in _KINDS and fact.status != "background")
    for fact in sorted(counted, key=_rank):
        if (text := describe(fact, frame.language)) and fact.article_id in sources:
            grouped.setdefault(text, []).append(fact)
    for text, facts in list(grouped.items())[:_FIGURES]:
        by_article: dict[int, Stated] = {}
        for fact in facts:
            by_article.setdefault(fact.article_id, fact)
        stated = [fact for fact in by_article.values() if fact.article_id in originals] or list(by_article.values())
        stated.sort(key=lambda fact: (sources[fact.article_id].type not in OFFICIAL, order[fact.article_id]))
        notes = tuple(_note(fact, material, sources, mask) for fact in stated[:_NOTES])
        more = f", and {_many(len(stated) - _NOTES, 'more report')}" if len(stated) > _NOTES else ""
        outlets = frame.language.names(dict.fromkeys(note.source.outlet for note in notes))
        yield Line(f"{text} — {outlets}{more}", notes)
    if len(grouped) > _FIGURES:
        yield Line(f"{_many(len(grouped) - _FIGURES, 'more figure')} on record")


def _restricted(material: Material, development_id: int, mask: Mask, frame: Frame) -> Iterator[Line]:
    """What stands beside a development and is not to be passed on: each report with its figures, marked."""
    for article in material.restricted:
        source = _source(article, development_id, frame)
        source = replace(source, outlet=f"{source.outlet} (restricted)")
        mine = [fact for fact in material.kept if fact.article_id == article.id and fact.kind in _KINDS]
        said = [(fact, text) for fact in mine if (text := describe(fact, frame.language))]
        for fact, text in said:
            yield Line(f"{text} — {source.outlet}", (_note(fact, material, {article.id: source}, mask),))
        if not said:
            yield Line(f"Also reported — {source.outlet}", (Note(source),))


def _rank(fact: Stated) -> tuple[bool, bool]:
    """What the news is about before what surrounds it."""
    return not fact.leading, fact.status not in NEWS


def _note(fact: Stated, material: Material, sources: Mapping[int, Source], mask: Mask) -> Note:
    quote = material.sentences.get(key_of(fact), fact.quote)
    remark = "" if fact.quote else "Set by an analyst; the article does not say it."
    return Note(sources[fact.article_id], safe(mask(quote), 400), safe(mask(fact.speaker or ""), 120), remark)


def _changes(changes: Iterable[Mapping[str, Any]], mask: Mask, frame: Frame) -> Iterator[str]:
    """What became different since it was first told, where a value did."""
    language = frame.language
    for change in changes:
        if not change["old"] and not change["new"]:
            continue
        what = language.word("change", change["what"] or "", (change["what"] or "").replace("_", " "))
        old, new = (_value(change[side], language) for side in ("old", "new"))
        at = language.moment(datetime.fromisoformat(change["at"]), frame.zone)
        turned = " to ".join(safe(mask(side), 200) for side in (old, new) if side)
        yield f"{change['kind'].capitalize()}, {at}: {what}{' from' if old and new else ''} {turned}"


def _value(value: str | None, language: Language) -> str:
    return (changed_amount(value, language) or value) if value else ""


def _source(article: Any, development_id: int, frame: Frame) -> Source:
    language, zone = frame.language, frame.zone
    is_dated = article.published_from != "found"
    accessed = language.moment(article.fetched_at, zone)
    published = f"Published {language.moment(article.published_at, zone)}" if is_dated else "Date not stated"
    name = language.locale.languages.get((article.language or "").partition("-")[0], article.language or "")
    return Source(
        article_id=article.id,
        development_id=development_id,
        outlet=safe(article.outlet, 160),
        type=article.source_type,
        byline=safe(article.byline, 160),
        title=safe(article.title, 400),
        language=article.language,
        published_on=article.published_at.astimezone(zone).date() if is_dated else None,
        accessed_on=article.fetched_at.astimezone(zone).date(),
        url=safe_url(article.url),
        sha256=article.sha256,
        tongue=name,
        dates=f"{published}; accessed {accessed}",
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
