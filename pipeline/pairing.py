"""What a report and a development have in common and what sets them apart, as traits that learned weights speak of."""

from __future__ import annotations

from datetime import timedelta

from pipeline import agreement
from pipeline.profile import Profile
from pipeline.words import Rarity, cosine

_NAMES = 3  # shared names that count
STEPS = (0.1, 0.2, 0.35, 0.5, 0.7)
DAYS = ((0.5, "same day"), (1.5, "a day"), (3.5, "days"), (8.0, "a week"), (15.0, "two weeks"))


def pair_traits(
    article: Profile, known: Profile, rarity: Rarity, alike: tuple[float, float] | None = None
) -> dict[str, float]:
    """Key by key: the same, another, or not known; and how alike words, names and numbers are."""
    words, names = alike or likenesses(article, known, rarity)
    traits = {"words": words, "names": names, "words and names": words * names}
    traits.update({f"words over {step}": 1.0 for step in STEPS if words > step})
    traits.update({f"names over {step}": 1.0 for step in STEPS if names > step})
    answers = {
        "type": agreement.same_types(article, known),
        "place": agreement.same_place(article, known),
        "country": agreement.same_country(article, known),
        "day": agreement.same_day(article, known),
        "nationality": agreement.same_nationality(article, known),
        "figure": agreement.same_count(article, known),
        "figure roughly": agreement.same_count(article, known, 0.06),
        "edition": agreement.same_edition(article, known),
    }
    for key, answer in answers.items():
        traits[f"{key} {'unknown' if answer is None else 'same' if answer else 'other'}"] = 1.0
    if answers["type"] is False:
        traits["kin types" if agreement.kin_types(article, known) else "strange types"] = 1.0
    if agreement.other_stage(article, known):
        traits["another stage"] = 1.0
    if agreement.next_batch(article, known):
        traits["next batch"] = 1.0
    if _gap(article, known) == timedelta(0):
        traits["very same main day"] = 1.0
    elif _gap(article, known) is not None:
        traits["another main day"] = 1.0
    if article.routes.keys() & known.routes.keys():
        traits["same route"] = 1.0
    shared = shared_names(article, known, rarity)
    traits["shared names"] = min(shared, 3.0)
    numbers = len(article.numbers.keys() & known.numbers.keys())
    traits["shared numbers"] = min(numbers, 4) / 2
    traits[f"{min(numbers, 3)} numbers shared"] = 1.0
    if article.numbers and known.numbers and not numbers:
        traits["no number shared"] = 1.0
    if not article.topics.keys() & known.topics.keys() and (article.topics or known.topics):
        traits["another topic"] = 1.0
    if article.is_analysis or known.is_analysis:
        traits["both analyses" if article.is_analysis == known.is_analysis else "one analysis"] = 1.0
    if article.languages.keys() & known.languages.keys():
        traits["one language"] = 1.0
        traits["words in one language"] = words
    else:
        traits["another language"] = 1.0
    if shared and numbers:
        traits["names and numbers"] = 1.0
    traits[f"apart {_apart(article, known)}"] = 1.0
    return traits


def likenesses(article: Profile, known: Profile, rarity: Rarity) -> tuple[float, float]:
    """Of words and of names."""
    return cosine(article.words, known.words, rarity), cosine(article.entities, known.entities, rarity)


def shared_names(article: Profile, known: Profile, rarity: Rarity) -> float:
    """Shared persons, firms and agencies; one that every report names counts little."""
    commonest = rarity.of("")  # of a name no other development has
    shared = sorted(
        (rarity.of(f"@{name}") / commonest for name in article.names.keys() & known.names.keys()), reverse=True
    )
    return sum(shared[:_NAMES])


def distance(article: Profile, known: Profile) -> timedelta:
    """How far a report lies from the span of a development's reports."""
    if article.first > known.last:
        return article.first - known.last
    return max(known.first - article.last, timedelta())


def _gap(article: Profile, known: Profile) -> timedelta | None:
    mine, theirs = article.held(article.main_days), known.held(known.main_days)
    return agreement.gap_of(mine, theirs) if mine and theirs else None


def _apart(article: Profile, known: Profile) -> str:
    days = distance(article, known) / timedelta(days=1)
    return next((name for limit, name in DAYS if days <= limit), "weeks")
