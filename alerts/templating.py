"""The templates of messages: the built-in ones, and a user's own beside the configuration, sandboxed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.markdown import escape as escape_markdown
from alerts.plain import wrap
from core.errors import Mistake, NightdeskError

#: What may be overridden; another file in the folder is a mistake, most likely of spelling.
NAMES = (
    "alert.chat",
    "alert.html",
    "alert.md",
    "alert.txt",
    "base.html",
    "digest.chat",
    "digest.html",
    "digest.md",
    "digest.txt",
)
#: A message is short; what a template makes beyond this is a loop that went wrong.
_LIMIT = 200_000
#: What drawing can run into; all of it is a mistake of the template.
_FAULTS = (JinjaError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class TemplateMistake(NightdeskError):
    """A template that cannot be drawn: which file, which line, why."""

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        self.file, self.line, self.problem = file, line, problem
        super().__init__(f"{file}{f':{line}' if line else ''}: {problem}")


class Templates:
    """Draws by name; a user's file stands before the built-in one of the same name."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None and folder.is_dir() else None
        self._environment = _environment(self.folder)

    def draw(self, name: str, values: Mapping[str, Any]) -> str:
        """Raises TemplateMistake."""
        try:
            text = self._environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            raise TemplateMistake(self._shown(error.filename, name), error.lineno, str(error.message)) from error
        except _FAULTS as error:
            file, line = _place_in_template(error)
            raise TemplateMistake(self._shown(file, name), line, _words(error)) from error
        if len(text) > _LIMIT:
            raise TemplateMistake(self._shown(None, name), None, f"draws more than {_LIMIT:,} characters")
        return text

    def own(self) -> Iterator[str]:
        """The names of the user's files."""
        for path in sorted(self.folder.iterdir()) if self.folder else ():
            if path.is_file() and not path.name.startswith("."):
                yield path.name

    def _shown(self, file: str | None, name: str) -> str:
        if file and not file.startswith("<"):
            return file
        own = self.folder / name if self.folder else None
        return str(own) if own is not None and own.exists() else f"built-in template {name}"


def strangers(templates: Templates) -> list[Mistake]:
    """Files in the folder that override nothing."""
    known = ", ".join(NAMES)
    return [
        Mistake(str(templates.folder), name, "is the name of no template", f"the names are {known}")
        for name in templates.own()
        if name not in NAMES
    ]


@lru_cache(maxsize=1)
def built_in() -> Templates:
    return Templates()


def _environment(folder: Path | None) -> Environment:
    ours: BaseLoader = PackageLoader("alerts", "templates")
    loaders = [ours] if folder is None else [FileSystemLoader(folder, followlinks=False), ours]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["wrap"] = wrap
    environment.filters["md"] = escape_markdown
    environment.globals = {name: environment.globals[name] for name in ("joiner", "namespace")}  # no range of a billion
    return environment


def _place_in_template(error: BaseException) -> tuple[str | None, int | None]:
    """Where in a template an error was raised: the last frame that is of one."""
    file: str | None = None
    line: int | None = None
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "__jinja_template__" in trace.tb_frame.f_globals or code.co_filename.endswith(NAMES):
            file, line = code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return file, line


def _words(error: BaseException) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error}"
    return str(error) or type(error).__name__
