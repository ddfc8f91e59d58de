"""Decides about an article among all recent developments, and weighs those in full that can make a difference.

The decision is the one of `cluster.decide` among all of them, its reason too: others are known to come to too little
(`ceiling.py`), and to say which is nearest they are weighed from the most likely down until none can be nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop

from pipeline import cluster
from pipeline.ceiling import Ceiling, ceilings
from pipeline.cluster import Candidate, Decision, Passed
from pipeline.config import PipelineConfig
from pipeline.nearby import Nearby, told_values
from pipeline.profile import Profile


def decide(article: Profile, near: Nearby, config: PipelineConfig, copied: int | None = None) -> Decision:
    """Join the development that most speaks for, or found one. `copied`: where the article's near-copy is."""
    needed = cluster.needed(article, config)
    named = near.having("value", told_values(article)) if article.is_analysis else ()
    weighed, others = [], []
    for ceiling in ceilings(article, near, config):
        id = ceiling.development_id
        joins = ceiling.odds >= cluster.JOINS if ceiling.odds is not None else ceiling.score >= needed
        mentioned = article.is_analysis and (ceiling.words >= config.threshold or id in named)
        if joins or mentioned or id == copied:
            weighed.append(Candidate(id, near.profiles[id]))
        else:
            others.append(ceiling)
    weighed.sort(key=lambda candidate: candidate.development_id)
    return cluster.decide(article, weighed, near.rarity, config, copied, _from_the_nearest(others, near))


def _from_the_nearest(others: Iterable[Ceiling], near: Nearby) -> Iterator[Passed]:
    heap = [(not one.may_be_open, -(one.score if one.may_be_open else one.words), one.development_id) for one in others]
    heapify(heap)
    while heap:
        is_apart, most, id = heappop(heap)
        yield Passed(Candidate(id, near.profiles[id]), (not is_apart, -most))
