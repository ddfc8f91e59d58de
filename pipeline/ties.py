"""What ties a development to an earlier one of the same case, campaign or relation. Pure.

Only what is stated counts: who and what is named, which figures and days of the earlier one the later one repeats,
where it is, whose police deal with whom. Words do not: reports of two cases of one kind are worded alike. Nothing ties
an act to one that does not follow it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline import agreement
from pipeline.profile import Profile

#: How long after it the next stage may follow.
REACH = timedelta(days=400)
#: A key of so many other cases already tells no case from another.
COMMON = 4

_FOLLOWS: dict[str, frozenset[str]] = {
    act: frozenset(next_ones.split())
    for act, next_ones in {
        "raid": "rescue_release arrest_handover repatriation prosecution_sentence demolition sanctions_seizure",
        "rescue_release": "repatriation arrest_handover",
        "repatriation": "prosecution_sentence",
        "trafficking_abuse": "rescue_release repatriation arrest_handover prosecution_sentence cooperation_policy",
        "arrest_handover": "repatriation prosecution_sentence execution sanctions_seizure extradition_fugitive",
        "extradition_fugitive": "prosecution_sentence",
        "prosecution_sentence": "execution",
        "sanctions_seizure": "arrest_handover prosecution_sentence",
        "cooperation_policy": "policing_agreement",
        "policing_agreement": "scrutiny_suspension",
        "scrutiny_suspension": "policing_agreement liaison_deployment police_training",
        "liaison_deployment": "scrutiny_suspension",
        "police_training": "scrutiny_suspension",
        "joint_patrol": "scrutiny_suspension",
        "equipment_aid": "scrutiny_suspension",
        "overseas_station": "prosecution_sentence scrutiny_suspension",
    }.items()
}
#: Acts that a relation between two police forces is made of: the next of one kind is of the same relation.
RELATIONS = (
    ("pact", frozenset(("policing_agreement", "scrutiny_suspension"))),
    ("training", frozenset(("police_training",))),
    ("patrols", frozenset(("joint_patrol",))),
    ("gear", frozenset(("equipment_aid",))),
    ("officers", frozenset(("liaison_deployment", "scrutiny_suspension"))),
    ("stations", frozenset(("overseas_station", "scrutiny_suspension"))),
)
#: Acts that are ordered once and go on, pause and end at one place.
_GOING_ON = frozenset(("supply_cut", "demolition"))
_GOES_ON = timedelta(days=240)
#: Officers come and go under several deals at once; a pact, a series of courses or patrols is mostly one.
_WORTH = {"officers": 3.0, "stations": 3.0}
#: They train and equip the police of others, and are named beside each other where a host chooses between them.
_RIVALS = frozenset(("AU", "CN", "FR", "GB", "NZ", "US"))
_THIRD = 0.75  # of how often the second nation is named
_POLICING = "overseas_policing"
_LARGE = 30  # a figure from which two cases hardly share it by chance
_REPEATED = 10
_NOT_TELLING = 4.0  # the most that figures and places tie by themselves
_YEARS = range(1990, 2041)  # numbers that may be one


@dataclass(frozen=True)
class Tie:
    """How much ties two developments, and what."""

    strength: float
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class _Ground:
    """One thing that ties, or speaks against it. Without one that is telling all the others may be chance."""

    weight: float
    words: str = ""
    is_telling: bool = False


@dataclass(frozen=True)
class Commonness:
    """How many other cases have each key."""

    cases: Mapping[str, int]

    def is_rare(self, key: str) -> bool:
        return self.cases.get(key, 0) < COMMON


def keys_of(profile: Profile) -> frozenset[str]:
    """What a development of the same case is found by."""
    if profile.is_analysis:
        return frozenset()
    places = profile.held(profile.places)
    police = (f"police:{pair}:{kind}" for pair in (_partners(profile),) if pair for kind in _relations(profile))
    return frozenset(
        (
            *(f"name:{name}" for name in _names(profile)),
            *(f"place:{place}" for place in places),
            *(f"number:{number}" for number in _telling(profile)),
            *police,
        )
    )


def tie(one: Profile, other: Profile, commonness: Commonness) -> Tie | None:
    """What ties two developments, in whichever order they became known; None where they cannot be of one case."""
    earlier, later = sorted((one, other), key=lambda profile: (profile.first, profile.last))
    gap = max(later.first - earlier.last, timedelta())
    if gap > REACH or earlier.is_analysis or later.is_analysis or not _same_topic(earlier, later):
        return None
    if not _follows(earlier, later, gap):
        return None
    found = _grounds(earlier, later, gap, commonness)
    strength = sum(ground.weight for ground in found)
    if not any(ground.is_telling for ground in found):
        strength = min(strength, _NOT_TELLING)
    return Tie(round(strength, 2), tuple(ground.words for ground in found if ground.words))


def _same_topic(one: Profile, other: Profile) -> bool:
    return bool(one.held(one.topics) & other.held(other.topics))


def _follows(earlier: Profile, later: Profile, gap: timedelta) -> bool:
    """The same kind of act again, or one that comes of it. Within days either may have been reported first."""
    before, after = earlier.held(earlier.events), later.held(later.events)
    if before & after or any(_FOLLOWS.get(act, frozenset()) & after for act in before):
        return True
    return gap < timedelta(days=3) and any(_FOLLOWS.get(act, frozenset()) & before for act in after)


def _grounds(earlier: Profile, later: Profile, gap: timedelta, commonness: Commonness) -> list[_Ground]:
    names = _of_names(earlier, later, commonness)
    places = _of_places(earlier, later, commonness)
    if len(names) == 1 and not names[0].is_telling:
        # A name that is none of a person may be that of the place itself.
        places = [replace(ground, weight=min(ground.weight, 1.0)) for ground in places]
    days = earlier.held(earlier.main_days) & set(later.told_days)
    told = [_Ground(2.0, f"names its day, {min(days)}", True)] if days and gap >= timedelta(days=1) else []
    return [*names, *_of_figures(earlier, later, commonness), *told, *places, *_of_nations(earlier, later)]


def _of_nations(earlier: Profile, later: Profile) -> list[_Ground]:
    found = []
    mine, theirs = _partners(earlier), _partners(later)
    if mine and mine == theirs:
        found.append(_Ground(0.5, mine.replace("-", " and ")))
        both = [kind for kind in _relations(earlier) if kind in _relations(later)]
        if both:
            found.append(_Ground(_WORTH.get(both[0], 4.0), f"police {both[0]} of the same two", True))
    else:
        if not set(_nations(earlier)) & set(_nations(later)):
            found.append(_Ground(-1.5))
        if agreement.same_country(earlier, later) is False:
            found.append(_Ground(-1.0))
    if agreement.same_nationality(earlier, later) is False:
        found.append(_Ground(-1.0))
    return found


def _of_names(earlier: Profile, later: Profile, commonness: Commonness) -> list[_Ground]:
    """The accused weigh most, firms and sites less, and least whoever may speak of several cases."""
    shared = sorted(name for name in _names(earlier) & _names(later) if commonness.is_rare(f"name:{name}"))
    officials = [name for name in shared if _is(name, "said", earlier) or _is(name, "said", later)]
    rest = [name for name in shared if name not in officials]
    accused = [name for name in rest if _is(name, "who", earlier) or _is(name, "who", later)]
    others = [name for name in rest if name not in accused]
    found = []
    if accused:
        weight = 2.0 * min(len(accused), 2) + 1.5 + _both_begin(accused, earlier, later)
        found.append(_Ground(weight, f"both name {_list(accused)}", True))
    if others:
        weight = 2.0 * min(len(others), 2) + (0.0 if accused else 0.5)
        is_telling = len(others) > 1 or _both_begin(others, earlier, later)
        found.append(_Ground(weight, f"both name {_list(others)}", is_telling))
    if officials:
        found.append(_Ground(1.0, f"both quote {_list(officials)}"))
    return found


def _both_begin(names: Sequence[str], earlier: Profile, later: Profile) -> bool:
    return any(_is(name, "lead", earlier) and _is(name, "lead", later) for name in names)


def _is(name: str, kind: str, profile: Profile) -> bool:
    return f"{kind}:{name}" in profile.case_names


def _list(names: Sequence[str]) -> str:
    return ", ".join(name.title() for name in names[:3])


def _of_figures(earlier: Profile, later: Profile, commonness: Commonness) -> list[_Ground]:
    """Figures of the earlier one that the later one repeats: its own main figure, and any that is large enough."""
    found = []
    own = {f"{figure.value:g}" for figure in later.leading}
    main = {f"{figure.value:g}" for figure in earlier.leading if figure.value >= _REPEATED} - own
    stated = _telling(later) | {f"{figure.value:g}" for figure in later.figures}
    repeated = sorted(number for number in main & stated if commonness.is_rare(f"number:{number}"))
    if repeated:
        found.append(_Ground(1.5, f"repeats its figure, {repeated[0]}"))
    shared = (_telling(earlier) & _telling(later)) - set(repeated)
    large = sorted((n for n in shared if float(n) >= _LARGE and commonness.is_rare(f"number:{n}")), key=float)
    if large:
        found.append(_Ground(0.75 * min(len(large), 2), f"both give {', '.join(large[-3:])}"))
    return found


def _of_places(earlier: Profile, later: Profile, commonness: Commonness) -> list[_Ground]:
    shared = sorted(earlier.held(earlier.places) & later.held(later.places))
    rare = [place for place in shared if commonness.is_rare(f"place:{place}")]
    if not shared:
        return []
    found = [_Ground(1.5 if rare else 0.5, f"both at {(rare or shared)[0].title()}")]
    goes_on = earlier.held(earlier.events) & later.held(later.events) & _GOING_ON
    if rare and goes_on and later.first - earlier.last <= _GOES_ON:
        found.append(_Ground(2.5, f"{min(goes_on).replace('_', ' ')} there goes on", True))
    return found


def _names(profile: Profile) -> frozenset[str]:
    return frozenset(key.partition(":")[2] for key in profile.case_names)


def _telling(profile: Profile) -> frozenset[str]:
    return frozenset(number for number in profile.numbers if float(number) not in _YEARS)


def _nations(profile: Profile) -> list[str]:
    ranked = sorted(profile.nations.items(), key=lambda item: (-item[1], item[0]))
    return [country for country, _ in ranked[:2]]


def _partners(profile: Profile) -> str:
    """The two countries a development is between, as its reports begin; nothing where a third is named as often."""
    counts = [*sorted(profile.nations.values(), reverse=True), 0, 0, 0]
    return "-".join(sorted(_nations(profile))) if counts[1] and counts[2] <= _THIRD * counts[1] else ""


def _relations(profile: Profile) -> list[str]:
    if _POLICING not in profile.held(profile.topics) or _RIVALS.issuperset(_nations(profile)):
        return []
    events = profile.held(profile.events)
    return [name for name, kinds in RELATIONS if events & kinds]
