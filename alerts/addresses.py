"""The addresses of channels, opened and checked; what is said of them shows no secret."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from alerts.config import Channel
from alerts.senders.parcel import Target
from alerts.senders.targets import BadAddress, split

log = structlog.get_logger(__name__)


def check_channel(channel: Channel) -> str:
    """What is wrong with a channel's addresses; empty where nothing is. Sends nothing, shows no secret."""
    try:
        targets = _targets_of(channel)
    except BadAddress as error:
        return str(error)
    if channel.secret and not any(target.sender == "webhook" for target in targets):
        return "its secret signs json:// and jsons:// addresses, and it has none; leave the secret out"
    return ""


def recipients(channel: Channel) -> tuple[str, ...]:
    """A channel's recipients as people may see them; raises BadAddress, which shows no secret either."""
    return tuple(target.label for target in _targets_of(channel))


def _targets_of(channel: Channel) -> tuple[Target, ...]:
    secrets = tuple(secret.get_secret_value() for secret in channel.secret)
    return split(tuple(address.get_secret_value() for address in channel.url), secrets)


def open_channels(channels: Mapping[str, Channel]) -> dict[str, dict[str, Target]]:
    """Each channel's targets by key; a channel that cannot be read has none, and what waits for it is reported."""
    opened: dict[str, dict[str, Target]] = {}
    for name, channel in channels.items():
        try:
            targets = _targets_of(channel)
        except BadAddress as error:
            log.error("channel_unreadable", channel=name, error=str(error))
            targets = ()
        opened[name] = {target.key: target for target in targets}
    return opened
