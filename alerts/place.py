"""Whom there is to tell: the channels, their recipients, and the clock on their wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from alerts.config import Channel
from alerts.senders.parcel import Target
from alerts.style import House


@dataclass(frozen=True)
class Place:
    channels: Mapping[str, Channel]
    targets: Mapping[str, Mapping[str, Target]]  # by channel, then by key
    zone: tzinfo
    house: House = field(default_factory=House)
