"""What a person says of what they hand in, checked: the command and whoever else takes reports in ask here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.errors import UsageError
from nightdesk.listing import read_moment

if TYPE_CHECKING:
    from crawler.handed import About

#: A publisher east of us may be a day ahead.
_AHEAD = timedelta(days=1)
_LONGEST = 400_000


@dataclass(frozen=True)
class Said:
    """What was typed."""

    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    speaker: str | None = None
    title: str | None = None
    note: str | None = None
    text: Path | None = None  # a file with the words of a picture
    restricted: bool = False


def about(said: Said, inputs: Sequence[str], now: datetime, zone: ZoneInfo) -> About:
    """It as the crawler takes it. Raises UsageError."""
    from crawler.handed import About

    for option, value in (("--url", said.url), ("--title", said.title), ("--text", said.text)):
        if value is not None and len(inputs) != 1:
            raise UsageError(f"{option} is of one input; take these in one by one")
    published = read_moment(said.date, "--date", now, zone) if said.date else None
    if published is not None and published > now + _AHEAD:
        raise UsageError(f"--date: {said.date} is not yet; write the day on which it was published or said")
    words = _read(said.text) if said.text is not None else None
    about = About(said.url, said.outlet, published, said.speaker, said.title, said.note, words, said.restricted)
    return replace(about, latest=now + _AHEAD)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")[:_LONGEST]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--text: {file} cannot be read as UTF-8 text: {error}") from error
