"""Channels, scheduled reports and the operator: `[channel.*]`, `[[report]]` and `[operator]`, as values."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from alerts import language
from alerts.quiet import parse_quiet_hours
from alerts.senders.heartbeat import read_url
from alerts.senders.signature import read_secret
from core.digest_hour import DigestHour
from core.duration import Duration
from core.watch import Slug

#: The channel that exists always: lines on the terminal of whoever runs Nightdesk.
CONSOLE = "console"

_RATE = re.compile(r"(\d+)\s*/\s*([smhd])", re.ASCII)
_RATE_SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

#: full: all of it · figures: line one, figures and links, no word of the article · link: that there is something
Detail = Literal["full", "figures", "link"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Rate(BaseModel):
    """At most `count` messages in `span`."""

    model_config = ConfigDict(frozen=True)

    count: int
    span: timedelta


def parse_rate(text: str) -> Rate:
    """`20/m` as a value; raises ValueError that shows the right form."""
    match = _RATE.fullmatch(text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise ValueError(f'{text!r} is not a rate; write a number and one of s, m, h, d, as in "20/m"')
    return Rate(count=int(match[1]), span=timedelta(seconds=_RATE_SPANS[match[2]]))


class Channel(BaseModel):
    """One `[channel.NAME]`. Its addresses may hold secrets, so they never show in a repr, a log or a row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: tuple[SecretStr, ...] = Field(min_length=1)
    language: str = "en"
    detail: Detail = "full"
    quiet_hours: str | None = None
    storm_cap: int = Field(default=30, ge=1)
    rate: str | None = None
    welcome: bool = True
    on_unknown: Literal["resend", "hold"] = "resend"
    fallback: str | None = None
    fallback_after: Annotated[Duration, Field(gt=timedelta(0), le=timedelta(hours=72))] = timedelta(hours=1)
    monthly_limit: int | None = Field(default=None, ge=1)
    secret: tuple[SecretStr, ...] = ()

    @field_validator("url", "secret", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str | SecretStr) else value

    @field_validator("url")
    @classmethod
    def _not_empty(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(address.get_secret_value().strip() for address in value):
            raise ValueError(
                'the address is empty; write an Apprise URL, as in "mailto://mail.example.org?to=desk@example.org"'
            )
        return value

    @field_validator("secret")
    @classmethod
    def _can_sign(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in value:
            read_secret(secret.get_secret_value())
        return value

    @field_validator("language")
    @classmethod
    def _is_spoken(cls, value: str) -> str:
        if not language.known(value):
            raise ValueError(f"{value!r} is no language of messages; there are {', '.join(language.available())}")
        return value

    @field_validator("rate")
    @classmethod
    def _is_a_rate(cls, value: str | None) -> str | None:
        if value is not None:
            parse_rate(value)
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, value: str | None) -> str | None:
        if value:
            parse_quiet_hours(value)
        return value or None

    @property
    def pace(self) -> Rate | None:
        return parse_rate(self.rate) if self.rate else None


class Report(BaseModel):
    """`[[report]]`: the answer to a saved query, sent as a workbook when its hour comes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    query: Annotated[str, Field(min_length=1)]  # the name of a named query, or SQL
    parameters: dict[str, str | int | float] = {}
    channel: str
    at: time = time(7, 30)
    on: Weekday | None = None  # each day without it

    @property
    def hour(self) -> DigestHour:
        return DigestHour(self.at, None if self.on is None else get_args(Weekday).index(self.on))


class OperatorConfig(BaseModel):
    """`[operator]`: who hears of findings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: tuple[str, ...] = ()
    heartbeat: SecretStr = SecretStr("")

    @field_validator("heartbeat")
    @classmethod
    def _can_be_pinged(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            read_url(value.get_secret_value())
        return value


def console_channel() -> Channel:
    """The built-in channel: no address beyond this process, and no storm is too much for a scroll-back."""
    return Channel(url=(SecretStr(f"{CONSOLE}://"),), storm_cap=1_000_000)


def with_console(channels: dict[str, Channel]) -> dict[str, Channel]:
    """The configured channels and the built-in one."""
    return {CONSOLE: console_channel(), **channels}
