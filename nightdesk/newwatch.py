"""`watches add`, `remove` and `export`: watches of the desk's own, checked as those of the file are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.engine import Connection

from alerts.config import CONSOLE
from core.errors import Mistake, NotFound, UsageError
from core.ids import read_id, show_id
from core.watch import Watch
from crawler.source import load_catalogue
from nightdesk import definitions
from nightdesk.config import Config
from nightdesk.examples import broken_examples
from nightdesk.keptwatch import KeptWatch, kept_watch
from nightdesk.settings.mistakes import Mistakes, did_you_mean
from nightdesk.settings.reading import TomlFile
from nightdesk.settings.references import Known, References
from nightdesk.settings.writing import toml_table
from pipeline.topic import TOPICS, load_topics
from store import definitions as stored
from store import people, threads
from store.decisions import families_of
from store.engine import Store

_WHERE = "watches add"


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")

    watch: tuple[Watch, ...]


class BadWatch(UsageError):
    """What was given is no watch. `mistakes` has every one, `name` is what it was to be called."""

    def __init__(self, mistakes: Iterable[Mistake], name: str) -> None:
        self.mistakes = tuple(mistakes)
        self._name = name
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    def by_key(self) -> dict[str, list[str]]:
        """What is wrong with each key; with the watch as a whole under none."""
        found: dict[str, list[str]] = {}
        for one in self.mistakes:
            place = one.key.removeprefix(f"watch.{self._name}").removeprefix("watch[1]").removeprefix(".")
            said = f"{one.problem}; {one.suggestion}" if one.suggestion else one.problem
            found.setdefault(place.partition("[")[0].partition(".")[0], []).append(said)
        return found


def read(config: Config, store: Store, given: Mapping[str, Any]) -> Watch:
    """What was given as a watch, checked as `check` does, examples included. Raises BadWatch with every mistake."""
    mistakes = Mistakes()
    file = TomlFile(_WHERE, {"watch": [dict(given)]})
    References(file, _known(config, store), mistakes).check()
    try:
        (watch,) = _Given.model_validate(file.data).watch
    except ValidationError as error:
        mistakes.of_model(file, _Given, error, lambda place: False)
    if not mistakes:
        for mistake in broken_examples(watch, config, _WHERE):
            mistakes.add(mistake)
    if found := mistakes.all():
        raise BadWatch(found, str(given.get("name", "")))
    return watch


def _known(config: Config, store: Store) -> Known:
    """The names that a watch may use: those of the configuration, and what the desk added."""
    folders = (TOPICS, config.pipeline.topics_dir)
    topics = [topic for folder in folders if folder is not None for topic in load_topics(folder)]
    with store.read() as db:
        desk = stored.names(db, stored.sources, "desk")
    return Known(
        topics=[topic.id for topic in topics],
        events=[event.id for topic in topics for event in topic.events],
        sources={source.name for source in (*config.sources, *load_catalogue())} | desk,
        channels=config.channels.keys(),
    )


def add(
    store: Store, config: Config, watch: Watch, replace: bool, now: datetime, by: str = "", reason: str | None = None
) -> str:
    """Store a watch of the desk's own; says what that did. Raises UsageError where the name is taken.

    `by` is who does it, and is noted with it.
    """
    _require_not_of_the_file(config, watch.name)

    def put(db: Connection) -> str:
        before = stored.definition_of(db, stored.watches, watch.name)
        if not replace and before is not None:
            raise UsageError(f'there is a watch "{watch.name}"; change it with --replace, or choose another name')
        done = stored.put(db, stored.watches, definitions.watch_entry(watch, "desk"), now)
        if by and done != "same":
            keys = definitions.changed_keys(before, watch) if before is not None else ()
            after = watch.model_dump(mode="json")
            changed = {key: [(before or {}).get(key), after[key]] for key in keys}
            what = "watch changed" if done == "edited" else "watch added"
            people.note_deed(db, by, what, watch.name, now, reason, {"changed": changed} if changed else {})
        return done

    return store.unit(put)


def case(store: Store, text: str) -> str:
    """The thread that is meant by `t7`, or by a development of it. Raises NotFound and UsageError."""
    noun, number = read_id(text, "thread")
    with store.read() as db:
        if noun == "development":
            found = threads.thread_of(db, families_of(db, [number])[0].root)
            if found is None:
                raise NotFound(f"d{number} is of no case so far; an analyst may say of which: label d{number} --thread")
            number, noun = found, "thread"
        if noun != "thread":
            raise UsageError(f"watches follow takes t7 (thread) or d34 (development), not {text!r}")
        root = threads.root_of(db, number)
    if root is None:
        raise NotFound(f"there is no thread t{number}")
    return show_id("thread", root)


def remove(store: Store, config: Config, name: str, now: datetime, by: str = "", reason: str | None = None) -> None:
    """Retire a watch of the desk's own; what it brought stays. Raises NotFound, or UsageError for one of the file."""
    _require_not_of_the_file(config, name)

    def retire(db: Connection) -> None:
        known = stored.names(db, stored.watches, "desk")
        if name not in known or not stored.retire(db, stored.watches, name, now):
            raise NotFound(_not_there(name, known))
        if by:
            people.note_deed(db, by, "watch removed", name, now, reason)

    store.unit(retire)


def _require_not_of_the_file(config: Config, name: str) -> None:
    if name in {watch.name for watch in config.watches}:
        where = config.file or "the built-in defaults; write watches of your own with nightdesk init"
        raise UsageError(f'the watch "{name}" is defined in {where}; change it there')


def find(db: Connection, config: Config, name: str) -> Watch:
    """A watch as the file has it, or else as the desk made it. Raises NotFound, or UsageError for no valid one."""
    for watch in config.watches:
        if watch.name == name:
            return watch
    desk = stored.names(db, stored.watches, "desk")
    definition = stored.definition_of(db, stored.watches, name) if name in desk else None
    if definition is None:
        raise NotFound(_not_there(name, desk | {watch.name for watch in config.watches}))
    kept = kept_watch(name, definition)
    if kept.watch is None:
        raise UsageError(f'the watch "{name}" in the database is not valid: {kept.in_words()}; {to_mend(name)}')
    return kept.watch


def to_mend(name: str) -> str:
    """How somebody gets a valid one in place of a broken one of the desk's."""
    return f"change or remove it on its page, or: nightdesk watches add {name} --replace ..."


def _not_there(name: str, known: Iterable[str]) -> str:
    advice = did_you_mean(name, known) or "nightdesk watches list shows all"
    return f'there is no watch "{name}"; {advice}'


def active(db: Connection, config: Config, desk_only: bool) -> list[Watch]:
    """The watches of the file and of the desk, by name; without those that are not valid."""
    found = {} if desk_only else {watch.name: watch for watch in config.watches}
    found |= {kept.name: kept.watch for kept in _of_the_desk(db, config) if kept.watch is not None}
    return [found[name] for name in sorted(found)]


def broken(db: Connection, config: Config) -> list[KeptWatch]:
    """Watches of the desk's own that are not valid, by name."""
    return [kept for kept in _of_the_desk(db, config) if kept.watch is None]


def _of_the_desk(db: Connection, config: Config) -> list[KeptWatch]:
    names = stored.names(db, stored.watches, "desk") - {watch.name for watch in config.watches}
    return [kept_watch(name, stored.definition_of(db, stored.watches, name)) for name in sorted(names)]


def left_out(broken: Iterable[KeptWatch]) -> str:
    """A remark in TOML for each watch that could not be written."""
    lines = (f"the watch {one.name} is not valid and left out: {one.in_words()}" for one in broken)
    return "".join(f"# {' '.join(line.split())}\n" for line in lines)


def as_toml(watches: Iterable[Watch]) -> str:
    """`[[watch]]` tables that a configuration may have as they are."""
    return "\n".join(toml_table("watch", _written(watch)) for watch in watches)


def channels_of(watches: Iterable[Watch]) -> list[str]:
    """The channels that these watches tell, but for the one that is always there."""
    return sorted({name for watch in watches for name in watch.channels} - {CONSOLE})


def stand_ins(channels: Iterable[str]) -> str:
    """A table for each channel that shows its alerts on the console: an address may hold a secret, and stays here."""
    note = "# Addresses are not exported. Until one is set, what this channel is told shows on the console."
    return "".join(f'\n{note}\n[channel.{name}]\nurl = "{CONSOLE}://"\n' for name in channels)


def _written(watch: Watch) -> dict[str, Any]:
    values = watch.model_dump(mode="json", exclude_defaults=True)
    if watch.digest_at is not None:
        values["digest_at"] = str(watch.digest_at)
    return {key: _escaped(value) for key, value in values.items()}


def _escaped(value: Any) -> Any:
    """A text whose $ is no reference to the environment."""
    if isinstance(value, list):
        return [_escaped(one) for one in value]
    return value.replace("$", "$$") if isinstance(value, str) else value
