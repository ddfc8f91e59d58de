"""A watch as the database has it: a value, or all that is wrong with the definition that is kept.

An older version made it, or somebody by SQL: it is asked of nothing, and must hide no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from core.watch import Watch
from nightdesk.settings.mistakes import Mistakes
from nightdesk.settings.reading import TomlFile


class _Kept(BaseModel):
    """As a configuration has it, so that its mistakes are said in the same words."""

    model_config = ConfigDict(extra="forbid")

    watch: tuple[Watch, ...]


@dataclass(frozen=True)
class KeptWatch:
    """`wrong` has a sentence for each mistake by its key, with what belongs to none under ""."""

    name: str
    watch: Watch | None
    wrong: Mapping[str, tuple[str, ...]]

    def in_words(self) -> str:
        """Everything that is wrong in one line; "" for a watch."""
        return "; ".join(
            f"{key} {problem}" if key else problem for key, problems in self.wrong.items() for problem in problems
        )


def kept_watch(name: str, definition: Any) -> KeptWatch:
    """The row `name` as a value."""
    try:
        return KeptWatch(name, Watch.model_validate(definition), {})
    except ValidationError:
        return KeptWatch(name, None, _mistakes(definition))


def _mistakes(definition: Any) -> dict[str, tuple[str, ...]]:
    mistakes, file = Mistakes(), TomlFile("database", {"watch": [definition]})
    try:
        _Kept.model_validate(file.data)
    except ValidationError as error:
        mistakes.of_model(file, _Kept, error, lambda place: False)
    called = definition.get("name") if isinstance(definition, Mapping) else None
    entry = f"watch.{called}" if isinstance(called, str) and called else "watch[1]"
    found: dict[str, tuple[str, ...]] = {}
    for one in mistakes.all():
        key = one.key.removeprefix(entry).removeprefix(".")
        said = f"{one.problem} ({one.suggestion})" if one.suggestion else one.problem
        found[key] = (*found.get(key, ()), said)
    return found


def what_is_left(name: str, definition: Any) -> Watch:
    """What of a broken definition can be read, the rest as if nobody had said it. It may ask nothing."""
    return Watch.model_construct(**_readable(definition) | {"name": name})


def _readable(definition: Any) -> dict[str, Any]:
    """The keys that are right by themselves, as values."""
    found: dict[str, Any] = {}
    for key, value in definition.items() if isinstance(definition, Mapping) else ():
        try:
            whole = Watch.model_validate({"name": "any", "topics": ["any"], key: value})
        except ValidationError:
            continue
        found[key] = getattr(whole, key)
    return found
