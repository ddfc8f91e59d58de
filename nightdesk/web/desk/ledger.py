"""What a development's articles state, side by side by outlet: each figure with its range, words and owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy.engine import Row

from alerts.figures import describe, figure
from alerts.language import Language, speak
from alerts.story import stated
from nightdesk.dossier import Report
from nightdesk.figures import grouped, weighty
from nightdesk.passages import Passage, around, span
from nightdesk.web.desk.telling import ranged
from pipeline.changes import OFFICIAL

#: So many outlets stand side by side; what more of them state is counted.
_COLUMNS = 10
_COUNT = "count"
#: Other kinds of fact, under the heading that they stand under.
_KINDS = {
    "route": "Routes",
    "place": "Places",
    "date": "Dates",
    "agency": "Agencies",
    "org": "Organisations",
    "person": "People named",
    "money": "Money",
    "count": "Other figures",
}


@dataclass(frozen=True)
class Statement:
    """A fact as one article states it."""

    fact: Row[Any]
    report: Row[Any]
    passage: Passage | None = None  # its quote with the words around it

    @property
    def is_official(self) -> bool:
        return self.report.source_type in OFFICIAL

    @cached_property
    def said(self) -> str:
        return words(self.fact, self.report.id, speak("en"))


@dataclass(frozen=True)
class Counted:
    """One thing that is counted: its range, the official figure and the latest, and who states what."""

    said: str
    status: str
    official: Statement | None
    latest: Statement
    differ: bool  # whether not all say the same
    leading: bool
    cells: tuple[tuple[Statement, ...], ...]  # one for each column


@dataclass(frozen=True)
class Ledger:
    """All figures of a development."""

    columns: tuple[Report, ...]
    lines: tuple[Counted, ...]
    left_out: int  # outlets beyond those that have a column


@dataclass(frozen=True)
class Named:
    """A fact that several articles may state alike."""

    said: str
    more: str  # a role
    statement: Statement
    articles: int


def ledger(statements: Sequence[Statement], reports: Iterable[Report], language: Language) -> Ledger:
    """Official outlets first, then as they published. Copies say what their originals say, and have no column."""
    groups = _groups(statements, language)
    speaking = {one.report.id for group in groups for one in group}
    columns = [report for report in reports if report.row.id in speaking]
    columns.sort(key=lambda report: (report.row.source_type not in OFFICIAL, report.at, report.row.id))
    shown = tuple(columns[:_COLUMNS])
    return Ledger(shown, tuple(_counted(group, shown, language) for group in groups), len(columns) - len(shown))


def _groups(statements: Sequence[Statement], language: Language) -> list[list[Statement]]:
    """What is counted of things that can be told apart, or that the news is about."""
    groups = [[row["statement"] for row in rows] for rows in grouped(_row(one) for one in statements)]
    return [some for some in groups if any(one.fact.leading or language.knows(one.fact.unit) for one in some)]


def _row(one: Statement) -> Mapping[str, Any]:
    """As the ledger of the commands groups it."""
    fact = one.fact
    return {
        "value": fact.value if fact.kind == _COUNT else None,
        **{name: getattr(fact, name) for name in ("unit", "status", "nationality", "leading")},
        "statement": one,
    }


def _counted(group: Sequence[Statement], columns: Sequence[Report], language: Language) -> Counted:
    by_article: dict[int, dict[str, Statement]] = {}
    shown = {report.row.id for report in columns}
    for one in sorted(group, key=lambda one: not one.fact.leading):
        if one.report.id in shown:
            by_article.setdefault(one.report.id, {}).setdefault(one.said, one)
    weighing = [row["statement"] for row in weighty([_row(one) for one in group])]
    return Counted(
        said=ranged([stated(one.fact, one.report.id) for one in weighing], language),
        status=group[0].fact.status or "",
        official=next((one for one in reversed(weighing) if one.is_official), None),
        latest=weighing[-1],
        differ=len({(one.fact.value, one.fact.low, one.fact.high) for one in weighing}) > 1,
        leading=any(one.fact.leading for one in group),
        cells=tuple(tuple(by_article.get(report.row.id, {}).values()) for report in columns),
    )


def with_passages(made: Ledger, texts: Mapping[int, str]) -> Ledger:
    """The same with each quote among its words. `texts` by version."""

    def quoted(one: Statement) -> Statement:
        whole = texts.get(one.fact.version_id, "")
        at = span(one.fact.quote, one.fact.position, whole)
        return replace(one, passage=around(whole, at) if at is not None else None)

    lines = (replace(line, cells=tuple(tuple(map(quoted, cell)) for cell in line.cells)) for line in made.lines)
    return replace(made, lines=tuple(lines))


def beside(statements: Iterable[Statement], language: Language) -> list[tuple[str, list[Named]]]:
    """What else is stated, by kind: places, routes, dates, names, money, and figures of other things and times."""
    told = list(statements)
    in_ledger = {id(one) for some in _groups(told, language) for one in some}
    found: dict[str, dict[str, list[Statement]]] = {}
    for one in told:
        if one.said and id(one) not in in_ledger:
            found.setdefault(one.fact.kind, {}).setdefault(one.said.casefold(), []).append(one)
    return [(title, [_named(some) for some in found[kind].values()]) for kind, title in _KINDS.items() if kind in found]


def _named(some: Sequence[Statement]) -> Named:
    first = some[0]
    role = next((one.fact.role for one in some if one.fact.role), None)
    return Named(first.said, role or "", first, len({one.report.id for one in some}))


def statements(reports: Iterable[Row[Any]], facts: Iterable[Row[Any]]) -> list[Statement]:
    """Each fact with the article that states it, in the order of the articles."""
    place = {report.version_id: (at, report) for at, report in enumerate(reports)}
    told = sorted(facts, key=lambda fact: (place[fact.version_id][0], fact.position, fact.id))
    return [Statement(fact, place[fact.version_id][1]) for fact in told]


def words(fact: Row[Any], article_id: int, language: Language) -> str:
    """A fact in a line; of a figure without its status, which stands beside it."""
    one = stated(fact, article_id)
    return figure(one, language) if fact.kind in (_COUNT, "money") else describe(one, language)
