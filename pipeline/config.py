"""The `[pipeline]` section: how pages are read and told apart. The defaults are meant to be left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.duration import Duration

#: Counts changes of what reading makes of a page. Facts and matches name the one that made them.
PIPELINE_VERSION = 1

Share = Annotated[float, Field(ge=0, le=1)]


class PipelineConfig(BaseModel):
    """What the pipeline may use, and where it draws its lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics_dir: Path | None = None  # more topic files, beside the built-in ones
    workers: Annotated[int, Field(ge=1, le=64)] = 2  # child processes that read pages
    ahead: Annotated[int, Field(ge=1, le=256)] = 6  # pages being read while one is stored
    seconds: Annotated[float, Field(gt=0)] = 5.0  # for one page, then its child is killed
    megabytes: Annotated[int, Field(ge=128)] = 512  # address space of one child
    batch: Annotated[int, Field(ge=1, le=10_000)] = 200  # pages asked from the store at a time

    window: Duration = timedelta(days=21)  # how far apart in time two reports of one development may be
    half_life: Duration = timedelta(hours=48)  # after it, likeness of words counts half
    threshold: Share = 0.22  # likeness from which an article joins a development
    entities: Share = 0.30  # share of names in the likeness of words
    materiality: Share = 0.20  # a figure that differs by more is news
