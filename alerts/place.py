"""Whom there is to tell: the channels, their recipients, and the clock on their wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from alerts.config import Channel
from alerts.senders.parcel import Target


@dataclass(frozen=True)
class Place:
    channels: Mapping[str, Channel]
    targets: Mapping[str, Mapping[str, Target]]  # by channel, then by key
    zone: tzinfo
