"""Which source would carry an address: of its site, visited now or in the catalogue only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection, Row

from core.urls import normalise_url, site_of
from crawler.aggregator import unwrap
from crawler.source import Source
from store import history


@dataclass(frozen=True)
class Carrier:
    """A source of the address's site."""

    name: str
    title: str
    url: str
    active: bool
    takes: bool  # its include and exclude let the address pass
    same_host: bool
    state: str | None = None  # of an active one
    cause: str | None = None
    last_visit_at: datetime | None = None
    baseline_at: datetime | None = None


@dataclass(frozen=True)
class Coverage:
    """Who could bring an address, the likeliest first."""

    url: str
    site: str
    carriers: tuple[Carrier, ...]

    @property
    def best(self) -> Carrier | None:
        return self.carriers[0] if self.carriers else None


def coverage_of(db: Connection, url: str, catalogue: Iterable[Source]) -> Coverage:
    """The sources of the address's site: first those that are visited, then those that could be."""
    address = unwrap(url).url
    site = site_or_self(address)
    rows = [row for row in history.sources_on(db, _bare(site)) if site_or_self(row.url) == site]
    visited = [_visited(row, address) for row in rows if row.retired_at is None and row.type != "aggregator"]
    names = {one.name for one in visited}
    idle = [
        _carrier(source, address, active=False)
        for source in catalogue
        if source.name not in names and source.type != "aggregator" and site_or_self(source.url) == site
    ]
    return Coverage(address, _bare(site), tuple(_ranked(visited) + _ranked(idle)))


def site_or_self(url: str) -> str:
    """The site of an address; what is none is its own."""
    try:
        return site_of(url).removeprefix("www.")
    except ValueError:
        return url


def _bare(site: str) -> str:
    return site.partition("://")[2] or site


def _visited(row: Row[Any], address: str) -> Carrier:
    source = Source.model_validate(row.definition)
    return _carrier(
        source,
        address,
        active=True,
        state=row.state,
        cause=row.cause,
        last_visit_at=row.last_visit_at,
        baseline_at=row.baseline_at,
    )


def _carrier(source: Source, address: str, active: bool, **fares: Any) -> Carrier:
    return Carrier(
        name=source.name,
        title=source.title,
        url=source.url,
        active=active,
        takes=source.takes(address),
        same_host=_host(source.url) == _host(address),
        **fares,
    )


def _ranked(carriers: Collection[Carrier]) -> list[Carrier]:
    return sorted(carriers, key=lambda one: (not one.takes, not one.same_host, one.name))


def _host(url: str) -> str:
    try:
        host = urlsplit(normalise_url(url)).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
