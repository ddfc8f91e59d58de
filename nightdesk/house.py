"""What the desk's messages share, opened from the configuration: its templates, its public address, its links."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alerts.links import Links, read_key
from alerts.style import House
from alerts.templating import Templates, built_in
from core.errors import NightdeskError
from nightdesk.config import Config


def open_house(config: Config) -> House:
    """Raises NightdeskError where the key of the links cannot be read."""
    folder = config.file.resolve().parent / "templates" if config.file is not None else None
    templates = Templates(folder) if folder is not None and folder.is_dir() else built_in()
    return House(templates, config.web.public_url.rstrip("/"), signer(config))


def signer(config: Config) -> Links | None:
    """Who signs the links of messages; nobody without a public address, since no link could lead here."""
    return Links(_key(config.data_dir), config.web.public_url) if config.web.public_url else None


@lru_cache(maxsize=4)
def _key(folder: Path) -> bytes:
    try:
        return read_key(folder)
    except (OSError, ValueError) as error:
        raise NightdeskError(f"the key of the links in messages cannot be read: {error}") from error
