"""Tries a watch, as it is written, on the archive; and beside it the one in force, where that differs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from core.errors import QueryError
from core.watch import Watch
from nightdesk import newwatch
from nightdesk.backtest.ask import Archive
from nightdesk.backtest.report import Report, Span, report
from nightdesk.backtest.trial import Told, Trial, judge
from nightdesk.config import Config
from nightdesk.definitions import changed_keys
from nightdesk.keptwatch import kept_watch
from pipeline.closeness import Closeness
from store import definitions as stored


def backtest(db: Connection, config: Config, name: str, since: datetime, now: datetime) -> Report:
    """What the watch would have told since then. Raises NotFound, QueryError."""
    return of_watch(db, config, newwatch.find(db, config, name), since, now)


def of_watch(db: Connection, config: Config, watch: Watch, since: datetime, now: datetime) -> Report:
    """The same for one that is only thought of so far. Raises QueryError."""
    before = stored.definition_of(db, stored.watches, watch.name)
    keys = changed_keys(before, watch) if before is not None else ()
    archive = Archive(db, since)
    trial = judge(watch, archive.groups(watch), config.max_age)
    asked = kept_watch(watch.name, before).watch if before is not None and keys else None
    old = _old_trial(asked, archive, config) if asked is not None else None  # one that is not valid told nothing
    now_values = watch.model_dump(mode="json")
    changed: dict[str, tuple[Any, Any]] = {key: ((before or {}).get(key), now_values[key]) for key in keys}
    return report(
        trial,
        old,
        changed,
        before is not None,
        Span(since, now, ZoneInfo(config.timezone)),
        archive.languages(watch),
        lambda told: _why_dropped(told, trial, archive),
    )


def _old_trial(watch: Watch, archive: Archive, config: Config) -> Trial:
    try:
        return judge(watch, archive.groups(watch), config.max_age)
    except QueryError:
        return Trial(watch)  # it can be read no more, and tells nothing


def _why_dropped(told: Told, trial: Trial, archive: Archive) -> str:
    """Why the new definition does not tell of something that the old one did."""
    if told.group.id in trial.waiting:
        return trial.waiting[told.group.id]
    return _lacking(archive.closest(trial.watch, told.group))


def _lacking(near: Closeness) -> str:
    words = [str(objection) for objection in near.objections]
    for missing in near.missing:
        words += [f"absent: {', '.join(missing.absent)}"] if missing.absent else []
        words += [f"forbidden: {', '.join(dict.fromkeys(one.quote for one in missing.against))}"] * bool(
            missing.against
        )
    return "; ".join(words) or "it takes other articles of it"
