"""The sections of channels and of the operator."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from alerts.addresses import check_channel, recipients
from alerts.config import Channel, OperatorConfig, with_console

URL = "mailto://mail.example.org?from=desk@example.org&to=ana@example.org"


def test_one_address_or_several() -> None:
    assert Channel(url=URL).url == (SecretStr(URL),)
    assert len(Channel(url=[URL, "json://hook.example.org"]).url) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"url": ""},
        {"url": []},
        {"url": URL, "storm_cap": 0},
        {"url": URL, "rate": "fast"},
        {"url": URL, "rate": "0/m"},
        {"url": URL, "quiet_hours": "late"},
        {"url": URL, "quiet_hours": "22:00-26:00"},
        {"url": URL, "on_unknown": "shrug"},
        {"url": URL, "colour": "red"},
    ],
)
def test_mistakes_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Channel(**wrong)


def test_an_address_never_shows() -> None:
    channel = Channel(url="json://desk:c4nary@hook.example.org")
    assert "c4nary" not in repr(channel) + str(channel) + channel.model_dump_json()


def test_a_mistake_elsewhere_does_not_print_the_address() -> None:
    with pytest.raises(ValidationError) as caught:
        Channel(url=SecretStr("json://c4nary"), storm_cap=0)
    assert "c4nary" not in str(caught.value)


def test_the_console_is_always_there() -> None:
    assert set(with_console({"desk": Channel(url=URL)})) == {"console", "desk"}
    assert OperatorConfig().channels == ()


def test_a_channel_is_checked_without_sending() -> None:
    assert check_channel(Channel(url=URL)) == ""
    assert "no service understands slackk://" in check_channel(Channel(url="slackk://c4nary"))
    assert "c4nary" not in check_channel(Channel(url="slackk://c4nary"))
    assert recipients(Channel(url=URL)) == ("a***@example.org",)
