"""The `[crawl]` section."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.duration import Duration
from crawler.source import Delay


class CrawlConfig(BaseModel):
    """How sources are visited. Sizes are in MB, of the decoded body too."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = ""  # an address or page, goes into the User-Agent
    sources: tuple[str, ...] = ("builtin",)
    delay: Delay = timedelta(seconds=3)  # between requests to one site
    timeout: Duration = timedelta(seconds=30)  # of one request, whole
    page_mb: Annotated[float, Field(gt=0, le=64)] = 8
    feed_mb: Annotated[float, Field(gt=0, le=64)] = 15
    round_pages: Annotated[int, Field(ge=1, le=2000)] = 200
    round_pages_per_site: Annotated[int, Field(ge=1, le=500)] = 20
    pages_per_hour: Annotated[int, Field(ge=1, le=100_000)] | None = None  # new ones of a site: see crawler.budget
    connections: Annotated[int, Field(ge=1, le=100)] = 16  # sites asked at the same time
    rounds: Annotated[int, Field(ge=1, le=16)] = 4  # crawls at the same time, on different sites
