"""`label`, `merge`, `split`, `fact`: an analyst's word, checked and taken to the pipeline, one transaction each."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sqlalchemy.engine import Connection

from core.errors import NotFound, UsageError
from core.ids import read_id, show_id
from nightdesk.app import App
from nightdesk.settings.mistakes import did_you_mean
from pipeline import analyst, factrulings, threadrulings
from pipeline.analyst import Signed
from pipeline.filing import Desk
from pipeline.reader import BUILT_IN
from pipeline.ruled import ANY
from pipeline.run import Pipeline
from pipeline.topic import load_topics
from pipeline.values import Bound, Fact, Status
from pipeline.vocabulary import load_vocabulary
from store import developments, families, precision
from store.definitions import watches

#: What is written in the same transaction as a decision: who did it by the page.
Beside = Callable[[Connection], None]

_COUNTRY = re.compile(r"[A-Z]{2}")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

#: What a fact of each kind must say: any of these.
_NEEDS = {
    "count": ("value", "low", "high"),
    "money": ("value", "low", "high"),
    "place": ("place", "country"),
    "route": ("from_country", "to_country"),
    "date": ("event_date",),
}


@dataclass(frozen=True)
class Labels:
    """What `label` was told."""

    topics: tuple[str, ...] = ()
    not_topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    not_events: tuple[str, ...] = ()
    off_topic: bool = False

    def __bool__(self) -> bool:
        return bool(self.topics or self.not_topics or self.events or self.not_events or self.off_topic)


def signed(by: str | None, reason: str | None) -> Signed:
    """Who decides: `by`, or whoever runs the command."""
    return Signed(by or _user(), reason)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return "unknown"


def _decide(app: App, work: Callable[[Connection], list[str]], beside: Beside | None) -> list[str]:
    """One decision in one transaction; what came of it, in words."""

    def both(db: Connection) -> list[str]:
        done = work(db)
        if beside is not None:
            beside(db)
        return done

    return app.store.unit(both)


def label(app: App, what: str, labels: Labels, word: Signed, beside: Beside | None = None) -> list[str]:
    """Say what an article, or every article of a development, is about; what came of it."""
    wanted = _labels(app, labels)
    noun, number = _id(what, "article", ("article", "development"))
    desk = _desk(app)

    def work(db: Connection) -> list[str]:
        if noun == "article":
            return analyst.label(db, desk, number, wanted, word)
        root = analyst.root_of(db, number)
        members = families.member_ids(db, root)
        if not members:
            raise NotFound(f"d{number} has no articles")
        return [line for member in members for line in analyst.label(db, desk, member, wanted, word)]

    return _decide(app, work, beside)


def relevance(
    app: App, what: str, watch: str | None, relevant: bool, word: Signed, beside: Beside | None = None
) -> list[str]:
    """Say whether a development was worth telling to the readers of a watch."""
    noun, number = _id(what, "development", ("article", "development"))
    now = app.clock()

    def work(db: Connection) -> list[str]:
        root = analyst.root_of(db, _development_of(db, noun, number))
        row = _watch(db, watch, families.family(db, root))
        analyst.rule_relevance(db, root, row[0], row[1], relevant, word, now)
        after = "" if relevant else f"; {row[1]} hears no more of it"
        return [f"d{root} is {'relevant' if relevant else 'not relevant'} for {row[1]}{after}"]

    return _decide(app, work, beside)


def _watch(db: Connection, name: str | None, family: Collection[int]) -> tuple[int, str]:
    """The watch that is meant: the named one, or the only one that told of the development."""
    if name is not None:
        names = {row.name: row.id for row in db.execute(watches.select())}
        if name not in names:
            raise UsageError(f'there is no watch "{name}" {did_you_mean(name, names)}'.rstrip())
        return names[name], name
    told = precision.watches_told(db, family)
    if len(told) != 1:
        which = ", ".join(row.name for row in told)
        raise UsageError(f"say for which watch with --watch: {which or 'none has told of it'}")
    return told[0].id, told[0].name


def thread(app: App, what: str, where: str, word: Signed, beside: Beside | None = None) -> list[str]:
    """Say of which case a development is a stage: of a thread, of the one another development is in, or of none."""
    noun, number = _id(what, "development", ("article", "development"))
    desk = _desk(app)
    kind, target = ("none", 0) if where == "none" else _id(where, "thread", ("thread", "development"))

    def work(db: Connection) -> list[str]:
        development_id = _development_of(db, noun, number)
        if kind == "none":
            return threadrulings.keep_out(db, desk, development_id, word)
        put = threadrulings.put_in if kind == "thread" else threadrulings.put_with
        return put(db, desk, development_id, target, word)

    return _decide(app, work, beside)


def _development_of(db: Connection, noun: str, number: int) -> int:
    """The development that is meant, or that of the article that is."""
    if noun == "development":
        return number
    analyst.require_article(db, number)
    found = developments.development_of(db, number)
    if found is None:
        raise UsageError(f"a{number} is in no development")
    return found


def merge(app: App, whats: Collection[str], into: str | None, word: Signed, beside: Beside | None = None) -> list[str]:
    """Make developments one."""
    numbers = [_number(what, "development") for what in whats]
    target = None if into is None else _number(into, "development")
    now = app.clock()
    return _decide(app, lambda db: analyst.merge(db, numbers, target, word, now), beside)


def split(app: App, whats: Collection[str], to: str | None, word: Signed, beside: Beside | None = None) -> list[str]:
    """Take articles out of their development."""
    numbers = [_number(what, "article") for what in whats]
    target = None if to is None else _number(to, "development")
    now = app.clock()
    return _decide(app, lambda db: analyst.split(db, numbers, target, word, now), beside)


def edit_fact(
    app: App, what: str, values: Mapping[str, Any], word: Signed, everywhere: bool, beside: Beside | None = None
) -> list[str]:
    """Put other values in a fact; an empty one takes a value away."""
    number = _number(what, "fact")
    checked = {name: value if value != "" else None for name, value in values.items()}
    _check_fact(checked)
    desk = _desk(app)
    return _decide(app, lambda db: factrulings.edit(db, desk, number, checked, word, everywhere), beside)


def reject_fact(app: App, what: str, word: Signed, everywhere: bool, beside: Beside | None = None) -> list[str]:
    """Say that a fact is none."""
    number = _number(what, "fact")
    desk = _desk(app)
    return _decide(app, lambda db: factrulings.reject(db, desk, number, word, everywhere), beside)


def add_fact(
    app: App, what: str, kind: str, values: Mapping[str, Any], word: Signed, beside: Beside | None = None
) -> list[str]:
    """State a fact of an article, or of the article of a development that says so."""
    noun, number = _id(what, "development", ("article", "development"))
    _one_of("--kind", kind, _kinds())
    given = {name: value for name, value in values.items() if value != ""}
    _check_fact(given)
    needed = _NEEDS.get(kind, ("name",))
    if not any(name in given for name in needed):
        raise UsageError(f"a {kind} needs {' or '.join(_OPTIONS.get(name, f'--{name}') for name in needed)}")
    if kind in ("count", "money"):
        given.setdefault("bound", "exact" if "value" in given else "range")
    if kind == "count":
        given.setdefault("status", "done")
    fact = Fact(**{"kind": kind, "quote": "", "position": 0, **given})
    desk = _desk(app)

    def work(db: Connection) -> list[str]:
        if noun == "article":
            return factrulings.add(db, desk, number, fact, word)
        root = analyst.root_of(db, number)
        return factrulings.add(db, desk, factrulings.article_for(db, root, fact.quote), fact, word)

    return _decide(app, work, beside)


# --- What was written -----------------------------------------------------------------------------------------------


_OPTIONS = {"from_country": "--from", "via_country": "--via", "to_country": "--to", "event_date": "--date"}


def _kinds() -> tuple[str, ...]:
    kind = get_type_hints(Fact)["kind"]
    assert get_origin(kind) is Literal
    return get_args(kind)


def _check_fact(values: Mapping[str, Any]) -> None:
    """Raises UsageError where a value is not of its kind."""
    for name, known in (("bound", get_args(Bound)), ("status", get_args(Status))):
        if values.get(name) is not None:
            _one_of(f"--{name}", values[name], known)
    for name in ("nationality", "country", "from_country", "via_country", "to_country"):
        value = values.get(name)
        if value is not None and not _COUNTRY.fullmatch(value):
            option = _OPTIONS.get(name, f"--{name}")
            raise UsageError(f"{option}: {value!r} is no country; write its two letters, as TH")
    date = values.get("event_date")
    if date is not None and not _DATE.fullmatch(date):
        raise UsageError(f"--date: {date!r} is no date; write 2026-10-13, 2026-10 or 2026")


def _one_of(option: str, value: str, known: Iterable[str]) -> None:
    choices = tuple(known)
    if value not in choices:
        raise UsageError(f"{option}: {value!r} is none of {', '.join(choices)}")


def _labels(app: App, labels: Labels) -> dict[tuple[str, str], bool]:
    """Labels as the pipeline takes them. Raises UsageError for a topic or event type that there is not."""
    if labels.off_topic and (labels.topics or labels.events):
        raise UsageError("--off-topic says that it is on no topic; leave --topic and --event out")
    folders = [BUILT_IN, *filter(None, [app.config.pipeline.topics_dir])]
    topics = [topic for folder in folders for topic in load_topics(folder)]
    _known("--topic", (*labels.topics, *labels.not_topics), {topic.id for topic in topics})
    _known("--event", (*labels.events, *labels.not_events), {event.id for topic in topics for event in topic.events})
    wanted: dict[tuple[str, str], bool] = {("topic", ANY): False} if labels.off_topic else {}
    for kind, names, holds in (
        ("topic", labels.topics, True),
        ("topic", labels.not_topics, False),
        ("event", labels.events, True),
        ("event", labels.not_events, False),
    ):
        for name in names:
            if wanted.setdefault((kind, name), holds) is not holds:
                raise UsageError(f"--{kind} and --not-{kind} both name {name}")
    return wanted


def _known(option: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(sorted(known))}"
            raise UsageError(f'{option}: there is no "{name}"; {hint}')


def _id(what: str, default: str, nouns: Collection[str]) -> tuple[str, int]:
    noun, number = read_id(what, default)
    if noun not in nouns:
        wanted = " or ".join(f"{one} ({show_id(one, 12)})" for one in nouns)
        raise UsageError(f"{what!r} is no {wanted}")
    return noun, number


def _number(what: str, noun: str) -> int:
    return _id(what, noun, (noun,))[1]


def _desk(app: App) -> Desk:
    """What the pipeline files by, without the children that read pages."""
    vocabulary = load_vocabulary()
    return Pipeline(app.store, app.config.pipeline, app.clock, app.config.max_age, vocabulary=vocabulary).desk()
