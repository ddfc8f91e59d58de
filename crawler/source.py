"""A source: where we look. One TOML file each, or one `[[source]]` of the configuration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import regex  # like re, but with a time limit
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.addresses import AddressRefused, Permit
from core.duration import Duration
from core.errors import ConfigError, Mistake, NightdeskError
from core.saying import Saying
from core.urls import normalise_url
from core.watch import Slug
from crawler.listing import compiled
from crawler.posts import is_telegram

Kind = Literal["feed", "sitemap", "listing", "posts"]
SourceType = Literal["wire", "newspaper", "state_media", "government", "police", "ngo", "think_tank", "aggregator"]


def _web_address(url: str) -> str:
    normalise_url(url)  # raises ValueError that says what is wrong
    try:
        Permit.of(url)
    except AddressRefused as error:
        raise ValueError(error.reason) from error
    return url


class PatternTooSlow(NightdeskError):
    """A source's `include` or `exclude` takes too long for an address: it runs back and forth over it."""


#: Of one pattern and address, so that no pattern can hold up the crawl.
_PATTERN_SECONDS = 0.1


def _pattern(text: str) -> str:
    if len(text) > 200:
        raise ValueError("a pattern of more than 200 characters")
    try:
        regex.compile(text)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


def _selector(text: str) -> str:
    compiled(text)  # raises ValueError that says what is wrong
    return text


def _finds(pattern: str, url: str) -> bool:
    try:
        return regex.search(pattern, url[:4096], timeout=_PATTERN_SECONDS) is not None
    except TimeoutError as error:
        raise PatternTooSlow(f"the pattern {pattern!r} takes too long; write it without nested repetitions") from error


def _positive(span: timedelta) -> timedelta:
    if span < timedelta(seconds=1):
        raise ValueError('the shortest is "1s"')
    return span


def _not_endless(span: timedelta) -> timedelta:
    if span > timedelta(minutes=10):
        raise ValueError('the longest is "10m"')
    return span


WebAddress = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(_selector)]
Delay = Annotated[Duration, AfterValidator(_not_endless)]


class Expectation(BaseModel):
    """What a working source gives; less is a finding."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_per_week: Annotated[float, Field(gt=0)] | None = None


class Source(BaseModel):
    """One source, by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    title: Annotated[str, Field(min_length=1)] = ""
    kind: Kind = "feed"
    url: WebAddress
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    type: SourceType = "newspaper"
    beats: tuple[str, ...] = ()
    priority: Annotated[int, Field(ge=1, le=3)] = 2  # 1 is visited first where not all can be
    every: Annotated[Duration, AfterValidator(_positive)] | None = None  # none: the pace is found
    delay: Delay | None = None  # none: crawl.delay
    allow_private: bool = False
    verify_tls: bool = True
    obey_robots: bool = True
    item: Selector | None = None  # CSS selector: of a listing's links, of a board's posts
    include: Pattern | None = None
    exclude: Pattern | None = None
    expect: Expectation = Expectation()
    verified: bool = True  # false: never seen working by those who wrote the entry
    notes: str = ""

    @model_validator(mode="before")
    @classmethod
    def _title_is_name(cls, data: Any) -> Any:
        if isinstance(data, dict) and "name" in data and "title" not in data:
            return {**data, "title": data["name"]}
        return data

    @model_validator(mode="after")
    def _board_names_its_posts(self) -> Self:
        if self.kind == "posts" and self.item is None and not is_telegram(self.url):
            raise ValueError('posts that are not on Telegram need item, the CSS selector of one post, as "div.notice"')
        return self

    @property
    def excused(self) -> tuple[Saying, ...]:
        """Rules that hold for everybody else, in words."""
        robots = Saying("excused_robots", "its robots.txt is passed over (obey_robots = false)")
        tls = Saying("excused_tls", "its certificate is not verified (verify_tls = false)")
        return (*(() if self.obey_robots else (robots,)), *(() if self.verify_tls else (tls,)))

    def takes(self, url: str) -> bool:
        """Whether an item's address passes `include` and `exclude`. Raises PatternTooSlow."""
        if self.include is not None and not _finds(self.include, url):
            return False
        return self.exclude is None or not _finds(self.exclude, url)


def load_source(path: Path) -> Source:
    """The source of one TOML file, named as the file. Raises ConfigError with every mistake."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([Mistake(str(path), "", f"cannot be read: {error}")]) from error
    try:
        source = Source.model_validate(data)
    except ValidationError as error:
        raise ConfigError(mistakes_of(error, str(path))) from error
    if source.name != path.stem:
        wrong = f"{source.name!r} is not the name of the file"
        raise ConfigError([Mistake(str(path), "name", wrong, f'write name = "{path.stem}" or rename the file')])
    return source


def load_folder(folder: Path) -> list[Source]:
    """All sources of a folder, by name; none where it does not exist. Raises ConfigError with every mistake of all."""
    sources: list[Source] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            sources.append(load_source(path))
        except ConfigError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ConfigError(mistakes)
    return sources


def load_catalogue() -> list[Source]:
    """The built-in sources: part of the program, so read once."""
    return list(_catalogue())


@cache
def _catalogue() -> tuple[Source, ...]:
    return tuple(load_folder(Path(str(files("crawler") / "sources"))))


def select(catalogue: Iterable[Source], wanted: Sequence[str], key: str = "crawl.sources") -> list[Source]:
    """The built-in sources that `crawl.sources` asks for; `-x` takes away what came before.

    `builtin` is all, `builtin:th` those in a language or of a country, anything else a name.
    """
    sources = {source.name: source for source in catalogue}
    chosen: dict[str, Source] = {}
    mistakes: list[Mistake] = []
    for word in wanted:
        names = _named(word.removeprefix("-"), sources)
        if not names:
            mistakes.append(Mistake("", key, f"{word!r} names no source", _similar(word.removeprefix("-"), sources)))
        for name in names:
            if word.startswith("-"):
                chosen.pop(name, None)
            else:
                chosen[name] = sources[name]
    if mistakes:
        raise ConfigError(mistakes)
    return list(chosen.values())


def mistakes_of(error: ValidationError, file: str, prefix: str = "") -> list[Mistake]:
    """A validation's errors as mistakes with file and key."""
    found = []
    for one in error.errors(include_url=False):
        key = ".".join(str(part) for part in one["loc"])
        suggestion = ""
        if one["type"] == "extra_forbidden":
            suggestion = _similar(str(one["loc"][-1]), Source.model_fields)
        problem = "not a known key" if one["type"] == "extra_forbidden" else one["msg"].removeprefix("Value error, ")
        found.append(Mistake(file, f"{prefix}{key}", problem, suggestion))
    return found


def _named(word: str, sources: dict[str, Source]) -> list[str]:
    if word == "builtin":
        return list(sources)
    if word.startswith("builtin:"):
        tag = word.removeprefix("builtin:").lower()
        return [name for name, source in sources.items() if tag in _tags(source)]
    return [word] if word in sources else []


def _tags(source: Source) -> set[str]:
    language = (source.language or "").lower()
    return {language, language.partition("-")[0], (source.country or "").lower()} - {""}


def _similar(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""
