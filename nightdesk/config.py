"""The configuration: the only reader of `nightdesk.toml` and of the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from alerts.config import Channel, Detail, OperatorConfig, Report
from core.duration import Duration
from core.errors import ConfigError, Mistake, UsageError
from core.watch import Slug, Watch
from crawler.config import CrawlConfig
from crawler.source import Source, load_catalogue, select
from nightdesk.settings.environment import PREFIX, overlay
from nightdesk.settings.mistakes import Mistakes, did_you_mean
from nightdesk.settings.reading import TomlFile, read_toml
from nightdesk.settings.references import Known, References
from nightdesk.settings.secrets import Filler
from nightdesk.settings.sections import (
    WITHOUT_EFFECT,
    DatabaseConfig,
    LogConfig,
    RetentionConfig,
    WebConfig,
)
from pipeline.config import PipelineConfig
from pipeline.topic import TOPICS, load_topics

DEFAULT_FILE = "nightdesk.toml"
_DATABASE_FORM = "write sqlite:///path/to/file.db or postgresql://user@host/name"

M = TypeVar("M", bound=BaseModel)


def _some(span: timedelta) -> timedelta:
    if not span:
        raise ValueError("must be more than 0s")
    return span


class FileModel(BaseModel):
    """`nightdesk.toml` as it is written. Anything else in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Annotated[str, Field(min_length=1)] = "data"
    timezone: str = "UTC"
    max_age: Annotated[Duration, AfterValidator(_some)] = timedelta(days=7)
    downtime: Annotated[Duration, AfterValidator(_some)] = timedelta(hours=1)
    database: DatabaseConfig = DatabaseConfig()
    crawl: CrawlConfig = CrawlConfig()
    pipeline: PipelineConfig = PipelineConfig()
    source: tuple[Source, ...] = ()
    watch: tuple[Watch, ...] | None = None
    channel: dict[Slug, Channel] = {}
    report: tuple[Report, ...] = ()
    operator: OperatorConfig = OperatorConfig()
    web: WebConfig = WebConfig()
    retention: RetentionConfig = RetentionConfig()
    log: LogConfig = LogConfig()


class Config(BaseModel):
    """A whole, valid configuration, with every path absolute and every secret filled in."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    file: Path | None  # none: built-in defaults
    data_dir: Path
    timezone: str
    max_age: timedelta
    downtime: timedelta
    database: DatabaseConfig  # its `url` is always set
    crawl: CrawlConfig
    pipeline: PipelineConfig
    sources: tuple[Source, ...]  # the active ones
    own_sources: frozenset[str]  # names of those written by the user, not from the catalogue
    watches: tuple[Watch, ...]
    channels: dict[str, Channel]
    reports: tuple[Report, ...]
    operator: OperatorConfig
    web: WebConfig
    retention: RetentionConfig
    log: LogConfig
    warnings: tuple[str, ...] = ()

    @property
    def database_url(self) -> str:
        """With its password: for the driver, never for people."""
        assert self.database.url is not None
        return self.database.url.get_secret_value()


def find_config(option: Path | None, folder: Path) -> Path | None:
    """The file to read: the one asked for, else `nightdesk.toml` in the working folder, else none."""
    if option is not None:
        return option
    default = folder / DEFAULT_FILE
    return Path(os.path.relpath(default)) if default.exists() else None


def load_config(path: Path | None, env: Mapping[str, str]) -> Config:
    """The configuration of a file and an environment. Raises ConfigError with every mistake in them."""
    mistakes = Mistakes()
    file = read_toml(path) if path is not None else TomlFile("built-in defaults")
    if isinstance(file, Mistake):
        raise ConfigError([file])
    return _Reader(file, path, env, mistakes).config()


class _Reader:
    """One reading of one file, from plain tables to a `Config`."""

    def __init__(self, file: TomlFile, path: Path | None, env: Mapping[str, str], mistakes: Mistakes) -> None:
        self._path = path
        self._folder = (path.parent if path is not None else Path()).resolve()
        self._mistakes = mistakes
        data, self._strangers = overlay(FileModel, file.data, env, mistakes)
        # From here on the file's tables are the overlaid ones, so that a mistake finds the name of its entry.
        file = TomlFile(file.name, data, file.text)
        self._filler = Filler(FileModel, env, self._folder, mistakes)
        mistakes.mask = self._filler.mask
        self._file = TomlFile(file.name, self._filler.fill(file, data), file.text)
        self._topics = self._read_topics()
        self._source_files = self._read_source_files() if path is not None else []

    def config(self) -> Config:
        catalogue = {source.name: source for source in load_catalogue()}
        self._check_names(catalogue)
        written = self._validate(self._file, FileModel)
        own = self._own_sources(written)
        active = self._active_sources(catalogue, own)
        timezone = self._timezone()
        database = self._database(written)
        self._mistakes.end()
        assert written is not None and timezone is not None
        return Config(
            file=self._path,
            data_dir=self._data_dir(),
            timezone=timezone.key,
            max_age=written.max_age,
            downtime=written.downtime,
            database=written.database.model_copy(update={"url": SecretStr(database)}),
            crawl=written.crawl,
            pipeline=self._pipeline(written.pipeline),
            sources=tuple(active.values()),
            own_sources=frozenset(own),
            watches=self._watches(written),
            channels=dict(written.channel),
            reports=written.report,
            operator=written.operator,
            web=written.web,
            retention=written.retention,
            log=self._log(written.log),
            warnings=tuple(self._warnings(written, active)),
        )

    def _validate(self, file: TomlFile, model: type[M]) -> M | None:
        """The tables as `model`; None, with the mistakes noted, where they do not fit."""
        self._mistakes.of_types(file, model, file.data)
        try:
            return model.model_validate(file.data)
        except ValidationError as error:
            self._mistakes.of_model(file, model, error, self._filler.is_secret)
        except OverflowError:
            self._mistakes.add(Mistake(file.name, "", "holds a number too large to be meant"))
        return None

    def _read_topics(self) -> dict[str, frozenset[str]]:
        """Event types by topic: the built-in ones and those in `pipeline.topics_dir`."""
        folders = [TOPICS]
        section = self._file.data.get("pipeline")
        written = section.get("topics_dir") if isinstance(section, dict) else None
        if isinstance(written, str):
            more = (self._folder / Path(written).expanduser()).resolve()
            folders.append(more)
            if not more.is_dir():
                self._mistakes.at(self._file, ("pipeline", "topics_dir"), f"there is no folder {more}")
        found: dict[str, frozenset[str]] = {}
        for folder in folders:
            try:
                topics = load_topics(folder)
            except ConfigError as error:
                for mistake in error.mistakes:
                    self._mistakes.add(mistake)
                continue
            found |= {topic.id: frozenset(event.id for event in topic.events) for topic in topics}
        return found

    def _read_source_files(self) -> list[TomlFile]:
        """Files in `sources/` beside the configuration: one source each, without a header."""
        found = []
        for path in sorted((self._folder / "sources").glob("*.toml")):
            file = read_toml(path)
            if isinstance(file, Mistake):
                self._mistakes.add(file)
            else:
                found.append(file)
        return found

    def _check_names(self, catalogue: Collection[str]) -> None:
        """Names that entries refer to or must not share."""
        entries = [entry for entry in _list(self._file.data.get("source")) if isinstance(entry, dict)]
        entries += [file.data for file in self._source_files]
        channels = self._file.data.get("channel")
        known = Known(
            topics=self._topics.keys(),
            events={event for events in self._topics.values() for event in events},
            sources={*catalogue, *(str(entry.get("name")) for entry in entries)},
            channels=channels.keys() if isinstance(channels, dict) else (),
        )
        References(self._file, known, self._mistakes).check()
        self._check_queries()
        names = {str(entry.get("name")) for entry in entries[: len(entries) - len(self._source_files)]}
        for file in self._source_files:
            References(file, known, self._mistakes).source((), file.data)
            if str(file.data.get("name")) in names:
                self._mistakes.at(file, ("name",), f'a second source "{file.data["name"]}"')
            names.add(str(file.data.get("name")))

    def _check_queries(self) -> None:
        """The file of named queries, where reports ask any; those of the page are for `nightdesk check` to find."""
        if not _list(self._file.data.get("report")):
            return
        from nightdesk.queries import load

        try:
            load(self._folder if self._path is not None else None)
        except UsageError as error:
            self._mistakes.at(self._file, ("report",), str(error))

    def _own_sources(self, written: FileModel | None) -> dict[str, Source]:
        own = [source for file in self._source_files if (source := self._validate(file, Source))]
        return {source.name: source for source in (*(written.source if written else ()), *own)}

    def _active_sources(self, catalogue: Mapping[str, Source], own: Mapping[str, Source]) -> dict[str, Source]:
        """What `crawl.sources` chooses of the catalogue, and one's own, which win where they share a name."""
        crawl = self._file.data.get("crawl")
        choices = crawl.get("sources", ["builtin"]) if isinstance(crawl, dict) else ["builtin"]
        if not isinstance(choices, list):
            return dict(own)
        chosen: dict[str, Source] = {}
        known = {**catalogue, **own}
        for index, choice in enumerate(choices):
            if not isinstance(choice, str) or (choice == "builtin" and not catalogue):
                continue
            try:
                names = [source.name for source in select(known.values(), [choice.removeprefix("-")])]
            except ConfigError as error:
                place = ("crawl", "sources", index)
                self._mistakes.at(self._file, place, f'"{choice}" names no source', error.mistakes[0].suggestion)
                continue
            for name in names:
                if choice.startswith("-"):
                    chosen.pop(name, None)
                elif name in catalogue:
                    chosen[name] = catalogue[name]
        if choices and all(isinstance(choice, str) and choice.startswith("-") for choice in choices):
            advice = f"write {json.dumps(['builtin', *choices])}"
            self._mistakes.at(self._file, ("crawl", "sources"), "leaves sources out of nothing", advice)
        return {**chosen, **own}

    def _timezone(self) -> ZoneInfo | None:
        name = self._file.data.get("timezone", "UTC")
        if not isinstance(name, str):
            return None
        try:
            return ZoneInfo(name)
        except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError, which its folder names raise as OSError
            pass
        except KeyError:
            pass
        advice = did_you_mean(name, available_timezones()) or 'write a name of the tz database, as in "Asia/Bangkok"'
        self._mistakes.at(self._file, ("timezone",), f'unknown time zone "{name}"', advice)
        return None

    def _data_dir(self) -> Path:
        written = self._file.data.get("data_dir", "data")
        return (self._folder / Path(written).expanduser()).resolve() if isinstance(written, str) else self._folder

    def _database(self, written: FileModel | None) -> str:
        """The database's URL, absolute; the default is a file in the data directory."""
        if self._data_dir().exists() and not self._data_dir().is_dir():
            self._mistakes.at(self._file, ("data_dir",), "is a file; it must be a folder")
        if written is None or written.database.url is None:
            return f"sqlite:///{self._data_dir() / 'nightdesk.db'}"
        place = ("database", "url")
        try:
            url = make_url(written.database.url.get_secret_value())
            backend = url.get_backend_name()
        except (ArgumentError, ValueError):
            self._mistakes.at(self._file, place, "is not a database URL", _DATABASE_FORM)
            return ""
        if backend not in ("sqlite", "postgresql"):
            self._mistakes.at(
                self._file, place, f"names {backend}; data is kept in sqlite or postgresql", _DATABASE_FORM
            )
        if backend == "sqlite" and url.database in (None, "", ":memory:"):
            self._mistakes.at(
                self._file, place, "names no file; a database in memory would forget everything", _DATABASE_FORM
            )
        elif backend == "sqlite":
            url = url.set(database=str((self._folder / str(url.database)).resolve()))
        if written.database.readonly_url is not None and backend == "sqlite":
            self._mistakes.at(self._file, ("database", "readonly_url"), "is for Postgres; SQLite needs none")
        return url.render_as_string(hide_password=False)

    def _pipeline(self, section: PipelineConfig) -> PipelineConfig:
        if section.topics_dir is None:
            return section
        return section.model_copy(update={"topics_dir": (self._folder / section.topics_dir.expanduser()).resolve()})

    def _log(self, section: LogConfig) -> LogConfig:
        if not section.file:
            return section
        return section.model_copy(update={"file": str((self._folder / Path(section.file).expanduser()).resolve())})

    def _watches(self, written: FileModel) -> tuple[Watch, ...]:
        """Without any `[[watch]]`, one for each topic, told on every channel; `watch = []` is none."""
        if written.watch is not None:
            return written.watch
        return tuple(Watch(name=topic, topics=(topic,), channels=tuple(written.channel)) for topic in self._topics)

    def _warnings(self, written: FileModel, active: Mapping[str, Source]) -> Iterable[str]:
        yield from without_effect(self._file)
        for watch in written.watch or ():
            for name in watch.sources:
                if name not in active:
                    yield f'{self._file.name}: watch.{watch.name}.sources: "{name}" is not among the active sources'
        yield from self._leaks(written)
        for variable in self._strangers:
            if variable not in self._filler.used:
                guess = did_you_mean(variable, [PREFIX + name.upper() for name in FileModel.model_fields])
                yield f"environment: {variable} is no key of the configuration and has no effect" + (
                    f" ({guess})" if guess else ""
                )

    def _leaks(self, written: FileModel) -> Iterable[str]:
        """Channels that may be sent more than they ask for, since they stand in for one that is told more."""
        order = get_args(Detail)
        for name, channel in written.channel.items():
            other = written.channel.get(channel.fallback or "")
            if other is not None and order.index(other.detail) > order.index(channel.detail):
                yield (
                    f'{self._file.name}: channel.{name}.fallback: what "{channel.fallback}" sends in its place is'
                    f' {channel.detail}, though that channel has detail = "{other.detail}"'
                )
            if channel.detail == "link" and not written.web.public_url:
                yield (
                    f'{self._file.name}: channel.{name}.detail: without web.public_url "link" has none to send,'
                    " only the number of a development"
                )


def without_effect(file: TomlFile) -> Iterable[str]:
    """A line for each key that is set and read by nothing yet."""
    for section, keys in WITHOUT_EFFECT.items():
        tables = file.data.get(section)
        named = section in ("channel", "watch", "source")
        for name, table in _entries(tables) if named else [("", tables)]:
            for key in keys:
                if isinstance(table, dict) and key in table:
                    where = ".".join(part for part in (section, name, key) if part)
                    yield f"{file.name}: {where} has no effect yet"


def _entries(tables: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(tables, dict):
        return tables.items()
    return [(str(entry.get("name")), entry) for entry in _list(tables) if isinstance(entry, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
