"""The sections of `nightdesk.toml` that belong to no stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from core.duration import Duration
from nightdesk.web.hosts import is_loopback
from nightdesk.web.networks import read_networks


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseConfig(Section):
    """`[database]`: where everything is kept."""

    url: SecretStr | None = None
    readonly_url: SecretStr | None = None  # Postgres only: a role that may read the views and nothing else
    sql_seconds: Annotated[float, Field(gt=0, le=3600)] = 10
    sql_rows: Annotated[int, Field(gt=0)] = 10_000
    sql_megabytes: Annotated[int, Field(ge=128)] = 1024


class WebConfig(Section):
    """`[web]`: the desk's page."""

    listen: str = "127.0.0.1:8400"
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    password: SecretStr | None = None

    @field_validator("listen")
    @classmethod
    def _has_a_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError('must be an address and a port, as in "127.0.0.1:8400"')
        if int(port) > 65535:
            raise ValueError("has a port above 65535")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        read_networks(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError('must begin with http:// or https://, as in "https://desk.example.org"')
        return value

    @model_validator(mode="after")
    def _is_not_open_to_all(self) -> WebConfig:
        if not is_loopback(self.listen) and not (self.password and self.password.get_secret_value()):
            raise ValueError(
                f'listens beyond this machine ("{self.listen}") without a password; '
                'set web.password, or write listen = "127.0.0.1:8400" and let a proxy forward to it'
            )
        return self


class RetentionConfig(Section):
    """`[retention]`: what is forgotten, and when."""

    unmatched_pages: Duration | None = None
    max_gb: Annotated[float, Field(gt=0)] | None = None


class LogConfig(Section):
    """`[log]`: what is said on stderr while working."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    file: str = ""  # also written there, as JSON lines


#: Keys that are read and checked but change nothing yet, by section; `check` warns of them.
WITHOUT_EFFECT: dict[str, tuple[str, ...]] = {
    "retention": ("unmatched_pages", "max_gb"),
}
