"""Which development an article reports: decided on facts, names, places and dates before words.

Words only propose. What is known and different keeps two reports apart; what agrees brings them together, across
languages too, where words never meet. How much each agreement is worth is learned (`weights/pairs.json`) for
reports whose kind of news is known; what keeps apart then asks for more, since one of two readings may be wrong. Of
reports with nothing but words the words decide. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline import agreement, pairing
from pipeline.config import PipelineConfig
from pipeline.nearby import TELLING
from pipeline.profile import Profile
from pipeline.weighing import load_models, probability
from pipeline.words import Rarity

_ROUNDING = 0.06  # 32 and 34 officers on one trip
_WORDS = 40  # distinct ones, below which a text is brief
_BRIEF = 0.3
_COMMON = {"type", "country", "date"}  # what acts of one day and country easily share
#: Log odds from which a report joins: where nothing keeps it apart, and against something that does.
JOINS, _JOINS_AGAINST = 0.0, 1.0
_SERIES = 0.5  # likeness of words from which a known difference makes two reports parts of a series
_LIKE = 0.25  # half of that where the figure differs as well
_BINDING = frozenset(("another batch or edition", "another nationality and figure", "another nationality and place"))
#: What may be one reading gone wrong, as long as nothing else is known to differ.
_READINGS = frozenset(("another nationality", "another place", "another country"))
NEVER = -30.0
STRANGE = 0.08  # likeness of words below which something else must be shared
#: What the likeness of words gains where a key agrees. No one key joins by itself; in two languages three must agree.
WORTH = {
    "type": 0.06,
    "place": 0.07,
    "country": 0.02,
    "date": 0.06,
    "nationality": 0.03,
    "figure": 0.12,
    "batch or edition": 0.06,
    "route": 0.03,
}
_SMALL = 0.03  # a figure that agrees by chance
_NAME, _NAMES = 0.05, 0.15  # each shared name, and all of them
KIN, _NO_KIN = 0.05, 0.15  # what other types take away


@dataclass(frozen=True)
class Candidate:
    """A development an article may belong to."""

    development_id: int
    profile: Profile


class Passed(NamedTuple):
    """One that cannot be joined, and the most that its nearness can be."""

    candidate: Candidate
    most: tuple[bool, float]  # whether nothing may keep it apart, and its score


@dataclass(frozen=True)
class Join:
    development_id: int
    similarity: float
    reason: str
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    reason: str
    mentions: tuple[int, ...] = ()


Decision = Join | Found


@dataclass(frozen=True)
class Weighing:
    """How much speaks for one development, and what."""

    score: float
    words: float
    agreed: tuple[str, ...]
    apart: str = ""
    odds: float | None = None  # learned log odds that both are of one act, where the kind of news is known
    other_figure: bool = False  # whether what either is about was counted otherwise, be it by one


def decide(
    article: Profile,
    candidates: Sequence[Candidate],
    rarity: Rarity,
    config: PipelineConfig,
    copied: int | None = None,
    others: Iterable[Passed] = (),
) -> Decision:
    """Join the development that most speaks for, or found one. `copied`: where the article's near-copy is.

    `others` cannot be joined; who joins none wants to know which of them is nearest. They come by their `most`, the
    greatest first, and are weighed as far as they can be nearer than what was found.
    """
    weighed = [
        (candidate, weigh(article, candidate.profile, rarity, config, candidate.development_id == copied))
        for candidate in candidates
    ]
    mentions = _mentions(article, weighed, config)
    for candidate, weighing in weighed:
        if candidate.development_id == copied and not weighing.apart:
            return Join(copied, max(weighing.score, config.threshold), "a near-copy of one of its articles", mentions)
    learned = [pair for pair in weighed if _is_sure(pair[1])]
    if learned:
        best, weighing = max(learned, key=lambda pair: (pair[1].odds or 0.0, -pair[0].development_id))
        return Join(best.development_id, round(probability(weighing.odds or 0.0), 3), _because(weighing), mentions)
    open_ones = [pair for pair in weighed if not pair[1].apart and pair[1].odds is None]
    if open_ones:
        best, weighing = max(open_ones, key=lambda pair: (pair[1].score, -pair[0].development_id))
        if weighing.score >= needed(article, config):
            return Join(best.development_id, round(weighing.score, 3), _because(weighing), mentions)
    nearest = max(weighed, key=_nearness, default=None)
    for candidate, most in others:
        if nearest and most < _nearness(nearest)[:2]:
            break
        other = candidate, weigh(article, candidate.profile, rarity, config)
        nearest = max(nearest or other, other, key=_nearness)
    return Found(_alone(nearest, config), mentions)


def needed(article: Profile, config: PipelineConfig) -> float:
    """The likeness from which an article joins: less for one of few words, which has less to share."""
    return config.threshold * min(1.0, _BRIEF + (1 - _BRIEF) * len(article.words) / _WORDS)


def _is_sure(weighing: Weighing) -> bool:
    """Equal words with a known difference are a series, whatever else agrees; other words may be one act misread."""
    if weighing.odds is None:
        return False
    if not weighing.apart:
        return weighing.odds >= JOINS
    if weighing.other_figure and weighing.apart in _READINGS and weighing.words >= _LIKE:
        return False  # in much the same words two differences are no misreading
    return weighing.apart not in _BINDING and weighing.words < _SERIES and weighing.odds >= _JOINS_AGAINST


def weigh(article: Profile, known: Profile, rarity: Rarity, config: PipelineConfig, is_copy: bool = False) -> Weighing:
    """What speaks for `article` being of the development `known`. Of a copy it matters little what it was taken for."""
    alike = pairing.likenesses(article, known, rarity)
    words = likeness(article, known, alike, config)
    odds = _odds(article, known, rarity, config, words, alike)
    if not is_copy and (apart := _other_matter(article, known)):
        return Weighing(words, words, (), apart, odds)
    shared = pairing.shared_names(article, known, rarity)
    if apart := keeps_apart(article, known, config, bool(shared)):
        return Weighing(words, words, (), apart, odds, agreement.same_count(article, known) is False)
    agreed, facts = _evidence(article, known, shared)
    decay = 1.0 if "date" in agreed else 0.5 ** (pairing.distance(article, known) / config.half_life)
    return Weighing(words * decay + facts, words, tuple(agreed), "", odds)


def _odds(
    article: Profile,
    known: Profile,
    rarity: Rarity,
    config: PipelineConfig,
    words: float,
    alike: tuple[float, float],
) -> float | None:
    """The learned odds, where the kind of news is known of both and they share anything at all."""
    model = load_models("pairs").get("yes")
    if model is None or not article.events or not known.events:
        return None
    if pairing.distance(article, known) > config.window or agreement.analysis_of_other(article, known):
        return NEVER
    shared = (article.places, known.places), (article.names, known.names), (article.numbers, known.numbers)
    if words < STRANGE and not any(mine.keys() & theirs.keys() for mine, theirs in shared):
        return NEVER
    return model.score(pairing.pair_traits(article, known, rarity, alike))


def likeness(article: Profile, known: Profile, alike: tuple[float, float], config: PipelineConfig) -> float:
    """Of words and of names together, from 0 to 1."""
    words, names = alike
    if not article.entities or not known.entities:
        return words
    return (1 - config.entities) * words + config.entities * names


def _other_matter(article: Profile, known: Profile) -> str:
    """What they were taken for and differs, or nothing."""
    if agreement.analysis_of_other(article, known):
        return "one is an analysis, the other the news"
    if not article.topics.keys() & known.topics.keys() and (article.topics or known.topics):
        return "another topic, or none"
    return ""


def keeps_apart(article: Profile, known: Profile, config: PipelineConfig, named: bool) -> str:
    """What is known of both and differs, or nothing."""
    if pairing.distance(article, known) > config.window:
        return "too far apart in time"
    if article.is_analysis and known.is_analysis:
        return ""  # one text and its rewrites, whichever of its places and dates each of them keeps
    if agreement.other_stage(article, known):
        return "another stage"
    if agreement.same_edition(article, known) is False or agreement.next_batch(article, known):
        return "another batch or edition"
    day = agreement.same_day(article, known)
    if day is False:
        return "another day"
    nationality = agreement.same_nationality(article, known)
    count, very_count = agreement.same_count(article, known, _ROUNDING), agreement.same_count(article, known)
    country, place = agreement.same_country(article, known), agreement.same_place(article, known)
    if nationality is False:
        # One of them may be read wrongly; two at once are not.
        also = "figure" if very_count is False else "place" if place is False else ""
        return f"another nationality and {also}" if also else "another nationality"
    if country is False:
        return "another country"
    # Another town of the country is another act, but for one whose very figure and people, or names, are the same:
    # then one report names the site and the other the town where people were brought.
    if place is False and country is not None and not (very_count and day and (nationality or named)):
        return "another place"
    # Towns on two sides of a border are those of one crossing only if it is the same act, of the same people.
    same_people = very_count or (nationality and very_count is None)
    if place is False and country is None and not (agreement.same_types(article, known) and same_people):
        return "another place"
    # Where everything else is known to agree, another figure is the same act counted otherwise.
    same_act = place and agreement.same_types(article, known)
    if count is False and not (day and (nationality or same_act) and (place or country)):
        return "another figure, and too little else known to agree"
    return ""


def _evidence(article: Profile, known: Profile, shared: float) -> tuple[list[str], float]:
    """What agrees, and its weight."""
    types = agreement.same_types(article, known)
    answers = {
        "type": types,
        "place": agreement.same_place(article, known),
        "country": agreement.same_country(article, known),
        "date": agreement.same_day(article, known),
        "nationality": agreement.same_nationality(article, known),
        "figure": agreement.same_count(article, known),
        "batch or edition": agreement.same_edition(article, known),
        "route": bool(article.routes.keys() & known.routes.keys()),
        "names": bool(shared),
    }
    worth = WORTH | {"figure": figure_worth(article), "names": names_worth(shared)}
    agreed = [name for name, answer in answers.items() if answer]
    # Many acts of one type happen in one country: alone that says nothing.
    weight = sum(worth[name] for name in agreed) if set(agreed) - {"type", "country"} else 0.0
    if article.languages.keys() & known.languages.keys() and not set(agreed) - _COMMON:
        weight /= 2  # in one language the words would say more, were it one act
    if types is False:
        weight -= KIN if agreement.kin_types(article, known) else _NO_KIN
    return agreed, weight


def figure_worth(article: Profile) -> float:
    is_telling = any(figure.value >= TELLING for figure in article.leading)
    return WORTH["figure"] if is_telling else _SMALL


def names_worth(shared: float) -> float:
    return min(_NAMES, _NAME * shared)


def _mentions(
    article: Profile, weighed: Sequence[tuple[Candidate, Weighing]], config: PipelineConfig
) -> tuple[int, ...]:
    """The developments an analysis speaks of: named in it, not reported by it."""
    if not article.is_analysis:
        return ()
    return tuple(
        candidate.development_id
        for candidate, weighing in weighed
        if not candidate.profile.is_analysis
        and (weighing.words >= config.threshold or _names_its_figure(article, candidate.profile))
    )


def _names_its_figure(article: Profile, known: Profile) -> bool:
    """Its main figure where that is large enough, whatever it is there, told of the same place or country."""
    told = {figure.value for figure in article.figures} | {float(number) for number in article.numbers}
    if not any(figure.value >= TELLING and figure.value in told for figure in known.leading):
        return False
    return bool(agreement.same_place(article, known) or agreement.same_country(article, known))


def _because(weighing: Weighing) -> str:
    alike = f"words and names alike {weighing.words:.2f}"
    if weighing.odds is not None:
        alike = f"{probability(weighing.odds):.0%} sure; {alike}"
    if weighing.apart:
        alike += f" in spite of {weighing.apart}"
    return f"{alike}; agrees in {', '.join(weighing.agreed)}" if weighing.agreed else alike


def _alone(nearest: tuple[Candidate, Weighing] | None, config: PipelineConfig) -> str:
    """Why none was joined: of the one that comes nearest."""
    if nearest is None:
        return "no recent development of its topic"
    candidate, weighing = nearest
    against = weighing.apart or f"too little in common ({weighing.score:.2f} of {config.threshold:.2f})"
    return f"nearest is d{candidate.development_id}: {against}"


def _nearness(pair: tuple[Candidate, Weighing]) -> tuple[bool, float, int]:
    candidate, weighing = pair
    return not weighing.apart, weighing.score, -candidate.development_id
