"""Keys set by environment: `NIGHTDESK_DATABASE__URL` is `url` in `[database]`. It wins over the file."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from core.errors import Mistake
from nightdesk.settings.mistakes import Mistakes, did_you_mean
from nightdesk.settings.reading import Place
from nightdesk.settings.shape import annotation_at, is_a, is_list, is_secret, model_at

PREFIX = "NIGHTDESK_"
#: Not configuration: they steer tests, scripts and the command line itself.
RESERVED = frozenset({"DEBUG", "FAULT", "CONFIG", "PYTHON", "VENV", "REQUIRE_POSTGRES", "TEST_PG_DSN", "TEST_PG_BIN"})
#: Arrays of tables have no names that a variable could carry.
TABLES = frozenset({"source", "watch"})


def overlay(
    model: type[BaseModel], data: dict[str, Any], env: Mapping[str, str], mistakes: Mistakes
) -> tuple[dict[str, Any], list[str]]:
    """`data` with the environment's keys set, and the variables that are no key at all."""
    data, strangers = copy.deepcopy(data), []
    for variable in sorted(env):
        name = variable.removeprefix(PREFIX)
        if name == variable or name in RESERVED or name.startswith("TEST_"):
            continue
        place = _place(data, name)
        if _is_key(model, place):
            _set(data, place, _value(annotation_at(model, place), env[variable]))
            mistakes.variables[place] = variable
        elif len(place) > 1 and place[0] in model.model_fields:
            mistakes.add(Mistake("environment", variable, "is not a key Nightdesk knows", _advice(model, place)))
        else:
            strangers.append(variable)
    return data, strangers


def _is_key(model: type[BaseModel], place: Place) -> bool:
    annotation = annotation_at(model, place)
    return not (annotation is None or place[0] in TABLES or place == ("channel",) or model_at(model, place))


def _place(data: Mapping[str, Any], name: str) -> Place:
    """`CHANNEL__NIGHT_DESK__URL` finds the channel `night-desk`, since variables cannot be written with a hyphen."""
    place: list[str | int] = []
    here: Any = data
    for word in name.lower().split("__"):
        keys = here if isinstance(here, Mapping) else {}
        key = next((key for key in keys if key == word or key.replace("-", "_") == word), word)
        place.append(key)
        here = keys.get(key)
    return tuple(place)


def _value(annotation: Any, text: str) -> Any:
    """A variable's text as the type its key expects; what does not fit stays text, for the models to refuse."""
    if is_list(annotation):
        if not text.strip().startswith("["):  # addresses hold commas of their own
            return text if is_secret(annotation) else [part.strip() for part in text.split(",") if part.strip()]
    elif not is_a(annotation, bool, int, float) or is_a(annotation, str):
        return text
    try:
        return tomllib.loads(f"value = {text.strip().lower() if is_a(annotation, bool) else text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _set(data: dict[str, Any], place: Place, value: Any) -> None:
    for part in place[:-1]:
        inner = data.setdefault(part, {})  # type: ignore[arg-type]
        if not isinstance(inner, dict):
            return
        data = inner
    data[str(place[-1])] = value


def _advice(model: type[BaseModel], place: Place) -> str:
    if place[0] in TABLES:
        return f"[[{place[0]}]] entries are written in the file"
    parent = model_at(model, place[:-1])
    guess = did_you_mean(str(place[-1]), parent.model_fields if parent else ())
    return guess.upper().replace("DID YOU MEAN", "did you mean") if guess else ""
