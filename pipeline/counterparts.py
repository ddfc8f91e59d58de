"""Which article and which development of a replay is which of the record. Pure.

A development whose articles mostly stay together keeps its id. What an analyst pinned there decides before numbers do.
Pairing again what was carried out in part comes to the same pairs, so that a run that was killed goes on as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Replayed:
    """An article of the replay: its number there, and the pages of the record it was read from, the first in front."""

    id: int
    pages: tuple[int, ...]


def pair_articles(
    replayed: Sequence[Replayed], first_of: Mapping[int, int], any_of: Mapping[int, int]
) -> dict[int, int]:
    """Replayed articles that are on record, with their ids there; what is missing is new.

    `first_of`: articles by the page they were first read from; `any_of`: by any page of theirs.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for known in (first_of, any_of):
        for article in replayed:
            if article.id in pairs:
                continue
            pages = article.pages[:1] if known is first_of else article.pages
            found = next((known[page] for page in pages if page in known and known[page] not in taken), None)
            if found is not None:
                pairs[article.id] = found
                taken.add(found)
    return pairs


def pair_developments(
    groups: Mapping[int, Sequence[int]], home: Mapping[int, int], pins: Mapping[int, int]
) -> dict[int, int]:
    """Replayed developments that are on record, with their ids there; what is missing is new.

    `groups`: the articles on record of each replayed development; `home`: where each is; `pins`: where each belongs.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for group, members in groups.items():
        pinned = Counter(pins[article] for article in members if article in pins)
        for development, _ in pinned.most_common(1):
            if development not in taken:
                pairs[group] = development
                taken.add(development)
    shared = Counter(
        (group, home[article]) for group, members in groups.items() for article in members if article in home
    )
    for (group, development), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        if group not in pairs and development not in taken:
            pairs[group] = development
            taken.add(development)
    return pairs


def heirs(groups: Mapping[int, Sequence[int]], home: Mapping[int, int], paired: Collection[int]) -> dict[int, int]:
    """For each development of the record that is not `paired`: the group that took most of its articles."""
    took: dict[int, Counter[int]] = {}
    for group, members in groups.items():
        for article in members:
            if article in home and home[article] not in paired:
                took.setdefault(home[article], Counter())[group] += 1
    return {
        development: min(counted, key=lambda group: (-counted[group], group)) for development, counted in took.items()
    }
