"""Text made comparable: one folding and one segmentation for classification, queries and search, in every script.

A *token* is what a query can name: a written word where words are spaced, one character with its marks where they are
not (Han, kana, Thai, Lao, Khmer, Burmese ...). Tokens are folded: width, case, Latin, Greek and Cyrillic diacritics,
apostrophes, soft hyphens, zero-width characters, digits of other scripts, British spelling and English plurals. Marks
that are letters in all but name (vowel signs and tone marks of Thai, Burmese, Khmer, Devanagari ...) are kept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, chain, repeat
from typing import NamedTuple

from core.english import stem

#: Counts every change of what `tokens` gives, so that a search index built by older rules is known as such.
FOLDING = 1

_LONGEST_WORD = 128  # longer "words" are data, cut so that no index chokes on them
_KEPT = 1 << 16  # written words whose forms are remembered


class Token(NamedTuple):
    """One folded token and where it stands in the original text."""

    text: str
    start: int
    end: int


# --- Classes of characters ---------------------------------------------------------------------------------------

#: Scripts written without spaces between words. Their dependent marks are found through the category.
_UNSPACED_RANGES = (
    (0x0E01, 0x0E30), (0x0E32, 0x0E32), (0x0E40, 0x0E46),  # Thai
    (0x0E81, 0x0EB0), (0x0EB2, 0x0EB2), (0x0EBD, 0x0EC6), (0x0EDC, 0x0EDF),  # Lao
    (0x1000, 0x102A), (0x103F, 0x103F), (0x1050, 0x1055), (0x105A, 0x105D), (0x1061, 0x1061), (0x1065, 0x1066),
    (0x106E, 0x1070), (0x1075, 0x1081), (0x108E, 0x108E),  # Burmese, Mon, Karen, Shan
    (0xA9E0, 0xA9E4), (0xA9E6, 0xA9EF), (0xA9FA, 0xA9FE), (0xAA60, 0xAA76), (0xAA7A, 0xAA7A), (0xAA7E, 0xAA7F),
    (0x1780, 0x17B3), (0x17D7, 0x17D7), (0x17DC, 0x17DC),  # Khmer
    (0x1950, 0x1974), (0x1980, 0x19C9), (0x1A20, 0x1A54), (0xAA80, 0xAAAF), (0xAAB1, 0xAAB1), (0xAAB5, 0xAAB6),  # Tai
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x303B, 0x303B),  # 々 〇 〡
    (0x3041, 0x3096), (0x309D, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D),  # kana
    (0x3105, 0x312F), (0x31A0, 0x31BF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),  # Bopomofo, Han
    (0x20000, 0x3FFFF), (0xA000, 0xA48C),  # Han, Yi
)  # fmt: skip


def _ranges(pairs: tuple[tuple[int, int], ...]) -> str:
    return "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in pairs)


def _marks() -> str:
    """Dependent marks as a character class; `\\w` leaves them out, which would tear Thai and Hindi words apart."""
    spans: list[list[int]] = []
    for code in (*range(0x300, 0x3100), *range(0xA000, 0xFF00), *range(0x10A00, 0x11F60), *range(0xE0100, 0xE01F0)):
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    return (
        _ranges(tuple((low, high) for low, high in spans)) + "\u0e33\u0eb3\uff9e\uff9f"
    )  # sara am, half-width sound marks


_UNSPACED = _ranges(_UNSPACED_RANGES)
_MARKS = _marks()
#: Seen by nobody and part of no word: soft hyphen, zero-width, direction marks, byte order mark.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_APOSTROPHES = "'’‘ʼʻ`´＇\u05f3"
HYPHENS = "-\u2010\u2011\u2012\u2013\u2043\u30a0\ufe63\uff0d"
_LETTER = rf"[^\W_{_UNSPACED}]"
_STACKER = "\u17d2\u1039\u1a60"  # Khmer coeng, Burmese virama, Tai Tham sakot: the next consonant is written below

_TOKEN = re.compile(
    r"[a-zA-Z][a-zA-Z0-9]*(?=[ ,.\n])"  # what the last line finds too: most words of most texts, and soon told
    rf"|\d{{1,3}}(?:[.,]\d{{3}})+(?![\d])"  # 1,200 and 1.200 are 1200
    rf"|[{_UNSPACED}](?:[{_MARKS}{_INVISIBLE}]*[{_MARKS}])?(?:(?<=[{_STACKER}])[{_UNSPACED}](?:[{_MARKS}{_INVISIBLE}]*[{_MARKS}])?)*"
    rf"|{_LETTER}+(?:[{_MARKS}{_INVISIBLE}{_APOSTROPHES}]+{_LETTER}+)*[{_MARKS}]*"
)
_WORDS_AND_GAPS = re.compile(f"({_TOKEN.pattern})")
_STRIPPED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # on Latin, Greek, Cyrillic
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0640"  # Arabic vowels, tatweel
    f"\ufe00-\ufe0f\U000e0100-\U000e01ef{_INVISIBLE}]"
)
_BREVE = re.compile("(?<=[иу])\u0306")  # й and ў are letters, not и and у with an ornament
_GROUPED = re.compile(r"(?<=\d)[.,](?=\d)")
_DIGIT = re.compile(r"(?![0-9])\d")
_RUN = re.compile(f"[{_UNSPACED}][{_MARKS}]*(?:(?<=[{_STACKER}])[{_UNSPACED}][{_MARKS}]*)*")
_MARK = re.compile(f"[{_STACKER}][{_UNSPACED}]|[{_MARKS}]")
_HAS_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_ELISION = re.compile(
    "(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|un|all|dall|dell|nell|sull|quell|bell)'+(?=[aeiouyhàâäéèêëîïôöùûüœæ])"
)
_POSSESSIVE = re.compile("'+s$")
#: Letters that no decomposition takes apart, and the Arabic ones that writers exchange.
_LETTERS = str.maketrans(
    {
        "đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "ng",
        "ɓ": "b", "ɗ": "d", "ƙ": "k", "ə": "e", "ʹ": "", "ʺ": "", "ʿ": "", "ʾ": "", "ʻ": "", "ʼ": "", "ˈ": "",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه",
    }
)  # fmt: skip
_ARABIC_ARTICLE = re.compile("(?:[وفبك]?ال|لل)(?=[\u0621-\u064a]{3})")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_IS_SOUTH_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf]")
_IS_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


# --- What others call --------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """`text` as it is kept: NFC, line ends as \\n, without NUL, other control characters and lone surrogates."""
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x85", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


class Written(NamedTuple):
    """The words of a text, folded, with where each stands. All four are equally long."""

    forms: list[Form]
    starts: list[int]
    ends: list[int]
    gaps: list[str]  # what stands before each; nothing where one written word is several

    def tokens(self) -> list[Token]:
        """The same as tokens."""
        texts = [form[0] for form in self.forms]
        return list(map(_as_token, repeat(Token), zip(texts, self.starts, self.ends, strict=True)))

    def after(self, offset: int) -> Written:
        """The words from `offset` on, where a new line begins, as they stand in what follows."""
        first = bisect_left(self.starts, offset)
        starts, ends = ([edge - offset for edge in edges[first:]] for edges in (self.starts, self.ends))
        return Written(self.forms[first:], starts, ends, self.gaps[first:])


def written(text: str) -> Written:
    """The words of `text` in order. A text is taken apart for many ends, so no loop of ours goes over its words."""
    pieces = _WORDS_AND_GAPS.split(text)  # gap, word, gap, ... gap
    edges = list(accumulate(map(len, pieces)))
    found = list(map(_FORMS.__getitem__, pieces[1::2]))
    starts, ends, gaps = edges[:-1:2], edges[1::2], pieces[:-1:2]
    counts = list(map(len, found))
    if counts.count(1) != len(counts):
        gaps = [gap if count == 1 else "" for gap, count in zip(gaps, counts, strict=True)]
        starts, ends = list(chain(*map(repeat, starts, counts))), list(chain(*map(repeat, ends, counts)))
        gaps = list(chain(*map(repeat, gaps, counts)))
    return Written(list(chain.from_iterable(found)), starts, ends, gaps)


def tokens(text: str) -> list[Token]:
    """The folded tokens of `text` in order, each with its place in `text`."""
    return written(text).tokens()


_as_token = tuple.__new__  # what a NamedTuple does, without asking each time


def words(text: str) -> list[str]:
    """The folded tokens of `text` in order, where nobody asks for their places."""
    return [form[0] for several in map(_FORMS.__getitem__, _TOKEN.findall(text)) for form in several]


def fold(text: str) -> str:
    """`text` as its folded tokens, one space between them; folding twice changes nothing."""
    return " ".join(words(text))


def count_words(text: str) -> int:
    """How many words, with two characters of an unspaced script counted as one word."""
    found = _TOKEN.findall(text)
    if _IS_UNSPACED.search(text) is None:
        return len(found)
    unspaced = sum(match is not None for match in map(_IS_UNSPACED.match, found))
    return len(found) - unspaced + (unspaced + 1) // 2


def is_unspaced(token: str) -> bool:
    """Whether a token is a character of a script without spaces between words."""
    return not token.isascii() and _IS_UNSPACED.match(token) is not None


def is_space_free(token: str) -> bool:
    """Whether a space before or after such a character is mere layout, as between Han characters and kana."""
    return token[:1] >= "\u2e80" and _IS_UNSPACED.match(token) is not None and not _IS_SOUTH_EAST_ASIAN.match(token)


def is_hangul(token: str) -> bool:
    """Whether a token is Korean: spaced, but with particles and further nouns written onto the word."""
    return not token.isascii() and _IS_HANGUL.match(token) is not None


# --- One word --------------------------------------------------------------------------------------------------


class Form(NamedTuple):
    """A folded word: as it is compared, and before British spelling and the plural were taken away."""

    text: str
    plain: str


def forms(word: str) -> tuple[Form, ...]:
    """The folded forms of one written word as `tokens` found it; nearly always one."""
    return _FORMS[word]


class _Forms(dict[str, tuple[Form, ...]]):
    """The forms of words that were met, worked out when a word is met first; begun anew when there are many."""

    def __missing__(self, written: str) -> tuple[Form, ...]:
        word = written[: 4 * _LONGEST_WORD]
        if word.isascii() and word.isalnum():  # most words: nothing in them to take apart
            plain = word.lower()
            found: tuple[Form, ...] = (Form(stem(plain)[:_LONGEST_WORD], plain[:_LONGEST_WORD]),)
        else:
            found = tuple(_analyse(word))
        if len(self) >= _KEPT:
            self.clear()
        self[written] = found
        return found


_FORMS = _Forms()


def _analyse(word: str, depth: int = 0) -> Iterator[Form]:
    plain = fold_letters(word)
    pieces = _TOKEN.findall(plain)
    if pieces == [plain] or depth > 2:
        key = stem(_without_article(plain))[:_LONGEST_WORD]
        yield Form(key, plain[:_LONGEST_WORD])
        return
    for piece in pieces:  # a compatibility character stood for several words or characters
        yield from _analyse(piece, depth + 1)


def fold_letters(word: str) -> str:
    """One word without case, width, diacritics, apostrophes and invisible characters; its ending is untouched."""
    if word.isascii():
        plain = word.lower()
    else:
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    if _HAS_APOSTROPHE.search(plain):
        plain = _HAS_APOSTROPHE.sub("'", plain)
        plain = _POSSESSIVE.sub("", _ELISION.sub("", plain)).replace("'", "")
    plain = _GROUPED.sub("", plain)
    if plain.isascii():
        return plain
    return _digits(_order_marks(plain) if _IS_UNSPACED.match(plain) else _bare(plain))


def _bare(word: str) -> str:
    """A word of a spaced script without the marks that writers leave out."""
    word = unicodedata.normalize("NFD", word.translate(_LETTERS))
    word = _STRIPPED.sub("", _BREVE.sub("\ue000", word))
    return unicodedata.normalize("NFC", word.replace("\ue000", "\u0306").translate(_LETTERS))


def _order_marks(cluster: str) -> str:
    """A character of an unspaced script with its marks in one order, however they were typed."""
    cluster = _STRIPPED.sub("", cluster)
    return "".join([unit for run in _RUN.findall(cluster) for unit in (run[:1], *sorted(_MARK.findall(run[1:])))])


def _digits(word: str) -> str:
    if not _DIGIT.search(word):
        return word
    return _DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), word)


def _without_article(word: str) -> str:
    """An Arabic word without its article and what is written before it."""
    while match := _ARABIC_ARTICLE.match(word):
        word = word[match.end() :]
    return word
