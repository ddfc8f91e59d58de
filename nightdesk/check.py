"""`nightdesk check`: what reading the configuration alone cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

from core.clock import utc_now
from core.errors import ConfigError, Mistake
from nightdesk.config import Config
from nightdesk.examples import check_examples


def check_all(config: Config) -> Iterator[str]:
    """One line for each part that is in order. Raises ConfigError with every mistake, StoreError without a database."""
    mistakes = [*check_examples(config), *check_channels(config), *check_templates(config), *check_reports(config)]
    if mistakes:
        raise ConfigError(mistakes)
    yield f"configuration  {config.file or 'built-in defaults'}"
    yield f"sources        {len(config.sources)} active, {len(config.own_sources)} of them your own"
    yield f"watches        {', '.join(watch.name for watch in config.watches) or 'none'}"
    yield f"channels       {', '.join(config.channels) or 'none: alerts are shown on the console'}"
    yield f"database       {check_database(config)}"


def language_warnings(config: Config) -> Iterator[str]:
    """A line for each query that cannot hear some of the sources it is asked of, or names what no table knows."""
    from nightdesk import hearing

    for watch, warning in hearing.warnings(config.watches, config.sources):
        yield f"{config.file or 'built-in defaults'}: watch.{watch.name}.query: {warning}"


def check_channels(config: Config) -> list[Mistake]:
    """Addresses that no sender understands. Sends nothing and shows none."""
    if not config.channels:
        return []  # the console understands itself
    from alerts.addresses import check_channel
    from nightdesk.logs import silence_apprise

    silence_apprise()
    return [
        Mistake(str(config.file or "environment"), f"channel.{name}.url", problem)
        for name, channel in config.channels.items()
        if (problem := check_channel(channel))
    ]


def check_templates(config: Config) -> list[Mistake]:
    """What is wrong with the templates beside the configuration, each tried on every kind of message."""
    if config.file is None or not (config.file.parent / "templates").exists():
        return []
    from alerts.samples import template_mistakes

    return template_mistakes(config.file.parent)


def check_reports(config: Config) -> list[Mistake]:
    """Reports that ask a query which nobody has, or which takes other parameters."""
    if not config.reports:
        return []
    from nightdesk import reportqueries

    return reportqueries.mistakes(config, utc_now())


def require_channels(config: Config) -> None:
    """Raises ConfigError unless every channel can be addressed: a watch that tells nobody must not start."""
    if mistakes := check_channels(config):
        raise ConfigError(mistakes)


def check_database(config: Config) -> str:
    """Reaches the database without making one, and names it. Raises StoreError."""
    from store.engine import open_store

    path = config.database_url.removeprefix("sqlite:///")
    if config.database_url.startswith("sqlite") and not _exists(path):
        return f"{path} (made at the first run)"
    store = open_store(config.database_url, config.data_dir)
    try:
        return store.shown_url()
    finally:
        store.close()


def _exists(path: str) -> bool:
    from pathlib import Path

    return Path(path).exists()
