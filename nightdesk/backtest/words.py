"""A back-test for people: a sentence, two small tables, and cases with their reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from nightdesk.backtest.report import Case, Report
from nightdesk.hearing import language_name


def lines(report: Report, limit: int, file: str, zone: tzinfo) -> Iterator[str]:
    """All of it, with `limit` cases of each kind."""
    updates = f" and {_many(report.updates, 'update')}" if report.updates else ""
    yield (
        f"The watch “{report.watch}” since {_day(report.since, zone)}: {_many(report.alerts, 'alert')}{updates},"
        f" of {_many(report.articles, 'article')}; {report.per_week:g} a week."
    )
    if report.waiting:
        waits = "development matches and waits" if report.waiting == 1 else "developments match and wait"
        yield f"{report.waiting} more {waits} for sources or a country."
    yield from _against_force(report, file)
    yield from _weeks(report)
    yield from _languages(report)
    if not report.changed:
        yield from _cases("Told", report.told, limit, zone)
        return
    new = {case.id for case in report.new}
    yield from _cases("Newly told", report.new, limit, zone)
    yield from _cases("No longer told", report.dropped, limit, zone)
    yield from _cases("Told as before", [case for case in report.told if case.id not in new], limit, zone)


def _against_force(report: Report, file: str) -> Iterator[str]:
    if not report.in_force:
        yield f"It is not in force yet; nightdesk reload, or the next run, takes it from {file}."
    elif report.changed:
        yield ""
        yield f"{file} has it otherwise than it is in force:"
        for key, (old, new) in report.changed.items():
            yield f"  {key}: {_value(old)} becomes {_value(new)}"
        yield f"So it newly tells {len(report.new)}, no longer tells {len(report.dropped)}, and {report.kept} stay."


def _weeks(report: Report) -> Iterator[str]:
    columns = ["week of", "alerts", "updates"] + ["new", "dropped"] * bool(report.changed)
    rows = [
        [one.begins, one.alerts, one.updates, *([one.new, one.dropped] if report.changed else [])]
        for one in report.weeks
    ]
    yield from _table(columns, rows)


def _languages(report: Report) -> Iterator[str]:
    columns = ["language", "on topic", "matched", "alerts"] + ["new", "dropped"] * bool(report.changed)
    rows = [
        [
            language_name(one.language) if one.language != "und" else "unknown",
            one.archive,
            one.articles,
            one.alerts,
            *([one.new, one.dropped] if report.changed else []),
        ]
        for one in report.languages
    ]
    yield from _table(columns, rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Words to the left, numbers to the right; a dot for none."""
    if not rows:
        return
    first = max(len(columns[0]), *(len(str(row[0])) for row in rows))
    yield ""
    yield f"  {columns[0]:<{first}}" + "".join(f"{name:>10}" for name in columns[1:])
    for row in rows:
        yield f"  {row[0]:<{first}}" + "".join(f"{count or '·':>10}" for count in row[1:])


def _cases(heading: str, cases: Sequence[Case], limit: int, zone: tzinfo) -> Iterator[str]:
    if not cases or not limit:
        return
    yield ""
    yield f"{heading}, the newest {limit} of {len(cases)}" if len(cases) > limit else heading
    for case in cases[:limit]:
        more = f" and {case.articles - 1} more" if case.articles > 1 else ""
        about = f"({case.language or '?'}, {case.outlet or 'unknown'}{more})"
        yield f"  {case.id}  {_day(case.at, zone)}  {case.title}  {about}"
        yield f"      {case.reason}"
        if case.quote and case.quote != case.title:
            yield f"      “{case.quote}”"


def _day(at: str, zone: tzinfo) -> str:
    return datetime.fromisoformat(at).astimezone(zone).date().isoformat()


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "none"
    return "none" if value is None else str(value)
