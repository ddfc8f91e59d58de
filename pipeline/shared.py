"""Which recent developments may agree with an article in what: sets that hold all that do, if not only them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import timedelta

from pipeline import agreement
from pipeline.nearby import ANY, Nearby, keys_of
from pipeline.profile import Profile

_LONGEST = max(*agreement.WINDOWS.values(), agreement.WINDOW)  # days between reports of one act


@dataclass(frozen=True)
class Shared:
    """Ids of the developments that may agree with the article in each key."""

    events: Set[int]  # any of one article; `types` are those held
    types: Set[int]
    topics: Set[int]
    languages: Set[int]
    countries: Set[int]
    nationalities: Set[int]
    places: Set[int]  # of one name
    sites: Set[int]  # of one name, or of a part of one
    days: Set[int]  # near each other
    main_days: Set[int]  # the very same
    editions: Set[int]  # or batches
    routes: Set[int]
    counts: Set[int]  # that count the same kind of thing
    figures: Set[int]  # of them with a figure that may be the same
    names: Counter[int]
    numbers: Counter[int]
    open: Set[int]  # those of which neither topic nor key alone says that something keeps them apart

    @staticmethod
    def of(article: Profile, near: Nearby) -> Shared:
        keys = keys_of(article)

        def having(kind: str) -> set[int]:
            return near.having(kind, keys[kind])

        def counted(kind: str) -> Counter[int]:
            found: Counter[int] = Counter()
            for ids in near.each_having(kind, keys[kind]):
                found.update(ids)
            return found

        counts = _counts(near, keys["unit"])
        topics, countries, nationalities = having("topic"), having("country"), having("nationality")
        batches, editions = having("batch"), having("edition")
        days = near.having("day", _around(keys["day"]))
        apart: set[int] = set()
        for kind, same in (("day", days), ("nationality", nationalities), ("batch", batches), ("edition", editions)):
            if keys[kind]:
                apart |= near.with_any(kind) - same
        if keys["country"]:
            perhaps = near.having("country", agreement.across_the_border(keys["country"]))
            apart |= near.with_any("country") - countries - perhaps
        if article.is_analysis:
            apart -= near.with_any("analysis")
        return Shared(
            events=having("event"),
            types=having("type"),
            topics=topics,
            languages=having("language"),
            countries=countries,
            nationalities=nationalities,
            places=having("place"),
            sites=having("part of a place"),
            days=days,
            main_days=having("main day"),
            editions=batches | editions,
            routes=having("route"),
            counts=counts,
            figures=counts & (_alike(near, "figure", keys["leading"]) | _alike(near, "leading", keys["figure"])),
            names=counted("name"),
            numbers=counted("number"),
            open=(topics if article.topics else near.with_none("topic")) - apart,
        )


def _counts(near: Nearby, units: Collection[str]) -> set[int]:
    """Those whose leading figures count what the article's do, or may."""
    if not units:
        return set()
    return set(near.with_any("unit")) if ANY in units else near.having("unit", {*units, ANY})


def _alike(near: Nearby, kind: str, steps: Collection[str]) -> set[int]:
    if not steps:
        return set()
    return set(near.with_any(kind)) if ANY in steps else near.having(kind, {*steps, ANY})


def _around(days: Collection[str]) -> set[str]:
    """The days within the longest window of any type of act."""
    return {
        (agreement.day_of(day) + timedelta(days=by)).isoformat()
        for day in days
        for by in range(-_LONGEST, _LONGEST + 1)
    }
