"""Which words belong to which language, as far as the term tables and the two ways of writing Chinese tell."""

from __future__ import annotations

from functools import lru_cache

from core.text import is_unspaced, tokens
from pipeline.language import detect_language, normal_tag
from pipeline.vocabulary import LOCALES, TermTable

_KNOWN = tuple(dict.fromkeys(language for language, _ in LOCALES))


class TermTongues:
    """Answers from the term tables; what they do not know may stand anywhere."""

    def __init__(self, vocabulary: TermTable) -> None:
        self._vocabulary = vocabulary
        self._homes = lru_cache(maxsize=4096)(self._find_homes)

    def may_stand(self, words: str, language: str) -> bool:
        """Whether folded words may stand in texts of `language`, which is written in their script."""
        base = primary(language)
        if base == "zh" and _is_other_chinese(words, language):
            return False
        homes = self._homes(words)
        # The tables list what helps to understand, not every English word; so what is ASCII may be English too.
        return homes is None or base in homes or (base == "en" and words.isascii())

    def knows(self, language: str) -> bool:
        """Whether the tables have words of that language at all."""
        return primary(language) in _KNOWN

    def _find_homes(self, words: str) -> frozenset[str] | None:
        """The languages that have these words as a term, or have each of them; None where that is not known."""
        found = tokens(words)
        whole = self._tongues_of(words)
        if whole is not None or len(found) < 2 or is_unspaced(found[0].text):
            return whole
        single = [tongues for token in found if (tongues := self._tongues_of(token.text)) is not None]
        return frozenset.intersection(*single) if single else None

    def _tongues_of(self, words: str) -> frozenset[str] | None:
        """Whose term it is; None for names, which are everybody's, and for what is no term."""
        found = tokens(words)
        homes = set()
        for language in _KNOWN:
            for hit in self._vocabulary.find(words, found, language):
                if hit.last - hit.first == len(found) - 1:
                    if hit.entry.kind not in ("concept", "cue", "unit", "bound"):
                        return None
                    homes.add(language)
        return frozenset(homes) or None


def primary(language: str) -> str:
    """`zh` of `zh-Hant`."""
    return language.casefold().replace("_", "-").split("-")[0]


def _is_other_chinese(words: str, language: str) -> bool:
    """Whether words are written in simplified characters and the language in traditional ones, or the reverse."""
    own = normal_tag(language) or language
    other = "zh" if own == "zh-Hant" else "zh-Hant"
    return is_unspaced(words[:1]) and detect_language(words, own) == other
