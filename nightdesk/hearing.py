"""Whether a watch's query can hear the sources it is asked of: what `check` warns of, with words that would mend it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.query import parse_query
from core.query.nodes import Leaf, Value
from core.watch import Watch
from crawler.source import Source

if TYPE_CHECKING:
    from pipeline.tongues import TermTongues
    from pipeline.vocabulary import TermTable

_NAMED = 6  # languages and words that a warning lists


class Ear:
    """Listens for what a query misses; loads the term tables once."""

    def __init__(self) -> None:
        from pipeline.tongues import TermTongues
        from pipeline.vocabulary import load_vocabulary

        self._vocabulary: TermTable = load_vocabulary()
        self._tongues: TermTongues = TermTongues(self._vocabulary)

    def warnings(self, watch: Watch, sources: Iterable[Source]) -> Iterator[str]:
        """One line for unknown names, one for languages that its sources write and its query has no words of."""
        if watch.query is None:
            return
        query = parse_query(watch.query, self._vocabulary)
        for field, name in query.names:
            if "*" not in name and not self._vocabulary.knows(field, name):
                yield f"{field}:{name} is in no term table and looked for as it is written{self._near(field, name)}"
        missed: Counter[str] = Counter()
        deaf: dict[Leaf, set[str]] = {}
        for language, count in _languages(watch, sources).items():
            leaves = query.deaf_to(language, self._tongues)
            if leaves and not any(isinstance(leaf, Value) for leaf in leaves):  # lang: is meant to leave others out
                if self._tongues.knows(language) or watch.languages or watch.sources:
                    missed[language] += count
                for leaf in leaves:
                    deaf.setdefault(leaf, set()).add(language)
        if missed:
            yield f"its query has no words for {_counted(missed)}; {self._advice(deaf, set(missed))}"

    def _near(self, field: str, name: str) -> str:
        known = {one.casefold(): one for one in self._vocabulary.names(field)}
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.7)
        return f'; did you mean {field}:"{known[near[0]]}"?' if near else ""

    def _advice(self, deaf: dict[Leaf, set[str]], missed: set[str]) -> str:
        """Which field to write for which word, and which words have none."""
        instead: list[str] = []
        without: list[str] = []
        for leaf, languages in deaf.items():
            if languages & missed:
                better = self._better(leaf, languages & missed)
                (instead if better else without).append(f"{better} for {leaf.source}" if better else leaf.source)
        parts = [f"write {', '.join(instead[:_NAMED])}"] if instead else []
        parts += [f"add words in these languages beside {', '.join(without[:_NAMED])}"] if without else []
        return f"{', and '.join(parts)} (place:, org:, agency:, person: and concept: hold across languages)"

    def _better(self, leaf: Leaf, languages: set[str]) -> str:
        """The name field that hears most of these languages where `leaf` does not; nothing where none does."""
        from pipeline.closeness import NAME_KINDS, as_name

        best, fewest = "", len(languages)
        for kind in NAME_KINDS:
            asked = as_name(kind, leaf)
            if not asked or not self._vocabulary.knows(kind, asked.partition(":")[2].strip('"')):
                continue
            query = parse_query(asked, self._vocabulary)
            deaf = sum(bool(query.deaf_to(language, self._tongues)) for language in languages)
            if deaf < fewest:
                best, fewest = asked, deaf
        return best


def _languages(watch: Watch, sources: Iterable[Source]) -> Counter[str]:
    """The languages of the sources that a watch is asked of, with how many write each."""
    found: Counter[str] = Counter()
    for source in sources:
        if source.language is None or (watch.sources and source.name not in watch.sources):
            continue
        if not watch.sources and watch.topics and source.beats and not set(watch.topics) & set(source.beats):
            continue
        if not watch.languages or any(_is_kind_of(source.language, wanted) for wanted in watch.languages):
            found[source.language] += 1
    for wanted in watch.languages:
        if not any(_is_kind_of(language, wanted) for language in found):
            found[wanted] += 0
    return found


def _is_kind_of(own: str, wanted: str) -> bool:
    return own.lower() == wanted.lower() or own.lower().startswith(wanted.lower() + "-")


def language_name(tag: str) -> str:
    """`Thai` of `th`, `Traditional Chinese` of `zh-Hant`; the tag itself where it has no name."""
    from babel import Locale

    names = Locale("en").languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.split("-")[0]) or tag)


def _counted(missed: Counter[str]) -> str:
    """`Thai (27 sources), Chinese (30)`, the most first."""
    ranked = sorted(missed.items(), key=lambda pair: (-pair[1], pair[0]))
    words = [f"{language_name(tag)} ({count})" if count else language_name(tag) for tag, count in ranked[:_NAMED]]
    if ranked[0][1]:
        words[0] = words[0].replace(")", " source)" if ranked[0][1] == 1 else " sources)")
    more = len(ranked) - _NAMED
    return ", ".join(words) + (f" and {more} languages more" if more > 0 else "")


def warnings(watches: Iterable[Watch], sources: Iterable[Source]) -> Iterator[tuple[Watch, str]]:
    """What every watch misses. Nothing is loaded where none has a query."""
    asked = [watch for watch in watches if watch.query]
    if not asked:
        return
    ear, listed = Ear(), tuple(sources)
    for watch in asked:
        for warning in ear.warnings(watch, listed):
            yield watch, warning
