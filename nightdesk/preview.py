"""`alerts preview`: a message as it would be drawn now, by today's configuration and templates. Sends nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from alerts import message, samples
from alerts.config import CONSOLE, Channel, with_console
from alerts.message import Content
from alerts.read import read_alert, read_development
from alerts.senders.parcel import Parcel, Target
from alerts.senders.words import shown_in
from alerts.story import Story
from core.clock import utc_now
from core.errors import NotFound, UsageError
from core.ids import show_id
from nightdesk.config import Config
from nightdesk.house import open_house
from nightdesk.settings.mistakes import did_you_mean
from pipeline.analyst import root_of
from store import alerts, families

SERVICES = ("slack", "telegram", "matrix")
PARTS = ("text", "title", "html", "chat", "markdown", *SERVICES)


def sample(config: Config, channel: str | None) -> Content:
    """An invented development. Raises TemplateMistake, UsageError."""
    return _drawn(config, samples.story(), channel)


def of_alert(db: Connection, config: Config, number: int, channel: str | None) -> Content:
    """Raises NotFound, TemplateMistake, UsageError."""
    story = read_alert(db, number)
    if story is None:
        raise NotFound(f"there is no alert {show_id('alert', number)}")
    return _drawn(config, story, channel)


def of_development(db: Connection, config: Config, number: int, channel: str | None) -> Content:
    """As its newest alert tells it; as a watch would that has told nothing of it, where there is none."""
    root = root_of(db, number)
    last = alerts.last_of(db, families.family(db, root))
    if last is not None:
        return of_alert(db, config, last, channel)
    return _drawn(config, read_development(db, root, "preview"), channel)


def part_of(content: Content, part: str) -> str:
    """One of PARTS."""
    if part not in SERVICES:
        return str(getattr(content, part))
    nowhere = Target(address="", index=0, key="", label="", sender="service")
    return shown_in(part, Parcel(target=nowhere, key="", content=content.as_json()))


def _drawn(config: Config, story: Story, channel: str | None) -> Content:
    name, settings = _channel(config, channel)
    style = open_house(config).style(name, settings, utc_now())
    return message.compose("alert", (story,), ZoneInfo(config.timezone), style)


def _channel(config: Config, name: str | None) -> tuple[str, Channel]:
    known = with_console(config.channels)
    if name is None:
        name = next(iter(config.channels), CONSOLE)
    if name not in known:
        raise UsageError(f'there is no channel "{name}" {did_you_mean(name, known)}'.rstrip())
    return name, known[name]
