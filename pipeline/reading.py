"""A text taken apart once: its sentences with their weight as news, and the terms in each."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from core.text import Token, written
from pipeline.vocabulary import Hit, TermTable

_LONGEST = 60_000  # characters; news is told before that, and what is longer is data
_LONGEST_SENTENCE = 1_500

Zone = Literal["title", "lead", "second", "body"]

#: Where a sentence ends. Abbreviations before a full stop are looked at in `_is_end`.
_END = re.compile(r"\n+|[。！？!?।။។؟]+[」』”\"’)）]*|\.+[”\"’)»]*(?=\s|$)|[．](?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"'])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Pol|Maj|Gen|Lt|Col|Capt|Sgt|Cpl|Brig|Supt|Insp|Det|St|No|Nos|Jr|Sr|vs|etc|"
    r"approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|U\.S|U\.K|a\.m|p\.m|Sr|Sra|M|Mme|Kombes|Rp|ต|อ|จ|พ\.ต|กฟภ|"
    r"สมช|ฉก|ตม|ปปง|พล|ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค|น|ดร|นาย)$"
)
_THAI_LETTER_BEFORE = re.compile(r"[\u0e00-\u0e7f]{1,4}$")
#: "MAE SOT, Thailand - ", "BEIJING, Oct 13 -", "กาญจนบุรี - ": where a report begins after a scene of colour.
_DATELINE = re.compile(
    r"(?:[A-ZÀ-Þ][A-ZÀ-Þ'’.\- ]{2,24}(?:, [\w. ]{2,24})?(?: \([\w\s/.]{2,20}\))?|[^\s]{4,16}) ?[-–—]{1,2} (?=\S)"
)
#: Headlines of pages with several matters, each in a paragraph of its own.
_SEVERAL = re.compile(
    r"\b(?:live|live updates|in brief|briefs|briefly|briefing|round-?up|digest|news wrap|bulletin|at a glance)\b"
    r"|\b(?:en vivo|en direct|ao vivo|en bref|brèves|breves|in breve|liveticker|resumen|sekilas|terkini)\b"
    r"|điểm tin|tin vắn|快讯|快訊|简讯|簡訊|要闻|要聞|早报|一周|สรุปข่าว|ข่าวสั้น|ข่าวด่วน"
    r"|まとめ|ニュース一覧|短信|단신|브리핑|간추린|समाचार संक्षेप|موجز|أبرز الأخبار",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+[|｜]\s+[^|｜]{2,40}$")


@dataclass(frozen=True)
class Sentence:
    """One sentence, with how much it counts as the news itself."""

    index: int
    start: int
    end: int
    zone: Zone
    weight: float
    paragraph: int
    tokens: int


class Reading:
    """Title and text as one string (joined by a newline), its sentences and hits."""

    def __init__(self, title: str, text: str, vocabulary: TermTable, language: str | None) -> None:
        self.text = f"{title}\n{text}"[:_LONGEST]
        self.title_end = min(len(title), len(self.text))
        self.language = (language or "").split("-")[0].lower()
        self.words = written(self.text)
        self.tokens: list[Token] = self.words.tokens()
        self._token_starts = self.words.starts
        self.hits: list[Hit] = _without_excepted(vocabulary.find(self.text, self.tokens, language))
        self._hit_starts = [hit.start for hit in self.hits]
        self.sentences: tuple[Sentence, ...] = tuple(self._cut())

    def quote(self, start: int, end: int) -> str:
        return self.text[start:end]

    def hits_between(self, start: int, end: int) -> list[Hit]:
        low, high = bisect_left(self._hit_starts, start), bisect_left(self._hit_starts, end)
        return [hit for hit in self.hits[low:high] if hit.end <= end]

    def is_people(self, hit: Hit) -> bool:
        """Whether the word is for a people ("Kenyans"), not the name of a country."""
        if not hit.entry.people:
            return False
        named = ("nation", "place")
        return all(other.entry.people for other in self.hits_between(hit.start, hit.end) if other.entry.kind in named)

    def sentence_at(self, position: int) -> Sentence:
        index = bisect_right(self._sentence_starts, position) - 1
        return self.sentences[max(index, 0)]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def by_sentence(self) -> tuple[list[Hit], ...]:
        return tuple(self.hits_between(sentence.start, sentence.end) for sentence in self.sentences)

    def _cut(self) -> list[Sentence]:
        title_end = self.title_end
        tail = _TAIL.search(self.text, 0, title_end)
        sentences = [self._sentence(0, 0, tail.start() if tail else title_end, "title", 3.0, 0)]
        spans = list(_spans(self.text, title_end + 1))
        told, last = 0, -1
        self.several: bool = bool(_SEVERAL.search(self.text, 0, title_end)) and bool(spans) and spans[-1][2] >= 2
        lead = next((i for i, (start, end, _) in enumerate(spans[:6]) if _DATELINE.match(self.text, start, end)), 0)
        for index, (start, end, paragraph) in enumerate(spans):
            count = self._count(start, end)
            if index < lead or (count < 4 and told == 0):
                zone, weight = "body", 0.3
            else:
                zone, weight = _zone(told, len(spans))
                if self.several and paragraph != last and told > 1:
                    zone, weight = "second", 1.5  # each matter has a lead of its own
                told += 1
            last = paragraph
            sentences.append(self._sentence(len(sentences), start, end, zone, weight, paragraph))
        return sentences

    def _sentence(self, index: int, start: int, end: int, zone: str, weight: float, paragraph: int) -> Sentence:
        return Sentence(index, start, end, zone, weight, paragraph, self._count(start, end))  # type: ignore[arg-type]

    def _count(self, start: int, end: int) -> int:
        return bisect_left(self._token_starts, end) - bisect_left(self._token_starts, start)


def _without_excepted(hits: list[Hit]) -> list[Hit]:
    """Concept `not_patrol` holds "patrol cars": inside its terms the concept `patrol` is not meant."""
    barred = [hit for hit in hits if hit.entry.kind == "concept" and hit.entry.name.startswith("not_")]
    if not barred:
        return hits
    return [
        hit
        for hit in hits
        if not any(
            hit.entry.name == bar.entry.name.removeprefix("not_") and bar.first <= hit.first and hit.last <= bar.last
            for bar in barred
            if bar.start <= hit.start < bar.end
        )
    ]


@lru_cache(maxsize=2)
def read(title: str, text: str, vocabulary: TermTable, language: str | None) -> Reading:
    """The reading of one article; classification and facts of the same article share it."""
    return Reading(title, text, vocabulary, language)


def _zone(told: int, of: int) -> tuple[Zone, float]:
    if told == 0:
        return "lead", 2.5
    if told == 1:
        return "second", 1.2
    if told == 2:
        return "body", 0.7
    return "body", 0.4 if told < max(4, of // 3) else 0.25


def _spans(text: str, start: int) -> list[tuple[int, int, int]]:
    """Sentences from `start` on as (start, end, paragraph), without the white space around them."""
    found: list[tuple[int, int, int]] = []
    paragraph, begin = 0, start
    for match in _END.finditer(text, start):
        newline = match[0].startswith("\n")
        if not newline and not _is_end(text, match.start(), match[0]):
            continue
        _add(found, text, begin, match.start() if newline else match.end(), paragraph)
        begin = match.end()
        paragraph += newline
    _add(found, text, begin, len(text), paragraph)
    return found


def _add(found: list[tuple[int, int, int]], text: str, start: int, end: int, paragraph: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST_SENTENCE:
        found.append((start, start + _LONGEST_SENTENCE, paragraph))
        start += _LONGEST_SENTENCE
    if end - start > 1:
        found.append((start, end, paragraph))


def _is_end(text: str, position: int, mark: str) -> bool:
    if not mark.startswith("."):
        return True
    before = text[max(0, position - 12) : position]
    if _ABBREVIATION.search(before):
        return False
    return not _THAI_LETTER_BEFORE.search(before)
