"""What a command starts from: the configuration, read when first asked for, and the rooms it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nightdesk.terminal import plain

if TYPE_CHECKING:
    from nightdesk.app import App
    from nightdesk.config import Config
    from store.engine import Store


class Session:
    """One command's view of the program."""

    def __init__(self, option: Path | None) -> None:
        self._option = option

    @cached_property
    def config(self) -> Config:
        """The configuration. Raises ConfigError."""
        from nightdesk.config import find_config, load_config

        return load_config(find_config(self._option, Path.cwd()), os.environ)

    def warn(self) -> None:
        """Say what in the configuration is right but does not do what it seems to."""
        for warning in self.config.warnings:
            print(plain(f"warning: {warning}"), file=sys.stderr)

    def reread(self) -> Config:
        """The configuration as it is now, channels that can be addressed included. Raises ConfigError."""
        from nightdesk.check import require_channels
        from nightdesk.config import find_config, load_config

        config = load_config(find_config(self._option, Path.cwd()), os.environ)
        require_channels(config)
        return config

    def log_by(self, config: Config) -> None:
        """Begin to log as the configuration says."""
        from nightdesk import logs

        logs.configure(config.log, logs.secrets_of(config))

    @contextmanager
    def app(self, command: str, *, alone: bool = False) -> Iterator[App]:
        """The parts put together, for a command that works; `alone` with the daemon's lock.

        Raises ConfigError, StoreError and AlreadyRunning.
        """
        from nightdesk.app import App

        self.log_by(self.config)
        with App.open(self.config, command, alone=alone) as app:
            yield app

    def require_database(self) -> None:
        """Raises StoreError where reading would make an empty database."""
        from sqlalchemy.engine import make_url

        from core.errors import StoreError

        url = make_url(self.config.database_url)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            raise StoreError(f"there is no database {url.database} yet; nightdesk run makes it, nightdesk crawl too")

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """The store for a command that only looks. Raises StoreError where there is none of this schema."""
        from store.engine import open_store
        from store.migrate import require_current

        self.require_database()
        store = open_store(self.config.database_url, self.config.data_dir)
        try:
            require_current(store)
            yield store
        finally:
            store.close()


def session(context: typer.Context) -> Session:
    """The session that the global options made."""
    found = context.find_object(Session)
    assert found is not None
    return found
