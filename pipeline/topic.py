"""A beat as data: what speaks for it, what against, where it is at home and which events it knows.

A rule looks at one sentence. It fires where one of `any` stands together with one of each list in `with` and none
of `unless`; how much that weighs depends on where the sentence stands. Terms are concepts of `terms/*.toml`, or

    home            a place or country of the topic's own region
    abroad          a place or country outside it
    site            a place whose name alone says what it is
    countries       two different countries in the sentence, or in it and the headline
    foreign:CN      a country other than the one named
    nation:CN       that country or its people
    agency, org, person, agency:NAME, org:NAME, place:NAME
    question        a headline that asks
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core.errors import ConfigError, Mistake

TOPICS = Path(__file__).parent / "topics"
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rule(_Strict):
    """One kind of evidence in a sentence."""

    name: str
    any: tuple[str, ...] = Field(min_length=1)
    with_: tuple[tuple[str, ...], ...] = Field(default=(), alias="with")
    unless: tuple[str, ...] = ()
    weight: float = 1.0
    cap: float = 5.0
    where: Literal["anywhere", "front", "title", "body"] = "anywhere"


class Need(_Strict):
    """What must be there whatever else is: rules that together reach `least`."""

    rules: tuple[str, ...] = Field(min_length=1)
    least: float


class Event(_Strict):
    """One kind of news of the topic."""

    id: _Slug
    rules: tuple[Rule, ...] = Field(min_length=1)
    least: float = 2.0
    instead_of: tuple[str, ...] = ()  # events that this one, where it holds, explains away
    modest: bool = False  # said only where nothing else stands out


class Topic(_Strict):
    """One beat."""

    id: _Slug
    title: str
    home: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = ()
    least: float
    needs: tuple[Need, ...] = ()
    signals: tuple[Rule, ...] = Field(min_length=1)
    against: tuple[Rule, ...] = ()
    ties: tuple[str, ...] = ()  # concepts that tie a place outside `home` to it: region "spill-over"
    events: tuple[Event, ...] = Field(min_length=1)
    default_event: str | None = None  # what an article on the beat is when no event stands out

    @cached_property
    def triggers(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """By each term the lists of `any` it is in: in a sentence without a term of its list a rule does not fire."""
        found: dict[str, dict[tuple[str, ...], None]] = {}
        for rule in (*self.signals, *self.against, *(rule for event in self.events for rule in event.rules)):
            for term in rule.any:
                found.setdefault(term, {})[rule.any] = None
        return {term: tuple(lists) for term, lists in found.items()}

    def model_post_init(self, _: object, /) -> None:
        names = {rule.name for rule in self.signals}
        for need in self.needs:
            if unknown := set(need.rules) - names:
                raise ValueError(f"needs: no signal is called {', '.join(sorted(unknown))}")


def load_topics(folder: Path = TOPICS) -> tuple[Topic, ...]:
    """Every topic of `folder`, one TOML file each; all mistakes at once."""
    topics: list[Topic] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            topics.append(read_topic(path.read_text("utf-8"), path.name))
        except ConfigError as error:
            mistakes.extend(error.mistakes)
    ids = [topic.id for topic in topics]
    mistakes += [
        Mistake(str(folder), "id", f"two topics are called {name}") for name in {i for i in ids if ids.count(i) > 1}
    ]
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(topics)


def read_topic(toml: str, file: str) -> Topic:
    """One topic from its TOML; `file` names it in mistakes."""
    try:
        return Topic.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Mistake(file, "", f"not TOML: {error}")]) from error
    except ValidationError as error:
        raise ConfigError(
            [Mistake(file, ".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in error.errors()]
        ) from error
