"""The map of a sheet: which column says what. A TOML file, checked whole before any row is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.errors import ConfigError, Mistake
from nightdesk.settings.mistakes import Mistakes, did_you_mean
from nightdesk.settings.reading import read_toml
from pipeline.values import Status

_Slug = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,79}$")]
#: What is the same for every row, or stands in a column of its own.
_Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(_Strict):
    """The column of each thing that a row says."""

    date: str
    title: str
    text: str | None = None
    url: str | None = None
    outlet: str | None = None
    published: str | None = None
    country: str | None = None
    place: str | None = None
    event: str | None = None
    topic: str | None = None
    language: str | None = None
    speaker: str | None = None
    agency: str | None = None
    person: str | None = None


class Constants(_Strict):
    """What is the same for every row that does not say otherwise."""

    outlet: str | None = None
    country: _Country | None = None
    event: str | None = None
    topic: str | None = None
    language: str | None = None
    speaker: str | None = None


class Column(_Strict):
    """A value that stands in a column."""

    column: str


class Count(_Strict):
    """A column of figures, and what they count."""

    value: str
    unit: str | Column = "people"
    status: str | Column = "done"
    nationality: _Country | Column | None = None
    leading: bool = False

    @field_validator("status")
    @classmethod
    def _known(cls, status: str | Column) -> str | Column:
        if isinstance(status, str) and status not in get_args(Status):
            raise ValueError(f"must be one of {', '.join(get_args(Status))}")
        return status


class ColumnMap(_Strict):
    """A whole map."""

    name: _Slug | None = None  # what the import is called; the name of the file without it
    sheet: str | None = None
    key: tuple[str, ...] = Field(min_length=1)
    date_format: str | None = None
    columns: Columns
    constants: Constants = Constants()
    count: tuple[Count, ...] = ()
    values: dict[str, dict[str, str]] = Field(default_factory=dict)  # by what it says: its words in the sheet -> ours

    @field_validator("key", mode="before")
    @classmethod
    def _one_or_several(cls, key: object) -> object:
        return (key,) if isinstance(key, str) else key

    @model_validator(mode="after")
    def _consistent(self) -> ColumnMap:
        for name in self.values:
            if name not in (known := (*Columns.model_fields, "unit", "status", "nationality")):
                raise ValueError(
                    f"values.{name}: there is no such thing to say; {did_you_mean(name, known)}".strip("; ")
                )
        return self

    def mentioned(self) -> Iterator[tuple[str, str]]:
        """Every column that is named, with the key that names it."""
        yield from (("key", column) for column in self.key)
        for name in Columns.model_fields:
            if (column := getattr(self.columns, name)) is not None:
                yield f"columns.{name}", column
        for index, count in enumerate(self.count, start=1):
            yield f"count[{index}].value", count.value
            for name in ("unit", "status", "nationality"):
                if isinstance(part := getattr(count, name), Column):
                    yield f"count[{index}].{name}", part.column

    def ours(self, name: str, words: str) -> str:
        """What a sheet's own word is here."""
        known = {key.strip().casefold(): value for key, value in self.values.get(name, {}).items()}
        return known.get(words.strip().casefold(), words.strip())


def load_map(path: Path, columns: tuple[str, ...] | None = None) -> ColumnMap:
    """The map in a file; with `columns`, one that fits a sheet which has those. Raises ConfigError, all at once."""
    file = read_toml(path)
    if isinstance(file, Mistake):
        raise ConfigError([file])
    found = Mistakes()
    try:
        mapped = ColumnMap.model_validate(file.data)
    except ValidationError as error:
        found.of_model(file, ColumnMap, error, lambda _place: False)
        raise ConfigError(found.all()) from error
    require_columns(mapped, columns, str(path)) if columns is not None else None
    return mapped


def require_columns(mapped: ColumnMap, columns: tuple[str, ...], file: str) -> None:
    """Raises ConfigError for every column that a map names and a sheet has not."""
    has = f"the sheet has {', '.join(map(repr, columns[:30]))}"
    missing = [
        Mistake(file, key, f"there is no column {column!r}", did_you_mean(column, columns) or has)
        for key, column in mapped.mentioned()
        if column not in columns
    ]
    if missing:
        raise ConfigError(missing)
