"""Where two reports are known to agree, known to differ, or one of them says nothing: key by key.

Everything here answers True, False or None: the same, another, or not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from pipeline.profile import Figure, Profile

#: Reports of one act may be so many days apart in the day they give it.
WINDOWS = {
    "rescue_release": 2,
    "repatriation": 2,
    "supply_cut": 2,
    "sanctions_seizure": 1,
    "police_training": 7,
    "joint_patrol": 7,
    "liaison_deployment": 7,
    "equipment_aid": 4,
    "trafficking_abuse": 7,
    "report_analysis": 7,
}
WINDOW = 3

#: Each legal stage is a development of its own, whatever else agrees.
_STAGES = ("prosecution_sentence", "execution", "arrest_handover", "sanctions_seizure")

#: Types that one act is often reported under.
_KIN = (
    {"rescue_release", "repatriation", "arrest_handover"},
    {"raid", "arrest_handover", "rescue_release"},
    {"policing_agreement", "cooperation_policy"},
    {"police_training", "liaison_deployment", "equipment_aid", "cooperation_policy"},
    {"scrutiny_suspension", "cooperation_policy"},
    {"supply_cut", "cooperation_policy"},
    {"extradition_fugitive", "arrest_handover"},
    {"overseas_station", "prosecution_sentence"},
    {"trafficking_abuse", "rescue_release"},
    {"sanctions_seizure", "prosecution_sentence"},
)

#: Acts that cross a border: a report may name the town on either side.
_CROSSING = {"rescue_release", "repatriation", "arrest_handover", "supply_cut", "trafficking_abuse"}
_BORDERS = {
    frozenset(pair.split("-")) for pair in "MM-TH MM-CN MM-LA LA-TH LA-CN LA-VN LA-KH KH-TH KH-VN VN-CN MY-TH".split()
}


def window_of(one: Profile, other: Profile) -> timedelta:
    """How far apart the days of one act of these types may be reported."""
    types = one.held(one.events) & other.held(other.events) or one.held(one.events) | other.held(other.events)
    return timedelta(days=max((WINDOWS.get(name, WINDOW) for name in types), default=WINDOW))


def same_types(one: Profile, other: Profile) -> bool | None:
    mine, theirs = one.held(one.events), other.held(other.events)
    if not mine or not theirs:
        return None
    return bool(mine & theirs)


def kin_types(one: Profile, other: Profile) -> bool:
    """Different types that one act is often reported under."""
    mine, theirs = one.held(one.events), other.held(other.events)
    return any(mine & family and theirs & family for family in _KIN)


def analysis_of_other(one: Profile, other: Profile) -> bool:
    """One is an analysis, the other the news, and no type is common: news of what a report found is of both sorts."""
    if one.is_analysis == other.is_analysis:
        return False
    return not (one.held(one.events) & other.held(other.events)) - {"report_analysis"}


def other_stage(one: Profile, other: Profile) -> bool:
    """Sentence and execution, arrest and sentence: never one development."""
    mine = one.held(one.events) & set(_STAGES)
    theirs = other.held(other.events) & set(_STAGES)
    return bool(mine and theirs) and not mine & theirs and not kin_types(one, other)


def same_country(one: Profile, other: Profile) -> bool | None:
    mine, theirs = one.held(one.countries), other.held(other.countries)
    if not mine or not theirs:
        return None
    if mine & theirs:
        return True
    types = one.held(one.events) | other.held(other.events)
    if types & _CROSSING and any(frozenset((a, b)) in _BORDERS for a in mine for b in theirs):
        return None
    return False


def across_the_border(countries: Iterable[str]) -> frozenset[str]:
    """Countries of which it is not sure that news of them is other news than that of these."""
    return frozenset().union(*(pair for country in countries for pair in _BORDERS if country in pair))


def same_place(one: Profile, other: Profile) -> bool | None:
    """Towns and sites by name. A longer name that holds the other is the same: a park in its town."""
    mine, theirs = one.held(one.places), other.held(other.places)
    if not mine or not theirs:
        return None
    return bool(mine & theirs) or any(_holds(a, b) or _holds(b, a) for a in mine for b in theirs)


def _holds(long: str, short: str) -> bool:
    return f" {short} " in f" {long} "


def same_day(one: Profile, other: Profile) -> bool | None:
    """Whether any days given for the news lie within the window of its type."""
    mine, theirs = _days(one), _days(other)
    if not mine or not theirs:
        return None
    return gap(mine, theirs) <= window_of(one, other)


def gap(mine: Iterable[date], theirs: Iterable[date]) -> timedelta:
    return min(abs(a - b) for a in mine for b in theirs)


def gap_of(mine: Iterable[str], theirs: Iterable[str]) -> timedelta:
    """The same for ISO dates."""
    return gap([day_of(day) for day in mine], [day_of(day) for day in theirs])


def _days(profile: Profile) -> list[date]:
    return [day_of(day) for day in profile.held(profile.days)]


@lru_cache(maxsize=4096)
def day_of(iso: str) -> date:
    return date.fromisoformat(iso)


def same_nationality(one: Profile, other: Profile) -> bool | None:
    mine, theirs = one.held(one.nationalities), other.held(other.nationalities)
    if not mine or not theirs:
        return None
    return bool(mine & theirs)


def same_edition(one: Profile, other: Profile) -> bool | None:
    """Batch with batch and edition with edition."""
    answers = []
    for kind in ("batch:", "edition:"):
        mine = {key for key in one.held(one.editions) if key.startswith(kind)}
        theirs = {key for key in other.held(other.editions) if key.startswith(kind)}
        if mine and theirs:
            answers.append(bool(mine & theirs))
    return None if not answers else all(answers)


def next_batch(one: Profile, other: Profile) -> bool:
    """One names a batch after the first, the other none, and their days differ: the first is seldom called so."""
    mine, theirs = _batches(one), _batches(other)
    if bool(mine) == bool(theirs) or "batch:1" in mine | theirs:
        return False
    days, others = one.held(one.main_days), other.held(other.main_days)
    return bool(days and others) and not days & others


def _batches(profile: Profile) -> set[str]:
    return {key for key in profile.held(profile.editions) if key.startswith("batch:")}


def same_count(one: Profile, other: Profile, within: float = 0.0) -> bool | None:
    """Whether the figure either is about stands in the other, given or take `within`."""
    if not any(mine.is_like(theirs) for mine in one.leading for theirs in other.leading):
        return None
    return _stands_in(one.leading, other.figures, within) or _stands_in(other.leading, one.figures, within)


def _stands_in(leading: Iterable[Figure], figures: Iterable[Figure], within: float) -> bool:
    return any(figure.is_like(known) and figure.agrees(known, within) for figure in leading for known in figures)
