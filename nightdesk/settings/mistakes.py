"""Collects every mistake of a configuration and says each in plain words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.errors import ConfigError, Mistake
from nightdesk.settings.reading import Place, TomlFile
from nightdesk.settings.shape import annotation_at, kind_wanted, model_at

_PLAIN = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "tuple_type": 'must be a list, as in ["one", "two"]',
    "list_type": 'must be a list, as in ["one", "two"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "time_delta_type": 'must be a duration, a number and one of s, m, h, d, w in quotes, as in "15m"',
    "time_delta_parsing": 'must be a duration, a number and one of s, m, h, d, w in quotes, as in "15m"',
    "time_type": 'must be a time of day, as in "07:30"',
    "time_parsing": 'must be a time of day, as in "07:30"',
    "extra_forbidden": "is not a key Nightdesk knows",
}
_LIMITS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}
_SLUG = "^[a-z0-9][a-z0-9_-]{0,79}$"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` where one of the known words is near, else nothing."""
    choices = sorted(set(known))
    folded = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return f'did you mean "{folded[near[0]]}"?' if near else ""


def key_of(data: Any, place: Place) -> str:
    """A place as people read it: `watch.releases.topics`, or `watch[2].topics` where the entry has no name."""
    words: list[str] = []
    for index, part in enumerate(place):
        data = _step(data, part)
        if isinstance(part, str):
            words.append(part)
        elif index == 1 and isinstance(data, Mapping) and isinstance(data.get("name"), str) and data["name"]:
            words.append(str(data["name"]))
        elif words:
            words[-1] += f"[{part + 1}]"
    return ".".join(words)


def _step(data: Any, part: str | int) -> Any:
    if isinstance(data, Mapping) and isinstance(part, str):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


class Mistakes:
    """The list being collected; `mask` keeps values of the environment out of every sentence."""

    def __init__(self) -> None:
        self._found: list[Mistake] = []
        self._addresses: set[tuple[str, str]] = set()
        self.mask: Callable[[str], str] = lambda text: text
        self.variables: dict[Place, str] = {}  # which environment variable set the key at a place

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, mistake: Mistake) -> None:
        self._found.append(mistake)

    def at(self, file: TomlFile, place: Place, problem: str, suggestion: str = "") -> None:
        """One mistake at a key."""
        name, key = self._address(file, place)
        self._addresses.add((name, _without_index(key)))
        self.add(Mistake(name, key, self.mask(problem), self.mask(suggestion)))

    def of_types(self, file: TomlFile, model: type[BaseModel], data: Any, place: Place = ()) -> None:
        """Values of plainly another kind than their key's."""
        if isinstance(data, dict | list):
            for part, value in data.items() if isinstance(data, dict) else enumerate(data):
                self.of_types(file, model, value, (*place, part))
            return
        kind = kind_wanted(annotation_at(model, place), data)
        if kind:
            self.at(file, place, _PLAIN[kind])

    def of_model(
        self, file: TomlFile, model: type[BaseModel], error: ValidationError, secret: Callable[[Place], bool]
    ) -> None:
        """Everything a model found wrong with a file's tables, but for keys of which something was said already."""
        said = set(self._addresses)
        for detail in error.errors(include_url=False, include_input=False):
            place = tuple(part for part in detail["loc"] if part != "[key]")  # of a table whose name is wrong
            name, key = self._address(file, place)
            if (name, _without_index(key)) not in said:
                problem, suggestion = _say(model, place, detail)
                self.at(
                    file,
                    place,
                    _own_words(detail) if secret(place) and detail["type"] not in _PLAIN else problem,
                    suggestion,
                )

    def _address(self, file: TomlFile, place: Place) -> tuple[str, str]:
        for length in range(len(place), 0, -1):
            if place[:length] in self.variables:
                return "environment", self.variables[place[:length]]
        return file.where(place), key_of(file.data, place)

    def all(self) -> list[Mistake]:
        """What was found, each once."""
        return list(dict.fromkeys(self._found))

    def end(self) -> None:
        """Raise ConfigError if anything was found."""
        if self._found:
            raise ConfigError(self.all())


def _without_index(key: str) -> str:
    return re.sub(r"\[\d+\]$", "", key)


def _number(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, int | float) else str(bound)


def _own_words(detail: ErrorDetails) -> str:
    """What a validator of ours said of a secret value. Ours never repeat it; a foreign library's might."""
    cause = detail.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, ValueError) and detail["type"] == "value_error" else "is not valid"


def _say(model: type[BaseModel], place: Place, detail: ErrorDetails) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        parent = model_at(model, place[:-1])
        return _PLAIN[kind], did_you_mean(str(place[-1]), parent.model_fields if parent else ())
    if kind == "tuple_type" and len(place) == 1:
        return "must be a list of tables", f"write [[{place[0]}]] with two brackets"
    if kind in _PLAIN:
        return _PLAIN[kind], ""
    if kind == "literal_error":
        return f"must be {context['expected']}", ""
    if kind in _LIMITS:
        bound, words = _LIMITS[kind]
        return f"{words} {_number(context[bound])}", ""
    if kind == "string_pattern_mismatch" and context.get("pattern") == _SLUG:
        return "must be a name of small letters, digits, - and _", 'as in "example-post"'
    if kind == "string_pattern_mismatch" and context.get("pattern") == "^[A-Z]{2}$":
        return "must be a country code of two capital letters", 'as in "TH"'
    if kind == "value_error":
        return str(context["error"]), ""
    return str(detail["msg"]), ""
