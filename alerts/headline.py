"""Line one of a message, built from facts: what, how many, whom, where, when. Pure."""

from __future__ import annotations

from datetime import date

from babel import Locale
from babel.dates import format_date

from alerts.story import Stated, Story

_ENGLISH = Locale("en")
_BOUNDS = {
    "about": "about ",
    "at_least": "at least ",
    "over": "more than ",
    "up_to": "up to ",
    "under": "fewer than ",
}
_STATUSES = {
    "started": "under way",
    "expected": "expected",
    "planned_total": "planned in total",
    "waiting": "waiting",
    "cumulative": "in total so far",
    "background": "background figure",
    "claimed": "claimed",
}
#: Where the name of an event type, with spaces, does not read as a title.
_EVENTS = {
    "rescue_release": "Rescue or release",
    "arrest_handover": "Arrest or handover",
    "prosecution_sentence": "Trial or sentence",
    "sanctions_seizure": "Sanctions or seizure",
    "trafficking_abuse": "Trafficking case",
    "liaison_deployment": "Officers deployed",
    "equipment_aid": "Equipment given",
    "extradition_fugitive": "Fugitive case",
    "scrutiny_suspension": "Scrutiny or suspension",
    "cooperation_policy": "Cooperation",
    "report_analysis": "Report",
}
_SINGULAR = {"people": "person", "countries": "country"}
#: These say so little that without a figure the article's own headline says more.
_VAGUE = ("cooperation_policy", "report_analysis", "scrutiny_suspension", "trafficking_abuse")
#: A figure of these says what happened; the others belong to what surrounds it.
_NEWS = ("done", "started", "claimed", None)


def headline(story: Story) -> str:
    """What happened in one line; the article's own headline where the facts do not say it."""
    count = leading_count(story)
    where, when = _where(story), _when(story.event_date)
    what = _label(story.event_types[0]) if story.event_types else ""
    if not what or not (count or where) or (story.event_types[0] in _VAGUE and not count):
        return story.shown.title if story.shown else story.title
    if story.status in ("planned", "announced", "cancelled", "denied"):
        what = f"{what} ({story.status})"
    parts = [changed_figure(story) or (figure(count) if count else ""), where, when]
    return f"{what}: {', '.join(part for part in parts if part)}"


def changed_figure(story: Story) -> str:
    """`260 people (was at least 215)`, where this message tells of a figure that changed.

    Who hears of the development for the first time was told no other figure: they get the newest alone.
    """
    change = next((told for told in reversed(story.told) if told.what in ("figure", "official") and told.new), None)
    if change is None:
        return ""
    new = _with_unit(str(change.new), story)
    is_known = story.level != "new" and change.old and change.old != change.new
    return f"{new} (was {change.old})" if is_known else new


def _with_unit(value: str, story: Story) -> str:
    """`341 people` for a bare `341`, where a fact says what is counted."""
    for fact in (leading_count(story), *story.facts):
        if fact is None or fact.kind != "count" or fact.value is None:
            continue
        if value in (_number(fact.value), f"{fact.value:g}"):
            return f"{value} {_unit(fact)}".rstrip()
    return value


def leading_count(story: Story) -> Stated | None:
    """The figure that the news is about: a leading done-count of the shown article, else of any."""
    counts = [fact for fact in story.facts if fact.kind == "count" and fact.value is not None]
    own = [fact for fact in counts if story.shown and fact.article_id == story.shown.id]
    for group in (own, counts):
        found = next((fact for fact in group if fact.leading and fact.status in _NEWS), None)
        if found:
            return found
    return None


def figure(fact: Stated) -> str:
    """`at least 215 people (China)`."""
    if fact.bound == "range" and fact.low is not None and fact.high is not None:
        amount = f"{_number(fact.low)} to {_number(fact.high)}"
    else:
        amount = _BOUNDS.get(fact.bound or "", "") + (_number(fact.value) if fact.value is not None else "?")
    if fact.currency:
        amount = f"{amount} {fact.currency}"
    unit = _unit(fact)
    whom = f"({country(fact.nationality)})" if fact.nationality else ""
    return " ".join(part for part in (amount, unit, whom) if part)


def _unit(fact: Stated) -> str:
    """`supply points`; one of them is a `supply point`."""
    unit = (fact.unit or "").replace("_", " ")
    if fact.value != 1 or fact.bound == "range":
        return unit
    return _SINGULAR.get(unit, unit.removesuffix("s"))


def describe(fact: Stated) -> str:
    """A fact in one line, without who says so."""
    if fact.kind in ("count", "money"):
        text = figure(fact)
    elif fact.kind == "route":
        ends = [country(code) for code in (fact.from_country, fact.to_country) if code]
        text = " → ".join(ends)
    elif fact.kind == "place":
        text = _place(fact)
    elif fact.kind == "date":
        text = _when(fact.event_date)
    else:
        text = fact.name or ""
    status = _STATUSES.get(fact.status or "", "") if fact.kind in ("count", "money") else ""
    return f"{text}, {status}" if text and status else text


def country(code: str | None) -> str:
    """The English name of a country, short where Babel's is long."""
    if not code:
        return ""
    name = str(_ENGLISH.territories.get(code, code))
    return name.split(" (")[0]


def values_named(facts: tuple[Stated, ...]) -> list[str]:
    """Every value a message names, as a later correction would name it."""
    named: list[str] = []
    for fact in facts:
        named.extend(
            f"{value:g}" if value % 1 else f"{value:.0f}"
            for value in (fact.value, fact.low, fact.high)
            if value is not None
        )
        words = (
            fact.name,
            fact.place,
            fact.country,
            fact.from_country,
            fact.to_country,
            fact.event_date,
            fact.nationality,
        )
        named.extend(" ".join(word.casefold().split()) for word in words if word)
    return list(dict.fromkeys(named))


def _where(story: Story) -> str:
    # The place and the figure of the line are best of one article.
    shown = story.shown.id if story.shown else None
    facts = sorted(story.facts, key=lambda fact: fact.article_id != shown)
    route = next((fact for fact in facts if fact.kind == "route" and fact.from_country and fact.to_country), None)
    place = next((fact for fact in facts if fact.kind == "place" and (fact.place or fact.name)), None)
    if route and place and route.article_id != shown == place.article_id:
        route = None
    if route:
        return f"{country(route.from_country)} → {country(route.to_country)}"
    if place:
        return _place(place)
    return country(story.countries[0]) if len(story.countries) == 1 else ""


def _place(fact: Stated) -> str:
    parts = [fact.place or fact.name or "", country(fact.country)]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _when(iso: str | None) -> str:
    """`13 Oct 2026`, as precise as the text was."""
    if not iso:
        return ""
    try:
        if len(iso) == 10:
            return format_date(date.fromisoformat(iso), "d MMM y", locale=_ENGLISH)
        if len(iso) == 7:
            return format_date(date.fromisoformat(f"{iso}-01"), "MMM y", locale=_ENGLISH)
    except ValueError:
        return ""
    return iso


def _label(name: str) -> str:
    words = _EVENTS.get(name) or name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"
