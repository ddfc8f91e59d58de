"""What analysts' rulings make of the machine's answer about one article. Pure: the answer and the rulings in.

A ruling on a fact holds as long as the words it was made on stand in the article. The machine's fact that it is about
is known again by what it says and where it stands, so that the ruling outlives a new version and a better reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from core.text import fold
from pipeline.values import Classification, Fact, Scored

#: A topic ruling on every topic, as store.rulings writes it.
ANY = "*"

Act = Literal["edit", "reject", "add"]

#: What a fact says, by kind: where these are the same, it is the same fact, whatever else was read of it.
_SAYS = {
    "count": ("value", "low", "high"),
    "money": ("value", "currency"),
    "place": ("place", "country"),
    "route": ("from_country", "via_country", "to_country"),
    "date": ("event_date",),
}
_NAMED = ("name",)
_COLUMNS = tuple(part.name for part in fields(Fact))


@dataclass(frozen=True)
class FactRuling:
    """One ruling on one fact: what the machine said, if anything, and what the analyst says, if anything."""

    id: int
    act: Act
    machine: Fact | None = None
    value: Fact | None = None
    anchored: bool = True  # its words stood in the text when it was made, so that it ends with them


@dataclass(frozen=True)
class Ruled:
    """Everything that analysts ruled of one article."""

    labels: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # (topic or event, name) -> holds
    facts: tuple[FactRuling, ...] = ()
    beside: tuple[int, ...] | None = None  # pages whose articles it belongs with, in a replay; None: the machine says
    thread: int | None = None  # of its development, in a replay; 0 is no thread, None: the machine says


NOTHING = Ruled()


@dataclass(frozen=True)
class Entry:
    """A fact as it is written down: whose it is, and why it stands no longer, if it does not."""

    fact: Fact
    origin: Literal["machine", "analyst"] = "machine"
    superseded: str | None = None
    ruling_id: int | None = None


def labelled(machine: Classification, labels: Mapping[tuple[str, str], bool]) -> Classification:
    """The classification with the analysts' labels in it. Nothing on no topic has an event type."""
    topics = _with_labels(machine.topics, "topic", labels)
    if labels.get(("topic", ANY)) is False:
        topics = tuple(scored for scored in topics if labels.get(("topic", scored.name)))
    events = _with_labels(machine.events, "event", labels)
    if not topics and machine.topics:
        events = tuple(scored for scored in events if labels.get(("event", scored.name)))
    return replace(machine, topics=topics, events=events)


def _with_labels(machine: Sequence[Scored], kind: str, labels: Mapping[tuple[str, str], bool]) -> tuple[Scored, ...]:
    kept = [scored for scored in machine if labels.get((kind, scored.name), True)]
    known = {scored.name for scored in kept}
    added = [Scored(name, 1.0) for (one, name), holds in labels.items() if one == kind and holds and name not in known]
    return tuple(sorted([*kept, *added], key=lambda scored: -scored.score)) if added else tuple(kept)


def entries(machine: Sequence[Fact], rulings: Sequence[FactRuling], words: str, text_from: str = "") -> list[Entry]:
    """The machine's facts and the analysts', each with what became of it. `words`: title, line break, text.

    What a `row` of a sheet states is an analyst's word, which others may overrule as they do the machine's.
    """
    analyst = [entry for ruling in rulings if (entry := _analysts(ruling, words))]
    ruled = {index for ruling in rulings if _holds(ruling, words) for index in _about(ruling, machine)}
    whose: Literal["machine", "analyst"] = "analyst" if text_from == "row" else "machine"
    written = [Entry(fact, whose, "analyst" if index in ruled else None) for index, fact in enumerate(machine)]
    return written + analyst


def standing(written: Sequence[Entry]) -> tuple[Fact, ...]:
    """The facts that count."""
    return tuple(entry.fact for entry in written if entry.superseded is None)


def _analysts(ruling: FactRuling, words: str) -> Entry | None:
    fact = ruling.value
    if fact is None or not _holds(ruling, words):
        return None
    at = find(fact.quote, words)
    return Entry(replace(fact, position=max(at, 0)), "analyst", None, ruling.id)


def _holds(ruling: FactRuling, words: str) -> bool:
    """Whether the words that a ruling was made on are still there."""
    told = ruling.machine or ruling.value
    return not ruling.anchored or told is None or not told.quote or find(told.quote, words) >= 0


def _about(ruling: FactRuling, machine: Sequence[Fact]) -> set[int]:
    """Which of the machine's facts a ruling is about: the very one, else the nearest that says the same."""
    found: set[int] = set()
    for told in (ruling.machine, ruling.value):
        if told is not None:
            exact = [index for index, fact in enumerate(machine) if _key(fact) == _key(told)]
            alike = exact or [index for index, fact in enumerate(machine) if is_same(told, fact)]
            # Edits move the words of a text, but seldom past their like.
            found.update(sorted(alike, key=lambda index: abs(machine[index].position - told.position))[:1])
    return found


def _key(fact: Fact) -> Fact:
    return replace(fact, position=0, confidence=0, leading=False, quote=_plain(fact.quote))


def is_same(told: Fact, fact: Fact) -> bool:
    """Whether two facts of one article say the same in the same words."""
    if told.kind != fact.kind or says(told) != says(fact):
        return False
    one, other = _plain(told.quote), _plain(fact.quote)
    return not one or not other or one in other or other in one


def says(fact: Fact) -> tuple[Any, ...]:
    """What a fact says by itself."""
    values = (getattr(fact, name) for name in _SAYS.get(fact.kind, _NAMED))
    return tuple(fold(value) if isinstance(value, str) else value for value in values)


def find(quote: str, words: str) -> int:
    """Where a quote stands in title and text, however its spaces are; -1 where it does not."""
    quote = quote.partition(" [page ")[0]
    if not quote:
        return -1
    at = words.find(quote)
    if at >= 0:
        return at
    wanted = _plain(quote)
    start = words.find(wanted.split(" ", 1)[0])
    while start >= 0:
        if _plain(words[start : start + 2 * len(quote) + 40]).startswith(wanted):
            return start
        start = words.find(wanted.split(" ", 1)[0], start + 1)
    return -1


def _plain(quote: str) -> str:
    return " ".join(quote.partition(" [page ")[0].split())


def as_json(fact: Fact | None) -> dict[str, Any] | None:
    """A fact as a ruling keeps it: what is not empty."""
    if fact is None:
        return None
    return {name: value for name, value in asdict(fact).items() if value is not None and value is not False}


def from_json(value: Mapping[str, Any] | None) -> Fact | None:
    """What a ruling kept; keys that facts no longer have are left out."""
    return Fact(**{name: value[name] for name in _COLUMNS if name in value}) if value else None


def fact_of(row: Any) -> Fact:
    """A row of facts as a value."""
    return Fact(**{name: getattr(row, name) for name in _COLUMNS})
