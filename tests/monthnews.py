"""What the sources of a simulated month write: news on the beat and off it, edits that say something or nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import count

#: Edits that say something new, and what may change in a page that says nothing.
TELLING = ("figure", "paragraph")
IDLE = ("spaces", "dateline", "counter", "surroundings", "to_and_fro")
AT_EVERY_REQUEST = ("counter", "surroundings", "to_and_fro")
DELETIONS = ("404", "410", "soft", "home")
RETURNS = ("same", "guid", "moved")

#: Together so many pairs that none comes again while its development is open.
_PLACES = (
    ("Myawaddy", "Myanmar"),
    ("Poipet", "Cambodia"),
    ("Manila", "the Philippines"),
    ("Boten", "Laos"),
    ("Hanoi", "Vietnam"),
    ("Phuket", "Thailand"),
    ("Jakarta", "Indonesia"),
    ("Kuala Lumpur", "Malaysia"),
    ("Laukkaing", "Myanmar"),
    ("Sihanoukville", "Cambodia"),
    ("Tachileik", "Myanmar"),
)
_PEOPLE = (
    "Kenyan Brazilian Nepali Pakistani Ethiopian Ugandan Indian Bangladeshi Ghanaian Nigerian Moroccan Kazakh Uzbek "
    "Colombian Peruvian Turkish Rwandan Zambian Egyptian Mongolian Tanzanian Tunisian Chilean Bolivian Cuban"
).split()

_ADJECTIVES = "old new northern quiet narrow wooden early small bright public stone local long empty busy".split()
_NOUNS = (
    "bridge market library orchard regatta school museum ferry garden theatre quarry bakery tram harbour station choir "
    "meadow archive cinema chapel lighthouse nursery stadium workshop"
).split()
_VERBS = "opens welcomes repairs paints restores visits measures admires closes extends renames photographs".split()
_LATER = "before noon,after the rain,for a season,without delay,in the spring,at the weekend,by candlelight".split(",")

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {outlet}</title>
<meta property="article:published_time" content="{published}"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>{title}</h1>{stamp}{paragraphs}</article>{around}
<footer>{outlet}, all rights reserved</footer></body></html>"""


@dataclass(frozen=True)
class Edit:
    """A change of an article's page, once or from then on at every request."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Fate:
    """What befalls one article, besides coming out."""

    story: int | None = None  # its number among the news on the beat
    edits: tuple[Edit, ...] = ()
    gone_at: datetime | None = None
    gone_how: str = "404"
    back_at: datetime | None = None
    back_as: str = "same"

    def is_gone(self, now: datetime) -> bool:
        return self.gone_at is not None and self.gone_at <= now and not self.is_back(now)

    def is_back(self, now: datetime) -> bool:
        return self.back_at is not None and self.back_at <= now

    def done(self, kind: str, now: datetime) -> bool:
        return any(edit.kind == kind and edit.at <= now for edit in self.edits)

    def revision(self, now: datetime) -> int:
        """How many edits that say something were made."""
        return sum(edit.kind in TELLING and edit.at <= now for edit in self.edits)


NO_FATE = Fate()


@dataclass(frozen=True)
class Text:
    title: str
    paragraphs: tuple[str, ...]


def text_of(source: str, number: int, when: datetime, fate: Fate, now: datetime) -> Text:
    """What an article says at `now`."""
    if fate.story is None:
        return _off_the_beat(random.Random(f"{source} {number}"), number)
    (place, country), people = _PLACES[fate.story % len(_PLACES)], _PEOPLE[fate.story % len(_PEOPLE)]
    freed = 21 + 7 * (fate.story % 53)
    freed = freed * 2 + 5 if fate.done("figure", now) else freed
    paragraphs = [
        f"{freed} {people} nationals were freed from an online scam centre in {place}, {country}, on "
        f"{when:%A}, {when.day} {when:%B %Y}, the embassy said.",
        f"The {people} workers had been forced to run online fraud behind high walls, an official of the embassy said. "
        f"All {freed} are being cared for in a shelter run by charity house {fate.story + 1}.",
        f"Guards at the compound in {place} fled when soldiers arrived, neighbours said.",
    ]
    if fate.done("paragraph", now):
        paragraphs.append("A court ordered the owner of the building to be held, a prosecutor said later in the day.")
    return Text(f"{freed} {people} workers freed from scam compound in {place}", tuple(paragraphs))


def _off_the_beat(rng: random.Random, number: int) -> Text:
    def sentence() -> str:
        first, second = rng.sample(_NOUNS, 2)
        return (
            f"The {rng.choice(_ADJECTIVES)} {first} {rng.choice(_VERBS)} the {rng.choice(_ADJECTIVES)} {second} "
            f"{rng.choice(_LATER)}."
        )

    title = sentence().rstrip(".") + f", part {number}"
    return Text(title, (" ".join(sentence() for _ in range(4)), " ".join(sentence() for _ in range(4))))


def page_of(text: Text, outlet: str, when: datetime, fate: Fate, now: datetime, asked: int) -> str:
    """The page at its `asked`th request."""
    kinds = {edit.kind for edit in fate.edits if edit.at <= now}
    paragraphs = list(text.paragraphs)
    if "to_and_fro" in kinds and asked % 2:
        paragraphs.append("The shelter could not be reached for comment.")
    gap = "\n   \n" if "spaces" in kinds else ""
    stamp = "<p>Updated 14:05</p>" if "dateline" in kinds else "<p>Updated 09:30</p>"
    if "counter" in kinds:
        stamp += f"<p>{1000 + 37 * asked:,} views</p>"
    around = f'<aside><a href="/offer/{asked}">Offer {asked}</a></aside>' if "surroundings" in kinds else ""
    return _PAGE.format(
        title=escape(text.title),
        outlet=outlet,
        published=when.isoformat(),
        stamp=stamp,
        paragraphs=gap.join(f"<p>{escape(one)}</p>" for one in paragraphs),
        around=around,
    )


def fates(
    times: list[tuple[datetime, int]], wanted: int, rng: random.Random, turn: count[int], haste: float = 1.0
) -> dict[int, Fate]:
    """Fates for `wanted` of a source's articles, which are on the beat, and for one more that is taken back.

    `turn` counts over all sources, so that every kind of edit and of deletion comes about; `haste` shortens the time
    until they do.
    """
    chosen = sorted(rng.sample(times, min(wanted, len(times))))
    found = {number: _fate(when, rng, next(turn), haste) for when, number in chosen}
    rest = [one for one in times if one[1] not in found]
    if rest:
        when, number = rng.choice(rest)
        gone = when + timedelta(hours=rng.uniform(3, 30)) / haste
        found[number] = Fate(gone_at=gone, back_at=gone + timedelta(days=rng.uniform(1, 3)) / haste)
    return found


def _fate(when: datetime, rng: random.Random, turn: int, haste: float) -> Fate:
    kinds = ((), ("figure",), ("paragraph",), ("figure", "paragraph"), *((kind,) for kind in IDLE))
    edits, at = [], when
    for kind in kinds[turn % len(kinds)]:
        at += timedelta(minutes=rng.choice((20, 90, 300, 1800))) / haste
        edits.append(Edit(kind, when if kind in AT_EVERY_REQUEST else at))
    if turn % 3:
        return Fate(story=turn, edits=tuple(edits))
    deletion = turn // 3
    gone = at + timedelta(hours=rng.uniform(6, 60)) / haste
    back = gone + timedelta(days=rng.uniform(1, 4)) / haste if deletion % 3 else None
    how = DELETIONS[deletion % len(DELETIONS)]
    return Fate(turn, tuple(edits), gone, how, back, RETURNS[deletion // 2 % len(RETURNS)])
