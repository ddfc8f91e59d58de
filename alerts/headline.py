"""Line one of a message, built from facts: what, done or planned, how many, whom, from where to where, when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from alerts.figures import changed, changed_amount, figure, leading_count, planned_count
from alerts.language import Language
from alerts.story import Stated, Story

_PEOPLE = frozenset({"people", "suspects", "victims", "defendants", "fugitives"})
#: What a line about an event can count; a figure of anything else belongs to what surrounds the news.
_COUNTS: dict[str, frozenset[str]] = {
    "rescue_release": _PEOPLE,
    "repatriation": _PEOPLE,
    "raid": _PEOPLE | {"sites", "buildings", "devices", "vehicles", "targets"},
    "arrest_handover": _PEOPLE | {"officers"},
    "prosecution_sentence": _PEOPLE,
    "execution": _PEOPLE,
    "supply_cut": frozenset({"supply_points", "megawatts", "sites", "buildings"}),
    "sanctions_seizure": _PEOPLE | {"targets", "groups", "sites", "buildings", "vehicles"},
    "demolition": frozenset({"buildings", "sites"}),
    "trafficking_abuse": _PEOPLE,
    "police_training": _PEOPLE | {"officers"},
    "liaison_deployment": frozenset({"officers", "people"}),
    "joint_patrol": frozenset({"officers", "people", "vehicles"}),
    "equipment_aid": frozenset({"vehicles", "devices", "buildings", "sites", "things"}),
    "extradition_fugitive": _PEOPLE,
    "policing_agreement": frozenset(),
    "overseas_station": frozenset(),
    "scrutiny_suspension": frozenset(),
    "cooperation_policy": frozenset(),
    "report_analysis": frozenset(),
}
#: These say so little without a figure that the article's own headline says more, to who can read it.
_VAGUE = frozenset({"cooperation_policy", "report_analysis", "scrutiny_suspension", "trafficking_abuse"})
#: People go home in these, so a place in their own country is where they went.
_HOMEWARD = frozenset({"repatriation", "extradition_fugitive"})
#: Statuses of a development that a line must not hide.
_SAID = frozenset({"planned", "announced", "cancelled", "denied"})


@dataclass(frozen=True)
class _Scene:
    """Where it happened: a place, or the two ends of a way. Each is a name and a country."""

    place: tuple[str | None, str | None] | None = None
    origin: tuple[str | None, str | None] | None = None
    destination: tuple[str | None, str | None] | None = None


def headline(story: Story, language: Language, *, quoting: bool = True) -> str:
    """What happened in one line of the language; the article's own headline where the facts do not say it.

    Without `quoting` no word of the article is used.
    """
    own = story.shown.title if story.shown else story.title
    if not story.event_types:
        return own if quoting else language.say("frame", "digest", 1, n="1")
    event = story.event_types[0]
    units = counts_of(story)
    count = leading_count(story, units)
    plan = None if count else planned_count(story, units)
    counted = count or plan
    if counted and not language.knows(counted.unit):
        counted = count = plan = None
    if event in _VAGUE and not counted and quoting and _reads(story, language):
        return own
    pattern, stage = _pattern(language, event, counted)
    scene = _scene(story, event, counted)
    values = _values(story, language, counted, scene, planned=plan is not None)
    values["label"] = language.event(event).get("label") or event.replace("_", " ")
    if not counted and not (values["place"] or values["parties"]):
        if not quoting:
            return language.sentence(language.word("line", "plain"), values)
        if _reads(story, language):
            return own
        return language.sentence(language.word("line", "headline"), {**values, "headline": own})
    if not counted and not values["place"]:
        pattern = language.word("line", "parties")
    elif counted and values["destination"] and "route" in language.event(event) and stage == "done":
        pattern = language.event(event)["route"]
    return _said(story, language, language.sentence(pattern, values), stage, counted, pattern)


def counts_of(story: Story) -> frozenset[str] | None:
    """The units of what its line can count; None where it can be anything."""
    return _COUNTS.get(story.event_types[0]) if story.event_types else None


def _pattern(language: Language, event: str, counted: Stated | None) -> tuple[str, str]:
    """The pattern for a figure of its status, and that status: done, started or planned."""
    patterns = language.event(event)
    if counted is None:
        return patterns.get("plain") or language.word("line", "plain"), "done"
    stage = {"started": "started", "expected": "planned", "planned_total": "planned"}.get(counted.status or "", "done")
    if "things" in patterns and counted.unit not in _PEOPLE:
        return patterns["things"], stage
    counted_line = language.word("line", "counted")
    return patterns.get(stage) or patterns.get("done") or counted_line, stage


def _said(story: Story, language: Language, line: str, stage: str, counted: Stated | None, pattern: str) -> str:
    """The line, marked where what it tells is not simply done."""
    own = language.event(story.event_types[0])
    if story.status in _SAID:
        # A pattern of its own says `to be freed` already.
        return (
            line
            if story.status == "planned" == stage and pattern == own.get("planned")
            else _mark(language, story.status or "", line)
        )
    if counted is not None and counted.status == "claimed":
        return _mark(language, "claimed", line)
    if stage != "done" and pattern != own.get(stage):
        return _mark(language, stage, line)
    return line


def _mark(language: Language, status: str, line: str) -> str:
    return language.say("line", status, line=line)


def _reads(story: Story, language: Language) -> bool:
    """Whether the article is in the language of the message."""
    written = story.shown.language if story.shown else None
    return (written or "").partition("-")[0] == language.tag.partition("-")[0]


def _values(
    story: Story, language: Language, counted: Stated | None, scene: _Scene, *, planned: bool
) -> dict[str, str]:
    place = scene.place or scene.origin or scene.destination
    return {
        "count": _figure(story, language, counted) if counted else "",
        "place": language.place(*place) if place else "",
        "in": language.inside(*place) if place else "",
        "origin": language.place(*scene.origin) if scene.origin else "",
        "destination": language.place(*scene.destination) if scene.destination else "",
        "parties": language.join(language.country(code) for code in story.countries[:4]),
        "when": "" if _is_ahead(story) and not planned else language.day(story.event_date),
    }


def _is_ahead(story: Story) -> bool:
    """Whether the event's date lies after its report: of something done that is a mistake, and better left out."""
    if not story.event_date or len(story.event_date) != 10 or story.shown is None:
        return False
    try:
        return date.fromisoformat(story.event_date) > story.shown.published_at.date() + timedelta(days=1)
    except ValueError:
        return False


def _figure(story: Story, language: Language, counted: Stated) -> str:
    """`260 people (was 215)` where this message tells of a figure that changed.

    Who hears of the development for the first time was told no other figure: they get the newest alone.
    """
    figures = (told for told in reversed(story.told) if told.what in ("figure", "official"))
    change = next((told for told in figures if not told.is_withdrawal), None)
    if change is None:
        return figure(counted, language)
    new = changed(str(change.new), story, language, counted)
    if story.level == "new" or not change.old or change.old == change.new:
        return new
    return language.say("line", "was", new=new, old=changed_amount(change.old, language))


def _scene(story: Story, event: str, counted: Stated | None) -> _Scene:
    """Where it happened: best of the article that is shown, so that place and figure are of one text."""
    shown = story.shown.id if story.shown else None
    facts = sorted(story.facts, key=lambda fact: fact.article_id != shown)
    route = next((fact for fact in facts if fact.kind == "route" and fact.from_country and fact.to_country), None)
    places = [fact for fact in facts if fact.kind == "place" and (fact.place or fact.name or fact.country)]
    if route and places and route.article_id != shown == places[0].article_id:
        route = None
    if route:
        return _Scene(
            place=_in(places, route.from_country, shown),
            origin=_in(places, route.from_country, shown) or (None, route.from_country),
            destination=_in(places, route.to_country, shown) or (None, route.to_country),
        )
    home = counted.nationality if counted else None
    if event == "liaison_deployment" and home:
        places = [fact for fact in places if fact.country != home]
    place = _place(places, shown) if places else _only_country(story)
    if place is None:
        return _Scene()
    if event in _HOMEWARD:
        return _Scene(destination=place) if home and place[1] == home else _Scene(place=place, origin=place)
    return _Scene(place=place)


def _place(places: list[Stated], article: int | None) -> tuple[str | None, str | None] | None:
    """The first place of the shown article; none where it names only countries, and several of them."""
    own = [fact for fact in places if fact.article_id == article] or places
    best = next((fact for fact in own[:2] if fact.place or fact.name), own[0])
    several = len({fact.country for fact in own}) > 1
    return None if several and not (best.place or best.name) else _named(best)


def _in(places: list[Stated], country: str | None, article: int | None) -> tuple[str | None, str | None] | None:
    """The first place in a country that the shown article names."""
    found = (fact for fact in places if fact.country == country and fact.article_id == article)
    return next((_named(fact) for fact in found), None)


def _named(fact: Stated) -> tuple[str | None, str | None]:
    return (fact.place or fact.name, fact.country)


def _only_country(story: Story) -> tuple[str | None, str | None] | None:
    return (None, story.countries[0]) if len(story.countries) == 1 else None
