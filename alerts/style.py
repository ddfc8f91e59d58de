"""How the messages of one channel look and speak: language, detail, templates, and where their links lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from alerts.config import Channel, Detail
from alerts.language import Language, speak
from alerts.links import ACTIONS, Links
from alerts.story import Story
from alerts.templating import Templates, built_in


@dataclass(frozen=True)
class Style:
    """One channel's, made when its message is drawn."""

    language: Language
    detail: Detail = "full"
    templates: Templates = field(default_factory=built_in)
    public_url: str = ""
    links: Links | None = None
    channel: str = ""
    now: datetime | None = None

    def desk(self, development_id: int) -> str:
        """The development's page on the desk; empty without a public address."""
        return f"{self.public_url}/developments/{development_id}" if self.public_url else ""

    def actions(self, story: Story) -> Mapping[str, str]:
        """What the reader can tell the desk with one tap, as addresses by action."""
        if self.links is None or self.now is None or not story.told:
            return {}
        alert = story.told[0].alert_id
        return {action: self.links.url(action, alert, self.channel, self.now) for action in ACTIONS}


def plain_style(language: str = "en") -> Style:
    """Everything, without links back."""
    return Style(speak(language))


@dataclass(frozen=True)
class House:
    """What all channels of a desk share: its own templates, its public address, the signer of its links."""

    templates: Templates = field(default_factory=built_in)
    public_url: str = ""
    links: Links | None = None

    def style(self, name: str, channel: Channel | None, now: datetime) -> Style:
        """That of a channel; one that is gone speaks English and tells nothing but that there is something."""
        if channel is None:
            return Style(speak("en"), "link", channel=name)
        return Style(speak(channel.language), channel.detail, self.templates, self.public_url, self.links, name, now)


def open_house(folder: Path | None, public_url: str, key: bytes | None) -> House:
    """`folder` is that of the configuration; without a public address no link leads back."""
    templates = Templates(folder / "templates") if folder is not None else built_in()
    address = public_url.rstrip("/")
    return House(templates, address, Links(key, address) if key is not None and address else None)
