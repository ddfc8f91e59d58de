"""The words that understanding rests on: places, agencies, people, peoples and concepts in all their spellings.

All of it is data in `terms/*.toml`, with the territory names of CLDR beside it. One pass of one automaton over the
folded tokens of a text finds every term, whatever the script.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import babel
from ahocorasick_rs import AhoCorasick, MatchKind
from babel import Locale

import core.english
import core.text
from core.errors import ConfigError, Mistake
from core.text import Token, fold, is_hangul, is_unspaced, tokens
from pipeline.compiled import kept, key_of

TERMS = Path(__file__).parent / "terms"
#: Whose territory names are known beforehand.
LOCALES = (
    ("en", "en"), ("zh", "zh"), ("zh", "zh_Hant"), ("th", "th"), ("my", "my"), ("km", "km"), ("lo", "lo"),
    ("vi", "vi"), ("id", "id"), ("ms", "ms"), ("tl", "fil"), ("ja", "ja"), ("ko", "ko"), ("es", "es"), ("fr", "fr"),
    ("pt", "pt"), ("it", "it"), ("de", "de"), ("ru", "ru"), ("hi", "hi"), ("ar", "ar"),
    ("tr", "tr"), ("hu", "hu"), ("hr", "hr"),
)  # fmt: skip
#: Languages whose texts may carry the words of another: Malay reads Indonesian, Tagalog news mixes in English.
_ALSO = {
    "id": ("ms", "en"),
    "ms": ("id", "en"),
    "tl": ("en",),
    "fil": ("tl", "en"),
    "yue": ("zh",),
    "sr": ("hr",),
    "bs": ("hr",),
}
_NAMED = ("place", "agency", "org", "person")
_KINDS = (*_NAMED, "concept", "nation", "capital", "unit", "cue", "bound", "stage", "instrument")
_EXPANDS = {"place": ("place", "nation"), "org": ("org", "agency"), "agency": ("agency",), "person": ("person",)}


@dataclass(frozen=True)
class Entry:
    """One thing that terms stand for."""

    kind: str
    name: str
    country: str | None = None
    site: bool = False  # a place whose name alone says what it is for
    role: str | None = None
    people: bool = False  # a people or an adjective, not the country itself
    town: bool = False  # known from the gazetteer alone


class Hit(NamedTuple):
    """One term found, with its place in the text and among the tokens."""

    entry: Entry
    start: int
    end: int
    first: int
    last: int


class _Reading(NamedTuple):
    """What one folded pattern may mean, and where that holds."""

    entry: Entry
    number: int  # of the entry among all
    languages: frozenset[str] | None
    capitals: bool  # an abbreviation, which must be written in capitals
    proper: bool  # a name that might be a word of some language: its first letter must be a capital
    open_end: bool


@dataclass
class _Spellings:
    names: list[str] = field(default_factory=list)


class TermTable:
    """All terms in one automaton."""

    def __init__(self, terms: Iterable[tuple[Entry, str, str | None]]) -> None:
        self._spellings: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._entries: dict[tuple[str, str], set[str]] = defaultdict(set)
        readings: dict[str, list[_Reading]] = defaultdict(list)
        numbers: dict[Entry, int] = {}
        for entry, written, language in terms:
            number = numbers.setdefault(entry, len(numbers))
            self._spellings[entry.kind, entry.name].append(written)
            for spelling in _variants(written, language):
                folded = fold(spelling)
                self._entries[entry.kind, folded].add(entry.name)
                for pattern, reading in _patterns(entry, number, spelling, folded, language):
                    readings[pattern].append(reading)
        self._patterns = list(readings)
        self._is_closed = [pattern.endswith(" ") for pattern in self._patterns]
        self._further = [pattern.strip(" ").count(" ") for pattern in self._patterns]  # tokens beside the first
        self._readings = [tuple(dict.fromkeys(readings[pattern])) for pattern in self._patterns]

    @cached_property
    def _automaton(self) -> AhoCorasick:
        """Made when a text is first looked at: a process that only asks for spellings needs none."""
        return AhoCorasick(self._patterns, matchkind=MatchKind.Standard)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_automaton"}

    def find(self, text: str, tokens: Sequence[Token], language: str | None = None) -> list[Hit]:
        """Every term in `tokens`, in the order of the text; of one entry at one place only the longest."""
        tongues = _tongues(language)
        haystack = f" {' '.join([token.text for token in tokens])} "
        best: dict[tuple[int, int], Hit] = {}
        before = spaces = 0  # tokens are counted on the way: terms are told in the order of their ends
        for pattern, _, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            within = end - self._is_closed[pattern]
            spaces += haystack.count(" ", before, within)
            before, last = within, spaces - 1
            first = last - self._further[pattern]
            start, stop = tokens[first].start, tokens[last].end
            for reading in self._readings[pattern]:
                key = (reading.number, first)
                if (key not in best or best[key].last < last) and _holds(reading, text[start:stop], tongues):
                    best[key] = Hit(reading.entry, start, stop, first, last)
        return sorted(best.values(), key=lambda hit: (hit.first, -hit.last))

    def expand(self, kind: str, term: str) -> tuple[str, ...]:
        """All spellings of what `term` names in any script; the term itself where it is unknown."""
        spellings: dict[str, None] = {term: None}
        for known in _EXPANDS.get(kind, (kind,)):
            for name in sorted(self._named(known, term)):
                spellings.update(dict.fromkeys(self._spellings[known, name]))
        return tuple(spellings)

    def knows(self, kind: str, term: str) -> bool:
        """Whether `term` names anything here; else it is looked for as it is written."""
        return any(self._named(known, term) for known in _EXPANDS.get(kind, (kind,)))

    def _named(self, kind: str, term: str) -> set[str]:
        """The entries that `term` is a spelling of, or else one that their spellings hold for: `rescue` is `rescu*`."""
        names = self._entries.get((kind, fold(term)), set()) | ({term} if (kind, term) in self._spellings else set())
        if names:
            return names
        words = tokens(term)
        hits = self.find(term, words)
        return {hit.entry.name for hit in hits if hit.entry.kind == kind and hit.last - hit.first == len(words) - 1}

    def names(self, kind: str) -> tuple[str, ...]:
        return tuple(sorted(name for known, name in self._spellings if known == kind))


def load_vocabulary(folder: Path = TERMS) -> TermTable:
    """The terms of `folder` and the names of all territories; the same folder is read once."""
    return _load(folder)


@lru_cache(maxsize=4)
def _load(folder: Path) -> TermTable:
    """The table as it was compiled last from the same terms by the same code, or anew."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    code = [Path(__file__), *(Path(inspect.getfile(module)) for module in (core.text, core.english))]
    return kept("terms", key_of([*files, *code], (babel.__version__,)), lambda: _compile(folder))


def _compile(folder: Path) -> TermTable:
    terms: list[tuple[Entry, str, str | None]] = [*_territories(), *_cities(folder / "cities.tsv")]
    for path in sorted(folder.glob("*.toml")):
        terms.extend(_terms(path))
    return TermTable(terms)


def _terms(path: Path) -> Iterator[tuple[Entry, str, str | None]]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Mistake(path.name, "", f"not TOML: {error}")]) from error
    for kind, table in tables.items():
        if kind not in _KINDS or not isinstance(table, Mapping):
            raise ConfigError([Mistake(path.name, kind, "no such kind of term", f"one of {', '.join(_KINDS)}")])
        for name, value in table.items():
            try:
                for entry, written, language in _entry_terms(kind, name, value):
                    if "*" in written.split():
                        raise ConfigError([Mistake(path.name, f"{kind}.{name}", f"{written!r}: {_NO_WORD}")])
                    yield entry, written, language
            except (KeyError, TypeError, AttributeError) as error:
                raise ConfigError([Mistake(path.name, f"{kind}.{name}", f"cannot be read: {error!r}")]) from error


def _entry_terms(kind: str, name: str, value: Any) -> Iterator[tuple[Entry, str, str | None]]:
    if kind in ("nation", "capital"):
        entry = Entry(kind, name, country=name, people=kind == "nation")
        tables = value if isinstance(value, Mapping) else {None: value}  # of one language each, or of all
        yield from ((entry, written, language) for language, names in tables.items() for written in names)
    elif kind in _NAMED:
        entry = Entry(kind, name, value.get("country"), value.get("site", False), value.get("role"))
        yield from ((entry, written, None) for written in value["names"])
    else:
        for language, spellings in value.items():
            yield from ((Entry(kind, name), written, language) for written in spellings)


def _territories() -> Iterator[tuple[Entry, str, str | None]]:
    for language, locale in LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
                yield from (
                    (Entry("nation", code, country=code), written, language) for written in _names_in(name, code)
                )


_BESIDE = re.compile(r"\s?[(（](.*?)[)）]")


def _names_in(name: str, code: str) -> Iterator[str]:
    """`Cocos (Keeling) Islands` is one name; only beside that of Myanmar stands another, its old one."""
    yield _BESIDE.sub("", name).strip()
    if code == "MM" and (beside := _BESIDE.search(name)):
        yield beside[1]


def _cities(path: Path) -> Iterator[tuple[Entry, str, str | None]]:
    """Towns by country: what is no comment is country, usual name, and the names it goes by."""
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, name, *names = line.split("\t")
            entry = Entry("place", name, country, town=True)
            yield from ((entry, written, None) for written in names)


#: What may stand for a * inside a term, where no automaton can leave a word open: the endings of nouns and adjectives.
_ENDINGS: Mapping[str | None, tuple[str, ...]] = {
    "es": ("", "s", "es", "o", "a", "os", "as"),
    "pt": ("", "s", "es", "o", "a", "os", "as"),
    "it": ("", "o", "a", "i", "e"),
    "fr": ("", "s", "e", "es"),
    "de": ("", "e", "en", "er", "es", "em", "n", "s"),
    "ru": ("", "а", "о", "и", "ы", "у", "е", "ом", "ов", "ам", "ами", "ах"),
}
_PLURAL = ("", "s")
#: Folding takes a final s for an English plural: "kurs*" would be "kur*", and find much else.
_STEMS_AS_WRITTEN = frozenset(("tr", "hu", "hr"))
_NO_WORD = "a * stands for the ending of a word, not for a word; write the two parts as terms of their own"


def _variants(written: str, language: str | None) -> Iterator[str]:
    """A term with a * inside it is the term with each ending of its language there, each * by itself."""
    stem, star = (written[:-1], "*") if written.endswith("*") else (written, "")
    first, *others = stem.split("*")
    endings = _ENDINGS.get(language, _PLURAL)
    for chosen in product(endings, repeat=len(others)):
        yield first + "".join(ending + part for ending, part in zip(chosen, others, strict=True)) + star


def _patterns(
    entry: Entry, number: int, spelling: str, folded: str, language: str | None
) -> Iterator[tuple[str, _Reading]]:
    letters = spelling.removesuffix("*")
    if not folded or (len(folded) < 3 and folded.isascii() and not letters.isupper()):
        return
    capitals = letters.isascii() and letters.isupper() and len(letters) <= 6 and entry.kind != "concept"
    open_end = spelling.endswith("*") or is_hangul(folded[-1])
    languages = frozenset((language,)) if language else None
    reading = _Reading(entry, number, languages, capitals, entry.town and letters.isascii(), open_end)
    if open_end and language in _STEMS_AS_WRITTEN and (stem := fold(f"{letters}q")[:-1]) != folded:
        yield f" {stem}", reading
        open_end = False  # the word itself, as an English plural would be
        reading = reading._replace(open_end=False)
    yield f" {folded}" if open_end else f" {folded} ", reading


def _tongues(language: str | None) -> frozenset[str] | None:
    if not language:
        return None
    base = language.split("-")[0].lower()
    return frozenset((base, *_ALSO.get(base, ())))


def _holds(reading: _Reading, written: str, tongues: frozenset[str] | None) -> bool:
    if (reading.capitals and written != written.upper()) or (reading.proper and not written[0].isupper()):
        return False
    if reading.languages is None or tongues is None or not reading.languages.isdisjoint(tongues):
        return True
    # A country's name in another script than the text's is still that name.
    return reading.entry.kind == "nation" and is_unspaced(written[:1])
