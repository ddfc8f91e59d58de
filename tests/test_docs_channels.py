"""The guides of docs/channels.md: each of their examples is a configuration that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.addresses import check_channel, open_channels
from nightdesk.config import Config, load_config

GUIDES = (Path(__file__).parents[1] / "docs" / "channels.md").read_text(encoding="utf-8")
SECRETS = {
    "MAIL_PASSWORD": "pa55",
    "SLACK_A": "T1JJ3T3L2",
    "SLACK_B": "A1BRTD4JD",
    "SLACK_C": "TIiajkdnlazkcOXrIdevi7FQ",
    "SLACK_BOT_TOKEN": "xoxb-1234567890-1234567890-abcdefghijklmnop",
    "TELEGRAM_TOKEN": "123456789:abcdefg_hijklmnop",
    "LINE_TOKEN": "a" * 40 + "=",
    "LINE_USER": "U" + "1" * 32,
    "DISCORD_ID": "4174216298",
    "DISCORD_TOKEN": "JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "MATRIX_TOKEN": "syt_t0ken",
    "NTFY_TOKEN": "tk_0123456789abcdefghijklmnopq",
}
RECIPIENTS = {
    "desk": 2,
    "newsroom": 1,
    "slack-bot": 2,
    "telegram": 1,
    "line": 1,
    "signal": 1,
    "discord": 1,
    "matrix": 1,
    "telephone": 1,
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    file = tmp_path_factory.mktemp("guides") / "nightdesk.toml"
    file.write_text("\n".join(re.findall(r"```toml\n(.*?)```", GUIDES, re.DOTALL)), encoding="utf-8")
    return load_config(file, SECRETS)


def test_every_example_is_a_configuration(config: Config) -> None:
    assert config.channels.keys() == RECIPIENTS.keys()
    assert {name: problem for name, channel in config.channels.items() if (problem := check_channel(channel))} == {}


def test_every_example_reaches_the_recipients_it_names(config: Config) -> None:
    opened = open_channels(config.channels)
    assert {name: len(targets) for name, targets in opened.items()} == RECIPIENTS


def test_no_recipient_shows_a_secret(config: Config) -> None:
    labels = [target.label for targets in open_channels(config.channels).values() for target in targets.values()]
    assert not [label for label in labels for secret in SECRETS.values() if len(secret) > 4 and secret in label]


def test_every_fallback_of_a_guide_is_of_another_kind(config: Config) -> None:
    assert {channel.fallback for name, channel in config.channels.items() if channel.fallback} == {"desk"}
