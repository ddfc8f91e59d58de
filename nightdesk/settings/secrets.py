"""`${NAME}` in any text, `file:PATH` in secret ones: filled in here, and never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from nightdesk.settings.mistakes import Mistakes
from nightdesk.settings.reading import Place, TomlFile
from nightdesk.settings.shape import annotation_at, is_secret

_VARIABLE = re.compile(r"\$(?:\$|\{([^}]*)\})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHORTEST_MASKED = 4


class Filler:
    """Replaces references by their values, and remembers the values so that sentences can be masked."""

    def __init__(self, model: type[BaseModel], env: Mapping[str, str], folder: Path, mistakes: Mistakes) -> None:
        self._model = model
        self._env = env
        self._folder = folder
        self._mistakes = mistakes
        self._values: dict[str, str] = {}
        self.used: set[str] = set()

    def fill(self, file: TomlFile, data: Any, place: Place = ()) -> Any:
        """`data` with every reference in it replaced."""
        if isinstance(data, dict):
            return {key: self.fill(file, value, (*place, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [self.fill(file, value, (*place, index)) for index, value in enumerate(data)]
        if not isinstance(data, str):
            return data
        if data.startswith("file:") and self.is_secret(place):
            return self._from_file(file, data, place)
        return self._from_environment(file, data, place)

    def is_secret(self, place: Place) -> bool:
        return is_secret(annotation_at(self._model, place))

    def mask(self, text: str) -> str:
        """`text` with every filled-in value put back to its reference."""
        for value, reference in sorted(self._values.items(), key=lambda item: -len(item[0])):
            text = text.replace(value, reference)
        return text

    def _from_environment(self, file: TomlFile, text: str, place: Place) -> str:
        def value(match: re.Match[str]) -> str:
            return "$" if match[1] is None else self._variable(file, place, match[0], match[1].strip())

        return _VARIABLE.sub(value, text)

    def _variable(self, file: TomlFile, place: Place, written: str, name: str) -> str:
        if not _NAME.fullmatch(name):
            advice = "write ${NAME}, or $$ for a plain $"
            self._mistakes.at(file, place, f"{written} names no environment variable", advice)
            return written
        self.used.add(name)
        value = self._env.get(name)
        if not value:
            advice = f"export {name}=... before the start"
            self._mistakes.at(file, place, f"needs the environment variable {name}, which is not set", advice)
            return written
        self._remember(value, written)
        return value

    def _from_file(self, file: TomlFile, text: str, place: Place) -> str:
        written = self._from_environment(file, text.removeprefix("file:"), place)
        path = self._folder / Path(written).expanduser()
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self._mistakes.at(file, place, f"the secret file {written} cannot be read: {why}")
            return text
        if not value:
            self._mistakes.at(file, place, f"the secret file {written} is empty")
            return text
        self._remember(value, text)
        return value

    def _remember(self, value: str, reference: str) -> None:
        if len(value) >= _SHORTEST_MASKED:
            self._values[value] = reference
