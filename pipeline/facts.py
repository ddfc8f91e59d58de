"""The facts of an article: counts, places, routes, dates, agencies, people and money, each with its words."""

from __future__ import annotations

from datetime import date

from pipeline.counts import find_counts, find_figures
from pipeline.datelines import dateline_end
from pipeline.eventdates import Day, find_dates
from pipeline.figures import Figure
from pipeline.people import find_names
from pipeline.reading import Reading, read
from pipeline.scene import set_scene
from pipeline.values import Classification, Fact
from pipeline.vocabulary import TermTable
from pipeline.whereabouts import find_places, find_routes

_DATES_AT_MOST = 4
_BEHIND_THE_SECOND = 2.5  # sentence: where the day of a dateline ranks


def find_facts(
    title: str,
    text: str,
    language: str | None,
    published: date,
    vocabulary: TermTable,
    classification: Classification,
) -> tuple[Fact, ...]:
    """Every fact found in one article, in the order of the text."""
    reading = read_its_matter(title, text, vocabulary, language, classification)
    figures = find_figures(reading)
    facts = [
        *set_scene(reading, classification, find_whereabouts(reading, figures, classification, published)),
        *_dates(reading, published),
        *find_names(reading),
        *_money(reading, figures),
    ]
    return tuple(sorted(facts, key=lambda fact: fact.position))


def read_its_matter(
    title: str, text: str, vocabulary: TermTable, language: str | None, classification: Classification
) -> Reading:
    """An article's reading; of several matters on one page the one it was classified by.

    The others are blanked, not cut, so that positions stay: the town and the day of a council's wharf are not of its
    police.
    """
    reading = read(title, text, vocabulary, language)
    found = {*classification.topic_names, *classification.event_names}
    spoken_for = [
        one.position
        for one in classification.evidence
        if one.weight > 0 and one.label in found and one.position > reading.title_end
    ]
    if not reading.several or not spoken_for:
        return reading
    own = {reading.sentence_at(position).paragraph for position in spoken_for}
    blanked = reading.text
    for sentence in reading.sentences[1:]:
        if not min(own) <= sentence.paragraph <= max(own):
            blank = " " * (sentence.end - sentence.start)
            blanked = blanked[: sentence.start] + blank + blanked[sentence.end :]
    return read(title, blanked[reading.title_end + 1 :], vocabulary, language)


def find_whereabouts(
    reading: Reading, figures: list[Figure], classification: Classification, published: date
) -> list[Fact]:
    """The counts, places and routes that rules find; from them learned weights tell which countries are the scene."""
    return [
        *find_counts(reading, figures, classification.event_names, published),
        *find_places(reading, classification.topic_names),
        *find_routes(reading, classification.event_names),
    ]


def _dates(reading: Reading, published: date) -> list[Fact]:
    """The days the news speaks of; the one told first is the leading one: the day of the event."""
    days = find_dates(reading.text, published, reading.language)
    begins = reading.title_end + 1
    news = begins + dateline_end(reading.text[begins:])
    ranked = sorted(days, key=lambda day: _rank(reading, day, published, filed=begins <= day.start < news))
    chosen: dict[date, Day] = {}
    for day in ranked:
        chosen.setdefault(day.day, day)
    return [
        Fact(
            kind="date",
            quote=reading.quote(day.start, day.end),
            position=day.start,
            confidence=round(0.85 - 0.15 * place, 2),
            event_date=day.day.isoformat(),
            leading=place == 0,
        )
        for place, day in enumerate(list(chosen.values())[:_DATES_AT_MOST])
    ]


def _rank(reading: Reading, day: Day, published: date, filed: bool) -> tuple[float, int]:
    """Early sentences first; in them a day near publication before one of the past. When it was `filed` comes late."""
    zones = {"title": 1.0, "lead": 0.0, "second": 2.0}
    zone = _BEHIND_THE_SECOND if filed else zones.get(reading.sentence_at(day.start).zone, 3.0)
    far = abs((day.day - published).days) > 21
    return zone + 3 * far, day.start


def _money(reading: Reading, figures: list[Figure]) -> list[Fact]:
    return [
        Fact(
            kind="money",
            quote=reading.quote(figure.start, figure.end),
            position=figure.start,
            confidence=0.7 if figure.currency else 0.4,
            value=figure.number.value,
            low=figure.number.value if figure.number.high is not None else None,
            high=figure.number.high,
            bound="range" if figure.number.high is not None else "exact",
            currency=figure.currency,
        )
        for figure in figures
        if figure.sort == "money"
    ]
