"""What is said on stderr while working: events with values, for a terminal or as JSON, harmless and without secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection, Iterable, MutableMapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog

from core.errors import NightdeskError
from nightdesk.config import Config
from nightdesk.settings.sections import LogConfig
from nightdesk.terminal import plain

_HIDDEN = "***"
_SHORTEST_SECRET = 6
#: Chatty at INFO, and what they say there we say ourselves.
_QUIETED = ("scrapy", "twisted", "apscheduler", "apprise", "alembic", "trafilatura", "htmldate", "asyncio", "urllib3")


def configure(config: LogConfig, secrets: Collection[str] = (), stream: TextIO | None = None) -> None:
    """Send every log of this process to stderr, and to `log.file` where one is named. Raises NightdeskError."""
    stream = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _Mask(secrets),
        harmless,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    as_json = config.format == "json" or (config.format == "auto" and not stream.isatty())
    handlers: list[logging.Handler] = [_handler(logging.StreamHandler(stream), shared, as_json, stream.isatty())]
    if config.file:
        handlers.append(_handler(_open_file(Path(config.file)), shared, True, False))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(config.level.upper())
    for name in _QUIETED:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # A tick that finds the one before it still at work is left out, and that is as it should be.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    silence_apprise()


def silence_apprise() -> None:
    """It logs an address that it cannot read in full, secrets included; what matters of it we say ourselves."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


def _open_file(path: Path) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise NightdeskError(f"cannot write the log file {path}: {error.strerror}") from error


def _handler(
    handler: logging.Handler, shared: list[structlog.typing.Processor], as_json: bool, colors: bool
) -> logging.Handler:
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=24)
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    return handler


def harmless(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Texts of publishers and servers cannot steer a terminal nor fake a line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = plain(value, lines=key == "exception")
        elif isinstance(value, Exception):
            event[key] = plain(f"{type(value).__name__}: {value}", lines=False)
    return event


class _Mask:
    """Takes secrets out of whatever is said, wherever they turn up."""

    def __init__(self, secrets: Collection[str]) -> None:
        # The longest first, so that no rest of one stays behind.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if not self._secrets:
            return event
        return {key: self._masked(value) for key, value in event.items()}

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._masked(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(inner) for inner in value]
        text = value if isinstance(value, str) else repr(value)
        masked = text
        for secret in self._secrets:
            masked = masked.replace(secret, _HIDDEN)
        return masked if masked != text else value


def secrets_of(config: Config) -> set[str]:
    """Every value of the configuration that must never be shown, and the telling parts of each address."""
    found = {address.get_secret_value() for channel in config.channels.values() for address in channel.url}
    found |= {secret.get_secret_value() for channel in config.channels.values() for secret in channel.secret}
    found.add(config.operator.heartbeat.get_secret_value())
    for secret in (config.database.url, config.database.readonly_url, config.web.password):
        if secret is not None:
            found.add(secret.get_secret_value())
    return {part for value in found for part in _telling_parts(value)}


def _telling_parts(value: str) -> Iterable[str]:
    if "://" not in value:
        yield value
        return
    if value.startswith("sqlite"):
        return
    yield value
    try:
        parts = urlsplit(value)
    except ValueError:
        return
    if parts.password:
        yield from (parts.password, unquote(parts.password))
    if not value.startswith("postgresql"):  # Apprise puts tokens into host, path and options
        yield from (word for word in parts.path.split("/") if len(word) >= 2 * _SHORTEST_SECRET)
        yield from (word for _, word in parse_qsl(parts.query) if len(word) >= 2 * _SHORTEST_SECRET and "@" not in word)
