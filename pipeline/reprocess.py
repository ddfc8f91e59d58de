"""Pages to developments once more, with today's code and topics: replay, compare, and bring the record to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from core.clock import Clock
from core.ids import show_id
from pipeline import contrast, plan, record
from pipeline.contrast import Difference
from pipeline.match import Matcher
from pipeline.overhaul import Overhaul
from pipeline.plan import Plan
from pipeline.replay import Progress, Replay
from pipeline.rethreading import shown
from store import articles, developments, families, replays, threads
from store.engine import Store


def differences(store: Store, replayed: Replay, since: datetime | None, progress: Progress) -> Iterator[Difference]:
    """What reprocessing would change, development by development; changes nothing."""
    with store.read() as there, replayed.store.read() as here:
        planned = plan.make(there, here, replayed, since)
        names = replays.watch_names(there)
        moved = {article: (origin, group) for article, origin, group in planned.moved()}
        leaving: dict[int, set[int]] = {}
        for article, (origin, _) in moved.items():
            leaving.setdefault(origin, set()).add(article)
        for article_id in planned.withdrawn:
            yield Difference(planned.home.get(article_id), article_id, "state", "article", "no article")
        for emptied, heir in planned.emptied().items():
            yield Difference(emptied, None, "development", None, _fate(planned, heir))
        of_interest = sorted(_groups(planned), key=lambda pair: pair[0] is None)  # developments first
        for done, (group, members) in enumerate(of_interest):
            progress("comparing", done, len(planned.groups) + 1)
            development_id = planned.ids.developments.get(group) if group is not None else None
            if group is not None:
                gone = leaving.get(development_id, set()) if development_id is not None else set()
                yield from _development_differences(there, here, planned, group, development_id, gone)
            for one in members:
                yield from _article_differences(there, here, planned, one, development_id, names, moved)


def carry_out(
    store: Store, replayed: Replay, since: datetime | None, matcher: Matcher, clock: Clock, progress: Progress
) -> Counter[str]:
    """Bring the record to the replay; what was otherwise, counted."""
    with replayed.store.read() as here:
        with store.read() as there:
            planned = plan.make(there, here, replayed, since)
        overhaul = Overhaul(store, replayed, planned, matcher, clock)
        for article_id in planned.withdrawn:
            overhaul.withdraw(article_id)
        for done, (group, members) in enumerate(_groups(planned)):
            progress("bringing the record to it", done, len(planned.groups) + 1)
            if group is None:
                for one in members:
                    overhaul.settle(here, None, [one])
            else:
                overhaul.settle(here, group, members)
        if planned.knows_threads:
            overhaul.keep_threads(here)
        overhaul.end_pages(here, since)
    return overhaul.done


def _groups(planned: Plan) -> Iterator[tuple[int | None, list[int]]]:
    """Those that are in no development, then each development; only what is in question."""
    inside: list[tuple[int | None, list[int]]] = [(None, planned.loners), *planned.groups.items()]
    for group, members in inside:
        asked = [one for one in members if one not in planned.outside]
        if asked:
            yield group, asked


def _article_differences(
    there: Connection,
    here: Connection,
    planned: Plan,
    one: int,
    development_id: int | None,
    names: Mapping[int, str],
    moved: Mapping[int, tuple[int, int | None]],
) -> Iterator[Difference]:
    article_id = planned.ids.articles.get(one)
    if article_id is None:
        version = articles.version_row(here, one)
        assert version is not None
        yield Difference(development_id, None, "state", "no article", f"article {version.url}")
        return
    yield from contrast.of_article(there, here, article_id, one, development_id, names)
    if article_id in moved:
        origin, group = moved[article_id]
        yield Difference(origin, article_id, "development", show_id("development", origin), _shown(planned, group))
    elif article_id not in planned.home and development_id is not None:
        yield Difference(development_id, article_id, "development", None, show_id("development", development_id))


def _development_differences(
    there: Connection, here: Connection, planned: Plan, group: int, development_id: int | None, gone: set[int]
) -> Iterator[Difference]:
    now_read = replays.development_rows(here, [group])[group]
    if development_id is None:
        yield Difference(None, None, "development", None, f"new: {now_read.title}")
        return
    before = replays.development_rows(there, [development_id])[development_id]
    if _is_whole(there, planned, group, development_id, gone):
        yield from contrast.of_development(
            before, now_read, development_id, developments.was_corrected(there, development_id)
        )
    if planned.knows_threads and before.articles and not threads.pins(there, [development_id]):
        old, new = _thread(planned, before.thread_id, False), _thread(planned, now_read.thread_id, True)
        if old != new:
            yield Difference(development_id, None, "thread", old, new)


def _thread(planned: Plan, number: int | None, is_replayed: bool) -> str:
    if is_replayed and number is not None:
        number = planned.ids.threads.get(number)
        return "new" if number is None else shown(number)
    return shown(number)


def _is_whole(there: Connection, planned: Plan, group: int, development_id: int, gone: set[int]) -> bool:
    """Whether a group will be the development: nothing of it is outside, nothing else stays in it."""
    members = planned.groups[group]
    if any(one in planned.outside for one in members):
        return False
    mine = {planned.ids.articles.get(one) for one in members}
    return set(families.member_ids(there, development_id)) - gone <= mine


def _shown(planned: Plan, group: int | None) -> str:
    if group is None:
        return "none"
    found = planned.ids.developments.get(group)
    return "new" if found is None else show_id("development", found)


def _fate(planned: Plan, heir: int | None) -> str:
    return record.WITHDRAWN if heir is None else f"merged into {_shown(planned, heir)}"
