"""Compiles each statement once for all the stores of a test process: every store is an engine, and each would anew."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

_MOST = 5000


class _Compiled(dict[Any, Any]):
    """By dialect name and statement, where an engine's own cache goes by its own dialect object."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_plain(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= _MOST:
            self.clear()
        super().__setitem__(_plain(key), value)


def _plain(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return (key[0].name, *key[1:])


_compiled = _Compiled()


def compile_once() -> None:
    """From now on, for every engine."""
    sa.event.listen(sa.Engine, "engine_connect", _use_ours)


def _use_ours(connection: sa.Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
